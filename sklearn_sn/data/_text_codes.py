"""Codes of text in Arrow arrays."""

import numpy as np

_WIDEST = 8  # bytes of a name that one integer holds
_MOST_NAMES = 16  # so many comparisons are faster than a hash table


def dictionary_of_text(values):
    """Encode text as a dictionary, in the order of first occurrence.

    Few names of one width, as those of the bands of a survey, are compared as integers, which takes
    a tenth of the time of :meth:`pyarrow.Array.dictionary_encode`.

    Parameters
    ----------
    values : pyarrow.StringArray or pyarrow.LargeStringArray of length n

    Returns
    -------
    pyarrow.DictionaryArray of length n
    """
    import pyarrow as pa

    keys = _as_integers(values)
    if keys is None:
        return values.dictionary_encode()
    codes, first = np.zeros(len(keys), dtype=np.int8), [0]
    unknown = keys != keys[0]
    while unknown.any():
        if len(first) == _MOST_NAMES:
            return values.dictionary_encode()
        position = int(unknown.argmax())
        is_name = keys == keys[position]
        codes[is_name] = len(first)
        unknown &= ~is_name
        first.append(position)
    return pa.DictionaryArray.from_arrays(codes, values.take(pa.array(first)))


def _as_integers(values):
    """Return an integer for each name; None if names differ in width or are wide or missing."""
    import pyarrow as pa

    if values.null_count or len(values) == 0:
        return None
    _, starts, data = values.buffers()
    starts = np.frombuffer(starts, np.int64 if pa.types.is_large_string(values.type) else np.int32)
    starts = starts[values.offset : values.offset + len(values) + 1]
    width = int(starts[1] - starts[0])
    if not 0 < width <= _WIDEST or (starts[1:] - starts[:-1] != width).any():
        return None
    data = np.frombuffer(data, np.uint8)[starts[0] : starts[-1]].reshape(-1, width)
    if width not in (1, 2, 4, 8):
        wide = np.zeros((len(data), _WIDEST), dtype=np.uint8)
        wide[:, :width] = data
        data = wide
    return data.view(f"u{data.shape[1]}")[:, 0]
