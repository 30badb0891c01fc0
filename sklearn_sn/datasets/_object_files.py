"""Parquet files of nested columns, read by row groups."""

import json
from bisect import bisect_right
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sklearn_sn.datasets._nested_schema import (
    concatenate_in_order,
    concatenate_tables,
    from_nested,
    nested_columns,
    no_nested_column,
    plain_columns,
    row_numbers,
)
from sklearn_sn.datasets._parquet import from_arrow, stored_layout

_BUFFER = 2**20  # bytes of a column that are read at a time


@dataclass(frozen=True)
class RowGroup:
    """One row group of the files.

    Attributes
    ----------
    file : int
        Number of the file.
    number : int
        Number of the row group in the file.
    start : int
        Number of its first row, counted over all files.
    n_rows : int
        Number of its rows.
    """

    file: int
    number: int
    start: int
    n_rows: int


class ObjectFiles:
    """Parquet files of nested columns as one table of objects, which is read in parts.

    Parameters
    ----------
    files : str, Path, sequence of these, or pyarrow.dataset.Dataset
        Files of :func:`write_tables`, :class:`TableWriter`, nested-pandas or HATS, with equal
        columns, of which light_curve or spectrum is a struct of lists. A folder stands for its
        files ``*.parquet`` in the order of their names.

    Attributes
    ----------
    n_objects : int
        Number of objects of all files.
    groups : list of RowGroup
        The row groups of all files.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If a file is damaged, no Parquet file, or has no nested column.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from sklearn_sn.datasets import ObjectFiles, make_supernovae, write_tables
    >>> X, y = make_supernovae(5, random_state=0)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_tables(X.assign(type=y), Path(folder) / "objects.parquet")
    ...     files = ObjectFiles(folder)
    ...     files.n_objects, len(files.column("type")), len(files.take([3, 4]))
    (5, 5, 2)
    """

    def __init__(self, files: Any) -> None:
        self._filesystem = None
        self.paths = self._paths_of(files)
        self._open = {}
        self.groups, start = [], 0
        for number in range(len(self.paths)):
            with self._file(number) as file:
                if not nested_columns(file.schema_arrow):
                    raise no_nested_column(self.paths[number])
                for group in range(file.metadata.num_row_groups):
                    n_rows = file.metadata.row_group(group).num_rows
                    if n_rows:
                        self.groups.append(RowGroup(number, group, start, n_rows))
                    start += n_rows
        self.n_objects = start

    def __len__(self):
        return self.n_objects

    def column(self, name: str) -> np.ndarray:
        """Read a plain column of all objects.

        Parameters
        ----------
        name : str
            Name of the column.

        Returns
        -------
        ndarray of shape (n_objects,)

        Raises
        ------
        ValueError
            If there is no such column, or if it is nested.
        """
        parts, known = [], {}
        for number, path in enumerate(self.paths):
            with self._file(number) as file:
                schema = file.schema_arrow
                if name not in plain_columns(schema):
                    raise ValueError(
                        f"{str(path)!r} has no plain column {name!r}; it has "
                        f"{plain_columns(schema)}."
                    )
                # By row groups: a whole column of texts would be in memory several times.
                for group in range(file.metadata.num_row_groups):
                    values = file.read_row_group(group, columns=[name], use_threads=False)[name]
                    parts.append(_plain_values(values, known))
        return np.concatenate(parts)

    def read(self) -> pd.DataFrame:
        """Read all objects.

        Returns
        -------
        pandas.DataFrame of n_objects rows
        """
        return concatenate_tables([X for _, X in self.blocks(self.groups, self.n_objects or 1)])

    def take(self, rows: Any) -> pd.DataFrame:
        """Read some objects; of each row group, all rows are read and the others dropped.

        Parameters
        ----------
        rows : array of int, shape (n_taken,)
            Increasing numbers of rows.

        Returns
        -------
        pandas.DataFrame of n_taken rows
        """
        rows = np.asarray(rows)
        parts = []
        for group in self.groups:
            first, last = np.searchsorted(rows, [group.start, group.start + group.n_rows])
            if first == last:
                continue
            wanted = rows[first:last]
            for start, X in self.blocks([group], group.n_rows):
                inside = wanted[(wanted >= start) & (wanted < start + len(X))]
                parts.append(X.iloc[inside - start])
        return concatenate_tables(parts)

    def sample_rows(
        self, n_objects: int, rng: np.random.Generator, max_groups: int = 64
    ) -> np.ndarray:
        """Draw objects at random from row groups that are spread evenly over the files.

        Parameters
        ----------
        n_objects : int
            Number of objects to draw.
        rng : numpy.random.Generator
            Source of random numbers.
        max_groups : int, default=64
            Largest number of row groups to draw from.

        Returns
        -------
        ndarray of int, shape (min(n_objects, self.n_objects),)
            Increasing numbers of rows.
        """
        if n_objects >= self.n_objects:
            return np.arange(self.n_objects)
        n_groups = len(self.groups)
        chosen = np.unique(np.linspace(0, n_groups - 1, min(n_groups, max_groups)).astype(int))
        sizes = np.array([self.groups[i].n_rows for i in chosen])
        if sizes.sum() < n_objects:  # groups of unequal size
            chosen = np.arange(n_groups)
            sizes = np.array([group.n_rows for group in self.groups])
        starts = np.repeat([self.groups[i].start for i in chosen], sizes)
        within = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        return np.sort(rng.choice(starts + within, n_objects, replace=False))

    def blocks(self, groups: list[RowGroup], n_rows: int) -> Iterator[tuple[int, pd.DataFrame]]:
        """Read row groups in blocks of consecutive rows.

        Parameters
        ----------
        groups : list of RowGroup
            Row groups to read, in this order.
        n_rows : int
            Rows of a block; the last block of a row group may be smaller.

        Yields
        ------
        start : int
            Number of the first row of the block.
        X : pandas.DataFrame
            The objects.
        """
        import pyarrow as pa

        for group in groups:
            with self._file(group.file) as file:
                schema = file.schema_arrow
                layout = stored_layout(schema)
                names = None
                if layout is None:
                    names = [*nested_columns(schema), *plain_columns(schema)]
                start = group.start
                offset = self._file_start(group.file)
                numbers = row_numbers(schema, file.metadata.num_rows)
                for batch in file.iter_batches(
                    n_rows, row_groups=[group.number], columns=names, use_threads=False
                ):
                    table = pa.Table.from_batches([batch])
                    X = from_nested(table) if layout is None else from_arrow(table, layout)
                    if isinstance(X.index, pd.RangeIndex):
                        first = start - offset
                        X.index = numbers[first : first + len(X)]
                    yield start, X
                    start += len(X)

    def tables(self, batch_size: int) -> Iterator[pd.DataFrame]:
        """Read all objects in order, in tables of equal size.

        Parameters
        ----------
        batch_size : int
            Objects of a table; the last one may be smaller.

        Yields
        ------
        X : pandas.DataFrame
            Tables of consecutive objects.
        """
        waiting, n_waiting = [], 0
        for _, X in self.blocks(self.groups, batch_size):
            waiting.append(X)
            n_waiting += len(X)
            if n_waiting >= batch_size:
                X = concatenate_tables(waiting)
                yield X.iloc[:batch_size]
                waiting, n_waiting = [X.iloc[batch_size:]], n_waiting - batch_size
        if n_waiting:
            yield concatenate_tables([X for X in waiting if len(X)])

    def shuffled(
        self, buffer_size: int, n_open: int, rng: np.random.Generator
    ) -> Iterator[tuple[np.ndarray, pd.DataFrame]]:
        """Read all objects once, in parts that mix several row groups of random order.

        Parameters
        ----------
        buffer_size : int
            Objects of a part; the last one may be smaller.
        n_open : int
            Number of row groups that are read at the same time, each in blocks of
            ``buffer_size / n_open`` rows.
        rng : numpy.random.Generator
            Source of the order of the row groups.

        Yields
        ------
        rows : ndarray of int
            Increasing numbers of the rows of the part.
        X : pandas.DataFrame
            Its objects, in the order of `rows`.
        """
        n_block = max(1, buffer_size // n_open)
        waiting = iter([self.groups[i] for i in rng.permutation(len(self.groups))])
        readers, rows, parts, n_rows = [], [], [], 0
        while True:
            while len(readers) < n_open and (group := next(waiting, None)) is not None:
                readers.append(self.blocks([group], n_block))
            if not readers:
                break
            for reader in list(readers):
                block = next(reader, None)
                if block is None:
                    readers.remove(reader)
                    continue
                start, X = block
                rows.append(np.arange(start, start + len(X)))
                parts.append(X)
                n_rows += len(X)
                while n_rows >= buffer_size:
                    n_left = n_rows - buffer_size
                    n_taken = len(parts[-1]) - n_left
                    yield concatenate_in_order(
                        [*rows[:-1], rows[-1][:n_taken]], [*parts[:-1], parts[-1].iloc[:n_taken]]
                    )
                    rows, parts = [rows[-1][n_taken:]], [parts[-1].iloc[n_taken:]]
                    n_rows = n_left
        if n_rows:
            yield concatenate_in_order(rows, parts)

    def _paths_of(self, files):
        if hasattr(files, "get_fragments"):
            paths = getattr(files, "files", None)
            if not paths or files.format.default_extname != "parquet":
                raise ValueError(
                    "A pyarrow Dataset of objects must consist of Parquet files. Got "
                    f"{type(files).__name__} instead; write it to Parquet first."
                )
            self._filesystem = files.filesystem
            return list(paths)
        paths = []
        for one in files if isinstance(files, list | tuple) else [files]:
            path = Path(one).expanduser()
            found = sorted(path.glob("*.parquet")) if path.is_dir() else [path]
            if not found or not found[0].is_file():
                raise FileNotFoundError(
                    f"There is no file {str(path)!r}."
                    if not path.is_dir()
                    else f"The folder {str(path)!r} has no file *.parquet."
                )
            paths += found
        return paths

    def _file_start(self, number):
        position = bisect_right([group.file for group in self.groups], number - 1)
        first = self.groups[position]
        return first.start

    @contextmanager
    def _file(self, number):
        """Open a file for the time of a block; its metadata are kept."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        path = self.paths[number]
        source = path if self._filesystem is None else self._filesystem.open_input_file(path)
        try:
            # Reading in pieces, not mapping: mapped pages would count as memory of the process.
            with pq.ParquetFile(
                source, buffer_size=_BUFFER, metadata=self._open.get(number)
            ) as file:
                self._open[number] = file.metadata
                yield file
        except (pa.ArrowException, OSError, json.JSONDecodeError) as error:
            raise ValueError(f"{str(path)!r} is not a readable Parquet file: {error}.") from error


def _plain_values(values, known):
    """Return a column of Arrow as an array, in which equal texts are one object.

    `known` holds the texts of the parts before, so that a column of classes stays small.
    """
    import pyarrow as pa

    if not (pa.types.is_string(values.type) or pa.types.is_large_string(values.type)):
        return values.to_pandas().to_numpy()
    encoded = values.combine_chunks().dictionary_encode()
    texts = [known.setdefault(text, text) for text in encoded.dictionary.to_pylist()]
    texts = np.array([*texts, np.nan], dtype=object)  # the last one is for missing texts
    codes = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    return texts[codes]
