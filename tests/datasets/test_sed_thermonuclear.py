"""Spectra of thermonuclear supernovae have the lines that define their classes."""

import numpy as np
import pytest

from sklearn_sn.datasets._sed_thermonuclear import THERMONUCLEAR
from sklearn_sn.datasets._seds import spectral_shape

WAVELENGTH = np.geomspace(3000.0, 9500.0, 2000)


def spectrum(name, phase):
    """Spectrum of the mean object of a class."""
    model = THERMONUCLEAR[name]
    objects = {f"strength_{feature.ion}": np.ones(1) for feature in model.features}
    objects |= {"velocity": np.ones(1), "colour": np.zeros(1)}
    rows, phases = np.zeros(1, dtype=int), np.array([float(phase)])
    return spectral_shape(name, objects, rows, phases, WAVELENGTH[None])[0]


def depth(flux, low, high):
    """Depth of the deepest point below the straight line between two wavelengths."""
    inside = (low <= WAVELENGTH) & (high >= WAVELENGTH)
    line = np.interp(WAVELENGTH[inside], [low, high], np.interp([low, high], WAVELENGTH, flux))
    return 1.0 - (flux[inside] / line).min()


def trough(flux, low, high):
    inside = (low <= WAVELENGTH) & (high >= WAVELENGTH)
    return WAVELENGTH[inside][np.argmin(flux[inside])]


def test_silicon_at_peak_is_at_eleven_thousand_km_per_s():
    velocity = 299792.458 * (1.0 - trough(spectrum("SN Ia", 0), 5950, 6300) / 6355.0)
    assert velocity == pytest.approx(11200.0, abs=600.0)


@pytest.mark.parametrize("name", list(THERMONUCLEAR))
def test_silicon_line_is_present_at_peak_and_no_hydrogen_or_helium(name):
    assert depth(spectrum(name, 0), 5950, 6450) > 0.1
    assert not {feature.ion for feature in THERMONUCLEAR[name].features} & {"H I", "He I"}


def test_91bg_likes_have_the_titanium_trough_and_strong_silicon_5972():
    normal, cool = spectrum("SN Ia", 0), spectrum("SN Ia-91bg", 0)

    def ratio(flux):  # 5972 over 6355: larger for cool, fast decliners (Nugent et al. 1995)
        return depth(flux, 5600, 5950) / depth(flux, 5950, 6400)

    assert ratio(cool) > ratio(normal)
    ions = {name: {f.ion for f in model.features} for name, model in THERMONUCLEAR.items()}
    assert "Ti II" in ions["SN Ia-91bg"] and "Ti II" not in ions["SN Ia"]
    blue = (WAVELENGTH > 4000) & (WAVELENGTH < 4400)
    reference = (WAVELENGTH > 5300) & (WAVELENGTH < 5700)
    assert (
        cool[blue].mean() / cool[reference].mean() < normal[blue].mean() / normal[reference].mean()
    )


def test_sn_iax_expand_at_about_half_the_velocity():
    for phase in (0.0, 8.0, 16.0):
        slow, fast = (
            np.interp(phase, THERMONUCLEAR[name].phases, THERMONUCLEAR[name].velocities)
            for name in ("SN Iax", "SN Ia")
        )
        assert 0.4 < slow / fast < 0.65


@pytest.mark.parametrize("name", list(THERMONUCLEAR))
def test_velocities_fall_and_spectra_redden(name):
    assert np.all(np.diff(THERMONUCLEAR[name].velocities) < 0)
    blue, red = (np.abs(WAVELENGTH - centre) < 300 for centre in (4400.0, 6500.0))
    early, late = spectrum(name, 0), spectrum(name, 25)
    assert late[blue].mean() / late[red].mean() < 0.7 * early[blue].mean() / early[red].mean()
