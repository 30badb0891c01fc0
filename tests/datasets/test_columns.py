"""Columns of fields are chosen by their names, and errors by the quantity they belong to."""

import numpy as np
import pandas as pd
import pytest

from sklearn_sn.datasets import read_tables
from sklearn_sn.datasets._columns import (
    choose_columns,
    looks_like,
    require_columns,
    time_offset,
    unused_errors,
)


def test_errors_belong_to_their_quantity():
    columns = ["objectId", "mjd", "filter", "mag", "flux", "e_mag", "fluxerr", "note"]
    assert choose_columns(columns, "light_curves", "object_id", {}) == {
        "id": "objectId",
        "time": "mjd",
        "band": "filter",
        "mag": "mag",
        "mag_err": "e_mag",
        "flux": "flux",
        "flux_err": "fluxerr",
    }
    # The error of a magnitude is not taken for that of a flux.
    names = choose_columns(["mjd", "band", "flux", "magerr"], "light_curves", "object_id", {})
    assert names == {"time": "mjd", "band": "band", "flux": "flux"}


def test_columns_of_the_user_come_first():
    columns = ["name", "mjd", "MJD_corrected", "band", "flux"]
    names = choose_columns(columns, "light_curves", "object_id", {"time": "MJD_corrected"})
    assert names["time"] == "MJD_corrected" and names["id"] == "name"
    # Other names of the object are tried only if id_column is the default.
    assert "id" not in choose_columns(columns, "light_curves", "target", {})
    with pytest.raises(ValueError, match="light_curves has no column 'jd'; it has"):
        choose_columns(columns, "light_curves", "object_id", {"time": "jd"})


def test_fluxes_in_counts_need_zero_points():
    columns = ["id", "jd", "filter", "forcediffimflux"]
    names = choose_columns([*columns, "magzpsci"], "light_curves", "object_id", {})
    assert names["zero_point"] == "magzpsci"
    with pytest.raises(ValueError, match=r"counts of the image.*light_curve_columns=\{'zero_"):
        choose_columns(columns, "light_curves", "object_id", {"flux": "forcediffimflux"})


def test_times_with_a_subtracted_origin():
    names = choose_columns(["HJD-2450000", "band", "mag"], "light_curves", "object_id", {})
    assert names["time"] == "HJD-2450000"
    assert time_offset("MJD - 53000.5") == 53000.5 and time_offset("JD-2400000.") == 2400000
    assert time_offset("mjd_53000") == 0.0


def test_required_columns_and_kinds():
    assert looks_like(["id", "mjd", "band", "mag"]) == "light_curves"
    assert looks_like(["id", "wavelength", "flux"]) == "spectra"
    assert looks_like(["id", "mjd", "band"]) == "objects"
    # Without a time or a band, fluxes with errors are still no objects.
    assert looks_like(["id", "visit", "band", "psfDiffFlux", "psfDiffFluxErr"]) == "light_curves"
    assert looks_like(["HJD", "mag", "flux(mJy)", "flux_err"]) == "light_curves"
    assert looks_like(["id", "mjd", "wavelength", "flux", "flux_err"]) == "spectra"
    assert looks_like(["id", "filter", "mag", "redshift"]) == "objects"
    names = {"id": "name", "time": "mjd", "band": "f"}
    with pytest.raises(ValueError, match=r"'flux or mag'.*\{'flux': ...\} or .*\{'mag': ...\}"):
        require_columns(names, ["name", "mjd", "f"], "light_curves", "object_id")
    with pytest.raises(ValueError, match=r"spectra has no column for 'sn'.*object_id=.*\['sn'\]\)"):
        require_columns({"wavelength": "w", "flux": "f"}, ["w", "f"], "spectra", "sn")


def test_spellings_of_the_sign():
    for name in ("isdiffpos", "isDiffPos", "is_diffpos"):
        names = choose_columns(["id", "jd", "fid", "mag", name], "light_curves", "object_id", {})
        assert names["sign"] == name


@pytest.mark.parametrize("flux", ["flux", "Flux (mJy)", "flux_uJy", "psfFlux", "FLUX [uJy]"])
@pytest.mark.parametrize(
    "pattern",
    [
        *("{} error{}", "{}_err{}", "{}err{}", "e_{}{}", "d{}{}", "{} uncertainty{}"),
        *("{}_unc{}", "unc_{}{}", "{}_e{}", "sigma_{}{}", "{}_std{}", "err{1}"),
    ],
)
def test_spellings_of_errors_beside_a_unit(flux, pattern):
    name, bracket, unit = flux.partition(" ")
    error = pattern.format(name, bracket + unit)
    names = choose_columns(["id", "mjd", "band", flux, error], "light_curves", "object_id", {})
    assert names["flux"] == flux and names["flux_err"] == error


