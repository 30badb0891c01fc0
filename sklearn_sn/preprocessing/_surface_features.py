"""Shape, colours and widths of light curves, from magnitudes on a grid of phases."""

import numpy as np

from sklearn_sn.preprocessing._magnitude_surface import MODEL_WAVELENGTHS, PHASE_GRID

PHASES = (-15, -10, -5, 5, 10, 15, 20, 30, 40, 60, 80)  # days from the maximum
COLOUR_PHASES = (-7, 0, 7, 15, 30, 50)
COLOURS = ("U-B", "B-V", "V-R", "R-I", "B-R", "B-I", "I-Z")
DEPTHS = (0.5, 1.0, 2.0)  # mag below the maximum
INTERVALS = ((-12, 0), (4, 16), (16, 32), (20, 60), (30, 80), (60, 120))  # days
BANDS = ("reference", *MODEL_WAVELENGTHS)

_FLAT = 0.01  # mag per day
_STEP = PHASE_GRID[1] - PHASE_GRID[0]
_ZERO = int(np.flatnonzero(PHASE_GRID == 0)[0])


def shape_features(magnitude: np.ndarray) -> dict[str, np.ndarray]:
    """Return drops from the maximum, widths and slopes of light curves in each band.

    Parameters
    ----------
    magnitude : array of shape (n_objects, 7, n_phases)
        Magnitudes in `BANDS` at the phases of `PHASE_GRID`; NaN where they are unknown.

    Returns
    -------
    dict of str to array of shape (n_objects,)
    """
    at_peak = magnitude[:, :, _ZERO]
    features = _widths(magnitude)
    per_band = {f"drop_{p}": _at_phase(magnitude, p) - at_peak for p in PHASES}
    per_band |= _slopes(magnitude) | _steps(magnitude)
    named = {}
    for number, band in enumerate(BANDS):
        # The reference has widths only: it differs between objects.
        own = features if band == "reference" else features | per_band
        named |= {f"{band}_{name}": values[:, number] for name, values in own.items()}
    return named


def colour_features(magnitude: np.ndarray) -> dict[str, np.ndarray]:
    """Return colours (mag) at some phases, and their changes from maximum to 30 days later.

    Parameters
    ----------
    magnitude : array of shape (n_objects, 7, n_phases)
        As for :func:`shape_features`.

    Returns
    -------
    dict of str to array of shape (n_objects,)
    """
    features = {}
    for pair in COLOURS:
        blue, red = (magnitude[:, BANDS.index(band)] for band in pair.split("-"))
        colour = blue - red
        for phase in COLOUR_PHASES:
            features[f"{pair}_at_{phase}"] = _at_phase(colour, phase)
        features[f"{pair}_change"] = _at_phase(colour, 30) - _at_phase(colour, 0)
    return features


def peak_magnitudes(magnitude: np.ndarray) -> dict[str, np.ndarray]:
    """Return the magnitudes at the maximum.

    Parameters
    ----------
    magnitude : array of shape (n_objects, 7, n_phases)
        As for :func:`shape_features`.

    Returns
    -------
    dict of str to array of shape (n_objects,)
    """
    return {f"{band}_peak": magnitude[:, i, _ZERO] for i, band in enumerate(BANDS)}


def _at_phase(values, phase):
    """Return values at a phase, interpolated linearly on the last axis."""
    position = (phase - PHASE_GRID[0]) / _STEP
    low, high = int(np.floor(position)), int(np.ceil(position))
    share = position - low
    return values[..., low] * (1 - share) + values[..., high] * share


def _widths(magnitude):
    """Return the phase of the maximum, and days from it to some magnitudes below on both sides."""
    index = np.arange(len(PHASE_GRID))
    known = np.isfinite(magnitude)
    near = np.where(known & (np.abs(PHASE_GRID) <= 40), magnitude, np.inf)
    top = near.argmin(axis=2)[..., None]
    usable = (known.sum(axis=2) >= 3) & np.isfinite(near).any(axis=2)
    nothing = np.where(usable, 0.0, np.nan)
    features = {"peak_phase": PHASE_GRID[top[..., 0]] + nothing}
    brightest = np.take_along_axis(near, top, axis=2)
    for depth in DEPTHS:
        low = magnitude > brightest + depth
        after, before = low & (index >= top), low & (index <= top)
        fall = np.where(after.any(axis=2), after.argmax(axis=2) - top[..., 0], np.nan)
        last = len(index) - 1 - before[..., ::-1].argmax(axis=2)
        rise = np.where(before.any(axis=2), top[..., 0] - last, np.nan)
        features[f"fall_{depth}"] = _STEP * fall + nothing
        features[f"rise_{depth}"] = _STEP * rise + nothing
    return features


def _slopes(magnitude):
    """Return slopes (mag per day) in intervals of phase, and the scatter about them (mag)."""
    features = {}
    known = np.isfinite(magnitude)
    for start, stop in INTERVALS:
        inside = (start <= PHASE_GRID) & (stop >= PHASE_GRID)
        weight = known[..., inside].astype(np.float64)
        value = np.where(known[..., inside], magnitude[..., inside], 0.0)
        number = weight.sum(axis=2)
        enough = number > 3
        divisor = np.where(enough, number, 1.0)
        x = PHASE_GRID[inside] - ((weight * PHASE_GRID[inside]).sum(axis=2) / divisor)[..., None]
        y = value - (value.sum(axis=2) / divisor)[..., None]
        xx, xy, yy = ((weight * product).sum(axis=2) for product in (x * x, x * y, y * y))
        slope = xy / np.where(enough, xx, 1.0)
        rest = np.sqrt(np.maximum(yy - slope * xy, 0.0) / divisor)
        features[f"slope_{start}_{stop}"] = np.where(enough, slope, np.nan)
        features[f"bend_{start}_{stop}"] = np.where(enough, rest, np.nan)
    return features


def _steps(magnitude):
    """Return steepest decline, its phase, days of constant brightness, and the steepest rise."""
    steps = np.diff(magnitude, axis=2) / _STEP
    start = PHASE_GRID[:-1]
    known = np.isfinite(steps) & (start >= 2)
    decline = np.where(known, steps, -np.inf)
    nothing = np.where(known.any(axis=2), 0.0, np.nan)
    flat = known & (np.abs(np.where(known, steps, 1.0)) < _FLAT)
    # A second maximum in red bands, as of SN Ia, is a rise after the first one.
    early = known & (start <= 40)
    rebound = np.where(early, steps, np.inf).min(axis=2)
    return {
        "steepest": np.where(np.isnan(nothing), np.nan, decline.max(axis=2)),
        "steepest_phase": start[decline.argmax(axis=2)] + nothing,
        "flat_days": _STEP * flat.sum(axis=2) + nothing,
        "rebound": np.where(early.any(axis=2), rebound, np.nan),
    }
