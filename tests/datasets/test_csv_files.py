"""CSV files are read strictly, with what stands above the names of their columns."""

import pytest

from sklearn_sn.datasets._csv_files import csv_separator, parse_csv


def test_separators():
    assert csv_separator("a,b\n1,2\n") == ","
    assert csv_separator("a;b\n1,5;2,5\n") == ";"  # with decimal commas
    assert csv_separator("a\tb c\n1\t2 3\n") == "\t"
    assert csv_separator("a|b") == "|"  # a header alone
    assert csv_separator("mjd flux\n1 2\n") is None
    assert csv_separator('"x, y",b\n"1, 2",3\n') == ","


def test_header_and_exact_names():
    text = "# Redshift = 0.05\nSN2011fe\n#objectId, mjd, flux,\n"
    text += "12345678901234567890,1.5,2,\n9007199254740993,2.5,,\n"
    (part,) = parse_csv(text, ",", "f.csv")
    assert part["header"] == {"redshift": "0.05", "object": "SN2011fe"}
    # Beyond 64 bits, names stay text.
    assert part["table"]["objectId"].tolist() == ["12345678901234567890", "9007199254740993"]
    assert list(part["table"]) == ["objectId", "mjd", "flux"]
    text = "objectId,mjd\n9007199254740993,1.5\n# a comment\n\n,2.5\n"
    (part,) = parse_csv(text, ",", "f.csv")
    table = part["table"]
    assert table["objectId"].dtype == "Int64" and table["objectId"][0] == 9007199254740993
    assert table["objectId"].isna().tolist() == [False, True]
    assert table["mjd"].tolist() == [1.5, 2.5]
    table = parse_csv("name,x\n007,1\n", ",", "f.csv")[0]["table"]
    assert table["name"].tolist() == ["007"]


def test_trailing_separators_and_index():
    table = parse_csv("a,b\n1,2,\n3,4,\n", ",", "f.csv")[0]["table"]
    assert table.to_dict("list") == {"a": [1, 3], "b": [2, 4]}
    table = parse_csv(',a\n0,"x, y"\n', ",", "f.csv")[0]["table"]
    assert table.to_dict("list") == {"a": ["x, y"]}


def test_decimal_commas():
    text = "mjd;filter;mag\n59000,1;g;17,1\n59001;r;-0,5\n"
    assert csv_separator(text) == ";"  # although commas split the last two lines alike
    table = parse_csv(text, ";", "f.csv")[0]["table"]
    assert table["mjd"].tolist() == [59000.1, 59001.0] and table["mag"].tolist() == [17.1, -0.5]
    # Beside points, a comma is no decimal sign.
    table = parse_csv("a;b\n1,2;3.5\n", ";", "f.csv")[0]["table"]
    assert table.to_dict("list") == {"a": ["1,2"], "b": [3.5]}
    assert parse_csv("a,b\n1,2\n", ",", "f.csv")[0]["table"]["a"].tolist() == [1]


@pytest.mark.parametrize(
    ("text", "separator"),
    [
        ('a,b,"x;y;z"\n1,2,"1;2;3"\n', ","),  # lists in fields
        ("a,b,x|y|z\n1,2,1|2|3\n1,2,1|2|3\n", ","),
        ("# object = SN\nmjd;mag\n1,5;2,5\n1,6;2,6\n", ";"),  # decimal commas below a comment
        ("# mjd;mag\n1,5;2,5\n1,6;2,6\n", ";"),
        ("mjd;note\n" + 30 * f"1,5;{'n' * 900}\n", ";"),  # long lines, of which one is cut
        ("wavelength\tflux\n4000,5\t1,5\n4001,5\t1,5\n", "\t"),
    ],
)
def test_separators_of_other_signs(text, separator):
    assert csv_separator(text) == separator


def test_thousands_are_no_decimals():
    def first(text):
        return parse_csv(text, ";", "f.csv")[0]["table"]["a"].tolist()

    assert first("a;b\n1,234;100\n12,345;100\n") == ["1,234", "12,345"]
    assert first("a;b\n1,234;0,100\n") == first('a;b\n"1,234";"0,100"\n') == [1.234]


def test_shifted_lines_and_repeated_names():
    with pytest.raises(ValueError, match=r"f.csv, line 3: 3 fields, but the header has 2.*','"):
        parse_csv("a,b\n1,2\n1,2,3\n", ",", "f.csv")
    with pytest.raises(ValueError, match="line 4: 1 fields"):
        parse_csv('# x = 1\na,b\n"1",2\n3\n', ",", "f.csv")
    with pytest.raises(ValueError, match=r"f.csv has two columns 'a'; rename one"):
        parse_csv("a,a\n1,2\n", ",", "f.csv")
