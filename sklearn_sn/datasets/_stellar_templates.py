"""Spectra of single-age stellar populations, parametric, on one rest-frame grid."""

from functools import lru_cache
from typing import NamedTuple

import numpy as np

LIGHT_SPEED = 299792.458  # km/s
GRID_STEP = 1.5e-4  # of the grid in ln wavelength (45 km/s): resolves lines of 50 km/s and more
_GRID_RANGE = (2000.0, 11600.0)  # Å
AGES = np.array([0.006, 0.03, 0.1, 0.3, 1.0, 3.0, 9.0])  # Gyr
METALLICITIES = np.array([-0.6, 0.3])  # logarithm relative to the Sun
DISPERSIONS = np.array([60.0, 150.0, 320.0])  # km/s

# One number per age, except where noted. Values are choices that give the colours B - V and
# the indices D4000 and Hδ of Bruzual & Charlot (2003, MNRAS 344, 1000) to some 0.1 mag and 20 %.
_TURN_OFF = (33000.0, 21000.0, 15000.0, 11000.0, 8000.0, 6700.0, 5900.0)  # K, hot stars
_GIANTS = (0.10, 0.16, 0.16, 0.18, 0.24, 0.42, 0.58)  # share of the light of giants at 5500 Å
_GIANT_TEMPERATURE = (4500.0, 4100.0)  # K, per metallicity
_METALS = (0.0, 0.03, 0.06, 0.12, 0.40, 0.78, 1.0)  # strength of metal lines
_BALMER = (0.12, 0.30, 0.55, 0.90, 0.85, 0.40, 0.22)  # strength of Balmer lines and break
_METAL_FACTOR = (0.7, 1.05)  # on the strength of metal lines, per metallicity
# Luminosity of the Sun at 5500 Å, erg/s/Å: absolute magnitude 4.81, zero point 3.63e-9
# erg/s/cm²/Å. Unit of the templates, because float32 holds no erg/s.
SUN_V = 5.17e29

_VACUUM = 1.00028  # wavelength in vacuum over that in air
# Centre (in air, Å), standard deviation (Å) and depth of absorption at strength 1.
_METAL_LINES = (
    (2799.0, 9.0, 0.45),  # Mg II
    (2852.0, 6.0, 0.35),  # Mg I
    (3581.0, 9.0, 0.22),  # Fe
    (3735.0, 12.0, 0.20),  # Fe
    (3833.0, 10.0, 0.20),  # Mg, CN
    (3933.7, 7.5, 0.50),  # Ca K
    (3968.5, 7.5, 0.44),  # Ca H
    (4226.7, 4.0, 0.18),  # Ca I
    (4304.4, 10.0, 0.24),  # G band
    (4383.5, 6.0, 0.17),  # Fe
    (4531.0, 8.0, 0.10),  # Fe
    (4668.0, 14.0, 0.10),  # C2
    (5015.0, 9.0, 0.08),  # Fe
    (5172.0, 11.0, 0.21),  # Mg b
    (5270.0, 7.0, 0.13),  # Fe
    (5335.0, 6.0, 0.11),  # Fe
    (5406.0, 5.0, 0.07),  # Fe
    (5892.9, 4.5, 0.24),  # Na D
    (6190.0, 45.0, 0.06),  # TiO
    (6495.0, 7.0, 0.06),  # Ba, Fe
    (7120.0, 55.0, 0.09),  # TiO
    (8190.0, 6.0, 0.07),  # Na
    (8498.0, 4.5, 0.14),  # Ca triplet
    (8542.1, 5.5, 0.24),
    (8662.1, 5.5, 0.21),
)
_BALMER_LINES = (
    (6562.8, 7.0, 0.34),
    (4861.3, 9.0, 0.42),
    (4340.5, 9.5, 0.45),
    (4101.7, 9.5, 0.47),
    (3970.1, 8.0, 0.44),
    (3889.1, 7.0, 0.38),
    (3835.4, 6.0, 0.32),
    (3797.9, 5.0, 0.25),
    (3770.6, 4.0, 0.18),
)
_N_WEAK_LINES = 500  # of iron and other metals, at fixed pseudo-random wavelengths


class StellarTemplates(NamedTuple):
    """Grid, and luminosities per solar mass (in `SUN_V`), shape (7 ages, 2, 3, n_wavelengths)."""

    wavelength: np.ndarray
    luminosity: np.ndarray


