"""Answers of the Transient Name Server become light curves."""

import io
import json

import numpy as np
import pytest

from sklearn_sn.datasets import read_tables
from sklearn_sn.datasets._tns_json import plain_value, read_tns_point


def point(jd, flux, error, limit, unit="ABMag", band="r-Sloan"):
    return {
        "obsdate": "2020-01-01 00:00:00",
        "jd": jd,
        "flux": flux,
        "flux_error": error,
        "limflux": limit,
        "flux_unit": {"id": 1, "name": unit},
        "filters": {"id": 21, "name": band},
        "instrument": {"id": 1, "name": "Other"},
        "telescope": {"id": 0, "name": "Other"},
        "remarks": "",
    }


POINTS = [
    point(2458849.5, 18.9, 0.1, ""),
    point(2458850.5, "", "", 20.1, band="g-ZTF"),
    point(2458851.5, 18.9, None, None, band="g-ZTF"),
]


@pytest.mark.parametrize("shape", ["reply", "data", "points", "lists"])
def test_magnitudes_and_limits(shape):
    points = [dict(one) for one in POINTS]
    if shape == "lists":
        points = [
            one | {key: [one[key]] for key in ("filters", "flux_unit", "instrument")}
            for one in points
        ]
    reply = {"objname": "2020abc", "redshift": 0.01, "photometry": points}
    reply |= {"object_type": {"id": 3, "name": "SN Ia"}, "spectra": [{"jd": 2458849.5, "id": 1}]}
    content = {"data": {"reply": reply} if shape == "reply" else reply}
    content = points if shape == "points" else content
    given = {"object_id": "2020abc"} if shape == "points" else {}
    X = read_tables(light_curves=io.StringIO(json.dumps(content)), **given)
    curve = X["light_curve"].loc["2020abc"]
    assert curve["time"].tolist() == [58849.0, 58851.0]
    assert curve["band"].tolist() == ["sdssr", "ztfg"]
    np.testing.assert_allclose(curve["flux"], 100.0)
    assert np.isnan(curve["flux_err"]).tolist() == [False, True]
    assert X.attrs["read"]["counts"]["upper_limits"] == 1


def test_fluxes_and_other_units():
    points = [point(2458849.5, 0.1, 0.01, "", unit="mJy"), point(2458850.5, 0.2, 0.01, "", "Jy")]
    X = read_tables(light_curves=io.StringIO(json.dumps(points)), object_id="a")
    np.testing.assert_allclose(X["light_curve"].iloc[0]["flux"], [100.0, 2e5])
    points = [point(2458849.5, 0.1, 0.01, "", unit="counts sec(-1)")]
    with pytest.raises(ValueError, match=r"'counts sec.-1.' of the Transient Name Server is not"):
        read_tables(light_curves=io.StringIO(json.dumps(points)), object_id="a")


def test_parts():
    assert plain_value({"name": "SN a", "ra": 1.0}) == {"name": "SN a", "ra": 1.0}
    assert plain_value([1, 2]) == [1, 2] and plain_value({"name": "r"}) == "r"
    other = {"jd": 1.0, "flux": 2.0}
    assert read_tns_point(other, "f") is other
