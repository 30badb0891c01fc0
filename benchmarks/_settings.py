"""Settings of the embedder on the real pairs; chosen on validation parts, see results."""

import pickle
from pathlib import Path

from sklearn.frozen import FrozenEstimator

from sklearn_sn.embedding import ContrastiveEmbedder

CACHE = Path(__file__).parent / ".cache"
SIZES = {"max_points": 100, "embedding_dim": 64, "batch_size": 64, "lr": 1e-3}
AUXILIARY = {"aux_weight": 1.0, "aux_columns": ("redshift",)}
SETTINGS = {
    "scratch": {**SIZES, "max_epochs": 30},
    "scratch_no_amplitude": {**SIZES, "max_epochs": 30, "amplitude": False},
    "pretrained": {**SIZES, "max_epochs": 30, "pretrained": "union"},
    "pretrained_aux": {**SIZES, **AUXILIARY, "max_epochs": 30, "pretrained": "union"},
}


def build(name, seed):
    """A fresh embedder of a setting."""
    params = dict(SETTINGS[name])
    if "pretrained" in params:
        with open(CACHE / f"{params['pretrained']}.pkl", "rb") as file:
            params["pretrained"] = FrozenEstimator(pickle.load(file))
    return ContrastiveEmbedder(random_state=seed, **params)