def test_unused_columns_of_errors():
    names = {"id": "id", "time": "mjd", "band": "band", "flux": "flux"}
    assert unused_errors(names, ["flux_uncorrected", "flux function", "fluxuncert"]) == [
        "fluxuncert"
    ]
    assert unused_errors(names, ["err of my flux", "Uncertainty", "ra_err", "chi2"]) == [
        "err of my flux",
        "Uncertainty",
    ]


def test_errors_of_unused_quantities_are_not_named():
    names = {"id": "id", "time": "mjd", "band": "band", "mag": "mag_corr"}
    assert unused_errors(names, ["mag", "magerr", "my mag error"]) == ["my mag error"]


def test_errors_without_the_name_of_their_quantity():
    for column, quantity in (("err", "flux"), ("Error", "mag"), ("unc", "flux")):
        columns = ["id", "mjd", "band", quantity, column]
        names = choose_columns(columns, "light_curves", "object_id", {})
        assert names[f"{quantity}_err"] == column and not unused_errors(names, [])
    for columns in (
        ["id", "mjd", "band", "flux", "mag", "err"],
        ["id", "mjd", "band", "flux", "err", "unc"],
        ["id", "mjd", "band", "flux", "flux_total", "err"],
        ["id", "mjd", "band", "mag", "magpsf", "err"],
    ):
        names = choose_columns(columns, "light_curves", "object_id", {})
        assert not {"flux_err", "mag_err"} & set(names)
        assert "err" in unused_errors(names, set(columns) - set(names.values()))
    columns = ["id", "mjd", "band", "flux", "fluxerr", "err"]
    names = choose_columns(columns, "light_curves", "object_id", {})
    assert names["flux_err"] == "fluxerr" and not unused_errors(names, ["err"])
    given = {"flux_err": "unc"}
    names = choose_columns(["id", "mjd", "band", "flux", "err", "unc"], "light_curves", "id", given)
    assert names["flux_err"] == "unc"


def test_columns_that_imply_errors_are_named():
    for column in ("ivar", "flux_ivar", "flux_var", "variance", "SNR", "S/N"):
        assert unused_errors({"flux": "flux"}, [column]) == [column]
        assert not unused_errors({"flux": "flux", "flux_err": "err"}, [column])
    assert unused_errors({"mag": "mag"}, ["e_mag_lower", "mag_std"]) == ["e_mag_lower", "mag_std"]
    assert not unused_errors({"flux": "flux"}, ["variable", "evolution", "snr_flag"])


@pytest.mark.parametrize("name", ["l_mag", "upper", "UpLim", "UL", "limit_flag"])
@pytest.mark.parametrize("mark", [">", 1, "True"])
def test_marks_of_limits(name, mark):
    table = pd.DataFrame({"object_id": "a", "mjd": [59000.0, 59001.0], "filter": "ztfg"})
    blank = "" if mark == ">" else 0 if mark == 1 else "False"
    table = table.assign(mag=[19.9, 18.0], magerr=[None, 0.1], **{name: [mark, blank]})
    curve = read_tables(light_curves=table)["light_curve"].iloc[0]
    assert curve["time"].tolist() == [59001.0]


def test_numbers_with_decimals_are_no_marks_of_limits():
    table = pd.DataFrame({"object_id": "a", "mjd": [59000.0, 59001.0], "filter": "ztfg"})
    table = table.assign(mag=[19.9, 18.0], lower=[0.9, 0.2], upper=[1.0, 0.2])
    assert len(read_tables(light_curves=table)["light_curve"].iloc[0]) == 2


@pytest.mark.parametrize("name", ["magzero", "zeropt", "MAG_ZP", "zeropoint_mag"])
def test_names_of_zero_points(name):
    table = pd.DataFrame({"object_id": ["a"], "mjd": 59000.0, "filter": "ztfg", "flux": 100.0})
    curve = read_tables(light_curves=table.assign(**{name: 25.0}))["light_curve"].iloc[0]
    assert curve["flux"].tolist() == pytest.approx([100 * 10 ** (-0.4 * 1.1)])


def test_missing_numbers_of_iraf():
    table = pd.DataFrame({"object_id": "a", "mjd": [59000.0, 59001.0], "filter": "ztfg"})
    table = table.assign(mag=["INDEF", "18.0"], magerr=["INDEF", "0.1"])
    flux = read_tables(light_curves=table)["light_curve"].iloc[0]["flux"]
    assert np.isnan(flux.iloc[0]) and flux.iloc[1] > 0
