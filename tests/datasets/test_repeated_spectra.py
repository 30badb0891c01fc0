"""Spectra that two files hold."""

import numpy as np
import pytest

from sklearn_sn.datasets._repeated_spectra import repeats
from sklearn_sn.datasets._spectrum_record import SpectrumRecord

WAVELENGTH = np.array([4000.0, 5000.0, 6000.0])
FLUX = np.array([1.0, 2.0, np.nan])


def record(name="a", time=59000.0, wavelength=WAVELENGTH, flux=FLUX):
    return SpectrumRecord("text columns", wavelength, flux, name=name, time=time)


def test_a_repeat_points_to_the_first_spectrum():
    others = record(name="b"), record(time=59001.0)
    assert repeats([record(), *others, record(), record()]) == [None, None, None, 0, 0]


def test_rounding_does_not_hide_a_repeat():
    rounded = record(time=59000.0005, wavelength=WAVELENGTH + 0.01, flux=FLUX * 1.0005)
    assert repeats([record(), rounded]) == [None, 0]


@pytest.mark.parametrize(
    "changed",
    [
        {"time": 59000.01},
        {"wavelength": WAVELENGTH + 1},
        {"flux": FLUX * 1.01},
        {"flux": np.array([1.0, 2.0, 3.0])},
        {"wavelength": WAVELENGTH[:2], "flux": FLUX[:2]},
    ],
)
def test_other_times_pixels_and_fluxes_are_no_repeat(changed):
    assert repeats([record(), record(**changed)]) == [None, None]


def test_an_unknown_time_is_compared_by_pixels_and_empty_spectra_never():
    assert repeats([record(), record(time=np.nan)]) == [None, 0]
    empty = [record(wavelength=WAVELENGTH[:0], flux=FLUX[:0]) for _ in range(2)]
    assert repeats(empty) == [None, None] and repeats([]) == []
