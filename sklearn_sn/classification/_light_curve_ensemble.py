"""Classify light curves by the mean of networks and of boosting on features."""

from numbers import Integral
from typing import Self

import numpy as np
import numpy.typing as npt
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.frozen import FrozenEstimator
from sklearn.utils import check_consistent_length, check_random_state
from sklearn.utils._param_validation import HasMethods, Interval
from sklearn.utils.validation import _check_sample_weight, check_is_fitted

from sklearn_sn.base import MetaEstimator, check_labels, remember_columns, require_two_classes
from sklearn_sn.classification._light_curve import LightCurveClassifier
from sklearn_sn.data import as_frame, check_table
from sklearn_sn.persistence import load_pretrained
from sklearn_sn.preprocessing import LightCurveFeatures

_LARGEST_SEED = 2**31 - 1
_LEAST_KNOWN = 0.2  # share of objects; columns that are known less often only slow boosting down


class LightCurveEnsembleClassifier(ClassifierMixin, MetaEstimator):
    """Classify light curves by the mean of networks and of boosting on features.

    The networks are fine-tuned from a pretrained embedder. Boosting reads the features of
    :class:`~sklearn_sn.preprocessing.LightCurveFeatures` and the embedding of that embedder, which
    is not trained further. Probabilities are the mean of those of boosting and of the mean of the
    networks.

    Parameters
    ----------
    n_networks : int, default=1
        Number of networks, which differ in their seeds. 0 is boosting alone, which is fitted in
        about a tenth of the time.
    network : estimator, default=None
        The network; by default a :class:`LightCurveClassifier` that is fine-tuned from the
        `embedder` for 15 epochs.
    boosting : estimator, default=None
        Classifier of the features, which may be NaN; by default a
        :class:`sklearn.ensemble.HistGradientBoostingClassifier`.
    embedder : str or FrozenEstimator, default="contrastive-sim"
        Fitted embedder of light curves, or the name of a packaged one; see
        :func:`~sklearn_sn.persistence.load_pretrained`.
    random_state : int, RandomState or None, default=None
        Seed of the boosting and of the networks.

    Attributes
    ----------
    classes_ : array of shape (n_classes,)
        The classes.
    class_prior_ : array of shape (n_classes,)
        Weighted class frequencies in fit; the probabilities of an object without a usable point.
    boosting_ : estimator
        Fitted classifier of the features.
    networks_ : list of estimator
        Fitted networks.
    embedder_ : FrozenEstimator
        The embedder.
    features_ : LightCurveFeatures
        The fitted transformer.
    columns_ : array of bool
        Features and embedding that boosting reads: those that vary, and are not NaN for more than
        four objects in five.
    n_features_in_ : int
        Number of columns of the table in fit.
    feature_names_in_ : array of str
        Columns of the table in fit.

    See Also
    --------
    ConformalClassifier : Calibrate the probabilities, and predict sets of classes.
    LightCurveClassifier : One network.

    Examples
    --------
    >>> from sklearn_sn.classification import LightCurveEnsembleClassifier
    >>> from sklearn_sn.datasets import make_supernovae
    >>> X, y = make_supernovae(40, modalities=["light_curve"], random_state=0)
    >>> model = LightCurveEnsembleClassifier(n_networks=0, random_state=0).fit(X, y)
    >>> model.predict_proba(X).shape
    (40, 5)
    """

    _tables_only = True

    _parameter_constraints = {
        "n_networks": [Interval(Integral, 0, None, closed="left")],
        "network": [HasMethods(["fit", "predict_proba"]), None],
        "boosting": [HasMethods(["fit", "predict_proba"]), None],
        "embedder": [str, HasMethods(["transform"])],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        *,
        n_networks: int = 1,
        network: BaseEstimator | None = None,
        boosting: BaseEstimator | None = None,
        embedder: str | FrozenEstimator = "contrastive-sim",
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.n_networks = n_networks
        self.network = network
        self.boosting = boosting
        self.embedder = embedder
        self.random_state = random_state

    def fit(self, X: pd.DataFrame, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self:
        """Fit boosting and the networks.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows
            Table with a column ``light_curve``; other columns are ignored.
        y : array-like of shape (n_objects,)
            Classes.
        sample_weight : array-like of shape (n_objects,), optional
            Weights of the objects.

        Returns
        -------
        self

        Raises
        ------
        ValueError
            If a parameter is out of range, the input cannot be repaired, or `y` holds one class.
        """
        self._validate_params()
        X, y = as_frame(X), check_labels(y)
        check_consistent_length(X, y)
        classes, codes = np.unique(y, return_inverse=True)
        require_two_classes(classes)
        weight = None
        if sample_weight is not None:
            weight = _check_sample_weight(sample_weight, y, ensure_non_negative=True)
        counts = np.bincount(codes, weights=weight)
        rng = check_random_state(self.random_state)
        embedder = self._frozen_embedder()
        features = LightCurveFeatures()
        values = _joined(features.fit_transform(X[["light_curve"]]), embedder, X)
        columns = _informative(values)
        weights = {} if weight is None else {"sample_weight": weight}
        boosting = self._new_boosting(rng).fit(values[:, columns], y, **weights)
        networks = self._fit_networks(embedder, rng, X, y, weight)
        # Set attributes last, so that an error in fit leaves a fitted model unchanged.
        self.classes_, self.class_prior_ = classes, counts / counts.sum()
        self.embedder_, self.features_, self.columns_ = embedder, features, columns
        self.boosting_, self.networks_ = boosting, networks
        remember_columns(self, X)
        return self

    def _fit_networks(self, embedder, rng, X, y, weight):
        """Return networks that are fitted to the objects with a usable point."""
        if self.n_networks == 0:
            return []
        table = check_table(X[["light_curve"]], modalities=["light_curve"], warn=False)
        usable = table.present("light_curve")
        X, y = X.loc[usable, ["light_curve"]], y[usable]
        weights = {} if weight is None else {"sample_weight": weight[usable]}
        return [
            self._new_network(embedder, rng).fit(X, y, **weights) for _ in range(self.n_networks)
        ]

    def predict_proba(self, X: pd.DataFrame) -> npt.NDArray[np.float64]:
        """Return probabilities of the classes.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows
            Table as in `fit`.

        Returns
        -------
        array of shape (n_objects, n_classes)
            Columns as in ``classes_``; rows add up to 1. An object without a usable point gets
            ``class_prior_``.
        """
        check_is_fitted(self, "boosting_")
        X = as_frame(X)
        values = _joined(self.features_.transform(X[["light_curve"]]), self.embedder_, X)
        proba = self.boosting_.predict_proba(values[:, self.columns_])
        if self.networks_:
            several = [network.predict_proba(X[["light_curve"]]) for network in self.networks_]
            proba = (proba + np.mean(several, axis=0)) / 2.0
        table = check_table(X[["light_curve"]], modalities=["light_curve"], warn=False)
        proba[~table.present("light_curve")] = self.class_prior_
        return proba

    def predict(self, X: pd.DataFrame) -> np.ndarray:
        """Return the most probable class of every object.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows
            Table as in `fit`.

        Returns
        -------
        array of shape (n_objects,)
            Elements of ``classes_``.
        """
        best = self.predict_proba(X).argmax(axis=1)
        return self.classes_[best]

    def _frozen_embedder(self):
        model = load_pretrained(self.embedder) if isinstance(self.embedder, str) else self.embedder
        return model if isinstance(model, FrozenEstimator) else FrozenEstimator(model)

    def _new_boosting(self, rng):
        seed = rng.randint(_LARGEST_SEED)
        if self.boosting is not None:
            return _seeded(self.boosting, seed)
        return HistGradientBoostingClassifier(
            learning_rate=0.1,
            max_iter=70,
            max_leaf_nodes=10,
            min_samples_leaf=12,
            max_features=0.3,
            l2_regularization=1.0,
            max_bins=63,
            early_stopping=False,
            random_state=seed,
        )

    def _new_network(self, embedder, rng):
        seed = rng.randint(_LARGEST_SEED)
        if self.network is not None:
            return _seeded(self.network, seed)
        return LightCurveClassifier(pretrained=embedder, max_epochs=15, lr=3e-4, random_state=seed)


def _joined(features, embedder, X):
    """Return features and embedding of light curves, (n_objects, n_columns)."""
    embedding = np.asarray(embedder.transform(X[["light_curve"]]), dtype=np.float64)
    return np.concatenate([np.asarray(features, dtype=np.float64), embedding], axis=1)


def _informative(values):
    """Return the mask of columns that vary and are known for enough objects."""
    known = np.isfinite(values)
    high = np.where(known, values, -np.inf).max(axis=0)
    low = np.where(known, values, np.inf).min(axis=0)
    return (known.mean(axis=0) >= _LEAST_KNOWN) & (high > low)


def _seeded(estimator, seed):
    """Return a clone with new seeds in all parts, such as the steps of a Pipeline."""
    model = clone(estimator)
    names = [n for n in sorted(model.get_params()) if n.split("__")[-1] == "random_state"]
    rng = check_random_state(seed)
    seeds = {name: seed if name == "random_state" else rng.randint(_LARGEST_SEED) for name in names}
    return model.set_params(**seeds)
