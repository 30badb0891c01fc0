"""Settings of the embedder on the real pairs; chosen on validation parts, see results."""

import pickle
import sys
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
    "pretrained_aux_first_block": {**FINAL, "trainable": "first_block"},
}


# What is reported on test parts; the others were compared on validation parts only.
REPORTED = ("scratch", "scratch_no_amplitude", "pretrained", "pretrained_aux")


def build(name, seed):
    """A fresh embedder of a setting."""
    params = dict(SETTINGS[name])
    if "pretrained" in params:
        path = CACHE / f"{params['pretrained']}.pkl"
        if not path.exists():
            sys.exit("Run benchmarks/pretrain_contrastive.py first (20 minutes on two cores).")
        params["pretrained"] = FrozenEstimator(pickle.loads(path.read_bytes()))
    return ContrastiveEmbedder(random_state=seed, **params)
