"""Read Parquet files of nested columns in batches of objects."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from numbers import Integral
from pathlib import Path

import pandas as pd
from sklearn.utils._param_validation import Interval, validate_params

from sklearn_sn.data import NESTED_COLUMNS
from sklearn_sn.datasets._identity import ID_ALIASES
from sklearn_sn.datasets._parquet import from_arrow, stored_layout

_BUFFER = 2**20  # bytes of a column that are read at a time


def count_objects(path: str | os.PathLike) -> int | None:
    """Count the objects of a Parquet file of nested columns.

    Parameters
    ----------
    path : str or Path
        Path of a file.

    Returns
    -------
    int or None
        None if :func:`iter_tables` cannot read the file: it is of another format, or has no nested
        column light_curve or spectrum.

    See Also
    --------
    iter_tables : Read such a file in batches.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from sklearn_sn.datasets import count_objects, make_supernovae, write_tables
    >>> X, y = make_supernovae(5, random_state=0)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_tables(X, Path(folder) / "objects.parquet")
    ...     count_objects(Path(folder) / "objects.parquet")
    5
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    path = Path(path).expanduser()
    if not path.is_file():
        return None
    try:
        with pq.ParquetFile(path) as file:
            return file.metadata.num_rows if _nested_columns(file.schema_arrow) else None
    except (pa.ArrowException, OSError):
        return None


@validate_params(
    {"path": [str, os.PathLike], "batch_size": [Interval(Integral, 1, None, closed="left")]},
    prefer_skip_nested_validation=True,
)
def iter_tables(path: str | os.PathLike, *, batch_size: int = 1000) -> Iterator[pd.DataFrame]:
    """Read a Parquet file of nested columns in batches, in flat memory.

    Parameters
    ----------
    path : str or Path
        File of :func:`write_tables`, nested-pandas or HATS, with a column light_curve or spectrum
        of structs of lists.
    batch_size : int, default=1000
        Number of objects of a batch; the last one may be smaller.

    Returns
    -------
    iterator of pandas.DataFrame
        Tables of consecutive objects, as :func:`read_tables` returns them. The index is that of the
        file, or else its column of names, such as object_id, or else the number of the row.

    Raises
    ------
    ValueError
        If the file is damaged, no Parquet file, or has no such column.
    FileNotFoundError
        If there is no such file.

    See Also
    --------
    count_objects : The number of objects in all batches.
    read_written : Read a file of write_tables at once.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from sklearn_sn.datasets import iter_tables, make_supernovae, write_tables
    >>> X, y = make_supernovae(5, random_state=0)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_tables(X, Path(folder) / "objects.parquet")
    ...     batches = iter_tables(Path(folder) / "objects.parquet", batch_size=2)
    ...     [len(batch) for batch in batches]
    [2, 2, 1]
    """
    path = Path(path).expanduser()
    if not path.is_file():
        raise FileNotFoundError(f"There is no file {str(path)!r}.")
    if count_objects(path) is None:
        raise ValueError(
            f"{str(path)!r} is no Parquet file with a nested column {NESTED_COLUMNS[0]!r} or "
            f"{NESTED_COLUMNS[1]!r}. Read it with read_tables."
        )
    return _batches(path, batch_size)


def _batches(path, batch_size):
    import pyarrow as pa
    import pyarrow.parquet as pq

    with _readable(path), pq.ParquetFile(path, buffer_size=_BUFFER) as file:
        schema = file.schema_arrow
        layout = stored_layout(schema)
        names = [*_nested_columns(schema), *_plain_columns(schema)] if layout is None else None
        numbers, start = _row_numbers(schema, file.metadata.num_rows), 0
        for batch in file.iter_batches(batch_size, columns=names, use_threads=False):
            table = pa.Table.from_batches([batch])
            X = _from_nested(table) if layout is None else from_arrow(table, layout)
            if isinstance(X.index, pd.RangeIndex):
                X.index = numbers[start : start + len(X)]
            start += len(X)
            yield X


def _row_numbers(schema, n_rows):
    """Return the range that a file has as its index, or else the numbers of its rows.

    A range is stored in the metadata of pandas and not as a column, so that a batch lacks it.
    """
    for index in (schema.pandas_metadata or {}).get("index_columns", ()):
        if isinstance(index, dict) and index.get("kind") == "range":
            numbers = pd.RangeIndex(index["start"], index["stop"], index["step"])
            if len(numbers) == n_rows:
                return numbers.rename(index.get("name"))
    return pd.RangeIndex(n_rows)


@contextmanager
def _readable(path):
    """Name the file in errors of Arrow."""
    import pyarrow as pa

    try:
        yield
    except (pa.ArrowException, OSError, json.JSONDecodeError) as error:
        raise ValueError(f"{str(path)!r} is not a readable Parquet file: {error}.") from error


def _nested_columns(schema):
    """Return the names of the nested columns of objects in an Arrow schema."""
    import pyarrow as pa

    return [
        name
        for name in NESTED_COLUMNS
        if name in schema.names and pa.types.is_nested(schema.field(name).type)
    ]


def _plain_columns(schema):
    """Return the names of the columns that are not nested."""
    import pyarrow as pa

    return [field.name for field in schema if not pa.types.is_nested(field.type)]


def _from_nested(table):
    """Return an Arrow table of nested columns that another package has written."""
    from nested_pandas.nestedframe.io import from_pyarrow

    X = pd.DataFrame(from_pyarrow(table))
    if isinstance(X.index, pd.RangeIndex):
        found = [name for name in X.columns if str(name).lower() in ID_ALIASES]
        if found:
            X = X.set_index(found[0])
            X.index.name = "object_id"
    return X
