"""Checks of the labels and numbers in y."""

from numbers import Number

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.utils import assert_all_finite
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import column_or_1d

LARGEST_TARGET = float(np.finfo(np.float32).max)


def check_labels(y: ArrayLike) -> np.ndarray:
    """Return class labels as a flat array.

    Parameters
    ----------
    y : array-like of shape (n_objects,)
        Classes: numbers, text or bytes, of one kind.

    Returns
    -------
    array of shape (n_objects,)
        The labels.

    Raises
    ------
    ValueError
        If labels are missing (None, NaN, NaT, pandas.NA) or of different kinds, which numpy would
        silently turn into text.
    """
    raw = raw_values(y)
    if raw is not None:
        missing = pd.isna(raw)
        if missing.any():
            raise ValueError(
                f"y holds unknown labels (None or NaN), first at position {int(missing.argmax())}; "
                "drop these objects before fit."
            )
        kinds = {_kind(cls) for cls in set(map(type, raw))}
        if len(kinds) > 1:
            raise ValueError(
                f"y holds labels of different kinds ({' and '.join(sorted(kinds))}); use one kind."
            )
        if kinds & {"numbers", "booleans"}:
            # As in a column from which missing labels were dropped.
            y = np.array(raw.tolist())
    y = column_or_1d(y, warn=True)
    if y.dtype.kind == "f":
        assert_all_finite(y, input_name="y")
    if y.dtype.kind != "S":
        check_classification_targets(y)
    return y


def require_two_classes(classes: np.ndarray) -> None:
    """Raise ValueError if there are fewer than two classes."""
    if len(classes) < 2:
        raise ValueError(
            f"y holds one class only ({classes.tolist()}); a classifier needs two or more."
        )


def check_numbers(y: ArrayLike) -> np.ndarray:
    """Return numbers to predict as a flat float64 array.

    Raises
    ------
    ValueError
        If `y` is empty, or a number is not finite or beyond the range of float32.
    """
    raw = raw_values(y)
    if raw is not None:
        _reject_not_finite(pd.isna(raw))
    y = column_or_1d(y, warn=True, dtype=np.float64)
    if not len(y):
        raise ValueError("y is empty; fit needs at least two objects.")
    _reject_not_finite(~np.isfinite(y))
    beyond = np.abs(y) > LARGEST_TARGET
    if beyond.any():
        raise ValueError(
            f"y holds {y[beyond][0]:g} at position {int(beyond.argmax())}, beyond the range of "
            "float32; drop this object, or scale y."
        )
    return y


def _reject_not_finite(invalid):
    """Raise ValueError if any number is marked as missing or infinite."""
    if invalid.any():
        raise ValueError(
            f"y holds NaN or infinity, first at position {int(invalid.argmax())}; "
            "drop these objects before fit."
        )


def raw_values(y: ArrayLike) -> np.ndarray | None:
    """Return the elements of a flat `y` as an object array; None if numpy gives them one type."""
    if isinstance(y, np.ndarray) and y.dtype != object:
        return None
    if isinstance(y, pd.Series | pd.Index | pd.api.extensions.ExtensionArray):
        return np.asarray(y, dtype=object)
    if not isinstance(y, list | tuple | np.ndarray):
        return None
    if any(issubclass(cls, list | tuple | np.ndarray) for cls in set(map(type, y))):
        return None  # column_or_1d checks the shape
    if isinstance(y, np.ndarray):
        return y
    raw = np.empty(len(y), dtype=object)
    raw[:] = list(y)
    return raw


def _kind(cls):
    if issubclass(cls, str):
        return "text"
    if issubclass(cls, bytes):
        return "bytes"
    if issubclass(cls, bool | np.bool_):
        return "booleans"
    return "numbers" if issubclass(cls, Number | np.number) else cls.__name__
