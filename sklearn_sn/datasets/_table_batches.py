"""Read Parquet files of any size in batches of objects."""

import os
from collections.abc import Iterator
from numbers import Integral
from pathlib import Path
from typing import Any

import pandas as pd
from sklearn.utils._param_validation import Interval, validate_params

from sklearn_sn.datasets._long_batches import LongFile, read_in_slices
from sklearn_sn.datasets._nested_schema import nested_columns
from sklearn_sn.datasets._object_files import ObjectFiles


def parquet_layout(path: str | os.PathLike) -> str | None:
    """Return what a row of a Parquet file stands for.

    Parameters
    ----------
    path : str or Path
        Path of a file.

    Returns
    -------
    {"objects", "points"} or None
        "objects" for a file with a nested column light_curve or spectrum, "points" for a long table
        of light curves or spectra, None for other files.

    See Also
    --------
    iter_tables : Read such a file in batches.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from sklearn_sn.datasets import make_supernovae, parquet_layout, write_tables
    >>> X, y = make_supernovae(5, random_state=0)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_tables(X, Path(folder) / "objects.parquet")
    ...     parquet_layout(Path(folder) / "objects.parquet")
    'objects'
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    path = Path(path).expanduser()
    if not path.is_file():
        return None
    try:
        if nested_columns(pq.read_schema(path)):
            return "objects"
        return None if LongFile(path).kind is None else "points"
    except (pa.ArrowException, OSError, ValueError):
        return None


def count_objects(path: str | os.PathLike) -> int | None:
    """Count the objects of a Parquet file that can be read in batches.

    Of a long table, the column of the names of objects is read.

    Parameters
    ----------
    path : str or Path
        Path of a file.

    Returns
    -------
    int or None
        None if :func:`iter_tables` cannot read the file in flat memory: it is of another format, or
        has neither a nested column light_curve or spectrum nor consecutive rows of one object.

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
    layout = parquet_layout(path)
    if layout is None:
        return None
    path = Path(path).expanduser()
    if layout == "points":
        return LongFile(path).count_objects()
    return ObjectFiles(path).n_objects


@validate_params(
    {"batch_size": [Interval(Integral, 1, None, closed="left")]},
    prefer_skip_nested_validation=True,
)
def iter_tables(path: Any, *, batch_size: int = 1000, **options: Any) -> Iterator[pd.DataFrame]:
    """Read Parquet files in batches of objects, in flat memory.

    Parameters
    ----------
    path : str, Path, list of these, or pyarrow.dataset.Dataset
        Files of :func:`write_tables`, :class:`TableWriter`, nested-pandas or HATS, with a column
        light_curve or spectrum of structs of lists (:class:`ObjectFiles`); or one file with one row
        per point or pixel, as :func:`read_tables` reads it.
    batch_size : int, default=1000
        Number of objects of a batch; the last one may be smaller.
    **options
        Parameters of :func:`read_tables` for a file of points, such as ``survey="ztf"``.

    Returns
    -------
    iterator of pandas.DataFrame
        Tables of consecutive objects, as :func:`read_tables` returns them. The index is that of the
        file, or else its column of names, such as object_id, or else the number of the row.

    Raises
    ------
    ValueError
        If the file is damaged, no Parquet file, or has no such columns; or if `options` are given
        for files of nested columns.
    FileNotFoundError
        If there is no such file.

    Warns
    -----
    DataQualityWarning
        For each batch of a file of points, as :func:`read_tables`. Also if the rows of an object
        are not consecutive: such a file is read at once.

    See Also
    --------
    count_objects : The number of objects in all batches.
    TableWriter : Write tables to one file, batch by batch.
    read_written : Read a file of write_tables at once.

    Notes
    -----
    Rules of :func:`read_tables` that concern all objects of a table, such as that most objects must
    have unambiguous band codes, apply to each batch.

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
    if isinstance(path, str | os.PathLike) and parquet_layout(path) == "points":
        path = Path(path).expanduser()
        file = LongFile(path, options)
        if file.count_objects() is None:
            return read_in_slices(path, batch_size, options)
        return file.batches(batch_size)
    if options:
        raise ValueError(
            f"The options {sorted(options)} of iter_tables are those of a file with one row per "
            "point. Files of nested columns have names of bands and units of their own; omit them."
        )
    return ObjectFiles(path).tables(batch_size)
