"""The survey of a packet is recognised, and its schema names what the packet has."""

import pytest

from sklearn_sn.datasets._alert_schemas import POINT_FIELDS, SCHEMAS, schema_of

from .alert_files import elasticc_schema, rubin_schema, ztf_schema

PUBLISHED = {"ztf": ztf_schema(), "lsst": rubin_schema(), "elasticc": elasticc_schema()}


def names_of(schema, key):
    """Return the names of the records under a key of an Avro schema."""
    kind = {field["name"]: field["type"] for field in schema["fields"]}[key]
    kind = next(k for k in kind if k != "null") if isinstance(kind, list) else kind
    kind = kind["items"] if kind["type"] == "array" else kind
    return {field["name"] for field in kind["fields"]}


@pytest.mark.parametrize("survey", SCHEMAS)
def test_published_names_are_found(survey):
    schema, published = SCHEMAS[survey], PUBLISHED[survey]
    assert schema.survey == survey
    for key, names in ((schema.current, schema.detection), (schema.forced, schema.forced_point)):
        present = names_of(published, key)
        assert all(present & set(choices) for choices in names.values())
        assert set(names) <= set(POINT_FIELDS)
    for paths in schema.metadata.values():
        assert any(name in names_of(published, part) for part, name in paths)


@pytest.mark.parametrize(
    ("packet", "name", "survey"),
    [
        ({"candidate": {}}, "", "ztf"),
        ({"diaSource": {"psfFlux": 1.0}}, "", "lsst"),
        ({"diaSource": {"psFlux": 1.0}}, "", "elasticc"),
        ({"diaSource": {"psFlux": 1.0}}, "elasticc.v0_9.alert", "elasticc"),
        ({"diaSource": {"psFlux": 1.0}}, "lsst.v3_0.alert", "lsst"),
    ],
)
def test_recognition(packet, name, survey):
    assert schema_of(packet, name).survey == survey


@pytest.mark.parametrize("packet", [{}, {"candidate": None}, {"diaSource": 3}, {"objectId": "ZTF"}])
def test_other_packets_raise(packet):
    with pytest.raises(ValueError, match="'candidate'"):
        schema_of(packet)
