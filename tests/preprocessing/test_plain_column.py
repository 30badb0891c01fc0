"""Numeric columns of a table."""

import numpy as np
import pandas as pd
import pytest

from sklearn_sn.preprocessing._plain_column import read_numbers

INDEX = ["SN a", "SN b", "SN c"]


def table(values):
    return pd.DataFrame({"ebv": values}, index=INDEX)


@pytest.mark.parametrize(
    "values",
    [
        [0.0, 0.1, np.nan],
        ["0.0", "0.1", None],
        pd.array([0.0, 0.1, pd.NA], dtype="Float64"),
        pd.array([0.0, 0.1, None], dtype="double[pyarrow]"),
    ],
    ids=["float", "text", "nullable", "arrow"],
)
def test_values_of_any_dtype_become_floats_with_nan(values):
    numbers = read_numbers(table(values), "ebv", low=0.0, high=1.0)
    assert numbers.dtype == np.float64
    np.testing.assert_array_equal(numbers, [0.0, 0.1, np.nan])


def test_integers_and_limits_are_accepted():
    numbers = read_numbers(table([0, 1, 1]), "ebv", low=0.0, high=1.0)
    np.testing.assert_array_equal(numbers, [0.0, 1.0, 1.0])


@pytest.mark.parametrize("value, text", [(-0.1, "-0.1"), (1.5, "1.5"), (np.inf, "inf")])
def test_values_out_of_range_name_the_object_the_range_and_the_value(value, text):
    message = rf"Object 'SN b': ebv must be in the range \[0, 1\].*Got {text} instead"
    with pytest.raises(ValueError, match=message):
        read_numbers(table([0.1, value, -9.0]), "ebv", low=0.0, high=1.0)


def test_text_is_rejected():
    with pytest.raises(ValueError, match="column 'ebv' must hold numbers"):
        read_numbers(table([0.1, "low", 0.2]), "ebv", low=0.0, high=1.0)


def test_a_missing_column_is_named():
    with pytest.raises(ValueError, match=r"X lacks the column 'z'; it has \['ebv'\]"):
        read_numbers(table([0.1, 0.2, 0.3]), "z", low=0.0, high=1.0)


def test_the_table_is_unchanged():
    X = table(["0.1", "0.2", "0.3"])
    read_numbers(X, "ebv", low=0.0, high=1.0)
    assert X["ebv"].tolist() == ["0.1", "0.2", "0.3"]
