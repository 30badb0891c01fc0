"""Long tables become rows of objects."""

import warnings

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from astropy import units as u
from astropy.table import QTable, Table
from astropy.time import Time

from sklearn_sn.data import DataQualityWarning, as_ragged, check_table, mag_to_flux
from sklearn_sn.datasets import read_tables, write_tables

OBJECTS = pd.DataFrame({"object_id": ["b", "a", "empty"], "redshift": [0.1, 0.2, np.nan]})
POINTS = pd.DataFrame(
    {
        "object_id": ["a", "b", "a", "b"],
        "time": [59002.0, 59000.0, 59001.0, 59005.0],
        "band": ["ztfr", "ztfg", "ztfg", "ztfr"],
        "flux": [4.0, 1.0, 3.0, 2.0],
        "flux_err": [0.4, 0.1, 0.3, 0.2],
    }
)
PIXELS = pd.DataFrame(
    {
        "object_id": ["a"] * 4 + ["b"] * 2,
        "spectrum_id": [0, 1, 0, 1, 0, 0],
        "time": [59000.0] * 6,
        "wavelength": [5000.0, 5000.0, 6000.0, 6000.0, 4000.0, 4500.0],
        "flux": [1.0, 3.0, 2.0, 4.0, 5.0, 6.0],
    }
)


def curve(X, name):
    return as_ragged(X.loc[[name], "light_curve"], kind="light_curve")


def test_gathers_points_by_object_and_sorts_by_time():
    before = POINTS.copy()
    X = read_tables(OBJECTS, POINTS, PIXELS)
    assert list(X.index) == ["b", "a", "empty"] and X.index.name == "object_id"
    assert list(X.columns) == ["light_curve", "spectrum", "redshift"]
    assert curve(X, "a")["flux"].tolist() == [3.0, 4.0]
    assert list(curve(X, "a")["band"]) == ["ztfg", "ztfr"]
    assert as_ragged(X["light_curve"]).lengths.tolist() == [2, 2, 0]
    pd.testing.assert_frame_equal(POINTS, before)


def test_spectra_at_one_time_stay_apart():
    spectra = check_table(read_tables(OBJECTS, None, PIXELS)).spectrum
    assert spectra.lengths.tolist() == [2, 2, 2]
    assert spectra["flux"].tolist() == [5.0, 6.0, 1.0, 2.0, 3.0, 4.0]
    assert spectra["time"][4] - spectra["time"][2] == pytest.approx(1e-4, rel=1e-3)


def test_without_objects_the_names_come_from_the_long_tables():
    X = read_tables(None, POINTS[POINTS["object_id"] == "b"], PIXELS)
    assert list(X.index) == ["b", "a"]
    assert as_ragged(X["light_curve"]).lengths.tolist() == [2, 0]
    with pytest.raises(ValueError, match="at least one"):
        read_tables()


@pytest.mark.parametrize("kind", ["parquet", "csv", "csv.gz", "ecsv", "semicolon", "bom"])
def test_files_give_the_same_as_frames(tmp_path, kind):
    paths = []
    for name, frame in (("objects", OBJECTS), ("points", POINTS), ("pixels", PIXELS)):
        path = tmp_path / f"{name}.{'csv' if kind in ('semicolon', 'bom') else kind}"
        if kind == "parquet":
            frame.to_parquet(path)
        elif kind == "ecsv":
            Table.from_pandas(frame).write(path, format="ascii.ecsv")
        else:
            encoding = "utf-8-sig" if kind == "bom" else "utf-8"
            frame.to_csv(
                path, sep=";" if kind == "semicolon" else ",", index=False, encoding=encoding
            )
        paths.append(path if kind == "csv" else str(path))
    pd.testing.assert_frame_equal(read_tables(*paths), read_tables(OBJECTS, POINTS, PIXELS))


def test_arrow_tables_categories_and_named_indexes():
    expected = read_tables(OBJECTS, POINTS)
    arrow = read_tables(pa.Table.from_pandas(OBJECTS), pa.Table.from_pandas(POINTS))
    pd.testing.assert_frame_equal(arrow, expected)
    coded = POINTS.assign(object_id=POINTS["object_id"].astype("category"))
    pd.testing.assert_frame_equal(read_tables(OBJECTS.set_index("object_id"), coded), expected)


