"""Parquet files of one row per point, in batches of objects."""

import gc
import tracemalloc

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sklearn_sn.data import DataQualityWarning, as_ragged
from sklearn_sn.datasets import (
    _long_batches,
    count_objects,
    iter_tables,
    make_supernovae,
    parquet_layout,
    read_tables,
)


@pytest.fixture(scope="module")
def points():
    """Points of 23 objects, one object after the other."""
    X = make_supernovae(23, modalities=["light_curve"], random_state=0)[0]
    curves = as_ragged(X["light_curve"], kind="light_curve")
    return pd.DataFrame(
        {
            "object_id": np.asarray(X.index, dtype=object)[curves.rows],
            "mjd": curves["time"],
            "filter": np.asarray(curves["band"], dtype=object),
            "flux": curves["flux"],
            "flux_err": curves["flux_err"],
            "airmass": 1.0,
        }
    )


def write(points, path, rows_per_group=100):
    table = pa.Table.from_pandas(points, preserve_index=False)
    pq.write_table(table, path, row_group_size=rows_per_group)
    return path


@pytest.fixture(autouse=True)
def few_rows_at_a_time(monkeypatch):
    # Objects of about 50 points lie across reads, and across row groups.
    monkeypatch.setattr(_long_batches, "_ROWS", 64)


@pytest.mark.parametrize("size", [1, 5, 23, 100])
@pytest.mark.parametrize(
    "kind", ["text", "short_text", "views", "categories", "integers", "nullable"]
)
def test_batches_are_the_table_that_is_read_at_once(points, tmp_path, size, kind):
    names = points["object_id"]
    if kind == "categories":
        names = names.astype("category")
    elif kind == "short_text":  # pandas writes large strings by default
        names = names.astype(pd.ArrowDtype(pa.string()))
    elif kind == "views":
        names = names.astype(pd.ArrowDtype(pa.string_view()))
    elif kind != "text":
        names = pd.Series(pd.factorize(names)[0]) + 10**15
        names = names.astype("Int64" if kind == "nullable" else "int64")
    path = write(points.assign(object_id=names), tmp_path / "points.parquet")
    is_large = pa.types.is_large_string(pq.read_schema(path).field("object_id").type)
    assert is_large == (kind == "text")
    assert parquet_layout(path) == "points" and count_objects(path) == 23
    batches = list(iter_tables(path, batch_size=size))
    assert [len(X) for X in batches[:-1]] == [size] * (len(batches) - 1)
    whole = read_tables(path)
    pd.testing.assert_frame_equal(pd.concat(batches), whole)
    assert batches[0].attrs["read"] == whole.attrs["read"]


def test_batches_of_large_text_are_the_groups_of_a_loop(points, tmp_path):
    """With names and bands as large strings, some missing, and batches beyond one row group."""
    text = pd.ArrowDtype(pa.large_string())
    points = points.astype({"object_id": text, "filter": text})
    path = write(points.iloc[5:], tmp_path / "points.parquet", rows_per_group=30)
    for size in (1, 4):
        tables = list(iter_tables(path, batch_size=size))
        X, groups = pd.concat(tables), list(points.iloc[5:].groupby("object_id", sort=False))
        assert X.index.tolist() == [name for name, _ in groups]
        for curve, (_, group) in zip(X["light_curve"], groups, strict=True):
            group = group.sort_values("mjd", kind="stable")
            for field, column in (("time", "mjd"), ("flux", "flux"), ("band", "filter")):
                assert curve[field].tolist() == group[column].tolist()


