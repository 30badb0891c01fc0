"""The registry behind the names of bands."""

import pickle

import pytest

from sklearn_sn.data import Band, register_band
from sklearn_sn.data._band_registry import read_table, validate_band
from sklearn_sn.data._bands import temporary_bands


def band(offset, **changes):
    fields = {"name": "mineg", "survey": "mine", "wavelength": 4800.0, "vega_ab_offset": offset}
    return Band(**{**fields, "system": "AB", "aliases": ("my g",), **changes})


def test_bands_with_an_unknown_offset_are_equal():
    # Two NaN objects: Python 3.13 compares the fields of dataclasses by value, not by identity.
    one, other = band(float("nan")), band(float("nan"))
    assert one.vega_ab_offset is not other.vega_ab_offset
    assert one == other and hash(one) == hash(other) and len({one, other}) == 1
    assert pickle.loads(pickle.dumps(one)) == one


@pytest.mark.parametrize(
    "changes",
    [{"name": "x"}, {"survey": "x"}, {"wavelength": 1.0}, {"system": "Vega"}, {"aliases": ()}],
)
def test_bands_that_differ_are_unequal(changes):
    assert band(float("nan")) != band(float("nan"), **changes)
    assert band(0.1) != band(float("nan")) and band(0.1) != band(0.2) and band(0.1) == band(0.1)
    assert band(0.1) != "mineg"


def test_registering_twice_with_distinct_nan_is_no_error():
    with temporary_bands():
        one = register_band("mineg", 4800.0, vega_ab_offset=float("nan"))
        assert register_band("mineg", 4800.0, vega_ab_offset=float("nan")) == one
        with pytest.raises(ValueError, match="already means mineg"):
            register_band("mineg", 4800.0, vega_ab_offset=0.1)


def test_every_change_builds_another_registry():
    registry = read_table()
    other = registry.with_registered({"mineg": band(0.1)})
    assert registry.candidates("mineg") == () and other.candidates("my g") == ("mineg",)
    assert other.candidates("g", "mine") == ("mineg",)
    assert registry.candidates("b") == ("bessellB", "uvotb")


def test_validation_normalises_survey_and_aliases():
    valid = validate_band(" mineg ", 4800, "Swift", 0, "Vega", [b"a", 1.0])
    assert valid == Band("mineg", "uvot", 4800.0, 0.0, "Vega", ("a", "1"))
