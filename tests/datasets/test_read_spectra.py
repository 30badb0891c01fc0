"""Public behaviour of read_spectra: paths, names, units, reports and errors."""

import copy
import gzip
import io
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from astropy import units as u
from astropy.nddata import InverseVariance, StdDevUncertainty

from sklearn_sn.data import DataQualityWarning, as_ragged, check_table
from sklearn_sn.datasets import read_spectra

WAVELENGTH = np.linspace(4000.0, 7000.0, 60)
FLUX = 1e-15 * (2 + np.sin(WAVELENGTH / 300))
ERROR = np.full(60, 1e-16)


def text(header="", columns=(WAVELENGTH, FLUX), sign="#", separator=" "):
    lines = [f"{sign} {line}" for line in header.splitlines()]
    lines += [separator.join(f"{value:.8g}" for value in row) for row in zip(*columns, strict=True)]
    return "\n".join(lines) + "\n"


def write(path, header="", columns=(WAVELENGTH, FLUX), **kwargs):
    path.write_text(text(header, columns, **kwargs))
    return path


def quietly(paths, **kwargs):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return read_spectra(paths, **kwargs)


def fields(X, row=0):
    return as_ragged(X["spectrum"].iloc[[row]])


def read_text(*args, options=None, **kwargs):
    return quietly(io.StringIO(text(*args, **kwargs)), object_id="a", **(options or {}))


class Spectrum:
    """What specutils' Spectrum has."""

    def __init__(self, flux, axis, uncertainty=None, mask=None, meta=None):
        self.flux, self.spectral_axis, self.uncertainty = flux, axis, uncertainty
        self.mask, self.meta = mask, meta or {}

    def __getitem__(self, row):
        return Spectrum(self.flux[row], self.spectral_axis)

    def __iter__(self):
        return (self[row] for row in range(len(self.flux)))


@pytest.mark.parametrize("sign", ["#", "%", ";", "!", "//"])
@pytest.mark.parametrize("separator", [" ", ",", "\t", ";", ", ", "  |  "])
def test_signs_of_comments_and_separators(sign, separator):
    X = read_text("MJD-OBS = 59000.5", (WAVELENGTH, FLUX, ERROR), sign=sign, separator=separator)
    pixels = fields(X)
    np.testing.assert_allclose(pixels["wavelength"], WAVELENGTH, rtol=1e-7)
    np.testing.assert_allclose(pixels["flux_err"], ERROR)
    assert set(pixels["time"]) == {59000.5}


@pytest.mark.parametrize(
    "line",
    [
        "OBJECT  = 'SN 2099ab'           / name",
        "OBJECT: SN 2099ab",
        "object = SN 2099ab",
        "OBJECT SN 2099ab",
        "Target: SN 2099ab",
        "OBJNAME: SN 2099ab",
    ],
)
def test_the_name_leaves_the_header_as_written(line):
    assert quietly(io.StringIO(text(line))).index.tolist() == ["SN 2099ab"]


@pytest.mark.parametrize("name", ["007", "2099", "39699999999951412", "1e5", "SN2099ab_x.y"])
def test_names_are_text(name):
    assert quietly(io.StringIO(text(f"OBJECT: {name}"))).index.tolist() == [name]


@pytest.mark.parametrize("nothing", ["", "none", "nan", "-", "unknown"])
def test_what_means_no_object_is_no_name(tmp_path, nothing):
    path = write(tmp_path / "SN2099ab_2099-01-01.ascii", f"OBJECT: {nothing}")
    assert quietly(path).index.tolist() == ["SN2099ab_2099-01-01"]


