"""Write tables of objects to Parquet files that read back bit for bit."""

import json
import os
import secrets
from pathlib import Path

import numpy as np
import pandas as pd

from sklearn_sn.data import as_frame

LAYOUT_KEY = b"sklearn_sn"  # of the metadata of the file
_ROWS = 10_000  # objects of a row group: iter_tables holds one of them in memory


def write_tables(X: pd.DataFrame, path: str | os.PathLike) -> None:
    """Write a table of objects to a Parquet file.

    Nested columns are structs of lists, as in HATS catalogues. Images are nested lists. The file
    is complete or absent: it is written under a temporary name and renamed.

    Parameters
    ----------
    X : DataFrame of shape (n_objects, n_columns)
        Table with one row per object, as :func:`~sklearn_sn.datasets.read_tables` returns it.
    path : str or Path
        File to write; an existing one is replaced.

    Raises
    ------
    ValueError
        If two columns share a name, a column cannot be stored, or ``X.attrs`` holds what JSON
        does not.

    See Also
    --------
    read_written : Read the file back.

    Notes
    -----
    :func:`pandas.read_parquet` reads the file too, if nested_pandas is imported, and so does
    :func:`nested_pandas.read_parquet`; images are then lists of lists. Index, attrs and dtypes
    are kept.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from sklearn_sn.datasets import make_supernovae, read_written, write_tables
    >>> X, y = make_supernovae(5, random_state=0)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_tables(X, Path(folder) / "objects.parquet")
    ...     same = read_written(Path(folder) / "objects.parquet")
    >>> same.equals(X)
    True
    """
    import pyarrow.parquet as pq

    X = as_frame(X)
    path = Path(path).expanduser()
    table = to_arrow_table(X)
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    try:
        pq.write_table(table, temporary, row_group_size=_ROWS)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def is_written(path: str | os.PathLike) -> bool:
    """Return whether a file is one that write_tables has written.

    Parameters
    ----------
    path : str or Path
        Path of a Parquet file.

    Returns
    -------
    bool
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return LAYOUT_KEY in (pq.read_schema(path).metadata or {})
    except (pa.ArrowException, OSError):
        return False


def read_written(path: str | os.PathLike) -> pd.DataFrame:
    """Read a table that write_tables has written.

    Parameters
    ----------
    path : str or Path
        Path of the file.

    Returns
    -------
    X : pandas.DataFrame of shape (n_objects, n_columns)
        The table, equal to what was written: values, dtypes, index and attrs.

    Raises
    ------
    ValueError
        If the file is damaged, or was not written by write_tables.

    See Also
    --------
    write_tables : Write such a file.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> import pandas as pd
    >>> from sklearn_sn.datasets import read_written, write_tables
    >>> X = pd.DataFrame({"redshift": [0.1]}, index=pd.Index(["SN a"], name="object_id"))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_tables(X, Path(folder) / "objects.parquet")
    ...     read_written(Path(folder) / "objects.parquet")
               redshift
    object_id
    SN a            0.1
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    path = Path(path).expanduser()
    if not path.is_file():
        raise FileNotFoundError(f"There is no file {str(path)!r}.")
    try:
        table = pq.ParquetFile(path).read()
    except (pa.ArrowException, OSError) as error:
        raise ValueError(f"{str(path)!r} is not a readable Parquet file: {error}.") from error
    try:
        stored = json.loads((table.schema.metadata or {})[LAYOUT_KEY])
        return from_arrow(table, stored)
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(
            f"{str(path)!r} was not written by write_tables. Read it with read_tables, or with "
            "pandas.read_parquet."
        ) from error


def to_arrow_table(X):
    """Return a table as an Arrow table."""
    import pyarrow as pa

    if not X.columns.is_unique:
        raise ValueError(f"X has the column {X.columns[X.columns.duplicated()][0]!r} twice.")
    try:
        json.dumps(X.attrs)
    except (TypeError, ValueError) as error:
        raise ValueError(f"X.attrs must hold what JSON can express: {error}.") from error
    arrays = [name for name in X if _holds_arrays(X[name])]
    placeholder = dict.fromkeys(arrays)
    try:
        table = pa.Table.from_pandas(X.assign(**placeholder) if arrays else X)
    except pa.ArrowException as error:
        raise ValueError(f"X cannot be stored: {'; '.join(map(str, error.args))}.") from error
    for name in X:
        if hasattr(X[name].array, "struct_array"):
            column = pa.chunked_array(X[name].array.struct_array)
        elif name in arrays:
            column = _lists_of_arrays(X[name])
        else:
            continue
        table = table.set_column(table.column_names.index(str(name)), str(name), column)
    stored = {
        "version": 1,
        "arrays": {name: X[name].iloc[_first(X[name])].ndim for name in arrays},
        "objects": [name for name in X if X[name].dtype == object and name not in arrays],
        "index": str(X.index.dtype),
        # Parquet keeps only the categories that occur.
        "categories": {
            name: X[name].cat.categories.tolist()
            for name in X
            if isinstance(X[name].dtype, pd.CategoricalDtype)
        },
    }
    return table.replace_schema_metadata(
        {**(table.schema.metadata or {}), LAYOUT_KEY: json.dumps(stored).encode()}
    )


