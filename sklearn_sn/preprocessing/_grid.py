"""Transformers that take spectra as a column of a table or as a 2-D array on one grid."""

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
    """A stateless transformer of spectra, table to table or 2-D array to 2-D array.

    A subclass implements ``_convert(spectra)``, Ragged to Ragged with the same rows, and
    ``_convert_grid(flux)``, array to array of shape (n_spectra, n_bins) with NaN where a bin is not
    covered.
    """

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y=None):
        """Check parameters and input; nothing is learnt.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows, or array of shape (n_spectra, n_bins)
        y : ignored

        Returns
        -------
        self

        Raises
        ------
        ValueError
            If a parameter is out of range.
        """
        self._check_parameters()
        if is_table(X, "spectrum"):
            X = as_frame(X)
            require_column(self, X, "spectrum")
            remember_columns(self, X)
        else:
            validate_data(self, X, dtype="numeric", ensure_all_finite="allow-nan")
        return self

    def transform(self, X):
        """Transform spectra.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows, or array of shape (n_spectra, n_bins)
            A table with the nested column ``spectrum``; or fluxes on one grid, NaN where a bin is
            not covered.

        Returns
        -------
        pandas.DataFrame of n_objects rows, or array of shape (n_spectra, n_bins)
            As the input: a copy of the table with the column replaced, or a new array. A table
            that lacks the column, where `fit` saw it, stays as it is.

        Raises
        ------
        ValueError
            If a parameter is out of range, or the input is refused.
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
        spectra, owners = read_column(table, "spectrum")
        given = table.report["spectrum_given"].to_numpy()
        return replace_column(X, "spectrum", self._convert(spectra), owners, given)

    def _check_parameters(self):
        """What the parameter constraints cannot say."""

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.requires_fit = False
        tags.input_tags.allow_nan = True
        return tags
