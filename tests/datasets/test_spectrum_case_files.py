"""Files of published formats give the values that stand beside them."""

import json
import warnings
from pathlib import Path

import numpy as np
import pytest

from sklearn_sn.data import DataQualityWarning, as_ragged, quality_report
from sklearn_sn.datasets import read_spectra

FILES = Path(__file__).parent / "files"
CLEAN = [
    "wiserep_two_columns.ascii",
    "sedm_p60.ascii",
    "snifs_header.dat",
    "iraf_linear.fits",
    "iraf_loglinear.fits",
    "iraf_four_bands.fits",
    "sdss_spec.fits",
    "desi_coadd.fits",
]
# Names in the headers; the other files have none, and are named after the file.
NAMES = {
    "wiserep_two_columns.ascii": "SN2099zz",
    "sedm_p60.ascii": "ZTF99aaaaaaj",
    "snifs_header.dat": "2099zac",
    "iraf_linear.fits": "SN2099zy",
    "iraf_loglinear.fits": "SN2099zy",
    "iraf_four_bands.fits": "iraf_four_bands",
    "sdss_spec.fits": "sdss_spec",
    "desi_coadd.fits": "39699999999951412",
}


def values_of(name):
    return json.loads((FILES / f"{name}.json").read_text())


def read_quietly(path, **kwargs):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return read_spectra(path, **kwargs)


@pytest.mark.parametrize("name", CLEAN)
def test_a_clean_file_is_read_by_its_path_alone(name):
    wanted = values_of(name)
    X = read_quietly(FILES / name)
    pixels = as_ragged(X["spectrum"])
    n_objects = wanted["objects"] if isinstance(wanted["objects"], int) else len(wanted["objects"])
    assert len(X) == n_objects
    assert X.index[0] == NAMES[name]
    counts = wanted.get("n_pixels_by_object") or [
        wanted.get("n_pixels_good", wanted.get("n_pixels"))
    ]
    assert pixels.lengths.tolist() == counts
    for position in ("first", "last"):
        place = 0 if position == "first" else -1
        for field, value in wanted.get(position, {}).items():
            assert pixels[field][place] == pytest.approx(value, rel=1e-6), (position, field)


@pytest.mark.parametrize("name", CLEAN)
def test_the_report_names_file_format_and_columns(name):
    entry = read_quietly(FILES / name).attrs["read"]["tables"][0]
    assert entry["file"] == str(FILES / name)
    assert entry["format"] and {"flux", "wavelength"} & set(entry["columns"])
    assert entry["medium"] == ("vacuum" if name.startswith(("sdss", "desi")) else "unknown")


@pytest.mark.parametrize("name", CLEAN)
def test_the_check_of_tables_accepts_the_files(name):
    X = read_quietly(FILES / name)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataQualityWarning)
        assert "EMPTY_SPECTRUM" not in "".join(quality_report(X)["flag"])


def test_ids_beyond_float_stay_apart():
    X = read_quietly(FILES / "desi_coadd.fits")
    assert X.index.tolist() == values_of("desi_coadd.fits")["objects"]


def test_a_snid_template_says_that_it_is_no_flux_density():
    wanted = values_of("snid_template.lnw")
    with pytest.warns(DataQualityWarning, match="continuum is divided out"):
        X = read_spectra(FILES / "snid_template.lnw")
    pixels = as_ragged(X["spectrum"])
    phases, counts = np.unique(pixels["time"], return_counts=True)
    assert phases.tolist() == wanted["phases_rest_days"]
    assert counts.tolist() == wanted["n_pixels_nonzero"]
    assert pixels["wavelength"][0] == wanted["first_nonzero"]["wavelength"]
    assert pixels["flux"][0] == wanted["first_nonzero"]["flux"]
    assert X["redshift"].tolist() == [wanted["redshift"]]


def test_a_light_curve_is_sent_to_read_tables():
    with pytest.raises(ValueError, match=r"two_line_table.txt: .*read_tables\(light_curves="):
        read_spectra(FILES / "two_line_table.txt")


def test_the_files_of_one_object_become_its_spectra():
    X = read_quietly([FILES / "iraf_linear.fits", FILES / "snifs_header.dat"], object_id="SN x")
    assert X.index.tolist() == ["SN x"]
    assert sorted(set(as_ragged(X["spectrum"])["time"])) == [58000.25, 59475.5]
