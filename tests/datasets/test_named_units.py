"""Tests of units and magnitude systems in the names of columns."""

import numpy as np
import pandas as pd
import pytest

from sklearn_sn.data import as_ragged
from sklearn_sn.datasets import read_tables
from sklearn_sn.datasets._named_units import add_named_units, is_in_counts


def _read(columns, values, band="ztfg", **params):
    table = pd.DataFrame({"object_id": ["a"], "mjd": [59000.0], "filter": [band]})
    table = table.assign(**dict(zip(columns, np.atleast_2d(values).T, strict=True)))
    return as_ragged(read_tables(light_curves=table, **params)["light_curve"])


@pytest.mark.parametrize(
    ("unit", "microjansky"),
    [
        ("(erg/s/cm2/Hz)", 1e29),
        ("[erg s-1 cm-2 Hz-1]", 1e29),
        ("(1e-28 erg/s/cm^2/Hz)", 10.0),
        ("(nmgy)", 3.630781),
        ("[maggies]", 3.630781e9),
        ("(mJy)", 1e3),
        ("(difference image)", 1.0),
    ],
)
def test_units_of_fluxes(unit, microjansky):
    curve = _read([f"flux {unit}", f"flux_err {unit}"], [20 / microjansky, 2 / microjansky])
    np.testing.assert_allclose(curve["flux"], 20, rtol=1e-6)
    np.testing.assert_allclose(curve["flux_err"], 2, rtol=1e-6)


@pytest.mark.parametrize("unit", ["(MJy)", "(mag)", "[e-18 erg/s/cm2/Hz]", "(milli Jy beam)"])
def test_units_that_are_not_read_are_rejected(unit):
    with pytest.raises(ValueError, match="is no unit of a flux that is read"):
        _read([f"flux {unit}"], [1.0])


def test_magnitudes_of_an_unknown_system_are_rejected():
    with pytest.raises(ValueError, match="ST"):
        _read(["mag (ST)", "mag_err"], [18.0, 0.1])


def test_errors_without_a_unit_have_that_of_the_flux():
    curve = _read(["flux (nmgy)", "flux_err"], [10.0, 1.0])
    np.testing.assert_allclose(curve["flux_err"], 3.630781, rtol=1e-6)


def test_flux_per_wavelength_is_rejected():
    with pytest.raises(ValueError, match="Flux per wavelength needs the wavelength"):
        _read(["flux (erg/s/cm2/A)", "flux_err (erg/s/cm2/A)"], [1e-16, 1e-17])


@pytest.mark.parametrize("unit", ["(ADU)", "[counts]", "(counts/s)", "[e-/s]", "(DN)"])
def test_counts_need_a_zero_point(unit):
    columns = [f"flux {unit}", f"flux_err {unit}"]
    with pytest.raises(ValueError, match="the flux is in counts, and there is no zero point"):
        _read(columns, [100.0, 3.0])
    expected = 100 * 10 ** (-0.4 * 1.1)
    assert _read(columns, [100.0, 3.0], zero_point=25.0)["flux"] == pytest.approx(expected)
    assert _read([*columns, "zp"], [100.0, 3.0, 25.0])["flux"] == pytest.approx(expected)


@pytest.mark.parametrize(
    ("name", "days"),
    [("time (s)", 1 / 86400), ("t [hours]", 1 / 24), ("time (days)", 1.0), ("MJD (UTC)", 1.0)],
)
def test_units_of_times(name, days):
    table = pd.DataFrame({"object_id": "a", name: [0.0, 86400.0], "band": "ztfg", "flux": 1.0})
    curve = as_ragged(read_tables(light_curves=table.assign(flux_err=0.1))["light_curve"])
    np.testing.assert_allclose(curve["time"], [0, 86400 * days])


@pytest.mark.parametrize("name", ["mag (AB)", "mag [ABmag]", "magnitude (mag AB)"])
def test_magnitudes_of_a_vega_band_in_ab(name):
    assert _read([name], [18.9], "bessellu")["flux"] == pytest.approx(100)


def test_magnitudes_of_an_ab_band_in_vega():
    named = _read(["mag (Vega)"], [18.0], "sdssu")["flux"]
    given = _read(["mag", "magsys"], [18.0, "vega"], "sdssu")["flux"]
    np.testing.assert_allclose(named, given)
    assert named < 0.5 * _read(["mag"], [18.0], "sdssu")["flux"]


def test_a_column_of_systems_is_kept():
    curve = _read(["mag (Vega)", "magsys"], [18.9, "ab"], "sdssu")
    assert curve["flux"] == pytest.approx(100)


@pytest.mark.parametrize(("name", "zero_point"), [("flux_uJy", 23.9), ("flux (nJy)", 31.4)])
def test_a_zero_point_must_not_contradict_a_name(name, zero_point):
    curve = _read([name, "zp"], [100.0, zero_point])
    assert curve["flux"] == pytest.approx(100 * 10 ** (-0.4 * (zero_point - 23.9)))
    with pytest.raises(ValueError, match=r"the name states a unit.*'zp' is 25 for object 'a'"):
        _read([name, "zp"], [100.0, 25.0])


def test_columns_with_a_unit_are_unchanged():
    fields = {"flux": np.ones(1), "time": np.ones(1)}
    add_named_units(fields, {"flux": "flux (uJy)", "time": "mjd (days)"})
    assert not any(hasattr(values, "unit") for values in fields.values())


def test_names_of_counts():
    assert [is_in_counts(name) for name in ("flux (electrons)", "f [e-/s]", "counts", "ct")] == [
        True,
        True,
        False,
        False,
    ]
