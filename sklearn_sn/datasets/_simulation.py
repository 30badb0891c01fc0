"""Simulate observed objects of one SED in one survey: parameters, photometry, trigger."""

from typing import NamedTuple

import numpy as np

from sklearn_sn.data import Ragged
from sklearn_sn.datasets._candidates import draw_visible, scale_to_magnitude, take_objects
from sklearn_sn.datasets._detectable import detectable, estimate_flux, needs_estimate
from sklearn_sn.datasets._extinction import extinction
from sklearn_sn.datasets._passbands import mean_flux_density
from sklearn_sn.datasets._visits import draw_limits, draw_visits, flux_errors

_PATIENCE = 20000  # maximum number of candidates per detected object
_START = 10  # detections assumed at the start, so that the first few candidates are not decisive
_MAX_BATCH = 1024  # candidates whose photometry is drawn at once; bounds the memory
_FAR = 200.0  # rest-frame days before the peak at which objects that never explode are observed
_AFTER = 15.0  # days of forced photometry after the last detection: a choice
_POINTS = 8192  # points whose flux is computed at once; fits into the cache


def observed_flux(sed, objects, rows, phase, wavelength, *, difference=False):
    """Return the noiseless observed f_ν / λ² (µJy Å⁻²).

    Parameters
    ----------
    sed : Photosphere, GridSed, ActiveNucleus or DwarfNova
        Spectral energy distribution of the class.
    objects : dict of str to array of shape (n_objects, ...)
        Parameters from `draw_candidates`, with `amplitude`.
    rows : array of int, shape (n_points,)
        Object of each point.
    phase : array of shape (n_points,)
        Rest-frame days from peak.
    wavelength : array of shape (n_points, n_wavelengths)
        Observer-frame Å; approximately even in the logarithm, at least two.
    difference : bool, default=False
        Return the flux of a difference image: for variable objects, the flux minus its mean.

    Returns
    -------
    array of shape (n_points, n_wavelengths)
        Flux in µJy Å⁻².
    """
    stretched = 1.0 + objects["redshift"]
    rest = wavelength / stretched[rows][:, None]
    spacing = np.log(wavelength[:, -1] / wavelength[:, 0]) / (wavelength.shape[1] - 1)
    if difference and sed.variable:
        flux = sed.flux(objects, rows, phase, rest, spacing, difference=True)
    else:
        flux = sed.flux(objects, rows, phase, rest, spacing)
    # L_λ dλ is spread over (1 + z) dλ; the luminosity distance includes time dilation and the
    # energy loss of photons.
    scale = objects["amplitude"] / stretched * 10.0 ** (-0.4 * objects["distance_modulus"])
    flux *= scale[rows][:, None]
    dimming = extinction(rest, sed.r_v) * objects["ebv_host"][rows][:, None]
    dimming += extinction(wavelength) * objects["ebv"][rows][:, None]
    dimming *= -0.4 * np.log(10.0)
    flux *= np.exp(dimming, out=dimming)
    return flux


def band_flux(sed, objects, rows, days, band, survey, samples=None):
    """Return the noiseless flux of points.

    Parameters
    ----------
    sed : Photosphere, GridSed, ActiveNucleus or DwarfNova
        Spectral energy distribution of the class.
    objects : dict of str to array of shape (n_objects, ...)
        Parameters with `amplitude`.
    rows : array of int, shape (n_points,)
        Object of each point.
    days : array of shape (n_points,)
        Observer-frame days from peak.
    band : array of int, shape (n_points,)
        Index into ``survey.bands``.
    survey : Survey
        Survey with the bands.
    samples : array of shape (n_bands, n_samples), optional
        Wavelengths that sample the bands; by default those of the survey.

    Returns
    -------
    array of shape (n_points,)
        Flux in µJy.
    """
    samples = survey.samples if samples is None else samples
    phase = days / (1.0 + objects["redshift"])[rows]
    flux = np.zeros(len(days))
    # Explosions are dark before their start; dwarf novae are visible in quiescence.
    lit = np.flatnonzero(sed.in_disc | (phase > -objects["rise"][rows]))
    # Points that have the same lines in their bands are computed together.
    bluest = samples[band[lit], 0] / (1.0 + objects["redshift"][rows[lit]])
    lit = lit[np.argsort(bluest)]
    for first in range(0, len(lit), _POINTS):
        part = lit[first : first + _POINTS]
        # Wavelengths vary slowest in memory: most operations are on one value per point.
        wavelength = samples.T.take(band[part], axis=1).T
        density = observed_flux(sed, objects, rows[part], phase[part], wavelength, difference=True)
        flux[part] = mean_flux_density(density, wavelength)
    return flux


