"""Read Parquet files of one row per point in batches of objects."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from sklearn_sn.data import warn_quality
from sklearn_sn.datasets._identity import NO_OBJECT
from sklearn_sn.datasets._load_long import kind_of, load_long
from sklearn_sn.datasets._long_tables import is_text
from sklearn_sn.datasets._sources import Source
from sklearn_sn.datasets._tables import read_tables

_ROWS = 2**16  # rows that are read at a time; positions in them are uint16
_BUFFER = 2**20  # bytes of a column that are read at a time
_MAPPINGS = {"light_curves": "light_curve_columns", "spectra": "spectrum_columns"}


class LongFile:
    """Parquet file with one row for each point or pixel.

    Parameters
    ----------
    path : Path
        The file.
    options : dict
        Parameters of :func:`read_tables`.

    Attributes
    ----------
    kind : {"light_curves", "spectra"} or None
        Kind of the table; None if its columns are those of neither.
    """

    def __init__(self, path: Path, options: dict | None = None) -> None:
        import pyarrow.parquet as pq

        self.path, self.options = path, dict(options or {})
        self.schema = pq.read_schema(path)
        self.kind, self.id_column, self.columns, self._starts = None, None, [], None
        source = Source(self.schema.empty_table(), label=str(path))
        mappings = {kind: self.options.get(name) for kind, name in _MAPPINGS.items()}
        kind = kind_of(source.names, self.options.get("dialect"), mappings)
        if kind in _MAPPINGS:
            self._choose_columns(source, kind)

    def _choose_columns(self, source, kind):
        part = load_long(
            source,
            kind,
            id_column=self.options.get("id_column", "object_id"),
            mapping=self.options.get(_MAPPINGS[kind]),
            dialect=self.options.get("dialect"),
        )
        self.kind, self.id_column = kind, part.names.get("id")
        self.columns = [name for name in source.names if name not in part.unused]
        # Objects that a dialect joins by position are known after all rows are read.
        self.is_joined = part.dialect is not None and part.dialect.joins(self.id_column)

    def count_objects(self) -> int | None:
        """Return the number of objects; None if the rows of an object are not consecutive."""
        if self.kind is None or self.id_column is None or self.is_joined:
            return None
        return self._object_starts().n_objects

    def _object_starts(self):
        """Return where the objects of the whole file start, which is read once."""
        if self._starts is None:
            parts, keys, last, n_without_object = [], [], None, 0
            for batch in self._row_batches([self.id_column]):
                runs = _runs(batch.column(0), last)
                parts.append((batch.num_rows, runs.starts.astype(np.uint16)))
                keys.append(runs.keys[runs.named])
                last, n_without_object = runs.last, n_without_object + runs.n_without_object
            # Names that occur in two runs are equal neighbours in order.
            keys = np.sort(np.concatenate([*keys, np.zeros(0, np.uint64)]))
            is_mixed = bool((keys[1:] == keys[:-1]).any())
            self._starts = _Starts(parts, None if is_mixed else len(keys) - n_without_object)
        return self._starts

    def batches(self, batch_size):
        """Yield tables of `batch_size` objects; rows of an object must be consecutive."""
        import pyarrow as pa

        starts = self._object_starts()
        # The first row that is held, the first object that is not yielded, and its table.
        first, n_done, table = 0, 0, None
        for batch in self._row_batches(self.columns):
            batch = pa.Table.from_batches([batch])
            table = batch if table is None else pa.concat_tables([table, batch])
            # The last object may go on in the next rows.
            while n_done + batch_size < len(starts):
                (end,) = starts.rows(n_done + batch_size, n_done + batch_size + 1)
                if end > first + len(table):
                    break
                objects = starts.rows(n_done, n_done + batch_size) - first
                yield from self._table(table.slice(0, end - first), objects)
                table, first, n_done = table.slice(end - first), end, n_done + batch_size
        if table is not None and len(table):
            yield from self._table(table, starts.rows(n_done, len(starts)) - first)

    def _row_batches(self, columns):
        import pyarrow.parquet as pq

        text = [name for name in columns if is_text(self.schema.field(name).type)]
        with pq.ParquetFile(self.path, read_dictionary=text, buffer_size=_BUFFER) as file:
            for batch in file.iter_batches(_ROWS, columns=columns, use_threads=False):
                if batch.num_rows:
                    yield batch

    def _table(self, rows, starts):
        """Yield the objects of some rows as a table, unless none has a name."""
        import pyarrow as pa

        position = rows.column_names.index(self.id_column)
        ids = rows.column(position)
        if not pa.types.is_integer(ids.type):
            # A dictionary of the names of these rows alone, and not of the whole row group.
            lengths = np.diff(np.append(starts, len(rows)))
            names = ids.take(pa.array(starts))
            names = pa.concat_arrays([_decoded(chunk) for chunk in names.chunks])
            names = names.dictionary_encode()
            codes = np.repeat(np.asarray(names.indices.fill_null(-1)), lengths)
            codes = pa.array(codes, mask=codes < 0 if names.null_count else None)
            ids = pa.DictionaryArray.from_arrays(codes, names.dictionary)
            rows = rows.set_column(position, self.id_column, ids)
        for name in self.schema.names:
            if name not in rows.column_names:  # unused; the record of reading lists it
                rows = rows.append_column(name, pa.nulls(len(rows)))
        rows = rows.select(self.schema.names).combine_chunks()
        source = Source(rows, label=str(self.path), kind=self.kind)
        X = read_tables(**{self.kind: source}, **self.options)
        if len(X):
            yield X


def read_in_slices(path, batch_size, options):
    """Yield tables of a file that is read at once, because the rows of objects are mixed."""
    warn_quality(
        f"The rows of an object are not consecutive in {str(path)!r}, so that the file is read at "
        "once. Sort it by object to read it in flat memory."
    )
    X = read_tables(path, **options)
    for start in range(0, len(X), batch_size):
        yield X.iloc[start : start + batch_size]


class _Starts:
    """First rows of the objects of a file, in two bytes for each.

    Parameters
    ----------
    parts : list of (int, ndarray of uint16)
        Number of rows of each batch of rows, and the rows of the batch where an object starts.
    n_objects : int or None
        Number of objects; None if the rows of an object are not consecutive.
    """

    def __init__(self, parts, n_objects):
        self.n_objects = n_objects
        self._in_batch = np.concatenate([*(rows for _, rows in parts), np.zeros(0, np.uint16)])
        self._first_rows = np.cumsum([0, *(n_rows for n_rows, _ in parts)])[:-1]
        self._ends = np.cumsum([len(rows) for _, rows in parts])

    def __len__(self):
        return len(self._in_batch)

    def rows(self, first, stop):
        """Return the first rows of the objects from `first` to before `stop`."""
        batch = np.searchsorted(self._ends, np.arange(first, stop), side="right")
        return self._first_rows[batch] + self._in_batch[first:stop]


@dataclass(frozen=True)
class _Runs:
    """Runs of equal names in a column of a batch of rows.

    Attributes
    ----------
    starts : ndarray of int, shape (n_runs,)
        Position of the first row of each run.
    keys : ndarray of uint64, shape (n_runs,)
        Number that stands for the name.
    named : ndarray of bool, shape (n_runs,)
        Whether there is a name.
    n_without_object : int
        Number of names that stand for no object, such as "none".
    last : uint64
        Key of the last row.
    """

    starts: np.ndarray
    keys: np.ndarray
    named: np.ndarray
    n_without_object: int
    last: np.uint64


def _runs(ids, last):
    """Return the runs of a column without the rest of one that began before, of key `last`."""
    import pyarrow as pa
    import pyarrow.compute as pc

    is_integer = pa.types.is_integer(ids.type)
    if not is_integer and not pa.types.is_dictionary(ids.type):
        ids = ids.dictionary_encode()
    codes = ids if is_integer else ids.indices
    values = np.asarray(codes.fill_null(0) if codes.null_count else codes)
    changes = values[1:] != values[:-1]
    if ids.null_count:
        missing = np.asarray(ids.is_null())
        changes |= missing[1:] != missing[:-1]
    starts = np.flatnonzero(np.append(True, changes))
    heads = ids.take(pa.array(starts))
    named = np.asarray(heads.is_valid())
    n_without_object = 0
    if is_integer:
        keys = values[starts].astype(np.int64).view(np.uint64)
    else:
        heads = heads.dictionary_decode()
        keys = pd.util.hash_array(np.array(heads.to_pylist(), dtype=object), categorize=False)
        if pa.types.is_string(heads.type) or pa.types.is_large_string(heads.type):
            text = pc.utf8_lower(pc.utf8_trim_whitespace(heads))
            no_object = np.asarray(pc.is_in(text, pa.array(sorted(NO_OBJECT), type=text.type)))
            n_without_object = int((no_object & named).sum())
    keys = np.where(named, keys, np.uint64(2**64 - 1))
    # Unequal entries of a dictionary may be the same name.
    new = np.append(last is None or keys[0] != last, keys[1:] != keys[:-1])
    return _Runs(starts[new], keys[new], named[new], n_without_object, keys[-1])


def _decoded(array):
    import pyarrow as pa

    return array.dictionary_decode() if pa.types.is_dictionary(array.type) else array