@pytest.mark.parametrize(
    "header, mjd",
    [
        ("MJD = 59000.25", 59000.25),
        ("MJD-OBS = 59000.25 / [d]", 59000.25),
        ("MJD_OBS: 59000.25", 59000.25),
        ("JD: 2459000.75", 59000.25),
        ("DATE-OBS= '2020-05-31T06:00:00'", 59000.25),
        ("DATE-OBS: 2020-05-31 06:00:00.0", 59000.25),
        ("DATE-OBS= '2020-05-31'\nUT = 06:00:00", 59000.25),
        ("DATE-OBS= '2020/05/31'", 59000.0),
        ("DATE-OBS: 2020-05-31.25", 59000.25),
        ("DATE-OBS= '31/05/98'", 50964.0),
        ("MJD-OBS = 0.0\nDATE-OBS= '2020-05-31T06:00:00'", 59000.25),
        ("MJD = -999\nDATE-OBS= '2020-05-31T06:00:00'", 59000.25),
    ],
)
def test_times(header, mjd):
    assert fields(read_text(header))["time"][0] == pytest.approx(mjd, abs=1e-6)


def test_metadata_of_the_header():
    header = """TELESCOP= 'P60'
INSTRUME= 'SEDM'
REDSHIFT: 0.05
RA: 10:00:00.0
DEC: -05:30:00"""
    row = read_text(header).iloc[0]
    assert (row["telescope"], row["instrument"], row["redshift"]) == ("P60", "SEDM", 0.05)
    assert (row["ra"], row["dec"]) == (150.0, -5.5)


@pytest.mark.parametrize("z", ["-9", "999", "-99.0", "nan"])
def test_a_redshift_that_stands_for_nothing_is_left_out(z):
    assert "redshift" not in read_text(f"REDSHIFT: {z}")


@pytest.mark.parametrize(
    "names, third, kept",
    [
        ("wavelength flux flux_err", ERROR, True),
        ("wave flux sigma", ERROR, True),
        ("lambda f_lambda e_flux", ERROR, True),
        ("wavelength flux variance", ERROR**2, True),
        ("wavelength flux var", ERROR**2, True),
        ("wavelength flux ivar", 1 / ERROR**2, True),
        ("wavelength flux sky", FLUX / 10, False),
        ("wavelength flux model", FLUX, False),
        ("wavelength flux raw", FLUX, False),
        ("wavelength flux sky_err", ERROR, False),
        ("wavelength flux snr", FLUX / ERROR, False),
    ],
)
@pytest.mark.parametrize("form", ["{}", "COLUMNS: {}", "plain", "csv"])
def test_the_name_decides_what_a_third_column_is(names, third, kept, form):
    columns = (WAVELENGTH, FLUX, third)
    if form == "plain":
        file = io.StringIO(names + "\n" + text("", columns))
    elif form == "csv":
        file = io.StringIO(names.replace(" ", ",") + "\n" + text("", columns, separator=","))
    else:
        file = io.StringIO(text(form.format(names), columns))
    X = quietly(file, object_id="a")
    if kept:
        np.testing.assert_allclose(fields(X)["flux_err"], ERROR, rtol=1e-6)
    else:
        assert "flux_err" not in fields(X)
        assert X.attrs["read"]["tables"][0]["not_used"] == [f"column 3 {names.split()[2]!r}"]


NOISE = np.random.default_rng(0).standard_normal(60) * 1e-16


@pytest.mark.parametrize(
    "third, kept",
    [
        (ERROR, True),
        (ERROR**2, True),  # variances
        (np.full(60, 2.0), False),
        (np.arange(60) % 2, False),  # flags
        (FLUX * 0.9, False),  # another flux
        (FLUX * 30, False),  # sky
        (FLUX - 2e-15, False),  # of both signs
        (np.zeros(60), False),
    ],
)
def test_values_decide_what_an_unnamed_third_column_is(third, kept):
    X = read_text("", (WAVELENGTH, FLUX + NOISE, third))
    if kept:
        np.testing.assert_allclose(fields(X)["flux_err"], ERROR, rtol=1e-6)
    else:
        assert "flux_err" not in fields(X)
        assert X.attrs["read"]["tables"][0]["not_used"] == ["column 3"]


@pytest.mark.parametrize("header", ["", "wavelength flux err"])
def test_errors_that_repeat_the_flux_are_no_errors(header):
    file = io.StringIO(text(header, (WAVELENGTH, FLUX, FLUX)))
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        X = read_spectra(file, object_id="a")
    assert "flux_err" not in fields(X)
    assert len(seen) == bool(header)


