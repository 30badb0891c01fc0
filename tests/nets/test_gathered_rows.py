"""Rows of all processes, of which this test plays two."""

import pytest
import torch
import torch.distributed as dist

from sklearn_sn.nets import Processes
from sklearn_sn.nets._gathered_rows import _as_bytes, gathered_rows


def values(n, start=0.0):
    numbers = torch.arange(n) + start
    return {
        "pair": (numbers[:, None] * torch.tensor([1.0, 10.0]), numbers.to(torch.bfloat16)),
        "label": numbers.long(),
        "mask": numbers > 1,
        "wide": numbers.double()[:, None, None].expand(n, 2, 3),
        "scale": torch.tensor(3.0),
        "none": None,
    }


def flat(nested):
    return [*nested["pair"], nested["label"], nested["mask"], nested["wide"]]


@pytest.fixture
def play(monkeypatch):
    """Return a function that lets process 0 send `own` and process 1 send `other`."""

    def prepare(rank, other):
        def all_gather(parts, rows):
            parts[rank].copy_(rows)
            sent = torch.cat([_as_bytes(tensor) for tensor in flat(other)], dim=1)
            if rows.dtype != torch.uint8:  # the numbers of rows
                parts[1 - rank].fill_(len(sent))
                return
            assert len(rows) >= len(sent)  # padded to the longest
            parts[1 - rank].zero_()
            parts[1 - rank][: len(sent)] = sent

        monkeypatch.setattr(dist, "all_gather", all_gather)

    return prepare


@pytest.mark.parametrize("rank", [0, 1])
def test_rows_of_objects_keep_their_order(play, rank):
    whole = values(5)
    parts = [values(3), values(2)]
    for i, part in enumerate(parts):
        for name in ("label", "mask", "wide"):
            part[name] = whole[name][i::2]
        part["pair"] = tuple(tensor[i::2] for tensor in whole["pair"])
    play(rank, parts[1 - rank])
    found = gathered_rows(parts[rank], Processes(rank, 2), 5)
    for one, other in zip(flat(found), flat(whole), strict=True):
        assert one.dtype == other.dtype
        torch.testing.assert_close(one, other, rtol=0, atol=0)
    assert found["scale"] is parts[rank]["scale"] and found["none"] is None
    assert isinstance(found["pair"], tuple)


@pytest.mark.parametrize("n_own, n_other", [(2, 4), (3, 0), (0, 2)])
def test_other_rows_are_in_the_order_of_the_processes(play, n_own, n_other):
    own, other = values(n_own), values(n_other, start=10.0)
    play(1, other)
    found = gathered_rows(own, Processes(1, 2))
    for one, first, second in zip(flat(found), flat(other), flat(own), strict=True):
        torch.testing.assert_close(one, torch.cat([first, second]), rtol=0, atol=0)


def test_the_gradient_is_that_of_the_own_rows_times_the_processes(play):
    own = {**values(2), "label": torch.tensor([1.0, 2.0], requires_grad=True)}
    play(1, {**values(3), "label": torch.tensor([5.0, 6.0, 7.0])})
    found = gathered_rows(own, Processes(1, 2), 5)["label"]
    assert found.tolist() == [5.0, 1.0, 6.0, 2.0, 7.0]
    (found**2).sum().backward()
    assert own["label"].grad.tolist() == [4.0, 8.0]  # 2 x 2 x value


def test_without_tensors_nothing_is_sent():
    assert gathered_rows((None, {}), Processes(0, 2), 4) == (None, {})
