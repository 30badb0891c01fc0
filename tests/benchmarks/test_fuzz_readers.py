"""The fuzzing of the readers: a few trials of each, and that it finds errors."""

import warnings

import numpy as np
import pytest

pytest.importorskip("fastavro")


@pytest.fixture(scope="module")
def fuzz(load):
    return load("fuzz_readers")


@pytest.mark.parametrize("name", ["tables", "spectra", "alerts"])
def test_damaged_input_raises_typed_errors_only(fuzz, name):
    reader = fuzz.READERS[name]()
    found = []
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        for number in range(80):
            result, _ = fuzz.outcome(reader, 0, number)
            assert not isinstance(result, BaseException), (number, repr(result))
            found.append(result)
    reader.close()
    assert None in found and "ValueError" in found  # some are read in spite of the damage


def test_other_errors_are_found_with_their_place(fuzz):
    class Reader:
        def trial(self, rng):
            return {}["a"]

    result, _ = fuzz.outcome(Reader(), 0, 0)
    assert isinstance(result, KeyError)
    assert fuzz.location(result).startswith("test_fuzz_readers.py:")


def test_trials_depend_on_their_number_only(fuzz):
    contents = [bytes(range(256)), b"a,b\n1,2\n" * 20]
    for number in range(50):
        one, two = (
            fuzz.damage(contents[1], np.random.default_rng([0, number]), contents) for _ in range(2)
        )
        assert one == two and isinstance(one, bytes)
