"""Means over weighted objects."""

import numpy as np
from sklearn.utils import check_consistent_length, column_or_1d


def weighted_mean(values, sample_weight, caller):
    """Return the mean over all entries, with one weight per object.

    Parameters
    ----------
    values : array of shape (n_objects, ...)
        Numbers or booleans.
    sample_weight : array-like of shape (n_objects,) or None
        Weights of the objects; None weights all equally.
    caller : str
        Name of the public function, for messages.

    Returns
    -------
    float
        The weighted mean.

    Raises
    ------
    ValueError
        If the weights have another length than `values`, are negative or not finite, or are all
        zero.
    """
    if sample_weight is None:
        return float(values.mean())
    weight = column_or_1d(sample_weight, dtype=np.float64)
    check_consistent_length(values, weight)
    if not np.isfinite(weight).all() or (weight < 0).any() or not weight.any():
        raise ValueError(
            f"The 'sample_weight' parameter of {caller} must be finite, non-negative and not all "
            "zero."
        )
    per_object = values.reshape(len(values), -1).mean(axis=1)
    # Dividing by the largest first keeps the sum of huge weights finite.
    return float(np.average(per_object, weights=weight / weight.max()))
