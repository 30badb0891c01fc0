"""What a training needs, and how its random numbers are seeded."""

from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from sklearn.utils import check_random_state

from sklearn_sn.nets import TableDataset


@dataclass
class TrainingPlan:
    """What :meth:`TorchEstimator._train` needs.

    Attributes
    ----------
    net_class : type
        The skorch net, whose ``get_loss`` is the objective.
    build : callable
        Returns the module; called under the seed.
    dataset : TableDataset
        The training objects.
    evaluate : callable
        Runs the trained net on the training objects; returns fitted attributes as a dict of arrays,
        NaN where the net's output is not finite.
    strata : array of shape (n_objects,) or None
        Labels by which a validation part is stratified.
    net_params : dict
        Further parameters of the net.
    """

    net_class: type
    build: Callable[[], torch.nn.Module]
    dataset: TableDataset
    evaluate: Callable[[], dict[str, Any]]
    strata: np.ndarray | None = None
    net_params: dict[str, Any] = field(default_factory=dict)


def draw_seed(random_state):
    """Return an integer seed; a fresh one for None, without numpy's global generator."""
    if random_state is None:
        return int(np.random.default_rng().integers(2**31 - 1))
    return int(check_random_state(random_state).randint(2**31 - 1))


@contextmanager
def seeded(seed, device):
    """Seed torch inside the context, and restore the caller's generators afterwards."""
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


def all_finite(value):
    """Return whether all numbers in an array, or in a dict of arrays, are finite."""
    if isinstance(value, dict):
        return all(map(all_finite, value.values()))
    return bool(np.isfinite(value).all())