def test_units_are_converted():
    points = QTable(
        {
            "object_id": ["a", "a"],
            "time": Time([59000.0, 59001.0], format="mjd"),
            "band": ["ztfg", "ztfr"],
            "flux": [1.0, 2.0] * u.mJy,
        }
    )
    pixels = QTable({"object_id": ["a"], "wavelength": [0.5] * u.um, "flux": [1.0] * u.mJy})
    X = read_tables(QTable({"object_id": ["a"], "ra": [1.0] * u.hourangle}), points, pixels)
    assert X.loc["a", "ra"] == pytest.approx(15.0)
    assert curve(X, "a")["flux"].tolist() == [1000.0, 2000.0]
    spectrum = as_ragged(X["spectrum"])
    assert spectrum["wavelength"][0] == pytest.approx(5000.0)
    # 1 mJy is 1e-26 erg/s/cm²/Hz; times c/λ² (2.998e18 Å/s over 2.5e7 Å²).
    assert spectrum["flux"][0] == pytest.approx(1.199e-15, rel=1e-3)


def test_units_of_spectra_and_of_their_errors():
    pixels = QTable({"object_id": ["a"], "wavelength": [5000.0], "flux": [1.0] * u.mJy})
    pixels["flux_err"] = [0.1]
    spectrum = as_ragged(read_tables(None, None, pixels)["spectrum"])
    assert spectrum["flux_err"] == pytest.approx(0.1 * spectrum["flux"])
    pixels["flux"] = [1.0] * u.K
    with pytest.raises(ValueError, match=r"^spectra, column 'flux': K is no unit of flux density"):
        read_tables(None, None, pixels)


def test_magnitudes_are_converted_and_limits_left_out():
    points = pd.DataFrame(
        {
            "object_id": ["a"] * 5,
            "jd": 2459000.5 + np.arange(5),
            "filter": ["g", "V", "V", "g", "r"],
            "magnitude": [20.0, 20.0, 20.0, 21.0, 20.0],
            "magerr": [0.1, 0.1, 0.1, 0.1, np.nan],
            "upperlimit": [False, False, False, True, np.nan],
            "magsys": ["", "Landolt", "AB", "", None],
        }
    )
    a = curve(read_tables(None, points), "a")
    flux, err = mag_to_flux([20.0, 20.0], [0.1, 0.1], band=["g", "V"], system=["AB", "Vega"])
    assert a["flux"] == pytest.approx([*flux, flux[0], flux[0]])
    assert a["flux_err"][:2] == pytest.approx(err) and np.isnan(a["flux_err"][3])
    assert a["time"].tolist() == [59000.0, 59001.0, 59002.0, 59004.0]
    filled = curve(read_tables(None, points, default_mag_err=0.2), "a")
    assert filled["flux_err"][3] == pytest.approx(2 * err[0])
    vega = curve(read_tables(None, points, system="Vega"), "a")
    assert vega["flux"][1] == pytest.approx(flux[1]) and vega["flux"][0] > flux[0] * 1.05


def test_flux_wins_over_magnitude_and_zero_points_scale():
    points = POINTS.assign(mag=20.0, mag_err=0.1, flux=[np.nan, 1.0, 3.0, 2.0])
    X = read_tables(OBJECTS, points)
    assert curve(X, "a")["flux"] == pytest.approx([3.0, mag_to_flux(20.0)])
    scaled = read_tables(OBJECTS, POINTS.assign(zp=26.4, zpsys="ab"))
    assert curve(scaled, "b")["flux"] == pytest.approx([0.1, 0.2])
    assert curve(scaled, "b")["flux_err"] == pytest.approx([0.01, 0.02])


def test_telescope_and_survey_tell_bands_apart():
    points = POINTS.assign(band=["U", "U", "b", "g"], telescope=["Swift", "", "Swift", "PS1"])
    X = read_tables(OBJECTS, points)
    assert sorted(as_ragged(X["light_curve"])["band"]) == ["bessellU", "ps1g", "uvotb", "uvotu"]
    codes = POINTS.assign(band=[0, 1, 2, 5])
    X = read_tables(OBJECTS, codes, survey="plasticc")
    assert set(as_ragged(X["light_curve"])["band"]) == {"lsstu", "lsstg", "lsstr", "lssty"}
    with pytest.raises(ValueError, match="ambiguous"):
        read_tables(OBJECTS, codes)
    with pytest.raises(ValueError, match="Unknown survey"):
        read_tables(OBJECTS, codes, survey="nowhere")


