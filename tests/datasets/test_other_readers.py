"""read_tables hands a lone file that is no table of points to the reader of its kind."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from sklearn_sn.data import as_ragged
from sklearn_sn.datasets import (
    make_supernovae,
    read_alerts,
    read_spectra,
    read_tables,
    write_tables,
)

FOLDER = Path(__file__).parent / "files"
SPECTRA = (
    *("desi_coadd.fits", "iraf_four_bands.fits", "iraf_linear.fits", "iraf_loglinear.fits"),
    *("sdss_spec.fits", "sedm_p60.ascii", "snid_template.lnw", "snifs_header.dat"),
    "wiserep_two_columns.ascii",
)


@pytest.mark.filterwarnings("ignore::sklearn_sn.data.DataQualityWarning")
@pytest.mark.parametrize("name", SPECTRA)
def test_a_lone_spectrum_is_that_of_read_spectra(name):
    X, same = read_tables(str(FOLDER / name)), read_spectra(FOLDER / name)
    assert X.index.equals(same.index) and list(X) == list(same)
    spectra, wanted = as_ragged(X["spectrum"]), as_ragged(same["spectrum"])
    for field, values in wanted.fields.items():
        np.testing.assert_array_equal(spectra[field], values)
    assert {"tables", "counts"} <= set(X.attrs["read"])


def test_the_object_of_a_lone_spectrum_can_be_named():
    assert list(read_tables(FOLDER / "iraf_linear.fits", object_id="SN a").index) == ["SN a"]


def test_a_lone_avro_file_is_that_of_read_alerts():
    pytest.importorskip("fastavro")
    X = read_tables(FOLDER / "ztf_alert.avro")
    same = read_alerts(FOLDER / "ztf_alert.avro")
    assert X.drop(columns="image").equals(same.drop(columns="image"))


def test_a_written_table_is_read_back(tmp_path):
    X, _ = make_supernovae(4, random_state=0)
    write_tables(X, tmp_path / "objects.parquet")
    assert read_tables(tmp_path / "objects.parquet").equals(X)


def test_files_that_no_reader_accepts_keep_the_error_of_read_tables(tmp_path):
    path = tmp_path / "points.txt"
    path.write_text("59000.0 1.0\n59001.0 2.0\n")
    with pytest.raises(ValueError, match="has no names of columns"):
        read_tables(path)


def test_several_spectra_are_those_of_read_spectra(tmp_path):
    shutil.copy(FOLDER / "sedm_p60.ascii", tmp_path)
    shutil.copy(FOLDER / "wiserep_two_columns.ascii", tmp_path)
    same = read_spectra(str(tmp_path / "*.ascii"))
    for given in (str(tmp_path / "*.ascii"), sorted(tmp_path.iterdir()), tmp_path):
        for parameter in ("objects", "spectra"):
            X = read_tables(**{parameter: given})
            assert list(X.index) == list(same.index) == ["ZTF99aaaaaaj", "SN2099zz"]
            assert as_ragged(X["spectrum"]).n_points == 6
    with pytest.raises(ValueError, match="has no names of columns"):
        read_tables([FOLDER / "sedm_p60.ascii", FOLDER / "bts.csv"])
    with pytest.raises(ValueError, match="has no names of columns"):
        read_tables(light_curves=FOLDER / "sedm_p60.ascii")


@pytest.mark.parametrize("wavelengths", [(400.0, 900.0), (1000.0, 2500.0)])
def test_wavelengths_in_nm_are_told_from_other_files(tmp_path, wavelengths):
    path = tmp_path / "SN 2099a.txt"
    np.savetxt(path, np.column_stack([np.linspace(*wavelengths, 300), np.ones(300), np.ones(300)]))
    with pytest.raises(
        ValueError, match=r"look like nm; .*wavelength_unit='nm'.* no spectrum: .* no names of col"
    ):
        read_tables(path)
    spectrum = read_spectra(path, wavelength_unit="nm")["spectrum"].iloc[0]
    assert spectrum["wavelength"].iloc[0] == pytest.approx(10 * wavelengths[0])
    np.savetxt(path, np.column_stack([np.linspace(59000, 59300, 300), np.ones(300)]))
    with pytest.raises(ValueError, match="has no names of columns"):
        read_tables(path)
