"""Text files of spectra."""

from pathlib import Path

import pytest
from astropy import units as u

from sklearn_sn.datasets._spectrum_ascii import read_text

TEXT = """# OBJECT = SN 2099ab / name
# MJD: 59000.5
# FLUX_UNIT: 1e-17 erg/s/cm2/A
# wave_air (nm)  flux  flux_err  sky
400.0 1.0 0.1 9
410.0 2.0 0.2 8
"""


def test_header_names_and_numbers_make_one_record():
    (record,) = read_text(TEXT)
    assert (record.name, record.time, record.medium) == ("SN 2099ab", 59000.5, "air")
    assert record.wavelength.tolist() == [400, 410] and record.flux.tolist() == [1, 2]
    assert record.flux_err.tolist() == [0.1, 0.2]
    assert record.units["wavelength"] == u.nm
    assert record.units["flux"].to("erg s-1 cm-2 AA-1") == pytest.approx(1e-17)
    assert record.not_used == ["column 4 'sky'"]


def test_columns_can_be_chosen():
    (record,) = read_text(TEXT, {"flux": 4, "flux_err": None})
    assert record.flux.tolist() == [9, 8] and record.flux_err is None


def test_a_template_of_snid_gives_all_phases():
    text = (Path(__file__).parent / "files" / "snid_template.lnw").read_text()
    assert [record.time for record in read_text(text)] == [2.2, 7.0]


@pytest.mark.parametrize(
    "text, message",
    [("MJD mag\n59000 18\n59001 19\n", "light curve"), ("no numbers\n", "no rows of numbers")],
)
def test_what_is_no_spectrum_is_rejected(text, message):
    with pytest.raises(ValueError, match=message):
        read_text(text)
