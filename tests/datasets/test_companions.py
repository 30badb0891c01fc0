"""Flags, signs of differences and marks of limits are read from text and numbers."""

import numpy as np
import pandas as pd
import pytest

from sklearn_sn.datasets._companions import (
    bad_quality,
    difference_signs,
    falsehood,
    marked_limits,
    truth,
)
from sklearn_sn.datasets._dialects import Dialect
from sklearn_sn.datasets._long_numbers import LongTable


def points(columns, names=None, **parameters):
    n = len(next(iter(columns.values())))
    names = {field: field for field in columns} | (names or {})
    return LongTable("light_curves", columns, names, ["a"], np.zeros(n, dtype=int), **parameters)


def test_flags_may_be_missing():
    flags = ["T", " yes", "0", None, "", "other", b"true"]
    assert truth(flags).tolist() == [True, True, False, False, False, False, True]
    # A missing flag is neither true nor false.
    assert falsehood(flags).tolist() == [False, False, True, False, False, False, False]
    assert truth(np.array([True, False])).tolist() == [True, False]
    assert falsehood([1.0, 0.0, np.nan]).tolist() == [False, True, False]


def test_signs_of_differences():
    signs = ["t", "f", "-1", None, "1", "0"]
    assert difference_signs(points({"sign": signs})).tolist() == [1, -1, -1, 1, 1, -1]
    assert difference_signs(points({"flux": [1.0]})) == 1.0
    # Total magnitudes have no sign; fluxes beside them are differences.
    total = {"mag": "magpsf_corr"}
    assert difference_signs(points({"sign": ["f"], "mag": [18.0]}, total)) == 1.0
    assert difference_signs(points({"sign": ["f"], "mag": [18.0], "flux": [1.0]}, total)) == [-1]
    with pytest.raises(ValueError, match=r"'sign': 'up' of object 'a' \(row 1\) is no sign"):
        difference_signs(points({"sign": ["t", "up"]}))


def test_limits_are_marked_by_columns_and_rules():
    limit, undetected = marked_limits(
        points({"upper_limit": [True, False, False], "detection": ["1", "0", None]})
    )
    assert limit.tolist() == [True, False, False]
    assert undetected.tolist() == [False, True, False]
    limit, undetected = marked_limits(points({"non_detection": [0, 1]}))
    assert not limit.any() and undetected.tolist() == [False, True]
    rules = ((["5-sigma", "x", None, "x"], r"\d-sigma"), (["1", "", "2", None], ""))
    limit, _ = marked_limits(points({"flux": np.ones(4)}, limit_columns=rules))
    assert limit.tolist() == [True, True, False, True]


def test_bad_quality():
    dialect = Dialect("x", ("q",), quality=("q", lambda values: values > 2))
    assert bad_quality({"Q": pd.array([1, 3, None], dtype="Int64")}, dialect).tolist() == [
        False,
        True,
        False,
    ]
    assert bad_quality({"Q": pd.Categorical([3, 1])}, dialect).tolist() == [True, False]
    assert bad_quality({"other": [3]}, dialect) is None
    assert bad_quality({"q": [3]}, None) is None


def test_negative_flags_are_signs_of_magnitudes():
    names = {"sign": "isNegative"}
    signs = ["True", "False", None, "1", "0"]
    table = points({"sign": signs, "mag": [18.0] * 5}, names)
    assert difference_signs(table).tolist() == [-1, 1, 1, -1, 1]
    booleans = points({"sign": np.array([True, False]), "mag": [18.0] * 2}, names)
    assert difference_signs(booleans).tolist() == [-1, 1]
    # The flux of a difference has its sign already.
    assert difference_signs(points({"sign": signs, "flux": [1.0] * 5}, names)) == 1.0
