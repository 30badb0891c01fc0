"""Text files of SNANA, SALT2 and SNooPy."""

import pytest

from sklearn_sn.data import DataQualityWarning
from sklearn_sn.datasets import read_tables
from sklearn_sn.datasets._supernova_files import (
    SUPERNOVA_FORMATS,
    parse_salt2,
    parse_snana,
    parse_snoopy,
)

SNANA = """SURVEY: DES
SNID: 0042
REDSHIFT_FINAL: 0.50 +- 0.01 (CMB)
RA: 10.5 deg  # a comment
NOBS: 2
VARLIST: MJD FLT FLUXCAL
OBS: 56000.5 g 10.5
OBS: 56001.5 r -2
END:
"""
SALT2 = """@SN 03D1au
@Z_HELIO 0.504
#Date :
#Flux :
#Filter :
#end :
52880.5 1.5e-1 MEGACAM::g

52900.5 2.5e-1 MEGACAM::r
"""
SNOOPY = """SN2006ax 0.017 171.014 -12.2917
filter B
 453.5 17.5 0.01
 # 454.5 17.4 0.01

filter V
 453.5 17.25 0.02  # a note
"""


@pytest.mark.parametrize(
    ("text", "parser"), [(SNANA, parse_snana), (SALT2, parse_salt2), (SNOOPY, parse_snoopy)]
)
def test_formats_are_recognised(text, parser):
    assert [parse for matches, parse in SUPERNOVA_FORMATS if matches(text)] == [parser]
    assert not any(matches("mjd,flux\n1,2\n# a : b\n") for matches, _ in SUPERNOVA_FORMATS)


def test_snana():
    (part,) = parse_snana(SNANA, "f.dat")
    assert part["table"].to_dict("list") == {
        "MJD": [56000.5, 56001.5],
        "FLT": ["g", "r"],
        "FLUXCAL": [10.5, -2.0],
    }
    header = part["header"]
    assert header["object"] == "0042" and header["ra"] == 10.5 and header["survey"] == "DES"
    assert header["redshift_final"] == 0.5
    with pytest.raises(ValueError, match=r"f.dat, line 8: OBS has 2 values, but VARLIST has 3"):
        parse_snana(SNANA.replace("r -2", "r"), "f.dat")
    with pytest.raises(ValueError, match="line 1: OBS has 1 values, but no VARLIST"):
        parse_snana("OBS: 1", "f.dat")


def test_salt2():
    (part,) = parse_salt2(SALT2, "f.list")
    assert part["header"] == {"sn": "03D1au", "z_helio": 0.504, "object": "03D1au"}
    assert part["table"].to_dict("list") == {
        "Date": [52880.5, 52900.5],
        "Flux": [0.15, 0.25],
        "Filter": ["MEGACAM::g", "MEGACAM::r"],
    }
    one_band = "@BAND g\n@MAGSYS VEGA\n#Date :\n#Flux :\n#end :\n1 2\n"
    table = parse_salt2(one_band, "f.list")[0]["table"]
    assert table.to_dict("list") == {
        "Date": [1.0],
        "Flux": [2.0],
        "Filter": ["g"],
        "MagSys": ["VEGA"],
    }
    with pytest.raises(ValueError, match=r"f.list, line 6: 3 values, but the header names 2"):
        parse_salt2(one_band.replace("1 2", "1 2 3"), "f.list")


def test_snoopy():
    (part,) = parse_snoopy(SNOOPY, "f.txt")
    assert part["header"] == {"object": "SN2006ax", "redshift": 0.017, "ra": 171.014} | {
        "dec": -12.2917
    }
    assert part["table"].to_dict("list") == {
        "snoopy_time": [453.5, 453.5],
        "mag": [17.5, 17.25],
        "mag_err": [0.01, 0.02],
        "band": ["B", "V"],
    }
    with pytest.raises(ValueError, match=r"f.txt, line 3: '453.5 17.5'; a row of SNooPy is a time"):
        parse_snoopy(SNOOPY.replace("17.5 0.01", "17.5"), "f.txt")
    with pytest.raises(ValueError, match=r"line 2: .* below 'filter NAME'"):
        parse_snoopy("a 0 0 0\n1 2 3\n", "f.txt")


def test_letters_of_a_survey_that_is_unknown_are_left_out(tmp_path):
    rows = "".join(f"OBS: 5600{i}.5 {band} 100.0 5.0\n" for i, band in enumerate("griz"))
    text = "SURVEY: XYZ\nSNID: 1\nNVAR: 4\nVARLIST: MJD FLT FLUXCAL FLUXCALERR\n" + rows
    path = tmp_path / "a.dat"
    path.write_text(text)
    with pytest.warns(DataQualityWarning, match=r"4 unknown.*survey 'XYZ'.*survey='sdss'"):
        X = read_tables(path)
    assert len(X["light_curve"].iloc[0]["band"]) == 0
    assert X.attrs["read"]["counts"]["unknown_band"] == 4
    X = read_tables(path, survey="sdss")
    assert list(X["light_curve"].iloc[0]["band"]) == ["sdssg", "sdssr", "sdssi", "sdssz"]
    path.write_text(text.replace("XYZ", "CSP").replace(" z ", " B "))
    bands = read_tables(path)["light_curve"].iloc[0]["band"]
    assert list(bands) == ["cspg", "cspr", "cspi", "cspB"]
