"""Metadata in groups: scales, angles, categories, missing values."""

import numpy as np
import pandas as pd
import pytest

from sklearn_sn.data import check_table
from sklearn_sn.preprocessors import GroupedMetadataPreprocessor


def checked(**columns):
    return check_table(pd.DataFrame(columns), modalities=["metadata"], metadata_columns=[*columns])


TABLE = checked(age=[1.0, 2.0, 3.0, 1e4], ra=[0.0, 90.0, 180.0, np.nan], host=list("abab"))


def test_positions_and_widths_of_columns():
    preprocessor = GroupedMetadataPreprocessor(
        columns=["age", "ra", "host"], angles=["dec", "ra"], n_frequencies=2
    ).fit(TABLE)
    assert preprocessor.widths == {"age": 2, "ra": 5, "host": 2} and preprocessor.n_values == 9
    assert preprocessor.positions(["host", "age", "absent"]) == [0, 1, 7, 8]
    values = preprocessor.prepare(TABLE).values
    assert values.shape == (4, 9)
    np.testing.assert_allclose(values[:, 0], np.arcsinh((TABLE.metadata["age"] - 2.5) / 1.4826))
    np.testing.assert_allclose(values[1, 2:7], [1, 0, 0, -1, 1], atol=1e-6)
    assert not values[3, 2:7].any()
    np.testing.assert_array_equal(values[:, 7:], [[1, 0], [0, 1], [1, 0], [0, 1]])


def test_a_missing_number_is_a_flag_and_not_a_value():
    preprocessor = GroupedMetadataPreprocessor(columns=["age"]).fit(checked(age=[0.0, 1.0, 2.0]))
    prepared = preprocessor.prepare(checked(age=[1.0, np.nan]))
    np.testing.assert_array_equal(prepared.values, [[0, 0], [0, 1]])
    assert prepared.lengths.tolist() == [1, 0]


def test_columns_without_spread_or_value():
    table = checked(ndethist=[0.0, 0.0, 0.0, 5.0], sky=[np.nan] * 4, scorr=[3.0] * 4)
    preprocessor = GroupedMetadataPreprocessor(columns=["ndethist", "sky", "scorr"]).fit(table)
    assert preprocessor.scales_["ndethist"] == (0.0, pytest.approx(np.std([0, 0, 0, 5])))
    assert preprocessor.scales_["scorr"] == (3.0, 1.0)
    values = preprocessor.prepare(table).values
    assert np.isfinite(values).all() and not values[:, 4:].any() and values[:, 3].all()


def test_text_in_a_column_of_numbers_is_rejected():
    preprocessor = GroupedMetadataPreprocessor(columns=["age"]).fit(checked(age=[0.0, 1.0]))
    with pytest.raises(ValueError, match="column 'age' must hold numbers"):
        preprocessor.prepare(checked(age=["old", "young"]))


def test_other_columns_of_the_table_do_not_count():
    table = checked(age=[1.0, np.nan], ra=[10.0, 20.0])
    prepared = GroupedMetadataPreprocessor(columns=["age"]).fit(table).prepare(table)
    assert prepared.lengths.tolist() == [1, 0]
