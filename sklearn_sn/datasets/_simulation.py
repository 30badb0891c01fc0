"""Observed supernovae of one class in one survey: parameters, photometry, trigger, spectra."""

from functools import lru_cache

import numpy as np
from astropy.cosmology import Planck18

from sklearn_sn.data._ragged import Ragged
from sklearn_sn.datasets._populations import POPULATIONS, draw_objects, reference_curve
from sklearn_sn.datasets._seds import (
    band_samples,
    extinction,
    mean_flux_density,
    mean_reference_flux,
    reference_flux,
    spectral_shape,
)
from sklearn_sn.datasets._surveys import SURVEYS, draw_visits, flux_errors

# f_ν λ⁻² in µJy Å⁻² to 1e-15 erg s⁻¹ cm⁻² Å⁻¹: 1e-29 · c (2.99792458e18 Å/s) · 1e15.
_TO_F_LAMBDA = 2.99792458e4
_POLE = np.deg2rad([192.85948, 27.12825])  # north Galactic pole (ICRS), Hipparcos (ESA 1997)
_PATIENCE = 2000  # candidates drawn for each object found, before giving up
_MAX_BATCH = 1024  # candidates whose photometry is drawn at once: bounds the memory
_BLOCK = 512  # spectra at once, likewise


@lru_cache
def cosmology_table():
    """Redshift, distance modulus (mag) and comoving volume (relative) of Planck18 on a grid."""
    redshift = np.geomspace(1e-4, 3.0, 1500)
    modulus = Planck18.distmod(redshift).value
    volume = Planck18.comoving_volume(redshift).value
    return redshift, modulus, volume / volume[-1]


def distance_modulus(redshift):
    """Distance modulus (mag) of Planck18, interpolated in ln z to better than 1e-4 mag."""
    grid, modulus, _ = cosmology_table()
    return np.interp(np.log(redshift), np.log(grid), modulus)


def draw_candidates(name, survey, redshift_range, n, rng):
    """Draw all parameters of n objects: intrinsic ones, place, redshift and time of peak."""
    objects = draw_objects(name, n, rng)
    grid, _, volume = cosmology_table()
    low, high = np.interp(redshift_range, grid, volume)
    # Uniform in comoving volume; the trigger then makes the sample flux-limited, as surveys are.
    objects["redshift"] = np.interp(rng.uniform(low, high, n), volume, grid)
    objects["t_peak"] = rng.uniform(*survey.dates, n)
    objects["ra"] = rng.uniform(0.0, 360.0, n)
    sines = np.sin(np.deg2rad(survey.declinations))
    declination = np.arcsin(rng.uniform(*sines, n))
    objects["dec"] = np.rad2deg(declination)
    latitude = np.sin(declination) * np.sin(_POLE[1])
    latitude += (
        np.cos(declination) * np.cos(_POLE[1]) * np.cos(np.deg2rad(objects["ra"]) - _POLE[0])
    )
    # A dusty plane, E(B-V) = 0.03 / |sin b|, and log-normal patches: a choice near the
    # high-latitude mean of Schlafly & Finkbeiner (2011, ApJ 737, 103).
    patches = np.exp(0.4 * rng.standard_normal(n))
    objects["ebv"] = np.minimum(0.03 * patches / np.maximum(np.abs(latitude), 0.1), 0.4)
    return objects


def _amplitude(name, objects):
    """Scale that gives the drawn peak magnitude at 10 pc (µJy Å⁻² per unit of shape)."""
    rows = np.arange(len(objects["stretch"]))
    shape = reference_flux(name, objects, rows, np.zeros(len(rows)), "B")
    return 10.0 ** (-0.4 * (objects["peak_abs_mag"] - 23.9)) / shape


