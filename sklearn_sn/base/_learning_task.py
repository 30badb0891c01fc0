"""The task that a supervised estimator learns."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sklearn_sn.encoders import Encoder


@dataclass
class LearningTask:
    """Targets and settings of a supervised training, filled in by hooks of subclasses.

    Attributes
    ----------
    targets : dict of str to array of shape (n_objects, ...)
        Arrays for the loss: "targets", and optionally "weight", "domain", "shift" or "offset".
    n_outputs : int
        Number of outputs of the network; for a classifier the number of classes.
    encoder : Encoder or None
        The encoder that is trained.
    strata : array of shape (n_objects,) or None
        Classes by which a validation part is stratified.
    sample_weight : array of shape (n_objects,) or None
        Weights of the objects. Objects of weight 0 are left out.
    groups : array of int, shape (n_objects,), or None
        Groups that contribute equal numbers of objects to each training batch.
    copies : array of float, shape (n_objects,), or None
        How often each object is drawn in a training epoch, on average, >= 1.
    net_params, module_params : dict
        Further parameters of the net and of the module.
    attributes : dict
        Fitted attributes, which are set after training has succeeded.
    """

    targets: dict[str, np.ndarray]
    n_outputs: int
    encoder: Encoder | None = None
    strata: np.ndarray | None = None
    sample_weight: np.ndarray | None = None
    groups: np.ndarray | None = None
    copies: np.ndarray | None = None
    net_params: dict[str, Any] = field(default_factory=dict)
    module_params: dict[str, Any] = field(default_factory=dict)
    attributes: dict[str, Any] = field(default_factory=dict)
