"""Every estimator that can be saved answers as before."""

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
    IsolationForest,
    RandomForestClassifier,
    RandomForestRegressor,
    VotingClassifier,
    VotingRegressor,
)
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

from sklearn_sn.anomaly import ClassDistanceDetector, MultiClassIsolationForest
from sklearn_sn.persistence import load_model, save_model
from sklearn_sn.preprocessing import SpectrumResampler

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
    VotingClassifier([("a", GaussianNB()), ("b", "drop"), ("c", LogisticRegression())]),
    VotingClassifier([("a", GaussianNB())], voting="soft", weights=[2.0]),
    VotingRegressor([("a", Ridge()), ("b", SVR())], weights=[1.0, 2.0]),
    HistGradientBoostingClassifier(max_iter=4),
    HistGradientBoostingClassifier(max_iter=3, early_stopping=True, scoring="accuracy"),
    HistGradientBoostingRegressor(max_iter=4, loss="quantile", quantile=0.3),
    HistGradientBoostingRegressor(max_iter=3, loss="gamma", max_features=0.5, random_state=1),
    IsolationForest(**FEW, max_features=3, max_samples=50),
    TransformedTargetRegressor(Ridge(), transformer=StandardScaler()),
    TransformedTargetRegressor(Ridge(), func=np.arcsinh, inverse_func=np.sinh),
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
    FunctionTransformer(np.arcsinh),
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


@pytest.mark.parametrize(
    "detector", [MultiClassIsolationForest(**FEW), ClassDistanceDetector(n_neighbors=3)], ids=str
)
def test_anomaly_detectors(detector, tmp_path):
    X, classes, _ = points()
    model = make_pipeline(StandardScaler(), clone(detector)).fit(X, classes)
    loaded = back(model, tmp_path)
    assert_equal_answers(model, loaded, points(1)[0])
    assert_equal_parameters(model, loaded)


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
