"""Files in place of a table as the X of estimators."""

import copy
import inspect
from collections.abc import Iterator
from functools import wraps
from typing import Any

import numpy as np
import pandas as pd

from sklearn_sn.base._file_training import SAMPLE_OBJECTS, FileTraining
from sklearn_sn.base._training import draw_seed
from sklearn_sn.data import is_object_files

PREDICT_OBJECTS = 5000  # objects of files that are in memory at a time in predictions
_PREDICTIONS = ("transform", "predict", "predict_proba", "encode")


def accept_files(cls: type) -> None:
    """Let the methods of a class of estimators take files in place of a table.

    Parameters
    ----------
    cls : type
        A class with ``fit``, whose training ends in :meth:`TorchEstimator._train`. Methods that it
        inherits from mixins are included.
    """
    for name in ("fit", *_PREDICTIONS):
        method = inspect.getattr_static(cls, name, None)
        # Other kinds of attributes, such as those of available_if, are left alone.
        if inspect.isfunction(method) and not hasattr(method, "_takes_files"):
            wrapper = _with_files_in_fit if name == "fit" else _with_files_in_prediction
            setattr(cls, name, wrapper(method))


def _with_files_in_fit(method):
    @wraps(method)
    def fit(self, X, *args, **kwargs):
        if not is_object_files(X):
            return method(self, X, *args, **kwargs)
        # Imported late: readers and simulators double the time to load a model.
        from sklearn_sn.datasets import ObjectFiles

        # The other arguments are one value for each object, or the name of a column, or None.
        given = inspect.signature(method).bind(self, X, *args, **kwargs).arguments
        given = {name: value for name, value in given.items() if name not in ("self", "X")}
        return _fit_files(self, method, ObjectFiles(X), given)

    fit._takes_files = True
    return fit


def _fit_files(estimator, method, files, given):
    if getattr(estimator, "calibration_fraction", 0) > 0:
        raise ValueError(
            "The 'calibration_fraction' parameter holds out objects of a table, and X is a file. "
            "Set it to 0, and pass a table of other objects to calibrate."
        )
    given = {name: _values(name, value, files) for name, value in given.items()}
    if files.n_objects <= SAMPLE_OBJECTS:
        return method(estimator, files.read(), **given)
    # Of a copy: the draws of the random state itself are those of the training.
    seed = draw_seed(copy.deepcopy(estimator.random_state))
    rows = _sample_rows(files, given.get("sample_weight"), np.random.default_rng([seed, 2]))
    training = FileTraining(files, rows, given, method)
    estimator._file_training = training
    try:
        return method(estimator, files.take(rows), **training.arguments_of(rows))
    finally:
        del estimator._file_training


def _sample_rows(files, weight, rng):
    """Return the rows of the sample, of which enough have a positive weight to learn scales."""
    rows = files.sample_rows(SAMPLE_OBJECTS, rng)
    if weight is None:
        return rows
    positive = np.flatnonzero(np.asarray(weight, dtype=np.float64) > 0)
    if np.isin(rows, positive).sum() >= min(SAMPLE_OBJECTS // 10, len(positive)):
        return rows
    return np.sort(rng.choice(positive, min(SAMPLE_OBJECTS, len(positive)), replace=False))


def _values(name, value, files):
    """Return an argument of fit as one value for each object of the files."""
    if value is None:
        return None
    if isinstance(value, str):
        return files.column(value)
    value = value.to_numpy() if isinstance(value, pd.Series) else np.asarray(value)
    if value.shape[:1] != (files.n_objects,):
        raise ValueError(
            f"X has {files.n_objects} objects but {name} is of shape {value.shape}. Give one value "
            "for each object, or the name of a column of the files."
        )
    return value


def _with_files_in_prediction(method):
    @wraps(method)
    def predict(self, X, *args, **kwargs):
        if not is_object_files(X):
            return method(self, X, *args, **kwargs)
        from sklearn_sn.datasets import ObjectFiles

        files = ObjectFiles(X)
        # The method of the object, which names rows and columns if set_output asks for it.
        whole = getattr(self, method.__name__)
        tables = files.tables(PREDICT_OBJECTS)
        return _joined((whole(table, *args, **kwargs) for table in tables), len(files))

    predict._takes_files = True
    return predict


def _joined(parts: Iterator[Any], n_objects: int) -> Any:
    """Return the results of consecutive objects as one."""
    first = next(parts, None)
    if first is None:
        raise ValueError("X has no objects.")
    if isinstance(first, tuple):
        # Element by element, with the results of all parts in memory once.
        results = [first, *parts]
        return tuple(_joined(iter(one), n_objects) for one in zip(*results, strict=True))
    if not isinstance(first, np.ndarray):
        return pd.concat([first, *parts])
    whole = np.empty((n_objects, *first.shape[1:]), dtype=first.dtype)
    start = 0
    while first is not None:
        whole[start : start + len(first)] = first
        start += len(first)
        first = next(parts, None)
    return whole
