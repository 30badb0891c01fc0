"""Columns and types of the output of a method of a model."""

import warnings
from typing import Any

import numpy as np
import pandas as pd

_OF_CLASSES = ("predict_proba", "predict_log_proba", "decision_function")


def empty_output(model: Any, method: str, part: pd.DataFrame) -> pd.DataFrame:
    """Return the output for no objects, with the columns and types of the output for any.

    Parameters
    ----------
    model : estimator
        Fitted model.
    method : str
        Method of the model.
    part : pandas.DataFrame
        Partition of a catalogue; its rows are not used.

    Returns
    -------
    pandas.DataFrame of 0 rows
        Columns ``classes_`` for probabilities, those of ``get_feature_names_out`` for
        ``transform``, and the name of the method for methods that return a number or label for an
        object. The index is that of `part`.
    """
    part = part.iloc[:0]
    values = _values_of_no_objects(model, method, part)
    names = _names(model, method, values)
    return pd.DataFrame(dict.fromkeys(names, pd.Series(values.dtype.type(), dtype=values.dtype)))[
        :0
    ].set_axis(part.index)


def output_of(model: Any, method: str, part: pd.DataFrame, meta: pd.DataFrame) -> pd.DataFrame:
    """Return the output of a method for the objects of a partition.

    Parameters
    ----------
    model : estimator
        Fitted model.
    method : str
        Method of the model.
    part : pandas.DataFrame
        Partition of a catalogue.
    meta : pandas.DataFrame
        Result of :func:`empty_output`.

    Returns
    -------
    pandas.DataFrame of len(part) rows
        Index of `part`; columns and types of `meta`.
    """
    values = np.asarray(getattr(model, method)(part))
    if values.ndim == 1:
        values = values[:, None]
    if values.shape != (len(part), meta.shape[1]):
        raise ValueError(
            f"{method} of {type(model).__name__} must return an array of shape "
            f"{(len(part), meta.shape[1])} for {len(part)} objects. Got shape {values.shape}."
        )
    return with_types(pd.DataFrame(values, index=part.index, columns=meta.columns), meta)


def with_types(output: pd.DataFrame, meta: pd.DataFrame) -> pd.DataFrame:
    """Return a table with the types of another table in its columns and index.

    Categorical types stay, because Dask may not know their categories.
    """
    kinds = {
        name: kind
        for name, kind in meta.dtypes.items()
        if kind != output[name].dtype and not isinstance(kind, pd.CategoricalDtype)
    }
    if kinds:
        output = output.astype(kinds)
    # Dask may state "str" for an index whose partitions have "string".
    kind = meta.index.dtype
    if kind != output.index.dtype and not isinstance(kind, pd.CategoricalDtype):
        output = output.set_axis(output.index.astype(kind))
    return output


def _values_of_no_objects(model, method, part):
    """Return the output for no objects; an array of float64 if the model requires objects."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            values = np.asarray(getattr(model, method)(part))
        if values.dtype != object and len(values) == 0:
            return values
    except (ValueError, IndexError, RuntimeError):
        pass  # scikit-learn's arrays must have a row, and some networks, too
    if method == "predict" and hasattr(model, "classes_"):
        return np.asarray(model.classes_)[:0]
    return np.empty((0, 0))


def _names(model, method, values):
    if method == "transform":
        return list(model.get_feature_names_out())
    classes = getattr(model, "classes_", None)
    if method in _OF_CLASSES and classes is not None:
        is_margin = method == "decision_function" and len(classes) == 2
        return [method] if is_margin else np.asarray(classes).tolist()
    if values.ndim == 2 and values.shape[1] > 1:
        return [f"{method}_{i}" for i in range(values.shape[1])]
    return [method]