class Visits(NamedTuple):
    """Visits of a survey to objects and their noise; all arrays are of shape (n_points,).

    `rows` is the object of each visit, `time` in MJD, `band` an index into the survey's bands,
    `limit` the flux of the 5 sigma depth (µJy), `noise` standard normal, `scale` the factor of the
    zero point's error, or None.
    """

    rows: np.ndarray
    time: np.ndarray
    band: np.ndarray
    limit: np.ndarray
    noise: np.ndarray
    scale: np.ndarray | None

    def take(self, chosen):
        """Return some of the visits."""
        return Visits(*(None if values is None else values[chosen] for values in self))


def _draw_visits(sed, objects, survey, rng):
    """Draw the visits to all candidates, and their noise: Visits."""
    stretched = 1.0 + objects["redshift"]
    begin = np.minimum(objects["rise"], _FAR) * stretched
    start = objects["t_peak"] - begin - survey.baseline
    if survey.delay is not None:
        start = objects["t_peak"] - begin + rng.uniform(*survey.delay, len(begin))
    end = objects["t_peak"] + sed.duration * stretched
    if survey.stop is not None:
        median, scatter = survey.stop
        last = median * np.exp(scatter * rng.standard_normal(len(begin)))
        end = np.maximum(np.minimum(end, objects["t_peak"] + last), start + 1.0)
    rows, time, band = draw_visits(survey, start, end, objects["ra"], rng)
    limit = draw_limits(survey, band, time, rng)
    noise = rng.standard_normal(len(time))
    scale = None
    if survey.calibration:
        offset = survey.calibration * rng.standard_normal((len(begin), len(survey.bands)))
        scale = 10.0 ** (-0.4 * offset[rows, band])
    return Visits(rows, time, band, limit, noise, scale)


def _true_flux(sed, objects, survey, visits):
    """Return the noiseless flux of visits (µJy)."""
    days = visits.time - objects["t_peak"][visits.rows]
    return band_flux(sed, objects, visits.rows, days, visits.band, survey)


def _measured(survey, visits, truth, n):
    """Return the photometry of n objects, of which some visits have known fluxes: Ragged."""
    error = flux_errors(survey, truth, visits.limit)
    flux, limit = truth + error * visits.noise, visits.limit
    if visits.scale is not None:
        flux, error, limit = flux * visits.scale, error * visits.scale, limit * visits.scale
    fields = {"time": visits.time, "band": visits.band, "flux": flux, "flux_err": error}
    fields |= {"true_flux": truth, "limit": limit}
    curves = Ragged.from_groups(visits.rows, n, fields)
    brightest = 10.0 ** (-0.4 * (np.asarray(survey.saturation) - 23.9))
    if np.isfinite(brightest).any():
        curves = curves.filter(curves["true_flux"] < brightest[curves["band"]])
    return curves


def draw_light_curves(sed, objects, survey, rng):
    """Draw the photometry of all candidates before the trigger.

    Parameters
    ----------
    sed : Photosphere, GridSed, ActiveNucleus or DwarfNova
        Spectral energy distribution of the class.
    objects : dict of str to array of shape (n_objects, ...)
        Parameters with `amplitude`.
    survey : Survey
        Survey that observes the objects.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    Ragged of n_objects rows
        time (MJD), band (index into the survey's bands), flux, flux_err, true_flux, limit (of the
        5 sigma depth; µJy).
    """
    visits = _draw_visits(sed, objects, survey, rng)
    truth = _true_flux(sed, objects, survey, visits)
    return _measured(survey, visits, truth, len(objects["redshift"]))


def triggered(survey, curves, min_points):
    """Return which light curves pass the trigger of a survey.

    Parameters
    ----------
    survey : Survey
        Survey with the trigger.
    curves : Ragged
        Light curves with time, band, flux and flux_err, sorted by time.
    min_points : int
        Required number of detections, in addition to the trigger.

    Returns
    -------
    array of bool, shape (n_rows,)
        True for detected objects.
    """
    detected = curves["flux"] > survey.detection_snr * curves["flux_err"]
    detections = curves.filter(detected)
    has_band = np.zeros((len(curves), len(survey.bands)), dtype=bool)
    has_band[detections.rows, detections["band"]] = True
    good = detections.lengths >= max(min_points, survey.min_detections, 1)
    good &= has_band.sum(axis=1) >= survey.min_bands
    if survey.min_nights > 1:
        # Points are sorted by time: a night begins where the day differs from the previous one.
        night, rows = np.floor(detections["time"]), detections.rows
        new = np.ones(len(rows), dtype=bool)
        new[1:] = (np.diff(night) != 0) | (np.diff(rows) != 0)
        good &= np.bincount(rows[new], minlength=len(curves)) >= survey.min_nights
    return good


