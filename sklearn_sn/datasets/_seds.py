"""Spectral energy distributions of supernovae: evaluation, extinction, synthetic photometry."""

from functools import lru_cache

import numpy as np

from sklearn_sn.datasets._sed_models import SED_MODELS

SPEED_OF_LIGHT = 299792.458  # km/s
_RADIATION_CONSTANT = 1.438776877e8  # hc/k in Å K (CODATA 2018)
_B_BAND = (4400.0, 980.0)  # centre and width in Å (Bessell 1990, PASP 102, 1181)
_V_BAND = (5450.0, 890.0)
# 1/T moves by this per magnitude of B-V: the Wien tail tilts as exp(-hc/k/wavelength * d(1/T)).
_INVERSE_KELVIN_PER_MAG = 0.4 * np.log(10.0) / (_RADIATION_CONSTANT * (1 / 4400.0 - 1 / 5450.0))
N_SAMPLES_PER_BAND = 12  # a choice: mostly within 0.01 mag of a fine grid


def spectral_shape(name, objects, rows, phase, wavelength, spacing=None):
    """Rest-frame flux density of a class, in units of its continuum at the reference wavelength.

    Parameters
    ----------
    name : str
        Class, a key of SED_MODELS.
    objects : dict of str to array of shape (n_objects,)
        Drawn parameters: stretch, colour (mag of B-V, in the Wien limit), velocity
        (factor), one strength (factor) per ion.
    rows : array of int, shape (n_points,)
        Object of each point.
    phase : array of shape (n_points,)
        Rest-frame days from peak.
    wavelength : array of shape (n_points, n_wavelengths) or (n_wavelengths,)
        Rest-frame, Å.
    spacing : array of shape (n_points,), optional
        Distance of neighbouring wavelengths, in ln λ: lines narrower than half of it are widened
        to that at about equal area, so that they do not slip between the samples.

    Returns
    -------
    array of shape (n_points, n_wavelengths)
    """
    model = SED_MODELS[name]
    phase = phase / objects["stretch"][rows]
    inverse = 1.0 / np.interp(phase, model.phases, model.temperatures)
    inverse += _INVERSE_KELVIN_PER_MAG * objects["colour"][rows]
    # 2,500 to 60,000 K, a choice that keeps extreme draws physical.
    inverse = np.clip(inverse, 1.0 / 60000.0, 1.0 / 2500.0)[:, None]
    velocity = np.interp(phase, model.phases, model.velocities) * objects["velocity"][rows]
    log_wavelength = np.log(wavelength)
    exponent = np.zeros((len(phase), np.shape(wavelength)[-1]))
    for feature in model.features:
        strength = np.interp(phase, model.phases, feature.strengths)
        strength *= objects[f"strength_{feature.ion}"][rows]
        width = feature.width / SPEED_OF_LIGHT
        if feature.velocity:
            width = width * objects["velocity"][rows]
        if spacing is not None:
            resolved = np.maximum(width, 0.5 * spacing)
            strength *= width / resolved
            width = resolved
        centre = np.log(feature.wavelength) + np.log1p(
            -feature.velocity * velocity / SPEED_OF_LIGHT
        )
        scaled = (log_wavelength - centre[:, None]) / np.reshape(width, (-1, 1))
        np.square(scaled, out=scaled)
        scaled *= -0.5
        np.exp(scaled, out=scaled)
        scaled *= strength[:, None]
        exponent += scaled
    reference = _V_BAND[0]
    continuum = np.expm1(_RADIATION_CONSTANT / reference * inverse) / np.expm1(
        _RADIATION_CONSTANT * inverse / wavelength
    )
    return continuum * (reference / wavelength) ** 5 * np.exp(exponent)


def band_samples(centre, width, n_samples=N_SAMPLES_PER_BAND):
    """Wavelengths at the middle of equal parts of a top-hat band, Å."""
    return centre + width * ((np.arange(n_samples) + 0.5) / n_samples - 0.5)


def mean_flux_density(flux, wavelength):
    """Photon-weighted mean of f_ν through a top-hat: ∫ f_λ λ dλ / ∫ dλ / λ, with c = 1.

    Source: Bessell & Murphy (2012, PASP 124, 140), their AB magnitude of photon counters.
    """
    return (flux * wavelength).sum(axis=-1) / (1.0 / wavelength).sum(axis=-1)


def reference_flux(name, objects, rows, phase, band):
    """Synthetic flux of the shape through the rest-frame B or V band."""
    samples = band_samples(*(_B_BAND if band == "B" else _V_BAND), n_samples=16)
    spacing = np.full(len(phase), np.log(samples[-1] / samples[0]) / (len(samples) - 1))
    return mean_flux_density(spectral_shape(name, objects, rows, phase, samples, spacing), samples)


@lru_cache
def mean_reference_flux(name, band):
    """Phases and reference flux of the class with every parameter at its mean."""
    phases = np.arange(-60.0, 301.0, 1.0)
    names = {f"strength_{feature.ion}" for feature in SED_MODELS[name].features}
    mean = {key: np.ones(1) for key in ("stretch", "velocity", *names)}
    mean["colour"] = np.zeros(1)
    rows = np.zeros(len(phases), dtype=np.int64)
    return phases, reference_flux(name, mean, rows, phases, band)


@lru_cache
def _extinction_table(r_v):
    """A(λ) / E(B-V) of Cardelli, Clayton & Mathis with O'Donnell's optical coefficients."""
    wavelength = np.geomspace(1300.0, 30000.0, 4000)
    x = 1e4 / wavelength
    # Infrared and ultraviolet: Cardelli, Clayton & Mathis (1989, ApJ 345, 245), eqs. 2 and 4.
    a_infrared, b_infrared = 0.574 * x**1.61, -0.527 * x**1.61
    bump = np.clip(x - 5.9, 0.0, None)
    a_ultraviolet = 1.752 - 0.316 * x - 0.104 / ((x - 4.67) ** 2 + 0.341)
    a_ultraviolet += -0.04473 * bump**2 - 0.009779 * bump**3
    b_ultraviolet = -3.090 + 1.825 * x + 1.206 / ((x - 4.62) ** 2 + 0.263)
    b_ultraviolet += 0.2130 * bump**2 + 0.1207 * bump**3
    # Optical: O'Donnell (1994, ApJ 422, 158).
    y = x - 1.82
    a_optical = np.polyval([-0.505, 1.647, -0.827, -1.718, 1.137, 0.701, -0.609, 0.104, 1.0], y)
    b_optical = np.polyval([3.347, -10.805, 5.491, 11.102, -7.985, -3.989, 2.908, 1.952, 0.0], y)
    a = np.select([x < 1.1, x < 3.3], [a_infrared, a_optical], a_ultraviolet)
    b = np.select([x < 1.1, x < 3.3], [b_infrared, b_optical], b_ultraviolet)
    return wavelength, a * r_v + b


def extinction(wavelength, r_v=3.1):
    """Extinction in magnitudes per magnitude of E(B-V), 1300 … 30000 Å, at the given R_V."""
    return np.interp(wavelength, *_extinction_table(r_v))
