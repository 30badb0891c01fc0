"""What the auxiliary heads learn: classes, and compressed, standardised numbers."""

import numpy as np
import pandas as pd
import torch
from sklearn.utils.class_weight import compute_class_weight
from sklearn.utils.multiclass import type_of_target
from sklearn.utils.validation import column_or_1d


def one_column(y, learned):
    """`y` as a flat array where it has one column.

    Raises
    ------
    ValueError
        If it has several and is to be learned.
    """
    if y is None:
        return None
    y = np.asarray(y)
    if learned or (y.ndim == 2 and y.shape[1] == 1):
        y = column_or_1d(y, warn=learned)
    return y.astype(str) if y.dtype.kind == "S" else y


def number_column(values, name):
    """A column of the table as floats.

    Raises
    ------
    ValueError
        If it does not hold numbers.
    """
    try:
        return values.to_numpy(dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"The 'aux_columns' parameter names the column {name!r}, which does not hold numbers "
            f"({error}); give classes as y."
        ) from error


def class_labels(y):
    """Labels to stratify by: `y` when it holds classes, else None."""
    if y is None:
        return None
    y = np.asarray(y)
    if y.ndim != 1:
        return None
    known = ~pd.isna(y)
    if not known.any() or type_of_target(y[known].tolist()).startswith("continuous"):
        return None
    return np.where(known, y, None) if not known.all() else y


class AuxiliaryTargets:
    """Learns classes and scales in fit, and encodes them.

    Attributes
    ----------
    classes_ : array of shape (n_classes,)
        Empty where `y` holds no classes.
    names_ : list of str
        The regressed quantities: "y", and columns of the table.
    """

    def fit(self, y, columns):
        """Learn from labels and a dict of name to array of numbers."""
        labels = class_labels(y)
        try:
            self.classes_ = (
                np.empty(0) if labels is None else np.unique(np.asarray(labels)[~pd.isna(labels)])
            )
        except TypeError as error:
            raise ValueError(f"y mixes kinds of labels ({error}); give one kind.") from error
        numbers = self._numbers(y, columns)
        self.names_ = [name for name, values in numbers.items() if np.isfinite(values).any()]
        self.scales_ = {name: _scale(numbers[name]) for name in self.names_}
        return self

    def _numbers(self, y, columns):
        numbers = dict(columns)
        if y is not None and not len(self.classes_):
            numbers["y"] = np.asarray(y, dtype=np.float64)
        return numbers

    def encode(self, y, columns):
        """Class codes (-1: unknown) and targets (NaN: unknown), as a dict of arrays."""
        out = {}
        if len(self.classes_):
            out["classes"] = pd.Index(self.classes_).get_indexer(pd.Index(np.asarray(y)))
            new = np.unique(np.asarray(y)[(out["classes"] < 0) & ~pd.isna(y)])
            if len(new):
                raise ValueError(
                    f"y holds the class {str(new[0])!r}, which the first fit did not know; set "
                    "warm_start=False."
                )
        if self.names_:
            numbers = self._numbers(y, columns)
            scaled = [_compress(numbers[name], *self.scales_[name]) for name in self.names_]
            out["targets"] = np.stack(scaled, axis=1).astype(np.float32)
        return out

    def class_weights(self, class_weight, extras):
        """Weights of the classes as a tensor, or None."""
        if class_weight is None or "classes" not in extras:
            return None
        codes = extras["classes"][extras["classes"] >= 0]
        weights = compute_class_weight(class_weight, classes=self.classes_, y=self.classes_[codes])
        return torch.tensor(weights, dtype=torch.float32)


def _scale(values):
    """Typical size, then mean and standard deviation after asinh compression."""
    known = values[np.isfinite(values)]
    # Redshifts and the like span decades: compressed, every decade counts.
    size = 0.3 * float(np.median(np.abs(known))) or 1.0
    compressed = np.arcsinh(known / size)
    return size, float(compressed.mean()), float(compressed.std()) or 1.0


def _compress(values, size, mean, std):
    values = np.where(np.isfinite(values), values, np.nan)
    return (np.arcsinh(values / size) - mean) / std
