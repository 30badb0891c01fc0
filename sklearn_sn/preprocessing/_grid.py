"""Base class of transformers that accept nested spectra or a 2-D array on one grid."""

from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, OneToOneFeatureMixin, TransformerMixin, _fit_context
from sklearn.utils.validation import _check_n_features, check_array, validate_data

from sklearn_sn.data import as_frame, check_table, is_table
from sklearn_sn.preprocessing._table import (
    MixedOutput,
    present_columns,
    read_column,
    remember_columns,
    replace_column,
    require_column,
)


class GridTransformer(MixedOutput, OneToOneFeatureMixin, TransformerMixin, BaseEstimator):
    """Base class of stateless transformers of spectra, table to table or array to array.

    Subclasses implement ``_convert(spectra)``, Ragged to Ragged with the same rows, and
    ``_convert_grid(flux)``, array to array of shape (n_spectra, n_bins), with NaN in bins that are
    not covered.
    """

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: pd.DataFrame | ArrayLike, y: Any = None) -> Self:
        """Validate parameters and input. No state is learned.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows, or array of shape (n_spectra, n_bins)
            Table with the nested column ``spectrum``, or fluxes on one grid.
        y : ignored
            Present for API consistency.

        Returns
        -------
        self
            The transformer.

        Raises
        ------
        ValueError
            If a parameter is out of range, or a table lacks the column.
        """
        self._check_parameters()
        if is_table(X, "spectrum"):
            X = as_frame(X)
            require_column(self, X, "spectrum")
            remember_columns(self, X)
        else:
            validate_data(self, X, dtype="numeric", ensure_all_finite="allow-nan")
        return self

    def transform(self, X: pd.DataFrame | ArrayLike) -> pd.DataFrame | np.ndarray:
        """Transform spectra.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows, or array of shape (n_spectra, n_bins)
            Table with the nested column ``spectrum``, or fluxes on one grid, with NaN in bins that
            are not covered.

        Returns
        -------
        pandas.DataFrame of n_objects rows, or array of shape (n_spectra, n_bins)
            A copy of the table with the column replaced, or a new array. A table without the column
            is returned unchanged if `fit` saw the column.

        Raises
        ------
        ValueError
            If a parameter is out of range, or the input is invalid.
        """
        self._validate_params()
        self._check_parameters()
        if is_table(X, "spectrum", getattr(self, "feature_names_in_", ())):
            return self._transform_table(as_frame(X))
        options = {"dtype": "float64", "ensure_all_finite": "allow-nan", "ensure_min_samples": 0}
        if hasattr(self, "n_features_in_"):
            flux = validate_data(self, X, reset=False, **options)
        else:
            flux = check_array(X, estimator=self, **options)
            _check_n_features(self, flux, reset=False)
        return self._in_container(self._convert_grid(flux), X)

    def _transform_table(self, X):
        if not present_columns(self, X, ["spectrum"]):
            return X.copy(deep=False)
        table = check_table(X, modalities=["spectrum"], positions=True)
        spectra, object_index = read_column(table, "spectrum")
        given = table.report["spectrum_given"].to_numpy()
        return replace_column(X, "spectrum", self._convert(spectra), object_index, given)

    def _check_parameters(self):
        """Validate what the parameter constraints cannot express."""

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.requires_fit = False
        tags.input_tags.allow_nan = True
        return tags
