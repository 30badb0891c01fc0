"""Read Parquet files of nested columns in batches of objects."""

import os
from collections.abc import Iterator
from numbers import Integral
from pathlib import Path

import pandas as pd
from sklearn.utils._param_validation import Interval, validate_params

from sklearn_sn.datasets._object_files import ObjectFiles, nested_columns


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
            return file.metadata.num_rows if nested_columns(file.schema_arrow) else None
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
    return ObjectFiles(path).tables(batch_size)