def test_one_warning_names_what_was_left_out():
    points = POINTS.assign(object_id=["a", "x", "y", "x"], band="clear", mag=20.0)
    points = points.drop(columns=["flux", "flux_err"])
    with pytest.warns(DataQualityWarning) as caught:
        X = read_tables(OBJECTS, points)
    assert len(caught) == 1
    message = str(caught[0].message)
    assert "points of 2 objects" in message and "'x'" in message and "(clear;" in message
    assert caught[0].filename == __file__
    assert as_ragged(X["light_curve"]).n_points == 0


@pytest.mark.parametrize("name", ["v", "zebra", 0, True, None])
@pytest.mark.parametrize("column", ["flux", "mag"])
def test_a_point_in_an_unusable_band_is_left_out_and_named(name, column):
    points = POINTS.assign(band=np.array(["ztfr", name, "ztfg", "ztfr"], dtype=object))
    if column == "mag":
        points = points.drop(columns=["flux", "flux_err"]).assign(mag=20.0, mag_err=0.1)
    with pytest.warns(DataQualityWarning, match="unknown or ambiguous") as caught:
        X = read_tables(OBJECTS, points)
    assert len(caught) == 1
    message = str(caught[0].message)
    assert "1 points of 1 objects" in message and "first object 'b'" in message
    assert f"({'points without a name' if name is None else name};" in message
    assert as_ragged(X["light_curve"]).lengths.tolist() == [1, 2, 0]
    check_table(X)  # warns of nothing


def test_codes_of_another_survey_in_one_object_do_not_stop_the_others():
    points = pd.concat([POINTS, POINTS.assign(object_id="empty")])
    points = points.assign(band=[1, 2, 3, 1, 0, 1, 1, 2])
    with pytest.warns(
        DataQualityWarning, match=r"4 points of 1 objects .*\(1, 0, 2; first object 'empty'"
    ):
        X = read_tables(OBJECTS, points)
    curves = as_ragged(X["light_curve"])
    assert curves.lengths.tolist() == [2, 2, 0]
    assert list(curves["band"]) == ["ztfr", "ztfg", "ztfi", "ztfg"]


def test_errors_name_the_table_and_the_column():
    with pytest.raises(ValueError, match=r"'a' more than once.*read with light_curves="):
        read_tables(pd.concat([OBJECTS, OBJECTS.iloc[1:2]]), POINTS)
    with pytest.raises(ValueError, match=r"no column for 'flux or mag'.*'band'"):
        read_tables(OBJECTS, POINTS.drop(columns=["flux", "flux_err"]))
    with pytest.raises(ValueError, match="id_column="):
        read_tables(OBJECTS, id_column="name")
    with pytest.raises(ValueError, match=r"id_column=, or .*light_curve_columns=\{'name'"):
        read_tables(None, POINTS, id_column="name")
    with pytest.raises(ValueError, match="no column 'nothing'"):
        read_tables(OBJECTS, POINTS, light_curve_columns={"flux": "nothing"})
    with pytest.raises(ValueError, match="must be among the fields"):
        read_tables(OBJECTS, POINTS, light_curve_columns={"fluxx": "flux"})
    with pytest.raises(ValueError, match="'light_curves' parameter of read_tables"):
        read_tables(OBJECTS, [1, 2])
    with pytest.raises(ValueError, match="supported format"):
        read_tables("objects.txt")
    with pytest.raises(ValueError, match="must not have a column 'spectrum'"):
        read_tables(OBJECTS.assign(spectrum=1), None, PIXELS)
    with pytest.raises(ValueError, match="'upper_limits' parameter of read_tables"):
        read_tables(OBJECTS, POINTS, upper_limits="maybe")


def test_columns_may_have_other_names():
    points = POINTS.rename(columns={"object_id": "SNID", "flux": "brightness"})
    mapping = {"object_id": "SNID", "flux": "brightness"}
    X = read_tables(OBJECTS, points, light_curve_columns=mapping)
    pd.testing.assert_frame_equal(X, read_tables(OBJECTS, POINTS))


