"""Parquet files of nested columns in batches."""

import pandas as pd
import pyarrow.parquet as pq
import pytest
from nested_pandas import NestedFrame

from sklearn_sn.data import as_ragged
from sklearn_sn.datasets import (
    count_objects,
    iter_tables,
    make_supernovae,
    read_written,
    write_tables,
)


@pytest.fixture(scope="module")
def X():
    return make_supernovae(7, random_state=0)[0]


def test_batches_of_a_written_file_are_the_table(X, tmp_path):
    path = tmp_path / "written.parquet"
    write_tables(X, path)
    assert count_objects(path) == 7
    batches = list(iter_tables(path, batch_size=3))
    assert [len(batch) for batch in batches] == [3, 3, 1]
    whole = read_written(path)
    start = 0
    for batch in batches:
        pd.testing.assert_frame_equal(batch, whole.iloc[start : start + len(batch)])
        start += len(batch)


def test_a_written_file_has_row_groups(X, tmp_path, monkeypatch):
    monkeypatch.setattr("sklearn_sn.datasets._parquet._ROWS", 3)
    write_tables(X, tmp_path / "parts.parquet")
    assert pq.ParquetFile(tmp_path / "parts.parquet").num_row_groups == 3
    batches = list(iter_tables(tmp_path / "parts.parquet", batch_size=4))
    pd.testing.assert_frame_equal(pd.concat(batches), read_written(tmp_path / "parts.parquet"))


def test_files_of_nested_pandas_are_read(X, tmp_path):
    frame = NestedFrame(X[["light_curve", "redshift"]].rename_axis("id").reset_index())
    frame.attrs = {}
    frame.to_parquet(tmp_path / "nested.parquet")
    batches = list(iter_tables(tmp_path / "nested.parquet", batch_size=4))
    names = [name for batch in batches for name in batch.index]
    assert names == list(X.index) and batches[0].index.name == "object_id"
    points = as_ragged(batches[1]["light_curve"], kind="light_curve")
    expected = as_ragged(X["light_curve"].iloc[4:], kind="light_curve")
    assert points["flux"].tolist() == expected["flux"].tolist()
    assert batches[1]["redshift"].tolist() == X["redshift"].iloc[4:].tolist()


def test_rows_without_names_keep_their_numbers(X, tmp_path):
    write_tables(X.reset_index(drop=True), tmp_path / "numbers.parquet")
    batches = list(iter_tables(tmp_path / "numbers.parquet", batch_size=3))
    assert [list(batch.index) for batch in batches] == [[0, 1, 2], [3, 4, 5], [6]]


@pytest.mark.parametrize(
    "index", [pd.RangeIndex(1000, 1007), pd.RangeIndex(5, 19, 2, name="number")]
)
def test_a_range_of_names_is_kept(X, tmp_path, index):
    path = tmp_path / "range.parquet"
    write_tables(X.set_axis(index), path)
    whole = read_written(path)
    for size in (3, 7):
        batches = list(iter_tables(path, batch_size=size))
        pd.testing.assert_frame_equal(batches[0], whole.iloc[:size])
        assert [name for batch in batches for name in batch.index] == list(index)
    frame = X[["light_curve"]].set_axis(index)
    frame.attrs = {}
    frame.to_parquet(tmp_path / "pandas.parquet")
    batches = iter_tables(tmp_path / "pandas.parquet", batch_size=3)
    assert [name for batch in batches for name in batch.index] == list(index)


def test_other_files_are_none(tmp_path):
    pd.DataFrame({"object_id": ["a"], "flux": [1.0]}).to_parquet(tmp_path / "long.parquet")
    (tmp_path / "text.txt").write_text("x")
    for name in ("long.parquet", "text.txt", "none.parquet", ""):
        assert count_objects(tmp_path / name) is None
    with pytest.raises(ValueError, match="nested column 'light_curve' or 'spectrum'"):
        iter_tables(tmp_path / "long.parquet")
    with pytest.raises(FileNotFoundError):
        iter_tables(tmp_path / "none.parquet")
    with pytest.raises(ValueError, match="'batch_size' parameter of iter_tables"):
        iter_tables(tmp_path / "long.parquet", batch_size=0)
