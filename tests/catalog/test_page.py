"""Parts of the text of a page."""

import numpy as np
import pandas as pd

from sklearn_sn.catalog._page import Entry, page

ROW = pd.Series(
    {
        "class": "SN Ia",
        "probability": 0.75,
        "subtype": "SN Iax",
        "class_set": "SN Ia|SN Iax",
        "redshift": 0.0312,
        "redshift_err": 0.004,
        "anomaly_score": np.nan,
        "quality_flags": "LOWDATA",
        "neighbor_1": "SN 2011fe",
        "neighbor_1_class": "SN Ia",
        "neighbor_1_distance": 0.0123,
        "p_SN Ia": 0.35,
        "p_SN Iax": 0.40,
        "p_TDE": 0.001,
    }
)


def test_values_are_written_for_reading():
    text = page([Entry("SN 1", ROW, None, None, None)], "Title", 1, None, None)
    assert "SN Ia (subtype SN Iax)" in text and "SN Ia 0.35, SN Iax 0.40" in text
    assert "0.0312 ± 0.0040" in text and "0.012" in text and "LOWDATA" in text
    assert "Anomaly score" not in text.split("<section")[1]
    # Bars in order of probability, without the negligible ones.
    section = text.split("<section")[1]
    assert section.index("width:40.0%") < section.index("width:35.0%")
    assert "TDE" not in section
    assert "1 object, classified by" in text


def test_bar_of_normal_ia_is_not_named_like_the_class_with_its_subtypes():
    row = pd.concat([ROW, pd.Series({"p_SN Ia-91bg": 0.02})])
    section = page([Entry("SN 1", row, None, None, None)], "Title", 1, None, None)
    section = section.split('<div class="bars">')[1]
    assert "<span>normal SN Ia</span>" in section and "<span>SN Ia</span>" not in section
    section = page([Entry("SN 1", ROW, None, None, None)], "Title", 1, None, None)
    assert "<span>SN Ia</span>" in section


def test_an_uncertain_class_is_marked_wherever_it_is_shown():
    uncertain = {"probability": 0.36, "class_set": "SN Ia", "quality_flags": "LOWDATA,UNCERTAIN"}
    row = pd.concat([ROW.drop(list(uncertain)), pd.Series({**uncertain, "p_SN Ia-91bg": 0.01})])
    table, section = page([Entry("SN 1", row, None, None, None)], "Title", 1, None, None).split(
        "<section"
    )
    assert "<td>0.36 <small>uncertain</small></td>" in table
    assert "<small>SN Ia (subtype SN Iax), uncertain</small>" in section
    assert "<dd>0.36 <small>uncertain</small></dd>" in section
    # The set has the subtype SN Ia, whose probability is less than that of the class.
    assert "<td>normal SN Ia 0.35</td>" in table and "<dd>normal SN Ia 0.35</dd>" in section
    text = page([Entry("SN 1", ROW, None, None, None)], "Title", 1, None, None)
    assert "uncertain" not in text.split("<footer>")[0]


def test_sets_are_named_with_their_coverage():
    text = page([Entry("SN 1", ROW, None, None, None)], "Title", 1, None, None, 0.9)
    assert (
        "<th>90 % set</th>" in text and "<dt>90 % set</dt><dd>SN Ia 0.35, SN Iax 0.40</dd>" in text
    )


def test_an_object_without_anything_is_unknown():
    row = pd.Series({"class": None, "probability": np.nan, "quality_flags": "NOTHING"})
    text = page([Entry("SN 2", row, None, None, None)], "Title", 1, None, None)
    assert "Class unknown" in text and ">nan<" not in text
