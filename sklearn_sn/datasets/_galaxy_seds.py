"""Spectral energy distributions of galaxies: stars, dust and lines, in the observer's frame."""

from functools import lru_cache

import numpy as np

from sklearn_sn.datasets._nebular_lines import DUST_SLOPE, EMISSION_LINES, line_luminosities
from sklearn_sn.datasets._sky import distance_modulus
from sklearn_sn.datasets._stellar_templates import (
    AGES,
    DISPERSIONS,
    GRID_STEP,
    LIGHT_SPEED,
    METALLICITIES,
    SUN_V,
    stellar_templates,
)

BANDS = ("g", "r", "z")
# Corners of trapezoids close to the transmission of DECam with atmosphere, Å: Dey et al. (2019, AJ
# 157, 168), figure 2.
_CORNERS = {
    "g": (3950.0, 4250.0, 5380.0, 5500.0),
    "r": (5600.0, 5780.0, 7050.0, 7200.0),
    "z": (8350.0, 8600.0, 9300.0, 10150.0),
}
_BAND_EDGES = np.linspace(3900.0, 10200.0, 316)  # Å; steps of 20 Å
_COARSE = 16  # steps of the grid (0.24 % of the wavelength) that are summed for bands
_LINE_REACH = 4.0  # standard deviations to which lines are computed
_GAS_DUST = 1.6  # optical depth of lines over that of stars: near Price et al. (2014, ApJ 788, 86)
_PARSEC = 3.0856776e18  # cm
# Mass shares of old stars spread over the ages of the templates by this much, dex.
_AGE_SPREAD = 0.22
_YOUNG = np.array([0.012, 0.05, 0.16])  # Gyr, ends of the periods of the youngest templates


def resolution_width(wavelength):
    """Return the standard deviation of the line-spread function in km/s.

    The resolution grows from 2000 at 3600 Å to 5000 at 9800 Å, as that of DESI: DESI Collaboration
    (2022, AJ 164, 207).
    """
    resolution = 2000.0 + 3000.0 * (np.asarray(wavelength) - 3600.0) / 6200.0
    return LIGHT_SPEED / (2.3548 * np.clip(resolution, 1800.0, 5500.0))


class GalaxySeds:
    """Light of galaxies at full resolution, as f_λ in 1e-17 erg/s/cm²/Å.

    Parameters
    ----------
    galaxies : dict of str to ndarray of shape (n,)
        Properties, as of `draw_galaxies`.

    Attributes
    ----------
    density : ndarray of float32, shape (n, n_wavelengths)
        Luminosity times wavelength step on the grid of the templates, per area of the sphere.
    """

    def __init__(self, galaxies):
        self.redshift = galaxies["redshift"]
        self.density = _stars(galaxies)
        _add_lines(self.density, galaxies)
        distance = _PARSEC * 10.0 ** (0.2 * distance_modulus(self.redshift) + 1.0)
        scale = 1e17 * SUN_V / (4.0 * np.pi * distance**2)
        step = GRID_STEP * stellar_templates().wavelength
        self.density *= scale[:, None].astype(np.float32)
        self.density *= step.astype(np.float32)

    def take(self, rows):
        """Return the galaxies of the given rows."""
        part = object.__new__(GalaxySeds)
        part.redshift, part.density = self.redshift[rows], self.density[rows]
        return part

    def mean_flux(self, edges):
        """Return the mean flux between consecutive wavelengths.

        Parameters
        ----------
        edges : ndarray of shape (n_bins + 1,)
            Observer-frame wavelengths in Å, increasing.

        Returns
        -------
        ndarray of shape (n, n_bins)
            f_λ in 1e-17 erg/s/cm²/Å.
        """
        # Integral up to the middle of each step, by the trapezoidal rule.
        total = np.cumsum(self.density, axis=1, dtype=np.float64)
        total -= 0.5 * self.density
        position = self._positions(edges)
        whole = position.astype(np.int32)
        part = position - whole
        whole += np.arange(len(whole), dtype=np.int32)[:, None] * self.density.shape[1]
        low, high = self.density.ravel()[whole], self.density.ravel()[whole + 1]
        integral = total.ravel()[whole] + part * (low + 0.5 * part * (high - low))
        return np.diff(integral) / np.diff(edges)

    def band_fluxes(self):
        """Return the fluxes in g, r and z, nanomaggies, shape (n, 3)."""
        # Sums over several steps suffice for bands, and are faster.
        n = len(self.density)
        steps = self.density.shape[1] // _COARSE
        coarse = self.density[:, : steps * _COARSE].reshape(n, steps, _COARSE)
        total = np.zeros((n, steps + 1))
        np.cumsum(coarse @ np.ones(_COARSE, dtype=np.float32), axis=1, out=total[:, 1:])
        position = (self._positions(_BAND_EDGES) + 0.5) / _COARSE
        whole = position.astype(np.int32)
        part = position - whole
        whole += np.arange(n, dtype=np.int32)[:, None] * (steps + 1)
        low, high = total.ravel()[whole], total.ravel()[whole + 1]
        integral = low + part * (high - low)
        return np.diff(integral) / np.diff(_BAND_EDGES) @ _band_weights()

    def _positions(self, edges):
        """Return observed wavelengths in steps of the grid of the templates, shape (n, n_edges)."""
        first = np.log(stellar_templates().wavelength[0])
        return (np.log(edges) - first - np.log1p(self.redshift)[:, None]) / GRID_STEP


