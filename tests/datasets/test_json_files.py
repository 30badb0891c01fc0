"""JSON holds records, columns, or objects with lists of points."""

import json

import pytest

from sklearn_sn.datasets._json_files import _records, parse_json

ROWS = [{"objectId": 2**53 + 1, "mjd": 1.5}, {"objectId": None, "mjd": 2.5}]
COLUMNS = {"objectId": [2**53 + 1, None], "mjd": [1.5, 2.5]}


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(ROWS),
        "\n\n".join(map(json.dumps, ROWS)),
        json.dumps(COLUMNS),
        json.dumps({"status": "success", "data": {"results": ROWS}}),
    ],
    ids=["records", "lines", "columns", "envelopes"],
)
def test_forms_of_one_table(text):
    (part,) = parse_json(text, "f.json")
    table = part["table"]
    assert table["objectId"].dtype == "Int64"  # exact, beside a missing one
    assert table["objectId"][0] == 2**53 + 1 and table["objectId"].isna()[1]
    assert table["mjd"].tolist() == [1.5, 2.5]


def test_columns_by_row_as_of_pandas():
    columns = {"objectId": {"0": 2**53 + 1, "1": 7}, "mjd": {"0": 1.5, "1": None}}
    table = parse_json(json.dumps(columns), "f.json")[0]["table"]
    assert table["objectId"].tolist() == [2**53 + 1, 7]
    assert table["mjd"][0] == 1.5 and table["mjd"].isna()[1]


def test_objects_with_points():
    record = {
        "oid": "a",
        "z": 0.1,
        "meta": {"ra": 5.0, "z": 9.9},
        "detections": [{"mjd": 1.0, "mag": 18.0}],
        "non_detections": [{"mjd": 2.0, "diffmaglim": 20.0}],
    }
    points, objects = parse_json(json.dumps(record), "f.json")
    assert points["kind"] == "light_curves" and objects["kind"] == "metadata"
    assert points["table"]["oid"].tolist() == ["a", "a"]
    assert points["table"]["mjd"].tolist() == [1.0, 2.0]
    assert points["table"]["upper_limit"].isna().tolist() == [True, False]
    # The values of the object itself come before those of its parts.
    assert objects["table"].to_dict("list") == {"oid": ["a"], "z": [0.1], "ra": [5.0]}


def test_only_object_without_a_name():
    record = {"z": 0.1, "points": [{"mjd": 1.0, "mag": 18.0}]}
    (part,) = parse_json(json.dumps(record), "f.json")
    assert part["header"] == {"z": 0.1} and part["table"]["mag"].tolist() == [18.0]
    with pytest.raises(ValueError, match=r"f\.json holds 2 objects, and not all .*'objectId'"):
        parse_json(json.dumps([record, record]), "f.json")


def test_damaged_and_empty_files():
    with pytest.raises(ValueError, match=r"f\.json is damaged JSON: Expecting value"):
        parse_json('[{"mjd": }]', "f.json")
    with pytest.raises(ValueError, match=r"f\.json is damaged JSON"):
        parse_json('{"mjd": 1}\n{"mjd": ', "f.json")
    for text in ("[]", "3", "[1, 2]"):
        with pytest.raises(ValueError, match=r"f\.json holds no table"):
            parse_json(text, "f.json")


def test_integers_beside_a_null_keep_their_digits():
    name = 2**53 + 1
    content = {"objectId": {"0": name, "1": None}, "flux": {"0": 1.5, "1": 2.0}}
    assert _records(content) == [
        {"objectId": name, "flux": 1.5},
        {"objectId": None, "flux": 2.0},
    ]


@pytest.mark.parametrize("quantities", [{}, {"photometry": [{"time": "1"}], "spectra": []}])
def test_a_file_of_the_open_supernova_catalog_is_recognised(quantities):
    event = {"name": "SN2011fe", "schema": "1.0", "sources": [{"name": "a"}], **quantities}
    with pytest.raises(ValueError, match="is a file of the Open Supernova Catalog"):
        parse_json(json.dumps({"SN2011fe": event}), "f.json")
