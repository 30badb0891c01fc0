"""Parameters of objects before anything is observed: brightness first, the rest of what is seen."""

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

# Magnitudes: a peak (rest-frame B) this much below the deepest limit triggers nothing at 5 sigma
# with the usual scatter of depths. Tests hold it for all classes.
_MARGIN = 1.0
_MANY = 4  # detections that must come together; where fewer do, one lucky point is enough:
_LUCK = 1.0  # so much more margin
_FLARE = 1.5  # by how much what varies about a mean may outshine it
_SCATTER = 0.3  # of the depth of a visit, for which the margin holds
_LEAST_SNR = 4.0  # below, noise alone triggers now and then
_NOISE = 3.0  # sigma by which noise may lift a point
_RED_DUST = 1.2  # A / E(B-V) at 1 µm, the reddest band of any survey: dust takes this at least


def take_objects(objects, rows):
    """The parameters of some objects."""
    return {key: values[rows] for key, values in objects.items()}


def draw_candidates(sed, survey, redshift_range, n, rng):
    """Draw all parameters of n objects: intrinsic ones, place, redshift and time of peak."""
    objects = _draw_bright(sed, _draw_distances(sed, redshift_range, n, rng), n, rng)
    objects |= _draw_places(sed, survey, n, rng)
    sed.complete(objects, rng)
    return objects


def draw_visible(sed, survey, redshift_range, n, rng, *, min_points, at_most):
    """Draw n objects and answer those that the survey may see and follow.

    Most of a volume is too far away: what is too faint gets neither a place nor lines.

    Parameters
    ----------
    sed, survey, redshift_range, n, rng
        As for `draw_candidates`.
    min_points : int
        Detections that are asked for.
    at_most : int
        Number of objects to answer at most.

    Returns
    -------
    objects : dict of str to array
    n_drawn : float
        Candidates for which the objects stand: of more than `at_most`, the share answered.
    """
    limit = faintest_peak(sed, survey, min_points)
    followed = np.full(n, np.inf)
    if survey.peak_limit is not None:
        followed = rng.normal(*survey.peak_limit, n)
    if sed.name in POPULATIONS:
        # Where not even the brightest of a class is seen, nothing else is drawn.
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
    objects |= _draw_places(sed, survey, len(followed), rng)
    near = _bright(sed, objects, objects["ebv"], limit, followed)
    objects = take_objects(objects, near[:at_most])
    sed.complete(objects, rng)
    return objects, n * min(1.0, at_most / max(len(near), 1))


def faintest_peak(sed, survey, min_points):
    """Magnitude (AB, observed at the rest-frame B) of peaks below which a survey finds nothing."""
    snr = survey.detection_snr
    if snr < _LEAST_SNR:
        return np.inf
    needed = 5.0 / snr if snr > 5.0 else (5.0 - _NOISE) / (snr - _NOISE)
    limit = max(survey.depths) + _MARGIN + 2.5 * np.log10(needed)
    limit += 3.0 * max(survey.depth_scatter - _SCATTER, 0.0)
    limit += _LUCK * (max(min_points, survey.min_detections) < _MANY)
    return limit + _FLARE * sed.variable


def _bright(sed, objects, ebv, limit, followed):
    """Positions of objects that may be detected and are followed, as far as is drawn."""
    peak = objects["peak_abs_mag"] + objects["distance_modulus"]
    # A unit of wavelength of the rest frame is 1 + z units as observed; f_ν grows by as much.
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


def _draw_places(sed, survey, n, rng):
    # Of the even sky, that part is seen in which the disc is: eight are drawn for one.
    m = 8 * n + 8 if sed.in_disc else n
    t_peak, ra = draw_peak_dates(survey, m, rng)
    places = {"t_peak": t_peak} | draw_positions(survey.declinations, ra, rng)
    if sed.in_disc:
        places = take_objects(places, thin_to_disc(places["gal_b"], n, rng))
    return places | {"ebv": draw_dust(places["gal_b"], rng)}


def scale_to_magnitude(sed, objects):
    """Add `amplitude`, µJy Å⁻² at 10 pc per unit of the SED's flux, and what follows from it."""
    peak = 10.0 ** (-0.4 * (objects["peak_abs_mag"] - 23.9))
    objects["amplitude"] = peak / sed.peak_flux(objects)
    sed.add_derived(objects)
