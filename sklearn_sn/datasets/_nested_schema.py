"""Nested columns of Parquet files that this package or another has written."""

import numpy as np
import pandas as pd

from sklearn_sn.data import NESTED_COLUMNS
from sklearn_sn.datasets._identity import ID_ALIASES


def nested_columns(schema):
    """Return the names of the nested columns of objects in an Arrow schema."""
    import pyarrow as pa

    return [
        name
        for name in NESTED_COLUMNS
        if name in schema.names and pa.types.is_nested(schema.field(name).type)
    ]


def plain_columns(schema):
    """Return the names of the columns that are not nested."""
    import pyarrow as pa

    return [field.name for field in schema if not pa.types.is_nested(field.type)]


def row_numbers(schema, n_rows):
    """Return the range that a file has as its index, or else the numbers of its rows.

    A range is stored in the metadata of pandas and not as a column, so that a batch lacks it.
    """
    for index in (schema.pandas_metadata or {}).get("index_columns", ()):
        if isinstance(index, dict) and index.get("kind") == "range":
            numbers = pd.RangeIndex(index["start"], index["stop"], index["step"])
            if len(numbers) == n_rows:
                return numbers.rename(index.get("name"))
    return pd.RangeIndex(n_rows)


def from_nested(table):
    """Return an Arrow table of nested columns that another package has written."""
    from nested_pandas.nestedframe.io import from_pyarrow

    X = pd.DataFrame(from_pyarrow(table))
    if isinstance(X.index, pd.RangeIndex):
        found = [name for name in X.columns if str(name).lower() in ID_ALIASES]
        if found:
            X = X.set_index(found[0])
            X.index.name = "object_id"
    return X


def concatenate_tables(parts):
    """Return tables of the same columns as one, with the attrs of the first."""
    if len(parts) == 1:
        return parts[0]
    X = pd.concat(parts)
    X.attrs = parts[0].attrs
    return X


def concatenate_in_order(rows, parts):
    """Return the numbers of rows and the tables of a part, sorted by row."""
    order = np.argsort([numbers[0] if len(numbers) else -1 for numbers in rows], kind="stable")
    order = [i for i in order if len(rows[i])]
    return np.concatenate([rows[i] for i in order]), concatenate_tables([parts[i] for i in order])


def no_nested_column(path):
    return ValueError(
        f"{str(path)!r} is no Parquet file with a nested column {NESTED_COLUMNS[0]!r} or "
        f"{NESTED_COLUMNS[1]!r}. Read it with read_tables; iter_tables and TableWriter turn a file "
        "of one row per point into one of nested columns."
    )
