"""The photometry network of AppleCiDEr, and its pretraining."""

from typing import Any

from sklearn_sn.classification import LightCurveClassifier
from sklearn_sn.embedding import MaskedEventEmbedder
from sklearn_sn.encoders import EventTransformer


def _encoder():
    return EventTransformer(
        d_model=128,
        n_heads=8,
        n_layers=4,
        d_feedforward=512,
        dropout=0.3,
        band_encoding="embedding",
        time_origin="first",
        flux_transform="log",
        relative_flux=False,
        log_times=False,
        merge_hours=12.0,
    )


def applecider_masked_events(**params: Any) -> MaskedEventEmbedder:
    """Return the pretraining of the photometry network by masked events [1]_.

    Parameters
    ----------
    **params : dict
        Parameters of :class:`~sklearn_sn.embedding.MaskedEventEmbedder` to change.

    Returns
    -------
    MaskedEventEmbedder
        An unfitted embedder.

    References
    ----------
    .. [1] Junell, A., Sasli, A., Fontinele Nunes, F., Xu, M., Border, B., Rehemtulla, N. et al.
       (2025). "Applying multimodal learning to Classify transient Detections Early (AppleCiDEr) I:
       Data set, methods, and infrastructure".

    Examples
    --------
    >>> from sklearn_sn.papers import applecider_masked_events
    >>> model = applecider_masked_events()
    >>> model.mask_fraction, model.max_days, model.loss_weights
    (0.3, 100.0, (5.0, 3.0, 5.0))
    """
    defaults = {
        "encoder": _encoder(),
        "mask_fraction": 0.3,
        "max_days": 100.0,
        "loss_weights": (5.0, 3.0, 5.0),
        "optimizer": "adamw",
        "early_stopping": True,
    }
    return MaskedEventEmbedder(**{**defaults, **params})


def applecider_photometry(**params: Any) -> LightCurveClassifier:
    """Return the photometry network of AppleCiDEr, an event transformer [1]_.

    Parameters
    ----------
    **params : dict
        Parameters of :class:`~sklearn_sn.classification.LightCurveClassifier` to change. With
        ``pretrained=FrozenEstimator(embedder)``, where `embedder` is a fitted
        :func:`applecider_masked_events`, the network is fine-tuned; ``unfreezing="gradual"`` is the
        second of the two strategies of the paper.

    Returns
    -------
    LightCurveClassifier
        An unfitted classifier.

    Notes
    -----
    The paper states the sizes, the loss and the input, with times in days. Learning rate, batch
    size and number of epochs are ours. On simulated alerts, an encoder without dropout, with
    ``augmentation=False``, ``noise_augmentation=False`` and ``truncation=0.9`` was more accurate;
    ``benchmarks/results/applecider.md`` compares settings.

    References
    ----------
    .. [1] Junell, A., Sasli, A., Fontinele Nunes, F., Xu, M., Border, B., Rehemtulla, N. et al.
       (2025). "Applying multimodal learning to Classify transient Detections Early (AppleCiDEr) I:
       Data set, methods, and infrastructure".

    Examples
    --------
    >>> from sklearn_sn.papers import applecider_photometry
    >>> model = applecider_photometry()
    >>> model.loss, model.focal_gamma, model.encoder.dropout
    ('focal', 2.0, 0.3)
    """
    defaults = {
        "encoder": _encoder(),
        "loss": "focal",
        "focal_gamma": 2.0,
        "class_weight": "balanced",
        "optimizer": "adamw",
        "lr": 3e-4,
        "batch_size": 64,
        "early_stopping": True,
    }
    return LightCurveClassifier(**{**defaults, **params})
