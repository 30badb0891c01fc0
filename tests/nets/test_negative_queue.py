"""The queue of embeddings of earlier batches."""

import numpy as np
import torch

from sklearn_sn.nets import NegativeQueue


def batch(first, n=3, **lacking):
    """Objects first, first + 1, ...; their embeddings hold their number."""
    ids = np.arange(first, first + n)
    embeddings, present = {}, {}
    for k, name in enumerate(("image", "spectrum")):
        embeddings[name] = torch.tensor(ids, dtype=torch.float32)[:, None] + torch.tensor([0, k])
        present[name] = torch.ones(n, dtype=torch.bool)
        present[name][lacking.get(name, [])] = False
    return ids, embeddings, present


def test_oldest_objects_leave_first():
    queue = NegativeQueue(5)
    assert len(queue) == 0 and queue.negatives(np.arange(3)) is None
    sizes = []
    for first in (0, 3, 6):
        queue.append(*batch(first))
        sizes.append(len(queue))
    assert sizes == [3, 5, 5]
    np.testing.assert_array_equal(queue.object_ids, [4, 5, 6, 7, 8])
    for name, z in queue.embeddings.items():
        assert z[:, 0].tolist() == [4, 5, 6, 7, 8]
        assert queue.present[name].all() and len(queue.present[name]) == 5
    assert (queue.embeddings["spectrum"] - queue.embeddings["image"]).tolist() == [[0, 1]] * 5


def test_a_batch_larger_than_the_queue():
    queue = NegativeQueue(2)
    queue.append(*batch(0, n=7))
    assert queue.object_ids.tolist() == [5, 6]


def test_only_pairs_are_kept_and_without_gradients():
    queue = NegativeQueue(9)
    ids, embeddings, present = batch(0, n=4, spectrum=[1], image=[2])
    embeddings = {name: z.requires_grad_() for name, z in embeddings.items()}
    queue.append(ids, embeddings, present)
    assert queue.object_ids.tolist() == [0, 3]
    assert not any(z.requires_grad for z in queue.embeddings.values())


def test_a_modality_that_a_batch_lacks():
    queue = NegativeQueue(9)
    for first, extra in ((0, False), (2, True), (4, False)):
        ids, embeddings, present = batch(first, n=2)
        if extra:
            embeddings["metadata"], present["metadata"] = torch.ones(2, 2), torch.tensor([1, 0]) > 0
        queue.append(ids, embeddings, present)
    assert queue.present["metadata"].tolist() == [False, False, True, False, False, False]
    assert queue.embeddings["metadata"].shape == (6, 2)
    assert queue.present["image"].all()


def test_objects_of_the_batch_are_marked():
    queue = NegativeQueue(9)
    queue.append(*batch(0))
    negatives = queue.negatives(np.array([5, 1]))
    assert negatives.is_same.tolist() == [[False] * 3, [False, True, False]]
    queue.clear()
    assert len(queue) == 0 and queue.embeddings == {} == queue.present
