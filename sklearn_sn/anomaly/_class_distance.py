"""Distance to the nearest class."""

import numpy as np
from sklearn.covariance import ledoit_wolf
from sklearn.neighbors import NearestNeighbors
from sklearn.utils._param_validation import StrOptions

from sklearn_sn.anomaly._class_conditional import N_JOBS, N_NEIGHBORS, ClassConditionalDetector

_SAME = 1e-5  # distance, in units of the spread, below which a sample is one of those in training
_SMALLEST = 1e-6  # variance of a whitened direction, relative to the largest


class ClassDistanceDetector(ClassConditionalDetector):
    """Find anomalies by the distance to the nearest class.

    Directions are scaled by the spread within classes, estimated with shrinkage (Ledoit & Wolf
    2004) so that few samples in many dimensions do. Then the score is minus a distance: that to the
    mean of the nearest class, which is Mahalanobis' [1]_, or that to the k-th of the nearest
    training samples of a class [2]_, for classes that are no ellipsoids.

    Parameters
    ----------
    method : {"mahalanobis", "knn", "both"}, default="both"
        "both" adds the two distances, each over its median in training.
    covariance : {"shared", "class"}, default="shared"
        One spread for all classes, which rare ones need, or each its own. A class without spread
        takes the shared one.
    n_neighbors : int, default=5
        Of the distance to neighbours; a class of fewer samples takes all it has.
    contamination : "auto" or float in (0, 0.5], default="auto"
        Fraction of the training samples that `predict` calls outliers; "auto" is 0.05.
    n_jobs : int, default=None
        Processes that search for neighbours.

    Attributes
    ----------
    classes_ : array of shape (n_classes,)
    means_ : array of shape (n_classes, n_features)
    whiteners_ : list of array of shape (n_features, n_directions)
        What turns differences within each class into uncorrelated ones of variance 1.
    neighbors_ : list of sklearn.neighbors.NearestNeighbors
        Training samples of each class, less its mean, whitened; empty for "mahalanobis".
    scales_ : array of shape (2,)
        Median distance in training to the mean, and to the neighbours.
    offset_ : float
        Scores below are outliers.
    n_features_in_ : int
    feature_names_in_ : array of str
        Columns of X in fit, if it had names.

    See Also
    --------
    MultiClassIsolationForest : Forests in the place of distances.

    Notes
    -----
    The threshold is that of the training samples, whose neighbours are others; but means and
    spreads are their own: new ones exceed it a little more often than `contamination` says.

    Units of single features do not matter.

    References
    ----------
    .. [1] Lee et al. (2018), "A simple unified framework for detecting out-of-distribution samples
       and adversarial attacks", NeurIPS 31.
    .. [2] Sun et al. (2022), "Out-of-distribution detection with deep nearest neighbors", ICML 39.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_sn.anomaly import ClassDistanceDetector
    >>> rng = np.random.default_rng(0)
    >>> X = np.concatenate([rng.normal(size=(200, 2)), rng.normal(8.0, size=(20, 2))])
    >>> y = np.repeat(["SN Ia", "SN II"], [200, 20])
    >>> model = ClassDistanceDetector(contamination=0.01).fit(X, y)
    >>> model.predict([[0.0, 0.0], [8.0, 8.0], [4.0, -4.0]])
    array([ 1,  1, -1])
    """

    _file_kind = "object"

    _parameter_constraints = {
        **ClassConditionalDetector._parameter_constraints,
        "method": [StrOptions({"mahalanobis", "knn", "both"})],
        "covariance": [StrOptions({"shared", "class"})],
        "n_neighbors": N_NEIGHBORS,
        "n_jobs": N_JOBS,
    }

    def __init__(
        self,
        *,
        method="both",
        covariance="shared",
        n_neighbors=5,
        contamination="auto",
        n_jobs=None,
    ):
        self.method = method
        self.covariance = covariance
        self.n_neighbors = n_neighbors
        self.contamination = contamination
        self.n_jobs = n_jobs

    def _fit_classes(self, X, codes):
        n_classes = len(self.classes_)
        self.means_ = np.stack([X[codes == code].mean(axis=0) for code in range(n_classes)])
        inside = X - self.means_[codes]
        shared = _whitener(inside, np.eye(X.shape[1]))
        self.whiteners_ = [
            shared if self.covariance == "shared" else _whitener(inside[codes == code], shared)
            for code in range(n_classes)
        ]
        self.neighbors_ = []
        if self.method != "mahalanobis":
            for code, whitener in enumerate(self.whiteners_):
                search = NearestNeighbors(n_jobs=self.n_jobs)
                # About the mean: far from the origin, rounding would be taken for distance.
                own = X[codes == code] - self.means_[code]
                self.neighbors_.append(search.fit(own @ whitener))
        distances = self._distances(X)  # (2, n_samples, n_classes)
        medians = np.median(distances.min(axis=2), axis=1)
        self.scales_ = np.where(medians > 0, medians, 1.0)
        return self._combined(distances).max(axis=1)

    def _class_scores(self, X):
        return self._combined(self._distances(X))

    def _distances(self, X):
        """To means and to neighbours of every class: (2, n_samples, n_classes)."""
        distances = np.zeros((2, len(X), len(self.classes_)))
        for code, whitener in enumerate(self.whiteners_):
            white = (X - self.means_[code]) @ whitener
            distances[0, :, code] = np.sqrt((white**2).sum(axis=1))
            if self.neighbors_:
                distances[1, :, code] = _to_neighbour(
                    self.neighbors_[code], white, self.n_neighbors
                )
        return distances

    def _combined(self, distances):
        first, second = distances / self.scales_[:, None, None]
        return -{"mahalanobis": first, "knn": second, "both": first + second}[self.method]

    def _auto_offset(self, scores):
        return float(np.percentile(scores, 5.0))


def _to_neighbour(search, white, k):
    """Distance to the k-th neighbour, or the last there is; a training sample is not its own."""
    found, _ = search.kneighbors(white, min(k + 1, search.n_samples_fit_))
    itself = (found[:, 0] < _SAME).astype(int)
    found = np.column_stack([found, np.full(len(found), np.inf)])  # of a class of one sample
    column = itself + np.minimum(k, search.n_samples_fit_ - itself) - 1
    return found[np.arange(len(found)), column]


def _whitener(inside, fallback):
    """Turns differences to class means into ones of variance 1: (n_features, n_directions)."""
    if not inside.any():  # one sample, or several that are equal
        return fallback
    # Shrinkage is towards equal variances: of features in units of their own spread.
    spread = np.sqrt(np.mean(inside**2, axis=0))
    # A feature or direction without any spread, such as a dead unit, says nothing.
    alive = spread > 0
    unit = np.zeros_like(spread)
    unit[alive] = 1.0 / spread[alive]
    covariance, _ = ledoit_wolf((inside * unit)[:, alive], assume_centered=True)
    values, vectors = np.linalg.eigh(covariance)
    kept = values > _SMALLEST * values[-1]
    whitener = np.zeros((len(spread), kept.sum()))
    whitener[alive] = vectors[:, kept] / np.sqrt(values[kept])
    return unit[:, None] * whitener
