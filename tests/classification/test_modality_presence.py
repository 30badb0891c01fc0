"""Which modalities an object has."""

import numpy as np
import pandas as pd
import pytest

from sklearn_sn.classification._modality_presence import column_presence, member_presence
from sklearn_sn.data import Ragged, check_table

CURVE = {"time": [59000.0, 59001.0], "band": ["ztfg"] * 2, "flux": [1.0, 2.0]}
PIXELS = {"wavelength": [5000.0, 5010.0, 5020.0], "flux": [1.0, 2.0, 1.0]}


@pytest.fixture
def X():
    """The first object has everything, the second nothing usable, the third null cells."""
    empty = {"time": [59000.0], "band": ["ztfg"], "flux": [np.nan]}
    image = np.ones((3, 5, 5))
    extra = Ragged({"value": np.ones(2)}, [0, 2, 2, 2]).to_nested()
    X = pd.DataFrame(
        {
            "light_curve": [CURVE, empty, None],
            "spectrum": [PIXELS, {"wavelength": [5000.0], "flux": [np.inf]}, None],
            "image": pd.Series([image, np.full_like(image, np.nan), None], dtype=object),
            "mag": [18.0, -999.0, np.nan],
            "host": ["a", None, None],
        }
    )
    return X.assign(extra=extra)


def test_only_usable_content_counts(X):
    masks = column_presence(X, list(X.columns))
    assert {name: mask.tolist() for name, mask in masks.items()} == {
        name: [True, False, False] for name in X.columns
    }


def test_an_image_without_pixels(X):
    X["image"] = pd.Series([np.zeros((0, 0)), np.ones((3, 4)), None], dtype=object)
    assert column_presence(X, ["image"])["image"].tolist() == [False, True, False]


def test_one_of_several_columns_is_enough(X):
    X.loc[1, "mag"] = 17.0
    present = member_presence(X, {"a": ["mag", "host"], "b": ["light_curve"]})
    assert present.tolist() == [[True, True, False], [True, False, False]]


def test_a_function_decides(X):
    bright = member_presence(X, {"a": lambda table: table["mag"].to_numpy() < 20})
    assert bright.tolist() == [[True, True, False]]
    for wrong in (lambda table: [True], lambda table: table["mag"].to_numpy()):
        with pytest.raises(ValueError, match="'presence' for the member 'a'"):
            member_presence(X, {"a": wrong})


def test_a_least_number_of_points(X):
    n_points = check_table(X, modalities=["light_curve"], warn=False).light_curve.lengths
    for least in (1, n_points[0], n_points[0] + 1):
        found = member_presence(X, {"a": {"light_curve": least}})
        assert found.tolist() == [(n_points >= least).tolist()]
    found = member_presence(X, {"a": {"light_curve": 1000, "spectrum": 1}})
    assert found.tolist() == [[True, False, False]]


def test_no_rows(X):
    assert member_presence(X.iloc[:0], {"a": ["mag"], "b": ["spectrum"]}).shape == (2, 0)
