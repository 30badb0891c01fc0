"""Properties of galaxies in PROVABGS."""

import numpy as np
import pandas as pd
import pytest

from sklearn_sn.datasets._provabgs import read_properties, targetid_index
from tests.datasets.galaxy_files import properties


def test_columns_have_our_names_and_units():
    table = read_properties(pd.DataFrame(properties([5, 3])))
    assert table.index.tolist() == [5, 3] and table.index.name == "targetid"
    assert table.loc[3].to_dict() == {
        "log_stellar_mass": 11.0, "age": 5.0, "stellar_metallicity": 0.02,
        "g": 19.0, "r": 18.0, "z": 17.5, "log_sfr": 1.0,
    }  # fmt: skip


def test_parquet_and_other_names_are_read(tmp_path):
    table = pd.DataFrame({"TARGETID": [1, 2, 2], "LOG_MSTAR": [10.0, -99.0, 9.0]})
    table.to_parquet(tmp_path / "a.parquet")
    mass = read_properties(tmp_path / "a.parquet")["log_stellar_mass"]
    assert mass.index.tolist() == [1, 2] and mass.loc[1] == 10.0 and np.isnan(mass.loc[2])


def test_hdf5_is_read(tmp_path):
    h5py = pytest.importorskip("h5py")
    with h5py.File(tmp_path / "a.hdf5", "w") as file:
        for key, values in properties([7, 8]).items():
            file[key] = values
    assert read_properties(tmp_path / "a.hdf5")["r"].tolist() == [18.0, 18.0]


def test_what_is_missing_is_named(tmp_path):
    with pytest.raises(ValueError, match="no field 'TARGETID'"):
        read_properties(pd.DataFrame({"LOG_MSTAR": [10.0]}))
    with pytest.raises(ValueError, match="none of the columns of PROVABGS"):
        read_properties(pd.DataFrame({"TARGETID": [1]}))
    with pytest.raises(FileNotFoundError, match="absent"):
        read_properties(tmp_path / "absent.hdf5")
    with pytest.raises(ValueError, match="lost digits"):
        targetid_index(np.array([1.0]), "file")
