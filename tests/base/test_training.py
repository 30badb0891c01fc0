"""Seeds of a training, and what it needs."""

import numpy as np
import pytest
import torch

from sklearn_sn.base import TrainingPlan, _training
from sklearn_sn.base._training import all_finite, draw_seed, seeded, seeded_by_process
from sklearn_sn.nets import Processes


def test_an_integer_is_a_seed_for_good():
    assert draw_seed(3) == draw_seed(3) != draw_seed(4)
    assert 0 <= draw_seed(3) < 2**31


def test_a_random_state_moves_on():
    state = np.random.RandomState(0)
    assert draw_seed(state) != draw_seed(state)
    assert draw_seed(np.random.RandomState(0)) == draw_seed(np.random.RandomState(0))


def test_without_a_seed_the_global_generators_are_not_used():
    before, torch_before = np.random.get_state(), torch.get_rng_state()  # noqa: NPY002
    assert draw_seed(None) != draw_seed(None)
    assert all(
        np.array_equal(one, other)
        for one, other in zip(before, np.random.get_state(), strict=True)  # noqa: NPY002
    )
    assert torch.equal(torch_before, torch.get_rng_state())


@pytest.mark.parametrize("device", ["cpu", torch.device("cpu")])
def test_a_context_is_seeded_and_leaves_no_trace(device):
    state = torch.get_rng_state()
    drawn = []
    for seed in (5, 5, 6):
        with seeded(seed, device):
            drawn.append(torch.rand(3))
    assert torch.equal(drawn[0], drawn[1]) and not torch.equal(drawn[0], drawn[2])
    assert torch.equal(torch.get_rng_state(), state)


def test_an_error_inside_leaves_no_trace_either():
    state = torch.get_rng_state()
    with pytest.raises(OSError, match="full"), seeded(1, "cpu"):
        torch.rand(3)
        raise OSError("full")
    assert torch.equal(torch.get_rng_state(), state)


@pytest.mark.parametrize(("device", "expected"), [("cuda", 2), ("cuda:1", 1)])
def test_a_gpu_is_seeded_too_and_no_other(monkeypatch, device, expected):
    """On a machine without one: by what is called."""
    forked, generators = [], [torch.Generator() for _ in range(3)]

    def fork_rng(devices):
        forked.append(devices)
        return torch.enable_grad()  # any context

    monkeypatch.setattr(torch.random, "fork_rng", fork_rng)
    monkeypatch.setattr(torch.cuda, "current_device", lambda: 2)
    monkeypatch.setattr(torch.cuda, "default_generators", generators)
    state = torch.get_rng_state()
    with seeded(11, device):
        pass
    torch.set_rng_state(state)
    assert forked == [[expected]]
    assert [generator.initial_seed() == 11 for generator in generators] == [
        i == expected for i in range(3)
    ]


def test_processes_draw_different_numbers_and_the_first_goes_on(monkeypatch):
    def drawn(processes):
        monkeypatch.setattr(_training, "current_processes", lambda: processes)
        with seeded(5, "cpu"):
            torch.rand(1)  # the weights
            with seeded_by_process(5, "cpu"):
                return torch.rand(1).item()

    numbers = [drawn(processes) for processes in (None, *(Processes(i, 3) for i in range(3)))]
    assert numbers[0] == numbers[1] and len(set(numbers)) == 3


def test_the_seed_is_that_of_the_first_process(monkeypatch):
    monkeypatch.setattr(_training, "from_first_process", lambda seed: 7)
    assert draw_seed(None) == draw_seed(0) == 7


def test_finite_numbers():
    assert all_finite(np.ones(3)) and all_finite(1.0) and all_finite({"a": np.ones(2), "b": 0})
    assert not all_finite(np.array([1.0, np.nan])) and not all_finite(np.inf)
    assert not all_finite({"a": np.ones(2), "b": {"c": np.array([np.inf])}})
    assert all_finite({}) and all_finite(np.empty(0))


def test_a_plan_has_no_parameters_unless_told():
    one = TrainingPlan(None, None, None, None)
    other = TrainingPlan(None, None, None, None)
    assert one.strata is None and one.net_params == {}
    one.net_params["lr"] = 1.0
    assert other.net_params == {}