def test_names_are_read_once(points, tmp_path, monkeypatch):
    path, calls, plain = write(points, tmp_path / "points.parquet"), [], _long_batches._runs
    monkeypatch.setattr(_long_batches, "_runs", lambda *args: calls.append(1) or plain(*args))
    assert sum(map(len, iter_tables(path, batch_size=3))) == 23
    n_groups = pq.read_metadata(path).num_row_groups
    assert len(calls) <= -(-len(points) // 64) + n_groups


@pytest.mark.parametrize("kind", ["text", "number"])
def test_few_bytes_are_kept_for_each_object(tmp_path, kind, monkeypatch):
    """With four points, and beyond one batch of rows of the size that is in use."""
    monkeypatch.undo()
    n_objects = 20_000
    names = np.repeat(np.arange(n_objects) + 10**9, 4)
    columns = {"object_id": names.astype(str) if kind == "text" else names}
    columns |= {"mjd": 6e4, "filter": "g", "flux": 1.0, "flux_err": 1.0}
    path = tmp_path / "points.parquet"
    pd.DataFrame(columns).to_parquet(path)
    assert _long_batches.LongFile(path).count_objects() == n_objects  # loads what it needs once
    tracemalloc.start()
    try:
        file = _long_batches.LongFile(path)
        assert file.count_objects() == n_objects
        gc.collect()
        kept, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kept / n_objects < 3
    # The names of one batch of rows, and a number for each object of the file.
    assert peak / n_objects < (150 if kind == "text" else 60)
    batches = file.batches(8_000)
    index = np.concatenate([X.index for X in batches])
    np.testing.assert_array_equal(index, np.unique(columns["object_id"]))


def test_points_without_an_object_are_left_out(points, tmp_path):
    points = pd.concat([points[:70], points[:3].assign(object_id=None), points[70:]])
    points.loc[points["object_id"] == "sim-000004", "object_id"] = "none"
    path = write(points, tmp_path / "points.parquet")
    with pytest.warns(DataQualityWarning, match="without an object"):
        whole = read_tables(path)
    # Points without an object separate those of one object, so that the file is read at once.
    assert count_objects(path) is None
    points = points[points["object_id"].notna()]
    write(points, path)
    assert count_objects(path) == len(whole) == 22
    with pytest.warns(DataQualityWarning, match="without an object"):
        batches = list(iter_tables(path, batch_size=4))
    pd.testing.assert_frame_equal(pd.concat(batches), whole)


def test_objects_that_come_back_are_gathered(points, tmp_path):
    path = write(points.sort_values("mjd"), tmp_path / "points.parquet")
    assert count_objects(path) is None
    with pytest.warns(DataQualityWarning, match=r"not consecutive in .*points\.parquet"):
        batches = list(iter_tables(path, batch_size=10))
    assert [len(X) for X in batches] == [10, 10, 3]
    pd.testing.assert_frame_equal(pd.concat(batches), read_tables(path))


def test_units_names_and_options_are_those_of_read_tables(points, tmp_path):
    other = points.rename(
        columns={"object_id": "SNID", "flux": "FLUXCAL", "flux_err": "FLUXCALERR"}
    )
    other["filter"] = other["filter"].str[-1]
    path = write(other, tmp_path / "points.parquet")
    options = {"survey": "lsst", "id_column": "SNID"}
    batches = list(iter_tables(path, batch_size=7, **options))
    whole = read_tables(path, **options)
    pd.testing.assert_frame_equal(pd.concat(batches), whole)
    assert whole.index.name == "SNID"


def test_errors_name_file_column_and_object(points, tmp_path):
    points = points.assign(flux=points["flux"].astype(str))
    row = points.index[points["object_id"] == "sim-000012"][0]
    points.loc[row, "flux"] = "bright"
    path = write(points, tmp_path / "points.parquet")
    batches = iter_tables(path, batch_size=5)
    assert len(next(batches)) == 5
    with pytest.raises(ValueError, match=r"points\.parquet, column 'flux': 'bright' .*sim-000012"):
        list(batches)


def test_spectra_are_read_in_batches(tmp_path):
    X = make_supernovae(6, modalities=["spectrum"], random_state=0)[0]
    spectra = as_ragged(X["spectrum"], kind="spectrum")
    pixels = pd.DataFrame(
        {
            "object_id": np.asarray(X.index, dtype=object)[spectra.rows],
            **{name: np.asarray(spectra[name]) for name in ("wavelength", "flux", "flux_err")},
        }
    )
    path = write(pixels, tmp_path / "pixels.parquet")
    batches = list(iter_tables(path, batch_size=4))
    assert [len(batch) for batch in batches] == [4, 2]
    pd.testing.assert_frame_equal(pd.concat(batches), read_tables(path))


def test_tables_of_objects_are_no_points(tmp_path):
    pd.DataFrame({"object_id": ["a"], "ra": [1.0]}).to_parquet(tmp_path / "plain.parquet")
    assert parquet_layout(tmp_path / "plain.parquet") is None
