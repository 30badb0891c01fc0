"""Spectra of subtypes have the lines that define them."""

import numpy as np
import pytest

from sklearn_sn.datasets import make_supernovae
from sklearn_sn.datasets._photosphere import Photosphere, reference_curve
from sklearn_sn.datasets._sed_subtypes import SUBTYPES
from sklearn_sn.datasets._seds import spectral_shape

WAVELENGTH = np.geomspace(3000.0, 9500.0, 3000)


def effect(name, phase, ion):
    """Natural logarithm of the factor by which an ion changes the flux of the mean object."""
    objects = {f"strength_{feature.ion}": np.ones(1) for feature in SUBTYPES[name].features}
    objects |= {"velocity": np.ones(1), "colour": np.zeros(1)}
    rows, phases = np.zeros(1, dtype=int), np.array([float(phase)])
    with_ion = spectral_shape(name, objects, rows, phases, WAVELENGTH[None])[0]
    if f"strength_{ion}" not in objects:
        return np.zeros(len(WAVELENGTH))
    objects[f"strength_{ion}"] = np.zeros(1)
    return np.log(with_ion / spectral_shape(name, objects, rows, phases, WAVELENGTH[None])[0])


def near(line, width=250.0):
    """Mask of wavelengths blueward of a line, where its absorption is."""
    return np.abs(WAVELENGTH - line + 0.5 * width) < 0.5 * width + 20


def test_sn_iip_have_p_cygni_profiles_of_h_alpha():
    hydrogen = effect("SN IIP", 40, "H I")
    assert hydrogen[near(6563)].min() < -0.15
    assert hydrogen[np.abs(WAVELENGTH - 6563) < 60].max() > 0.4


def test_hydrogen_of_sn_iib_fades_into_helium():
    line = near(6563, 400)
    early, late = (effect("SN IIb", phase, "H I")[line].min() for phase in (-8, 45))
    assert early < -0.2 and late > 0.5 * early
    early, late = (effect("SN IIb", phase, "He I")[near(7065)].min() for phase in (-12, 25))
    assert late < -0.2 and early > 0.5 * late


@pytest.mark.parametrize("line", [5876, 6678, 7065])
def test_helium_lines_of_sn_ib(line):
    assert effect("SN Ib", 10, "He I")[near(line)].min() < -0.25
    assert not effect("SN Ib", 10, "H I").any()


def test_sn_ic_have_neither_hydrogen_nor_helium_but_oxygen():
    ions = {feature.ion for feature in SUBTYPES["SN Ic"].features}
    assert not ions & {"H I", "He I"}
    assert (
        effect("SN Ic", 10, "O I")[near(7774)].min() < effect("SN Ib", 10, "O I")[near(7774)].min()
    )


def test_plateau_of_sn_iip_lasts_a_hundred_days():
    rng = np.random.default_rng(0)
    sed = Photosphere("SN IIP")
    objects = sed.draw(200, rng)
    sed.complete(objects, rng)
    rows = np.arange(200)
    flux = [reference_curve("SN IIP", objects, rows, np.full(200, day)) for day in (15.0, 65, 150)]
    mag = -2.5 * np.log10(np.array(flux))
    assert 0.0 < np.median(mag[1] - mag[0]) < 0.6
    assert np.median(mag[2] - mag[1]) > 1.5


def test_some_sn_iib_have_two_peaks():
    rng = np.random.default_rng(0)
    sed = Photosphere("SN IIb")
    objects = sed.draw(300, rng)
    sed.complete(objects, rng)
    days = np.linspace(0.2, 1.0, 41)[:, None] * objects["rise"]  # since explosion
    curves = [reference_curve("SN IIb", objects, np.arange(300), d - objects["rise"]) for d in days]
    steps = np.diff(np.array(curves), axis=0)
    early = np.array(
        [reference_curve("SN IIb", objects, np.arange(300), d - objects["rise"]) for d in (1.0, 5)]
    )
    fading = early[0] > early[1]
    assert 0.1 < fading.mean() < 0.9
    assert (steps[-1] >= 0).all()


def test_subtypes_are_classes_of_the_simulator_but_not_of_the_rates():
    _, y = make_supernovae(8, classes=list(SUBTYPES), surveys="ztf", random_state=0)
    assert set(y) == set(SUBTYPES)
    _, y = make_supernovae(
        *(200,), classes="rates", surveys="ztf", modalities=["light_curve"], random_state=0
    )
    assert not set(y) & set(SUBTYPES)
