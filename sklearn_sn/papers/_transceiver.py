"""The transceiver VAE of type Ia supernovae, and its baselines."""

from typing import Any

from sklearn_sn.embedding import ContrastiveEmbedder, MMVAEEmbedder
from sklearn_sn.encoders import (
    LightCurveTransceiver,
    SpectrumTransceiver,
    TransceiverDecoder,
)
from sklearn_sn.regression import MultimodalRegressor

_SIZES = {"d_model": 32, "n_heads": 4, "n_layers": 4, "d_feedforward": 32}
# Pixels of a spectrum and points of a light curve; their ratio is the weight of the photometry.
_PIXELS, _POINTS = 982, 60


def mmvae_transceiver(**params: Any) -> MMVAEEmbedder:
    """Return the mixture-of-experts VAE with transceivers [1]_.

    Parameters
    ----------
    **params : dict
        Parameters of :class:`~sklearn_sn.embedding.MMVAEEmbedder` to change.

    Returns
    -------
    MMVAEEmbedder
        An unfitted embedder.

    Notes
    -----
    The paper infers six physical parameters from the latent, those of its grid of explosion models.
    :func:`~sklearn_sn.datasets.make_supernovae` has the truth of three: nickel mass, ejecta mass
    and kinetic energy. Composition, the other three, is not a parameter of the simulator.

    References
    ----------
    .. [1] Shen, Y. & Gagliano, A. T. (2025). "Mixture-of-Expert Variational Autoencoders for
       Cross-Modality Embedding of Type Ia Supernova Data". ML4Astro workshop, ICML.

    Examples
    --------
    >>> from sklearn_sn.papers import mmvae_transceiver
    >>> mmvae_transceiver().max_epochs
    500
    """
    defaults = {
        "light_curve": LightCurveTransceiver(**_SIZES, dropout=0.1),
        "spectrum": SpectrumTransceiver(**_SIZES, dropout=0.1),
        "image": None,
        "metadata": None,
        "decoder": TransceiverDecoder(**_SIZES, max_pixels=_PIXELS, points_per_step=_PIXELS),
        "latent_tokens": 4,
        "latent_dim": 4,
        "phase_range": (-10.0, 30.0),
        "objective": "iwae",
        "n_samples": 2,
        "likelihood_weights": {"light_curve": _PIXELS / _POINTS, "spectrum": 1.0},
        "optimizer": "adamw",
        "lr": 1e-3,
        "max_epochs": 500,
        "lr_schedule": None,
    }
    return MMVAEEmbedder(**{**defaults, **params})


def contrastive_transceiver(**params: Any) -> ContrastiveEmbedder:
    """Return the contrastive baseline of the VAE, latents of 4 × 8 compared by distance [1]_.

    Parameters
    ----------
    **params : dict
        Parameters of :class:`~sklearn_sn.embedding.ContrastiveEmbedder` to change.

    Returns
    -------
    ContrastiveEmbedder
        An unfitted embedder.

    Notes
    -----
    A network with one hidden layer maps the latent of 4 × 4 of each transceiver to 4 × 8. The
    logits of the loss are minus the unnormalised Frobenius distances. The temperature is fixed at
    1, because the scale of the latents is free.

    References
    ----------
    .. [1] Shen, Y. & Gagliano, A. T. (2025). "Mixture-of-Expert Variational Autoencoders for
       Cross-Modality Embedding of Type Ia Supernova Data". ML4Astro workshop, ICML.

    Examples
    --------
    >>> from sklearn_sn.papers import contrastive_transceiver
    >>> contrastive_transceiver().embedding_dim
    (4, 8)
    """
    sizes = {**_SIZES, "n_tokens": 4, "token_dim": 4}
    defaults = {
        "light_curve": LightCurveTransceiver(**sizes, dropout=0.1),
        "spectrum": SpectrumTransceiver(**sizes, dropout=0.1, n_bins=_PIXELS),
        "image": None,
        "metadata": None,
        "embedding_dim": (4, 8),
        "temperature": 1.0,
        "learn_temperature": False,
        "optimizer": "adamw",
        "lr": 1e-3,
        "max_epochs": 500,
        "lr_schedule": None,
    }
    return ContrastiveEmbedder(**{**defaults, **params})


def transceiver_regressor(**params: Any) -> MultimodalRegressor:
    """Return the end-to-end baseline of physical parameters, from light curve and spectrum [1]_.

    Parameters
    ----------
    **params : dict
        Parameters of :class:`~sklearn_sn.regression.MultimodalRegressor` to change.

    Returns
    -------
    MultimodalRegressor
        An unfitted regressor of one parameter;
        :class:`sklearn.multioutput.MultiOutputRegressor` fits one for each of several.

    References
    ----------
    .. [1] Shen, Y. & Gagliano, A. T. (2025). "Mixture-of-Expert Variational Autoencoders for
       Cross-Modality Embedding of Type Ia Supernova Data". ML4Astro workshop, ICML.

    Examples
    --------
    >>> from sklearn_sn.papers import transceiver_regressor
    >>> transceiver_regressor().spectrum.n_tokens
    4
    """
    sizes = {**_SIZES, "n_tokens": 4, "token_dim": 4}
    defaults = {
        "light_curve": LightCurveTransceiver(**sizes, dropout=0.1),
        "spectrum": SpectrumTransceiver(**sizes, dropout=0.1, n_bins=_PIXELS),
        "image": None,
        "metadata": None,
        "modality_dropout": 0.0,
        "optimizer": "adamw",
        "lr": 1e-3,
        "max_epochs": 500,
        "lr_schedule": None,
    }
    return MultimodalRegressor(**{**defaults, **params})
