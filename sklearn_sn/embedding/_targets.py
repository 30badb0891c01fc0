"""Targets of the auxiliary heads: classes, and numbers on a compressed scale."""

import numpy as np
import pandas as pd
import torch
from sklearn.utils.class_weight import compute_class_weight
from sklearn.utils.multiclass import type_of_target
from sklearn.utils.validation import column_or_1d

from sklearn_sn.base import raw_values


def one_column(y, learned):
    """Return `y` as a flat array if it has one column.

    Raises
    ------
    ValueError
        If `y` has several columns and `learned` is True.
    """
    if y is None:
        return None
    raw = raw_values(y)
    if raw is not None and pd.isna(raw).any():
        # numpy would turn NaN among text into the text "nan".
        y = np.where(pd.isna(raw), None, raw)
    y = np.asarray(y)
    if learned or (y.ndim == 2 and y.shape[1] == 1):
        y = column_or_1d(y, warn=learned)
    return y.astype(str) if y.dtype.kind == "S" else y


def number_column(values, name):
    """Return a column of the table as floats.

    Raises
    ------
    ValueError
        If the column does not contain numbers.
    """
    try:
        return values.to_numpy(dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"The 'aux_columns' parameter names the column {name!r}, which does not hold numbers "
            f"({error}). Pass classes as y."
        ) from error


def class_labels(y):
    """Return labels to stratify by: `y` if it holds classes, else None."""
    if y is None:
        return None
    y = np.asarray(y)
    if y.ndim != 1:
        return None
    labelled = ~pd.isna(y)
    if not labelled.any() or type_of_target(y[labelled].tolist()).startswith("continuous"):
        return None
    return np.where(labelled, y, None) if not labelled.all() else y


class AuxiliaryTargets:
    """Encode classes as codes, and numbers on a compressed and standardised scale.

    Attributes
    ----------
    classes_ : array of shape (n_classes,)
        The classes; empty if `y` does not contain classes.
    names_ : list of str
        Names of the numbers to predict: "y", and columns of the table.
    """

    _file_kind = "object"

    def fit(self, y, columns):
        """Learn classes and scales from `y` and a dict of name to array of numbers."""
        labels = class_labels(y)
        try:
            self.classes_ = (
                np.empty(0) if labels is None else np.unique(np.asarray(labels)[~pd.isna(labels)])
            )
        except TypeError as error:
            raise ValueError(f"y mixes kinds of labels ({error}). Use one kind.") from error
        numbers = self._numbers(y, columns)
        self.names_ = [name for name, values in numbers.items() if np.isfinite(values).any()]
        self.scales_ = {name: _scale(numbers[name]) for name in self.names_}
        return self

    def _numbers(self, y, columns):
        numbers = dict(columns)
        # y holds either classes or numbers.
        if y is not None and not len(self.classes_):
            numbers["y"] = np.asarray(y, dtype=np.float64)
        return numbers

    def encode(self, y, columns):
        """Return class codes (-1: unknown) and targets (NaN: unknown), as a dict of arrays."""
        out = {}
        if len(self.classes_):
            out["classes"] = pd.Index(self.classes_).get_indexer(pd.Index(np.asarray(y)))
            # A continued fit cannot add classes, because the size of the head is fixed.
            new = np.unique(np.asarray(y)[(out["classes"] < 0) & ~pd.isna(y)])
            if len(new):
                raise ValueError(
                    f"y holds the class {str(new[0])!r}, which the first fit did not have. Set "
                    "warm_start=False."
                )
        if self.names_:
            numbers = self._numbers(y, columns)
            scaled = [_compress(numbers[name], *self.scales_[name]) for name in self.names_]
            out["targets"] = np.stack(scaled, axis=1).astype(np.float32)
        return out

    def class_weights(self, class_weight, targets):
        """Return the weights of the classes as a tensor, or None."""
        if class_weight is None or "classes" not in targets:
            return None
        # Unknown labels do not count.
        codes = targets["classes"][targets["classes"] >= 0]
        weights = compute_class_weight(class_weight, classes=self.classes_, y=self.classes_[codes])
        return torch.tensor(weights, dtype=torch.float32)


def _scale(values):
    """Return the size that divides values, and mean and standard deviation after asinh."""
    finite = values[np.isfinite(values)]
    # Numbers such as redshifts span decades: on a compressed scale, all decades have weight.
    size = 0.3 * float(np.median(np.abs(finite))) or 1.0
    compressed = np.arcsinh(finite / size)
    return size, float(compressed.mean()), float(compressed.std()) or 1.0


def _compress(values, size, mean, std):
    values = np.where(np.isfinite(values), values, np.nan)
    return (np.arcsinh(values / size) - mean) / std