def test_names_may_be_numbers_here_and_text_there():
    objects = pd.DataFrame({"object_id": [1, 2]})
    points = POINTS.assign(object_id=["2", "1", "2", "1"])
    X = read_tables(objects, points)
    assert X.index.dtype == np.int64 and as_ragged(X["light_curve"]).lengths.tolist() == [2, 2]


def test_kept_limits_need_a_flux():
    points = POINTS.assign(upper_limit=[True, False, True, False], flux=[4.0, 1.0, np.nan, 2.0])
    X = read_tables(OBJECTS, points, upper_limits="keep")
    assert curve(X, "a")["flux"].tolist() == [4.0]


def test_header_only_files_give_empty_rows(tmp_path):
    POINTS.iloc[:0].to_csv(tmp_path / "points.csv", index=False)
    PIXELS.iloc[:0].to_csv(tmp_path / "pixels.csv", index=False)
    X = read_tables(OBJECTS, tmp_path / "points.csv", tmp_path / "pixels.csv")
    assert as_ragged(X["light_curve"], kind="light_curve").lengths.tolist() == [0, 0, 0]
    assert as_ragged(X["spectrum"], kind="spectrum").lengths.tolist() == [0, 0, 0]


def test_real_pairs(real_data):
    files = [real_data / f"osc_pairs_{n}.parquet" for n in ("objects", "lightcurves", "spectra")]
    with pytest.warns(DataQualityWarning, match="unknown or ambiguous"):
        X = read_tables(*files)
    assert X.shape[0] == 783 and "redshift" in X
    points = pd.read_parquet(files[1])
    pixels = pd.read_parquet(files[2], columns=["object_id", "spectrum_id"])
    given = as_ragged(X["spectrum"]).lengths
    counts = pixels.groupby("object_id", observed=True).size()
    assert (given == counts.reindex(X.index).to_numpy()).all()
    # The missing points are limits, or magnitudes in unknown bands.
    kept = as_ragged(X["light_curve"]).lengths
    assert (kept <= points[~points["upper_limit"]].groupby("object_id").size()[X.index]).all()
    assert kept.sum() > 0.95 * (~points["upper_limit"]).sum()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataQualityWarning)
        table = check_table(X)
    assert len(table.spectrum) == pixels["spectrum_id"].nunique() == 2704


def test_real_fluxes_agree_with_those_computed_independently(real_data):
    columns = ["object_id", "time", "band", "mag", "mag_err", "system", "upper_limit", "flux_ujy"]
    points = pd.read_parquet(real_data / "osc_pairs_lightcurves.parquet", columns=columns)
    # Bands that are not in the registry are left out of the comparison.
    points = points[points["flux_ujy"].notna() & ~points["band"].isin(["LSQGR", "W1", "W2"])]
    X = read_tables(None, points.drop(columns="flux_ujy"), id_column="object_id")
    measured = points[~points["upper_limit"]].groupby("object_id")["flux_ujy"].sum()
    ours = as_ragged(X["light_curve"]).reduce("sum", "flux")
    assert (ours > 0).sum() > 50
    np.testing.assert_allclose(ours, measured.reindex(X.index, fill_value=0), rtol=2e-4)


ODD = {"object_id": "SNID", "time": "epoch", "band": "colour", "flux": "counts"}


@pytest.mark.parametrize("form", ["table", "csv", "parquet", "list"])
def test_named_columns_of_a_table_that_is_given_alone_are_used(form, tmp_path):
    points = POINTS.rename(columns={"object_id": "SNID", "time": "epoch", "band": "colour"})
    points = points.rename(columns={"flux": "counts"})
    given = points
    if form in ("csv", "list"):
        given = tmp_path / "points.csv"
        points.to_csv(given, index=False)
    if form == "parquet":
        given = tmp_path / "points.parquet"
        points.to_parquet(given)
    X = read_tables([given] if form == "list" else given, light_curve_columns=ODD)
    expected = read_tables(None, POINTS)
    assert set(X.index) == set(expected.index)
    name = expected.index[0]
    np.testing.assert_allclose(
        X["light_curve"].loc[name]["flux"], expected["light_curve"].loc[name]["flux"]
    )


