"""Codes of text, beside those of pyarrow."""

import numpy as np
import pyarrow as pa
import pytest

from sklearn_sn.data._text_codes import _as_integers, dictionary_of_text

NAMES = {
    "one width": ["ztfr", "ztfg", "ztfr", "ztfi"],
    "five bytes": ["lsstu", "lsstg", "lsstu"],
    "letters": ["u", "g", "g"],
    "eight bytes": ["abcdefgh", "abcdefgi"],
    "UTF-8": ["µg", "gµ", "µg"],
    "several widths": ["ztfr", "g", "ztfr"],
    "wide": ["gaia::gbp", "gaia::grp"],
    "with null": ["ztfg", None],
    "empty text": ["", ""],
    "no name": [],
    "many names": [f"{i:03d}" for i in range(40)],
}


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string()])
@pytest.mark.parametrize("case", NAMES)
def test_codes_are_those_of_pyarrow(case, kind):
    values = pa.array(3 * NAMES[case], type=kind)
    for part in (values, values[1:], values[2:-1]):
        expected, found = part.dictionary_encode(), dictionary_of_text(part)
        assert found.dictionary.equals(expected.dictionary)
        np.testing.assert_array_equal(
            found.indices.to_numpy(zero_copy_only=False),
            expected.indices.to_numpy(zero_copy_only=False),
        )
    is_fast = case not in ("several widths", "wide", "with null", "empty text", "no name")
    assert (_as_integers(values) is not None) == is_fast
