"""Search by faiss equals the exact search."""

import sys

import numpy as np
import pytest
from sklearn.neighbors import NearestNeighbors

from sklearn_sn.cross_modal._faiss_search import FaissNeighbors, has_faiss

METRICS = ("cosine", "euclidean")


def codes(n, seed, n_features=12):
    return np.random.default_rng(seed).normal(size=(n, n_features)).astype(np.float32)


def test_without_faiss_the_error_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "faiss", None)
    assert not has_faiss()
    with pytest.raises(ImportError, match=r"sklearn-sn\[faiss\].*algorithm='exact'"):
        FaissNeighbors.from_codes(codes(5, 0), "cosine")


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("k", [1, 7, 300])
def test_it_equals_the_exact_search(metric, k):
    pytest.importorskip("faiss")
    gallery, queries = codes(300, 0), codes(40, 1)
    expected = NearestNeighbors(metric=metric).fit(gallery.astype(float))
    search = FaissNeighbors.from_codes(gallery, metric)
    distance, indices = search.kneighbors(queries, k)
    exact_distance, exact = expected.kneighbors(queries.astype(float), k)
    np.testing.assert_array_equal(indices, exact)
    np.testing.assert_allclose(distance, exact_distance, atol=1e-6)
    np.testing.assert_array_equal(search.kneighbors(queries, k, return_distance=False), exact)


@pytest.mark.parametrize("metric", METRICS)
def test_a_query_does_not_depend_on_the_others(metric):
    pytest.importorskip("faiss")
    # Small differences: single precision alone confuses the order.
    gallery = 1.0 + 1e-4 * codes(200, 0)
    queries = 1.0 + 1e-4 * codes(50, 1)
    search = FaissNeighbors.from_codes(gallery, metric)
    together = search.kneighbors(queries, 5)
    for row in (0, 31):
        alone = search.kneighbors(queries[[row]], 5)
        np.testing.assert_array_equal(alone[0][0], together[0][row])
        np.testing.assert_array_equal(alone[1][0], together[1][row])


def test_a_gallery_object_finds_itself_at_distance_zero():
    pytest.importorskip("faiss")
    gallery = codes(100, 0)
    distance, indices = FaissNeighbors.from_codes(gallery, "euclidean").kneighbors(gallery, 1)
    np.testing.assert_array_equal(indices[:, 0], np.arange(100))
    np.testing.assert_array_equal(distance, 0.0)


@pytest.mark.parametrize("k", [0, 6])
def test_more_neighbours_than_objects(k):
    pytest.importorskip("faiss")
    search = FaissNeighbors.from_codes(codes(5, 0), "cosine")
    with pytest.raises(ValueError, match=f"<= 5, the size of the gallery. Got n_neighbors={k}"):
        search.kneighbors(codes(2, 1), k)
