"""Store arrays in a safetensors file and restore their dtype, shape and memory order."""

import math
import re

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load, save

from sklearn_sn.persistence._errors import ModelFileError

# dtypes that safetensors supports. Other arrays are stored as bytes, with the dtype in the node.
_NATIVE = {np.dtype(kind) for kind in "?bhilqBHILQefd"}
_PLAIN = re.compile(r"[<>|][biufcSUMm]\d{1,9}(\[[0-9a-zA-Z]{1,8}\])?")


class ArrayWriter:
    """Collect arrays by name."""

    def __init__(self):
        self._arrays, self._nodes, self._references = {}, {}, []

    def put(self, array, name):
        """Return the node of an array; repeated arrays are stored once."""
        if id(array) not in self._nodes:
            # Keep a reference: an address that is freed may be reused for the next array.
            self._references.append(array)
            self._nodes[id(array)] = self._store(array, name)
        return self._nodes[id(array)]

    def _store(self, array, name):
        while name in self._arrays:
            name += "~"
        array = np.asarray(array)
        # BLAS sums in an order that depends on the memory order, so keep it to keep every bit.
        order = "F" if array.flags.f_contiguous and not array.flags.c_contiguous else "C"
        node = {"array": name, "dtype": array.dtype.str, "shape": list(array.shape)}
        if order == "F":
            node["order"] = order
            array = array.T
        array = np.ascontiguousarray(array).reshape(array.shape)
        if array.dtype.fields:
            # Records are stored without the padding between their fields.
            packed = np.dtype([(field, array.dtype[field].str) for field in array.dtype.names])
            node["dtype"] = [list(field) for field in packed.descr]
            array = array.astype(packed)
        if array.dtype not in _NATIVE:
            array = np.frombuffer(array.tobytes(), dtype=np.uint8)
        self._arrays[name] = array
        return node

    def data(self):
        """Return all arrays as the bytes of a safetensors file."""
        return save(self._arrays)


class ArrayReader:
    """Restore the arrays that an :class:`ArrayWriter` stored.

    Parameters
    ----------
    data : bytes
        Content of the safetensors file.

    Raises
    ------
    ModelFileError
        If the bytes are not a valid safetensors file. safetensors compares the declared sizes with
        the length of the file before it allocates memory.
    """

    def __init__(self, data):
        try:
            self._stored = load(data)
        except (SafetensorError, ValueError, KeyError, OverflowError) as error:
            raise ModelFileError(f"Its arrays cannot be read ({error}). Get a new copy.") from error
        self._restored = {}

    def __len__(self):
        return len(self._stored)

    def get(self, node):
        """Return the array of a node."""
        name = node["array"]
        if name not in self._restored:
            if name not in self._stored:
                raise ModelFileError(f"The array {name!r} is missing.")
            self._restored[name] = _restore(self._stored[name], node)
            # Release the bytes that were read, to halve the peak memory.
            self._stored[name] = None
        return self._restored[name]

    def check_all_used(self):
        """Raise a ModelFileError if an array was never requested."""
        unused = [name for name, array in self._stored.items() if array is not None]
        if unused:
            raise ModelFileError(f"It contains the array {unused[0]!r}, which nothing refers to.")


def checked_shape(shape, n_items):
    """Return a shape as a tuple; raise a ModelFileError if it does not hold `n_items` items."""
    if not isinstance(shape, list) or len(shape) > 32:
        raise ModelFileError("It contains a shape that is not a list of at most 32 sizes.")
    if not all(type(size) is int and 0 <= size < 2**40 for size in shape):
        raise ModelFileError(f"It contains the shape {shape}, which no array has.")
    if math.prod(shape) != n_items:
        raise ModelFileError(f"It claims the shape {shape} for an array of {n_items} items.")
    return tuple(shape)


def _restore(stored, node):
    dtype = _dtype(node["dtype"])
    order = node.get("order", "C")
    if order not in ("C", "F"):
        raise ModelFileError(f"It contains the memory order {order!r}; C and F are allowed.")
    stored = stored.reshape(-1)
    if stored.dtype != dtype:
        if stored.dtype != np.uint8 or dtype in _NATIVE or stored.size % dtype.itemsize:
            raise ModelFileError(f"The array {node['array']!r} is not of the type {dtype}.")
        stored = stored.view(dtype)
    # numpy decodes text without a check of the code points.
    if dtype.kind == "U" and stored.size and stored.view(np.uint32).max() > 0x10FFFF:
        raise ModelFileError(f"The array {node['array']!r} contains invalid code points.")
    shape = checked_shape(node["shape"], stored.size)
    array = stored.reshape(shape[::-1] if order == "F" else shape)
    # The copy is writable and aligned as it was at the time of saving.
    array = array.copy()
    return array.T if order == "F" else array


def _dtype(description):
    """Return the dtype of a description: a plain dtype, or a record of plain dtypes."""
    if isinstance(description, list):
        if not all(isinstance(field, list) and len(field) == 2 for field in description):
            raise ModelFileError(
                "It contains an invalid record dtype: each field must be [name, dtype]."
            )
        return np.dtype([(str(name), _dtype(kind)) for name, kind in description])
    if not isinstance(description, str) or not _PLAIN.fullmatch(description):
        raise ModelFileError(
            f"It contains the dtype {description!r}, which is not a numeric, text or date dtype."
        )
    dtype = np.dtype(description)
    if dtype.itemsize == 0:
        raise ModelFileError(f"It contains the dtype {description!r}, which has no size.")
    return dtype
