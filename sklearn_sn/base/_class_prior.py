"""Class prior of probabilities that were trained with class weights or oversampling."""

import numpy as np
import numpy.typing as npt


def training_log_weights(
    codes: np.ndarray,
    n_classes: int,
    class_weight: np.ndarray | None = None,
    draws: np.ndarray | None = None,
) -> npt.NDArray[np.float64]:
    """Return by how much more each class counts in the loss than its frequency.

    A network that minimises a weighted cross-entropy predicts probabilities proportional to
    p(class | x) times these weights. Subtracting their logarithms from the logits gives
    p(class | x).

    Parameters
    ----------
    codes : array of int, shape (n_objects,)
        Class of each object of training.
    n_classes : int
        Number of classes.
    class_weight : array of shape (n_classes,), optional
        Weights of the classes in the loss.
    draws : array of shape (n_objects,), optional
        How often each object is drawn in an epoch, on average; equal within a class.

    Returns
    -------
    array of shape (n_classes,)
        Logarithms of the weights; 0 for a class of weight 0, which the network cannot learn.
    """
    weight = np.ones(n_classes) if class_weight is None else np.asarray(class_weight, np.float64)
    if draws is not None:
        total = np.bincount(codes, weights=draws, minlength=n_classes)
        weight = weight * total / np.maximum(np.bincount(codes, minlength=n_classes), 1)
    return np.log(np.where(weight > 0, weight, 1.0))
