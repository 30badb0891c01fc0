"""Sources become long tables with canonical fields."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from sklearn_sn.data import DataQualityWarning
from sklearn_sn.datasets._load_long import kind_of, load_long, plain_values
from sklearn_sn.datasets._sources import Source

POINTS = {"mjd": [1.0, 2.0, 3.0], "filter": "g", "mag": [18.0, 19.0, 20.0]}


def load(columns, header=None, label=None, **parameters):
    source = Source(pd.DataFrame(columns), header or {}, label)
    return load_long(source, "light_curves", id_column="object_id", **parameters)


def test_fields_and_unused_columns():
    points = load({"oid": ["b", None, "b"], **POINTS, "note": "x"}, mapping={"flux_err": "note"})
    assert points.names["id"] == "oid" and points.names["flux_err"] == "note"
    assert points.objects == ["b"] and points.codes.tolist() == [0, -1, 0]
    assert points.numbers("mag").tolist() == [18.0, 19.0, 20.0]
    assert points.unused == ()
    points = load({"sn": "b", **POINTS, "note": "x"})
    assert points.unused == ("note",) and "flux_err" not in points


def test_name_of_the_only_object():
    assert load(POINTS, {"snid": "2011fe"}, "/x/a.csv").objects == ["2011fe"]
    assert load(POINTS, label="/x/SN2011fe.csv.gz").objects == ["SN2011fe"]
    assert load(POINTS, label="/x/a.csv", object_id=7).objects == [7]
    assert load({"sn": "b", **POINTS}, object_id="c").objects == ["c"]
    with pytest.raises(ValueError, match=r"light_curves has 3 objects \(first 'a'\); omit"):
        load({"sn": ["a", "b", "c"], **POINTS}, object_id="c")
    with pytest.raises(ValueError, match="has no column for 'object_id'"):
        load(POINTS)


def test_unknown_fields():
    with pytest.raises(ValueError, match=r"'light_curve_columns' .*Got \['colour'\] instead"):
        load({"sn": "b", **POINTS}, mapping={"colour": "filter"})


def test_joined_identifiers_and_plain_values():
    columns = {"oid": [1, 2, 1], "mjd": [1.0, 2.0, 3.0], "filtercode": ["zg", "zr", "zg"]}
    columns |= {"mag": 18.0, "magerr": 0.1, "catflags": [0, 32768, 0]}
    columns |= {"ra": [10.0, 10.0, 10.0002], "dec": [5.0, 5.0, 5.0]}
    points = load(columns, label="/x/SN2099a.csv.gz")
    assert points.dialect.name == "ztf-dr"
    assert points.objects == ["SN2099a"] and points.codes.tolist() == [0, 0, 0]
    assert points.bad.tolist() == [False, True, False]
    assert plain_values(points).to_dict("index") == {"SN2099a": {"ra": 10.0, "dec": 5.0}}
    assert load(columns).objects == ["J004000.02+050000.0"]
    # Names of another column are no identifiers of one band.
    named = load({**columns, "sn": ["a", "b", "a"]}, mapping={"object_id": "sn"})
    assert named.objects == ["a", "b"]


def test_identifiers_without_positions_are_not_joined_in_silence():
    columns = {"oid": [1, 2], "mjd": [1.0, 2.0], "filtercode": ["zg", "zr"], "mag": 18.0}
    with pytest.warns(DataQualityWarning, match=r"/x/a\.csv has 2 identifiers .* add the columns"):
        assert load({**columns, "magerr": 0.1}, label="/x/a.csv").objects == [1, 2]


def test_plain_values_of_the_header():
    points = load(POINTS, {"ra": 10, "dec": "5 degrees"}, "/x/a.csv")
    assert plain_values(points).to_dict("index") == {"a": {"ra": 10.0}}
    several = load({"sn": ["a", "b", "a"], **POINTS}, {"ra": 10}, "/x/a.csv")
    assert plain_values(several).shape == (2, 0)


def test_unknown_redshifts_of_snana():
    columns = {"mjd": [1.0, 2.0], "band": "g", "fluxcal": 1.0, "fluxcalerr": 1.0}
    header = {"snid": "a", "redshift_helio": -9.0, "mwebv": -9.0, "sntype": 1}
    plain = plain_values(load(columns, header, "/x/a.dat"))
    assert plain[["redshift", "ebv"]].isna().all(axis=None) and plain["type"].tolist() == [1]
    assert plain_values(load(columns, {**header, "mwebv": 0.1}, "/x/a"))["ebv"].tolist() == [0.1]


def test_sources_of_rubin_without_an_object():
    points = load({"diaObjectId": [8, 0, 9], **POINTS})
    assert points.objects == [8, 9] and points.codes.tolist() == [0, -1, 1]
    assert load({"object_id": [8, 0, 9], **POINTS}).objects == [8, 0, 9]


@pytest.mark.parametrize(
    ("columns", "dialect", "mappings", "kind"),
    [
        (["name", "x", "y"], None, None, "objects"),
        (["name", "x", "y"], None, {"light_curves": {"flux": "x"}}, "light_curves"),
        (["name", "x", "y"], None, {"light_curves": None, "spectra": {"flux": "x"}}, "spectra"),
        (["name", "x", "y"], None, {"light_curves": {"flux": "z"}}, "objects"),
        (["mjd", "band", "flux"], None, {"spectra": None}, "light_curves"),
        (["name", "x"], "atlas", {"spectra": {"flux": "x"}}, "light_curves"),
    ],
)
def test_the_kind_follows_named_columns(columns, dialect, mappings, kind):
    assert kind_of(columns, dialect, mappings) == kind


@pytest.mark.parametrize("is_arrow", [True, False])
def test_numbers_are_copied_unless_nobody_can_change_them(is_arrow):
    frame = pd.DataFrame({"object_id": ["a", "a"], "time": [1.0, 2.0], "band": ["r", "r"]})
    frame["flux"], frame["flux_err"] = [3.0, 4.0], [1.0, 1.0]
    table = pa.Table.from_pandas(frame) if is_arrow else frame
    part = load_long(Source(table), "light_curves", id_column="object_id")
    assert part.is_arrow == is_arrow
    flux = part.numbers("flux", "uJy")
    assert np.shares_memory(flux, part["flux"].to_numpy()) == is_arrow
    np.testing.assert_array_equal(flux, [3.0, 4.0])
