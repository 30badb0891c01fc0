"""Fluxes are scaled by units, zero points, names of columns, headers and surveys."""

import warnings

import numpy as np
import pandas as pd
import pytest
from astropy import units as u
from astropy.table import Column

from sklearn_sn.data import DataQualityWarning
from sklearn_sn.datasets import read_tables
from sklearn_sn.datasets._dialects import Dialect
from sklearn_sn.datasets._long_numbers import LongTable
from sklearn_sn.datasets._points import PointOptions
from sklearn_sn.datasets._scales import (
    default_systems,
    describe_scale,
    scale_fluxes,
    survey_of_letters,
)

AB_ZERO = 10 ** (0.4 * 23.9)  # flux of magnitude 0 in µJy


def points(names=None, dialect=None, header=None, **columns):
    names = {field: field for field in columns} | (names or {})
    n = len(next(iter(columns.values())))
    codes = np.zeros(n, dtype=int)
    return LongTable(
        "light_curves", columns, names, ["a"], codes, dialect=dialect, header=header or {}
    )


def scaled(table, options=None, zero=AB_ZERO):
    n = len(table)
    flux, err = np.full(n, 10.0), np.full(n, 2.0)
    rows, zero = np.zeros(n, dtype=int), np.broadcast_to(zero, n)
    return scale_fluxes(table, flux, err, zero, rows, options or PointOptions())


def test_one_zero_point_for_all():
    table = points(flux=[10.0], flux_err=[2.0])
    factor = 10 ** (-0.4 * (27.5 - 23.9))
    cases = [
        (table, PointOptions(), 1.0),
        (table, PointOptions(zero_point=27.5), factor),
        (table, PointOptions(survey="PLAsTiCC"), factor),
        (points(flux=[10.0], flux_err=[2.0], header={"zp_fluxcal": "27.5"}), None, factor),
        (
            points(flux=[10.0], flux_err=[2.0], dialect=Dialect("x", (), zero_point=27.5)),
            None,
            factor,
        ),
    ]
    for one, options, expected in cases:
        flux, err, unreadable = scaled(one, options)
        assert flux == pytest.approx([10 * expected]) and err == pytest.approx([2 * expected])
        assert not unreadable.any()
    assert describe_scale(table, PointOptions(zero_point=27.5)) == "zero point 27.5"


def test_zero_points_and_surveys_of_each_point():
    table = points(flux=[1.0] * 3, flux_err=[1.0] * 3, zero_point=[23.9, 26.4, 23.9])
    flux, err, unreadable = scaled(table, zero=AB_ZERO * np.array([1, 1, np.nan]))
    assert flux == pytest.approx([10.0, 1.0, np.nan], nan_ok=True)
    assert err == pytest.approx([2.0, 0.2, np.nan], nan_ok=True)
    assert unreadable.tolist() == [False, False, True]
    assert describe_scale(table, PointOptions()) == "zero points of column 'zero_point'"
    table = points(flux=[1.0] * 2, flux_err=[1.0] * 2, survey=["plasticc", None])
    assert scaled(table)[0] == pytest.approx([10 * 10 ** (-0.4 * 3.6), 10.0])
    assert describe_scale(table, PointOptions()) == "zero points of the surveys of the points"


def test_units_need_no_zero_point():
    flux = Column([10.0], unit=u.mJy)
    table = points(flux=flux, flux_err=[2.0])
    # The flux is in µJy already; the error without a unit is in that of the flux.
    assert [one.tolist() for one in scaled(table)[:2]] == [[10.0], [2000.0]]
    assert describe_scale(table, PointOptions()) == "unit mJy"
    for wrong in (table, points(flux=[1.0], flux_err=[1.0], zero_point=[25.0])):
        with pytest.raises(ValueError, match="'zero_point' parameter of read_tables applies only"):
            scaled(wrong, PointOptions(zero_point=27.5))


