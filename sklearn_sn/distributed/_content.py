"""Identify a partition of a catalogue by its content."""

import hashlib

import joblib
import pandas as pd
import pyarrow as pa


def content_digest(part: pd.DataFrame) -> str:
    """Return the SHA-256 of the index, names and values of a table.

    Parameters
    ----------
    part : pandas.DataFrame
        Table with nested and plain columns.

    Returns
    -------
    str
        64 hexadecimal digits, which do not depend on how the values lie in memory.
    """
    digest = hashlib.sha256()
    for name, values in [(part.index.name, part.index), *part.items()]:
        digest.update(f"{name!r} {len(values)}".encode())
        _update(digest, values)
    return digest.hexdigest()


def _update(digest, values):
    try:
        array = pa.array(values)
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError):
        # Images are arrays of three axes, which Arrow does not store.
        digest.update(joblib.hash(list(values)).encode())
        return
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    batch = pa.record_batch([array], names=["values"])
    # Writing a batch drops what lies outside a slice, and counts offsets from its start.
    with pa.PythonFile(_Sink(digest), mode="w") as sink, pa.ipc.new_stream(sink, batch.schema) as s:
        s.write_batch(batch)


class _Sink:
    """File that updates a digest."""

    closed = False

    def __init__(self, digest):
        self._digest = digest

    def write(self, data):
        self._digest.update(data)
        return len(data)

    def flush(self):
        """Do nothing, because nothing is buffered."""

    def close(self):
        self.closed = True
