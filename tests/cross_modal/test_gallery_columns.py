"""Plain columns of the gallery and their averages over neighbours."""

import numpy as np
import pandas as pd
import pytest
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor

from sklearn_sn.cross_modal._gallery_columns import GalleryColumn, neighbor_weights

ROWS = np.arange(6)
X = pd.DataFrame(
    {
        "redshift": [0.1, 0.2, np.nan, 0.4, np.inf, 0.6],
        "label": pd.Series(["Ia", "II", None, "Ia", "Ic", "Ia"], dtype=object),
        "host": [True, False, True, True, False, True],
        "count": pd.array([1, 2, None, 4, 5, 6], dtype="Int64"),
        "survey": pd.Categorical(["ZTF", "LSST", "ZTF", None, "ZTF", "ZTF"]),
        "empty": [np.nan] * 6,
        "mixed": pd.Series([1, "a", 2, 3, 4, 5], dtype=object),
    }
)
INDICES = np.array([[0, 1, 3], [2, 4, 2], [5, 2, 0]])
WEIGHTS = np.array([[1.0, 0.5, 0.25], [1.0, 1.0, 1.0], [0.5, 9.0, 1.0]])


def column(name, rows=ROWS):
    return GalleryColumn.from_table(X, name, rows)


def test_means_of_known_numbers():
    found = column("redshift").mean(INDICES, WEIGHTS)
    first = (0.1 + 0.5 * 0.2 + 0.25 * 0.4) / 1.75
    prior = np.mean([0.1, 0.2, 0.4, 0.6])  # no neighbour of the second has a redshift
    np.testing.assert_allclose(found, [first, prior, (0.5 * 0.6 + 0.1) / 1.5])
    assert column("count").mean(INDICES[:1], WEIGHTS[:1])[0] == pytest.approx(3.0 / 1.75)


def test_shares_of_known_classes():
    labels = column("label")
    assert labels.classes.tolist() == ["II", "Ia", "Ic"]
    found = labels.proba(INDICES, WEIGHTS)
    np.testing.assert_allclose(found[0], [0.5 / 1.75, 1.25 / 1.75, 0.0])
    np.testing.assert_allclose(found[1], [0.0, 0.0, 1.0])
    np.testing.assert_allclose(found.sum(axis=1), 1.0)
    unknown = labels.proba(np.array([[2, 2]]), np.ones((1, 2)))
    np.testing.assert_allclose(unknown, [[0.2, 0.6, 0.2]])
    assert column("host").classes.tolist() == [False, True]
    assert column("survey").classes.tolist() == ["LSST", "ZTF"]


def test_values_come_back():
    assert column("label").take(INDICES[1]).tolist() == [None, "Ic", None]
    np.testing.assert_array_equal(column("redshift").take(INDICES)[0], [0.1, 0.2, 0.4])
    assert column("label", np.array([3, 1])).take(np.array([0, 1])).tolist() == ["Ia", "II"]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("mass", "names 'mass', which X lacks"),
        ("empty", "'empty' of X has no known value in any of the 6 objects"),
        ("mixed", "'mixed' of X, named by the 'columns' parameter .* one kind of class"),
    ],
)
def test_columns_that_cannot_be_used(name, message):
    with pytest.raises(ValueError, match=message):
        column(name)


@pytest.mark.parametrize("kind", ["distance", "uniform"])
def test_weights_equal_those_of_scikit_learn(kind):
    rng = np.random.default_rng(0)
    gallery, queries = rng.normal(size=(60, 3)), rng.normal(size=(9, 3))
    queries[0] = gallery[7]  # at distance 0
    number, label = rng.normal(size=60), rng.integers(0, 3, 60)
    params = {"n_neighbors": 8, "weights": kind}
    model = KNeighborsRegressor(**params).fit(gallery, number)
    distance, indices = model.kneighbors(queries)
    weights = neighbor_weights(distance, kind)
    table = pd.DataFrame({"number": number, "label": label.astype(str)})
    rows = np.arange(60)
    found = GalleryColumn.from_table(table, "number", rows).mean(indices, weights)
    np.testing.assert_allclose(found, model.predict(queries))
    proba = GalleryColumn.from_table(table, "label", rows).proba(indices, weights)
    expected = KNeighborsClassifier(**params).fit(gallery, label).predict_proba(queries)
    np.testing.assert_allclose(proba, expected, atol=1e-12)


def test_tiny_distances_do_not_overflow():
    weights = neighbor_weights(np.array([[1e-320, 2e-320, 1.0]]), "distance")
    np.testing.assert_allclose(weights, [[1.0, 0.5, 0.0]], atol=1e-3)


@pytest.mark.parametrize("kind", ["distance", "uniform"])
def test_a_neighbor_at_distance_zero_without_a_value_does_not_count(kind):
    distance, indices = np.array([[0.0, 0.1, 0.2], [0.0, 0.0, 0.0]]), np.array([[2, 0, 3], [2] * 3])
    known = column("redshift").is_known(indices)
    weights = neighbor_weights(distance, kind, known)
    found = column("redshift").mean(indices, weights)
    expected = (0.1 + 0.5 * 0.4) / 1.5 if kind == "distance" else 0.25
    np.testing.assert_allclose(found, [expected, np.mean([0.1, 0.2, 0.4, 0.6])])
    shares = column("label").proba(indices[:1], neighbor_weights(distance[:1], kind, known[:1]))
    np.testing.assert_allclose(shares, [[0.0, 1.0, 0.0]])
