"""Settings of the embedder on the real pairs; chosen on validation parts, see results."""

import pickle
from pathlib import Path

from sklearn.frozen import FrozenEstimator

from sklearn_sn.embedding import ContrastiveEmbedder

CACHE = Path(__file__).parent / ".cache"
SIZES = {"max_points": 100, "embedding_dim": 64, "batch_size": 64, "lr": 1e-3, "max_epochs": 30}
AUXILIARY = {"aux_weight": 1.0, "aux_columns": ("redshift",)}
FINAL = {**SIZES, **AUXILIARY, "class_weight": "balanced", "pretrained": "union_simulated"}
SETTINGS = {
    "scratch": SIZES,
    "scratch_no_amplitude": {**SIZES, "amplitude": False},
    "scratch_mean_pooling": {**SIZES, "light_curve_pooling": "mean"},
    "scratch_batch_128": {**SIZES, "batch_size": 128},
    "scratch_lr_3e-3": {**SIZES, "lr": 3e-3},
    "scratch_early_stopping": {**SIZES, "max_epochs": 60, "early_stopping": True},
    "scratch_aux": {**SIZES, **AUXILIARY},
    "pretrained": {**SIZES, "pretrained": "union_simulated"},
    "pretrained_aux": FINAL,
    "pretrained_aux_60": {**FINAL, "max_epochs": 60},
    "pretrained_longer_aux": {**FINAL, "pretrained": "union_simulated_25"},
    "pretrained_longer_aux_60": {**FINAL, "pretrained": "union_simulated_25", "max_epochs": 60},
    "pretrained_aux_first_block": {**FINAL, "trainable": "first_block"},
}


def build(name, seed):
    """A fresh embedder of a setting."""
    params = dict(SETTINGS[name])
    if "pretrained" in params:
        with open(CACHE / f"{params['pretrained']}.pkl", "rb") as file:
            params["pretrained"] = FrozenEstimator(pickle.load(file))
    return ContrastiveEmbedder(random_state=seed, **params)
