"""Evaluation of the spectral models: a continuum crossed by lines."""

from functools import lru_cache

import numpy as np

from sklearn_sn.datasets._passbands import band_samples, mean_flux_density, top_hat
from sklearn_sn.datasets._sed_core_collapse import CORE_COLLAPSE
from sklearn_sn.datasets._sed_others import OTHERS
from sklearn_sn.datasets._sed_thermonuclear import THERMONUCLEAR

SED_MODELS = THERMONUCLEAR | CORE_COLLAPSE | OTHERS
SPEED_OF_LIGHT = 299792.458  # km/s
REFERENCE_WAVELENGTH = 5450.0  # Å, where a continuum is 1
# Rest-frame bands of peak magnitudes and light curves (Bessell 1990, PASP 102, 1181).
REST_BANDS = {
    "B": band_samples(top_hat(4400.0, 980.0), 16),
    "V": band_samples(top_hat(5450.0, 890.0), 16),
}
_RADIATION_CONSTANT = 1.438776877e8  # hc/k in Å K (CODATA 2018)
# 1/T moves by this per magnitude of B-V: the Wien tail tilts as exp(-hc/k/wavelength * d(1/T)).
_INVERSE_KELVIN_PER_MAG = 0.4 * np.log(10.0) / (_RADIATION_CONSTANT * (1 / 4400.0 - 1 / 5450.0))
_REACH = 4.5  # of a line, in standard deviations: what is left there is below 1e-4


def inverse_temperature(name, objects, rows, phase):
    """1/T in 1/K of the photosphere, at phases of stretch 1."""
    model = SED_MODELS[name]
    inverse = 1.0 / np.interp(phase, model.phases, model.temperatures)
    inverse += _INVERSE_KELVIN_PER_MAG * objects["colour"][rows]
    # 2,500 to 60,000 K, a choice that keeps extreme draws physical.
    return np.clip(inverse, 1.0 / 60000.0, 1.0 / 2500.0)


def planck_ratio(inverse, wavelength):
    """B_λ of temperatures 1 / `inverse` at wavelengths (Å), over that at the reference."""
    ratio = np.expm1(_RADIATION_CONSTANT / REFERENCE_WAVELENGTH * inverse)
    ratio = ratio / np.expm1(_RADIATION_CONSTANT * inverse / wavelength)
    return ratio * (REFERENCE_WAVELENGTH / wavelength) ** 5


def continuum_shape(name, objects, rows, phase, wavelength):
    """Continuum of a class, 1 at the reference wavelength: shape (n_points, n_wavelengths)."""
    model = SED_MODELS[name]
    if model.slopes is not None:
        slope = np.interp(phase, model.phases, model.slopes) + objects["slope"][rows]
        return (wavelength / REFERENCE_WAVELENGTH) ** slope[:, None]
    return planck_ratio(inverse_temperature(name, objects, rows, phase)[:, None], wavelength)


def spectral_shape(name, objects, rows, phase, wavelength, spacing=None):
    """Rest-frame flux density of a class, in units of its continuum at the reference wavelength.

    Parameters
    ----------
    name : str
        Class, a key of SED_MODELS.
    objects : dict of str to array of shape (n_objects,)
        Drawn parameters: colour (mag of B-V, in the Wien limit) or slope, velocity (factor), one
        strength (factor) per ion.
    rows : array of int, shape (n_points,)
        Object of each point.
    phase : array of shape (n_points,)
        Phase of the model: rest-frame days from peak at stretch 1.
    wavelength : array of shape (n_points, n_wavelengths)
        Rest-frame, Å; even in the logarithm where `n_wavelengths` is large.
    spacing : array of shape (n_points,), optional
        Distance of neighbouring wavelengths, in ln λ: lines narrower than half of it are widened
        to that at equal area, so that they do not slip between the samples.

    Returns
    -------
    array of shape (n_points, n_wavelengths)
    """
    model = SED_MODELS[name]
    node, part = _between(phase, model.phases)
    velocity = _mix(model.velocities, node, part) * objects["velocity"][rows] / SPEED_OF_LIGHT
    log_wavelength = np.log(wavelength)
    low, high = log_wavelength[:, 0], log_wavelength[:, -1]
    exponent = np.zeros(wavelength.shape)
    for feature in model.features:
        centre = np.full(len(rows), np.log(feature.wavelength))
        width = np.full(len(rows), feature.width / SPEED_OF_LIGHT)
        if feature.velocity:
            centre += np.log1p(-feature.velocity * velocity)
            width *= objects["velocity"][rows]
        resolved = width if spacing is None else np.maximum(width, 0.5 * spacing)
        # Of a line, only what it reaches is worth computing: a band sees few lines.
        reach = _REACH * resolved
        hit = np.flatnonzero((centre + reach > low) & (centre - reach < high))
        if not len(hit):
            continue
        strength = _mix(feature.strengths, node[hit], part[hit])
        strength *= objects[f"strength_{feature.ion}"][rows[hit]]
        if spacing is not None:
            strength = _widened(strength, width[hit], resolved[hit])
        _add_line(exponent, log_wavelength, hit, centre[hit], resolved[hit], strength)
    np.exp(exponent, out=exponent)
    exponent *= continuum_shape(name, objects, rows, phase, wavelength)
    return exponent


