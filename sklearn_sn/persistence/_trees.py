"""Serialise scikit-learn trees and boosting losses as arrays."""

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
    """Return the node of a tree, a histogram predictor or a loss; None for other objects."""
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
        params = {}
        for key in _LOSSES[name]:
            # Some parameters are attributes of the compiled loss only.
            setting = getattr(value, key, getattr(value.closs, key, None))
            params[key] = encoder.encode(setting, f"{path}/{key}")
        return {"kind": "loss", "loss": name, **params}
    return None


def _decode_tree(node, decoder, path):
    from sklearn.tree._tree import NODE_DTYPE, Tree

    nodes = _records(decoder.arrays.get(node["nodes"]), NODE_DTYPE)
    values = decoder.arrays.get(node["values"])
    n_features, n_outputs, depth = node["n_features"], node["n_outputs"], node["max_depth"]
    n_classes = node["n_classes"]
    for number in (n_features, n_outputs, depth, *n_classes):
        if type(number) is not int or not 0 <= number < 2**31:
            raise ModelFileError("It contains a tree with a size out of range.")
    if len(n_classes) != n_outputs or not n_outputs or min(n_classes) < 1:
        raise ModelFileError("It contains a tree without outputs.")
    if values.dtype != np.float64 or values.shape != (len(nodes), n_outputs, max(n_classes)):
        raise ModelFileError("It contains a tree whose values do not fit its nodes.")
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
    # The predictor does not store the number of features: `_rules` checks it in the estimator.
    _check_links(left, right, nodes["feature_idx"], leaf, 2**31)
    if nodes["is_categorical"].any():
        raise ModelFileError("It contains boosting that splits by categories, which is not stored.")
    return TreePredictor(nodes, *(np.zeros((0, 8), dtype=np.uint32) for _ in range(2)))


def _decode_loss(node, decoder, path):
    from sklearn._loss import loss

    name = node["loss"]
    if name not in _LOSSES:
        raise ModelFileError(f"It contains the loss {name!r}, which loading does not build.")
    params = {key: decoder.decode(node[key], path) for key in _LOSSES[name]}
    params = {key: value for key, value in params.items() if value is not None}
    return getattr(loss, name)(**params)


def _records(array, dtype):
    """Return packed records in the memory layout of the installed scikit-learn."""
    if array.ndim != 1 or not len(array) or set(array.dtype.names or ()) != set(dtype.names):
        raise ModelFileError(
            "It contains a tree that the installed scikit-learn cannot read: load it with the "
            "version that it was saved with (see read_card)."
        )
    out = np.zeros(len(array), dtype=dtype)
    for name in dtype.names:
        out[name] = array[name]
    return out


def _check_links(left, right, feature, leaf, n_features):
    """Raise a ModelFileError if a tree has invalid child or feature indices.

    scikit-learn follows these indices in C without a check. Children must come after their parent,
    so that every path ends in a leaf.
    """
    n_nodes, index = len(left), np.arange(len(left))
    inner = ~leaf
    for child in (left, right):
        if not ((child > index) & (child < n_nodes))[inner].all():
            raise ModelFileError("It contains a tree with child indices out of range.")
    if not ((feature >= 0) & (feature < n_features))[inner].all():
        raise ModelFileError("It contains a tree with feature indices out of range.")


DECODERS = {"tree": _decode_tree, "predictor": _decode_predictor, "loss": _decode_loss}
