"""Trees of scikit-learn and the losses of its boosting, as arrays."""

import numpy as np

from sklearn_sn.persistence._errors import ModelFileError

_LOSSES = {
    "AbsoluteError": (),
    "ExponentialLoss": (),
    "HalfBinomialLoss": (),
    "HalfGammaLoss": (),
    "HalfMultinomialLoss": ("n_classes",),
    "HalfPoissonLoss": (),
    "HalfSquaredError": (),
    "HuberLoss": ("quantile", "delta"),
    "PinballLoss": ("quantile",),
}


def encode_tree(value, encoder, path):
    """Description of a tree, a predictor of histogram boosting, or a loss; else None."""
    module, name = type(value).__module__, type(value).__name__
    if (module, name) == ("sklearn.tree._tree", "Tree"):
        _, (n_features, n_classes, n_outputs), state = value.__reduce__()
        return {
            "kind": "tree",
            "n_features": int(n_features),
            "n_classes": [int(n) for n in n_classes],
            "n_outputs": int(n_outputs),
            "max_depth": int(state["max_depth"]),
            "nodes": encoder.arrays.put(state["nodes"], path + "/nodes"),
            "values": encoder.arrays.put(state["values"], path + "/values"),
        }
    if (module, name) == ("sklearn.ensemble._hist_gradient_boosting.predictor", "TreePredictor"):
        return {
            "kind": "predictor",
            "nodes": encoder.arrays.put(value.nodes, path + "/nodes"),
        }
    if module == "sklearn._loss.loss" and name in _LOSSES:
        own = {}
        for parameter in _LOSSES[name]:
            setting = getattr(value, parameter, getattr(value.closs, parameter, None))
            own[parameter] = encoder.encode(setting, f"{path}/{parameter}")
        return {"kind": "loss", "loss": name, **own}
    return None


def _decode_tree(node, decoder, path):
    from sklearn.tree._tree import NODE_DTYPE, Tree

    nodes = _records(decoder.arrays.get(node["nodes"]), NODE_DTYPE)
    values = decoder.arrays.get(node["values"])
    n_features, n_outputs, depth = node["n_features"], node["n_outputs"], node["max_depth"]
    n_classes = node["n_classes"]
    for number in (n_features, n_outputs, depth, *n_classes):
        if type(number) is not int or not 0 <= number < 2**31:
            raise ModelFileError("It gives a tree with a size out of range.")
    if len(n_classes) != n_outputs or not n_outputs or min(n_classes) < 1:
        raise ModelFileError("It gives a tree without outputs.")
    if values.dtype != np.float64 or values.shape != (len(nodes), n_outputs, max(n_classes)):
        raise ModelFileError("It gives a tree whose values do not fit its nodes.")
    left = nodes["left_child"]
    _check_links(left, nodes["right_child"], nodes["feature"], left == -1, n_features)
    tree = Tree(n_features, np.array(n_classes, dtype=np.intp), n_outputs)
    tree.__setstate__(
        {
            "max_depth": depth,
            "node_count": len(nodes),
            "nodes": nodes,
            "values": np.ascontiguousarray(values),
        }
    )
    return tree


def _decode_predictor(node, decoder, path):
    from sklearn.ensemble._hist_gradient_boosting.common import PREDICTOR_RECORD_DTYPE
    from sklearn.ensemble._hist_gradient_boosting.predictor import TreePredictor

    nodes = _records(decoder.arrays.get(node["nodes"]), PREDICTOR_RECORD_DTYPE)
    leaf = nodes["is_leaf"] != 0
    left, right = nodes["left"].astype(np.int64), nodes["right"].astype(np.int64)
    # How many features there are, the estimator is asked when it is whole.
    _check_links(left, right, nodes["feature_idx"], leaf, 2**31)
    if nodes["is_categorical"].any():
        raise ModelFileError("It gives boosting that splits by categories, which is not stored.")
    return TreePredictor(nodes, *(np.zeros((0, 8), dtype=np.uint32) for _ in range(2)))


def _decode_loss(node, decoder, path):
    from sklearn._loss import loss

    name = node["loss"]
    if name not in _LOSSES:
        raise ModelFileError(f"It asks for the loss {name!r}, which loading does not build.")
    own = {key: decoder.decode(node[key], path) for key in _LOSSES[name]}
    return getattr(loss, name)(**{key: value for key, value in own.items() if value is not None})


def _records(array, dtype):
    """Packed records as scikit-learn lays them out, field by field."""
    if array.ndim != 1 or not len(array) or set(array.dtype.names or ()) != set(dtype.names):
        raise ModelFileError(
            "It gives a tree that is not as the installed scikit-learn has them: load it with the "
            "version that it was saved with (see read_card)."
        )
    out = np.zeros(len(array), dtype=dtype)
    for name in dtype.names:
        out[name] = array[name]
    return out


def _check_links(left, right, feature, leaf, n_features):
    """Every inner node leads to two later ones, so that a way down ends; its feature exists.

    scikit-learn follows these numbers in C, unchecked.
    """
    n, number = len(left), np.arange(len(left))
    inner = ~leaf
    for child in (left, right):
        if not ((child > number) & (child < n))[inner].all():
            raise ModelFileError("It gives a tree whose branches lead nowhere.")
    if not ((feature >= 0) & (feature < n_features))[inner].all():
        raise ModelFileError("It gives a tree that splits by a feature that there is not.")


DECODERS = {"tree": _decode_tree, "predictor": _decode_predictor, "loss": _decode_loss}
