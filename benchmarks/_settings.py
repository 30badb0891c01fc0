"""Settings of the embedder on the real pairs; chosen on validation parts, see results."""

import pickle
import sys
from pathlib import Path

import numpy as np
from sklearn.frozen import FrozenEstimator

from sklearn_sn import load_pretrained
from sklearn_sn.embedding import ContrastiveEmbedder
from sklearn_sn.encoders import LightCurveTransformer

CACHE = Path(__file__).parent / ".cache"


def encoder(**params):
    """The encoder of light curves."""
    return LightCurveTransformer(**{"max_points": 100, **params})


SIZES = {
    "light_curve": encoder(),
    "embedding_dim": 64,
    "batch_size": 64,
    "lr": 1e-3,
    "max_epochs": 30,
}
AUXILIARY = {"aux_weight": 1.0, "aux_columns": ("redshift",)}
FINAL = {**SIZES, **AUXILIARY, "class_weight": "balanced", "pretrained": "union_simulated"}
SETTINGS = {
    "scratch": SIZES,
    "scratch_no_amplitude": {**SIZES, "light_curve": encoder(amplitude=False)},
    "scratch_mean_pooling": {**SIZES, "light_curve": encoder(pooling="mean")},
    "scratch_batch_128": {**SIZES, "batch_size": 128},
    "scratch_lr_3e-3": {**SIZES, "lr": 3e-3},
    "scratch_early_stopping": {**SIZES, "max_epochs": 60, "early_stopping": True},
    "scratch_aux": {**SIZES, **AUXILIARY},
    "pretrained": {**SIZES, "pretrained": "union_simulated"},
    "pretrained_aux": FINAL,
    "pretrained_aux_ensemble": {**FINAL, "members": 4},
    "pretrained_aux_15": {**FINAL, "max_epochs": 15},
    "pretrained_aux_lr_3e-4": {**FINAL, "lr": 3e-4},
    "pretrained_aux_slow_encoders": {**FINAL, "pretrained_lr_factor": 0.1},
    "pretrained_aux_60": {**FINAL, "max_epochs": 60},
    "simulated_aux": {**FINAL, "pretrained": "simulated"},
    "simulated_aux_first_block": {**FINAL, "pretrained": "simulated", "trainable": "first_block"},
    "pretrained_aux_first_block": {**FINAL, "trainable": "first_block"},
}


# What is reported on test parts; the others were compared on validation parts only.
REPORTED = ("scratch", "scratch_no_amplitude", "pretrained_aux", "pretrained_aux_ensemble")


class Ensemble:
    """Embedders that differ by seed; their embeddings side by side.

    For heads alone, this is ``FeatureUnion([("a", embedder), ("b", other), …])``.
    """

    def __init__(self, members):
        self.members = members

    def fit(self, X, y):
        for member in self.members:
            member.fit(X, y)
        return self

    def encode(self, X, modality):
        """Unit vectors whose inner product is the mean of the members'."""
        parts = [member.encode(X, modality) for member in self.members]
        return np.concatenate(parts, axis=1) / np.sqrt(len(parts))


def load_pretrained_encoder(name):
    """What is given as `pretrained`: the packaged model, or a checkpoint of the scripts."""
    if name == "simulated":
        return FrozenEstimator(load_pretrained("contrastive-sim"))
    path = CACHE / f"{name}.pkl"
    if not path.exists():
        script = "contrastive" if name.startswith("union") else "simulated"
        sys.exit(f"Run benchmarks/pretrain_{script}.py first (half an hour on two cores).")
    return FrozenEstimator(pickle.loads(path.read_bytes()))


def build(name, seed):
    """A fresh embedder of a setting."""
    params = dict(SETTINGS[name])
    if "pretrained" in params:
        params["pretrained"] = load_pretrained_encoder(params["pretrained"])
    n_members = params.pop("members", 1)
    members = [
        ContrastiveEmbedder(random_state=seed + 1000 * number, **params)
        for number in range(n_members)
    ]
    return members[0] if n_members == 1 else Ensemble(members)


def save_answers(name, folds):
    """Keep what a model answered on test parts: a dict of task to array for each fold."""
    arrays = {f"{i} {task}": a for i, fold in enumerate(folds) for task, a in fold.items()}
    (CACHE / "answers").mkdir(parents=True, exist_ok=True)
    np.savez(CACHE / "answers" / f"{name}.npz", **arrays)
