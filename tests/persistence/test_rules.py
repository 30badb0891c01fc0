"""What would lead compiled code astray is refused before anybody can call it."""

import json

import numpy as np
import pytest
from safetensors.numpy import load, save
from sklearn.base import is_classifier
from sklearn.ensemble import (
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    IsolationForest,
    RandomForestClassifier,
    VotingRegressor,
)
from sklearn.linear_model import Ridge
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC, SVR
from sklearn.tree import DecisionTreeClassifier

from sklearn_sn.persistence import ModelFileError, load_model, save_model
from tests.persistence.tampering import changed, files_of


def model_file(estimator, tmp_path):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(60, 4))
    y = (X[:, 0] > 0).astype(int) + (X[:, 1] > 0)
    save_model(estimator.fit(X, y if is_classifier(estimator) else X[:, 0]), tmp_path / "a")
    return tmp_path / "a"


def with_node(path, **fields):
    """Overwrite fields of the root of the first tree."""
    arrays = {k: v.copy() for k, v in load(files_of(path)["arrays.safetensors"]).items()}
    name = next(
        name
        for name in sorted(arrays)
        # A stump has no branches to bend.
        if name.endswith("/nodes") and len(arrays[name]) > find_records(path, name).itemsize
    )
    nodes = arrays[name].view(find_records(path, name))
    for field, value in fields.items():
        nodes[field][0] = value
    return changed(path, lambda description: None, arrays=save(arrays))


def find_records(path, name):
    def search(node):
        if isinstance(node, dict):
            if node.get("array") == name:
                return node["dtype"]
            node = list(node.values())
        if isinstance(node, list):
            return next((found for item in node if (found := search(item))), None)
        return None

    return np.dtype([tuple(f) for f in search(json.loads(files_of(path)["model.json"]))])


TREES = [
    DecisionTreeClassifier(),
    RandomForestClassifier(2, random_state=0),
    GradientBoostingClassifier(n_estimators=2),
    IsolationForest(n_estimators=2, random_state=0),
]


@pytest.mark.parametrize("estimator", TREES, ids=lambda e: type(e).__name__)
@pytest.mark.parametrize(
    ("fields", "match"),
    [
        ({"left_child": 0}, "child indices out of range"),
        ({"left_child": 10**6}, "child indices out of range"),
        ({"right_child": -5}, "child indices out of range"),
        ({"feature": 4}, "feature indices out of range"),
        ({"feature": -2}, "feature indices out of range"),
    ],
    ids=str,
)
def test_trees_that_lead_out_of_their_memory(estimator, fields, match, tmp_path):
    path = with_node(model_file(estimator, tmp_path), **fields)
    with pytest.raises(ModelFileError, match=match):
        load_model(path)


@pytest.mark.parametrize(
    ("fields", "match"),
    [
        ({"left": 0}, "child indices out of range"),
        ({"right": 2**32 - 1}, "child indices out of range"),
        ({"feature_idx": 4}, "of another table"),
        ({"feature_idx": -1}, "feature indices out of range"),
        ({"is_categorical": 1}, "by categories"),
    ],
    ids=str,
)
def test_histogram_trees_that_lead_out_of_their_memory(fields, match, tmp_path):
    model = HistGradientBoostingClassifier(max_iter=2, min_samples_leaf=3)
    path = with_node(model_file(model, tmp_path), **fields)
    with pytest.raises(ModelFileError, match=match):
        load_model(path)


def fitted_of(description):
    return description["estimator"]["fitted"]


@pytest.mark.parametrize("estimator", [*TREES[:2], HistGradientBoostingClassifier(max_iter=1)])
def test_trees_of_a_wider_table(estimator, tmp_path):
    path = model_file(estimator, tmp_path)
    changed(path, lambda d: fitted_of(d).update(n_features_in_=3))
    with pytest.raises(ModelFileError, match="of another table"):
        load_model(path)


