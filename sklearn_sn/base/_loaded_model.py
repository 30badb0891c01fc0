"""Warn if a model from a file is trained anew."""

from sklearn_sn.data import warn_user
from sklearn_sn.persistence import RetrainingWarning


def warn_if_from_file(estimator):
    """Warn if an estimator comes from a file, and remove its mark.

    Parameters
    ----------
    estimator : TorchEstimator
        Estimator that is about to be trained, without a warm start.
    """
    if not estimator._from_file:
        return
    # The next fit repeats a training of the user's own.
    del estimator._from_file
    warn_user(
        f"{type(estimator).__name__} was loaded from a file and is trained anew, without its "
        "loaded weights. To keep them, wrap the model in sklearn.frozen.FrozenEstimator, as "
        "load_pretrained does. To start from them, pass the wrapped model as 'pretrained' of a "
        "new estimator, or set warm_start=True.",
        RetrainingWarning,
    )
