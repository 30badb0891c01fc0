"""Read Parquet files of one row per point in batches of objects."""

from pathlib import Path

import numpy as np
import pandas as pd

from sklearn_sn.data import warn_quality
from sklearn_sn.datasets._columns import looks_like
from sklearn_sn.datasets._dialects import find_dialect, get_dialect
from sklearn_sn.datasets._identity import holds_no_object
from sklearn_sn.datasets._load_long import load_long
from sklearn_sn.datasets._sources import Source
from sklearn_sn.datasets._tables import read_tables

_ROWS = 2**16  # rows that are read at a time
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
        self.kind, self.id_column, self.columns = None, None, []
        source = Source(self.schema.empty_table(), label=str(path))
        name = self.options.get("dialect")
        dialect = find_dialect(source.names) if name is None else get_dialect(name)
        kind = looks_like(source.names) if dialect is None else dialect.kind
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
        self.is_joined = bool(part.dialect is not None and part.dialect.joined)

    def count_objects(self) -> int | None:
        """Return the number of objects; None if the rows of an object are not consecutive."""
        if self.kind is None or self.id_column is None or self.is_joined:
            return None
        heads, n_missing, last = [], 0, None
        for batch in self._row_batches([self.id_column]):
            keys, missing = _keys(batch.column(0))
            starts = _run_starts(keys)
            if last is not None and keys[0] == last:
                starts = starts[1:]
            heads.append(keys[starts[~missing[starts]]])
            n_missing += _n_without_object(batch.column(0), starts)
            last = keys[-1]
        heads = np.concatenate([*heads, np.zeros(0, dtype=np.uint64)])
        if len(pd.unique(heads)) < len(heads):
            return None
        return len(heads) - n_missing

    def batches(self, batch_size):
        """Yield tables of `batch_size` objects; rows of an object must be consecutive."""
        import pyarrow as pa

        keys, table = np.zeros(0, dtype=np.uint64), None
        for batch in self._row_batches(self.columns):
            new_keys, _ = _keys(batch.column(self.id_column))
            batch = pa.Table.from_batches([batch])
            table = batch if table is None else pa.concat_tables([table, batch])
            keys = np.concatenate([keys, new_keys])
            starts = _run_starts(keys)
            first = 0
            # The last object may go on in the next rows.
            while len(starts) - 1 - first >= batch_size:
                begin, end = starts[first], starts[first + batch_size]
                yield from self._table(table.slice(begin, end - begin), keys[begin:end])
                first += batch_size
            begin = starts[first] if len(starts) else 0
            table, keys = table.slice(begin), keys[begin:]
        if table is not None and len(table):
            yield from self._table(table, keys)

    def _row_batches(self, columns):
        import pyarrow as pa
        import pyarrow.parquet as pq

        text = [n for n in columns if pa.types.is_string(self.schema.field(n).type)]
        with pq.ParquetFile(self.path, read_dictionary=text, buffer_size=_BUFFER) as file:
            for batch in file.iter_batches(_ROWS, columns=columns, use_threads=False):
                if batch.num_rows:
                    yield batch

    def _table(self, rows, keys):
        """Yield the objects of some rows as a table, unless none has a name."""
        import pyarrow as pa

        position = rows.column_names.index(self.id_column)
        ids = rows.column(position)
        if not pa.types.is_integer(ids.type):
            # A dictionary of the names of these rows alone, and not of the whole row group.
            starts = _run_starts(keys)
            lengths = np.diff(np.append(starts, len(keys)))
            names = ids.take(pa.array(starts))
            names = pa.concat_arrays([_decoded(chunk) for chunk in names.chunks])
            names = names.dictionary_encode()
            codes = names.indices.take(pa.array(np.repeat(np.arange(len(starts)), lengths)))
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


def _keys(ids):
    """Return a number for the name in each row, and a mask of the rows without a name."""
    import pyarrow as pa

    missing = np.asarray(ids.is_null())
    if pa.types.is_integer(ids.type):
        keys = np.asarray(ids.fill_null(0)).astype(np.int64).view(np.uint64)
        return np.where(missing, np.uint64(2**64 - 1), keys), missing
    encoded = ids if pa.types.is_dictionary(ids.type) else ids.dictionary_encode()
    names = np.array(encoded.dictionary.to_pylist(), dtype=object)
    hashes = np.append(pd.util.hash_array(names, categorize=False), np.uint64(0))
    return hashes[np.asarray(encoded.indices.fill_null(len(names)))], missing


def _run_starts(keys):
    """Return the positions at which runs of equal keys begin."""
    return np.flatnonzero(np.append(True, keys[1:] != keys[:-1])) if len(keys) else keys.astype(int)


def _n_without_object(ids, starts):
    """Return how many of the names at some rows stand for no object, missing ones not counted."""
    import pyarrow as pa

    if pa.types.is_integer(ids.type):
        return 0
    names = _decoded(ids.take(pa.array(starts))).to_pylist()
    return sum(holds_no_object(name) for name in names if name is not None)


def _decoded(array):
    import pyarrow as pa

    return array.dictionary_decode() if pa.types.is_dictionary(array.type) else array
