"""Draw the stars and galaxies around a position, as of a catalogue down to 22.7 mag."""

import numpy as np

FIELD = 46.0  # half side of the square that is filled, arcsec
_MAX_SOURCES = 96  # per position; crowded fields are cut there
_GALAXIES = 2.2e4  # per square degree, brighter than `_FAINTEST`: a choice
_STARS = 1.0e4  # at the pole, and relative to a layer as of `_LAYER_POWER`: choices
_LAYER_POWER = 1.35
_BRIGHTEST, _FAINTEST = 13.2, 22.7
_SLOPES = (0.2, 0.42)  # d log N / d mag of stars and galaxies: choices
_SATURATED = (9.5, 13.2)  # magnitudes of saturated stars
_NEAREST_SATURATED = 24.0  # arcsec
_SATURATED_SHARE = 0.035  # positions at the pole with a saturated star in the square: a choice


def draw_neighbours(gal_b, rng):
    """Draw the sources around positions at random.

    Parameters
    ----------
    gal_b : ndarray of shape (n,)
        Galactic latitudes, degrees.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    dict of str to ndarray of shape (n, n_sources)
        x, y (arcsec), mag (r; infinite for no source), colour (g - r), extent (standard deviation,
        arcsec; 0 for stars), star (bool). Saturated stars are in the first column.
    """
    n = len(gal_b)
    layer = 1.0 / np.maximum(np.abs(np.sin(np.deg2rad(gal_b))), 0.1)
    area = (2.0 * FIELD / 3600.0) ** 2
    # Fields differ by clustering and extinction.
    stars = _STARS * layer**_LAYER_POWER * np.exp(0.35 * rng.standard_normal(n))
    counts = rng.poisson(area * (stars + _GALAXIES))
    shape = (n, int(min(counts.max(initial=1), _MAX_SOURCES)) + 1)
    present = np.arange(shape[1]) <= counts[:, None]
    star = rng.random(shape) < (stars / (stars + _GALAXIES))[:, None]
    span = _FAINTEST - _BRIGHTEST
    slope = np.where(star, *_SLOPES)
    # Counts grow exponentially with the magnitude.
    mag = _FAINTEST + np.log10(1.0 - rng.random(shape) * (1.0 - 10.0 ** (-slope * span))) / slope
    saturated = rng.random(n) < np.minimum(_SATURATED_SHARE * layer, 0.3)
    mag[:, 0] = np.where(saturated, rng.uniform(*_SATURATED, n), np.inf)
    star[:, 0] = True
    x, y = rng.uniform(-FIELD, FIELD, (2, *shape))
    # A saturated star at the position would leave no alert.
    distance, angle = rng.uniform(_NEAREST_SATURATED, FIELD, n), rng.uniform(0.0, 2.0 * np.pi, n)
    x[:, 0], y[:, 0] = distance * np.cos(angle), distance * np.sin(angle)
    size = np.exp(rng.normal(np.log(0.5), 0.35, shape)) * 10.0 ** (0.1 * (20.5 - mag.clip(13.0)))
    return {
        "x": x,
        "y": y,
        "mag": np.where(present, mag, np.inf),
        "colour": np.where(star, rng.normal(0.7, 0.35, shape), rng.normal(0.7, 0.3, shape)),
        "extent": np.where(star, 0.0, np.minimum(size, 4.0)),
        "star": star,
    }
