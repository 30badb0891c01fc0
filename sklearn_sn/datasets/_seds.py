"""Evaluate the spectral models: a continuum with absorption and emission lines."""

from functools import lru_cache

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

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
_FEW = 32  # wavelengths, at most, of which all are computed: samples of a band
_SHORT = 0.7  # share of a long grid of wavelengths up to which a line is computed in a window
_DENSE = 0.6  # share of rows with a line from which all rows are computed, without gathering


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
    fraction = REFERENCE_WAVELENGTH / wavelength
    squared = np.square(fraction)
    ratio *= squared
    ratio *= squared
    ratio *= fraction
    return ratio


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
    factor = objects["velocity"][rows]
    velocity = _mix(model.velocities, node, part) * factor / SPEED_OF_LIGHT
    log_wavelength = np.log(wavelength)
    low, high = log_wavelength[:, 0], log_wavelength[:, -1]
    exponent, margin = np.zeros_like(wavelength), 0
    if wavelength.shape[1] > _FEW:
        # Windows around lines may reach beyond the ends.
        margin = int(_SHORT * wavelength.shape[1]) + 2
        exponent = np.zeros((len(wavelength), wavelength.shape[1] + 2 * margin))
    lines = _Lines(factor, velocity, low, high, spacing)
    for feature in model.features:
        near = lines.rows_near(feature)
        if near is None:
            continue
        centre, width = lines.place(feature, near)
        resolved = width if spacing is None else np.maximum(width, 0.5 * spacing[near])
        reach = _REACH * resolved
        hit = (centre + reach > low[near]) & (centre - reach < high[near])
        if wavelength.shape[1] > _FEW or np.count_nonzero(hit) < _DENSE * len(hit):
            # Skip lines outside the wavelength range: a band contains few lines.
            near = np.arange(len(rows))[near][hit]
            if not len(near):
                continue
            centre, width, resolved, hit = centre[hit], width[hit], resolved[hit], None
        strength = _mix(feature.strengths, node[near], part[near])
        strength *= objects[f"strength_{feature.ion}"][rows[near]]
        if hit is not None:
            strength *= hit
        if spacing is not None:
            strength = _widened(strength, width, resolved)
        _add_line(exponent, log_wavelength, near, centre, resolved, strength)
    shape = np.exp(exponent[:, margin : exponent.shape[1] - margin])
    shape *= continuum_shape(name, objects, rows, phase, wavelength)
    return shape


class _Lines:
    """Positions of the lines of objects, and the rows of wavelengths that they may reach."""

    def __init__(self, factor, velocity, low, high, spacing):
        self.factor, self.velocity, self.low, self.high = factor, velocity, low, high
        self._fastest = velocity.max(initial=0.0)
        self._slowest = velocity.min(initial=self._fastest)
        self._widest = factor.max(initial=0.0)
        self._least = 0.0 if spacing is None else 0.5 * spacing.max(initial=0.0)

    def rows_near(self, feature):
        """Return a slice of all rows that a line may reach, or None if it reaches none."""
        width, factor = feature.width / SPEED_OF_LIGHT, feature.velocity
        centre = np.log(feature.wavelength)
        red, blue = np.log1p(-factor * np.array([self._slowest, self._fastest]))
        reach = 1.001 * _REACH * max(width * (self._widest if factor else 1.0), self._least)
        near = (centre + red + reach > self.low) & (centre + blue - reach < self.high)
        if not near.any():
            return None
        return slice(int(np.argmax(near)), len(near) - int(np.argmax(near[::-1])))

    def place(self, feature, rows):
        """Return the centre (ln Å) and the width (in ln λ) of a line in a slice of rows."""
        factor = self.factor[rows]
        centre = np.full(len(factor), np.log(feature.wavelength))
        width = np.full(len(factor), feature.width / SPEED_OF_LIGHT)
        if feature.velocity:
            centre += np.log1p(-feature.velocity * self.velocity[rows])
            width *= factor
        return centre, width


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
        # The table of strengths is even: no search.
        position = np.clip((strength[narrow] + 6.0) * 50.0, 0.0, 600.0)
        below = np.minimum(position.astype(np.int64), 599)
        area = areas[below] + (position - below) * np.diff(areas)[below]
        area *= width[narrow] / resolved[narrow]
        strength[narrow] = np.interp(area, areas, strengths)
    return strength


def _add_line(exponent, log_wavelength, rows, centre, width, strength):
    """Add a Gaussian to some rows (a slice, or indices) within its reach, in place.

    `exponent` has as many columns as `log_wavelength`, and margins on a long grid.
    """
    n = log_wavelength.shape[1]
    margin = (exponent.shape[1] - n) // 2
    if margin:
        start = log_wavelength[rows, 0]
        step = (log_wavelength[rows, -1] - start) / (n - 1)
        reach = _REACH * width
        n_near = int(np.ceil(2.0 * (reach / step).max())) + 2
        if n_near < _SHORT * n:
            # On an even grid, compute only the pixels near the line.
            first = np.floor((centre - reach - start) / step).astype(np.int64)
            distance = np.arange(n_near) * step[:, None]
            distance += (start + first * step - centre)[:, None]
            windows = sliding_window_view(exponent, n_near, axis=1, writeable=True)
            windows[rows, first + margin] += _gaussian(distance, width, strength)
            return
    distance = log_wavelength[rows] - centre[:, None]
    exponent[rows, margin : margin + n] += _gaussian(distance, width, strength)


def _gaussian(distance, width, strength):
    """Return Gaussians of given width and height, one per row of distances from the centre."""
    # Single precision halves the time, at a relative error of 1e-7 of the line.
    scaled = distance.astype(np.float32)
    scaled *= (1.0 / width).astype(np.float32)[:, None]
    np.square(scaled, out=scaled)
    scaled *= -0.5
    np.exp(scaled, out=scaled)
    scaled *= strength.astype(np.float32)[:, None]
    return scaled


def rest_band_flux(shape, n_points, band):
    """Return the synthetic flux through the rest-frame B or V band.

    `shape` is a function of wavelengths of shape (n_points, n_samples) and of their spacing; it
    returns fluxes.
    """
    # Wavelengths vary slowest in memory: most operations are on one value per point.
    samples = np.repeat(REST_BANDS[band][:, None], n_points, axis=1).T
    spacing = np.full(n_points, np.log(samples[0, -1] / samples[0, 0]) / (samples.shape[1] - 1))
    return mean_flux_density(shape(samples, spacing), samples)
