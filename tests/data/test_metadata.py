from datetime import datetime
from decimal import Decimal

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from sklearn_sn.data import DataQualityWarning, check_table

NAN = np.nan


def column_of(values, name="value", **settings):
    X = pd.DataFrame({name: values}, index=[f"SN{i}" for i in range(len(values))])
    table = check_table(X, modalities=["metadata"], metadata_columns=[name], **settings)
    assert table.metadata.index.equals(X.index)
    return table.metadata[name]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([1, 2], [1, 2]),
        (np.array([1, 2], dtype=np.int8), [1, 2]),
        (np.array([1, 2], dtype=">f4"), [1, 2]),
        ([True, False], [1, 0]),
        (pd.array([1, None], dtype="Int64"), [1, NAN]),
        (pd.array([True, None], dtype="boolean"), [1, NAN]),
        (pd.array([1.5, None], dtype=pd.ArrowDtype(pa.float64())), [1.5, NAN]),
        (pd.array([Decimal(1), None], dtype=pd.ArrowDtype(pa.decimal128(5, 2))), [1, NAN]),
        ([Decimal("1.5"), None], [1.5, NAN]),
        (np.array([1, None, pd.NA, 2.5], dtype=object), [1, NAN, NAN, 2.5]),
        (["1.5", "2"], [1.5, 2]),
        ([None, None], [NAN, NAN]),
    ],
    ids=str,
)
def test_numbers_become_float(values, expected):
    column = column_of(values)
    assert column.dtype == np.float64
    np.testing.assert_array_equal(column, expected)


def test_unknown_values_are_missing_and_said_once():
    values = [1.0, np.inf, -np.inf, -999.0, -99.0, -9999.0, NAN, -9.0]
    with pytest.warns(
        DataQualityWarning, match=r"'value' taken as missing \(5 in 5 .* 'SN1'\)"
    ) as w:
        column = column_of(values)
    assert len(w) == 1
    np.testing.assert_array_equal(column, [1, *[NAN] * 6, -9])


@pytest.mark.parametrize(
    "values",
    [
        ["ztf", "ps1", None],
        pd.array(["ztf", "ps1", None], dtype=pd.ArrowDtype(pa.string())),
        pd.array(["ztf", "ps1", None], dtype=pd.ArrowDtype(pa.dictionary(pa.int8(), pa.string()))),
        pd.Categorical(["ztf", "ps1", None]),
    ],
    ids=["object", "Arrow", "Arrow dictionary", "Categorical"],
)
def test_text_becomes_categories(values):
    column = column_of(values)
    assert isinstance(column.dtype, pd.CategoricalDtype)
    assert column.astype(object).where(column.notna(), None).tolist() == ["ztf", "ps1", None]


@pytest.mark.parametrize("values", [[1, 2.0, "x", None], ["1", "2", "x"]], ids=str)
def test_text_among_numbers_is_refused(values):
    with pytest.raises(ValueError, match="Object 'SN2': value is 'x' among numbers; give a number"):
        column_of(values)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (pd.to_datetime(["2020-01-01"] * 2), "'value' holds dates; give MJD"),
        (pd.to_datetime(["2020-01-01"] * 2, utc=True), "holds dates"),
        (pd.to_timedelta([1, 2], unit="D"), "holds dates"),
        (np.array([datetime(2020, 1, 1), None], dtype=object), "holds dates"),
        ([1 + 1j, 2], "'value' holds complex numbers"),
        (np.array([1 + 1j, 2], dtype=object), "holds complex numbers"),
    ],
    ids=["datetime", "UTC", "timedelta", "objects", "complex", "complex objects"],
)
def test_dates_and_complex_numbers_are_refused(values, message):
    with pytest.raises(ValueError, match=message):
        column_of(values)


@pytest.mark.parametrize("value", [-0.01, 10.5])
def test_impossible_redshift_is_refused(value):
    with pytest.raises(ValueError, match=rf"'SN1': redshift is {value}; it must lie in"):
        column_of([0.1, value], name="redshift")


def test_possible_redshifts():
    column = column_of([NAN, -0.001, 0.0, 10.0], name="redshift")
    np.testing.assert_array_equal(column, [NAN, -0.001, 0.0, 10.0])


