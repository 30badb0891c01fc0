"""Simulate observed objects of one SED in one survey: parameters, photometry, trigger."""

import numpy as np

from sklearn_sn.data import Ragged
from sklearn_sn.datasets._candidates import draw_visible, scale_to_magnitude, take_objects
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


def band_flux(sed, objects, rows, days, band, survey):
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

    Returns
    -------
    array of shape (n_points,)
        Flux in µJy.
    """
    phase = days / (1.0 + objects["redshift"])[rows]
    flux = np.zeros(len(days))
    # Explosions are dark before their start; dwarf novae are visible in quiescence.
    lit = np.flatnonzero(sed.in_disc | (phase > -objects["rise"][rows]))
    for first in range(0, len(lit), _POINTS):
        part = lit[first : first + _POINTS]
        wavelength = survey.samples[band[part]]
        density = observed_flux(sed, objects, rows[part], phase[part], wavelength, difference=True)
        flux[part] = mean_flux_density(density, wavelength)
    return flux


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
    truth = band_flux(sed, objects, rows, time - objects["t_peak"][rows], band, survey)
    limit = draw_limits(survey, band, time, rng)
    error = flux_errors(survey, truth, limit)
    flux = truth + error * rng.standard_normal(len(truth))
    if survey.calibration:
        offset = survey.calibration * rng.standard_normal((len(begin), len(survey.bands)))
        scale = 10.0 ** (-0.4 * offset[rows, band])
        flux, error, limit = flux * scale, error * scale, limit * scale
    fields = {"time": time, "band": band, "flux": flux, "flux_err": error, "true_flux": truth}
    fields["limit"] = limit
    curves = Ragged.from_groups(rows, len(stretched), fields)
    brightest = 10.0 ** (-0.4 * (np.asarray(survey.saturation) - 23.9))
    if np.isfinite(brightest).any():
        curves = curves.filter(curves["true_flux"] < brightest[curves["band"]])
    return curves


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


def _trim(survey, curves):
    """Keep the points from `baseline` days before the first detection to shortly after the last."""
    detected = curves["flux"] > survey.detection_snr * curves["flux_err"]
    time = curves["time"]
    first = curves.reduce("min", np.where(detected, time, np.inf), empty=np.inf)
    last = curves.reduce("max", np.where(detected, time, -np.inf), empty=-np.inf)
    rows = curves.rows
    begin, end = first[rows] - survey.baseline, last[rows] + _AFTER
    return curves.filter((time >= begin) & (time <= end))


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
        curves = draw_light_curves(sed, objects, survey, rng)
        good = np.flatnonzero(triggered(survey, curves, min_points))
        n_detected += len(good)
        good = good[:missing]
        kept.append(take_objects(objects, good))
        parts.append(_trim(survey, curves.take(good)))
        missing -= len(good)
    objects = {key: np.concatenate([part[key] for part in kept]) for key in kept[0]}
    return objects, Ragged.concatenate(parts), n_drawn / n_detected
