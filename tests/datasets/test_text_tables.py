"""Tables of text columns that blanks separate."""

import pandas as pd
import pytest

from sklearn_sn.datasets._text_tables import parse_text


def parse(text):
    (part,) = parse_text(text, "f.txt")
    table = part["table"]
    frame = table if isinstance(table, pd.DataFrame) else table.to_pandas()
    return frame, part["header"]


def test_names_in_the_first_line_or_above():
    for text in ("mjd flux\n1 2.5\n3 4e1\n", "# a note\n# mjd flux\n1 2.5\n\n3 4e1\n"):
        frame, _ = parse(text)
        assert frame.to_dict("list") == {"mjd": [1.0, 3.0], "flux": [2.5, 40.0]}
    # ZTF's forced photometry: names with commas, values with blanks
    frame, header = parse(
        "# Requested input R.A. = 245.3 degrees\n# Requested input Dec. = -5 degrees\n"
        "# name: 'x y'\nindex, jd\n0 2459000.5\n"
    )
    assert frame.to_dict("list") == {"index": [0.0], "jd": [2459000.5]}
    assert header == {"ra": 245.3, "dec": -5.0, "name": "x y"}


def test_missing_values_and_long_names():
    frame, _ = parse(f"id x note\n{2**53 + 1} null a\n7 3 -\n")
    assert frame["id"].tolist() == [str(2**53 + 1), "7"]  # more digits than a float has
    assert frame["x"].isna().tolist() == [True, False] and frame["x"][1] == 3.0
    assert frame["note"].isna().tolist() == [False, True]


def test_ipac_and_fixed_width():
    frame, header = parse("\\fixlen = T\n|  jd  | mag |\n|double|real |\n  1.5   18.5\n")
    assert frame["jd"].tolist() == [1.5] and frame["mag"].tolist() == [18.5]
    assert header == {"fixlen": "T"}
    frame, _ = parse("a title\nname    mjd\n------- ---\nSN 2011 1.5\n")
    assert frame.to_dict("list") == {"name": ["SN 2011"], "mjd": [1.5]}
    with pytest.raises(ValueError, match=r"f\.txt cannot be read as an IPAC table"):
        parse("|  jd  | mag |\n|double|real |\n  1.5   bright\n")


def test_wrong_lines_and_missing_names():
    with pytest.raises(ValueError, match=r"f\.txt, line 4: 3 values, but there are 2 columns"):
        parse("mjd flux\n# a note\n1 2\n1 2 3\n")
    with pytest.raises(ValueError, match=r"f\.txt has no names of columns; write .*read_spectra"):
        parse("4000 1.5\n4001 1.6\n")
    with pytest.raises(ValueError, match="has no names of columns"):
        parse("")


def test_a_survey_file_without_points_has_the_columns_of_its_header():
    header = "###MJD m dm uJy duJy F err\n"
    (part,) = parse_text(header, "f.txt")
    assert list(part["table"]) == ["MJD", "m", "dm", "uJy", "duJy", "F", "err"]
    assert len(part["table"]) == 0
    with pytest.raises(ValueError, match="has no names of columns"):
        parse_text("# no table at all\n", "f.txt")


@pytest.mark.parametrize("sign", ["%", "!", ";", "# "])
def test_signs_of_comments_before_the_names(sign):
    table = parse_text(f"{sign} mjd flux band\n59000.5 1.0 g\n", "f.txt")[0]["table"]
    assert list(table) == ["mjd", "flux", "band"] and table["mjd"].tolist() == [59000.5]
