"""Columns and indices of files of nested columns."""

import pandas as pd
import pyarrow as pa
import pytest

from sklearn_sn.datasets._nested_schema import (
    concatenate_in_order,
    concatenate_tables,
    from_nested,
    nested_columns,
    plain_columns,
    row_numbers,
)

LISTS = pa.struct([("time", pa.list_(pa.float64())), ("flux", pa.list_(pa.float64()))])
SCHEMA = pa.schema(
    [("id", pa.string()), ("light_curve", LISTS), ("spectrum", pa.float64()), ("other", LISTS)]
)


def test_only_structs_of_the_known_names_are_nested_columns():
    assert nested_columns(SCHEMA) == ["light_curve"]
    assert plain_columns(SCHEMA) == ["id", "spectrum"]


def test_names_come_from_the_column_of_names():
    row = {"id": "a", "light_curve": {"time": [1.0, 2.0], "flux": [3.0, 4.0]}}
    X = from_nested(pa.Table.from_pylist([row], schema=SCHEMA).select(["id", "light_curve"]))
    assert list(X.index) == ["a"] and X.index.name == "object_id"
    assert X["light_curve"].iloc[0]["flux"].tolist() == [3.0, 4.0]


@pytest.mark.parametrize(("n_rows", "expected"), [(3, [10, 11, 12]), (4, [0, 1, 2, 3])])
def test_a_stored_range_is_used_if_it_fits(n_rows, expected):
    frame = pd.DataFrame({"a": [1.0, 2.0, 3.0]}, index=pd.RangeIndex(10, 13))
    assert list(row_numbers(pa.Table.from_pandas(frame).schema, n_rows)) == expected


def test_parts_are_joined_in_the_order_of_their_rows():
    a, b = pd.DataFrame({"x": [4, 5]}), pd.DataFrame({"x": [0, 1]})
    a.attrs = b.attrs = {"read": 1}
    rows, X = concatenate_in_order([a["x"].to_numpy(), b["x"].to_numpy()], [a, b])
    assert rows.tolist() == X["x"].tolist() == [0, 1, 4, 5] and X.attrs == {"read": 1}
    assert concatenate_tables([a]) is a
