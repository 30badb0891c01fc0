"""Fields of the DESI-Legacy sample in HDF5 and Parquet files."""

import builtins

import numpy as np
import pytest

from sklearn_sn.datasets._desi_legacy_files import (
    find_name,
    hdf5_columns,
    is_hdf5,
    open_hdf5,
    read_hdf5,
    read_parquet,
)
from tests.datasets.galaxy_files import fields, properties, write_hdf5, write_parquet

NAMES = ["image", "spectrum", "redshift", "targetid"]


def test_groups_are_read_in_the_order_of_their_numbers(tmp_path):
    pytest.importorskip("h5py")
    write_hdf5(tmp_path / "a.h5", [fields(seed, 2) for seed in range(11)])
    assert is_hdf5(tmp_path / "a.h5")
    parts = list(read_hdf5(tmp_path / "a.h5", NAMES, "all", 100))
    ids = np.concatenate([part["targetid"] for part, _ in parts])
    assert (np.diff(ids) > 0).all() and parts[10][1].endswith("/10")


def test_a_file_without_groups_is_one_group(tmp_path):
    pytest.importorskip("h5py")
    write_hdf5(tmp_path / "a.h5", [fields()], flat=True)
    parts = [part for part, _ in read_hdf5(tmp_path / "a.h5", NAMES, "test", 100)]
    np.testing.assert_array_equal(parts[0]["spectrum"], fields()["spectra"][8:])


def test_fields_of_unequal_length_are_named(tmp_path):
    pytest.importorskip("h5py")
    write_hdf5(tmp_path / "a.h5", [fields() | {"redshifts": np.zeros(3)}])
    with pytest.raises(ValueError, match="differ in length"):
        list(read_hdf5(tmp_path / "a.h5", NAMES, "all", 100))


def test_h5py_is_named_if_it_is_absent(tmp_path, monkeypatch):
    original = builtins.__import__

    def without(name, *args, **kwargs):
        if name == "h5py":
            raise ImportError(name)
        return original(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(ImportError, match=r"sklearn-sn\[hdf5\]"), open_hdf5(tmp_path / "a.h5"):
        pass


@pytest.mark.parametrize("compound", [True, False])
def test_columns_of_a_catalogue(tmp_path, compound):
    h5py = pytest.importorskip("h5py")
    columns = properties(np.arange(4)) | {"PROVABGS_MCMC": np.zeros((4, 3))}
    with h5py.File(tmp_path / "a.h5", "w") as file:
        if compound:
            kinds = [(key, v.dtype, v.shape[1:]) for key, v in columns.items()]
            table = np.empty(4, dtype=kinds)
            for key, values in columns.items():
                table[key] = values
            file["__astropy_table__"] = table
        else:
            for key, values in columns.items():
                file[key] = values
    table = hdf5_columns(tmp_path / "a.h5", ["TARGETID", "MAG_R", "absent"])
    assert table.columns.tolist() == ["TARGETID", "MAG_R"]
    assert table["TARGETID"].tolist() == [0, 1, 2, 3]


def test_parquet_is_read_in_batches(tmp_path):
    write_parquet(tmp_path / "a.parquet", fields())
    assert not is_hdf5(tmp_path / "a.parquet")
    parts = [part for part, _ in read_parquet(tmp_path / "a.parquet", NAMES, "train", 3)]
    assert [len(part["targetid"]) for part in parts] == [3, 3, 2]
    images = np.concatenate([part["image"] for part in parts])
    np.testing.assert_array_equal(images, fields()["images"][:8])


def test_a_field_that_is_missing_is_named(tmp_path):
    group = fields()
    del group["spectra"]
    write_parquet(tmp_path / "a.parquet", group)
    with pytest.raises(ValueError, match="no field 'spectra' or 'spectrum'"):
        list(read_parquet(tmp_path / "a.parquet", NAMES, "all", 3))
    assert find_name(("a", "b"), ["b"], "file") == "b"


def test_a_folder_without_files_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="no Parquet file"):
        list(read_parquet(tmp_path, NAMES, "all", 3))
