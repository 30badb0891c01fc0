"""Real light curves with all that models take from them, as one table; and models that take it."""

import hashlib
import pickle

import numpy as np
import pandas as pd
from _light_curve_features import light_curve_features, observing_pattern
from _settings import CACHE
from _simfm import TRAINING, latent, mlp_classifier
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from sklearn_sn.classification import LightCurveClassifier
from sklearn_sn.encoders import GRU

# Fine-tuning a network takes less than training one, at a smaller rate.
SCRATCH = {"max_epochs": 40, "lr": 2e-3}
TUNED = {"max_epochs": 20, "lr": 1e-3}


def some(X, y, n_objects):
    """The first so many objects of a shuffled table, for a trial."""
    if n_objects is None:
        return X, y
    rows = np.sort(np.random.default_rng(0).permutation(len(X))[:n_objects])
    return X.iloc[rows], y[rows]


def features(X, **kwargs):
    """The features of gradient boosting, kept in benchmarks/.cache: they take minutes."""
    names = "\n".join(map(str, X.index)) + str(sorted(kwargs.items()))
    path = CACHE / f"simfm_features_{hashlib.sha256(names.encode()).hexdigest()[:12]}.pkl"
    if not path.exists():
        CACHE.mkdir(exist_ok=True)
        path.write_bytes(pickle.dumps(light_curve_features(X, **kwargs)))
    return pickle.loads(path.read_bytes())


def wide_table(X, models):
    """Light curves, and columns of features, controls and latents, each under a prefix."""
    parts = {"features:": features(X)}
    parts |= {f"{level}:": observing_pattern(X, level) for level in ("K0", "K1")}
    for name, model in models.items():
        parts[f"latent {name}:"] = pd.DataFrame(latent(model, X), index=X.index)
    parts = [part.add_prefix(prefix) for prefix, part in parts.items()]
    return pd.concat([X[["light_curve"]], *parts], axis=1)


def _with_prefix(X, prefix):
    """The columns that start with a prefix, or with one of a tuple."""
    return X.loc[:, X.columns.str.startswith(prefix)].to_numpy(np.float64)


def _light_curves(X):
    return X[["light_curve"]]


def on_columns(prefix, *steps):
    """A pipeline that sees the columns with a prefix (or a tuple of them) only, as an array."""
    return make_pipeline(FunctionTransformer(_with_prefix, kw_args={"prefix": prefix}), *steps)


class Remembered(ClassifierMixin, BaseEstimator):
    """A classifier that is fitted once on the same objects, however many averages it is part of.

    Parameters
    ----------
    estimator : estimator
    name : str
        Tells it from all others of the process.
    """

    _fitted = {}  # of all copies

    def __init__(self, estimator, name):
        self.estimator = estimator
        self.name = name

    def fit(self, X, y):
        # Not of the labels: averages pass them as numbers, in the same order.
        key = self.name, len(np.unique(y)), tuple(X.index)
        if key not in self._fitted:
            self._fitted[key] = clone(self.estimator).fit(X, y)
        self.fitted_ = self._fitted[key]
        self.classes_ = self.fitted_.classes_
        return self

    def predict_proba(self, X):
        return self.fitted_.predict_proba(X)


def frozen(name, seed=0):
    """An MLP on the frozen latent of a model."""
    return on_columns(f"latent {name}:", mlp_classifier(seed))


def network(start=None, *, cls=LightCurveClassifier, epochs=1.0, batch_size=16, seed=0, **params):
    """A recurrent network on the light curves, from scratch or from a pretrained one."""
    params = {**TRAINING, **(SCRATCH if start is None else TUNED), **params}
    if start is None:
        params.setdefault("encoder", GRU(max_points=200))
    else:
        params |= {"pretrained": FrozenEstimator(start), "encoder": GRU()}
    params["max_epochs"] = max(1, round(epochs * params["max_epochs"]))
    params |= {"batch_size": batch_size, "class_weight": "balanced", "random_state": seed}
    model = cls(**params)
    return make_pipeline(FunctionTransformer(_light_curves), model)
