"""Metadata: numbers, categories, missing values."""

import numpy as np
import pandas as pd
import pytest

from sklearn_sn.data import check_table
from sklearn_sn.datasets import make_supernovae
from sklearn_sn.preprocessors import MetadataPreprocessor


@pytest.fixture(scope="module")
def table():
    X, _ = make_supernovae(30, n_spectra=(1, 3), random_state=0)
    return check_table(X, metadata_columns=["redshift", "survey"])


def test_whole_numbers_are_categories_of_one_name():
    def checked(**columns):
        X = pd.DataFrame({"host": columns["host"]})
        return check_table(X, modalities=["metadata"], metadata_columns=["host"])

    preprocessor = MetadataPreprocessor(columns=["host"]).fit(
        checked(host=pd.Categorical([0, 1, 2, None]))
    )
    expected = [[1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 0, 0]]
    for host in ([0, 1, 2, None], pd.Categorical([0.0, 1.0, 2.0, None])):
        np.testing.assert_array_equal(preprocessor.prepare(checked(host=host)).values, expected)
    text = preprocessor.prepare(checked(host=pd.Categorical(["0", "1", "2", "7"])))
    np.testing.assert_array_equal(text.values, expected)


def test_metadata_is_standardised_and_encoded(table):
    preprocessor = MetadataPreprocessor(columns=["redshift", "survey"]).fit(table)
    prepared = preprocessor.prepare(table)
    assert prepared.values.shape == (30, 2 + 2)
    np.testing.assert_allclose(prepared.values[:, 0].mean(), 0, atol=1e-5)
    np.testing.assert_array_equal(prepared.values[:, 2:].sum(axis=1), 1)
    X = pd.DataFrame({"light_curve": [None], "redshift": [np.nan], "survey": ["elsewhere"]})
    other = check_table(X, metadata_columns=["redshift", "survey"], modalities=["metadata"])
    np.testing.assert_array_equal(preprocessor.prepare(other).values, [[0, 1, 0, 0]])


def test_values_are_flagged_and_clipped():
    def checked(values):
        X = pd.DataFrame({"mass": np.array(values)})
        return check_table(X, modalities=["metadata"], metadata_columns=["mass"])

    preprocessor = MetadataPreprocessor(columns=["mass"]).fit(checked([1.0, 5.0, np.nan]))
    assert preprocessor.scales_ == {"mass": (3.0, 2.0)} and preprocessor.n_values == 2
    prepared = preprocessor.prepare(checked([4.0, np.nan, 1e9]))
    np.testing.assert_array_equal(prepared.values, [[0.5, 0], [0, 1], [10, 0]])
    assert prepared.lengths.tolist() == [1, 0, 1]
    arrays, object_index = preprocessor.gather(prepared, np.array([1, 2]))
    assert object_index.tolist() == [1] and arrays["values"].tolist() == [[10.0, 0.0]]
    constant = MetadataPreprocessor(columns=["mass"]).fit(checked([5.0, 5.0]))
    assert constant.scales_ == {"mass": (5.0, 1.0)}
