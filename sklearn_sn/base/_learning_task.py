"""What a supervised estimator learns."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sklearn_sn.encoders import Encoder


@dataclass
class LearningTask:
    """What a supervised estimator learns; hooks of subclasses fill it in.

    Attributes
    ----------
    targets : dict of str to array of shape (n_objects, ...)
        What the loss reads: "targets", and optionally "weight", "domain", "shift" or "offset".
    n_outputs : int
        Outputs of the network; the number of classes of a classifier.
    encoder : Encoder or None
        The encoder that is trained.
    strata : array of shape (n_objects,) or None
        Classes by which a validation part is stratified.
    sample_weight : array of shape (n_objects,) or None
        Weights of the objects; those of weight 0 are left out.
    groups : array of int, shape (n_objects,), or None
        Training batches hold equal numbers of objects of each group.
    net_params, module_params : dict
        Further parameters of net and module.
    attributes : dict
        Fitted attributes, set once training has succeeded.
    """

    targets: dict[str, np.ndarray]
    n_outputs: int
    encoder: Encoder | None = None
    strata: np.ndarray | None = None
    sample_weight: np.ndarray | None = None
    groups: np.ndarray | None = None
    net_params: dict[str, Any] = field(default_factory=dict)
    module_params: dict[str, Any] = field(default_factory=dict)
    attributes: dict[str, Any] = field(default_factory=dict)
