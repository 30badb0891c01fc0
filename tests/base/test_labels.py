"""Labels and numbers, before they are converted."""

import numpy as np
import pandas as pd
import pytest

from sklearn_sn.base import check_labels, check_numbers, raw_values

MISSING = [None, np.nan, float("nan"), pd.NA, pd.NaT]
CONTAINERS = {
    "list": list,
    "tuple": tuple,
    "object array": lambda y: np.array(y, dtype=object),
    "Series": lambda y: pd.Series(y, dtype=object),
    "Index": lambda y: pd.Index(y, dtype=object),
}
each = pytest.mark.parametrize("made", CONTAINERS.values(), ids=CONTAINERS)


# Classes ---------------------------------------------------------------------


@each
@pytest.mark.parametrize("missing", MISSING, ids=repr)
@pytest.mark.parametrize("known", [["Ia", "II", "Ia"], [3, 1, 2], [True, False, True]], ids=str)
def test_missing_labels_are_rejected_and_never_become_text(made, missing, known):
    y = made([*known[:2], missing, *known[2:]])
    with pytest.raises(ValueError, match=r"unknown labels \(None or NaN\), first at position 2"):
        check_labels(y)


@pytest.mark.parametrize("dtype", ["string", "category", "Int64", "boolean"])
def test_missing_labels_of_pandas_types(dtype):
    y = pd.Series(["1", "2", None] if dtype != "boolean" else [True, False, None])
    y = y.astype("Int64" if dtype == "Int64" else dtype)
    for given in (y, y.array):
        with pytest.raises(ValueError, match=r"unknown labels.*position 2"):
            check_labels(given)


def test_missing_numbers_of_a_float_array():
    for y in (np.array([0.0, 1.0, np.nan]), np.array([0.0, np.inf, 1.0])):
        with pytest.raises(ValueError, match=r"NaN|infinity"):
            check_labels(y)


@each
@pytest.mark.parametrize(
    ("y", "kinds"),
    [
        ([1, "a", 2], "numbers and text"),
        ([True, 1, 0], "booleans and numbers"),
        (["a", True], "booleans and text"),
        ([b"a", "a"], "bytes and text"),
        ([1.5, "1.5"], "numbers and text"),
        ([1, "a", True, b"x"], "booleans and bytes and numbers and text"),
        ([np.int64(1), "1"], "numbers and text"),
        ([np.bool_(True), 1], "booleans and numbers"),
    ],
    ids=lambda value: str(value)[:24],
)
def test_labels_of_several_kinds_are_rejected(made, y, kinds):
    with pytest.raises(ValueError, match=rf"labels of different kinds \({kinds}\); use one kind"):
        check_labels(made(y))


@each
@pytest.mark.parametrize(
    "y",
    [["b", "a", "b"], [2, 1, 2], [True, False, True], [1, np.int64(2), np.float64(1.0)]],
    ids=str,
)
def test_labels_of_one_kind_pass(made, y):
    found = check_labels(made(y))
    assert isinstance(found, np.ndarray) and found.tolist() == y


@pytest.mark.parametrize("y", [[b"b", b"a", b"b"], np.array([b"b", b"a", b"b"])], ids=["list", "S"])
def test_bytes_pass(y):
    found = check_labels(y)
    assert found.tolist() == [b"b", b"a", b"b"]
    assert np.unique(found).tolist() == [b"a", b"b"]


@pytest.mark.parametrize("dtype", ["string", "category", "Int64", "boolean", "str", object])
def test_columns_of_pandas_pass(dtype):
    y = [True, False] if dtype == "boolean" else [2, 1] if dtype == "Int64" else ["b", "a"]
    assert check_labels(pd.Series(y, dtype=dtype)).tolist() == y


def test_text_that_reads_nan_is_a_class():
    assert check_labels(["nan", "None", "nan"]).tolist() == ["nan", "None", "nan"]


def test_fractions_are_no_classes():
    with pytest.raises(ValueError, match="continuous"):
        check_labels([0.5, 1.5, 2.5])
    assert check_labels([0.0, 1.0]).tolist() == [0.0, 1.0]


def test_shapes():
    with pytest.warns(Warning, match="column-vector y"):
        assert check_labels(np.array([["a"], ["b"]])).tolist() == ["a", "b"]
    for y in (np.zeros((3, 2)), [[1, 2], [3, 4]], [[1], [2, 3]], "abc", 5):
        with pytest.raises((ValueError, TypeError)):
            check_labels(y)


def test_labels_are_not_changed():
    y = pd.Series(["b", "a"], index=[7, 3])
    before = y.copy()
    check_labels(y)
    pd.testing.assert_series_equal(y, before)


# Numbers ---------------------------------------------------------------------


@each
def test_numbers_are_flat_doubles(made):
    found = check_numbers(made([1, 2.5, np.float32(3.0)]))
    assert found.dtype == np.float64 and found.tolist() == [1.0, 2.5, 3.0]


@each
@pytest.mark.parametrize("missing", [*MISSING, np.inf, -np.inf], ids=repr)
def test_missing_numbers_are_rejected(made, missing):
    with pytest.raises(ValueError, match="y holds NaN or infinity, first at position 1"):
        check_numbers(made([1.0, missing, 2.0]))


@pytest.mark.parametrize("y", [np.array([1.0, np.nan]), pd.Series([1, None], dtype="Int64")])
def test_missing_numbers_of_arrays(y):
    with pytest.raises(ValueError, match="y holds NaN or infinity, first at position 1"):
        check_numbers(y)


@pytest.mark.parametrize("value", [1e39, -1e300, 3.5e38])
def test_numbers_beyond_the_range_of_single_precision(value):
    with pytest.raises(ValueError, match=r"at position 1, beyond the range of float32"):
        check_numbers([1.0, value, 2.0])
    assert check_numbers([3.4e38, -3.4e38]).tolist() == [3.4e38, -3.4e38]


def test_nothing_to_learn_and_text():
    with pytest.raises(ValueError, match="y is empty"):
        check_numbers([])
    with pytest.raises(ValueError, match="could not convert"):
        check_numbers(["a", "b"])


# Elements --------------------------------------------------------------------


@each
def test_elements_keep_their_types(made):
    y = [1, "a", None, 2.5]
    raw = raw_values(made(y))
    assert raw.dtype == object and raw.shape == (4,)
    assert [type(value) for value in raw] == [type(value) for value in y]


@pytest.mark.parametrize("y", [np.arange(3), np.array(["a", "b"]), 5, "text", {1, 2}])
def test_arrays_of_a_type_and_other_values_have_no_elements(y):
    assert raw_values(y) is None


def test_nested_lists_are_left_to_the_check_of_shapes():
    assert raw_values([[1], [2]]) is None
    assert raw_values([np.array([1]), np.array([2])]) is None
