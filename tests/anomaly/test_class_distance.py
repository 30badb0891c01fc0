"""Distances to classes against plain formulas."""

import numpy as np
import pytest
from sklearn.covariance import ledoit_wolf

from sklearn_sn.anomaly import ClassDistanceDetector


@pytest.fixture
def data():
    rng = np.random.default_rng(0)
    y = np.repeat([0, 1], [60, 25])
    spread = np.array([[3.0, 0, 0], [1.0, 0.5, 0], [0, 0, 1]])
    return rng.normal(size=(85, 3)) @ spread + np.array([[0, 0, 0], [5, 5, 5.0]])[y], y


@pytest.mark.parametrize("covariance", ["shared", "class"])
def test_mahalanobis(data, covariance):
    X, y = data
    new = np.random.default_rng(1).normal(size=(7, 3), scale=4.0)
    model = ClassDistanceDetector(method="mahalanobis", covariance=covariance).fit(X, y)
    means = np.stack([X[y == code].mean(axis=0) for code in (0, 1)])
    for code in (0, 1):
        inside = X - means[y] if covariance == "shared" else (X - means[y])[y == code]
        unit = np.sqrt(np.mean(inside**2, axis=0))
        inverse = np.linalg.inv(ledoit_wolf(inside / unit, assume_centered=True)[0])
        away = (new - means[code]) / unit
        expected = np.sqrt(np.einsum("ij,jk,ik->i", away, inverse, away))
        found = -model.score_classes(new)[:, code] * model.scales_[0]
        np.testing.assert_allclose(found, expected)


def test_neighbors(data):
    X, y = data
    model = ClassDistanceDetector(method="knn", n_neighbors=3).fit(X, y)
    white = X @ model.whiteners_[0]
    for code in (0, 1):
        away = np.linalg.norm(white[:, None] - white[None, y == code], axis=2)
        expected = np.sort(away, axis=1)[np.arange(len(X)), np.where(y == code, 3, 2)]
        found = -model.score_classes(X)[:, code] * model.scales_[1]
        np.testing.assert_allclose(found, expected, atol=1e-6)


def test_units_do_not_matter(data):
    X, y = data
    scaled = X * [1e4, 1.0, 1e-5]
    scores = ClassDistanceDetector().fit(X, y).score_samples(X)
    again = ClassDistanceDetector().fit(scaled, y).score_samples(scaled)
    np.testing.assert_allclose(again, scores, rtol=1e-6)
    away = np.array([[0.0, 0.0, 50e-5]])
    for method in ("mahalanobis", "knn", "both"):
        assert ClassDistanceDetector(method=method).fit(scaled, y).predict(away) == -1


def test_one_neighbour_finds_as_many_outliers_among_new_samples():
    X = np.random.default_rng(0).normal(size=(1000, 2))
    model = ClassDistanceDetector(method="knn", n_neighbors=1, contamination=0.05).fit(X[:500])
    assert np.mean(model.predict(X[:500]) < 0) == pytest.approx(0.05, abs=0.005)
    assert 0.02 < np.mean(model.predict(X[500:]) < 0) < 0.1


def test_a_class_of_one_sample_has_no_neighbour_of_its_own(data):
    X, y = data
    alone = ClassDistanceDetector(method="knn").fit(
        np.concatenate([X, [[50.0, 50.0, 50.0]]]), np.append(y, 2)
    )
    assert alone.predict([[50.1, 50.0, 50.0]]) == 1
    assert np.isfinite(alone.offset_)


def test_far_from_the_origin_a_sample_is_not_its_own_neighbour():
    X = np.random.default_rng(0).normal(size=(200, 20))  # so wide that distances are expanded
    near = ClassDistanceDetector(method="knn").fit(X).score_samples(X)
    far = ClassDistanceDetector(method="knn").fit(X + 1e5).score_samples(X + 1e5)
    np.testing.assert_allclose(far, near, rtol=1e-4)
