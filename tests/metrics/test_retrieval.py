"""Recall at k, and its treatment of ties."""

import numpy as np
import pytest

from sklearn_sn.metrics import _retrieval, recall_at_k


def brute_force(query, candidates, k, ids, n_draws=4_000):
    """Mean over random tie-breaking, by sorting."""
    rng = np.random.default_rng(0)
    n = len(query)
    similarity = query @ candidates.T
    similarity /= np.linalg.norm(query, axis=1)[:, None] * np.linalg.norm(candidates, axis=1)
    similarity = similarity.round(9)
    hits = 0
    for _ in range(n_draws):
        order = np.lexsort((rng.random((n, n)), -similarity), axis=1)[:, :k]
        hits += (ids[order] == ids[:, None]).any(axis=1).sum()
    return hits / n_draws / n


@pytest.mark.parametrize("k", [1, 3, 5])
@pytest.mark.parametrize("n_ids", [12, 4])
def test_equals_sorting_with_random_ties(k, n_ids):
    rng = np.random.default_rng(1)
    # Few distinct rows: most similarities tie.
    query, candidates = rng.integers(1, 3, (12, 2)) * 1.0, rng.integers(1, 3, (12, 2)) * 1.0
    ids = np.arange(12) % n_ids
    expected = brute_force(query, candidates, k, ids)
    assert recall_at_k(query, candidates, k=k, ids=ids) == pytest.approx(expected, abs=0.01)


@pytest.mark.parametrize("constant", [np.ones(8), np.zeros(8), np.full(8, 1e-300)])
def test_a_constant_embedding_scores_chance(constant):
    collapsed = np.tile(constant, (50, 1))
    np.testing.assert_allclose(recall_at_k(collapsed, collapsed, k=[1, 10, 50]), [0.02, 0.2, 1.0])
    other = np.random.default_rng(0).normal(size=(50, 8))
    assert recall_at_k(collapsed, other, k=10) == pytest.approx(0.2)
    assert recall_at_k(other, collapsed, k=10) == pytest.approx(0.2)


def test_rounding_of_a_constant_embedding_does_not_break_ties():
    rng = np.random.default_rng(0)
    direction = rng.normal(size=64)
    same = rng.uniform(0.1, 10, size=(200, 1)) * direction  # one direction, many lengths
    assert recall_at_k(same, same, k=10) == pytest.approx(0.05)


def test_euclidean_ranks_by_distance():
    rng = np.random.default_rng(3)
    query = rng.normal(size=(40, 5)) + 4.0
    candidates = query + rng.normal(size=(40, 5))
    distance = np.linalg.norm(query[:, None] - candidates[None], axis=-1)
    better = (distance < distance.diagonal()[:, None]).sum(axis=1)
    for k in (1, 5):
        assert recall_at_k(query, candidates, k=k, metric="euclidean") == np.mean(better < k)
    # Length counts, other than for the cosine; a constant embedding scores chance.
    far = candidates * np.linspace(1.0, 9.0, 40)[:, None]
    assert recall_at_k(query, far, k=5, metric="euclidean") < recall_at_k(query, far, k=5)
    same = np.ones((40, 5))
    assert recall_at_k(same, same, k=4, metric="euclidean") == pytest.approx(0.1)


def test_perfect_and_unrelated():
    rng = np.random.default_rng(0)
    query = rng.normal(size=(400, 16))
    assert recall_at_k(query, 3.0 * query, k=1) == 1.0
    assert recall_at_k(query, -query, k=399) == 0.0
    unrelated = recall_at_k(query, rng.normal(size=(400, 16)), k=40)
    assert unrelated == pytest.approx(0.1, abs=0.05)


def test_ids_make_every_row_of_an_object_a_partner():
    query = np.eye(4)
    swapped = query[[1, 0, 3, 2]]
    assert recall_at_k(query, swapped, k=1) == 0.0
    assert recall_at_k(query, swapped, k=1, ids=["a", "a", "b", "b"]) == 1.0


def test_block_size_does_not_change_the_recall(monkeypatch):
    rng = np.random.default_rng(0)
    query = rng.normal(size=(101, 4))
    candidates = query + rng.normal(size=query.shape)
    whole = recall_at_k(query, candidates, k=[1, 5])
    monkeypatch.setattr(_retrieval, "_MAX_SIMILARITIES", 700)
    np.testing.assert_allclose(recall_at_k(query, candidates, k=[1, 5]), whole)
    assert 0.01 < whole[0] < whole[1] < 1.0


def test_order_of_objects_and_scale_do_not_matter():
    rng = np.random.default_rng(0)
    query = rng.normal(size=(60, 4))
    candidates = query + rng.normal(size=query.shape)
    order = rng.permutation(60)
    expected = recall_at_k(query, candidates, k=3)
    assert recall_at_k(query[order], candidates[order], k=3) == pytest.approx(expected)
    assert recall_at_k(1e200 * query, 1e-200 * candidates, k=3) == pytest.approx(expected)


def test_k_beyond_the_number_of_objects_finds_all():
    assert recall_at_k(np.eye(3), -np.eye(3), k=10) == 1.0


def test_returns_a_float_for_an_int_and_an_array_for_a_sequence():
    assert isinstance(recall_at_k(np.eye(3), np.eye(3), k=np.int64(1)), float)
    assert recall_at_k(np.eye(3), np.eye(3), k=(1,)).shape == (1,)


@pytest.mark.parametrize("k", [0, -1, 1.5, "ten", [1, 0], [1.5], []])
def test_names_a_bad_k(k):
    with pytest.raises(ValueError, match="The 'k' parameter of recall_at_k"):
        recall_at_k(np.eye(3), np.eye(3), k=k)


def test_inconsistent_embeddings_are_rejected():
    with pytest.raises(ValueError, match="inconsistent"):
        recall_at_k(np.eye(3), np.eye(4)[:, :3])
    with pytest.raises(ValueError, match="same number of features"):
        recall_at_k(np.eye(3), np.eye(3)[:, :2])
    with pytest.raises(ValueError, match="query contains NaN"):
        recall_at_k(np.full((3, 3), np.nan), np.eye(3))
    with pytest.raises(ValueError, match="inconsistent"):
        recall_at_k(np.eye(3), np.eye(3), ids=["a", "b"])
