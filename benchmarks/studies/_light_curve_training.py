"""The light-curve models of the package before calibration, and the rows that they train on."""

import numpy as np
import pandas as pd
from _light_curve_mixture import HORIZONS
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor
from sklearn.ensemble import (
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    VotingRegressor,
)
from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVR

from sklearn_sn import load_pretrained
from sklearn_sn.classification import LightCurveClassifier
from sklearn_sn.data import check_table
from sklearn_sn.preprocessing import LightCurveFeatures
from sklearn_sn.regression import TwoRangeRegressor

LARGEST = 300  # simulated copies of a class
_TREES = {
    "min_samples_leaf": 8,
    "max_features": 0.3,
    "max_bins": 63,
    "early_stopping": False,
    "random_state": 0,
}


def boosting_model(seed=0):
    """Return the boosting of the packaged model."""
    return HistGradientBoostingClassifier(
        learning_rate=0.1,
        max_iter=110,
        max_leaf_nodes=10,
        min_samples_leaf=8,
        max_features=0.3,
        l2_regularization=1.0,
        max_bins=63,
        early_stopping=False,
        random_state=seed,
    )


def network_model(seed=0):
    """Return the network of the packaged model."""
    return LightCurveClassifier(
        pretrained="contrastive-sim", max_epochs=15, lr=3e-4, batch_size=16, random_state=seed
    )


def training_rows(data, train, seed=0):
    """Return the rows of a mask that are trained on.

    Of SN Ia, which are three quarters of the real objects, only the full and one early copy are
    used, and of each simulated class at most `LARGEST` copies.
    """
    rows = np.random.default_rng(seed).permutation(np.flatnonzero(train))
    real, label = data.is_real[rows], data.label[rows]
    early_ia = real & (label == "SN Ia") & (data.horizon[rows] != "full")
    first = ~pd.Series(data.object[rows[early_ia]]).duplicated().to_numpy()
    kept = [rows[real & ~early_ia], rows[early_ia][first]]
    kept += [rows[~real & (label == name)][:LARGEST] for name in np.unique(label[~real])]
    return np.sort(np.concatenate(kept))


def row_weights(data, rows):
    """Return weights of selected rows, with the same sums by class and kind as the mixture."""
    of_kind = np.where(data.is_real, np.where(data.horizon == "full", "full", "early"), "simulated")
    kind = (pd.Series(data.label) + of_kind).to_numpy()
    totals = pd.Series(data.weight).groupby(kind).sum()
    chosen = pd.Series(kind[rows])
    return chosen.map(totals / chosen.value_counts()).to_numpy(dtype=np.float64)


def usable_rows(X):
    """Return the mask of objects with a usable point."""
    return check_table(X[["light_curve"]], warn=False).present("light_curve")


def redshift_rows(data):
    """Return the redshifts of all rows, NaN if unknown, and a mask of those that are trained on.

    The mask holds the complete and one early copy of each real object.
    """
    redshift = np.full(len(data.label), np.nan)
    redshift[data.is_real] = np.tile(data.objects["redshift"].to_numpy(float), len(HORIZONS))
    trained = data.horizon == "full"
    early = np.flatnonzero(data.is_real & ~trained)
    early = np.random.default_rng(0).permutation(early)
    trained[early[~pd.Series(data.object[early]).duplicated().to_numpy()]] = True
    return redshift, trained & (redshift > 0)


def redshift_model():
    """Return the regressor of the packaged redshift model."""
    trees = {"learning_rate": 0.08, "max_iter": 140, "max_leaf_nodes": 12, **_TREES}
    boosting = HistGradientBoostingRegressor(l2_regularization=1.0, **trees)
    of_all = TransformedTargetRegressor(boosting, func=np.log, inverse_func=np.exp)
    is_near = HistGradientBoostingClassifier(
        learning_rate=0.08, max_iter=80, max_leaf_nodes=10, **_TREES
    )
    embedder = _frozen_embedder()
    last = list(range(-len(embedder.get_feature_names_out()), 0))
    of_embedding = make_pipeline(
        ColumnTransformer([("embedding", StandardScaler(), last)]),
        SVR(C=2.0, epsilon=0.05, gamma=0.2 / len(last)),
    )
    of_embedding = TransformedTargetRegressor(of_embedding, func=np.log, inverse_func=np.exp)
    low = [("linear", boosting), ("logarithm", of_all), ("embedding", of_embedding)]
    low = VotingRegressor(low, weights=[1.0, 1.0, 2.0])
    redshift = TwoRangeRegressor(of_all, low=low, classifier=is_near, threshold=0.2)
    embedding = ("embedding", embedder, ["light_curve"])
    features = ("features", LightCurveFeatures(), ["light_curve"])
    return make_pipeline(ColumnTransformer([features, embedding]), redshift)


def _frozen_embedder():
    model = load_pretrained("contrastive-sim")
    return model if isinstance(model, FrozenEstimator) else FrozenEstimator(model)
