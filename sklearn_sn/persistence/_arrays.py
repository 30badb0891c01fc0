"""Arrays in a safetensors file, each as the dtype, shape and memory order it had."""

import math
import re

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load, save

from sklearn_sn.persistence._errors import ModelFileError

# What safetensors knows; all else is stored as bytes, with its dtype in the description.
_NATIVE = {np.dtype(kind) for kind in "?bhilqBHILQefd"}
_PLAIN = re.compile(r"[<>|][biufcSUMm]\d{1,9}(\[[0-9a-zA-Z]{1,8}\])?")


class ArrayWriter:
    """Collects arrays under names."""

    def __init__(self):
        self._arrays, self._names, self._kept = {}, {}, []

    def put(self, array, name):
        """Description of an array, which is stored once however often it comes."""
        if id(array) not in self._names:
            # Kept alive: the address of what is gone is given to the next array.
            self._kept.append(array)
            self._names[id(array)] = self._store(array, name)
        return self._names[id(array)]

    def _store(self, array, name):
        while name in self._arrays:
            name += "~"
        array = np.asarray(array)
        # BLAS adds up in another order where the memory has another order.
        order = "F" if array.flags.f_contiguous and not array.flags.c_contiguous else "C"
        node = {"array": name, "dtype": array.dtype.str, "shape": list(array.shape)}
        if order == "F":
            node["order"] = order
            array = array.T
        array = np.ascontiguousarray(array).reshape(array.shape)
        if array.dtype.fields:
            packed = np.dtype([(field, array.dtype[field].str) for field in array.dtype.names])
            node["dtype"] = [list(field) for field in packed.descr]
            array = array.astype(packed)
        if array.dtype not in _NATIVE:
            array = np.frombuffer(array.tobytes(), dtype=np.uint8)
        self._arrays[name] = array
        return node

    def data(self):
        """All arrays as the bytes of a safetensors file."""
        return save(self._arrays)


class ArrayReader:
    """Gives back what an :class:`ArrayWriter` stored.

    Raises
    ------
    ModelFileError
        If the bytes are no valid safetensors file. Sizes are checked against what is there before
        anything is made.
    """

    def __init__(self, data):
        try:
            self._stored = load(data)
        except (SafetensorError, ValueError, KeyError, OverflowError) as error:
            raise ModelFileError(f"Its arrays cannot be read ({error}).") from error
        self._made = {}

    def __len__(self):
        return len(self._stored)

    def get(self, node):
        """The array of a description."""
        name = node["array"]
        if name not in self._made:
            if name not in self._stored:
                raise ModelFileError(f"The array {name!r} is missing.")
            self._made[name] = _restore(self._stored[name], node)
            # Half of the memory: the bytes as read are not needed any more.
            self._stored[name] = None
        return self._made[name]

    def check_all_used(self):
        """Refuse arrays that nothing asked for."""
        left = [name for name, array in self._stored.items() if array is not None]
        if left:
            raise ModelFileError(f"It holds the array {left[0]!r}, which nothing refers to.")


def checked_shape(shape, n_items):
    """A shape as a tuple, if it has that many items."""
    if not isinstance(shape, list) or len(shape) > 32:
        raise ModelFileError("It gives a shape that is no short list.")
    if not all(type(size) is int and 0 <= size < 2**40 for size in shape):
        raise ModelFileError(f"It gives the shape {shape}, which no array has.")
    if math.prod(shape) != n_items:
        raise ModelFileError(f"It claims the shape {shape} of {n_items} items.")
    return tuple(shape)


def _restore(stored, node):
    dtype = _dtype(node["dtype"])
    order = node.get("order", "C")
    if order not in ("C", "F"):
        raise ModelFileError(f"It gives the memory order {order!r}; there are C and F.")
    stored = stored.reshape(-1)
    if stored.dtype != dtype:
        if stored.dtype != np.uint8 or dtype in _NATIVE or stored.size % dtype.itemsize:
            raise ModelFileError(f"The array {node['array']!r} is not of the type {dtype}.")
        stored = stored.view(dtype)
    if dtype.kind == "U" and stored.size and stored.view(np.uint32).max() > 0x10FFFF:
        raise ModelFileError(f"The array {node['array']!r} holds what is no text.")
    shape = checked_shape(node["shape"], stored.size)
    array = stored.reshape(shape[::-1] if order == "F" else shape)
    # numpy's own memory: aligned as at the time of saving, and writable.
    array = array.copy()
    return array.T if order == "F" else array


def _dtype(description):
    """The dtype of a description: a plain one, or a record of plain ones."""
    if isinstance(description, list):
        if not all(isinstance(field, list) and len(field) == 2 for field in description):
            raise ModelFileError("It describes a record that is none.")
        return np.dtype([(str(name), _dtype(kind)) for name, kind in description])
    if not isinstance(description, str) or not _PLAIN.fullmatch(description):
        raise ModelFileError(f"It asks for the dtype {description!r}, which is none of numbers.")
    dtype = np.dtype(description)
    if dtype.itemsize == 0:
        raise ModelFileError(f"It asks for the dtype {description!r}, which has no size.")
    return dtype
