"""Evaluate the spectral models: a continuum with absorption and emission lines."""

from functools import lru_cache

import numpy as np

from sklearn_sn.datasets._passbands import band_samples, mean_flux_density, top_hat
from sklearn_sn.datasets._sed_core_collapse import CORE_COLLAPSE
from sklearn_sn.datasets._sed_others import OTHERS
from sklearn_sn.datasets._sed_subtypes import SUBTYPES
from sklearn_sn.datasets._sed_thermonuclear import THERMONUCLEAR

SED_MODELS = THERMONUCLEAR | CORE_COLLAPSE | OTHERS | SUBTYPES
SPEED_OF_LIGHT = 299792.458  # km/s
REFERENCE_WAVELENGTH = 5450.0  # Å; continua are normalised to 1 here
# Rest-frame bands of peak magnitudes and light curves (Bessell 1990, PASP 102, 1181).
REST_BANDS = {
    "B": band_samples(top_hat(4400.0, 980.0), 16),
    "V": band_samples(top_hat(5450.0, 890.0), 16),
}
_RADIATION_CONSTANT = 1.438776877e8  # hc/k in Å K (CODATA 2018)
# Change of 1/T per magnitude of B-V: the Wien tail tilts as exp(-hc/k/wavelength * d(1/T)).
_INVERSE_KELVIN_PER_MAG = 0.4 * np.log(10.0) / (_RADIATION_CONSTANT * (1 / 4400.0 - 1 / 5450.0))
_REACH = 4.5  # half-width of a computed line, in standard deviations: the rest is below 1e-4


def inverse_temperature(name, objects, rows, phase):
    """Return 1/T (1/K) of the photosphere at phases scaled to stretch 1."""
    model = SED_MODELS[name]
    inverse = 1.0 / np.interp(phase, model.phases, model.temperatures)
    inverse += _INVERSE_KELVIN_PER_MAG * objects["colour"][rows]
    # Limit to 2,500 to 60,000 K, a choice that keeps extreme draws physical.
    return np.clip(inverse, 1.0 / 60000.0, 1.0 / 2500.0)


def planck_ratio(inverse, wavelength):
    """Return B_λ of temperatures 1 / `inverse` at wavelengths (Å), over its reference value."""
    ratio = np.expm1(_RADIATION_CONSTANT / REFERENCE_WAVELENGTH * inverse)
    ratio = ratio / np.expm1(_RADIATION_CONSTANT * inverse / wavelength)
    return ratio * (REFERENCE_WAVELENGTH / wavelength) ** 5


def continuum_shape(name, objects, rows, phase, wavelength):
    """Return the continuum of a class, 1 at the reference wavelength: (n_points, n_wavelengths)."""
    model = SED_MODELS[name]
    if model.slopes is not None:
        slope = np.interp(phase, model.phases, model.slopes) + objects["slope"][rows]
        return (wavelength / REFERENCE_WAVELENGTH) ** slope[:, None]
    return planck_ratio(inverse_temperature(name, objects, rows, phase)[:, None], wavelength)


def spectral_shape(name, objects, rows, phase, wavelength, spacing=None):
    """Return the rest-frame flux density of a class, in units of its continuum at 5450 Å.

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
        Rest-frame Å. The spacing must be even in the logarithm if `n_wavelengths` exceeds 32.
    spacing : array of shape (n_points,), optional
        Distance of neighbouring wavelengths, in ln λ. Lines narrower than half of it are widened
        at constant area, so that they do not fall between the samples.

    Returns
    -------
    array of shape (n_points, n_wavelengths)
        Relative flux density f_λ.
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
        # Skip lines outside the wavelength range: a band contains few lines.
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
    """Return the model node below each phase, and the fractional distance to the next node."""
    phases = np.asarray(phases, dtype=float)
    if len(phases) == 1:
        return np.zeros(len(phase), dtype=np.int64), np.zeros(len(phase))
    node = np.clip(np.searchsorted(phases, phase) - 1, 0, len(phases) - 2)
    part = (phase - phases[node]) / (phases[node + 1] - phases[node])
    return node, np.clip(part, 0.0, 1.0)


def _mix(values, node, part):
    """Interpolate linearly between the nodes of a model."""
    values = np.asarray(values, dtype=float)
    steps = np.append(np.diff(values), 0.0)
    return values[node] + part * steps[node]


@lru_cache
def _line_areas():
    """Tabulate strengths s and areas of exp(s G) - 1, for a Gaussian G of unit height and width."""
    strengths = np.linspace(-6.0, 6.0, 601)
    profile = np.exp(-0.5 * np.linspace(-5.0, 5.0, 501) ** 2)
    return strengths, np.expm1(strengths[:, None] * profile).sum(axis=1) * 0.02


def _widened(strength, width, resolved):
    """Return the strengths of lines widened to the resolved width at constant area."""
    narrow = np.flatnonzero((width < resolved) & (strength != 0.0))
    if len(narrow):
        strengths, areas = _line_areas()
        area = np.interp(strength[narrow], strengths, areas) * width[narrow] / resolved[narrow]
        strength[narrow] = np.interp(area, areas, strengths)
    return strength


def _add_line(exponent, log_wavelength, rows, centre, width, strength):
    """Add a Gaussian to the rows within its reach, in place."""
    reach = _REACH * width
    n = log_wavelength.shape[1]
    start = log_wavelength[rows, 0]
    step = (log_wavelength[rows, -1] - start) / max(n - 1, 1)
    n_near = int(np.ceil(2.0 * (reach / step).max())) + 2 if n > 32 else n
    if n_near < 0.7 * n:
        # On an even grid, compute only the pixels near the line. Columns beyond an end are clipped
        # to the last pixel; all copies write the same value there.
        first = np.floor((centre - reach - start) / step).astype(np.int64)
        columns = np.clip(first[:, None] + np.arange(n_near), 0, n - 1)
        scaled = start[:, None] + columns * step[:, None]
        rows = rows[:, None]
    else:
        columns = slice(None)
        scaled = log_wavelength[rows]
    scaled -= centre[:, None]
    # Single precision halves the time, at a relative error of 1e-7 of the line.
    scaled = scaled.astype(np.float32)
    scaled *= (1.0 / width).astype(np.float32)[:, None]
    np.square(scaled, out=scaled)
    scaled *= -0.5
    np.exp(scaled, out=scaled)
    scaled *= strength.astype(np.float32)[:, None]
    exponent[rows, columns] += scaled


def rest_band_flux(shape, n_points, band):
    """Return the synthetic flux through the rest-frame B or V band.

    `shape` is a function of wavelengths of shape (n_points, n_samples) and of their spacing; it
    returns fluxes.
    """
    samples = np.broadcast_to(REST_BANDS[band], (n_points, len(REST_BANDS[band])))
    spacing = np.full(n_points, np.log(samples[0, -1] / samples[0, 0]) / (samples.shape[1] - 1))
    return mean_flux_density(shape(samples, spacing), samples)
