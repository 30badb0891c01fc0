"""Identify a partition of a catalogue by its content."""

import hashlib

import joblib
import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow import compute, types


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
        try:
            array = pa.array(values)
        except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError):
            # Images are arrays of three axes, which Arrow does not store.
            digest.update(joblib.hash(list(values)).encode())
            continue
        _update(digest, array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array)
    return digest.hexdigest()


def _update(digest, array):
    """Add the type and values of an Arrow array, whatever memory surrounds them."""
    digest.update(f"{array.type} {array.null_count}".encode())
    if array.null_count:
        digest.update(array.is_null().to_numpy(zero_copy_only=False))
        array = array.drop_null()
    if types.is_list(array.type) or types.is_large_list(array.type):
        digest.update(compute.list_value_length(array).to_numpy())
        _update(digest, array.flatten())
    elif types.is_struct(array.type):
        for child in array.flatten():
            _update(digest, child)
    elif types.is_dictionary(array.type):
        _update(digest, array.dictionary_decode())
    elif types.is_string(array.type) or types.is_large_string(array.type):
        digest.update(compute.binary_length(array).to_numpy())
        digest.update(_characters(array))
    elif types.is_primitive(array.type):
        digest.update(np.ascontiguousarray(array.to_numpy(zero_copy_only=False)).view(np.uint8))
    else:
        digest.update(joblib.hash(array.to_pylist()).encode())


def _characters(array):
    """Return the bytes of all strings of an array, joined."""
    _, offsets, data = array.buffers()
    if data is None:
        return b""
    kind = np.int64 if types.is_large_string(array.type) else np.int32
    offsets = np.frombuffer(offsets, dtype=kind)
    first, last = offsets[array.offset], offsets[array.offset + len(array)]
    return memoryview(data)[first:last]
