"""Transformers of the nested columns of a table: how a column is read, and put back."""

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin, _fit_context
from sklearn.utils.validation import _check_feature_names, _check_n_features, check_is_fitted

from sklearn_sn.data._check import as_frame, check_table
from sklearn_sn.data._ragged import Ragged


def read_column(table, column):
    """The points of a checked column, and the object that each of their rows belongs to.

    Parameters
    ----------
    table : CheckedTable
    column : {"light_curve", "spectrum"}

    Returns
    -------
    points : Ragged
        One row per light curve or per spectrum.
    owners : array of int, shape (n_rows,)
        Row of the table.
    """
    if column == "light_curve":
        return table.light_curve, np.arange(len(table))
    return table.spectrum, np.repeat(np.arange(len(table)), np.diff(table.spectrum_offsets))


def replace_column(X, column, points, owners):
    """A copy of the table with new points in one column; all else is shared.

    Parameters
    ----------
    X : pandas.DataFrame of n_objects rows
    column : str
    points : Ragged
        Rows in the order of their owners.
    owners : array of int, shape (n_rows,)
        Row of the table that each row of `points` belongs to.

    Returns
    -------
    pandas.DataFrame
    """
    ends = np.cumsum(np.bincount(owners, minlength=len(X)))
    offsets = points.offsets[np.concatenate([[0], ends]).astype(np.int64)]
    out = X.copy(deep=False)
    out[column] = Ragged(points.fields, offsets).to_nested(index=X.index, name=column)
    return out


def remember_columns(transformer, X):
    """Store what scikit-learn wants to know of the columns of a table."""
    _check_feature_names(transformer, X, reset=True)
    _check_n_features(transformer, X, reset=True)


def require_column(transformer, X, column):
    """Refuse a table that lacks a column, naming what it has."""
    if column not in X.columns:
        raise ValueError(
            f"{type(transformer).__name__} needs the column {column!r}, but X has "
            f"{list(X.columns)[:10]}."
        )


class TableTransformer(TransformerMixin, BaseEstimator):
    """A stateless transformer from table to table.

    A subclass says in ``_columns(X)`` which nested columns it changes, and in
    ``_convert(points, owners, X, column)`` how; it may drop points but no rows.
    """

    def __init_subclass__(cls, **kwargs):
        # A table with nested columns can only be a pandas table: there is nothing to set.
        super().__init_subclass__(auto_wrap_output_keys=None, **kwargs)

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y=None):
        """Check parameters and columns; nothing is learnt.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows
        y : ignored

        Returns
        -------
        self

        Raises
        ------
        ValueError
            If a parameter is out of range or a column is missing.
        """
        X = as_frame(X)
        self._checked_columns(X)
        remember_columns(self, X)
        return self

    def transform(self, X):
        """Transform a table.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows

        Returns
        -------
        pandas.DataFrame of n_objects rows
            A copy with the column replaced; index and all other columns are those of `X`.

        Raises
        ------
        ValueError
            If a parameter is out of range, a column is missing, or the table is refused by
            :func:`sklearn_sn.data.check_table`.
        """
        self._validate_params()
        X = as_frame(X)
        columns = self._checked_columns(X)
        table = check_table(X, modalities=columns)
        out = X
        for column in columns:
            points, owners = read_column(table, column)
            out = replace_column(out, column, self._convert(points, owners, X, column), owners)
        return out

    def _checked_columns(self, X):
        columns = list(self._columns(X))
        for column in columns:
            require_column(self, X, column)
        return columns

    def set_output(self, *, transform=None):
        """Do nothing: the output is always a pandas table with the index of the input.

        Parameters
        ----------
        transform : ignored

        Returns
        -------
        self
        """
        return self

    def get_feature_names_out(self, input_features=None):
        """Columns of the output: those of the input.

        Parameters
        ----------
        input_features : ignored

        Returns
        -------
        array of str
        """
        check_is_fitted(self, "feature_names_in_")
        return self.feature_names_in_

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.requires_fit = False
        tags.input_tags.two_d_array = False
        tags.input_tags.allow_nan = True
        return tags
