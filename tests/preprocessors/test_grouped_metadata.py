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


def test_scales_come_from_the_rows_of_training():
    table = checked(age=[1.0, 2.0, 3.0, 500.0], host=list("aabc"))
    preprocessor = GroupedMetadataPreprocessor(columns=["age", "host"])
    preprocessor.fit(table, rows=np.arange(3))
    assert preprocessor.scales_["age"] == (2.0, pytest.approx(1.4826))
    assert preprocessor.categories_["host"].tolist() == ["a", "b"]


def test_training_hides_values_as_if_they_were_missing():
    n = 400
    known = {"age": np.arange(1.0, n + 1), "ra": np.full(n, 30.0), "host": ["a"] * n}
    table = checked(**known)
    preprocessor = GroupedMetadataPreprocessor(
        columns=list(known), angles=["ra"], n_frequencies=2, hidden_fraction=0.3
    ).fit(table)
    prepared = preprocessor.prepare(table)
    values = preprocessor.gather(prepared, np.arange(n), np.random.default_rng(0))[0]["values"]
    lost = checked(age=[np.nan], ra=[np.nan], host=pd.Categorical([None]))
    missing = preprocessor.prepare(lost).values[0]
    for name, width in preprocessor.widths.items():
        where = preprocessor.positions([name])
        assert len(where) == width
        hidden = (values[:, where] == missing[where]).all(axis=1)
        kept = (values[:, where] == prepared.values[:, where]).all(axis=1)
        assert (hidden ^ kept).all() and hidden.mean() == pytest.approx(0.3, abs=0.08)
    assert values.dtype == np.float32
    still = preprocessor.gather(prepared, np.arange(n))[0]["values"]
    np.testing.assert_array_equal(still, prepared.values)
