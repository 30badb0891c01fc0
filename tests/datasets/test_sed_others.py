"""Spectra of contaminants: tidal disruption events, active nuclei and dwarf novae."""

import numpy as np
import pytest

from sklearn_sn.datasets._sed_others import OTHERS, _from_width
from sklearn_sn.datasets._seds import continuum_shape, spectral_shape

WAVELENGTH = np.geomspace(3000.0, 9500.0, 6000)


def objects_of(name):
    drawn = {f"strength_{feature.ion}": np.ones(1) for feature in OTHERS[name].features}
    return drawn | {"velocity": np.ones(1), "colour": np.zeros(1), "slope": np.zeros(1)}


def relative(name, phase):
    """Spectrum of a class over its continuum."""
    args = name, objects_of(name), np.zeros(1, dtype=int), np.array([float(phase)])
    return (spectral_shape(*args, WAVELENGTH[None]) / continuum_shape(*args, WAVELENGTH[None]))[0]


def equivalent_width(name, phase, low, high):
    inside = (low < WAVELENGTH) & (high > WAVELENGTH)
    return np.trapezoid(relative(name, phase)[inside] - 1.0, WAVELENGTH[inside])


@pytest.mark.parametrize("width", [2.0, 20.0, 60.0])
def test_lines_are_built_from_their_equivalent_width(width):
    feature = _from_width("X", 5000.0, 900.0, width)
    sigma = 5000.0 * 900.0 / 299792.458
    grid = np.linspace(4800.0, 5200.0, 20001)
    profile = np.exp(feature.strengths[0] * np.exp(-0.5 * ((grid - 5000.0) / sigma) ** 2)) - 1.0
    # The peak is exact, the exponential of a Gaussian is narrower than a Gaussian.
    peak = width / (sigma * np.sqrt(2 * np.pi))
    assert profile.max() == pytest.approx(peak, rel=1e-6)
    assert 0.6 * width < np.trapezoid(profile, grid) <= width


def test_narrow_lines_of_active_nuclei_are_narrow():
    # [O III] 5007 with 13.2 Å on top of broad Hβ and Fe II.
    line = relative("AGN", 0)
    inside = np.abs(WAVELENGTH - 5007.0) < 60
    top = line[inside].max() - np.median(line[inside])
    high = line[inside] - np.median(line[inside]) > 0.5 * top
    fwhm = np.ptp(WAVELENGTH[inside][high]) / 5007.0 * 299792.458
    assert 300.0 < fwhm < 900.0


def test_broad_lines_of_active_nuclei_are_broad():
    assert equivalent_width("AGN", 0, 6400.0, 6750.0) > 100.0
    broad = [f for f in OTHERS["AGN"].features if f.ion == "broad"]
    narrow = [f for f in OTHERS["AGN"].features if f.ion == "narrow"]
    assert min(f.width for f in broad) > 4 * max(f.width for f in narrow)


def test_continuum_of_active_nuclei_is_the_published_power_law():
    args = "AGN", objects_of("AGN"), np.zeros(1, dtype=int), np.zeros(1)
    flux = continuum_shape(*args, np.array([[4000.0, 8000.0]]))[0]
    assert np.log2(flux[1] / flux[0]) == pytest.approx(-1.56)


def test_dwarf_novae_absorb_in_outburst_and_emit_in_quiescence():
    h_beta = (4790.0, 4930.0)
    assert equivalent_width("CV", 0.0, *h_beta) < 0.0
    assert equivalent_width("CV", 5.0, *h_beta) > 20.0
    assert equivalent_width("CV", 5.0, 6500.0, 6630.0) > equivalent_width("CV", 5.0, *h_beta)


def test_tidal_disruption_events_stay_hot_with_broad_helium():
    model = OTHERS["TDE"]
    assert min(model.temperatures) > 15000.0
    assert np.ptp(model.temperatures) < 0.3 * np.mean(model.temperatures)
    assert equivalent_width("TDE", 30.0, 4500.0, 4900.0) > 20.0
    assert all(feature.width >= 5000.0 for feature in model.features)
