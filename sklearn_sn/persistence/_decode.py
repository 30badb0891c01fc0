"""Decode an estimator from plain JSON values and arrays."""

import inspect

import numpy as np

from sklearn_sn.persistence import _modules, _random, _trees
from sklearn_sn.persistence._arrays import ArrayReader, checked_shape
from sklearn_sn.persistence._classes import UFUNCS, find_class
from sklearn_sn.persistence._encode import parameter_names
from sklearn_sn.persistence._errors import ModelFileError
from sklearn_sn.persistence._rules import rebuild_and_check


class Decoder:
    """Decode the nodes that an :class:`Encoder` wrote.

    Parameters
    ----------
    data : bytes
        Content of the safetensors file.
    modules : dict of str to module, callable or encoder, optional
        Encoders of the user's own, by modality.
    device : str, optional
        Where networks go, whatever they say themselves.

    Attributes
    ----------
    arrays : ArrayReader
    estimators : list of object
        The objects that are being built, innermost last.
    """

    def __init__(self, data, modules=None, device=None):
        self.arrays = ArrayReader(data)
        self._modules, self._device = modules or {}, device
        self._objects, self.estimators = [], []

    def decode(self, node, path):
        """Return the value of a node.

        Raises
        ------
        ModelFileError
            If an :class:`Encoder` does not write such a node.
        """
        if node is None or type(node) in (bool, int, str, float):
            return node
        if type(node) is list:
            return [self.decode(item, f"{path}/{i}") for i, item in enumerate(node)]
        kind = node.get("kind")
        if kind in _PLAIN:
            return _PLAIN[kind](node, self, path)
        if kind not in _OBJECTS:
            raise ModelFileError(f"It contains {path} of the unknown kind {kind!r}.")
        value = _OBJECTS[kind](node, self, path)
        self._objects.append(value)
        return value

    def given(self, modality):
        """Return the encoder that the user passed for a modality."""
        if modality not in self._modules:
            raise ModelFileError(
                f"Its encoder of {modality!r} is a module of somebody's own, which the file holds "
                f"only the weights of: give load_model(..., modules={{{modality!r}: ...}}) the "
                "module, or the class of the encoder, that it was trained with."
            )
        return self._modules[modality]

    def reference(self, number):
        """Return an object that was decoded before."""
        if type(number) is not int or not 0 <= number < len(self._objects):
            raise ModelFileError(f"It refers to the object {number!r}, which does not exist.")
        return self._objects[number]

    def instance(self, node, path):
        """Return an object of an allowed class, with its fitted attributes."""
        cls = find_class(node["class"], "object")
        names = parameter_names(cls)
        former = getattr(cls, "_former_parameters", ())
        for key in node["params"]:
            if key not in names and key not in former:
                raise ModelFileError(
                    f"{node['class']} has no parameter {key!r} in the installed version; load the "
                    "model with the versions that it was saved with (see read_card)."
                )
        params = {k: self.decode(v, f"{path}/{k}") for k, v in node["params"].items()}
        if former:
            params = cls._upgraded_params(params)
        value = cls(**params)
        self.estimators.append(value)
        for key, item in node["fitted"].items():
            _check_attribute(cls, key)
            vars(value)[key] = self.decode(item, f"{path}/{key}")
        self.estimators.pop()
        if hasattr(cls, "_from_file"):
            # The estimator then warns before it is trained anew.
            value._from_file = True
        if "net_" in node["fitted"]:
            value._restore_net(value.net_, device=self._device)
        rebuild_and_check(node["class"], value)
        return value


def _check_attribute(cls, name):
    """Raise a ModelFileError if an attribute would replace a method or a property."""
    inherited = inspect.getattr_static(cls, name, None)
    shadows = callable(inherited) or hasattr(type(inherited), "__get__")
    if not name.isidentifier() or name.startswith("__") or shadows:
        raise ModelFileError(f"It sets {name!r} of {cls.__name__}, which is no fitted attribute.")


def _float(node, decoder, path):
    if node["value"] not in ("nan", "inf", "-inf"):
        raise ModelFileError(f"It contains {path} with the number {node['value']!r}.")
    return float(node["value"])


def _items(kind):
    return lambda node, decoder, path: kind(decoder.decode(node["items"], path))


def _dict(node, decoder, path):
    return {
        decoder.decode(key, path): decoder.decode(item, f"{path}/{key}")
        for key, item in node["items"]
    }


def _slice(node, decoder, path):
    return slice(*decoder.decode(node["items"], path))


def _array(node, decoder, path):
    return decoder.arrays.get(node)


def _object_array(node, decoder, path):
    items = decoder.decode(node["items"], path)
    shape = checked_shape(node["shape"], len(items))
    array = np.empty(len(items), dtype=object)
    # Assign one by one: numpy would turn lists of equal length into a two-dimensional array.
    for i, item in enumerate(items):
        array[i] = item
    return array.reshape(shape)


def _scalar(node, decoder, path):
    return decoder.decode(node["of"], path)[()]


def _type(node, decoder, path):
    return find_class(node["class"], "type")


def _ufunc(node, decoder, path):
    if node["name"] not in UFUNCS:
        raise ModelFileError(
            f"It contains {path} with the function {node['name']!r}, which is not allowed."
        )
    return getattr(np, node["name"])


_PLAIN = {
    "float": _float,
    "tuple": _items(tuple),
    "set": _items(set),
    "frozenset": _items(frozenset),
    "dict": _dict,
    "slice": _slice,
    "array": _array,
    "objects": _object_array,
    "scalar": _scalar,
    "dtype": lambda node, decoder, path: decoder.decode(node["of"], path).dtype,
    "type": _type,
    "ufunc": _ufunc,
    "ref": lambda node, decoder, path: decoder.reference(node["number"]),
}
# Objects are numbered in this order, so that a "ref" can refer to them.
_OBJECTS = {
    "object": lambda node, decoder, path: decoder.instance(node, path),
    **_random.DECODERS,
    **_trees.DECODERS,
    **_modules.DECODERS,
}
