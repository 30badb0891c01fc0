"""AstroCLIP: contrastive learning of images and spectra of galaxies."""

from typing import Any

from sklearn.frozen import FrozenEstimator

from sklearn_sn.embedding import ContrastiveEmbedder
from sklearn_sn.encoders import PatchSpectrumTransformer, ResNetImage
from sklearn_sn.nets import MaxSteps


def astroclip(
    *,
    pretrained: str | FrozenEstimator | dict[str, str | FrozenEstimator] | None = None,
    n_steps: int = 15_000,
    **params: Any,
) -> ContrastiveEmbedder:
    """Return AstroCLIP: an image and a spectrum encoder, aligned by InfoNCE [1]_.

    Parameters
    ----------
    pretrained : str, FrozenEstimator, dict of str to these or None, default=None
        Estimators with pretrained encoders, or names of packaged models, by modality, such as
        :class:`~sklearn_sn.embedding.MaskedSpectrumEmbedder` and
        :class:`~sklearn_sn.embedding.ImageEmbedder`. Each encoder keeps its sizes, grid and
        scaling. As in the paper, the spectrum transformer and the convolutions are frozen; a new
        block of cross-attention and the dense layers of the image encoder are trained. None trains
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
    Learning rate and weight decay are choices of this library, and so are the sizes of the
    encoders. Those of the paper are ``PatchSpectrumTransformer(size="base")`` and
    ``ResNetImage(size="resnet50", crop=96)``.

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
        "spectrum": PatchSpectrumTransformer(pooling="cross_attention"),
        "image": ResNetImage(),
    }
    if pretrained is not None:
        encoders |= {
            "pretrained": pretrained,
            "trainable": {"spectrum": "head", "image": "dense"},
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
