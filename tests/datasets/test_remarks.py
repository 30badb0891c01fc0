"""Remarks of one kind are added up over the files."""

import pytest

from sklearn_sn.data import DataQualityWarning
from sklearn_sn.datasets import read_tables
from sklearn_sn.datasets._remarks import Remarks


def test_remarks_of_one_kind_are_added_up():
    remarks = Remarks()
    assert not remarks
    for file, bands in (("a", {"x": 1}), ("b", {"x": 1, "y": 5})):
        remarks.add(
            "bands", "{n} of {objects} in {n_bands} ({bands})", 2, [1, file], bands=bands, file=file
        )
    remarks.add("other", "{1} row.", file="a")
    remarks.add("other", "never shown", file="a")
    remarks.add("other", "never shown", file="c")
    assert remarks
    assert remarks.texts() == [
        "4 of 3 in 2 (y, x) (2 files, first a)",
        "{1} row (2 files, first a).",
    ]


def test_a_folder_is_reported_once(tmp_path):
    for i in range(30):
        rows = "".join(f"{59000 + day},{band},10,1\n" for day in range(3) for band in "gq")
        (tmp_path / f"sn{i:02}.csv").write_text("mjd,filter,flux,flux_err\n" + rows)
    with pytest.warns(DataQualityWarning) as caught:
        X = read_tables(tmp_path)
    (message,) = [str(one.message) for one in caught]
    assert message.count("unknown or ambiguous bands") == 1 and len(message) < 400
    assert (
        "90 points of 30 objects in 1 unknown or ambiguous bands (q; first object 'sn00'" in message
    )
    assert f"(30 files, first {tmp_path / 'sn00.csv'})" in message
    assert [len(curve["flux"]) for curve in X["light_curve"]] == [3] * 30
