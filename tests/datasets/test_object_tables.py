"""Tables of objects: positions in degrees, missing values, names."""

import numpy as np
import pandas as pd
import pytest

from sklearn_sn.datasets import read_tables
from sklearn_sn.datasets._dialects import Dialect
from sklearn_sn.datasets._object_tables import read_objects
from sklearn_sn.datasets._sources import Source


def read(columns, label=None, id_column="object_id", **parameters):
    return read_objects(Source(pd.DataFrame(columns), label=label), id_column, **parameters)


def test_positions_become_degrees():
    columns = {"object_id": ["a", "b", "c"], "ra": ["12:00:00", "15.5", None]}
    plain, _ = read({**columns, "dec": ["-01:30:00", "+10 15 00.0", "3"]})
    assert plain.index.tolist() == ["a", "b", "c"]
    assert plain["ra"].to_numpy() == pytest.approx([180.0, 15.5, np.nan], nan_ok=True)
    assert plain["dec"].to_numpy() == pytest.approx([-1.5, 10.25, 3.0])
    with pytest.raises(ValueError, match="Object 'b': ra is 'east'; give degrees, or hours"):
        read({**columns, "ra": ["1", "east", "2"]})


def test_known_columns_of_files():
    columns = {"SNID": [1, 2], "Redshift_helio": ["0.1", "--"], "DECL": [1.0, 2.0], "z": ">30.2"}
    plain, entry = read(columns, label="/x/objects.csv")
    assert plain["redshift"].to_numpy() == pytest.approx([0.1, np.nan], nan_ok=True)
    assert plain["dec"].tolist() == [1.0, 2.0]
    assert plain["z"].tolist() == [">30.2", ">30.2"]  # limits alone are no numbers
    assert entry["columns"] == {"object_id": "SNID", "redshift": "Redshift_helio", "dec": "DECL"}
    # Tables in memory keep their names.
    plain, _ = read({"object_id": [1], "DECL": [1.0]})
    assert list(plain) == ["DECL"]


def test_limits_beside_numbers_are_missing():
    plain, _ = read({"object_id": [1, 2, 3], "t90": [">30.2", "12", "N/A"]})
    assert plain["t90"].to_numpy() == pytest.approx([np.nan, 12.0, np.nan], nan_ok=True)


def test_objects_of_the_points_of_a_file():
    dialect = Dialect("x", (), objects={"object_id": "oid", "ebv": "av", "a_v": "a_v"})
    columns = {"oid": ["a", "a", None], "a_v": ["3.1", "9", "9"], "mag": 18.0}
    plain, entry = read(columns, label="/x/f.csv", only=dialect)
    assert plain.to_dict("index") == {"a": {"ebv": 1.0}}
    assert entry["dialect"] == "x"


def test_missing_and_repeated_names():
    with pytest.raises(ValueError, match="objects has 1 rows with a missing 'object_id'"):
        read({"object_id": ["a", None]})
    with pytest.raises(ValueError, match=r"objects has 'a' more than once \(1 such names\)"):
        read({"object_id": ["a", "b", "a"]})
    with pytest.raises(ValueError, match=r"objects has no column 'sn'; .*id_column=.$"):
        read({"name": ["a"]}, id_column="sn")
    with pytest.raises(ValueError, match=r"needs a column .object_id., and a light curve needs"):
        read({"w": [1]}, label="/x/a.csv")
    with pytest.raises(ValueError, match=r"If the file is a spectrum, read it with .*read_spectra"):
        read({"w": [1]}, label="/x/a.csv")


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        (["MJD", "mag", "err"], "^A light curve needs a column for the band, such as 'filter'; "),
        (["mjd", "filter"], "^A light curve needs a column for the flux or magnitude, such as "),
        (["Datum", "filter", "mag"], "^A light curve needs a column for the time, such as 'mjd'; "),
        (["mjd", "g", "r"], "for the band.* for the flux.* each with its errors, such as 'g' and"),
    ],
)
def test_what_a_light_curve_lacks_is_named(columns, message):
    with pytest.raises(ValueError, match=message):
        read({name: [1.0] for name in columns}, label="/x/a.csv")


def test_objects_with_no_more_than_a_name():
    dialect = Dialect("x", (), objects={"object_id": "oid"})
    plain, _ = read({"oid": ["a", "b", "a"]}, label="/x/f.json", only=dialect)
    assert plain.index.tolist() == ["a", "b"] and list(plain) == []


def test_forms_of_angles():
    columns = {"object_id": ["a", "b"], "ra": ["12h30m00.0s", "1H02M03S"]}
    plain, _ = read({**columns, "dec": ["-01d30m00s", "+01d 30m 36s"]})
    assert plain["ra"].tolist() == pytest.approx([187.5, 15.5125])
    assert plain["dec"].tolist() == pytest.approx([-1.5, 1.51])
    with pytest.raises(ValueError, match="Object 'b': ra is '25:00:00'; give degrees, or hours"):
        read({**columns, "ra": ["1", "25:00:00"]})


def test_redshifts_that_are_all_missing_are_numbers():
    plain, _ = read({"ZTFID": ["a"], "IAUID": ["b"], "peakt": [1.0], "redshift": ["-"]}, "/x/b.csv")
    assert plain["redshift"].dtype == float and plain["redshift"].isna().all()


def test_redshifts_of_hosts_that_are_not_measured():
    plain, _ = read(
        {"object_id": [1, 2], "hostgal_photoz": [-9.0, 0.3], "HOSTGAL_SPECZ": [0.1, -9]}
    )
    assert plain["hostgal_photoz"].isna().tolist() == [True, False]
    assert plain["HOSTGAL_SPECZ"].isna().tolist() == [False, True]


@pytest.mark.parametrize("time", ["phase", "BTJD", "year", "days since max"])
def test_points_without_a_known_time_are_named(tmp_path, time):
    path = tmp_path / "a.csv"
    path.write_text(f"name,{time},filter,mag,magerr\na,1,ztfg,18,.1\na,2,ztfg,18,.1\n")
    with pytest.raises(ValueError, match=rf"none of times among .*{time}.*call it .mjd."):
        read_tables(path)