def test_columns_given_by_the_user_come_first():
    columns = (np.arange(60), FLUX, ERROR, WAVELENGTH)
    chosen = {"wavelength": 4, "flux": 2, "flux_err": 3}
    pixels = fields(read_text("", columns, options={"columns": chosen}))
    np.testing.assert_allclose(pixels["wavelength"], WAVELENGTH, rtol=1e-7)
    np.testing.assert_allclose(pixels["flux_err"], ERROR)
    named = read_text("w f q", (WAVELENGTH, FLUX, ERROR), options={"columns": {"flux_err": "q"}})
    np.testing.assert_allclose(fields(named)["flux_err"], ERROR)
    without = read_text("", (WAVELENGTH, FLUX, ERROR), options={"columns": {"flux_err": None}})
    assert "flux_err" not in fields(without)
    with pytest.raises(ValueError, match="there is no column 9"):
        read_text("", options={"columns": {"flux": 9}})
    with pytest.raises(ValueError, match="'flx'"):
        read_text("", options={"columns": {"flx": 1}})


@pytest.mark.parametrize(
    "header, factor",
    [
        ("wavelength[nm] flux", 10),
        ("wave (nm) flux", 10),
        ("wl flux\n[nm] [erg/s/cm2/A]", 10),
        ("CUNIT1: nm", 10),
        ("WAVELENGTH_UNIT = nm", 10),
        ("wavelength[um] flux", 1e4),
        ("wavelength (micron) flux", 1e4),
        ("wavelength[Angstrom] flux", 1),
    ],
)
def test_units_of_wavelengths_in_the_header(header, factor):
    X = read_text(header, (WAVELENGTH / factor, FLUX))
    np.testing.assert_allclose(fields(X)["wavelength"], WAVELENGTH, rtol=1e-6)


@pytest.mark.parametrize("factor, unit", [(10, "nm"), (1e4, "um")])
def test_plain_numbers_in_another_unit_are_rejected_with_the_remedy(factor, unit):
    columns = (WAVELENGTH / factor, FLUX)
    with pytest.raises(ValueError, match=f"wavelength_unit='{unit}'"):
        read_text("", columns)
    for value in (unit, u.Unit(unit)):
        X = read_text("", columns, options={"wavelength_unit": value})
        np.testing.assert_allclose(fields(X)["wavelength"], WAVELENGTH, rtol=1e-6)


def test_infrared_nanometres_do_not_pass_as_ultraviolet():
    with pytest.raises(ValueError, match="wavelength_unit='nm'"):
        read_text("", (np.linspace(1000, 2500, 60), FLUX))


def test_logarithms_of_wavelengths():
    X = read_text("loglam flux", (np.log10(WAVELENGTH), FLUX))
    np.testing.assert_allclose(fields(X)["wavelength"], WAVELENGTH, rtol=1e-6)
    options = {"wavelength_unit": "dex(Angstrom)"}
    X = read_text("", (np.log10(WAVELENGTH), FLUX), options=options)
    np.testing.assert_allclose(fields(X)["wavelength"], WAVELENGTH, rtol=1e-6)


@pytest.mark.parametrize(
    "unit", ["1E-17 erg/cm^2/s/Ang", "10**-17 erg/(s cm2 Angstrom)", "1e-17 erg s-1 cm-2 A-1"]
)
def test_units_of_fluxes_in_the_header(unit):
    X = read_text(f"BUNIT = '{unit}'", (WAVELENGTH, FLUX * 1e17, ERROR * 1e17))
    np.testing.assert_allclose(fields(X)["flux"], FLUX, rtol=1e-6)
    np.testing.assert_allclose(fields(X)["flux_err"], ERROR, rtol=1e-6)


def test_fluxes_per_frequency_are_converted():
    jansky = (
        (FLUX * u.Unit("erg s-1 cm-2 AA-1")).to("mJy", u.spectral_density(WAVELENGTH * u.AA)).value
    )
    X = read_text("wavelength[A] flux[mJy]", (WAVELENGTH, jansky))
    np.testing.assert_allclose(fields(X)["flux"], FLUX, rtol=1e-6)
    X = read_text("", (WAVELENGTH, jansky), options={"flux_unit": "mJy"})
    np.testing.assert_allclose(fields(X)["flux"], FLUX, rtol=1e-6)


