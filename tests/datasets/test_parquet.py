"""Tables survive Parquet bit for bit."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sklearn_sn.data import as_ragged
from sklearn_sn.datasets import make_supernovae, read_written, write_tables
from sklearn_sn.datasets._parquet import is_written


def images(*shapes):
    rng = np.random.default_rng(0)
    cells = np.empty(len(shapes), dtype=object)
    for row, shape in enumerate(shapes):
        if shape is not None:
            cells[row] = rng.normal(size=shape).astype(np.float32)
            cells[row].flat[:1] = np.nan
    return cells


@pytest.fixture
def X():
    X, _ = make_supernovae(
        6, modalities=["light_curve", "spectrum"], surveys=["ztf"], random_state=0
    )
    X["image"] = images((3, 63, 63), None, (3, 58, 63), (1, 2, 3), (0, 0, 0), (3, 63, 63))
    X["candid"] = np.arange(6) + 2**60
    X["maybe"] = pd.array([1, None, 3, 4, 5, 6], dtype="Int64")
    X["text"] = pd.Series(["a", None, "c", "d", "e", "f"], index=X.index, dtype=object)
    X["kind"] = pd.Categorical(["a"] * 6, categories=["b", "a"])
    X.attrs["read"] = {"packets": 3, "skipped_packets": ["a: b"], "share": 0.5}
    return X


def write_and_read(X, tmp_path):
    write_tables(X, tmp_path / "objects.parquet")
    return read_written(tmp_path / "objects.parquet")


def assert_equal(X, Y):
    assert X.columns.equals(Y.columns) and (X.dtypes == Y.dtypes).all()
    pd.testing.assert_index_equal(X.index, Y.index)
    assert X.attrs == Y.attrs
    for name in X:
        if name in ("light_curve", "spectrum"):
            left, right = as_ragged(X[name]), as_ragged(Y[name])
            assert np.array_equal(left.offsets, right.offsets)
            for field in left.fields:
                a, b = np.asarray(left[field]), np.asarray(right[field])
                assert a.dtype == b.dtype
                assert a.tobytes() == b.tobytes() if a.dtype != object else (a == b).all()
        elif name == "image":
            for a, b in zip(X[name], Y[name], strict=True):
                assert (a is None) == (b is None)
                if a is not None:
                    assert a.shape == b.shape and a.dtype == b.dtype and a.tobytes() == b.tobytes()
        else:
            pd.testing.assert_series_equal(X[name], Y[name])


@pytest.mark.parametrize(
    "rows", [slice(None), slice(0), slice(1, 2), [4, 1, 0], slice(None, None, 2)]
)
def test_round_trip(X, tmp_path, rows):
    assert_equal(X.iloc[rows], write_and_read(X.iloc[rows], tmp_path))


@pytest.mark.parametrize(
    "index",
    [
        pd.RangeIndex(2),
        pd.Index([170011223344556601, 170011223344556602], name="diaObjectId"),
        pd.Index(["a", "b"], dtype=object, name="object_id"),
        pd.Index(["a", "b"], dtype="str"),
        pd.MultiIndex.from_tuples([("a", 1), ("b", 2)], names=["survey", "number"]),
    ],
)
def test_indices(tmp_path, index):
    assert_equal(
        pd.DataFrame({"z": [0.1, np.nan]}, index=index),
        write_and_read(pd.DataFrame({"z": [0.1, np.nan]}, index=index), tmp_path),
    )


@pytest.mark.parametrize("dtype", ["f2", "f4", "f8", "i2", "u1", "?", ">f4"])
@pytest.mark.parametrize("n_dimensions", [1, 2, 4])
def test_arrays_of_any_dtype_and_dimension(tmp_path, dtype, n_dimensions):
    cells = np.empty(3, dtype=object)
    cells[0] = np.arange(2**n_dimensions).reshape((2,) * n_dimensions).astype(dtype)
    cells[2] = np.ones((1, 3, 1, 2)[:n_dimensions], dtype=dtype)
    Y = write_and_read(pd.DataFrame({"image": cells}), tmp_path)
    assert Y["image"][1] is None
    for row in (0, 2):
        assert Y["image"][row].dtype == np.dtype(dtype).newbyteorder("=")
        assert np.array_equal(Y["image"][row], cells[row])


def test_nested_columns_are_structs_of_lists(X, tmp_path):
    write_tables(X, tmp_path / "objects.parquet")
    kind = pq.read_schema(tmp_path / "objects.parquet").field("light_curve").type
    assert pa.types.is_struct(kind)
    assert pa.types.is_list(kind.field("flux").type) or pa.types.is_large_list(
        kind.field("flux").type
    )


def test_pandas_and_nested_pandas_read_the_file(X, tmp_path):
    import nested_pandas

    path = tmp_path / "objects.parquet"
    write_tables(X, path)
    Y = pd.read_parquet(path)
    assert Y.attrs == X.attrs and Y.index.equals(X.index)
    assert Y["light_curve"].equals(X["light_curve"]) and Y["candid"].equals(X["candid"])
    assert np.stack([np.stack(c) for c in Y["image"].iloc[0]]).shape == (3, 63, 63)
    Z = nested_pandas.read_parquet(path)
    assert Z["light_curve"].dtype == X["light_curve"].dtype


def test_X_is_not_modified(X, tmp_path):
    before = X.copy()
    write_tables(X, tmp_path / "objects.parquet")
    assert_equal(before, X)


def test_a_failed_write_leaves_the_old_file(X, tmp_path, monkeypatch):
    path = tmp_path / "objects.parquet"
    write_tables(X, path)
    content = path.read_bytes()

    def fail(table, where, **options):
        where.write_bytes(b"half")
        raise OSError("disk full")

    monkeypatch.setattr(pq, "write_table", fail)
    with pytest.raises(OSError, match="disk full"):
        write_tables(X, path)
    assert path.read_bytes() == content and list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda X: X.attrs.update(a={1, 2}), "JSON"),
        (lambda X: X.insert(0, "z", [object()] * len(X)), "cannot be stored"),
        (lambda X: X.insert(0, "z", [np.ones(1), np.ones((1, 1))] * 3), "number of dimensions"),
        (lambda X: X.insert(0, "redshift", 1.0, allow_duplicates=True), "'redshift' twice"),
    ],
)
def test_what_cannot_be_stored_raises(X, tmp_path, change, message):
    change(X)
    with pytest.raises(ValueError, match=message):
        write_tables(X, tmp_path / "objects.parquet")
    assert not list(tmp_path.iterdir())


def test_other_and_damaged_files_raise(X, tmp_path):
    path = tmp_path / "objects.parquet"
    with pytest.raises(FileNotFoundError, match="no file"):
        read_written(path)
    pd.DataFrame({"a": [1]}).to_parquet(path)
    assert not is_written(path)
    with pytest.raises(ValueError, match="not written by write_tables"):
        read_written(path)
    write_tables(X, path)
    assert is_written(path)
    path.write_bytes(path.read_bytes()[:-100])
    assert not is_written(path)
    with pytest.raises(ValueError, match="not a readable Parquet file"):
        read_written(path)
