"""The net of the multimodal autoencoder."""

from sklearn_sn.losses import laplace_log_likelihood
from sklearn_sn.nets._net import BatchNet


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
    """

    def __init__(self, module, *, n_samples=2, weights=None, points_per_object=1.0, **kwargs):
        self.n_samples, self.weights = n_samples, weights
        self.points_per_object = points_per_object
        super().__init__(module, **kwargs)

    def infer(self, x, **fit_params):
        return self.module_(x.tensors, x.object_index, x.n_objects, self.n_samples)

    def get_loss(self, y_pred, y_true, X=None, training=False):
        total = log_likelihood(y_pred, X, self.weights or {})
        parts = (y_pred[key].flatten(-2) for key in ("z", "mean", "scale"))
        loss = self.criterion_(*parts, y_pred["present"], total)
        return loss.mean() / self.points_per_object


def log_likelihood(output, batch, weights):
    """Return the weighted log-likelihood of all modalities for every sample, (M, K, B).

    Parameters
    ----------
    output : dict
        Output of the module.
    batch : Batch
        Batch that was the input of the module.
    weights : dict of str to float
        Weights of the modalities; 1 where absent.
    """
    z = output["z"]
    total = z.new_zeros(z.shape[:3])  # (M, K, B)
    for name, decoded in output["decoded"].items():
        chunks = batch.tensors[name]
        sizes = [len(chunk["pad_mask"]) for chunk in chunks]
        indices = batch.object_index[name].split(sizes)
        for (mean, scale), chunk, object_index in zip(decoded, chunks, indices, strict=True):
            points = laplace_log_likelihood(
                chunk["target"], mean, scale, chunk["pad_mask"], chunk["error"]
            )
            total = total.index_add(2, object_index, weights.get(name, 1.0) * points)
    return total