@pytest.mark.parametrize("parameter", ["wavelength_unit", "flux_unit"])
def test_a_wrong_unit_is_named(parameter):
    with pytest.raises(ValueError, match=f"'{parameter}' parameter of read_spectra"):
        read_spectra(io.StringIO(text()), **{parameter: "furlong"})


def test_two_line_and_fixed_width_tables():
    rows = "\n".join(f"{w:10.3f} {f:12.5e}" for w, f in zip(WAVELENGTH, FLUX, strict=True))
    plain = f"wavelength         flux\n---------- ------------\n{rows}\n"
    assert len(fields(quietly(io.StringIO(plain), object_id="a"))["flux"]) == 60
    bars = "| wavelength | flux |\n|------------|------|\n"
    bars += "\n".join(f"| {w:.3f} | {f:.5e} |" for w, f in zip(WAVELENGTH, FLUX, strict=True))
    assert len(fields(quietly(io.StringIO(bars), object_id="a"))["flux"]) == 60


def test_missing_and_masked_values_leave_the_pixel_out():
    body = text().replace(f"{FLUX[3]:.8g}", "nan").replace(f"{FLUX[5]:.8g}", "--")
    X = quietly(io.StringIO(body), object_id="a")
    assert np.flatnonzero(np.isnan(fields(X)["flux"])).tolist() == [3, 5]


def test_a_mask_column_removes_pixels():
    mask = np.zeros(60)
    mask[[3, 7]] = 4
    X = read_text("wavelength flux err mask", (WAVELENGTH, FLUX, ERROR, mask))
    assert len(fields(X)["flux"]) == 58
    assert X.attrs["read"]["tables"][0]["n_masked"] == 2


@pytest.mark.parametrize("code", [-999.0, -99.0, -9.0, 99.0, 99.99, -777.0])
def test_codes_for_not_measured_are_removed_with_one_warning(code):
    flux = FLUX.copy()
    flux[[3, 7]] = code
    with pytest.warns(DataQualityWarning, match="2 pixels not measured") as seen:
        X = read_spectra(io.StringIO(text("", (WAVELENGTH, flux))), object_id="a")
    assert len(fields(X)["flux"]) == 58 and len(seen) == 1


def test_zero_flux_with_zero_error_is_removed():
    flux, error = FLUX.copy(), ERROR.copy()
    flux[20:25] = error[20:25] = 0
    body = text("wavelength flux err", (WAVELENGTH, flux, error))
    with pytest.warns(DataQualityWarning, match="5 pixels not measured"):
        X = read_spectra(io.StringIO(body), object_id="a")
    assert len(fields(X)["flux"]) == 55


def test_paths(tmp_path):
    first = write(tmp_path / "SN a.ascii", "MJD: 59000")
    second = write(tmp_path / "SN b.txt", "MJD: 59001")
    (tmp_path / "notes.md").write_text("no spectrum")
    both = ["SN a", "SN b"]
    assert quietly(str(first)).index.tolist() == ["SN a"]
    assert quietly([first, str(second)]).index.tolist() == both
    assert quietly(tmp_path).index.tolist() == both
    assert quietly(str(tmp_path / "SN*")).index.tolist() == both
    assert quietly([first, first, tmp_path / "SN*"]).index.tolist() == both
    with first.open() as handle, second.open("rb") as binary:
        assert quietly([handle, binary]).index.tolist() == both
    with pytest.raises(FileNotFoundError, match="nothing"):
        read_spectra(tmp_path / "nothing.ascii")
    with pytest.raises(ValueError, match="names no file"):
        read_spectra([])
    with pytest.raises(ValueError, match="Got int"):
        read_spectra(3)
    with pytest.raises(ValueError, match="Got int"):
        read_spectra([3])


def test_a_file_name_with_brackets_is_a_file(tmp_path):
    path = write(tmp_path / "SN[1].ascii")
    assert quietly(str(path)).index.tolist() == ["SN[1]"]


