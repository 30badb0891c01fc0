"""AstroMiNN of AppleCiDEr, and its baseline BTSbot: classes from cutouts and metadata."""

from typing import Any

from sklearn_sn.classification import AstroMiNNClassifier
from sklearn_sn.encoders import ConvNeXtImage, ImageCNN, MetadataMLP, MetadataTowers


def astrominn(**params: Any) -> AstroMiNNClassifier:
    """Return AstroMiNN: ConvNeXt-Tiny, towers of metadata and four experts [1]_.

    Parameters
    ----------
    **params : dict
        Parameters of :class:`~sklearn_sn.classification.AstroMiNNClassifier` to change.

    Returns
    -------
    AstroMiNNClassifier
        An unfitted classifier. For cutouts of three channels, the encoder of images has 28 million
        weights.

    Notes
    -----
    The paper states the networks, the crop of the cutouts from 63 to 49 pixels, the number of
    experts, top-2 routing and the terms of the loss. The weights of the terms, the widths of towers
    and experts, and the training are those of this library. ConvNeXt starts from random weights.

    References
    ----------
    .. [1] Junell, A., Sasli, A., Fontinele Nunes, F., Xu, M., Border, B., Rehemtulla, N. et al.
       (2025). "Applying multimodal learning to Classify transient Detections Early (AppleCiDEr) I:
       Data set, methods, and infrastructure".

    Examples
    --------
    >>> from sklearn_sn.papers import astrominn
    >>> model = astrominn(max_epochs=50)
    >>> model.image.size, model.n_experts, model.top_k
    ('tiny', 4, 2)
    """
    defaults = {
        "image": ConvNeXtImage(size="tiny", crop=49, latent_dim=256, split_head=True),
        "metadata": MetadataTowers(d_model=32, gate=True),
        "n_experts": 4,
        "top_k": 2,
        "loss": "focal",
        "focal_gamma": 2.0,
        "optimizer": "adamw",
        "lr": 1e-4,
        "early_stopping": True,
    }
    return AstroMiNNClassifier(**{**defaults, **params})


def btsbot(**params: Any) -> AstroMiNNClassifier:
    """Return a network of two branches like BTSbot [1]_, the baseline of AstroMiNN.

    Parameters
    ----------
    **params : dict
        Parameters of :class:`~sklearn_sn.classification.AstroMiNNClassifier` to change.

    Returns
    -------
    AstroMiNNClassifier
        An unfitted classifier.

    Notes
    -----
    As in BTSbot, the branch of images has two blocks of two convolutions with 32 and 64 channels,
    the branch of metadata two dense layers of 128, and a dense layer of eight combines both.
    BTSbot is a binary classifier; its convolutions are of 5 × 5 pixels with maximum pooling, are
    flattened, and have no normalisation. Here they are of 3 × 3 pixels with group norms and average
    pooling, their mean and maximum over the cutout are the output, and missing metadata have flags.
    The columns are by default those of AstroMiNN.

    References
    ----------
    .. [1] Rehemtulla, N., Miller, A. A., Jegou Du Laz, T. et al. (2024). "The Zwicky Transient
       Facility Bright Transient Survey. III. BTSbot: Automated Identification and Follow-up of
       Bright Transients with Deep Learning". Astrophysical Journal 972, 7.

    Examples
    --------
    >>> from sklearn_sn.papers import btsbot
    >>> btsbot().image
    ImageCNN(d_model=32, latent_dim=128, n_layers=2)
    """
    defaults = {
        "image": ImageCNN(d_model=32, n_layers=2, latent_dim=128),
        "metadata": MetadataMLP(d_model=128, n_layers=2, latent_dim=128),
        "n_experts": 1,
        "top_k": 1,
        "expert_width": 8,
        "modality_dropout": 0.0,
        "loss": "cross_entropy",
        "class_weight": "balanced",
        "optimizer": "adam",
        "lr": 1e-4,
        "weight_decay": 0.0,
        "batch_size": 64,
        "early_stopping": True,
    }
    return AstroMiNNClassifier(**{**defaults, **params})
