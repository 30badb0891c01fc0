"""Draw the parameters of candidate objects, brightness first."""

import numpy as np

from sklearn_sn.datasets._populations import POPULATIONS
from sklearn_sn.datasets._sky import (
    distance_modulus,
    draw_dust,
    draw_positions,
    draw_redshifts,
    redshifts_at,
    share_within,
    thin_to_disc,
)
from sklearn_sn.datasets._visits import draw_peak_dates

# A peak (rest-frame B) that is fainter than the deepest limit by this margin (mag) does not
# trigger at 5 sigma with the default scatter of depths. The tests verify it for all classes.
_MARGIN = 1.0
_MANY = 4  # with fewer required detections, one upward fluctuation can trigger
_LUCK = 1.0  # additional margin in that case, mag
_FLARE = 1.5  # mag by which variable objects may be brighter than their mean
_SCATTER = 0.3  # scatter of depths (mag) for which the margin holds
_LEAST_SNR = 4.0  # below this threshold noise alone triggers occasionally
_NOISE = 3.0  # upward fluctuation of a point that is allowed for, in sigma
_RED_DUST = 1.2  # A / E(B-V) at 1 µm, the reddest band of any survey: least extinction


def take_objects(objects, rows):
    """Select the parameters of some objects."""
    return {key: values[rows] for key, values in objects.items()}


def draw_candidates(sed, survey, redshift_range, n, rng):
    """Draw all parameters of n objects: intrinsic ones, position, redshift and time of peak.

    Parameters
    ----------
    sed : Photosphere, GridSed, ActiveNucleus or DwarfNova
        Spectral energy distribution of the class.
    survey : Survey
        Survey that observes the objects.
    redshift_range : (float, float)
        Lowest and highest redshift.
    n : int
        Number of objects.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    dict of str to array of shape (n, ...)
        Parameters by name.
    """
    objects = _draw_bright(sed, _draw_distances(sed, redshift_range, n, rng), n, rng)
    objects |= _draw_positions(sed, survey, n, rng)
    sed.complete(objects, rng)
    return objects


def draw_visible(sed, survey, redshift_range, n, rng, *, min_points, at_most):
    """Draw n candidates and return those that the survey may detect and follow.

    Most of a volume is too distant. Positions and lines are drawn only for candidates that are
    bright enough.

    Parameters
    ----------
    sed, survey, redshift_range, n, rng
        As for `draw_candidates`.
    min_points : int
        Required number of detections.
    at_most : int
        Maximum number of objects to return.

    Returns
    -------
    objects : dict of str to array
        Parameters of the objects.
    n_drawn : float
        Number of candidates that the objects represent. It is less than `n` if more than
        `at_most` candidates were visible.
    """
    limit = faintest_peak(sed, survey, min_points)
    followed = np.full(n, np.inf)
    if survey.peak_limit is not None:
        followed = rng.normal(*survey.peak_limit, n)
    if sed.name in POPULATIONS:
        # Skip redshifts at which even the brightest member of the class is invisible.
        population = POPULATIONS[sed.name]
        brightest = population.peak_mag - 4.5 * population.peak_scatter - 0.5
        reach = np.minimum(followed, limit + 2.5 * np.log10(1.0 + redshift_range[1])) - brightest
        share = rng.random(n)
        near = np.flatnonzero(share <= share_within(sed.name, redshift_range, reach))
        redshift, followed = redshifts_at(sed.name, redshift_range, share[near]), followed[near]
        objects = {"redshift": redshift, "distance_modulus": distance_modulus(redshift)}
    else:
        objects = _draw_distances(sed, redshift_range, n, rng)
    objects = _draw_bright(sed, objects, len(followed), rng)
    near = _bright(sed, objects, 0.0, limit, followed)
    objects, followed = take_objects(objects, near), followed[near]
    objects |= _draw_positions(sed, survey, len(followed), rng)
    near = _bright(sed, objects, objects["ebv"], limit, followed)
    objects = take_objects(objects, near[:at_most])
    sed.complete(objects, rng)
    return objects, n * min(1.0, at_most / max(len(near), 1))


def faintest_peak(sed, survey, min_points):
    """Return the peak magnitude beyond which nothing is detected.

    Parameters
    ----------
    sed : Photosphere, GridSed, ActiveNucleus or DwarfNova
        Spectral energy distribution of the class.
    survey : Survey
        Survey with depths and detection threshold.
    min_points : int
        Required number of detections.

    Returns
    -------
    float
        AB magnitude in the rest-frame B band as observed.
    """
    snr = survey.detection_snr
    if snr < _LEAST_SNR:
        return np.inf
    needed = 5.0 / snr if snr > 5.0 else (5.0 - _NOISE) / (snr - _NOISE)
    limit = max(survey.depths) + _MARGIN + 2.5 * np.log10(needed)
    limit += 3.0 * max(survey.depth_scatter - _SCATTER, 0.0)
    limit += _LUCK * (max(min_points, survey.min_detections) < _MANY)
    return limit + _FLARE * sed.variable


def _bright(sed, objects, ebv, limit, followed):
    """Return the indices of objects that may be detected and followed, as far as is drawn."""
    peak = objects["peak_abs_mag"] + objects["distance_modulus"]
    # Wavelength intervals stretch by 1 + z, so f_ν increases by the same factor.
    observed = peak - 2.5 * np.log10(1.0 + objects["redshift"])
    observed += _RED_DUST * (ebv + objects["ebv_host"])
    dimmed = peak + 3.1 * ebv + sed.r_v * objects["ebv_host"]
    return np.flatnonzero((observed < limit) & (dimmed < followed))


def _draw_distances(sed, redshift_range, n, rng):
    if sed.in_disc:
        return {"redshift": np.zeros(n)}
    redshift = draw_redshifts(sed.name, redshift_range, n, rng)
    return {"redshift": redshift, "distance_modulus": distance_modulus(redshift)}


def _draw_bright(sed, objects, n, rng):
    objects = objects | sed.draw(n, rng)
    if sed.in_disc:
        objects["distance_modulus"] = 5.0 * np.log10(objects["distance"] / 10.0)
    return objects


def _draw_positions(sed, survey, n, rng):
    # Disc objects are thinned from a uniform sky: draw eight positions for each.
    m = 8 * n + 8 if sed.in_disc else n
    t_peak, ra = draw_peak_dates(survey, m, rng)
    positions = {"t_peak": t_peak} | draw_positions(survey.declinations, ra, rng)
    if sed.in_disc:
        positions = take_objects(positions, thin_to_disc(positions["gal_b"], n, rng))
    return positions | {"ebv": draw_dust(positions["gal_b"], rng)}


def scale_to_magnitude(sed, objects):
    """Add `amplitude` (µJy Å⁻² at 10 pc per unit of SED flux) and what is derived from it."""
    peak = 10.0 ** (-0.4 * (objects["peak_abs_mag"] - 23.9))
    objects["amplitude"] = peak / sed.peak_flux(objects)
    sed.add_derived(objects)