def stored_layout(schema):
    """Return the layout that write_tables stores in an Arrow schema, or None."""
    stored = (schema.metadata or {}).get(LAYOUT_KEY)
    return None if stored is None else json.loads(stored)


def from_arrow(table, stored):
    """Return an Arrow table as the table that was written.

    Parameters
    ----------
    table : pyarrow.Table
        Rows of a file.
    stored : dict
        Layout of the file, see :func:`stored_layout`.

    Returns
    -------
    pandas.DataFrame
        The table.
    """
    import nested_pandas  # noqa: F401 - registers the dtype of nested columns

    cells = {name: _arrays_of_lists(table[name], n) for name, n in stored["arrays"].items()}
    for name in cells:
        # A cheap column keeps the place.
        position = table.column_names.index(name)
        table = table.set_column(position, name, [[None] * table.num_rows])
    X = table.to_pandas()
    for name, values in cells.items():
        X[name] = pd.Series(values, index=X.index, dtype=object)
    for name in stored["objects"]:
        values = X[name].astype(object)
        X[name] = values.where(values.notna(), None)
    for name, categories in stored["categories"].items():
        X[name] = X[name].cat.set_categories(categories)
    if not isinstance(X.index, pd.MultiIndex | pd.RangeIndex):
        X.index = X.index.astype(stored["index"])
    return X


def _holds_arrays(column):
    """Return whether the cells of a column are arrays or null, and not all null."""
    if column.dtype != object:
        return False
    kinds = {type(cell) for cell in column} - {type(None)}
    return bool(kinds) and all(issubclass(kind, np.ndarray) for kind in kinds)


def _first(column):
    return int(np.argmax(column.notna().to_numpy()))


def _lists_of_arrays(column):
    """Return a column of arrays of one number of dimensions as nested Arrow lists."""
    import pyarrow as pa

    given = [cell for cell in column if cell is not None]
    if len({(cell.ndim, cell.dtype) for cell in given}) > 1 or given[0].ndim == 0:
        raise ValueError(
            f"The arrays of column {column.name!r} must have one dtype and one number of "
            f"dimensions; the first is {given[0].dtype} with shape {given[0].shape}."
        )
    dtype = given[0].dtype.newbyteorder("=")
    values = pa.array(np.concatenate([cell.ravel() for cell in given]).astype(dtype))
    shapes = np.array([cell.shape for cell in given])
    for axis in reversed(range(1, shapes.shape[1])):
        # Of each cell, prod(shape[:axis]) lists of equal length.
        lengths = np.repeat(shapes[:, axis], shapes[:, :axis].prod(axis=1))
        values = pa.LargeListArray.from_arrays(_offsets(lengths), values)
    lengths = np.zeros(len(column), dtype=np.int64)
    present = column.notna().to_numpy()
    lengths[present] = shapes[:, 0]
    return pa.LargeListArray.from_arrays(_offsets(lengths), values, mask=pa.array(~present))


def _arrays_of_lists(column, n_dimensions):
    """Return the cells of nested Arrow lists as arrays; None where null."""
    column = column.combine_chunks()
    present = np.asarray(column.is_valid())
    shapes, level = [], column.drop_null()
    firsts = np.arange(len(level) + 1)  # start of each cell in the present level
    for _ in range(n_dimensions):
        offsets = np.asarray(level.offsets)
        lengths = np.append(np.diff(offsets), 0)
        # All lists of a cell are equally long: the first one tells.
        shapes.append(np.where(firsts[:-1] < firsts[1:], lengths[firsts[:-1]], 0))
        level, firsts = level.flatten(), (offsets - offsets[0])[firsts]
    values = level.to_numpy(zero_copy_only=False)
    cells = np.empty(len(column), dtype=object)
    for row, shape, start, stop in zip(
        np.flatnonzero(present), zip(*shapes, strict=True), firsts[:-1], firsts[1:], strict=True
    ):
        cells[row] = values[start:stop].reshape(shape).copy()
    return cells


def _offsets(lengths):
    return np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)])