def test_object_ids(tmp_path):
    paths = [write(tmp_path / f"{n}.dat", f"OBJECT: {n}\nMJD: 5900{i}") for i, n in enumerate("ab")]
    assert quietly(paths, object_id="x").index.tolist() == ["x"]
    assert quietly(paths, object_id=["x", "y"]).index.tolist() == ["x", "y"]
    for key in (str(paths[0]), "a.dat", "a"):
        assert quietly(paths, object_id={key: "x"}).index.tolist() == ["x", "b"]
    with pytest.raises(ValueError, match="1 names for 2 files"):
        read_spectra(paths, object_id=["x"])
    with pytest.raises(ValueError, match=r"item 1: .*object_id="):
        read_spectra(io.StringIO(text()))
    with pytest.raises(ValueError, match="2 objects"):
        read_spectra(Path(__file__).parent / "files" / "desi_coadd.fits", object_id="x")


def test_metadata_of_several_spectra_of_one_object(tmp_path):
    headers = ["TELESCOPE: P60\nMJD: 59000", "TELESCOPE: UH88\nREDSHIFT: 0.1\nMJD: 59009"]
    paths = [write(tmp_path / f"{i}.dat", header) for i, header in enumerate(headers)]
    X = quietly(paths, object_id="x")
    assert X[["telescope", "redshift"]].iloc[0].tolist() == ["P60, UH88", 0.1]


def test_a_spectrum_in_two_files_is_one(tmp_path):
    first = write(tmp_path / "a.dat", "OBJECT: x\nMJD: 59000.5")
    second = write(tmp_path / "b.dat", "OBJECT: x", (WAVELENGTH, np.round(FLUX, 19)))
    with pytest.warns(DataQualityWarning, match="1 spectrum left out as repeating"):
        X = read_spectra([first, second])
    assert len(fields(X)["flux"]) == 60
    third = write(tmp_path / "c.dat", "OBJECT: x\nMJD: 59001.5")
    assert len(fields(quietly([first, third]))["flux"]) == 120


def test_undated_spectra_of_one_object_stay_apart(tmp_path):
    paths = [write(tmp_path / f"{i}.dat", "", (WAVELENGTH, FLUX * (i + 1))) for i in range(3)]
    checked = check_table(quietly(paths, object_id="x"))
    assert np.diff(checked.spectrum_offsets).tolist() == [3]


def test_gzip(tmp_path):
    path = tmp_path / "SN a.ascii.gz"
    path.write_bytes(gzip.compress(text().encode()))
    assert quietly(path).index.tolist() == ["SN a"]
    path.write_bytes(gzip.compress(text().encode())[:-20])
    with pytest.raises(ValueError, match=r"SN a\.ascii\.gz: the gzip file is truncated"):
        read_spectra(path)


@pytest.mark.parametrize(
    "content, message",
    [
        (b"", "empty"),
        (b"\n \n", "empty"),
        (b"\x80\x04\x95\x00\x00\x00", "binary"),
        (b"PK\x03\x04abc", "zip"),
        (b"hello world\n", "no rows of numbers"),
        (b"# only comments\n", "no rows of numbers"),
        (b"4000\n4001\n", "one column"),
        (b"4000 1\n4001\n", "line 2 has 1 numbers"),
        (b"4000 1 3\n4001 2\n", "line 2 has 2 numbers"),
        (b"4000 1\n4001 abc\n", "line 2"),
        (b"SIMPLE  =                    T", "FITS file is truncated or broken"),
        (b"# JD mag err\n8000.5 17.1 0.1\n8001.5 17.2 0.1\n", "light curve"),
    ],
)
def test_what_is_no_spectrum_is_rejected_with_the_file(tmp_path, content, message):
    path = tmp_path / "x.dat"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=rf"x\.dat: .*{message}"):
        read_spectra(path)


def test_files_that_cannot_be_read_can_be_skipped(tmp_path):
    good = write(tmp_path / "good.dat")
    bad = tmp_path / "bad.dat"
    bad.write_text("nothing")
    with pytest.warns(DataQualityWarning, match=r"1 file left out .*bad\.dat"):
        X = read_spectra([bad, good], on_error="skip")
    assert X.index.tolist() == ["good"]
    with pytest.raises(ValueError, match="No file could be read"):
        read_spectra(bad, on_error="skip")


