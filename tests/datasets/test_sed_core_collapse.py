"""Spectra of core-collapse supernovae have the lines that define their classes."""

import numpy as np
import pytest

from sklearn_sn.datasets._sed_core_collapse import CORE_COLLAPSE
from sklearn_sn.datasets._seds import inverse_temperature, spectral_shape

WAVELENGTH = np.geomspace(3000.0, 9500.0, 3000)


def spectrum(name, phase, **strengths):
    """Spectrum of the mean object of a class, with some strengths changed."""
    model = CORE_COLLAPSE[name]
    objects = {f"strength_{feature.ion}": np.ones(1) for feature in model.features}
    objects |= {key: np.full(1, value) for key, value in strengths.items()}
    objects |= {"velocity": np.ones(1), "colour": np.zeros(1)}
    rows, phases = np.zeros(1, dtype=int), np.array([float(phase)])
    return spectral_shape(name, objects, rows, phases, WAVELENGTH[None])[0]


def change(name, phase, ion):
    """Natural logarithm of the factor by which an ion changes the flux."""
    with_ion = spectrum(name, phase)
    return np.log(with_ion / spectrum(name, phase, **{f"strength_{ion}": 0.0}))


def test_classes():
    assert set(CORE_COLLAPSE) == {"SN II", "SN Ib/c", "SN IIn", "SLSN-I"}


@pytest.mark.parametrize("name", ["SN II", "SN IIn"])
def test_hydrogen_emission_of_type_ii(name):
    effect = change(name, 40, "H I")
    near = np.abs(WAVELENGTH - 6563.0) < 60
    assert effect[near].max() > 0.25


def test_h_alpha_of_sn_iin_is_narrower_than_of_sn_ii():
    def width(name):
        effect = change(name, 40, "H I")
        inside = np.abs(WAVELENGTH - 6563.0) < 500
        high = effect[inside] > 0.5 * effect[inside].max()
        return np.ptp(WAVELENGTH[inside][high])

    assert width("SN IIn") < 0.7 * width("SN II")


def test_sn_ii_have_p_cygni_absorption_and_sn_iin_do_not():
    assert change("SN II", 40, "H I").min() < -0.1
    assert change("SN IIn", 40, "H I").min() > -0.02


def test_helium_of_stripped_supernovae():
    assert change("SN Ib/c", 10, "He I").min() < -0.2
    assert "He I" not in {feature.ion for feature in CORE_COLLAPSE["SLSN-I"].features}


def test_superluminous_supernovae_are_hot_with_oxygen_ii_lines_early():
    early, late = change("SLSN-I", -20, "O II"), change("SLSN-I", 60, "O II")
    blue = (WAVELENGTH > 3500) & (WAVELENGTH < 4700)
    assert early[blue].min() < -0.1 and np.abs(late[blue]).max() < 1e-6
    peak, rows = np.zeros(1), np.zeros(1, dtype=int)
    superluminous, stripped = (
        1.0 / inverse_temperature(name, {"colour": np.zeros(1)}, rows, peak)[0]
        for name in ("SLSN-I", "SN Ib/c")
    )
    assert superluminous > 1.5 * stripped


@pytest.mark.parametrize("name", list(CORE_COLLAPSE))
def test_spectra_redden_and_stay_positive(name):
    blue, red = (np.abs(WAVELENGTH - centre) < 300 for centre in (4400.0, 6800.0))
    early, late = spectrum(name, 0), spectrum(name, 40)
    assert early.min() > 0 and late.min() > 0
    assert late[blue].mean() / late[red].mean() < early[blue].mean() / early[red].mean()
