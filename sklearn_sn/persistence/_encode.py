"""Encode an estimator as plain JSON values and arrays."""

import inspect
import math

import numpy as np

from sklearn_sn.persistence._arrays import ArrayWriter
from sklearn_sn.persistence._classes import UFUNCS, class_name
from sklearn_sn.persistence._modules import encode_module
from sklearn_sn.persistence._random import encode_random
from sklearn_sn.persistence._rules import drop_rebuilt_attributes, reason_not_stored
from sklearn_sn.persistence._trees import encode_tree

_SPECIAL = (encode_random, encode_tree, encode_module)


class Encoder:
    """Encode values as nodes: a plain JSON value, or a dict with a "kind".

    Parameters
    ----------
    modules : sequence of str
        Modalities whose encoders the user passes to ``load_model``.

    Attributes
    ----------
    arrays : ArrayWriter
        The arrays of the values encoded so far.
    given : dict of str to module or callable
        The encoders of `modules` that were met, by modality.
    classes : dict of str to None
        Full names of the classes that were met, in order.
    """

    def __init__(self, modules=()):
        self.arrays = ArrayWriter()
        self.modules, self.given, self.classes = tuple(modules), {}, {}
        self._numbers, self._open, self._references = {}, set(), []

    def reject(self, path, reason):
        """Raise a TypeError that names the part of the estimator and the reason."""
        raise TypeError(f"Cannot save {path}: {reason}.")

    def encode(self, value, path):
        """Return the node of a value; `path` names the value in messages and its arrays."""
        kind = type(value)
        if value is None or kind in (bool, int, str):
            return value
        if kind is float:
            return value if math.isfinite(value) else {"kind": "float", "value": repr(value)}
        if kind is list:
            return [self.encode(item, f"{path}/{i}") for i, item in enumerate(value)]
        if kind is tuple or kind is set or kind is frozenset:
            # Sets have no order: sort them, so that equal models give equal bytes.
            items = value if kind is tuple else sorted(value, key=repr)
            return {"kind": kind.__name__, "items": self.encode(list(items), path)}
        if kind is dict:
            pairs = [
                [self.encode(key, f"{path}/key {i}"), self.encode(item, f"{path}/{key}")]
                for i, (key, item) in enumerate(value.items())
            ]
            return {"kind": "dict", "items": pairs}
        if kind is slice:
            ends = [value.start, value.stop, value.step]
            return {"kind": "slice", "items": self.encode(ends, path)}
        if isinstance(value, np.ndarray):
            return self._encode_array(value, path)
        if isinstance(value, np.generic):
            return {"kind": "scalar", "of": self._encode_array(np.asarray(value), path)}
        if isinstance(value, np.dtype):
            return {"kind": "dtype", "of": self._encode_array(np.empty(0, value), path)}
        if isinstance(value, np.ufunc) and value in [getattr(np, name) for name in UFUNCS]:
            return {"kind": "ufunc", "name": value.__name__}
        if isinstance(value, type) and class_name(value, "type"):
            return {"kind": "type", "class": class_name(value, "type")}
        return self._encode_object(value, path)

    def _encode_array(self, array, path):
        if type(array) not in (np.ndarray, np.memmap):
            self.reject(path, f"arrays of the type {type(array).__name__} are not stored")
        if array.dtype.hasobject:
            if array.dtype != object:
                self.reject(path, f"arrays of {array.dtype} are not stored")
            items = self.encode(array.ravel().tolist(), path)
            return {"kind": "objects", "shape": list(array.shape), "items": items}
        if array.dtype.kind not in "biufcSUMmV" or array.dtype.itemsize == 0:
            self.reject(path, f"arrays of {array.dtype!r} are not stored")
        if array.dtype.kind == "V" and not array.dtype.fields:
            self.reject(path, "arrays of raw bytes are not stored")
        return {"kind": "array", **self.arrays.put(array, path)}

    def _encode_object(self, value, path):
        """Return the node of an object, or a reference if the object was stored already."""
        if id(value) in self._numbers:
            return {"kind": "ref", "number": self._numbers[id(value)]}
        if id(value) in self._open:
            self.reject(path, "it contains itself")
        self._open.add(id(value))
        nodes = (encode(value, self, path) for encode in _SPECIAL)
        node = next((node for node in nodes if node is not None), None)
        if node is None:
            node = self._encode_instance(value, path)
        self._open.remove(id(value))
        # Keep a reference: an address that is freed may be reused for the next object.
        self._references.append(value)
        self._numbers[id(value)] = len(self._numbers)
        return node

    def _encode_instance(self, value, path):
        name = class_name(type(value), "object")
        if name is None:
            self.reject(path, _reason_unknown_class(value, path))
        self.classes[name] = None
        if reason := reason_not_stored(name, vars(value)):
            self.reject(path, reason)
        state = drop_rebuilt_attributes(name, dict(vars(value)))
        state.pop("_from_file", None)  # loading sets it
        parameters = [key for key in parameter_names(type(value)) if key in state]
        return {
            "kind": "object",
            "class": name,
            "params": {key: self.encode(state.pop(key), f"{path}/{key}") for key in parameters},
            "fitted": {key: self.encode(item, f"{path}/{key}") for key, item in state.items()},
        }


def parameter_names(cls):
    """Return the parameter names of a constructor."""
    if cls.__init__ is object.__init__:
        return []
    return list(inspect.signature(cls).parameters)


def _reason_unknown_class(value, path):
    kind = f"{type(value).__module__}.{type(value).__qualname__}"
    if path.endswith("/callbacks") or "/callbacks/" in path:
        return "callbacks are not stored; set_params(callbacks=None) before saving"
    if hasattr(value, "best_estimator_"):
        return f"a search ({kind}) is not stored; save its best_estimator_"
    if callable(value) and not hasattr(value, "get_params"):
        return (
            f"functions and classes ({kind}) are not stored, because load_model could not find them"
        )
    if kind.startswith("scipy.sparse"):
        return "sparse arrays are not stored; fit on dense arrays"
    return (
        f"objects of {kind} are not stored. The documentation of sklearn_sn.persistence lists the "
        "classes that can be saved"
    )
