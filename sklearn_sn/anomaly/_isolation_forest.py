"""Anomaly detection by one isolation forest per class."""

import numpy as np
from sklearn.ensemble import IsolationForest
from sklearn.utils import check_random_state
from sklearn.utils._param_validation import Interval, StrOptions

from sklearn_sn.anomaly._class_conditional import (
    N_JOBS,
    N_NEIGHBORS,
    ClassConditionalDetector,
    Integral,
    Real,
)


class MultiClassIsolationForest(ClassConditionalDetector):
    """Detect anomalies by one isolation forest per known class.

    A single forest treats classes as clusters, so that rare classes appear anomalous. Here each
    class has its own forest, and the score of a sample is the highest over the forests [1]_.
    Training needs no anomalies. In a Pipeline, the preceding steps are the embedder.

    Parameters
    ----------
    n_estimators : int, default=100
        Number of trees of each forest.
    max_samples : "auto", int or float, default="auto"
        Number (int) or fraction (float) of the samples of a class that each tree draws. "auto" is
        at most 256.
    contamination : "auto" or float in (0, 0.5], default="auto"
        Fraction of training samples that are outliers; it sets the threshold. "auto" sets the
        threshold to a score of -0.5, as :class:`sklearn.ensemble.IsolationForest` does.
    n_jobs : int, default=None
        Number of parallel jobs of each forest.
    random_state : int, RandomState or None, default=None
        Seed of the forests.

    Attributes
    ----------
    classes_ : array of shape (n_classes,)
        Class labels.
    forests_ : list of sklearn.ensemble.IsolationForest
        Forest of each class.
    offset_ : float
        Threshold; samples with lower scores are outliers.
    n_features_in_ : int
        Number of features seen during `fit`.
    feature_names_in_ : array of str
        Names of the features seen during `fit`, if X had string names.

    See Also
    --------
    ClassDistanceDetector : Detect anomalies by distances; better for smooth embeddings.

    References
    ----------
    .. [1] Gupta, R., Muthukrishna, D. & Lochner, M. (2025). "A classifier-based approach to
       multiclass anomaly detection for astronomical transients". RAS Techniques and Instruments 4,
       rzae054.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_sn.anomaly import MultiClassIsolationForest
    >>> rng = np.random.default_rng(0)
    >>> X = np.concatenate([rng.normal(size=(200, 2)), rng.normal(8.0, size=(20, 2))])
    >>> y = np.repeat(["SN Ia", "SN II"], [200, 20])
    >>> model = MultiClassIsolationForest(contamination=0.01, random_state=0).fit(X, y)
    >>> model.predict([[0.0, 0.0], [8.0, 8.0], [4.0, -4.0]])
    array([ 1,  1, -1])
    """

    _parameter_constraints = {
        **ClassConditionalDetector._parameter_constraints,
        "n_estimators": N_NEIGHBORS,
        "max_samples": [
            StrOptions({"auto"}),
            Interval(Integral, 1, None, closed="left"),
            Interval(Real, 0, 1, closed="right"),
        ],
        "n_jobs": N_JOBS,
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        *,
        n_estimators: int = 100,
        max_samples: str | float = "auto",
        contamination: str | float = "auto",
        n_jobs: int | None = None,
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.n_estimators = n_estimators
        self.max_samples = max_samples
        self.contamination = contamination
        self.n_jobs = n_jobs
        self.random_state = random_state

    def _fit_classes(self, X, codes):
        rng = check_random_state(self.random_state)
        self.forests_ = []
        for code in range(len(self.classes_)):
            members = X[codes == code]
            max_samples = self.max_samples
            if isinstance(max_samples, Integral):
                max_samples = min(max_samples, len(members))
            elif max_samples != "auto":
                max_samples = max(1, int(max_samples * len(members)))
            forest = IsolationForest(
                n_estimators=self.n_estimators,
                max_samples=max_samples,
                n_jobs=self.n_jobs,
                random_state=rng.randint(2**31 - 1),
            )
            self.forests_.append(forest.fit(members))
        return self._class_scores(X).max(axis=1)

    def _class_scores(self, X):
        return np.column_stack([forest.score_samples(X) for forest in self.forests_])

    def _auto_offset(self, scores):
        return -0.5
