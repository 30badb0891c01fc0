"""One isolation forest per class."""

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
    """Find anomalies by one isolation forest for each known class.

    A single forest takes the classes for clusters, of which the rare ones seem anomalous. Here each
    class has a forest of its own; a sample is as anomalous as the forest says that finds it least
    so [1]_. Anomalies are not needed in training. At the end of a Pipeline, the steps before it are
    the embedder.

    Parameters
    ----------
    n_estimators : int, default=100
        Trees of each forest.
    max_samples : "auto", int or float, default="auto"
        Samples of its class that each tree sees: "auto" is 256 at most, a float is a fraction.
    contamination : "auto" or float in (0, 0.5], default="auto"
        Fraction of the training samples that `predict` calls outliers. "auto" puts the threshold at
        a score of -0.5, as :class:`sklearn.ensemble.IsolationForest` does.
    n_jobs : int, default=None
        Processes that fit each forest.
    random_state : int, RandomState or None, default=None

    Attributes
    ----------
    classes_ : array of shape (n_classes,)
    forests_ : list of sklearn.ensemble.IsolationForest
        By class.
    offset_ : float
        Scores below are outliers.
    n_features_in_ : int
    feature_names_in_ : array of str
        Columns of X in fit, if it had names.

    See Also
    --------
    ClassDistanceDetector : Distances in the place of forests; better in smooth embeddings.

    References
    ----------
    .. [1] Gupta, Muthukrishna & Lochner (2025), "A classifier-based approach to multiclass anomaly
       detection for astronomical transients", RASTI 4, rzae054.

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
        n_estimators=100,
        max_samples="auto",
        contamination="auto",
        n_jobs=None,
        random_state=None,
    ):
        self.n_estimators = n_estimators
        self.max_samples = max_samples
        self.contamination = contamination
        self.n_jobs = n_jobs
        self.random_state = random_state

    def _fit_classes(self, X, codes):
        rng = check_random_state(self.random_state)
        self.forests_ = []
        for code in range(len(self.classes_)):
            own = X[codes == code]
            most = self.max_samples
            if isinstance(most, Integral):
                most = min(most, len(own))
            elif most != "auto":
                most = max(1, int(most * len(own)))
            forest = IsolationForest(
                n_estimators=self.n_estimators,
                max_samples=most,
                n_jobs=self.n_jobs,
                random_state=rng.randint(2**31 - 1),
            )
            self.forests_.append(forest.fit(own))
        return self._class_scores(X).max(axis=1)

    def _class_scores(self, X):
        return np.column_stack([forest.score_samples(X) for forest in self.forests_])

    def _auto_offset(self, scores):
        return -0.5