def _draw_detected(sed, objects, survey, min_points, missing, rng):
    """Draw photometry and return the objects that pass the trigger, at most `missing`.

    Returns the indices of the objects, their light curves from `baseline` days before the first
    detection to shortly after the last, and the number of all objects that pass. The result is that
    of `draw_light_curves`, `triggered` and a cut in time; fluxes that do not matter to it are not
    computed. In a flux-limited sample these are most.
    """
    n = len(objects["redshift"])
    visits = _draw_visits(sed, objects, survey, rng)
    known = _may_matter(sed, objects, survey, visits, min_points)
    truth = np.zeros(len(known))
    truth[known] = _true_flux(sed, objects, survey, visits.take(known))
    curves = _measured(survey, visits.take(known), truth[known], n)
    good = np.flatnonzero(triggered(survey, curves, min_points))
    n_good, good = len(good), good[:missing]
    detected = curves["flux"] > survey.detection_snr * curves["flux_err"]
    time = curves["time"]
    first = curves.reduce("min", np.where(detected, time, np.inf), empty=np.inf)
    last = curves.reduce("max", np.where(detected, time, -np.inf), empty=-np.inf)
    begin, end = np.full(n, np.inf), np.full(n, -np.inf)
    begin[good], end[good] = first[good] - survey.baseline, last[good] + _AFTER
    kept = (visits.time >= begin[visits.rows]) & (visits.time <= end[visits.rows])
    late = kept & ~known
    truth[late] = _true_flux(sed, objects, survey, visits.take(late))
    curves = _measured(survey, visits.take(kept), truth[kept], n).take(good)
    return good, curves, n_good


def _may_matter(sed, objects, survey, visits, min_points):
    """Return which visits may be detections of an object that passes the trigger: bool."""
    n_visits, n = len(visits.rows), len(objects["redshift"])
    if not needs_estimate(sed, survey, n, n_visits):
        return np.ones(n_visits, dtype=bool)
    days = visits.time - objects["t_peak"][visits.rows]
    flux = estimate_flux(sed, objects, visits.rows, days, visits.band, survey, band_flux)
    possible = detectable(survey, flux, visits.limit, visits.noise)
    counts = np.bincount(visits.rows[possible], minlength=n)
    enough = counts >= max(min_points, survey.min_detections, 1)
    return possible & enough[visits.rows]


def draw_triggered(sed, survey, redshift_range, n, min_points, rng):
    """Draw n objects that pass the survey's trigger; redraw those that do not.

    Parameters
    ----------
    sed, survey, redshift_range
        As for `draw_candidates`.
    n : int
        Number of objects.
    min_points : int
        Required number of detections.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    objects : dict of str to array of shape (n,)
        Parameters.
    curves : Ragged of n rows
        time (MJD), band (index into the survey's bands), flux, flux_err, true_flux, limit (of the
        5 sigma depth; µJy).
    n_drawn : float
        Number of candidates drawn per detected object.

    Raises
    ------
    ValueError
        If almost no candidate is detected.
    """
    kept, parts, missing, n_drawn, n_detected = [], [], n, 0, 0
    while missing:
        if n_drawn > _PATIENCE * (n - missing + _START):
            raise ValueError(
                f"Only {n - missing} of {n} objects of class {sed.name!r} reach {min_points} "
                f"points above {survey.detection_snr:g} sigma in survey {survey.name!r} for "
                f"redshifts {redshift_range}. Lower 'redshift_range'."
            )
        # Draw a quarter more candidates than the acceptance so far requires.
        wanted = 1.25 * missing * n_drawn / (n_detected + 0.2) if n_drawn else 1.3 * n
        batch = int(np.clip(wanted, 24, 65536))
        objects, counted = draw_visible(
            sed, survey, redshift_range, batch, rng, min_points=min_points, at_most=_MAX_BATCH
        )
        n_drawn += counted
        if not len(objects["redshift"]):
            continue
        scale_to_magnitude(sed, objects)
        good, curves, n_good = _draw_detected(sed, objects, survey, min_points, missing, rng)
        n_detected += n_good
        kept.append(take_objects(objects, good))
        parts.append(curves)
        missing -= len(good)
    objects = {key: np.concatenate([part[key] for part in kept]) for key in kept[0]}
    return objects, Ragged.concatenate(parts), n_drawn / n_detected
