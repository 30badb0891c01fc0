"""Anomaly detection by the distance to the nearest class."""

import numpy as np
from sklearn.covariance import ledoit_wolf
from sklearn.neighbors import NearestNeighbors
from sklearn.utils._param_validation import StrOptions

from sklearn_sn.anomaly._class_conditional import N_JOBS, N_NEIGHBORS, ClassConditionalDetector

_SAME = 1e-5  # whitened distance below which a sample is identified with a training sample
_SMALLEST = 1e-6  # minimum variance of a direction, relative to the largest


class ClassDistanceDetector(ClassConditionalDetector):
    """Detect anomalies by the distance to the nearest class.

    Features are whitened with the within-class covariance, estimated with shrinkage [1]_, so that
    few samples in many dimensions suffice. The score is a negative distance: the Mahalanobis
    distance to the mean of the nearest class [2]_, the distance to the k-th nearest training sample
    of a class [3]_ (for classes of irregular shape), or the sum of both.

    Parameters
    ----------
    method : {"mahalanobis", "knn", "both"}, default="both"
        Distance to use. "both" adds the two distances, each divided by its median in training.
    covariance : {"shared", "class"}, default="shared"
        Use one covariance for all classes, as rare classes require, or one per class. A class
        without variance uses the shared covariance.
    n_neighbors : int, default=5
        Rank k of the neighbour; a class with fewer samples uses its farthest one.
    contamination : "auto" or float in (0, 0.5], default="auto"
        Fraction of training samples that are outliers; it sets the threshold. "auto" is 0.05.
    n_jobs : int, default=None
        Number of parallel jobs of the neighbour search.

    Attributes
    ----------
    classes_ : array of shape (n_classes,)
        Class labels.
    means_ : array of shape (n_classes, n_features)
        Mean of each class.
    whiteners_ : list of array of shape (n_features, n_directions)
        Matrix of each class that maps differences to its mean to uncorrelated ones of variance 1.
    neighbors_ : list of sklearn.neighbors.NearestNeighbors
        Neighbour search in the whitened, centred training samples of each class; empty if method
        is "mahalanobis".
    scales_ : array of shape (2,)
        Median training distance to the mean and to the neighbours.
    offset_ : float
        Threshold; samples with lower scores are outliers.
    n_features_in_ : int
        Number of features seen during `fit`.
    feature_names_in_ : array of str
        Names of the features seen during `fit`, if X had string names.

    See Also
    --------
    MultiClassIsolationForest : Detect anomalies by one isolation forest per class.

    Notes
    -----
    The threshold is a percentile of the training scores. Training samples are excluded from their
    own neighbours but not from the means and covariances. The fraction of outliers among new
    normal samples is therefore slightly larger than `contamination`.

    The result does not depend on the units of single features.

    References
    ----------
    .. [1] Ledoit, O. & Wolf, M. (2004). "A well-conditioned estimator for large-dimensional
       covariance matrices". Journal of Multivariate Analysis 88, 365.
    .. [2] Lee, K., Lee, K., Lee, H. & Shin, J. (2018). "A Simple Unified Framework for Detecting
       Out-of-Distribution Samples and Adversarial Attacks". NeurIPS 31.
    .. [3] Sun, Y., Ming, Y., Zhu, X. & Li, Y. (2022). "Out-of-Distribution Detection with Deep
       Nearest Neighbors". ICML 39.

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
        method: str = "both",
        covariance: str = "shared",
        n_neighbors: int = 5,
        contamination: str | float = "auto",
        n_jobs: int | None = None,
    ) -> None:
        self.method = method
        self.covariance = covariance
        self.n_neighbors = n_neighbors
        self.contamination = contamination
        self.n_jobs = n_jobs

    def _fit_classes(self, X, codes):
        n_classes = len(self.classes_)
        self.means_ = np.stack([X[codes == code].mean(axis=0) for code in range(n_classes)])
        residuals = X - self.means_[codes]
        shared = _whitener(residuals, np.eye(X.shape[1]))
        self.whiteners_ = [
            shared if self.covariance == "shared" else _whitener(residuals[codes == code], shared)
            for code in range(n_classes)
        ]
        self.neighbors_ = []
        if self.method != "mahalanobis":
            for code, whitener in enumerate(self.whiteners_):
                search = NearestNeighbors(n_jobs=self.n_jobs)
                # Centre on the mean: far from the origin, rounding errors affect distances.
                centred = X[codes == code] - self.means_[code]
                self.neighbors_.append(search.fit(centred @ whitener))
        distances = self._distances(X)  # (2, n_samples, n_classes)
        # Bring both distances to a common scale: their median over the training samples.
        medians = np.median(distances.min(axis=2), axis=1)
        self.scales_ = np.where(medians > 0, medians, 1.0)
        return self._combined(distances).max(axis=1)

    def _class_scores(self, X):
        return self._combined(self._distances(X))

    def _distances(self, X):
        """Return distances to means and to neighbours of each class: (2, n_samples, n_classes)."""
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
    """Return the distance to the k-th (or last) neighbour, excluding the sample itself."""
    distances, _ = search.kneighbors(white, min(k + 1, search.n_samples_fit_))
    # A training sample finds itself at distance 0; skip that column.
    itself = (distances[:, 0] < _SAME).astype(int)
    # A class of one sample has no other neighbour.
    distances = np.column_stack([distances, np.full(len(distances), np.inf)])
    column = itself + np.minimum(k, search.n_samples_fit_ - itself) - 1
    return distances[np.arange(len(distances)), column]


def _whitener(residuals, fallback):
    """Return a matrix that whitens residuals about class means: (n_features, n_directions)."""
    if not residuals.any():  # a single sample, or identical samples
        return fallback
    # Shrinkage is towards equal variances, so standardise the features first.
    spread = np.sqrt(np.mean(residuals**2, axis=0))
    # Ignore constant features and directions, such as dead units of a network.
    alive = spread > 0
    unit = np.zeros_like(spread)
    unit[alive] = 1.0 / spread[alive]
    covariance, _ = ledoit_wolf((residuals * unit)[:, alive], assume_centered=True)
    values, vectors = np.linalg.eigh(covariance)
    kept = values > _SMALLEST * values[-1]
    whitener = np.zeros((len(spread), kept.sum()))
    whitener[alive] = vectors[:, kept] / np.sqrt(values[kept])
    return unit[:, None] * whitener
