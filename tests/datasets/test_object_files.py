"""Parquet files of nested columns as one table that is read in parts."""

import numpy as np
import pandas as pd
import pyarrow.dataset as pds
import pytest

from sklearn_sn.datasets import ObjectFiles, TableWriter, make_supernovae, write_tables


@pytest.fixture(scope="module")
def X():
    X, y = make_supernovae(50, modalities=["light_curve"], random_state=0)
    return X.assign(type=np.asarray(y))


@pytest.fixture(scope="module")
def folder(X, tmp_path_factory):
    """Two files, of row groups of 7 objects."""
    folder = tmp_path_factory.mktemp("objects")
    for name, part in (("a", X[:30]), ("b", X[30:])):
        with TableWriter(folder / f"{name}.parquet", row_group_size=7) as writer:
            writer.write(part)
    return folder


def test_several_files_are_one_table(X, folder):
    paths = [folder / "a.parquet", folder / "b.parquet"]
    for given in (folder, paths, pds.dataset(folder, format="parquet")):
        files = ObjectFiles(given)
        assert files.n_objects == len(files) == 50 and len(files.groups) == 5 + 3
        assert [group.start for group in files.groups] == [0, 7, 14, 21, 28, 30, 37, 44]
        pd.testing.assert_frame_equal(files.read(), X)
        assert files.column("type").tolist() == X["type"].tolist()


def test_rows_are_taken_across_groups_and_files(X, folder):
    rows = [0, 6, 7, 29, 30, 49]
    pd.testing.assert_frame_equal(ObjectFiles(folder).take(rows), X.iloc[rows])


@pytest.mark.parametrize("size", [1, 7, 11, 60])
def test_tables_are_consecutive_and_of_equal_size(X, folder, size):
    tables = list(ObjectFiles(folder).tables(size))
    assert [len(table) for table in tables[:-1]] == [size] * (-(-50 // size) - 1)
    pd.testing.assert_frame_equal(pd.concat(tables), X)


def test_shuffled_parts_mix_row_groups_and_hold_every_object_once(X, folder):
    files = ObjectFiles(folder)
    parts = list(files.shuffled(16, 4, np.random.default_rng(0)))
    assert [len(rows) for rows, _ in parts] == [16, 16, 16, 2]
    assert np.sort(np.concatenate([rows for rows, _ in parts])).tolist() == list(range(50))
    starts = [group.start for group in files.groups]
    for rows, part in parts:
        assert (np.diff(rows) > 0).all()
        pd.testing.assert_frame_equal(part, X.iloc[rows])
    # The first part holds rows of four groups and not the first 16 rows.
    assert len(set(np.searchsorted(starts, parts[0][0], side="right"))) >= 4
    other = next(files.shuffled(16, 4, np.random.default_rng(1)))[0]
    assert other.tolist() != parts[0][0].tolist()


def test_a_sample_is_drawn_from_all_row_groups(folder):
    files = ObjectFiles(folder)
    rows = files.sample_rows(25, np.random.default_rng(0))
    assert len(rows) == len(set(rows)) == 25 and (np.diff(rows) > 0).all()
    starts = [group.start for group in files.groups]
    assert len(set(np.searchsorted(starts, rows, side="right"))) == 8
    few = files.sample_rows(6, np.random.default_rng(0), max_groups=2)
    assert len(set(np.searchsorted(starts, few, side="right"))) <= 2
    assert files.sample_rows(80, np.random.default_rng(0)).tolist() == list(range(50))


def test_rows_without_names_are_counted_per_file(X, tmp_path):
    for name, part in (("a", X[:5]), ("b", X[5:9])):
        with TableWriter(tmp_path / f"{name}.parquet") as writer:
            writer.write(part.reset_index(drop=True))
    tables = list(ObjectFiles(tmp_path).tables(3))
    assert [list(table.index) for table in tables] == [[0, 1, 2], [3, 4, 0], [1, 2, 3]]


def test_files_that_cannot_be_read_are_named(X, folder, tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no file .*none\.parquet"):
        ObjectFiles(tmp_path / "none.parquet")
    with pytest.raises(FileNotFoundError, match=r"has no file \*\.parquet"):
        ObjectFiles(tmp_path)
    (tmp_path / "text.parquet").write_text("x")
    with pytest.raises(ValueError, match=r"text\.parquet' is not a readable Parquet file"):
        ObjectFiles(tmp_path / "text.parquet")
    X.drop(columns="light_curve").to_parquet(tmp_path / "plain.parquet")
    with pytest.raises(ValueError, match=r"no Parquet file with a nested column"):
        ObjectFiles(tmp_path / "plain.parquet")
    with pytest.raises(ValueError, match="no plain column 'light_curve'"):
        ObjectFiles(folder).column("light_curve")
    with pytest.raises(ValueError, match="must consist of Parquet files"):
        ObjectFiles(pds.dataset(X[["type"]].pipe(_arrow)))


def _arrow(frame):
    import pyarrow as pa

    return pa.Table.from_pandas(frame.reset_index(drop=True))


def test_equal_texts_of_a_column_are_one_object(tmp_path):
    X = make_supernovae(8, modalities=["light_curve"], random_state=0)[0]
    types = ["SN " + "Ia", None, "SN II", "SN Ia", "SN Ia", "SN II", "SN Ia", None]
    for number in range(2):
        write_tables(X.assign(type=types), tmp_path / f"{number}.parquet")
    column = ObjectFiles(tmp_path).column("type")
    assert [None if pd.isna(one) else one for one in column] == 2 * types
    assert len({id(one) for one in column if isinstance(one, str)}) == 2