def test_systems():
    table = points(mag=[18.0, 19.0], zero_point=[25.0, 25.0], flux=[1.0, np.nan])
    assert default_systems(points(mag=[18.0]), None, np.array([False]), "Vega") == "Vega"
    systems = default_systems(table, None, np.array([True, False]), "Vega")
    assert list(systems) == ["AB", "Vega"]  # the zero point of a flux is AB
    with pytest.raises(ValueError, match=r"'mag' has the unit mag\(AB\), but system='Vega'"):
        default_systems(points(mag=[18.0]), "AB", np.array([False]), "Vega")
    table = points(mag=[18.0, 19.0], system=pd.Series(["AB", "Vega"]))
    with pytest.raises(ValueError, match=r"'system' is 'Vega' for object 'a' \(row 1\)"):
        default_systems(table, "AB", np.zeros(2, dtype=bool), "native")


def test_survey_of_bands_with_one_letter():
    header = {"survey": "DES_5YR"}
    assert survey_of_letters(points(flux=[1.0], header=header)) is None
    assert survey_of_letters(points(flux=[1.0], dialect=Dialect("x", ()), header=header)) == "DES"
    dialect = Dialect("x", (), survey="ztf")
    assert survey_of_letters(points(flux=[1.0], dialect=dialect, header=header)) == "ztf"
    unknown = points(flux=[1.0], dialect=Dialect("x", ()), header={"survey": "nowhere"})
    assert survey_of_letters(unknown) == "nowhere"
    for text, sub, survey in (
        ("CSP", "", "CSP"),
        ("YSE_DR1", "", "YSE"),
        ("SNLS3year_MEGACAM", "", "SNLS"),
        ("DES5YR", "", "DES"),
        ("PS1_LOWZ_COMBINED(CSP)", "", "CSP"),
        ("PS1_LOWZ_COMBINED", "", "PS1_LOWZ_COMBINED"),
        ("PS1_LOWZ_COMBINED", "CFA3", "CFA3"),
        ("NULL", "", None),
    ):
        header = {"survey": text, "subsurvey": sub}
        one = points(flux=[1.0], dialect=Dialect("x", ()), header=header)
        assert survey_of_letters(one) == survey


def test_a_zero_point_that_overflows_is_unreadable():
    frame = pd.DataFrame(
        {"object_id": "a", "time": [59000.0, 59001.0], "band": "g", "flux": 1.0, "flux_err": 0.1}
    ).assign(zp=[25.0, -999.0], zpsys="ab")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        X = read_tables(None, frame, survey="ztf")
    assert len(X["light_curve"].iloc[0]["flux"]) == 1


@pytest.mark.parametrize("zero_point", [25.0, 27.5, 31.4, 16.4])
def test_fluxes_that_contradict_their_magnitudes_are_doubted(zero_point):
    mag = np.array([18.0, 18.5, 19.0, 18.2])
    flux = 10 ** (-0.4 * (mag - zero_point))
    table = pd.DataFrame({"object_id": "a", "mjd": np.arange(4.0) + 59000, "filter": "ztfg"})
    table = table.assign(mag=mag, mag_err=0.1, flux=flux, flux_err=flux / 10)
    with pytest.warns(DataQualityWarning, match=f"implies a zero point near {zero_point:.2f} "):
        read_tables(light_curves=table)
    right = read_tables(light_curves=table, zero_point=zero_point)
    same = read_tables(light_curves=table.drop(columns=["flux", "flux_err"]))
    np.testing.assert_allclose(
        right["light_curve"].iloc[0]["flux"], same["light_curve"].iloc[0]["flux"]
    )


def test_fluxes_that_agree_with_their_magnitudes_are_not_doubted():
    mag = np.array([18.0, 18.5, 19.0, 18.2])
    table = pd.DataFrame({"object_id": "a", "mjd": np.arange(4.0) + 59000, "filter": "ztfg"})
    table = table.assign(mag=mag, flux=10 ** (-0.4 * (mag - 23.9)), flux_err=1.0)
    read_tables(light_curves=table)
    # Differences that vary are those of other quantities, such as total magnitudes.
    read_tables(light_curves=table.assign(flux=[10.0, 200.0, 3.0, 80.0]))
