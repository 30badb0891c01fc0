"""Plain columns of the gallery's objects, averaged over neighbours."""

import numpy as np
import pandas as pd


class GalleryColumn:
    """One plain column of the objects of a gallery: numbers, or classes.

    Parameters
    ----------
    values : array of float64, shape (n_gallery,)
        Numbers; for classes, their positions in `classes`. NaN if unknown.
    classes : array of shape (n_classes,) or None
        Classes, sorted; None for numbers.
    """

    _file_kind = "object"

    def __init__(self, values, classes=None):
        self.values, self.classes = values, classes

    @classmethod
    def from_table(cls, X, name, rows):
        """Store a column of some rows of a table.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows
            Table.
        name : str
            Column. Numbers are averaged; bool, text and categories are classes.
        rows : array of int
            Positions of the rows.

        Raises
        ------
        ValueError
            If the table lacks the column, it is nested, or no value is known.
        """
        if name not in X.columns:
            raise ValueError(
                f"The 'columns' parameter of CrossModalRetriever names {name!r}, which X lacks; it "
                f"has {list(X.columns)[:10]}."
            )
        column = X[name].iloc[rows]
        if pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column):
            values, classes = column.to_numpy(dtype=np.float64, na_value=np.nan), None
            values = np.where(np.isfinite(values), values, np.nan)
        else:
            values, classes = _class_codes(column.astype(object), name)
        if not np.isfinite(values).any():
            raise ValueError(
                f"The column {name!r} of X has no known value in any of the {len(rows)} objects of "
                "the gallery. Leave it out of the 'columns' parameter of CrossModalRetriever."
            )
        return cls(values, classes)

    def take(self, indices):
        """Return the values of objects, in the shape of `indices`; None for an unknown class."""
        values = self.values[indices]
        if self.classes is None:
            return values
        known = np.isfinite(values)
        found = np.full(values.shape, None, dtype=object)
        found[known] = self.classes[values[known].astype(int)]
        return found

    def is_known(self, indices):
        """Return the mask of objects with a value, in the shape of `indices`."""
        return np.isfinite(self.values[indices])

    def mean(self, indices, weights):
        """Return weighted means over neighbours, for numbers.

        Parameters
        ----------
        indices : array of int, shape (n, k)
            Objects of the gallery.
        weights : array of shape (n, k)
            Weights of the neighbours. A neighbour without a value has none.

        Returns
        -------
        array of shape (n,)
            Means; the mean of the gallery where no neighbour has a value.
        """
        values = self.values[indices]
        weights = np.where(np.isfinite(values), weights, 0.0)
        total = weights.sum(axis=1)
        mean = (weights * np.nan_to_num(values)).sum(axis=1) / np.where(total > 0, total, 1.0)
        return np.where(total > 0, mean, np.nanmean(self.values))

    def proba(self, indices, weights):
        """Return the share of each class in the weights of the neighbours.

        Parameters
        ----------
        indices, weights : array of shape (n, k)
            As for :meth:`mean`.

        Returns
        -------
        array of shape (n, n_classes)
            Probabilities; those of the gallery where no neighbour has a class.
        """
        codes = self.values[indices]
        shares = np.stack(
            [(weights * (codes == number)).sum(axis=1) for number in range(len(self.classes))],
            axis=1,
        )
        known = self.values[np.isfinite(self.values)].astype(int)
        prior = np.bincount(known, minlength=len(self.classes)) / len(known)
        total = shares.sum(axis=1, keepdims=True)
        return np.where(total > 0, shares / np.where(total > 0, total, 1.0), prior)


def _class_codes(column, name):
    """Return positions in the sorted classes, NaN if unknown, and the classes."""
    known = column.notna().to_numpy()
    values = column.to_numpy(dtype=object)
    try:
        classes, codes = np.unique(values[known], return_inverse=True)
    except TypeError as error:
        raise ValueError(
            f"The column {name!r} of X, named by the 'columns' parameter of CrossModalRetriever, "
            f"must hold numbers or one kind of class ({error})."
        ) from error
    positions = np.full(len(column), np.nan)
    positions[known] = codes
    return positions, classes


def neighbor_weights(distance, kind, known=True):
    """Return the weights of neighbours from their distances.

    Parameters
    ----------
    distance : array of shape (n, k)
        Distances.
    kind : {"distance", "uniform"}
        Inverse of the distance, or equal weights. If a neighbour is at distance 0, it alone counts,
        as in scikit-learn.
    known : array of bool, shape (n, k), default=True
        Whether a neighbour has a value. The others have the weight 0.

    Returns
    -------
    array of shape (n, k)
        Weights, whose largest is 1 in each row with a known value.
    """
    known = np.broadcast_to(known, distance.shape)
    if kind == "uniform":
        return known.astype(np.float64)
    nearest = np.where(known, distance, np.inf).min(axis=1, keepdims=True)
    # Relative to the nearest, so that tiny distances do not overflow.
    exact = (distance == 0).astype(np.float64)
    relative = np.minimum(nearest, distance) / np.where(distance > 0, distance, 1.0)
    return np.where(known, np.where(nearest == 0, exact, relative), 0.0)
