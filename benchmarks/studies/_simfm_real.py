"""Real light curves and derived features in one table, and models for this table."""

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

# Fine-tuning needs fewer epochs and a lower learning rate.
SCRATCH = {"max_epochs": 40, "lr": 2e-3}
TUNED = {"max_epochs": 20, "lr": 1e-3}


def subsample(X, y, n_objects):
    """Return `n_objects` random objects, for trial runs; all if None."""
    if n_objects is None:
        return X, y
    rows = np.sort(np.random.default_rng(0).permutation(len(X))[:n_objects])
    return X.iloc[rows], y[rows]


def features(X, **kwargs):
    """Return the features for gradient boosting; cached because they take minutes."""
    names = "\n".join(map(str, X.index)) + str(sorted(kwargs.items()))
    path = CACHE / f"simfm_features_{hashlib.sha256(names.encode()).hexdigest()[:12]}.pkl"
    if not path.exists():
        CACHE.mkdir(exist_ok=True)
        path.write_bytes(pickle.dumps(light_curve_features(X, **kwargs)))
    return pickle.loads(path.read_bytes())


def wide_table(X, models):
    """Return light curves with features, controls and latents in prefixed columns."""
    parts = {"features:": features(X)}
    parts |= {f"{level}:": observing_pattern(X, level) for level in ("K0", "K1")}
    for name, model in models.items():
        parts[f"latent {name}:"] = pd.DataFrame(latent(model, X), index=X.index)
    parts = [part.add_prefix(prefix) for prefix, part in parts.items()]
    return pd.concat([X[["light_curve"]], *parts], axis=1)


def _with_prefix(X, prefix):
    """Select the columns that start with a prefix, or with one of a tuple."""
    return X.loc[:, X.columns.str.startswith(prefix)].to_numpy(np.float64)


def _light_curves(X):
    return X[["light_curve"]]


def on_columns(prefix, *steps):
    """Return a pipeline that selects columns by prefix (or tuple of prefixes) as an array."""
    return make_pipeline(FunctionTransformer(_with_prefix, kw_args={"prefix": prefix}), *steps)


class CachedClassifier(ClassifierMixin, BaseEstimator):
    """Classifier that caches its fits, for use in several ensembles.

    Parameters
    ----------
    estimator : estimator
    name : str
        Unique key of the estimator in the cache of the process.
    """

    _fitted = {}  # shared by all instances

    def __init__(self, estimator, name):
        self.estimator = estimator
        self.name = name

    def fit(self, X, y):
        # Labels are not in the key: ensembles pass them as integers, in the same order.
        key = self.name, len(np.unique(y)), tuple(X.index)
        if key not in self._fitted:
            self._fitted[key] = clone(self.estimator).fit(X, y)
        self.fitted_ = self._fitted[key]
        self.classes_ = self.fitted_.classes_
        return self

    def predict_proba(self, X):
        return self.fitted_.predict_proba(X)


def frozen(name, seed=0):
    """Return an MLP on the frozen latent of a model."""
    return on_columns(f"latent {name}:", mlp_classifier(seed))


def network(start=None, *, cls=LightCurveClassifier, epochs=1.0, batch_size=16, seed=0, **params):
    """Return a recurrent network for light curves, from scratch or pretrained."""
    params = {**TRAINING, **(SCRATCH if start is None else TUNED), **params}
    if start is None:
        params.setdefault("encoder", GRU(max_points=200))
    else:
        params = {"encoder": GRU(), **params, "pretrained": FrozenEstimator(start)}
    params["max_epochs"] = max(1, round(epochs * params["max_epochs"]))
    params |= {"batch_size": batch_size, "random_state": seed}
    if issubclass(cls, ClassifierMixin):
        params |= {"class_weight": "balanced", "prior": "weighted"}
    model = cls(**params)
    return make_pipeline(FunctionTransformer(_light_curves), model)
