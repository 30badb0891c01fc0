"""AstroCLIP: contrastive learning of images and spectra of galaxies."""

from typing import Any

from sklearn.frozen import FrozenEstimator

from sklearn_sn.embedding import ContrastiveEmbedder
from sklearn_sn.encoders import ImageCNN, SpectrumTransformer
from sklearn_sn.nets import MaxSteps


def astroclip(
    *,
    pretrained: FrozenEstimator | dict[str, FrozenEstimator] | None = None,
    n_steps: int = 15_000,
    **params: Any,
) -> ContrastiveEmbedder:
    """Return AstroCLIP: an image and a spectrum encoder, aligned by InfoNCE [1]_.

    Parameters
    ----------
    pretrained : FrozenEstimator, dict of str to FrozenEstimator or None, default=None
        Estimators with pretrained encoders, by modality. Each encoder keeps its grid and scaling,
        and its first layers are frozen, as in the paper; the projections are trained. None trains
        both encoders from scratch.
    n_steps : int, default=15000
        Number of training steps.
    **params : dict
        Parameters of :class:`~sklearn_sn.embedding.ContrastiveEmbedder` to change. `callbacks`
        replaces the number of steps.

    Returns
    -------
    ContrastiveEmbedder
        An unfitted embedder of images and spectra: 128 dimensions, a fixed temperature of 1/15.5,
        batches of 512 objects, and 512 negatives from a queue.

    Notes
    -----
    Learning rate and weight decay are choices of this library.

    References
    ----------
    .. [1] Lanusse, F., Parker, L., Golkar, S., Cranmer, M. et al. (2023). "AstroCLIP: Cross-Modal
       Pre-Training for Astronomical Foundation Models".

    Examples
    --------
    >>> from sklearn_sn.papers import astroclip
    >>> model = astroclip(n_steps=1000)
    >>> model.queue_size, model.embedding_dim, model.learn_temperature
    (512, 128, False)
    """
    encoders = {
        "spectrum": SpectrumTransformer(pooling="attention"),
        "image": ImageCNN(),
    }
    if pretrained is not None:
        encoders = {
            "spectrum": "auto",
            "image": "auto",
            "pretrained": pretrained,
            "trainable": {"spectrum": "head", "image": "head"},
        }
    defaults = {
        "light_curve": None,
        **encoders,
        "embedding_dim": 128,
        "temperature": 1 / 15.5,
        "learn_temperature": False,
        "queue_size": 512,
        "lr": 1e-4,
        "weight_decay": 0.05,
        "batch_size": 512,
        "lr_schedule": "cosine",
        "callbacks": [MaxSteps(n_steps)],
    }
    return ContrastiveEmbedder(**{**defaults, **params})
