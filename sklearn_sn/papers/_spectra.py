"""SpectraNet-1D of AppleCiDEr, and its baseline GalSpecNet."""

from typing import Any, Literal

from sklearn_sn.classification import SpectraNetClassifier
from sklearn_sn.encoders import GalSpecNet, SpectraNet

# Rest-frame spectra on 4,096 linear bins, standardised over the covered bins.
_GRID = {"n_bins": 4096, "grid": "linear", "channels": ("flux",)}


def _training():
    """Return the training parameters that both networks share."""
    return {
        "frame": "rest",
        "wavelength_range": (3850.0, 8500.0),
        "learn_prior": False,
        "loss": "balanced_focal",
        "focal_gamma": 2.0,
        "ema_decay": 0.995,
        "optimizer": "adamw",
        "lr_schedule": "one_cycle",
        "early_stopping": True,
        "scoring": "composite",
    }


def spectranet(*, size: Literal["paper", "base"] = "paper", **params: Any) -> SpectraNetClassifier:
    """Return SpectraNet-1D with its training [1]_.

    Parameters
    ----------
    size : {"paper", "base"}, default="paper"
        "paper" flattens 1536 channels at 16 positions into a layer of 2,048, as the paper states;
        "base" is the network of the public code, with 25 million weights.
    **params : dict
        Parameters of :class:`~sklearn_sn.classification.SpectraNetClassifier` to change.

    Returns
    -------
    SpectraNetClassifier
        An unfitted classifier.

    References
    ----------
    .. [1] Junell, A., Sasli, A., Fontinele Nunes, F., Xu, M., Border, B., Rehemtulla, N. et al.
       (2025). "Applying multimodal learning to Classify transient Detections Early (AppleCiDEr) I:
       Data set, methods, and infrastructure".

    Examples
    --------
    >>> from sklearn_sn.papers import spectranet
    >>> spectranet().encoder.size
    'paper'
    """
    encoder = SpectraNet(size=size, max_crop=0.25, max_shift=0.0, **_GRID)
    return SpectraNetClassifier(**{"encoder": encoder, **_training(), **params})


def galspecnet(**params: Any) -> SpectraNetClassifier:
    """Return GalSpecNet with the same training, the baseline of SpectraNet [1]_.

    Parameters
    ----------
    **params : dict
        Parameters of :class:`~sklearn_sn.classification.SpectraNetClassifier` to change.

    Returns
    -------
    SpectraNetClassifier
        An unfitted classifier.

    References
    ----------
    .. [1] Junell, A., Sasli, A., Fontinele Nunes, F., Xu, M., Border, B., Rehemtulla, N. et al.
       (2025). "Applying multimodal learning to Classify transient Detections Early (AppleCiDEr) I:
       Data set, methods, and infrastructure".

    Examples
    --------
    >>> from sklearn_sn.papers import galspecnet
    >>> galspecnet().encoder.widths
    (64, 64, 32, 32)
    """
    encoder = GalSpecNet(max_crop=0.25, max_shift=0.0, **_GRID)
    return SpectraNetClassifier(**{"encoder": encoder, **_training(), **params})
