"""Laws of all detectors."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

from sklearn_sn.anomaly import ClassDistanceDetector, MultiClassIsolationForest

DETECTORS = [
    MultiClassIsolationForest(n_estimators=20, random_state=0),
    ClassDistanceDetector(),
    ClassDistanceDetector(method="mahalanobis", covariance="class"),
    ClassDistanceDetector(method="knn"),
]
every = pytest.mark.parametrize("detector", DETECTORS, ids=str)


@pytest.fixture
def blobs():
    """Three classes, one rare and flat, with a constant feature, and outliers between them."""
    rng = np.random.default_rng(0)
    centers = np.array([[0, 0, 0, 0], [8, 0, 0, 0], [0, 8, 0, 0.0]])
    y = np.repeat([0, 1, 2], [400, 300, 30])
    X = centers[y] + rng.normal(size=(730, 4))
    odd = np.array([4.0, 4.0, 0, 0]) + 0.8 * rng.normal(size=(60, 4))
    X[:, 3], odd[:, 3] = 0.0, 0.0
    return X, np.array(["SN Ia", "SN II", "SN Ib/c"])[y], odd


@parametrize_with_checks(DETECTORS)
def test_scikit_learn_checks_them(estimator, check):
    check(estimator)


@every
def test_what_is_between_the_classes_is_found(detector, blobs):
    X, y, odd = blobs
    train = np.arange(len(X)) % 2 == 0
    model = clone(detector).fit(X[train], y[train])
    scores = model.score_samples(np.concatenate([X[~train], odd]))
    auroc = roc_auc_score(np.r_[np.ones((~train).sum()), np.zeros(60)], scores)
    assert auroc > (0.8 if isinstance(detector, MultiClassIsolationForest) else 0.95), auroc


@every
def test_score_is_that_of_the_best_class(detector, blobs):
    X, y, _ = blobs
    model = clone(detector).fit(X, y)
    by_class = model.score_classes(X)
    np.testing.assert_array_equal(by_class.max(axis=1), model.score_samples(X))
    assert (model.classes_[by_class.argmax(axis=1)] == y).mean() > 0.9
    np.testing.assert_allclose(model.decision_function(X), model.score_samples(X) - model.offset_)


@every
@pytest.mark.parametrize("contamination", [0.02, 0.2])
def test_contamination_is_the_share_of_outliers(detector, blobs, contamination):
    X, y, _ = blobs
    model = clone(detector).set_params(contamination=contamination).fit(X, y)
    assert (model.predict(X) == -1).mean() == pytest.approx(contamination, abs=0.01)


@every
def test_a_class_of_one_sample(detector, blobs):
    X, y, _ = blobs
    model = clone(detector).fit(X[:401], y[:401])
    assert np.isfinite(model.score_samples(X)).all()


@every
def test_at_the_end_of_a_pipeline(detector, blobs):
    X, y, odd = blobs
    pipe = make_pipeline(StandardScaler(), clone(detector)).fit(X, y)
    assert pipe.decision_function(odd).mean() < pipe.decision_function(X).mean()
    assert set(pipe.predict(X)) <= {-1, 1}


def test_labels_must_fit(blobs):
    X, y, _ = blobs
    with pytest.raises(ValueError, match="730 samples and 5 labels"):
        ClassDistanceDetector().fit(X, y[:5])


@pytest.mark.parametrize("detector", [MultiClassIsolationForest, ClassDistanceDetector])
def test_fit_predict_uses_the_classes(detector):
    rng = np.random.default_rng(0)
    X = np.concatenate([rng.normal(size=(300, 2)), rng.normal(8, 1, (30, 2))])
    y = np.repeat(["a", "b"], [300, 30])
    params = {"random_state": 0} if detector is MultiClassIsolationForest else {}
    model = detector(contamination=0.05, **params)
    found = model.fit_predict(X, y)
    assert model.classes_.tolist() == ["a", "b"]
    np.testing.assert_array_equal(found, model.fit(X, y).predict(X))


def test_a_small_fraction_of_a_rare_class_is_one_sample():
    X = np.random.default_rng(0).normal(size=(330, 2))
    y = np.repeat(["a", "b"], [300, 30])
    model = MultiClassIsolationForest(max_samples=0.01, n_estimators=5, random_state=0)
    assert np.isfinite(model.fit(X, y).score_samples(X)).all()
