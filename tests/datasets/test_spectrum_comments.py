"""Comments above the numbers of spectra."""

import pytest
from astropy import units as u

from sklearn_sn.datasets._spectrum_comments import column_names, read_entries, unit_entries


def test_entries_of_three_forms_and_the_first_of_a_key():
    lines = [
        "OBJECT = 'O''Neil 1 ' / name",
        "Exp Time: 30 / 2",
        "MJD 59000.5",
        "OBJECT = b",
        "text",
    ]
    assert read_entries(lines) == {"OBJECT": "O'Neil 1", "EXP-TIME": "30 / 2", "MJD": "59000.5"}
    assert read_entries(["FLUX ERR"]) == {}  # names of columns


@pytest.mark.parametrize(
    "lines",
    [
        ["TELESCOP = NTT", "wave (nm) flux (mJy)"],
        ["wave flux", "[nm] [mJy]"],
        ["Column 1: wave (nm)", "Column 2: flux (mJy)"],
        ["- {name: wave, unit: nm, datatype: float64}", "- {name: flux, unit: mJy}"],
        ["COLUMNS = wave(nm), flux(mJy)"],
    ],
)
def test_names_and_units_of_columns(lines):
    assert column_names(lines, 2) == (["wave", "flux"], [u.nm, u.mJy])


def test_without_names_there_may_be_units():
    assert column_names(["[nm] [mJy]"], 3) == ([None] * 3, [u.nm, u.mJy, None])
    assert column_names(["some words", "wave flux error"], 2) == ([None] * 2, [None] * 2)
    assert column_names([], 2) == ([None] * 2, [None] * 2)


def test_units_of_entries_and_those_not_understood():
    assert unit_entries({"CUNIT1": "nm", "BUNIT": "mJy"}) == (
        {"wavelength": u.nm, "flux": u.mJy},
        [],
    )
    assert unit_entries({"WAT1-001": "wtype=linear units=angstroms"})[0] == {"wavelength": u.AA}
    assert unit_entries({"CUNIT1": "mJy", "BUNIT": " counts"}) == (
        {},
        [
            "unit 'mJy' of wavelength was not understood: plain numbers",
            "the flux is in counts, and not calibrated",
        ],
    )


@pytest.mark.parametrize("brackets", ["[]", "()"])
@pytest.mark.parametrize("order", [("err", "flux"), ("flux", "err")])
def test_names_before_units_in_brackets(brackets, order):
    line = "wave {0}nm{1} {2} {0}mJy{1} {3} {0}mJy{1}".format(*brackets, *order)
    names, units = column_names([line], 3)
    assert names == ["wave", *order]
    assert [str(unit) for unit in units] == ["nm", "mJy", "mJy"]
    assert column_names(["[nm] [mJy] [mJy]"], 3)[0] == [None] * 3
