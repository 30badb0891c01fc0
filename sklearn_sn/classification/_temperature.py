"""Temperature scaling of probabilities."""

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize_scalar

_LOWEST = 1e-7  # probability; smaller ones have no defined logarithm
_LARGEST_LOG = 3.0  # of the temperature


def apply_temperature(
    proba: npt.NDArray[np.float64], temperature: float
) -> npt.NDArray[np.float64]:
    """Return probabilities whose logarithms are divided by a temperature.

    Parameters
    ----------
    proba : array of shape (n_objects, n_classes)
        Probabilities; rows add up to 1.
    temperature : float
        Above 1, probabilities become less extreme; the most probable class stays the same.

    Returns
    -------
    array of shape (n_objects, n_classes)
    """
    if temperature == 1.0:
        return proba
    logits = np.log(np.maximum(proba, _LOWEST)) / temperature
    scaled = np.exp(logits - logits.max(axis=1, keepdims=True))
    return scaled / scaled.sum(axis=1, keepdims=True)


def fit_temperature(
    proba: npt.NDArray[np.float64],
    codes: npt.NDArray[np.int64],
    weight: npt.NDArray[np.float64] | None = None,
) -> float:
    """Return the temperature with the smallest log-loss.

    Parameters
    ----------
    proba : array of shape (n_objects, n_classes)
        Probabilities of objects that the model was not trained on.
    codes : array of shape (n_objects,)
        Columns of the true classes.
    weight : array of shape (n_objects,), optional
        Weights of the objects.

    Returns
    -------
    float
        Within [0.05, 20].
    """
    rows = np.arange(len(codes))

    def loss(log_temperature):
        scaled = apply_temperature(proba, np.exp(log_temperature))
        return -np.average(np.log(np.maximum(scaled[rows, codes], _LOWEST)), weights=weight)

    found = minimize_scalar(loss, bounds=(-_LARGEST_LOG, _LARGEST_LOG), method="bounded")
    return float(np.exp(found.x))