def _between(phase, phases):
    """Where phases lie between the nodes of a model: node below, and share of the next one."""
    phases = np.asarray(phases, dtype=float)
    if len(phases) == 1:
        return np.zeros(len(phase), dtype=np.int64), np.zeros(len(phase))
    node = np.clip(np.searchsorted(phases, phase) - 1, 0, len(phases) - 2)
    part = (phase - phases[node]) / (phases[node + 1] - phases[node])
    return node, np.clip(part, 0.0, 1.0)


def _mix(values, node, part):
    """Linear interpolation between the nodes of a model."""
    values = np.asarray(values, dtype=float)
    steps = np.append(np.diff(values), 0.0)
    return values[node] + part * steps[node]


@lru_cache
def _line_areas():
    """Strengths, and the areas of exp(s G) - 1 for a Gaussian G of unit height and width."""
    strengths = np.linspace(-6.0, 6.0, 601)
    profile = np.exp(-0.5 * np.linspace(-5.0, 5.0, 501) ** 2)
    return strengths, np.expm1(strengths[:, None] * profile).sum(axis=1) * 0.02


def _widened(strength, width, resolved):
    """Strengths of lines that are widened to what is resolved, at equal area."""
    narrow = np.flatnonzero((width < resolved) & (strength != 0.0))
    if len(narrow):
        strengths, areas = _line_areas()
        area = np.interp(strength[narrow], strengths, areas) * width[narrow] / resolved[narrow]
        strength[narrow] = np.interp(area, areas, strengths)
    return strength


def _add_line(exponent, log_wavelength, rows, centre, width, strength):
    """Add a Gaussian to the rows that it reaches, in place."""
    reach = _REACH * width
    n = log_wavelength.shape[1]
    start = log_wavelength[rows, 0]
    step = (log_wavelength[rows, -1] - start) / max(n - 1, 1)
    n_near = int(np.ceil(2.0 * (reach / step).max())) + 2 if n > 32 else n
    if n_near < 0.7 * n:
        # Of an even grid, only the pixels near the line. What sticks out at an end is counted at
        # the last pixel, to which every copy writes the same number.
        first = np.floor((centre - reach - start) / step).astype(np.int64)
        columns = np.clip(first[:, None] + np.arange(n_near), 0, n - 1)
        scaled = start[:, None] + columns * step[:, None]
        rows = rows[:, None]
    else:
        columns = slice(None)
        scaled = log_wavelength[rows]
    scaled -= centre[:, None]
    # Single precision takes half the time, and 1e-7 of a line.
    scaled = scaled.astype(np.float32)
    scaled *= (1.0 / width).astype(np.float32)[:, None]
    np.square(scaled, out=scaled)
    scaled *= -0.5
    np.exp(scaled, out=scaled)
    scaled *= strength.astype(np.float32)[:, None]
    exponent[rows, columns] += scaled


def rest_band_flux(shape, n_points, band):
    """Synthetic flux through the rest-frame B or V band.

    `shape` answers fluxes for wavelengths of shape (n_points, n_samples) and their spacing.
    """
    samples = np.broadcast_to(REST_BANDS[band], (n_points, len(REST_BANDS[band])))
    spacing = np.full(n_points, np.log(samples[0, -1] / samples[0, 0]) / (samples.shape[1] - 1))
    return mean_flux_density(shape(samples, spacing), samples)
