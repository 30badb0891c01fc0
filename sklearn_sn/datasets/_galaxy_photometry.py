"""Select galaxies by magnitude, and measure their magnitudes."""

from typing import NamedTuple

import numpy as np

from sklearn_sn.datasets._galaxy_population import draw_galaxies
from sklearn_sn.datasets._galaxy_seds import BANDS, GalaxySeds

# Standard deviation of the sky of a coadded image per pixel of 0.262 arcsec, nanomaggies: point
# sources of magnitude 24.5, 23.9 and 22.9 at 5 sigma, as the Legacy Surveys (Dey et al. 2019).
SKY_NOISE = np.array([0.0046, 0.0080, 0.0200])
PIXEL_SCALE = 0.262  # arcsec
ZERO_POINT = 22.5  # magnitude of 1 nanomaggy
# Errors of model magnitudes beside the sky, mag: of the profile, common to the bands, and of each
# band. Choices; the photometry of Legacy Surveys and SDSS differs by some 0.05 mag.
_PROFILE_ERROR, _BAND_ERROR = 0.05, 0.03
_BATCH = 48  # candidates drawn at once: few enough for the cache
_PATIENCE = 1000  # batches without any selected galaxy


class ObservedGalaxies(NamedTuple):
    """Selected galaxies: properties, light, true fluxes (nanomaggies) and measured magnitudes."""

    properties: dict
    seds: GalaxySeds
    fluxes: np.ndarray
    magnitudes: np.ndarray


def draw_selected(n, redshift_range, magnitude_limit, rng):
    """Draw galaxies, in batches, until some number is brighter than the limit in measured r.

    Parameters
    ----------
    n : int
        Number of galaxies.
    redshift_range : (float, float)
        Lowest and highest redshift.
    magnitude_limit : float
        Faintest measured r magnitude.
    rng : numpy.random.Generator
        Source of randomness. The first galaxies do not depend on `n`.

    Yields
    ------
    ObservedGalaxies
        At most n galaxies; fluxes and magnitudes have shape (n, 3), bands g, r and z.

    Raises
    ------
    ValueError
        If almost no galaxy is bright enough.
    """
    n_empty = 0
    while n > 0:
        properties = draw_galaxies(_BATCH, redshift_range, magnitude_limit, rng)
        seds = GalaxySeds(properties)
        fluxes = seds.band_fluxes()
        magnitudes = _measure(fluxes, properties["size"], rng)
        rows = np.flatnonzero(magnitudes[:, BANDS.index("r")] < magnitude_limit)[:n]
        n_empty = 0 if len(rows) else n_empty + 1
        if n_empty > _PATIENCE:
            raise ValueError(
                f"Hardly any galaxy of redshifts {redshift_range} is brighter than r = "
                f"{magnitude_limit:g}. Lower 'redshift_range' or raise 'magnitude_limit'."
            )
        if len(rows):
            properties = {key: values[rows] for key, values in properties.items()}
            yield ObservedGalaxies(properties, seds.take(rows), fluxes[rows], magnitudes[rows])
            n -= len(rows)


def _measure(fluxes, size, rng):
    """Return measured magnitudes, shape (n, 3)."""
    noise = rng.standard_normal((len(fluxes), 7))
    # Noise of the sky within two effective radii, and not less than in a point source.
    n_pixels = np.pi * ((2.0 * size) ** 2 + 1.2**2) / PIXEL_SCALE**2
    sky = SKY_NOISE * np.sqrt(n_pixels)[:, None] * noise[:, :3]
    measured = np.maximum(fluxes + sky, 0.2 * fluxes)
    error = _PROFILE_ERROR * noise[:, 3:4] + _BAND_ERROR * noise[:, 4:]
    return ZERO_POINT - 2.5 * np.log10(measured) + error
