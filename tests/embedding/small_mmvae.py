"""Parameters of autoencoders that train in a second."""

import numpy as np

from sklearn_sn.encoders import LightCurveTransceiver, SpectrumTransceiver, TransceiverDecoder


def transceivers(**params):
    """Return parameters of an embedder with small encoders and decoders."""
    sizes = {"d_model": 16, "n_layers": 1, "d_feedforward": 16, "n_frequencies": 8, **params}
    return {
        "light_curve": LightCurveTransceiver(**sizes),
        "spectrum": SpectrumTransceiver(**sizes),
        "decoder": TransceiverDecoder(**sizes),
    }


TINY = {
    **transceivers(),
    "latent_tokens": 2,
    "latent_dim": 2,
    "max_epochs": 2,
    "batch_size": 16,
    "random_state": 0,
}


CURVES = {**TINY, "spectrum": None}


SPECTRA = {**TINY, "light_curve": None}


GRID = np.linspace(4000.0, 7000.0, 30)
