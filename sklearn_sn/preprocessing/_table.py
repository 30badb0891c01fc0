"""Base class of transformers of nested columns, and functions that read and replace a column."""

from typing import Any, Self

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
    """Return the points of a validated column, and the object of each row of points.

    Parameters
    ----------
    table : CheckedTable
        Validated table. It needs positions if the points are put back with all their fields.
    column : {"light_curve", "spectrum"}
        Name of the column.

    Returns
    -------
    points : Ragged
        One row per light curve or per spectrum.
    object_index : array of int, shape (n_rows,)
        Row of the table that each row of `points` belongs to.
    """
    if column == "light_curve":
        return table.light_curve, np.arange(len(table))
    return table.spectrum, np.repeat(np.arange(len(table)), np.diff(table.spectrum_offsets))


def replace_column(X, column, points, object_index, given=None):
    """Return a shallow copy of the table with new points in one column.

    Parameters
    ----------
    X : pandas.DataFrame of n_objects rows
        Table.
    column : str
        Name of the column.
    points : Ragged
        New points, with rows sorted by object. If they have the field ``position`` of
        ``check_table``, the unused fields of the original column are restored.
    object_index : array of int, shape (n_rows,)
        Row of the table that each row of `points` belongs to.
    given : array of int, shape (n_objects,), optional
        Number of points in the original column; required with the field ``position``.

    Returns
    -------
    pandas.DataFrame
        The new table.
    """
    # Rows of one object are contiguous: merge their points to one cell per object.
    ends = np.cumsum(np.bincount(object_index, minlength=len(X)))
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
    """Set feature_names_in_ and n_features_in_ of a transformer."""
    _check_feature_names(transformer, X, reset=True)
    _check_n_features(transformer, X, reset=True)


def require_column(transformer, X, column, remedy=""):
    """Raise if a table lacks a column or has it twice.

    Parameters
    ----------
    transformer : estimator
        Estimator that needs the column, for messages.
    X : pandas.DataFrame
        Table.
    column : str
        Name of the column.
    remedy : str, default=""
        Text appended to the message.

    Raises
    ------
    ValueError
        If the column is missing or duplicated.
    """
    if column not in X.columns:
        raise ValueError(
            f"{type(transformer).__name__} needs the column {column!r}, but X has "
            f"{list(X.columns)[:10]}.{remedy}"
        )
    if isinstance(X[column], pd.DataFrame):
        raise ValueError(f"X has {X[column].shape[1]} columns named {column!r}; keep one.")


def present_columns(transformer, X, columns):
    """Return which of some nested columns a table has.

    A column that was present during `fit` may be absent; the final estimator of a pipeline decides
    whether that is an error. A column that was never present raises an error.

    Parameters
    ----------
    transformer : estimator
        Estimator, fitted or not.
    X : pandas.DataFrame
        Table to transform.
    columns : list of str
        Nested columns that the transformer changes.

    Returns
    -------
    list of str
        The columns that `X` has.
    """
    seen = list(getattr(transformer, "feature_names_in_", ()))
    for column in columns:
        if column not in seen:
            require_column(transformer, X, column)
    return [column for column in columns if column in X.columns]


class MixedOutput:
    """Mixin for ``set_output`` on arrays only; must be the first base class."""

    _file_kind = "object"

    def __init_subclass__(cls, **kwargs):
        # Disable scikit-learn's wrapping: it would rename the columns of a table to those of fit.
        super().__init_subclass__(auto_wrap_output_keys=None, **kwargs)
        cls._sklearn_auto_wrap_output_keys = {"transform"}

    def _in_container(self, out, X):
        if isinstance(out, pd.DataFrame):
            return out
        return _wrap_data_with_container("transform", out, X, self)


class TableTransformer(TableOutput, TransformerMixin, BaseEstimator):
    """Base class of stateless transformers from table to table.

    Subclasses implement ``_columns(names)``, which returns the nested columns to change, given
    those that are present now or were during fit; optionally ``_plain_columns()``, which returns
    other required columns; and ``_convert(points, object_index, X, column)``, which returns the new
    points. It may drop points but not rows. It returns the field ``position`` if the points
    correspond to points of the input.
    """

    _file_kind = "object"

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: pd.DataFrame, y: Any = None) -> Self:
        """Validate parameters and columns. No state is learned.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows
            Table with the required columns.
        y : ignored
            Present for API consistency.

        Returns
        -------
        self
            The transformer.

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
            # Raise here: later steps do not see the invalid points that transform drops.
            curves = as_ragged(X["light_curve"], kind="light_curve")
            check_light_curves(curves, QualityLog(X.index), training=True)
        remember_columns(self, X)
        return self

    def transform(self, X: pd.DataFrame) -> pd.DataFrame:
        """Transform a table.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows
            Table with the required columns.

        Returns
        -------
        pandas.DataFrame of n_objects rows
            A copy of `X` with the nested columns replaced. A nested column that `fit` saw and `X`
            lacks stays absent.

        Raises
        ------
        ValueError
            If a parameter is out of range, a column is missing, or
            :func:`sklearn_sn.data.check_table` rejects the table.
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
            points, object_index = read_column(table, column)
            points = self._convert(points, object_index, X, column)
            given = table.report[f"{column}_given"].to_numpy()
            out = replace_column(out, column, points, object_index, given)
        return out

    def _plain_columns(self):
        return []

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray:
        """Return the names of the output columns, which are those of the input.

        Parameters
        ----------
        input_features : ignored
            Present for API consistency.

        Returns
        -------
        array of str
            Column names.
        """
        check_is_fitted(self, "feature_names_in_")
        return self.feature_names_in_

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.requires_fit = False
        tags.input_tags.two_d_array = False
        tags.input_tags.allow_nan = True
        return tags
