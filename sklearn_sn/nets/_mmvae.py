"""The net of the multimodal autoencoder."""

from typing import Any

import torch
from torch import nn

from sklearn_sn.losses import laplace_log_likelihood
from sklearn_sn.nets._batch import Batch
from sklearn_sn.nets._net import BatchNet
from sklearn_sn.nets._target_points import drawn_targets


class MMVAENet(BatchNet):
    """Net with the loss :class:`~sklearn_sn.losses.MMVAELoss`, in nats per point.

    Parameters
    ----------
    n_samples : int
        Number K of samples of each expert.
    weights : dict of str to float
        Weight of the log-likelihood of each modality.
    points_per_object : float
        Divisor of the loss, so that gradients are of order 1.
    n_targets : int or None
        Number of random points of each modality that are decoded for an object in a training step;
        None decodes all. Validation decodes all.
    """

    has_mean_loss = True

    def __init__(
        self,
        module: nn.Module | type[nn.Module],
        *,
        n_samples: int = 2,
        weights: dict[str, float] | None = None,
        points_per_object: float = 1.0,
        n_targets: int | None = None,
        **kwargs: Any,
    ) -> None:
        self.n_samples, self.weights = n_samples, weights
        self.points_per_object, self.n_targets = points_per_object, n_targets
        super().__init__(module, **kwargs)

    def infer(self, x: Batch, **fit_params: Any) -> dict[str, Any]:
        targets = None
        if self.n_targets is not None and self.module_.training:
            targets = drawn_targets(x.tensors, self.n_targets)
        return self.module_(x.tensors, x.object_index, x.n_objects, self.n_samples, targets=targets)

    def get_loss(
        self, y_pred: Any, y_true: Any, X: Any = None, training: bool = False
    ) -> torch.Tensor:
        total = log_likelihood(y_pred, X, self.weights or {})
        parts = (y_pred[key].flatten(-2) for key in ("z", "mean", "scale"))
        loss = self.criterion_(*parts, y_pred["present"], total)
        return loss.mean() / self.points_per_object


def log_likelihood(output: dict[str, Any], batch: Batch, weights: dict[str, float]) -> torch.Tensor:
    """Return the weighted log-likelihood of all modalities for every sample, (M, K, B).

    Parameters
    ----------
    output : dict
        Output of the module. The points are its "targets", or all of the batch.
    batch : Batch
        Batch that was the input of the module.
    weights : dict of str to float
        Weights of the modalities; 1 where absent.
    """
    z = output["z"]
    total = z.new_zeros(z.shape[:3])  # (M, K, B)
    targets = output.get("targets") or batch.tensors
    for name, decoded in output["decoded"].items():
        chunks = targets[name]
        sizes = [len(chunk["pad_mask"]) for chunk in chunks]
        indices = batch.object_index[name].split(sizes)
        for (mean, scale), chunk, object_index in zip(decoded, chunks, indices, strict=True):
            points = laplace_log_likelihood(
                chunk["target"], mean, scale, chunk["pad_mask"], chunk["error"]
            )
            points = points * chunk.get("factor", 1.0)
            total = total.index_add(2, object_index, weights.get(name, 1.0) * points)
    return total
