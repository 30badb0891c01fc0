"""The processes of torchrun; tests/nets/test_parallel_training.py has two of them."""

import numpy as np
import pytest
import torch
import torch.distributed as dist

import sklearn_sn
from sklearn_sn.nets import Processes, current_processes, data_parallel, from_first_process
from sklearn_sn.nets._data_parallel import _local_device
from tests.nets.toy import toy_dataset, toy_net


def test_it_is_at_the_top():
    assert sklearn_sn.data_parallel is data_parallel


@pytest.mark.parametrize("environment", [{}, {"RANK": "0", "WORLD_SIZE": "1"}, {"WORLD_SIZE": "4"}])
def test_one_process_trains_as_without(monkeypatch, environment):
    for name in ("RANK", "WORLD_SIZE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    nets = [toy_net(), toy_net()]
    nets[0].partial_fit(toy_dataset())
    with data_parallel() as processes:
        assert processes == Processes(0, 1) and processes.is_first
        assert current_processes() is None and not dist.is_initialized()
        assert from_first_process("value") == "value"
        nets[1].partial_fit(toy_dataset())
    for one, other in zip(*(net.module_.parameters() for net in nets), strict=True):
        torch.testing.assert_close(one, other, rtol=0, atol=0)


@pytest.mark.parametrize("timeout", [0, -1.0, float("nan")])
def test_a_timeout_is_positive(timeout):
    message = "'timeout' parameter of data_parallel"
    with pytest.raises(ValueError, match=message), data_parallel(timeout):
        raise AssertionError


def test_every_object_belongs_to_one_process():
    positions = np.arange(10, 21)
    parts = [positions[Processes(rank, 3).own] for rank in range(3)]
    assert [len(part) for part in parts] == [4, 4, 3]
    assert sorted(np.concatenate(parts)) == list(positions)
    assert Processes(0, 3).divides(3) and not Processes(0, 3).divides(2)


def test_a_process_has_the_gpu_of_its_local_rank(monkeypatch):
    chosen = []
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    monkeypatch.setattr(torch.cuda, "set_device", chosen.append)
    monkeypatch.setenv("LOCAL_RANK", "1")
    assert _local_device() == "cuda:1" and chosen == [1]
    monkeypatch.setenv("LOCAL_RANK", "2")
    with pytest.raises(RuntimeError, match=r"only 2 GPUs\. Lower --nproc-per-node"):
        _local_device()
