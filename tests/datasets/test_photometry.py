"""Bands and systems as published."""

import numpy as np
import pandas as pd
import pytest

from sklearn_sn.data import mag_to_flux
from sklearn_sn.datasets._photometry import read_bands


@pytest.mark.parametrize(
    ("band", "system", "place", "name", "native"),
    [
        ("U", None, "Swift/UVOT", "uvotu", "Vega"),
        ("U", None, None, "bessellU", "Vega"),
        ("g", None, "GPC", "ps1g", "AB"),
        ("R", None, "PS1", "bessellR", "Vega"),
        ("R", None, "PTF48", "bessellR", "AB"),
        ("R", None, "P60", "bessellR", "Vega"),
        ("R", "Vega", "P48", "bessellR", "Vega"),
        ("G", "AB", "NTT", "sdssg", "AB"),
        ("G", None, "Gaia", "gaiaG", "Vega"),
        ("V", "Swope", "LCO", "bessellV", "Vega"),
        ("r", "ab_b12", None, "sdssr", "AB"),
    ],
)
def test_band_and_system(band, system, place, name, native):
    names, known, zero = read_bands([band], [system], [[place]])
    assert list(names) == [name] and known.all()
    assert zero[0] == pytest.approx(mag_to_flux([0.0], band=name, system=native)[0])


def test_what_cannot_be_read_keeps_its_name():
    names, known, zero = read_bands(
        ["clear", "b", None, "W1", "W1"], None, [["", None, "x", "WISE", "Swift"]]
    )
    assert list(names[[0, 1, 3, 4]]) == ["clear", "b", "WISE W1", "uvotuvw1"]
    assert names.isna().tolist() == [False, False, True, False, False]
    assert known.tolist() == [False, False, False, False, True]
    assert np.isnan(zero).tolist() == [True, True, True, True, False]


def test_points_may_have_defaults_of_their_own():
    default = pd.Categorical(["Vega", "AB", "AB"])
    _, _, zero = read_bands(["U"] * 3, [None, None, "Vega"], default_system=default)
    vega = mag_to_flux([0.0], band="U", system="Vega")[0]
    assert zero == pytest.approx([vega, mag_to_flux(0.0), vega])


def test_no_points():
    names, known, zero = read_bands([])
    assert len(names) == len(known) == len(zero) == 0


def test_codes_that_contradict_each_other_are_unknown():
    names, known, _ = read_bands([1, 2, 0], object_index=np.array([0, 0, 0]), survey="plasticc")
    assert known.all() and list(names) == ["lsstg", "lsstr", "lsstu"]
    rows = np.array([0, 0, 1, 1, 2, 2])
    names, known, _ = read_bands([1, 2, 0, 1, 3, 3], object_index=rows)
    assert known.tolist() == [True, True, False, False, True, True]
    assert list(names) == ["ztfg", "ztfr", "0", "1", "ztfi", "ztfi"]
    assert not read_bands([1, 0])[1].any()
    with pytest.raises(ValueError, match="codes 0, 1 are ambiguous: ZTF has the codes 1, 2, 3"):
        read_bands([1, 0, 0, 1, 3, 3], object_index=rows)


def test_letters_belong_to_the_survey_of_the_file():
    names, known, _ = read_bands([*list("griY"), "DES-g"], letters="XYZ")
    assert known.tolist() == [False] * 4 + [True] and names[4] == "desg"
    names, known, _ = read_bands(list("ugriBVYJHz"), letters="CSP")
    assert names[:9].tolist() == [f"csp{letter}" for letter in "ugriBVYJH"]
    assert known.tolist() == [True] * 9 + [False]
    names, known, _ = read_bands(list("grizXYu"), letters="YSE")
    assert names[:6].tolist() == ["ps1g", "ps1r", "ps1i", "ps1z", "ztfg", "ztfr"]
    assert known.tolist() == [True] * 6 + [False]
