"""Estimators come back as they were."""

import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal
from sklearn.base import clone, is_classifier
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor
from sklearn.decomposition import PCA, TruncatedSVD
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.ensemble import (
    ExtraTreesClassifier,
    ExtraTreesRegressor,
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.exceptions import NotFittedError
from sklearn.frozen import FrozenEstimator
from sklearn.impute import SimpleImputer
from sklearn.linear_model import (
    BayesianRidge,
    ElasticNet,
    HuberRegressor,
    Lasso,
    LinearRegression,
    LogisticRegression,
    LogisticRegressionCV,
    Ridge,
    RidgeClassifier,
    RidgeCV,
)
from sklearn.model_selection import GridSearchCV
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor, NearestNeighbors
from sklearn.pipeline import FeatureUnion, Pipeline, make_pipeline
from sklearn.preprocessing import (
    FunctionTransformer,
    MaxAbsScaler,
    MinMaxScaler,
    Normalizer,
    OneHotEncoder,
    OrdinalEncoder,
    PowerTransformer,
    QuantileTransformer,
    RobustScaler,
    StandardScaler,
)
from sklearn.svm import SVC, SVR, LinearSVC, LinearSVR
from sklearn.tree import DecisionTreeClassifier, ExtraTreeRegressor

from sklearn_sn.persistence import load_model, read_card, save_model
from sklearn_sn.preprocessing import SpectrumResampler
from tests.persistence.tampering import files_of

FEW = {"n_estimators": 4, "random_state": 0}
HEADS = [
    KNeighborsClassifier(),
    KNeighborsClassifier(algorithm="brute", weights="distance"),
    KNeighborsClassifier(algorithm="ball_tree", metric="manhattan", leaf_size=5),
    KNeighborsClassifier(metric="cosine"),
    KNeighborsRegressor(p=3),
    LogisticRegression(),
    LogisticRegressionCV(
        cv=2, Cs=2, l1_ratios=(0.0,), use_legacy_attributes=False, scoring="neg_log_loss"
    ),
    RidgeClassifier(),
    LinearRegression(),
    Ridge(),
    RidgeCV(),
    Lasso(),
    ElasticNet(),
    HuberRegressor(),
    BayesianRidge(),
    LinearSVC(),
    LinearSVR(),
    SVC(),
    SVC(kernel="poly", class_weight="balanced", decision_function_shape="ovo"),
    SVR(),
    GaussianNB(),
    LinearDiscriminantAnalysis(),
    DummyClassifier(),
    DummyRegressor(),
    DecisionTreeClassifier(ccp_alpha=0.01),
    ExtraTreeRegressor(max_leaf_nodes=9),
    RandomForestClassifier(**FEW),
    RandomForestRegressor(**FEW),
    ExtraTreesClassifier(**FEW),
    ExtraTreesRegressor(**FEW, bootstrap=True, oob_score=False),
    GradientBoostingClassifier(**FEW),
    GradientBoostingClassifier(n_estimators=3, random_state=np.random.RandomState(3)),
    GradientBoostingClassifier(**FEW, init="zero"),
    GradientBoostingRegressor(**FEW, loss="huber"),
    GradientBoostingRegressor(**FEW, loss="quantile", alpha=0.8),
    GradientBoostingRegressor(**FEW, init=Ridge()),
    HistGradientBoostingClassifier(max_iter=4),
    HistGradientBoostingClassifier(max_iter=3, early_stopping=True, scoring="accuracy"),
    HistGradientBoostingRegressor(max_iter=4, loss="quantile", quantile=0.3),
    HistGradientBoostingRegressor(max_iter=3, loss="gamma", max_features=0.5, random_state=1),
    TransformedTargetRegressor(Ridge(), transformer=StandardScaler()),
]
STEPS = [
    StandardScaler(),
    StandardScaler().set_output(transform="pandas"),
    MinMaxScaler(),
    MaxAbsScaler(),
    RobustScaler(),
    Normalizer(),
    PowerTransformer(),
    QuantileTransformer(n_quantiles=20),
    SimpleImputer(add_indicator=True),
    PCA(3),
    PCA(2, whiten=True, svd_solver="randomized", random_state=0),
    TruncatedSVD(2),
    NearestNeighbors(),
    FunctionTransformer(),
    FeatureUnion([("pca", PCA(2)), ("same", "passthrough"), ("scaled", MinMaxScaler())]),
]


def points(seed=0, n=120):
    """A table of numbers with classes (of text) and targets, both learnable."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, 5))
    X[rng.random(n) < 0.3, 0] += 3.0
    code = (X[:, 0] > 1).astype(int) + (X[:, 1] > 0)
    return X, np.array(["SN Ia", "SN II", "SLSN"])[code], np.exp(X[:, 0] / 3) + 0.1 * X[:, 1] ** 2


def back(estimator, tmp_path, **params):
    save_model(estimator, tmp_path / "a.snmodel")
    return load_model(tmp_path / "a.snmodel", **params)


def answers(estimator, X):
    """Everything that an estimator says of a table."""
    out = {}
    for method in ("predict", "predict_proba", "decision_function", "transform", "kneighbors"):
        if hasattr(estimator, method):
            result = getattr(estimator, method)(X)
            for i, part in enumerate(result if isinstance(result, tuple) else [result]):
                out[method, i] = part
    return out


def assert_equal_answers(estimator, other, X):
    expected, found = answers(estimator, X), answers(other, X)
    assert expected
    assert expected.keys() == found.keys()
    for name, values in expected.items():
        assert type(found[name]) is type(values)
        assert_array_equal(found[name], values)
        assert np.asarray(found[name]).dtype == np.asarray(values).dtype


def assert_equal_parameters(estimator, other):
    assert repr(estimator.get_params(deep=False).keys()) == repr(
        other.get_params(deep=False).keys()
    )
    for name, value in estimator.get_params().items():
        found = other.get_params()[name]
        assert type(found) is type(value), name
        if not hasattr(value, "get_params") and "RandomState" not in repr(value):
            assert repr(found) == repr(value), name


@pytest.mark.parametrize("head", HEADS, ids=lambda e: str(e).replace(" ", "")[:50])
def test_heads_answer_the_same(head, tmp_path):
    X, classes, numbers = points()
    model = clone(head).fit(X, classes if is_classifier(head) else numbers)
    loaded = back(model, tmp_path)
    assert_equal_answers(model, loaded, points(1)[0])
    assert_equal_parameters(model, loaded)
    # What a scorer leaves behind in histogram boosting is a method, and no state.
    assert vars(loaded).keys() | {"_raw_predict"} == vars(model).keys() | {"_raw_predict"}


@pytest.mark.parametrize("step", STEPS, ids=lambda e: str(e).replace(" ", "")[:50])
def test_steps_answer_the_same(step, tmp_path):
    X, _, _ = points()
    X[::7, 2] = np.nan if isinstance(step, SimpleImputer) else 0.0
    model = clone(step).fit(X)
    new = points(1)[0]
    loaded = back(model, tmp_path)
    assert_equal_answers(model, loaded, new)
    assert_equal_parameters(model, loaded)


@pytest.mark.parametrize("data", [np.float32, np.float64])
def test_forests_of_either_precision(data, tmp_path):
    X, classes, _ = points()
    model = make_pipeline(StandardScaler(), RandomForestClassifier(**FEW)).fit(
        X.astype(data), classes
    )
    assert_equal_answers(model, back(model, tmp_path), points(1)[0].astype(data))


@pytest.mark.parametrize(
    "labels",
    [
        np.array([0, 1, 5]),
        np.array([1, 2, 3], dtype=np.int8),
        np.array([False, True, True]),
        np.array(["Ia", "II", "Ib/c"]),
        np.array(["Ia", "II", "Ib/c"], dtype=object),
        np.array([-1.0, 0.0, 1.0]),
    ],
    ids=lambda a: str(a.dtype),
)
@pytest.mark.parametrize("head", [KNeighborsClassifier(), LogisticRegression()])
def test_classes_keep_their_type(head, labels, tmp_path):
    X, classes, _ = points()
    y = labels[np.unique(classes, return_inverse=True)[1]]
    model = clone(head).fit(X, y)
    loaded = back(model, tmp_path)
    assert loaded.classes_.dtype == model.classes_.dtype
    assert [type(c) for c in loaded.classes_] == [type(c) for c in model.classes_]
    assert_equal_answers(model, loaded, X)


def test_column_transformer(tmp_path):
    X, classes, _ = points()
    table = pd.DataFrame(X, columns=list("abcde")).assign(survey=np.tile(["ZTF", "DES"], 60))
    model = make_pipeline(
        ColumnTransformer(
            [
                ("scaled", StandardScaler(), ["a", "b"]),
                ("codes", OneHotEncoder(sparse_output=False), ["survey"]),
                ("order", OrdinalEncoder(dtype=np.float32), ["survey"]),
                ("none", "drop", ["e"]),
            ],
            remainder="passthrough",
        ),
        LogisticRegression(max_iter=500),
    ).fit(table, classes)
    loaded = back(model, tmp_path)
    assert_equal_answers(model, loaded, table)
    assert_array_equal(loaded[0].get_feature_names_out(), model[0].get_feature_names_out())


def test_column_transformer_over_modalities(embedder, supernovae, tmp_path):
    X, y = supernovae
    columns = ColumnTransformer(
        [
            ("embedding", embedder, ["light_curve", "spectrum"]),
            ("redshift", StandardScaler(), ["redshift"]),
        ]
    )
    model = Pipeline([("columns", columns), ("knn", KNeighborsClassifier())]).fit(X, y)
    loaded = back(model, tmp_path)
    assert_array_equal(loaded.predict_proba(X), model.predict_proba(X))


def test_frozen_estimator(tmp_path):
    X, classes, _ = points()
    model = FrozenEstimator(GaussianNB().fit(X, classes))
    assert_equal_answers(model, back(model, tmp_path), X)


def test_spectra_into_a_head(supernovae, tmp_path):
    X, y = supernovae
    model = make_pipeline(
        SpectrumResampler((4000, 8000), n_bins=40), SimpleImputer(), PCA(4), SVC()
    ).fit(X, y)
    assert_array_equal(back(model, tmp_path).predict(X), model.predict(X))


def test_another_process_answers_the_same(fitted, supernovae, tmp_path):
    X, y = supernovae
    model = make_pipeline(FrozenEstimator(fitted), HistGradientBoostingClassifier(max_iter=3))
    model.fit(X, y)
    save_model(model, tmp_path / "a.snmodel")
    np.save(tmp_path / "expected.npy", model.predict_proba(X))
    np.save(tmp_path / "embedding.npy", fitted.transform(X))
    code = f"""
import numpy as np
from sklearn_sn.datasets import make_supernovae
from sklearn_sn.persistence import load_model
X, y = make_supernovae(60, random_state=0)
model = load_model({str(tmp_path / "a.snmodel")!r})
folder = {str(tmp_path)!r}
assert np.array_equal(model.predict_proba(X), np.load(folder + "/expected.npy"))
assert np.array_equal(model[0].transform(X), np.load(folder + "/embedding.npy"))
"""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_loading_leaves_the_global_generators_alone(fitted, tmp_path):
    import torch

    save_model(fitted, tmp_path / "a.snmodel")
    before = np.random.get_state()[1].copy(), torch.get_rng_state()  # noqa: NPY002
    load_model(tmp_path / "a.snmodel")
    assert_array_equal(before[0], np.random.get_state()[1])  # noqa: NPY002
    assert torch.equal(before[1], torch.get_rng_state())


def test_the_same_model_gives_the_same_bytes(fitted, supernovae, tmp_path):
    X, y = supernovae
    heads = [KNeighborsClassifier(), GradientBoostingClassifier(n_estimators=2)]
    union = FeatureUnion([("embedding", FrozenEstimator(fitted))])
    for i, head in enumerate(heads):
        save_model(make_pipeline(union, head).fit(X, y), tmp_path / f"a{i}")
        save_model(load_model(tmp_path / f"a{i}"), tmp_path / f"b{i}")
        assert (tmp_path / f"a{i}").read_bytes() == (tmp_path / f"b{i}").read_bytes()
    save_model(fitted, tmp_path / "a")
    save_model(load_model(tmp_path / "a"), tmp_path / "b")
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_a_loaded_model_can_be_cloned_fitted_and_saved_again(fitted, supernovae, tmp_path):
    X, y = supernovae
    loaded = back(fitted, tmp_path)
    assert_array_equal(clone(loaded).fit(X, y).transform(X), fitted.transform(X))
    save_model(loaded, tmp_path / "again")
    assert_array_equal(load_model(tmp_path / "again").transform(X), fitted.transform(X))


def test_nothing_but_neighbours_and_vectors_holds_the_rows(fitted, supernovae, tmp_path):
    X, _ = supernovae
    save_model(fitted, tmp_path / "a")
    for data in files_of(tmp_path / "a").values():
        for text in (str(X.index[7]), str(Path.home()), str(tmp_path)):
            assert text.encode() not in data
    X, classes, _ = points()
    save_model(KNeighborsClassifier().fit(X, classes), tmp_path / "b")
    assert any("KNeighborsClassifier" in limit for limit in read_card(tmp_path / "b")["limits"])


def test_not_fitted(embedder, tmp_path):
    for estimator in (embedder, make_pipeline(StandardScaler(), SVC())):
        with pytest.raises(NotFittedError):
            save_model(estimator, tmp_path / "a")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("thing", [3, {"a": 1}, StandardScaler])
def test_only_estimators_are_saved(thing, tmp_path):
    with pytest.raises(TypeError, match="Only estimators can be saved"):
        save_model(thing, tmp_path / "a")


def test_refusals_name_the_part_and_the_remedy(tmp_path):
    X, classes, _ = points()
    search = GridSearchCV(KNeighborsClassifier(), {"n_neighbors": [3, 5]}, cv=2).fit(X, classes)
    with pytest.raises(TypeError, match=r"Cannot save GridSearchCV: .* best_estimator_"):
        save_model(search, tmp_path / "a")
    model = make_pipeline(StandardScaler(), FunctionTransformer(np.sqrt, validate=False))
    with pytest.raises(TypeError, match=r"Pipeline/steps/1/1/func: functions and classes"):
        save_model(model.set_params(functiontransformer__func=abs).fit(X), tmp_path / "a")
    model = Pipeline([("scale", StandardScaler())], memory=str(tmp_path)).fit(X)
    with pytest.raises(TypeError, match="memory=None"):
        save_model(model, tmp_path / "a")
    table = pd.DataFrame({"a": X[:, 0], "b": pd.Categorical(np.arange(120) % 3)})
    model = HistGradientBoostingClassifier(max_iter=2).fit(table, classes)
    with pytest.raises(TypeError, match="OrdinalEncoder"):
        save_model(model, tmp_path / "a")
    with pytest.raises(TypeError, match="precomputed kernel"):
        save_model(SVC(kernel="precomputed").fit(X @ X.T, classes), tmp_path / "a")

    class Own(StandardScaler):
        pass

    with pytest.raises(TypeError, match=r"Cannot save Own: objects of .*Own"):
        save_model(Own().fit(X), tmp_path / "a")
    assert not (tmp_path / "a").exists()


def test_text_and_path_objects(tmp_path):
    X, _, _ = points()
    for path in (str(tmp_path / "ä b.snmodel"), tmp_path / "ä c"):
        save_model(StandardScaler().fit(X), path)
        assert_array_equal(load_model(path).mean_, X.mean(axis=0))
        assert read_card(path)["estimator"] == "StandardScaler"


def test_other_versions_warn(tmp_path, monkeypatch):
    from sklearn_sn.persistence import ModelVersionWarning, _model

    monkeypatch.setattr(
        _model, "installed_versions", lambda classes: {"scikit-learn": "1.2.9", "numpy": "2.4.0"}
    )
    save_model(StandardScaler().fit(points()[0]), tmp_path / "a")
    monkeypatch.undo()
    with pytest.warns(ModelVersionWarning, match=r"scikit-learn 1\.2\.9 \(here"):
        load_model(tmp_path / "a")


def test_a_file_of_format_version_1_loads():
    path = Path(__file__).parent / "format_1.snmodel"
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "", Warning)
        model = load_model(path)
    X, _, _ = points()
    expected = [[0.13102985, 0.3867209, 0.48224925], [0.36982585, 0.39913103, 0.23104312]]
    np.testing.assert_allclose(model.predict_proba(X[:2]), expected, rtol=1e-6)
