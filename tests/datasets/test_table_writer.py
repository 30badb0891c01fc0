"""Files that are written table by table."""

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from sklearn_sn.data import as_ragged
from sklearn_sn.datasets import TableWriter, iter_supernovae, make_supernovae, read_written


@pytest.fixture(scope="module")
def X():
    return make_supernovae(20, random_state=0)[0]


def test_tables_become_one_file(X, tmp_path):
    path = tmp_path / "objects.parquet"
    with TableWriter(path, row_group_size=6) as writer:
        for start in (0, 9, 13):
            writer.write(X[start : {0: 9, 9: 13, 13: 20}[start]])
        assert not path.exists()
    assert [p.name for p in tmp_path.iterdir()] == ["objects.parquet"]
    file = pq.ParquetFile(path)
    assert [file.metadata.row_group(i).num_rows for i in range(4)] == [6, 6, 6, 2]
    pd.testing.assert_frame_equal(read_written(path), X)


def test_simulated_chunks_are_the_whole_simulation(tmp_path):
    with TableWriter(tmp_path / "simulated.parquet") as writer:
        for part, _ in iter_supernovae(12, chunk_size=5, random_state=1):
            writer.write(part)
    whole = make_supernovae(12, random_state=1)[0]
    pd.testing.assert_frame_equal(read_written(tmp_path / "simulated.parquet"), whole)


def test_single_precision_keeps_times_and_seven_digits_of_fluxes(X, tmp_path):
    with TableWriter(tmp_path / "single.parquet", single_precision=True) as writer:
        writer.write(X)
    read = read_written(tmp_path / "single.parquet")
    for name, time in (("light_curve", "time"), ("spectrum", "wavelength")):
        given, stored = as_ragged(X[name], kind=name), as_ragged(read[name], kind=name)
        assert np.array_equal(given[time], stored[time])
        assert not np.array_equal(given["flux"], stored["flux"])
        np.testing.assert_allclose(stored["flux"], given["flux"], rtol=1e-7)


def test_an_error_leaves_no_file(X, tmp_path):
    path = tmp_path / "objects.parquet"
    with pytest.raises(ZeroDivisionError), TableWriter(path) as writer:
        writer.write(X)
        1 / 0  # noqa: B018
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(ValueError, match="No table was written"), TableWriter(path):
        pass


def test_other_columns_and_categories_are_rejected(X, tmp_path):
    with TableWriter(tmp_path / "objects.parquet") as writer:
        writer.write(X.assign(kind=pd.Categorical(["a"] * 20)))
        with pytest.raises(ValueError, match="same columns, dtypes and categories"):
            writer.write(X)
        with pytest.raises(ValueError, match="same columns, dtypes and categories"):
            writer.write(X.assign(kind=pd.Categorical(["b"] * 20)))
    with TableWriter(tmp_path / "others.parquet") as writer:
        writer.write(X.assign(n=1))
        with pytest.raises(ValueError, match="dtypes of the first"):
            writer.write(X.assign(n="x"))