def test_columns_are_found_by_name():
    X = pd.DataFrame({"a": [1.0], "b": [2.0], "c": ["x"]})
    one = check_table(X, modalities=["metadata"], metadata_columns=["b", "a"]).metadata
    other = check_table(X[["c", "b", "a"]], modalities=["metadata"], metadata_columns=["b", "a"])
    pd.testing.assert_frame_equal(one, other.metadata)
    assert list(one.columns) == ["b", "a"]
    with pytest.raises(ValueError, match="X lacks the column 'z'"):
        check_table(X, modalities=["metadata"], metadata_columns=["z"])


def test_presence_and_input_untouched():
    X = pd.DataFrame({"a": [1.0, NAN, -99.0], "b": ["x", None, None]})
    before = X.copy(deep=True)
    with pytest.warns(DataQualityWarning):
        table = check_table(X, modalities=["metadata"], metadata_columns=["a", "b"])
    assert table.present("metadata").tolist() == [True, False, False]
    assert table.report["flag"].tolist() == ["", "NOTHING", "NOTHING"]
    pd.testing.assert_frame_equal(X, before)


@pytest.mark.parametrize("value", [1e300, -1e300, 3.5e38, float(np.finfo(np.float32).max)])
def test_values_beyond_float32_are_missing_and_said_once(value):
    match = r"'value' beyond the range of float32 .*\(1 in 1 objects, first 'SN1'\)"
    with pytest.warns(DataQualityWarning, match=match) as caught:
        column = column_of([1.0, value, 1e30])
    assert len(caught) == 1
    np.testing.assert_array_equal(column, [1.0, NAN, 1e30])
    assert np.isfinite(column.astype(np.float32)).sum() == 2


@pytest.mark.parametrize("value", [1e30, -1e7, 1.7e9])
def test_peaks_at_absurd_times_are_unknown(value):
    with pytest.warns(DataQualityWarning, match=r"'t_peak' beyond .* \(1 in 1 .* 'SN1'\)"):
        column = column_of([59000.0, value, 2459000.5], name="t_peak")
    np.testing.assert_array_equal(column, [59000.0, NAN, 2459000.5])


@pytest.mark.parametrize("name", ["redshift", "t_peak"])
@pytest.mark.parametrize("values", [["z=0.1", "z=0.2"], pd.Categorical(["a", "b"]), ["x", None]])
def test_columns_of_numbers_given_as_text_are_rejected(name, values):
    message = rf"column '{name}' must hold numbers: object 'SN0' has '.*'\. Give a number, or NaN"
    with pytest.raises(ValueError, match=message):
        column_of(values, name=name)
    assert column_of(["0.1", "0.2"], name=name).tolist() == [0.1, 0.2]


@pytest.mark.parametrize("cell", [[1.0], (1, 2), {"a": 1}, np.ones(99), {1}], ids=str)
def test_containers_in_cells_are_rejected(cell):
    values = np.empty(3, dtype=object)
    values[:] = [1.0, None, 2.0]
    values[1] = cell
    message = rf"Object 'SN1': value is .* of type {type(cell).__name__}; give one number or text"
    with pytest.raises(ValueError, match=message):
        column_of(values)


def test_arrow_lists_are_rejected():
    values = pd.array([[1.0], [2.0]], dtype=pd.ArrowDtype(pa.list_(pa.float64())))
    with pytest.raises(ValueError, match=r"Object 'SN0': value is .*; give one number or text"):
        column_of(values)


def test_categories_of_mixed_types_are_independent_of_each_other():
    names = {"a": "a", "b": "b", b"c": "c", True: "True"}
    values = [*names, 1, 1.0, 2.5, "1", None, True, "x", "y", "z"]
    expected = [*names.values(), "1", "1", "2.5", "1", None, "True", "x", "y", "z"]
    for order in (slice(None), slice(None, None, -1)):
        column = column_of(np.array(values, dtype=object)[order])
        assert column.astype(object).where(column.notna(), None).tolist() == expected[order]


def test_integers_beyond_float64_are_missing():
    with pytest.warns(DataQualityWarning, match=r"'value' taken as missing \(1 in 1"):
        column = column_of(np.array([1, 10**400], dtype=object))
    np.testing.assert_array_equal(column, [1.0, NAN])
