"""Warnings about a training that diverged or was interrupted."""

from typing import Any

from sklearn.exceptions import ConvergenceWarning

from sklearn_sn.base._many_fits import is_one_of_many_fits
from sklearn_sn.data import warn_user


def finish_fit(estimator: Any) -> Any:
    """Return a fitted estimator, and warn if its training ended early.

    Parameters
    ----------
    estimator : TorchEstimator
        Estimator whose training has ended.

    Returns
    -------
    TorchEstimator
        The estimator.

    Raises
    ------
    KeyboardInterrupt
        If training was interrupted inside a search, cross-validation or ensemble, which would go on
        with the next fit.
    """
    name = type(estimator).__name__
    # With warm starts, n_iter_ counts the epochs of all fits.
    planned = estimator.net_.max_epochs  # differs from the parameter with MaxSteps
    done = f"{estimator.n_iter_}"
    if not (estimator.warm_start or estimator._partial is not None):
        done = f"{done} of {planned}"
    if estimator.fit_status_ == "diverged":
        warn_user(
            f"The training of {name} diverged after {done} epochs "
            "(the loss, a weight or an output is NaN or infinite). The best finite weights "
            f"are kept. Lower 'lr' (it is {estimator.lr!r}), or check X and y for extreme values.",
            ConvergenceWarning,
        )
    elif estimator.fit_status_ == "interrupted":
        try:
            warn_user(
                f"The training of {name} was interrupted after {done} epochs; the model has "
                "the weights so far.",
                ConvergenceWarning,
            )
        finally:
            # Also where warnings are errors, which a search would take for a failed fit.
            if is_one_of_many_fits():
                raise KeyboardInterrupt
    return estimator
