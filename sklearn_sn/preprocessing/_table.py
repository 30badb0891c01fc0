"""Transformers of the nested columns of a table: how a column is read, and put back."""

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin, _fit_context
from sklearn.utils._set_output import _wrap_data_with_container
from sklearn.utils.validation import _check_feature_names, _check_n_features, check_is_fitted

from sklearn_sn.data import (
    NESTED_COLUMNS,
    QualityLog,
    Ragged,
    TableOutput,
    as_frame,
    as_ragged,
    check_light_curves,
    check_table,
)
from sklearn_sn.preprocessing._extra_fields import extra_fields, with_extra_fields


def read_column(table, column):
    """The points of a checked column, and the object that each of their rows belongs to.

    Parameters
    ----------
    table : CheckedTable
        With positions, if the points are to be put back with all their fields.
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


def replace_column(X, column, points, owners, given=None):
    """A copy of the table with new points in one column; all else is shared.

    Parameters
    ----------
    X : pandas.DataFrame of n_objects rows
    column : str
    points : Ragged
        Rows in the order of their owners. With the field ``position``, which ``check_table`` gives,
        they are points of the column, and get back those of its fields that are none of ours.
    owners : array of int, shape (n_rows,)
        Row of the table that each row of `points` belongs to.
    given : array of int, shape (n_objects,), optional
        Number of points that the column holds; needed with the field ``position``.

    Returns
    -------
    pandas.DataFrame
    """
    ends = np.cumsum(np.bincount(owners, minlength=len(X)))
    offsets = points.offsets[np.concatenate([[0], ends]).astype(np.int64)]
    fields = {name: values for name, values in points.fields.items() if name != "position"}
    series = Ragged(fields, offsets).to_nested(index=X.index, name=column)
    if "position" in points:
        extra = extra_fields(X[column], column, given)
        series = with_extra_fields(series, extra, points["position"]) if extra else series
    out = X.copy(deep=False)
    out[column] = series
    return out


def remember_columns(transformer, X):
    """Store what scikit-learn wants to know of the columns of a table."""
    _check_feature_names(transformer, X, reset=True)
    _check_n_features(transformer, X, reset=True)


def require_column(transformer, X, column, remedy=""):
    """Refuse a table that lacks a column, or has two; the remedy is a sentence of its own."""
    if column not in X.columns:
        raise ValueError(
            f"{type(transformer).__name__} needs the column {column!r}, but X has "
            f"{list(X.columns)[:10]}.{remedy}"
        )
    if isinstance(X[column], pd.DataFrame):
        raise ValueError(f"X has {X[column].shape[1]} columns {column!r}; keep one.")


def present_columns(transformer, X, columns):
    """Those of some nested columns that a table to be transformed has.

    One that was there at fit is passed over in silence: whether the lack matters, the estimator at
    the end of the pipeline knows, and says. One that never was there is refused.
    """
    seen = list(getattr(transformer, "feature_names_in_", ()))
    for column in columns:
        if column not in seen:
            require_column(transformer, X, column)
    return [column for column in columns if column in X.columns]


class MixedOutput:
    """A mixin, the first of its class: ``set_output`` reaches arrays, and leaves tables alone."""

    _file_kind = "object"

    def __init_subclass__(cls, **kwargs):
        # scikit-learn would give a table the names of the columns of fit, whatever it holds.
        super().__init_subclass__(auto_wrap_output_keys=None, **kwargs)
        cls._sklearn_auto_wrap_output_keys = {"transform"}

    def _in_container(self, out, X):
        if isinstance(out, pd.DataFrame):
            return out
        return _wrap_data_with_container("transform", out, X, self)


class TableTransformer(TableOutput, TransformerMixin, BaseEstimator):
    """A stateless transformer from table to table.

    A subclass says in ``_columns(names)`` which nested columns it changes, given the names of those
    that there are or were at fit; in ``_plain_columns()`` which others it reads; and in
    ``_convert(points, owners, X, column)`` how. That may drop points but no rows. It returns the
    field ``position`` where the points are still those of the input.
    """

    _file_kind = "object"

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
            If a parameter is out of range, a column is missing, or a light curve has a negative
            flux_err.
        """
        X = as_frame(X)
        columns = self._columns([name for name in NESTED_COLUMNS if name in X.columns])
        for column in [*columns, *self._plain_columns()]:
            require_column(self, X, column)
        if "light_curve" in columns:
            # Later steps would not see the points that transform drops.
            curves = as_ragged(X["light_curve"], kind="light_curve")
            check_light_curves(curves, QualityLog(X.index), training=True)
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
            A copy with the column replaced; index and all other columns are those of `X`. A nested
            column that `fit` saw and `X` lacks stays absent.

        Raises
        ------
        ValueError
            If a parameter is out of range, a column is missing, or the table is refused by
            :func:`sklearn_sn.data.check_table`.
        """
        self._validate_params()
        X = as_frame(X)
        seen = {*X.columns, *getattr(self, "feature_names_in_", ())}
        columns = self._columns([name for name in NESTED_COLUMNS if name in seen])
        columns = present_columns(self, X, columns)
        if not columns:
            return X.copy(deep=False)
        for column in self._plain_columns():
            require_column(self, X, column)
        table = check_table(X, modalities=columns, positions=True)
        out = X
        for column in columns:
            points, owners = read_column(table, column)
            points = self._convert(points, owners, X, column)
            given = table.report[f"{column}_given"].to_numpy()
            out = replace_column(out, column, points, owners, given)
        return out

    def _plain_columns(self):
        return []

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
