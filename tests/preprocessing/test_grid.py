"""The base of transformers that accept nested spectra and 2-D arrays."""

import numpy as np
import pandas as pd
import pytest

from sklearn_sn.data import as_ragged
from sklearn_sn.preprocessing._grid import GridTransformer


class Doubler(GridTransformer):
    """Double the flux; the factor must be positive."""

    _parameter_constraints = {}

    def __init__(self, factor=2.0):
        self.factor = factor

    def _check_parameters(self):
        if self.factor <= 0:
            raise ValueError("The 'factor' parameter of Doubler must be positive.")

    def _convert(self, spectra):
        return spectra.with_fields(flux=self.factor * spectra["flux"])

    def _convert_grid(self, flux):
        return self.factor * flux


def test_a_table_comes_back_with_the_column_replaced(X):
    out = Doubler().fit(X).transform(X)
    before, after = as_ragged(X["spectrum"]), as_ragged(out["spectrum"])
    np.testing.assert_allclose(after["flux"], 2.0 * before["flux"])
    np.testing.assert_array_equal(after["wavelength"], before["wavelength"])
    assert out.drop(columns="spectrum").equals(X.drop(columns="spectrum"))
    assert out.index.equals(X.index) and list(out.columns) == list(X.columns)


def test_an_array_comes_back_as_an_array_with_nan_kept():
    flux = np.array([[1.0, np.nan, 3.0]])
    np.testing.assert_array_equal(Doubler().fit_transform(flux), [[2.0, np.nan, 6.0]])
    assert flux[0, 0] == 1.0


def test_a_table_of_numbers_is_an_array_whose_names_are_kept():
    X = pd.DataFrame({"a": [1.0, 2.0], "b": [3.0, 4.0]}, index=["x", "y"])
    doubler = Doubler().set_output(transform="pandas").fit(X)
    out = doubler.transform(X)
    assert list(out.columns) == ["a", "b"] and list(out.index) == ["x", "y"]
    np.testing.assert_array_equal(out, 2.0 * X)
    assert doubler.get_feature_names_out().tolist() == ["a", "b"]


def test_fit_is_optional_and_counts_features():
    flux = np.ones((3, 4))
    np.testing.assert_array_equal(Doubler().transform(flux), 2.0 * flux)
    doubler = Doubler().fit(flux)
    assert doubler.n_features_in_ == 4
    with pytest.raises(ValueError, match="expecting 4 features"):
        doubler.transform(np.ones((3, 5)))


def test_a_table_without_the_column_passes_only_if_fit_saw_it(X):
    curves = X[["light_curve", "redshift"]]
    with pytest.raises(ValueError):
        Doubler().fit(curves)
    out = Doubler().fit(X).transform(curves)
    assert out.equals(curves) and out is not curves


def test_parameters_are_checked_in_fit_and_transform():
    for call in (Doubler(-1.0).fit, Doubler(-1.0).transform):
        with pytest.raises(ValueError, match="'factor' parameter of Doubler"):
            call(np.ones((2, 3)))


def test_infinite_flux_in_an_array_is_rejected():
    with pytest.raises(ValueError, match="infinity"):
        Doubler().fit_transform([[1.0, np.inf]])


def test_tags():
    tags = Doubler().__sklearn_tags__()
    assert not tags.requires_fit and tags.input_tags.allow_nan and tags.input_tags.two_d_array
