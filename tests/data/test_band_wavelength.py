"""Wavelengths of bands: what is kept between calls changes no result."""

import numpy as np

from sklearn_sn.data import band_wavelength, get_band, list_bands, register_band
from sklearn_sn.data._bands import temporary_bands


def test_wavelengths_follow_the_registered_bands():
    assert band_wavelength(["ztfg", "mine"])[0] == 4799.0
    with temporary_bands():
        register_band("mine", 5500.0)
        register_band("ztfg", 4000.0, survey="ztf", overwrite=True)
        assert band_wavelength(["ztfg", "mine"]).tolist() == [4000.0, 5500.0]
    np.testing.assert_equal(band_wavelength(["ztfg", "mine"]), [4799.0, np.nan])


def test_names_that_compare_equal_keep_their_own_wavelengths():
    for name, expected in ((1, 4799.0), (True, np.nan), (1.0, 4799.0)):
        np.testing.assert_equal(band_wavelength(np.array([name], dtype=object)), [expected])


def test_wavelengths_of_a_result_may_be_changed():
    band_wavelength(["ztfg", "ztfr"])[:] = 0.0
    assert band_wavelength(["ztfg", "ztfr"]).min() > 4000


def test_wavelengths_of_many_names():
    names = [*list_bands(), "clear"]
    assert len(names) > 40
    expected = [get_band(name).wavelength for name in names[:-1]]
    np.testing.assert_equal(band_wavelength(names), [*expected, np.nan])
