"""Reports of readers are plain data, and print as text."""

import pickle

import pandas as pd

from sklearn_sn.datasets._read_report import ReadReport, counted

ENTRIES = (
    {"file": "a.dat", "kind": "spectra", "flux_unit": "Jy", "columns": {"flux": "f", "time": "t"}},
    {"file": "b.dat", "remarks": ["one", 2], "empty": [], "none": None, "n_points": 0},
    {"n_rows": 3},
)


def test_text_leaves_out_what_is_empty():
    assert str(ReadReport(ENTRIES)).split("\n") == [
        "a.dat",
        "    flux unit: Jy",
        "    columns: flux: f; time: t",
        "b.dat",
        "    remarks: one; 2",
        "    n points: 0",
        "",
        "    n rows: 3",
    ]
    assert str(ReadReport()) == ""


def test_nouns_are_in_the_plural_unless_there_is_one():
    assert [counted(n, "file") for n in (0, 1, 2)] == ["0 files", "1 file", "2 files"]
    assert counted(1, "spectrum") == "1 spectrum" and counted(3, "spectrum") == "3 spectra"


def test_tables_keep_their_report():
    frame = pd.DataFrame({"x": [2, 1]})
    frame.attrs["read"] = ReadReport(ENTRIES)
    for other in (frame.sort_values("x"), frame[["x"]], pickle.loads(pickle.dumps(frame))):
        assert isinstance(other.attrs["read"], ReadReport)
        assert other.attrs["read"] == ENTRIES
    # Tables with reports can be joined, which compares their attributes.
    assert pd.concat([frame, frame.copy()]).attrs["read"] == ENTRIES
