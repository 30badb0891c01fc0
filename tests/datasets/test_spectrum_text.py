"""Header and numbers of text files."""

import numpy as np
import pytest

from sklearn_sn.datasets._spectrum_text import is_light_curve, split_text


@pytest.mark.parametrize(
    "rows",
    [
        "4000 1.5 nan\n5000 2e0 3",
        "4000,1.5,\n5000,2.0,3",
        "| 4000 | 1.5 | -- |\n|------|-----|----|\n| 5000 | 2.0 | 3 |",
        "4000;1,5;null\n5000;2,0;3",
        "4.0D3\t1.5d0\tNaN\r\n5.0D3\t2.0\t3",
    ],
)
def test_separators_and_missing_numbers(rows):
    table = split_text(f"\ufeff# OBJECT a\n\nwave flux err\n{rows}\n")
    assert table.header == ["OBJECT a", "wave flux err"] and table.notes == []
    np.testing.assert_array_equal(table.numbers, [[4000, 1.5, np.nan], [5000, 2, 3]])


def test_decimal_commas_between_blanks_are_noted():
    table = split_text("4000,0 1,5\n5000,0 2,5\n")
    assert table.numbers.tolist() == [[4000, 1.5], [5000, 2.5]]
    assert table.notes == ["decimal commas read as decimal points"]


@pytest.mark.parametrize(
    "text, message",
    [
        ("", "there are no rows of numbers"),
        ("# mjd mag filter\n59000 18 r\n", "light curve"),
        ("1 2\n3\n", "line 2 has 1 numbers, but line 1 has 2"),
        ("1\n2\n", "one column of numbers"),
        ("# a\n1 2\nend\n", r"line 3 \('end'\) is not a row of numbers like line 2"),
    ],
)
def test_texts_without_a_table_of_numbers_are_rejected(text, message):
    with pytest.raises(ValueError, match=message):
        split_text(text)


@pytest.mark.parametrize(
    "line, n_columns, expected",
    [
        ("object mag", None, True),
        ("time flux", None, False),
        ("time flux", 2, True),
        ("MJD 59000.5", 2, False),
        ("filter = r", None, False),
    ],
)
def test_lines_that_name_a_light_curve(line, n_columns, expected):
    assert is_light_curve(line, n_columns) is expected
