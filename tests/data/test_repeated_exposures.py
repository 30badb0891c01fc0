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
