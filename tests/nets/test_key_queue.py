"""The queue of keys."""

import torch

from sklearn_sn.nets import KeyQueue


def numbers(*values):
    return torch.tensor(values)[:, None]


def contents(queue):
    return dict(zip(queue.objects.tolist(), queue.keys.flatten().tolist(), strict=True))


def test_the_oldest_keys_leave_first():
    queue = KeyQueue(4, 1)
    assert len(queue.keys) == len(queue.objects) == 0  # empty at the start, not random
    queue.push(numbers(0.0, 1.0, 2.0), torch.arange(3))
    assert contents(queue) == {0: 0.0, 1: 1.0, 2: 2.0}
    queue.push(numbers(3.0, 4.0, 5.0), torch.arange(3, 6))
    assert contents(queue) == {2: 2.0, 3: 3.0, 4: 4.0, 5: 5.0}
    queue.push(numbers(6.0), torch.tensor([6]))
    assert contents(queue) == {3: 3.0, 4: 4.0, 5: 5.0, 6: 6.0}


def test_a_batch_larger_than_the_queue_leaves_its_last_keys():
    queue = KeyQueue(2, 1)
    queue.push(numbers(*map(float, range(5))), torch.arange(5))
    assert contents(queue) == {3: 3.0, 4: 4.0}


def test_keys_are_stored_without_their_graph():
    queue = KeyQueue(3, 1)
    keys = numbers(1.0, 2.0).requires_grad_()
    queue.push(keys * 2.0, torch.arange(2))
    assert not queue.keys.requires_grad
    held = queue.keys
    queue.push(numbers(9.0, 9.0, 9.0), torch.arange(3))
    assert held.flatten().tolist() == [2.0, 4.0]  # a graph may still hold them


def test_size_zero_keeps_nothing():
    queue = KeyQueue(0, 2)
    queue.push(torch.ones(3, 2), torch.arange(3))
    assert queue.keys.shape == (0, 2) and queue.objects.shape == (0,)
