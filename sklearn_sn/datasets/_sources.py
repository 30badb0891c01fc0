"""Open the inputs of read_tables: paths, globs, folders, lists, file handles and tables."""

import glob
import re
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
from astropy.table import Table

from sklearn_sn.data import NESTED_COLUMNS
from sklearn_sn.datasets._file_formats import FORMATS, parse_file

_SKIPPED = re.compile(r"^\.|^readme|\.(readme|ignore|md|py|pdf|png)$", re.IGNORECASE)
_SUFFIXES = re.compile(
    r"\.(gz|bz2|xz|zst|csv|tsv|txt|tbl|asc|ascii|dat|json|fits?|parquet|pq|ecsv|list|vot|xml)$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Source:
    """One table, with the metadata of its file.

    Attributes
    ----------
    table : DataFrame, astropy Table, pyarrow Table or Path
        The table; a path is that of a parquet file.
    header : dict of str to object
        Values of the header of the file, by lower-case name.
    label : str or None
        Path of the file, for messages; None for a table in memory.
    kind : str or None
        Kind of the table where the format tells it.
    units : dict of str to str
        Units of columns that stand in a row of the table.
    """

    table: object
    header: dict = field(default_factory=dict)
    label: str | None = None
    kind: str | None = None
    units: dict = field(default_factory=dict)

    @property
    def stem(self):
        """Return the name of the file without folder and suffixes, or None."""
        if self.label is None:
            return None
        name, previous = Path(self.label).name, None
        while name != previous:
            previous, name = name, _SUFFIXES.sub("", name)
        return name

    @property
    def names(self):
        """Return the names of the columns."""
        if isinstance(self.table, Path):
            import pyarrow.parquet as pq

            names = pq.read_schema(self.table).names
            return [name for name in names if not name.startswith("__index_level_")]
        if isinstance(self.table, pd.DataFrame):
            index = [name for name in self.table.index.names if name is not None]
            return [*map(str, [*index, *self.table.columns])]
        return list(getattr(self.table, "colnames", None) or self.table.schema.names)


def open_sources(given, parameter):
    """Open everything that an argument of read_tables names.

    Parameters
    ----------
    given : table, str, Path, file handle, or list of them
        A path may be a glob pattern or a folder.
    parameter : str
        Name of the parameter, for messages.

    Returns
    -------
    list of Source

    Raises
    ------
    ValueError
        If something is of an unsupported type or format, or if nothing is found.
    """
    if isinstance(given, Source):
        return [given]
    if is_table(given):
        return [Source(given)]
    if isinstance(given, list | tuple) and given and all(map(_is_openable, given)):
        return [source for one in given for source in open_sources(one, parameter)]
    if hasattr(given, "read"):
        return _parse(given.read(), getattr(given, "name", None), parameter)
    if not isinstance(given, str | Path):
        raise ValueError(
            f"The '{parameter}' parameter of read_tables must be a pandas DataFrame, an astropy or "
            f"pyarrow Table, a file handle, a path, a glob pattern or a folder ({FORMATS}), or a "
            f"list of them. Got {type(given).__name__} instead.{_remedy(given)}"
        )
    return [source for path in list_files(given) for source in _parse(path, path, parameter)]


def is_table(given):
    """Return whether an argument is a table in memory."""
    return isinstance(given, pd.DataFrame | Table) or (
        hasattr(given, "schema") and hasattr(given, "to_pandas")
    )


def _is_openable(given):
    return is_table(given) or isinstance(given, str | Path) or hasattr(given, "read")


def _remedy(given):
    """Return what makes a table of an argument of another type."""
    if isinstance(given, pd.Series):
        if given.name in NESTED_COLUMNS:
            return " It is a column of a table of objects, which need not be read."
        return (
            " Give the table of which it is a column, or Series.to_frame() if its index holds the "
            "other fields."
        )
    if isinstance(given, dict) and given and all(map(is_table, given.values())):
        return " Make one table of a dict of tables: pandas.concat(tables, names=['object_id'])."
    if isinstance(given, dict | np.ndarray):
        return " Make a table of it with pandas.DataFrame."
    if isinstance(given, list | tuple):
        if not given:
            return " It is empty."
        if all(isinstance(one, dict) for one in given):
            return " Make a table of a list of dicts with pandas.DataFrame."
        position = next(i for i, one in enumerate(given) if not _is_openable(one))
        return f" Its item {position} is of type {type(given[position]).__name__}."
    return ""


def list_files(given: str | Path) -> list[Path]:
    """Return the files that a path, glob pattern or folder stands for in :func:`read_tables`.

    Parameters
    ----------
    given : str or Path
        A path, glob pattern or folder.

    Returns
    -------
    list of Path
        The path itself, or the sorted files of the folder or pattern without those that are no
        tables, such as hidden files, README files, and PHOT files of SNANA beside their HEAD file.

    Raises
    ------
    ValueError
        If a folder or pattern has no such file.

    Examples
    --------
    >>> from sklearn_sn.datasets import list_files
    >>> [str(path) for path in list_files("my_atlas.txt")]
    ['my_atlas.txt']
    """
    path = Path(given).expanduser()
    if path.is_dir():
        return _without_companions([p for p in sorted(path.iterdir()) if p.is_file()], path)
    if not path.exists() and glob.has_magic(str(given)):
        found = [Path(name) for name in sorted(glob.glob(str(path), recursive=True))]
        return _without_companions([p for p in found if p.is_file()], path)
    return [path]


def _without_companions(paths, where):
    """Drop files that are no tables, and PHOT files of SNANA, which their HEAD files name."""
    paths = [path for path in paths if not _SKIPPED.search(path.name)]
    names = {path.name.upper() for path in paths}
    paths = [
        path
        for path in paths
        if "_PHOT.FITS" not in path.name.upper()
        or path.name.upper().replace("_PHOT.FITS", "_HEAD.FITS") not in names
    ]
    if any("_HEAD.FITS" in path.name.upper() for path in paths):
        # The list of the HEAD files of a version of SNANA is no table.
        paths = [path for path in paths if path.suffix.upper() != ".LIST"]
    if not paths:
        raise ValueError(f"No file of a table is found at {str(where)!r}.")
    return paths


def _parse(data, name, parameter):
    label = None if name is None else str(name)
    return [Source(label=label, **part) for part in parse_file(data, label, parameter)]