def _stars(galaxies):
    """Return the luminosity of the stars behind dust, in `SUN_V`, shape (n, n_wavelengths)."""
    templates = stellar_templates()
    weights = _age_masses(galaxies)[:, :, None, None]
    # The metallicity of stars is some 0.1 dex below that of gas; the Sun has 8.69.
    stellar = np.where(galaxies["quiescent"], 0.15, -0.15)
    stellar = galaxies["metallicity"] + 0.25 - 8.85 + stellar
    weights = weights * _linear_weights(stellar, METALLICITIES)[:, None, :, None]
    width = resolution_width(5500.0)
    variance = galaxies["velocity_dispersion"] ** 2 + width**2
    weights = weights * _linear_weights(variance, DISPERSIONS**2)[:, None, None, :]
    n = len(weights)
    flat = templates.luminosity.reshape(-1, len(templates.wavelength))
    light = weights.reshape(n, -1).astype(np.float32) @ flat
    dimming = -0.4 * np.log(10.0) * galaxies["av"]
    curve = (templates.wavelength / 5500.0) ** DUST_SLOPE
    exponent = np.multiply.outer(dimming.astype(np.float32), curve.astype(np.float32))
    light *= np.exp(exponent, out=exponent)
    return light


def _age_masses(galaxies):
    """Return the masses formed at the ages of the templates, solar masses, shape (n, 7).

    Their sum is the stellar mass, except for the scatter of the mass-to-light ratio.
    """
    mass = 10.0 ** galaxies["log_stellar_mass"]
    rate = 10.0 ** galaxies["log_sfr"] * 1e9  # per Gyr
    masses = np.empty((len(mass), len(AGES)))
    periods = np.diff(_YOUNG, prepend=0.0)
    masses[:, : len(periods)] = rate[:, None] * periods
    # A share of the recent stars is older than the last period; the rest is spread about the age.
    masses[:, 3] = 0.4 * rate
    old = np.log10(AGES[4:])
    shares = np.exp(-0.5 * ((old - np.log10(galaxies["age"])[:, None]) / _AGE_SPREAD) ** 2)
    shares /= shares.sum(axis=1, keepdims=True)
    rest = np.maximum(mass - masses[:, :4].sum(axis=1), 0.3 * mass)
    masses[:, 4:] = rest[:, None] * shares
    visible = mass * 10.0 ** -galaxies["mass_to_light"]
    return masses * (visible / masses.sum(axis=1))[:, None]


def _linear_weights(values, nodes):
    """Return the weights of linear interpolation between nodes, clipped, shape (n, n_nodes)."""
    return np.stack([np.interp(values, nodes, row) for row in np.eye(len(nodes))], axis=1)


def _add_lines(density, galaxies):
    """Add emission lines to luminosities on the grid of the templates, in place."""
    wavelength = stellar_templates().wavelength
    names = ("log_sfr", "metallicity", "shocked", "excitation")
    luminosity = line_luminosities(*(galaxies[name] for name in names))
    centre = np.array(list(EMISSION_LINES.values()))
    depth = _GAS_DUST * galaxies["av"][:, None] * (centre / 5500.0) ** DUST_SLOPE
    luminosity = luminosity * 10.0 ** (-0.4 * depth)
    observed = centre * (1.0 + galaxies["redshift"])[:, None]
    width = np.hypot(galaxies["line_width"][:, None], resolution_width(observed))
    width = width / LIGHT_SPEED / GRID_STEP  # grid steps
    position = np.log(centre / wavelength[0]) / GRID_STEP
    nearest = np.rint(position).astype(np.int64)
    reach = int(np.ceil(_LINE_REACH * width.max()))
    offset = np.arange(-reach, reach + 1)
    exponent = (offset - (position - nearest)[:, None]).astype(np.float32)  # (n_lines, n_pixels)
    scaled = exponent / width[..., None].astype(np.float32)
    scaled *= scaled
    scaled *= -0.5
    np.maximum(scaled, -80.0, out=scaled)
    profile = np.exp(scaled, out=scaled)
    # Per Å, in SUN_V: the profile is normalised in steps of the grid.
    amplitude = luminosity / SUN_V / (np.sqrt(2.0 * np.pi) * width * GRID_STEP * centre)
    profile *= amplitude[..., None].astype(np.float32)
    for line, pixel in enumerate(nearest.tolist()):
        density[:, pixel - reach : pixel + reach + 1] += profile[:, line]


@lru_cache
def _band_weights():
    """Return weights of mean f_λ (1e-17 erg/s/cm²/Å) that give nanomaggies, shape (n_bins, 3)."""
    middle = 0.5 * (_BAND_EDGES[1:] + _BAND_EDGES[:-1])
    columns = []
    for name in BANDS:
        transmission = np.interp(middle, _CORNERS[name], (0.0, 1.0, 1.0, 0.0))
        # Photon-weighted mean of f_ν; 1 nanomaggy is 3.631e-29 erg/s/cm²/Hz.
        weight = transmission * middle / (transmission / middle).sum()
        columns.append(weight * 1e-17 / (LIGHT_SPEED * 1e13 * 3.631e-29))
    return np.stack(columns, axis=1)
