"""Tables for reading."""

import numpy as np
import pandas as pd

from sklearn_sn.cli._summary import print_summary

TABLE = pd.DataFrame(
    {
        "class": pd.array(["SN Ia", None], dtype="str"),
        "probability": [0.75, np.nan],
        "subtype": pd.array(["SN Iax", None], dtype="str"),
        "class_set": ["SN Ia|SN Iax", ""],
        "redshift": [0.0312, np.nan],
        "redshift_err": [0.004, np.nan],
        "anomaly_score": [-1.8, np.nan],
        "modalities": ["light_curve", ""],
        "quality_flags": ["", "NOTHING"],
        "neighbor_1": pd.array(["SN 2011fe", None], dtype="str"),
        "neighbor_1_class": pd.array(["SN Ia", None], dtype="str"),
        "neighbor_1_distance": [0.0123, np.nan],
        "p_SN Ia": [0.35, np.nan],
        "p_SN Iax": [0.40, np.nan],
    },
    index=["SN 1", "SN 2"],
)


def test_few_objects_get_paragraphs(capsys):
    print_summary(TABLE, 2)
    first, second = capsys.readouterr().out.strip().split("\n\n")
    assert "class          SN Ia (0.75)" in first and "subtype        SN Iax" in first
    assert "0.031 ± 0.004" in first and "SN 2011fe (SN Ia, distance 0.012)" in first
    assert "-1.800 (lower is more unusual)" in first
    assert "SN Iax 0.40, SN Ia 0.35" in first and "from           light curve" in first
    assert second.splitlines() == ["SN 2", "  class          unknown", "  flags          NOTHING"]


def test_sets_are_named_with_their_coverage(capsys):
    table = TABLE.copy()
    table.attrs["coverage"] = 0.9
    print_summary(table, 2)
    assert "  90 % set       SN Ia 0.35, SN Iax 0.40\n" in capsys.readouterr().out
    table.attrs["coverage"] = 0.975
    print_summary(table, 100)
    assert "97.5 % set: SN Ia 0.35, SN Iax 0.40\n" in capsys.readouterr().out


def test_an_uncertain_class_is_marked(capsys):
    table = TABLE.assign(probability=[0.36, np.nan], quality_flags=["LOWDATA,UNCERTAIN", "NOTHING"])
    table["class_set"] = ["SN Ia", ""]
    print_summary(table.assign(**{"p_SN Ia-91bg": [0.01, np.nan]}), 2)
    text = capsys.readouterr().out
    assert "  class          SN Ia (0.36, uncertain)\n" in text and text.count("uncertain") == 1
    assert "  set            normal SN Ia 0.35\n" in text
    print_summary(table, 100)
    lines = capsys.readouterr().out.splitlines()
    assert "SN Ia (0.36, uncertain)" in lines[0] and lines[0].endswith("LOWDATA,UNCERTAIN")
    assert lines[0].index("z 0.031") == lines[0].index("SN Ia") + 29  # columns stay aligned


def test_many_objects_get_lines(capsys):
    print_summary(TABLE, 100)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2
    assert lines[0].startswith("SN 1") and lines[0].endswith("SN Ia 0.35, SN Iax 0.40")
    assert lines[1].endswith("NOTHING") and "unknown" in lines[1]
