"""JSON without its traps."""

import pytest

from sklearn_sn.persistence import ModelFileError
from sklearn_sn.persistence._json import read_json, write_json


def test_round_trip():
    value = {"a": [1, 2.5, None, True, "ä\ud800"], "b": 10**40, "c": 0.1 + 0.2, "d": 5e-324}
    assert read_json(write_json(value), "x") == value


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_no_numbers_that_json_lacks_are_written(value):
    with pytest.raises(ValueError, match="JSON compliant"):
        write_json([value])


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ('{"a": NaN}', "NaN is not a number of JSON"),
        ("[Infinity]", "Infinity is not"),
        ("[-Infinity]", "-Infinity is not"),
        ("[1e999]", "1e999 is out of range"),
        ('{"a": 1, "a": 2}', "names one key twice"),
        ("[1, 2", "no valid JSON"),
        ("", "no valid JSON"),
        ("9" * 5000, "no valid JSON"),
        ("[" * 100_000, "too deeply"),
        ('{"a":' * 100_000, "too deeply"),
    ],
)
def test_refusals_name_the_file(text, match):
    with pytest.raises(ModelFileError, match=match) as caught:
        read_json(text.encode(), "model.json")
    assert str(caught.value).startswith("model.json is ")


def test_no_text_at_all():
    with pytest.raises(ModelFileError, match="no valid JSON"):
        read_json(b"\xff\xfe\x00", "model.json")