def test_a_first_guess_of_fewer_classes(tmp_path):
    path = model_file(GradientBoostingClassifier(n_estimators=2), tmp_path)
    other = tmp_path / "b"
    X, y = np.zeros((4, 4)), [0, 0, 1, 1]
    save_model(GradientBoostingClassifier(n_estimators=1).fit(X, y), other)
    guess = fitted_of(json.loads(files_of(other)["model.json"]))["init_"]
    arrays = load(files_of(path)["arrays.safetensors"])
    own = load(files_of(other)["arrays.safetensors"])
    prefix = "GradientBoostingClassifier/init_"
    arrays = {k: v for k, v in arrays.items() if not k.startswith(prefix)}
    arrays |= {k: v for k, v in own.items() if k.startswith(prefix)}
    changed(path, lambda d: fitted_of(d).update(init_=guess), arrays=save(arrays))
    with pytest.raises(ModelFileError, match="initial predictions do not fit"):
        load_model(path)


@pytest.mark.parametrize(
    ("key", "value", "match"),
    [
        ("_fit_method", "exec", "unknown search"),
        ("_fit_X", None, "without a table of points"),
        ("_y", None, "targets do not fit"),
    ],
)
def test_neighbours(key, value, match, tmp_path):
    path = model_file(KNeighborsClassifier(), tmp_path)
    changed(path, lambda d: fitted_of(d).update({key: value}))
    with pytest.raises(ModelFileError, match=match):
        load_model(path)


@pytest.mark.parametrize("label", [-1, 3, 10**9])
def test_labels_of_classes_that_there_are_not(label, tmp_path):
    path = model_file(KNeighborsClassifier(algorithm="brute"), tmp_path)
    arrays = {k: v.copy() for k, v in load(files_of(path)["arrays.safetensors"]).items()}
    arrays["KNeighborsClassifier/_y"][5] = label
    changed(path, lambda d: None, arrays=save(arrays))
    with pytest.raises(ModelFileError, match="class labels out of range"):
        load_model(path)


@pytest.mark.parametrize("model", [SVC(), SVR()])
@pytest.mark.parametrize("name", ["support_", "dual_coef_", "_intercept_", "_n_support"])
def test_support_vectors_that_do_not_fit(model, name, tmp_path):
    path = model_file(model, tmp_path)
    kind = type(model).__name__
    arrays = {k: v.copy() for k, v in load(files_of(path)["arrays.safetensors"]).items()}
    cut = arrays[f"{kind}/{name}"][..., :-1].copy()
    arrays[f"{kind}/{name}"] = cut

    def shorten(description):
        # One array may stand under two names.
        for node in fitted_of(description).values():
            if isinstance(node, dict) and node.get("array") == f"{kind}/{name}":
                node["shape"] = list(cut.shape)

    changed(path, shorten, arrays=save(arrays))
    with pytest.raises(ModelFileError, match=f"whose _?{name} does not fit"):
        load_model(path)


def test_support_vectors_that_do_not_add_up(tmp_path):
    path = model_file(SVC(), tmp_path)
    arrays = {k: v.copy() for k, v in load(files_of(path)["arrays.safetensors"]).items()}
    arrays["SVC/_n_support"][0] += 1
    changed(path, lambda d: None, arrays=save(arrays))
    with pytest.raises(ModelFileError, match="do not add up"):
        load_model(path)


def test_a_cache_is_not_taken_from_a_file(tmp_path):
    save_model(make_pipeline(StandardScaler()).fit([[1.0]]), tmp_path / "a")
    changed(tmp_path / "a", lambda d: d["estimator"]["params"].update(memory=str(tmp_path)))
    with pytest.raises(ModelFileError, match="with a cache"):
        load_model(tmp_path / "a")


def test_votes_of_fewer_estimators_than_names(tmp_path):
    path = model_file(VotingRegressor([("a", Ridge()), ("b", Ridge())]), tmp_path)

    def without_the_second(description):
        description["estimator"]["fitted"]["estimators_"].pop()

    with pytest.raises(ModelFileError, match="whose estimators do not fit its names"):
        load_model(changed(path, without_the_second))
