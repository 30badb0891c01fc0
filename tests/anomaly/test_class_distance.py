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
        inverse = np.linalg.inv(ledoit_wolf(inside, assume_centered=True)[0])
        away = new - means[code]
        expected = np.sqrt(np.einsum("ij,jk,ik->i", away, inverse, away))
        found = -model.score_classes(new)[:, code] * model.scales_[0]
        np.testing.assert_allclose(found, expected)


def test_neighbors(data):
    X, y = data
    model = ClassDistanceDetector(method="knn", n_neighbors=3).fit(X, y)
    white = X @ model.whiteners_[0]
    for code in (0, 1):
        away = np.linalg.norm(white[:, None] - white[None, y == code], axis=2)
        expected = np.sort(away, axis=1)[:, 2]
        found = -model.score_classes(X)[:, code] * model.scales_[1]
        np.testing.assert_allclose(found, expected, atol=1e-6)


def test_rotation_and_scale_do_not_matter(data):
    X, y = data
    scores = ClassDistanceDetector(method="mahalanobis").fit(X, y).score_samples(X)
    turned = X @ np.linalg.qr(np.random.default_rng(2).normal(size=(3, 3)))[0]
    again = ClassDistanceDetector(method="mahalanobis").fit(turned, y).score_samples(turned)
    np.testing.assert_allclose(again, scores, rtol=1e-6)
    far = ClassDistanceDetector().fit(1e3 * X, y).score_samples(1e3 * X)
    np.testing.assert_allclose(far, ClassDistanceDetector().fit(X, y).score_samples(X), rtol=1e-6)
