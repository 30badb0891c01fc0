"""Tables of documents and other foreign forms raise one sentence with the remedy."""

import io

import astropy.units as u
import numpy as np
import pytest
from astropy.table import Table
from astropy.time import Time
from astropy.timeseries import TimeSeries

from sklearn_sn.datasets import read_spectra, read_tables
from sklearn_sn.datasets._foreign_texts import document_of, reject_documents

ROW = "59000 & g & 18.1 & 0.1 \\\\\n"
HEADER = "MJD & band & mag & magerr \\\\\n"
DOCUMENTS = [
    (
        "| mjd | band | mag | magerr |\n|---|---|---|---|\n| 59000 | g | 18.1 | 0.1 |\n",
        "a Markdown",
    ),
    ("mjd | band | mag | magerr\n--- | --- | :-- | ---\n59000 | g | 18.1 | 0.1\n", "a Markdown"),
    (f"\\begin{{tabular}}{{cccc}}\n{HEADER}\\hline\n{ROW}\\end{{tabular}}\n", "a LaTeX table"),
    (f"\\begin{{deluxetable}}{{cc}}\n\\startdata\n{ROW}\\enddata\n", "a LaTeX table"),
    (HEADER + ROW, "a LaTeX table"),
    ("<!DOCTYPE html>\n<html><body>Error 404</body></html>", "an HTML page"),
]


@pytest.mark.parametrize(("text", "what"), DOCUMENTS)
def test_light_curves(text, what):
    with pytest.raises(ValueError, match=f"is {what}"):
        read_tables(light_curves=io.StringIO(text), object_id="a")
    with pytest.raises(ValueError, match=f"f.txt is {what}"):
        reject_documents(text, "f.txt")


def test_spectra():
    text = "| wavelength | flux |\n|---|---|\n| 4000 | 1.0 |\n| 4001 | 1.1 |\n"
    X = read_spectra(io.StringIO(text), object_id="a")
    assert X["spectrum"].iloc[0]["flux"].tolist() == [1.0, 1.1]
    with pytest.raises(ValueError, match="this is a LaTeX table"):
        read_spectra(io.StringIO(f"wavelength & flux \\\\\n\\hline\n{ROW}"), object_id="a")


@pytest.mark.parametrize(
    "header", ["wavelength,mag", "# wavelength ABmag mag_err", "# wavelength flux[ABmag]"]
)
def test_spectra_of_magnitudes(header):
    separator = "," if "," in header else " "
    extra = f"{separator}0.1" if "err" in header else ""
    rows = "".join(f"{4000 + i}{separator}18.0{extra}\n" for i in range(5))
    with pytest.raises(ValueError, match="holds magnitudes, and a spectrum needs fluxes: convert"):
        read_spectra(io.StringIO(f"{header}\n{rows}"), object_id="a")


def test_spectra_of_magnitudes_in_fits(tmp_path):
    table = Table({"wavelength": np.arange(4000.0, 4005.0), "flux": np.full(5, 18.0) * u.mag})
    table.write(tmp_path / "a.fits")
    with pytest.raises(ValueError, match="holds magnitudes, and a spectrum needs fluxes: convert"):
        read_spectra(tmp_path / "a.fits")


def test_time_series_of_astropy(tmp_path):
    columns = {"flux": [1.0, 2.0] * u.mJy, "flux_err": [0.1, 0.2] * u.mJy, "band": ["g", "g"]}
    path = tmp_path / "a.fits"
    TimeSeries(time=Time([59000.0, 59001.0], format="mjd"), data=columns).write(path)
    with pytest.raises(ValueError, match="is a TimeSeries of astropy, whose times are pairs"):
        read_tables(light_curves=path)
    X = read_tables(light_curves=Table.read(path, astropy_native=True), object_id="a")
    assert X["light_curve"].iloc[0]["time"].tolist() == [59000.0, 59001.0]


def test_usual_texts_are_no_documents():
    assert document_of("mjd,mag\n59000,18.1\n") is None
    assert document_of("|mjd|mag|\n|double|double|\n 59000 18.1\n") is None
    assert document_of("mjd mag\n----- ----\n59000 18.1\n") is None