def observed_flux(name, objects, rows, phase, wavelength):
    """Noiseless f_ν / λ² (µJy Å⁻²) as observed.

    Parameters
    ----------
    name : str
    objects : dict of str to array of shape (n_objects,)
        From `draw_candidates`.
    rows : array of int, shape (n_points,)
    phase : array of shape (n_points,)
        Rest-frame days from peak.
    wavelength : array of shape (n_points, n_wavelengths)
        Observer frame, Å; about evenly spaced, at least two.

    Returns
    -------
    array of shape (n_points, n_wavelengths)
    """
    population = POPULATIONS[name]
    stretched = 1.0 + objects["redshift"]
    rest = wavelength / stretched[rows][:, None]
    phases, mean = mean_reference_flux(name, population.band)
    curve = reference_curve(name, objects, rows, phase)
    curve /= np.interp(phase / objects["stretch"][rows], phases, mean)
    curve *= np.interp(0.0, phases, mean)
    scale = objects["amplitude"] / stretched
    scale *= 10.0 ** (-0.4 * distance_modulus(objects["redshift"]))
    spacing = np.log(wavelength[:, -1] / wavelength[:, 0]) / (wavelength.shape[1] - 1)
    flux = spectral_shape(name, objects, rows, phase, rest, spacing)
    flux *= (curve * scale[rows])[:, None]
    dimming = extinction(rest, population.r_v) * objects["ebv_host"][rows][:, None]
    dimming += extinction(wavelength) * objects["ebv"][rows][:, None]
    return flux * np.exp(-0.4 * np.log(10.0) * dimming)


def band_flux(name, objects, rows, days, band, survey):
    """Noiseless flux (µJy) of points: `days` from peak (observer), `band` in survey.bands."""
    phase = days / (1.0 + objects["redshift"])[rows]
    samples = np.stack(
        [band_samples(*band) for band in zip(survey.wavelengths, survey.widths, strict=True)]
    )
    flux = np.zeros(len(days))
    lit = phase > -objects["rise"][rows]
    wavelength = samples[band[lit]]
    density = observed_flux(name, objects, rows[lit], phase[lit], wavelength)
    flux[lit] = mean_flux_density(density, wavelength)
    return flux


def _light_curves(name, objects, survey, rng):
    """Photometry of all candidates, before the trigger: a Ragged, time in days from peak."""
    stretched = 1.0 + objects["redshift"]
    # A month of forced photometry before the explosion: some of it is kept below.
    start = -objects["rise"] * stretched - 30.0
    end = POPULATIONS[name].duration * stretched
    rows, days, band = draw_visits(survey, start, end, rng)
    truth = band_flux(name, objects, rows, days, band, survey)
    error = flux_errors(survey, truth, band, rng)
    flux = truth + error * rng.standard_normal(len(truth))
    fields = {"time": days, "band": band, "flux": flux, "flux_err": error, "true_flux": truth}
    return Ragged.from_groups(rows, len(stretched), fields)


def _trim(curves):
    """Keep points from 15 days before the first 5 sigma point to 15 days after the last."""
    detected = curves["flux"] > 5.0 * curves["flux_err"]
    time = curves["time"]
    first = curves.reduce("min", np.where(detected, time, np.inf), empty=np.inf)
    last = curves.reduce("max", np.where(detected, time, -np.inf), empty=-np.inf)
    rows = curves.rows
    return curves.filter((time >= first[rows] - 15.0) & (time <= last[rows] + 15.0))


