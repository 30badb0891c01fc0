"""Settings of the embedder for the real pairs, chosen on validation sets (see results)."""

import pickle
import sys
from pathlib import Path

import numpy as np
from sklearn.frozen import FrozenEstimator

from sklearn_sn import load_pretrained
from sklearn_sn.embedding import ContrastiveEmbedder
from sklearn_sn.encoders import LightCurveTransformer

CACHE = Path(__file__).parents[1] / ".cache"
PREDICTIONS = CACHE / "answers"  # the name of the folder is that of earlier runs


def encoder(**params):
    """Return the light-curve encoder."""
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
# In the paper, class and redshift are a modality. Class and redshift of test objects are not read.
METADATA = {"metadata_columns": ("class", "redshift")}
SETTINGS = {
    # InfoNCE alone, at every stage. "scratch" is what the paper calls Maven-lite.
    "scratch": SIZES,
    "infonce": {**SIZES, "pretrained": "infonce"},
    "infonce_frozen": {"frozen": "infonce"},
    "infonce_metadata": {**SIZES, **METADATA, "pretrained": "infonce", "spectrum": None},
    "infonce_three": {**SIZES, **METADATA, "pretrained": "infonce"},
    "scratch_metadata": {**SIZES, **METADATA, "spectrum": None},
    "scratch_three": {**SIZES, **METADATA},
    # The packaged model, trained with class and redshift heads, without fine-tuning.
    "simulated_frozen": {"frozen": "simulated"},
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


# Settings reported on test sets; the others were compared on validation sets only.
REPORTED = ("scratch", "scratch_no_amplitude", "pretrained_aux", "pretrained_aux_ensemble")


class Ensemble:
    """Ensemble of embedders with different seeds; concatenates their embeddings.

    To train classifiers or regressors only, this is equivalent to
    ``FeatureUnion([("a", embedder), ("b", other), …])``.
    """

    def __init__(self, members):
        self.members = members

    def fit(self, X, y):
        for member in self.members:
            member.fit(X, y)
        self.modalities_ = self.members[0].modalities_
        return self

    def encode(self, X, modality):
        """Return unit vectors whose inner product is the mean of those of the members."""
        parts = [member.encode(X, modality) for member in self.members]
        return np.concatenate(parts, axis=1) / np.sqrt(len(parts))


PACKAGED = {"simulated": "contrastive-sim", "infonce": "maven-sim"}


def load_pretrained_encoder(name):
    """Load a packaged model or a checkpoint written by a pretraining script."""
    if name in PACKAGED:
        return load_pretrained(PACKAGED[name])
    path = CACHE / f"{name}.pkl"
    if not path.exists():
        script = "contrastive" if name.startswith("union") else "simulated"
        sys.exit(f"Run benchmarks/pretrain_{script}.py first (half an hour on two cores).")
    return FrozenEstimator(pickle.loads(path.read_bytes()))


def build(name, seed):
    """Return an unfitted embedder with the given setting, or a frozen one."""
    params = dict(SETTINGS[name])
    if "frozen" in params:
        return load_pretrained_encoder(params["frozen"])
    if "pretrained" in params:
        frozen = load_pretrained_encoder(params["pretrained"])
        kept = [m for m in ("light_curve", "spectrum") if params.get(m, "auto") is not None]
        params["pretrained"] = dict.fromkeys(kept, frozen)
    n_members = params.pop("members", 1)
    members = [
        ContrastiveEmbedder(random_state=seed + 1000 * number, **params)
        for number in range(n_members)
    ]
    return members[0] if n_members == 1 else Ensemble(members)


def save_predictions(name, folds):
    """Save the predictions of a model on the test sets, one dict {task: array} per fold."""
    arrays = {f"{i} {task}": a for i, fold in enumerate(folds) for task, a in fold.items()}
    PREDICTIONS.mkdir(parents=True, exist_ok=True)
    np.savez(PREDICTIONS / f"{name}.npz", **arrays)