def rest_grid():
    """Return the rest-frame wavelengths of the templates, Å, even in the logarithm.

    Returns
    -------
    ndarray of shape (n_wavelengths,)
        Increasing wavelengths.
    """
    low, high = np.log(_GRID_RANGE)
    return np.exp(np.arange(low, high, GRID_STEP))


@lru_cache
def stellar_templates():
    """Build the templates of all ages, metallicities and velocity dispersions.

    The continuum is the sum of a hot and a cool blackbody, for the stars near the turn-off and for
    giants. Metals absorb below 4000 Å (the 4000 Å break) and in lines; hydrogen absorbs in the
    Balmer lines and below the Balmer limit, most in populations of 0.3 to 1 Gyr.

    Returns
    -------
    StellarTemplates
        float32; the velocity dispersions are those of `DISPERSIONS`.
    """
    wavelength = rest_grid()
    shape = (len(AGES), len(METALLICITIES), len(wavelength))
    spectra = np.empty(shape)
    metal_lines = _depths(wavelength, _METAL_LINES) + _weak_lines(wavelength)
    balmer_lines = _depths(wavelength, _BALMER_LINES)
    balmer_edge = 0.42 / (1.0 + np.exp((wavelength - 3690.0) / 25.0))
    break_4000 = 0.36 / (1.0 + np.exp((wavelength - 3985.0) / 14.0))
    ultraviolet = 0.45 / (1.0 + np.exp((wavelength - 3150.0) / 120.0))
    ultraviolet += 0.30 / (1.0 + np.exp((wavelength - 2640.0) / 20.0))
    for i, age in enumerate(AGES):
        for j, metallicity in enumerate(METALLICITIES):
            cool = _blackbody(wavelength, _GIANT_TEMPERATURE[j])
            hot = _blackbody(wavelength, _TURN_OFF[i] * 10.0 ** (-0.06 * metallicity))
            metals, balmer = _METALS[i] * _METAL_FACTOR[j], _BALMER[i]
            transmitted = np.exp(-metals * metal_lines - balmer * balmer_lines)
            transmitted *= (1.0 - metals * break_4000) * (1.0 - balmer * balmer_edge)
            transmitted *= np.maximum(1.0 - metals * ultraviolet, 0.08)
            spectra[i, j] = ((1.0 - _GIANTS[i]) * hot + _GIANTS[i] * cool) * transmitted
            # The light of a population fades with age and metallicity: Bruzual & Charlot (2003).
            ratio = 0.37 + 0.75 * np.log10(age / 10.0) + 0.15 * metallicity
            spectra[i, j] *= 10.0**-ratio
    return StellarTemplates(wavelength, _broaden(spectra).astype(np.float32))


def _blackbody(wavelength, temperature):
    """Return f_λ of a blackbody relative to that at 5500 Å."""
    scale = 1.438777e8 / temperature  # hc / kT, Å
    return (5500.0 / wavelength) ** 5 * np.expm1(scale / 5500.0) / np.expm1(scale / wavelength)


def _depths(wavelength, lines):
    """Return the optical depth of lines at strength 1."""
    centre, width, depth = np.array(lines).T[:, :, None]
    centre = centre * _VACUUM
    profiles = np.exp(-0.5 * ((wavelength - centre) / width) ** 2)
    return (-np.log1p(-depth) * profiles).sum(axis=0)


def _weak_lines(wavelength):
    """Return the optical depth of many weak metal lines, denser and deeper in the blue."""
    rng = np.random.default_rng(4000)
    centre = _GRID_RANGE[0] * (_GRID_RANGE[1] / _GRID_RANGE[0]) ** rng.beta(1.0, 1.6, _N_WEAK_LINES)
    depth = rng.gamma(1.5, 0.03, _N_WEAK_LINES) * (centre / 4500.0) ** -1.5
    return _depths(wavelength, np.stack([centre, 2.5e-4 * centre, np.minimum(depth, 0.4)], axis=1))


def _broaden(spectra):
    """Convolve with Gaussians of all velocity dispersions, along a new axis before the last."""
    n = spectra.shape[-1]
    padding = 200  # pixels, of the value at each end
    padded = np.pad(spectra, [(0, 0), (0, 0), (padding, padding)], mode="edge")
    frequency = 2.0 * np.pi * np.fft.rfftfreq(padded.shape[-1])
    widths = DISPERSIONS / LIGHT_SPEED / GRID_STEP
    kernels = np.exp(-0.5 * (frequency * widths[:, None]) ** 2)
    broad = np.fft.irfft(np.fft.rfft(padded)[..., None, :] * kernels, padded.shape[-1])
    return broad[..., padding : padding + n]