def test_named_columns_that_no_table_has_are_rejected(tmp_path):
    match = r"'light_curve_columns' .*names columns of light_curves, \['z'\], and no table"
    for given in (OBJECTS, [OBJECTS]):
        with pytest.raises(ValueError, match=match):
            read_tables(given, light_curve_columns={"flux": "z"})
    with pytest.raises(ValueError, match=r"'spectrum_columns' .*names columns of spectra"):
        read_tables(None, POINTS, spectrum_columns={"flux": "z"})
    write_tables(read_tables(None, POINTS), tmp_path / "written.parquet")
    with pytest.raises(ValueError, match=match):
        read_tables(tmp_path / "written.parquet", light_curve_columns={"flux": "z"})


def test_a_file_of_one_spectrum_is_read_as_read_spectra_does(tmp_path):
    path, wavelength = tmp_path / "x.csv", np.linspace(350.0, 900.0, 50)
    columns = {"wavelength(nm)": wavelength, "flux": 2.0, "ivar": 4.0}
    pd.DataFrame(columns).to_csv(path, index=False)
    spectrum = read_tables(path)["spectrum"].iloc[0]
    assert spectrum["wavelength"].to_numpy() == pytest.approx(10.0 * wavelength)
    assert spectrum["flux_err"].to_numpy() == pytest.approx(0.5)


SOURCE_OF_ZTF = pd.DataFrame(
    {"oid": [1, 2, 1], "mjd": [59000.0, 59001.0, 59002.0], "filtercode": ["zg", "zr", "zg"]}
).assign(mag=18.0, magerr=0.1, catflags=0, ra=10.0, dec=5.0)


@pytest.mark.parametrize("name", [1, "SN2099a"])  # an identifier, or the name of the file
def test_sources_of_ztf_keep_the_names_of_the_objects(name, tmp_path):
    path = tmp_path / "SN2099a.csv"
    SOURCE_OF_ZTF.to_csv(path, index=False)
    objects = pd.DataFrame({"object_id": [name], "redshift": [0.1]})
    X = read_tables(objects, light_curves=path)
    assert X.index.tolist() == [name] and len(X["light_curve"].iloc[0]) == 3


def test_sources_of_ztf_in_files_of_one_name(tmp_path):
    files = [tmp_path / folder / "lc.csv" for folder in "ab"]
    for file, dec in zip(files, (5.0, 6.0), strict=True):
        file.parent.mkdir()
        SOURCE_OF_ZTF.assign(dec=dec).to_csv(file, index=False)
    X = read_tables(light_curves=files)
    assert X.index.tolist() == ["J004000.00+050000.0", "J004000.00+060000.0"]


@pytest.mark.parametrize("suffix", ["csv", "json", "parquet", "ecsv", "vot"])
def test_a_file_of_one_spectrum_of_any_format_and_beside_others(suffix, tmp_path):
    pixels = pd.DataFrame({"wavelength": np.linspace(4000.0, 8000.0, 50), "flux": 1.0})
    path, curve = tmp_path / f"s.{suffix}", tmp_path / "lc.csv"
    write = {"csv": "to_csv", "json": "to_json", "parquet": "to_parquet"}.get(suffix)
    options = {"to_csv": {"index": False}, "to_json": {"orient": "records"}}.get(write, {})
    if write:
        getattr(pixels, write)(path, **options)
    else:
        kind = {"ecsv": "ascii.ecsv", "vot": "votable"}[suffix]
        Table.from_pandas(pixels).write(path, format=kind)
    assert len(read_tables(path)["spectrum"].iloc[0]) == 50
    points = {"mjd": [59000.0, 59001.0], "filter": "g", "mag": 18.0, "magerr": 0.1}
    pd.DataFrame(points).to_csv(curve, index=False)
    X = read_tables([curve, path])
    assert X.index.tolist() == ["lc", "s"] and len(X["spectrum"].iloc[1]) == 50


def test_a_file_of_one_spectrum_without_a_unit_that_is_not_in_angstrom(tmp_path):
    pixels = pd.DataFrame({"wavelength": np.linspace(0.35, 0.9, 50), "flux": 1.0})
    pixels.to_csv(tmp_path / "s.csv", index=False)
    with pytest.raises(ValueError, match="have no unit and look like µm"):
        read_tables(tmp_path / "s.csv")
