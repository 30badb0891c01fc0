"""Objects of a table by name or position."""

import numpy as np
import pandas as pd
import pytest

from sklearn_sn.datasets import make_supernovae
from sklearn_sn.plotting._objects import find_positions, take_object


def table(index):
    return pd.DataFrame({"z": np.arange(float(len(index)))}, index=index)


def test_names_and_positions():
    X = table(["a", "b", "c"])
    np.testing.assert_array_equal(find_positions(X, ["c", "a"]), [2, 0])
    np.testing.assert_array_equal(find_positions(X, [0, -1, "b"]), [0, 2, 1])
    np.testing.assert_array_equal(find_positions(X, [np.int64(1)]), [1])


def test_in_an_integer_index_an_int_is_a_name():
    X = table([10, 0, 20])
    np.testing.assert_array_equal(find_positions(X, [0, 20]), [1, 2])
    with pytest.raises(KeyError, match=r"no object named 1; its index starts with \[10, 0, 20\]"):
        find_positions(X, [1])


@pytest.mark.parametrize("position", [3, -4])
def test_positions_outside_the_table(position):
    with pytest.raises(KeyError, match=f"no object at position {position}; it has 3 objects"):
        find_positions(table(["a", "b", "c"]), [position])


def test_repeated_names_are_ambiguous():
    with pytest.raises(KeyError, match="2 objects named 'a'"):
        find_positions(table(["a", "a"]), ["a"])


def test_no_name_at_all():
    with pytest.raises(ValueError, match="'objects' parameter"):
        find_positions(table(["a"]), [])


def test_one_object_and_its_checked_table():
    X = make_supernovae(4, n_pixels=32, missing_fraction=0.0, random_state=0)[0]
    row, checked = take_object(X, X.index[2], "spectrum")
    assert list(row.index) == [X.index[2]] and len(checked) == 1
    assert checked.spectrum.n_points == len(X["spectrum"].iloc[2])
    by_position, _ = take_object(X, 2, "spectrum")
    assert list(by_position.index) == list(row.index)


def test_an_object_without_data_is_rejected():
    X = make_supernovae(4, n_pixels=32, missing_fraction=1.0, random_state=0)[0]
    with pytest.raises(ValueError, match=f"Object '{X.index[1]}' has no usable spectrum"):
        take_object(X, 1, "spectrum")
