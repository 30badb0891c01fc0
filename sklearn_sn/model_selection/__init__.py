"""Cross-validated scores with few labels, and at early times, for any estimator."""

from sklearn_sn.model_selection._early_scorers import early_scorers
from sklearn_sn.model_selection._horizon import horizon_sweep
from sklearn_sn.model_selection._limited_labels import limited_labels_curve
from sklearn_sn.model_selection._results import HorizonResult, LimitedLabelsResult

__all__ = [
    "HorizonResult",
    "LimitedLabelsResult",
    "early_scorers",
    "horizon_sweep",
    "limited_labels_curve",
]
