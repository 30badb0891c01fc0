"""Points of one exposure are found, whatever their order, and others are left alone."""

import numpy as np
import pandas as pd

from sklearn_sn.data import Ragged, is_repeated_exposure


def repeated(time, flux, flux_err, band="ggg", offsets=(0, 3)):
    fields = {"time": np.array(time), "band": pd.Categorical(list(band))}
    fields |= {"flux": np.array(flux), "flux_err": np.array(flux_err)}
    return is_repeated_exposure(Ragged(fields, offsets)).tolist()


def test_the_point_with_the_smallest_error_is_kept():
    assert repeated([1.0, 1.00001, 2.0], [5.0, 5.1, 5.0], [2.0, 1.0, 1.0]) == [True, False, False]
    assert repeated([1.0, 1.00001, 2.0], [5.0, 5.1, 5.0], [np.nan, 1.0, 1.0])[0]


def test_other_bands_times_fluxes_and_objects_are_other_points():
    same = ([1.0, 1.00001, 1.00002], [5.0, 5.1, 5.1], [1.0, 1.0, 1.0])
    assert repeated(*same, band="grg") == [False, False, True]
    assert repeated([1.0, 1.001, 1.002], *same[1:]) == [False] * 3
    assert repeated(same[0], [5.0, 7.0, 9.0], same[2]) == [False] * 3
    assert repeated(*same, offsets=(0, 1, 2, 3)) == [False] * 3
    assert repeated(same[0], [100.0, 100.2, 120.0], [np.nan] * 3) == [False, True, False]


def test_equal_measurements_with_rounded_times_are_one():
    flux, err = 123.45678, 6.7891234
    assert repeated([1.003, 1.01, 2.0], [flux, flux, 5.0], [err, err, 1.0])[:2] == [False, True]
    assert repeated([1.0, 1.01, 1.02], [flux] * 3, [err] * 3) == [False, True, True]
    low = np.float32([flux, err]).astype(float)
    assert repeated([1.0, 1.005, 2.0], [flux, low[0], 5.0], [err, low[1], 1.0])[:2] == [False, True]
    # Five digits suffice, also of a negative flux.
    assert repeated([1.0, 1.005, 2.0], [-123.46, -123.46, 5.0], [9.87, 9.87, 1.0])[1]
    for case in (
        dict(time=[1.0, 1.02, 3.0], flux=[flux] * 3, flux_err=[err] * 3),
        dict(time=[1.0, 1.005, 3.0], flux=[flux] * 3, flux_err=[err, 7.0, 8.0]),
        dict(time=[1.0, 1.005, 3.0], flux=[flux, 123.45, 1.0], flux_err=[err] * 3),
        dict(time=[1.0, 1.005, 3.0], flux=[flux] * 3, flux_err=[err] * 3, band="grg"),
        dict(time=[1.0, 1.005, 3.0], flux=[flux] * 3, flux_err=[err] * 3, offsets=(0, 1, 3)),
        dict(time=[1.0, 1.005, 3.0], flux=[flux] * 3, flux_err=[np.nan] * 3),
    ):
        assert repeated(**case) == [False] * 3


def test_equal_measurements_of_coarse_fluxes_are_two():
    fluxcal = 10 ** (-0.4 * 3.6)
    magnitude = 10 ** (-0.4 * (19.234 - 23.9))
    for flux, err in (
        (150.0, 20.0),
        (12345.0, 30.0),  # integers, whose steps are near the error
        (0.0, 5.0),
        (1234.0, 11.123456),
        (100.5 * fluxcal, 12.3 * fluxcal),
        (magnitude, 0.0461 * magnitude),
        (float(np.float32(magnitude)), float(np.float32(0.0461 * magnitude))),
    ):
        assert repeated([1.0, 1.005, 1.009], [flux] * 3, [err] * 3) == [False] * 3
