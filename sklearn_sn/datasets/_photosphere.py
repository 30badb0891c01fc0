"""Expanding photospheres: flux of a class as a function of time and wavelength."""

from functools import lru_cache

import numpy as np
from scipy.interpolate import PchipInterpolator

from sklearn_sn.datasets._explosions import complete_explosions, draw_peaks
from sklearn_sn.datasets._populations import POPULATIONS
from sklearn_sn.datasets._seds import (
    SED_MODELS,
    inverse_temperature,
    rest_band_flux,
    spectral_shape,
)

_TEN_PARSEC = 3.0856775814913673e19  # cm (IAU 2015)
_SCALED_PLANCK = 2.0 * 6.62607015e-27 * 2.99792458e10  # 2hc in erg cm (CODATA 2018)


class Photosphere:
    """Built-in SED of an exploding class.

    The SED is a blackbody with absorption and emission lines (`SED_MODELS`). The light curve of the
    class in its reference band sets the radius for the model's temperature.

    Parameters
    ----------
    name : str
        Class, a key of POPULATIONS.
    """

    label = "built-in"
    in_disc = False
    variable = False

    def __init__(self, name):
        self.name = name
        self.duration = POPULATIONS[name].duration
        self.r_v = POPULATIONS[name].r_v

    def draw(self, n, rng):
        """Draw the peak brightness of n objects: dict of str to array of shape (n,)."""
        return draw_peaks(self.name, n, rng)

    def complete(self, objects, rng):
        """Draw all other parameters of objects and add them."""
        complete_explosions(self.name, objects, rng)

    def flux(self, objects, rows, phase, wavelength, spacing=None):
        """Return f_λ in units of the peak of the reference band, shape (n_points, n_wavelengths).

        `phase` is in rest-frame days from peak, `wavelength` in rest-frame Å.
        """
        scaled = phase / objects["stretch"][rows]
        flux = spectral_shape(self.name, objects, rows, scaled, wavelength, spacing)
        flux *= self.continuum_curve(objects, rows, phase)[:, None]
        return flux

    def continuum_curve(self, objects, rows, phase):
        """Return the continuum at 5450 Å in the units of `flux`, shape (n_points,)."""
        phases, mean = _mean_reference_flux(self.name)
        # Divide by the mean of the class, so that the reference band follows the light curve.
        curve = reference_curve(self.name, objects, rows, phase)
        scaled = phase / objects["stretch"][rows]
        curve *= np.interp(0.0, phases, mean) / np.interp(scaled, phases, mean)
        return curve

    def peak_flux(self, objects):
        """Return the flux in rest-frame B at phase 0, in the units of `flux`."""
        n = len(objects["rise"])
        rows, phase = np.arange(n), np.zeros(n)
        return rest_band_flux(lambda w, s: self.flux(objects, rows, phase, w, s), n, "B")

    def add_derived(self, objects):
        """Add temperature (K) and radius (1e15 cm) of the photosphere at peak, from `amplitude`."""
        n = len(objects["rise"])
        inverse = inverse_temperature(self.name, objects, np.arange(n), np.zeros(n))
        objects["temperature"] = 1.0 / inverse
        objects["radius"] = photosphere_radius(objects["amplitude"], inverse)


def photosphere_radius(continuum, inverse):
    """Return the radius (1e15 cm) of a blackbody with a given continuum at 5450 Å.

    `continuum` is f_ν / λ² (µJy Å⁻²) at 10 pc, `inverse` is 1/T in 1/K: f_ν = π B_ν (R / 10 pc)².
    """
    frequency_cubed = (1.0 / 5450e-8) ** 3  # of the wave number, 1/cm³
    planck = _SCALED_PLANCK * frequency_cubed / np.expm1(1.438776877e8 / 5450.0 * inverse)
    flux = continuum * 5450.0**2 * 1e-29
    return _TEN_PARSEC * np.sqrt(flux / (np.pi * planck)) / 1e15


@lru_cache
def _mean_reference_flux(name):
    """Return phases and reference-band fluxes of the class with all parameters at their means."""
    phases = np.arange(-60.0, 301.0, 1.0)
    names = {f"strength_{feature.ion}" for feature in SED_MODELS[name].features}
    mean = {key: np.ones(1) for key in ("velocity", *names)}
    mean["colour"] = np.zeros(1)
    rows = np.zeros(len(phases), dtype=np.int64)
    flux = rest_band_flux(
        lambda w, s: spectral_shape(name, mean, rows, phases, w, s),
        len(phases),
        POPULATIONS[name].band,
    )
    return phases, flux


@lru_cache
def _decline_table(name):
    population = POPULATIONS[name]
    days = np.arange(0.0, population.days[-1] + 0.25, 0.25)
    return days, PchipInterpolator(population.days, population.decline)(days)


def reference_curve(name, objects, rows, phase):
    """Return the flux in the class's reference band relative to peak; 0 before the explosion.

    Parameters
    ----------
    name : str
        Class.
    objects : dict of str to array of shape (n_objects,)
        Drawn parameters.
    rows : array of int, shape (n_points,)
        Object of each point.
    phase : array of shape (n_points,)
        Rest-frame days from peak.

    Returns
    -------
    array of shape (n_points,)
        Relative flux.
    """
    # (1 - u²)^2.44 grows as the power 2.44 of the time since explosion (Firth et al. 2015, MNRAS
    # 446, 3895) and is flat at peak.
    fraction = np.clip(-phase / objects["rise"][rows], 0.0, 1.0)
    rising = (1.0 - fraction**2) ** 2.44
    after = np.clip(phase, 0.0, None)
    if name in ("SN II", "SN IIP"):
        slope, end, drop = (objects[f"plateau_{key}"][rows] for key in ("slope", "end", "drop"))
        end = end - objects["rise"][rows]
        steep = 0.9 * 20.0 * (1.0 - np.exp(-after / 20.0))
        linear = slope * np.minimum(after, end) + 1.2 * np.clip(after - end, 0.0, None)
        fermi = 1.0 / (1.0 + np.exp(-(after - end) / 5.0)) - 1.0 / (1.0 + np.exp(end / 5.0))
        mag = (linear + steep) / 100.0 + drop * fermi
    else:
        days, decline = _decline_table(name)
        scaled = after / objects["stretch"][rows]
        last = (decline[-1] - decline[-41]) / (days[-1] - days[-41])
        mag = np.interp(scaled, days, decline) + last * np.clip(scaled - days[-1], 0.0, None)
    curve = rising * 10.0 ** (-0.4 * mag)
    if name == "SN IIb":
        curve += fraction**2 * _cooling(objects, rows, phase)
    return curve


def _cooling(objects, rows, phase):
    """Return the flux of the cooling envelope, relative to the main peak."""
    since = np.clip(phase + objects["rise"][rows], 0.0, None)
    # The rise within half a day is a choice.
    glow = (1.0 - np.exp(-((since / 0.5) ** 2))) * np.exp(-since / objects["cooling_time"][rows])
    return objects["cooling"][rows] * glow