def draw_triggered(name, survey_name, redshift_range, n, min_points, rng):
    """Draw n objects with at least `min_points` points above 5 sigma; others are drawn anew.

    Returns
    -------
    objects : dict of str to array of shape (n,)
    curves : Ragged of n rows
        time (MJD), band (position in the survey's bands), flux, flux_err, true_flux (µJy).
    """
    survey = SURVEYS[survey_name]
    kept, parts, missing, n_drawn = [], [], n, 0
    while missing:
        if n_drawn > _PATIENCE * (n - missing + 100):
            raise ValueError(
                f"Only {n - missing} of {n} objects of class {name!r} reach {min_points} points "
                f"above 5 sigma in survey {survey_name!r} for redshifts {redshift_range}: choose "
                "a lower redshift_range."
            )
        # As many candidates as the acceptance so far asks for, and half as many again.
        wanted = 1.5 * missing * n_drawn / (n - missing + 0.2) if n_drawn else 1.2 * n
        batch = int(np.clip(wanted, 64, 65536))
        n_drawn += batch
        objects = draw_candidates(name, survey, redshift_range, batch, rng)
        # A peak a magnitude below the deepest limit never triggers: spare the photometry.
        visible = objects["peak_abs_mag"] + distance_modulus(objects["redshift"])
        visible = np.flatnonzero(visible < max(survey.depths) + 1.0)[:_MAX_BATCH]
        if not len(visible):
            continue
        objects = _take(objects, visible)
        objects["amplitude"] = _amplitude(name, objects)
        curves = _light_curves(name, objects, survey, rng)
        detections = curves.reduce("sum", (curves["flux"] > 5.0 * curves["flux_err"]).astype(int))
        good = np.flatnonzero(detections >= max(min_points, 1))[:missing]
        kept.append(_take(objects, good))
        parts.append(_trim(curves.take(good)))
        missing -= len(good)
    objects = {key: np.concatenate([part[key] for part in kept]) for key in kept[0]}
    curves = Ragged.concatenate(parts)
    return objects, curves.with_fields(time=curves["time"] + objects["t_peak"][curves.rows])


def _take(objects, rows):
    return {key: values[rows] for key, values in objects.items()}


def draw_spectra(name, objects, rows, options, rng):
    """Spectra of objects, one per entry of `rows` (an object may stand in it several times).

    Parameters
    ----------
    name : str
    objects : dict of str to array of shape (n_objects,)
    rows : array of int, shape (n_spectra,)
        Rising.
    options : dict
        phase, snr, wavelength: pairs (low, high); n_pixels.
    rng : numpy.random.Generator

    Returns
    -------
    dict of str to array of shape (n_spectra, n_pixels)
        wavelength (Å), flux and flux_err (1e-15 erg s⁻¹ cm⁻² Å⁻¹), time (MJD); true_flux has
        neither noise nor calibration error, calibrated_flux no noise.
    """
    n, n_pixels = len(rows), options["n_pixels"]
    low, high = options["phase"]
    # Not before a third of the rise: younger supernovae are seldom classified (a choice).
    low = np.maximum(low, -0.67 * objects["rise"][rows])
    phase = low + rng.random(n) * np.maximum(high - low, 0.0)
    time = objects["t_peak"][rows] + phase * (1.0 + objects["redshift"][rows])
    # Spectrographs differ: each edge moves inwards by up to 6 %, a choice.
    blue, red = options["wavelength"]
    blue, red = blue * (1.0 + 0.06 * rng.random(n)), red * (1.0 - 0.06 * rng.random(n))
    position = np.linspace(0.0, 1.0, n_pixels)
    wavelength = blue[:, None] * (red / blue)[:, None] ** position
    true_flux = np.empty((n, n_pixels))
    for first in range(0, n, _BLOCK):
        block = slice(first, first + _BLOCK)
        density = observed_flux(name, objects, rows[block], phase[block], wavelength[block])
        true_flux[block] = _TO_F_LAMBDA * density
    # Slit loss of 15 % and a calibration that warps by some 5 % over the range: choices.
    warp = rng.standard_normal((n, 4)) * [0.15, 0.05, 0.04, 0.03]
    angle = np.pi * position
    warp = warp @ np.stack([np.cos(k * angle) for k in range(4)])  # (n, n_pixels)
    flux = true_flux * np.exp(warp)
    median = np.median(flux, axis=1, keepdims=True)
    snr = np.exp(rng.uniform(*np.log(options["snr"]), n))[:, None]
    # Half of the variance at the median flux is the sky's; both edges are four times noisier.
    edge = 1.0 + 3.0 * (np.exp(-position / 0.04) + np.exp((position - 1.0) / 0.04))
    error = median / snr * np.sqrt(0.5 + 0.5 * flux / median) * edge
    noisy = flux + error * rng.standard_normal(flux.shape)
    return {
        "wavelength": wavelength,
        "flux": noisy,
        "flux_err": error,
        "time": np.broadcast_to(time[:, None], flux.shape),
        "true_flux": true_flux,
        "calibrated_flux": flux,
    }
