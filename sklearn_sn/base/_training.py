"""The plan of a training, and its random seeds."""

from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from sklearn.utils import check_random_state

from sklearn_sn.nets import TableDataset, current_processes, from_first_process


@dataclass
class TrainingPlan:
    """Plan of a training, the argument of :meth:`TorchEstimator._train`.

    Attributes
    ----------
    net_class : type
        The skorch net, whose ``get_loss`` is the objective.
    build : callable
        Function that returns the module; called after torch is seeded.
    dataset : TableDataset
        The training objects.
    evaluate : callable
        Function that runs the trained net on the training objects and returns fitted attributes as
        a dict of arrays, with NaN if an output of the net is not finite.
    strata : array of shape (n_objects,) or None
        Labels by which a validation part is stratified.
    net_params : dict
        Further parameters of the net.
    attributes : dict
        Fitted attributes that fit sets after training.
    """

    net_class: type
    build: Callable[[], torch.nn.Module]
    dataset: TableDataset
    evaluate: Callable[[], dict[str, Any]]
    strata: np.ndarray | None = None
    net_params: dict[str, Any] = field(default_factory=dict)
    attributes: dict[str, Any] = field(default_factory=dict)


def draw_seed(random_state):
    """Return an integer seed; for None a random one that leaves numpy's global state alone.

    All processes of a data-parallel training have the seed of the first.
    """
    if random_state is None:
        seed = int(np.random.default_rng().integers(2**31 - 1))
    else:
        seed = int(check_random_state(random_state).randint(2**31 - 1))
    return from_first_process(seed)


@contextmanager
def seeded(seed, device):
    """Seed torch inside the context, and restore its generators afterwards."""
    device = torch.device(device)
    devices = []
    if device.type == "cuda":
        devices = [torch.cuda.current_device() if device.index is None else device.index]
    with torch.random.fork_rng(devices=devices):
        torch.random.default_generator.manual_seed(seed)
        if device.type == "cuda":
            torch.cuda.default_generators[devices[0]].manual_seed(seed)
        elif device.type == "mps":
            torch.mps.manual_seed(seed)
        yield


@contextmanager
def seeded_by_process(seed, device):
    """Seed torch differently in each process of a data-parallel training, except the first."""
    processes = current_processes()
    if processes is None or processes.is_first:
        yield
        return
    with seeded(seed + processes.rank, device):
        yield


def all_finite(value):
    """Return whether all numbers in an array, or in a dict of arrays, are finite."""
    if isinstance(value, dict):
        return all(map(all_finite, value.values()))
    return bool(np.isfinite(value).all())
