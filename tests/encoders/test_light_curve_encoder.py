"""The bases of encoders of light curves."""

import numpy as np
import pandas as pd
import pytest

from sklearn_sn.encoders import GRU, DataSettings, DeepSets, LightCurveTransformer

WINDOW = r"'time_window' parameter of DeepSets must be a pair of days, the first <= 0 and the sec"


@pytest.mark.parametrize("window", [(-1.0, 1.0), [0, 5], (-300, 1e3), np.array([-5, 9])])
def test_windows_around_the_origin(window):
    DeepSets(time_window=window).check()


@pytest.mark.parametrize("window", [(1.0, 5.0), (-5.0, 0.0), (-1.0,), (-1.0, 2.0, 3.0), ("a", "b")])
def test_windows_without_the_origin(window):
    with pytest.raises(ValueError, match=WINDOW):
        DeepSets(time_window=window).check()


def test_a_window_is_a_sequence():
    with pytest.raises(ValueError, match="'time_window' parameter of DeepSets"):
        DeepSets(time_window=5.0).check()


def test_all_parameters_reach_the_preprocessor():
    preprocessor = DeepSets(
        amplitude=False,
        max_points=9,
        days_before=12.0,
        noise_augmentation=False,
        augmentation=False,
        time_origin="first",
        time_window=(-1.0, 2.0),
    ).make_preprocessor(DataSettings())
    assert vars(preprocessor) == {
        "amplitude": False,
        "errors": True,
        "time_origin": "first",
        "time_window": (-1.0, 2.0),
        "band_encoding": "wavelength",
        "max_points": 9,
        "days_before": 12.0,
        "noise": False,
        "augmentation": False,
    }


@pytest.mark.parametrize("cls", [GRU, DeepSets, LightCurveTransformer])
def test_an_array_is_a_table_of_evenly_sampled_series(cls):
    values = np.array([[1.0, 2.0, np.nan], [4.0, 5.0, 6.0]])
    index = pd.Index(["a", "b"])
    table = cls().table_from_array(values, index)
    assert table.index.equals(index)
    np.testing.assert_array_equal(table.light_curve.lengths, [2, 3])
    np.testing.assert_array_equal(table.light_curve["flux"], [1.0, 2.0, 4.0, 5.0, 6.0])
    assert set(np.diff(table.light_curve["time"][2:])) == {1.0}
    assert cls.array_kind == "an array of evenly sampled series"
