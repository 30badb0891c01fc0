"""Trees and losses of scikit-learn, piece by piece."""

import numpy as np
import pytest
from sklearn._loss import loss
from sklearn.tree import DecisionTreeClassifier

from sklearn_sn.persistence import ModelFileError
from sklearn_sn.persistence._decode import Decoder
from tests.persistence.tampering import described


@pytest.fixture
def tree():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(80, 3))
    X[::9, 0] = np.nan
    return DecisionTreeClassifier().fit(X, X[:, 1] > 0.5 * X[:, 2]).tree_


def test_a_tree_is_the_same_in_every_field(tree):
    node, data = described(tree)
    found = Decoder(data).decode(node, "x")
    assert found.__reduce__()[1][0] == 3
    state, other = tree.__getstate__(), found.__getstate__()
    for name in state["nodes"].dtype.names:
        np.testing.assert_array_equal(other["nodes"][name], state["nodes"][name])
    np.testing.assert_array_equal(other["values"], state["values"])
    assert (other["max_depth"], other["node_count"]) == (state["max_depth"], state["node_count"])


@pytest.mark.parametrize(
    ("changes", "match"),
    [
        ({"n_classes": [3]}, "values do not fit"),
        ({"n_classes": []}, "without outputs"),
        ({"n_classes": [0]}, "without outputs"),
        ({"n_outputs": 2}, "without outputs"),
        ({"n_outputs": 2**40}, "size out of range"),
        ({"max_depth": -1}, "size out of range"),
        ({"n_features": 1}, "feature indices out of range"),
        ({"n_features": True}, "size out of range"),
    ],
    ids=str,
)
def test_sizes_that_do_not_fit(tree, changes, match):
    node, data = described(tree)
    with pytest.raises(ModelFileError, match=match):
        Decoder(data).decode(node | changes, "x")


def test_trees_of_another_scikit_learn(tree):
    node, _ = described(tree)
    nodes = np.zeros(3, dtype=[("left_child", "<i8"), ("something_new", "<f8")])
    other, data = described(nodes)
    with pytest.raises(ModelFileError, match="load it with the version"):
        Decoder(data).decode(node | {"nodes": other}, "x")


@pytest.mark.parametrize(
    "made",
    [
        loss.HalfSquaredError(),
        loss.HalfBinomialLoss(),
        loss.HalfMultinomialLoss(n_classes=5),
        loss.PinballLoss(quantile=0.3),
        loss.HuberLoss(quantile=0.8, delta=0.25),
    ],
    ids=lambda value: type(value).__name__,
)
def test_losses(made):
    node, data = described(made)
    found = Decoder(data).decode(node, "x")
    assert type(found) is type(made)
    assert found.n_classes == made.n_classes
    for name in ("quantile", "delta"):
        assert getattr(found.closs, name, None) == getattr(made.closs, name, None)