def test_the_report_can_be_copied_compared_saved_and_printed(tmp_path, capsys):
    X = quietly(write(tmp_path / "a.dat"), verbose=1)
    assert "format: text columns" in capsys.readouterr().out
    report = X.attrs["read"]
    assert copy.deepcopy(report["tables"]) is report["tables"]
    assert pd.concat([X, X]).attrs.get("read") == report
    X.drop(columns="spectrum").to_parquet(tmp_path / "a.parquet")
    assert (
        pd.read_parquet(tmp_path / "a.parquet").attrs["read"]["tables"][0]["format"]
        == "text columns"
    )


def test_medium_is_converted_on_request():
    X = read_text("AIRORVAC: vac", options={"medium": "air"})
    assert X.attrs["read"]["tables"][0]["medium"] == "vacuum, converted to air"
    shift = WAVELENGTH - fields(X)["wavelength"]
    assert np.all((shift > 1.1) & (shift < 2.0))
    X = read_text("AIRORVAC: air", options={"medium": "air"})
    np.testing.assert_allclose(fields(X)["wavelength"], WAVELENGTH, rtol=1e-7)
    with pytest.warns(DataQualityWarning, match="air or vacuum"):
        read_spectra(io.StringIO(text()), object_id="a", medium="air")


@pytest.mark.parametrize("kind", [StdDevUncertainty, InverseVariance])
def test_spectrum_objects_as_items_and_as_cells(kind):
    unit = u.Unit("1e-17 erg s-1 cm-2 AA-1")
    errors = ERROR * 1e17
    errors = errors if kind is StdDevUncertainty else errors**-2
    mask = np.arange(60) == 3
    spectrum = Spectrum(
        FLUX * 1e17 * unit, (WAVELENGTH / 10) * u.nm, kind(errors), mask, {"OBJECT": "SN a"}
    )
    X = quietly(spectrum)
    assert X.index.tolist() == ["SN a"]
    np.testing.assert_allclose(fields(X)["wavelength"], WAVELENGTH[~mask])
    np.testing.assert_allclose(fields(X)["flux"], FLUX[~mask])
    np.testing.assert_allclose(fields(X)["flux_err"], ERROR[~mask])
    cells = as_ragged(pd.DataFrame({"spectrum": [spectrum, None]})["spectrum"], kind="spectrum")
    assert cells.lengths.tolist() == [60, 0]
    np.testing.assert_allclose(cells["flux"][~mask], FLUX[~mask])
    np.testing.assert_allclose(cells["flux_err"], ERROR)


def test_a_spectrum_object_of_several_rows():
    item = Spectrum(np.stack([FLUX, FLUX * 2]) * u.Jy, WAVELENGTH * u.AA)
    X = quietly([item], object_id=["x"])
    assert len(fields(X)["flux"]) == 120


def test_wavelengths_at_rest_are_mentioned():
    body = text("rest_wavelength flux")
    with pytest.warns(DataQualityWarning, match="named as those at rest"):
        read_spectra(io.StringIO(body), object_id="a")


@pytest.mark.parametrize("name, medium", [("wave_air", "air"), ("wavelength_vac", "vacuum")])
def test_the_name_of_the_wavelengths_may_give_the_medium(name, medium):
    X = read_text(f"{name} flux")
    assert X.attrs["read"]["tables"][0]["medium"] == medium


def test_a_line_of_units_names_no_columns():
    header = "wavelength flux err\nnm erg/s/cm2/A erg/s/cm2/A"
    pixels = fields(read_text(header, (WAVELENGTH / 10, FLUX, ERROR)))
    np.testing.assert_allclose(pixels["wavelength"], WAVELENGTH, rtol=1e-6)
    np.testing.assert_allclose(pixels["flux_err"], ERROR)


@pytest.mark.parametrize("header", ["time flux", "mjd flux", "phase flux"])
def test_a_light_curve_of_numbers_is_no_spectrum(header):
    with pytest.raises(ValueError, match="light curve"):
        read_text(header)


def test_an_entry_without_a_sign_names_no_columns():
    assert fields(read_text("MJD 59000.5"))["time"][0] == 59000.5
