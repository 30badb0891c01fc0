"""Arrays keep dtype, shape, memory order and bits."""

import json
import struct

import numpy as np
import pytest

from sklearn_sn.persistence import ModelFileError
from sklearn_sn.persistence._arrays import ArrayReader, ArrayWriter

RECORD = np.dtype(
    {"names": ["a", "b"], "formats": ["<i8", "u1"], "offsets": [0, 8], "itemsize": 16}
)
ARRAYS = [
    np.arange(6.0).reshape(2, 3),
    np.asfortranarray(np.arange(6.0).reshape(2, 3)),
    np.arange(24.0).reshape(2, 3, 4).transpose(2, 0, 1),
    np.arange(20.0)[::3],
    np.array(3.5),
    np.empty((0, 4)),
    np.empty((2**30, 0)),
    np.array([np.nan, -np.nan, np.inf, -0.0, 5e-324]),
    np.array([True, False]),
    np.arange(3, dtype=np.int8),
    np.arange(3, dtype=np.uint64) + 2**63,
    np.arange(3, dtype=np.float16),
    np.arange(3, dtype=">f8"),
    np.arange(3, dtype=">i2"),
    np.arange(3, dtype=np.complex128),
    np.array(["SN Ia", "", "Å\U0001f52d"]),
    np.array([[b"g", b"ztfr"]]),
    np.array(["2011-08-24", "NaT"], dtype="datetime64[D]"),
    np.array([1, 2], dtype="timedelta64[s]"),
    np.arange(4, dtype=np.longdouble) / 3,
    np.zeros(3, dtype=RECORD),
]


@pytest.mark.parametrize(
    "array", ARRAYS, ids=lambda a: f"{a.dtype.kind}{a.dtype.itemsize}{a.shape}"
)
def test_round_trip(array):
    writer = ArrayWriter()
    node = json.loads(json.dumps(writer.put(array, "a")))
    reader = ArrayReader(writer.data())
    found = reader.get(node)
    if array.dtype.fields:
        assert found.dtype.names == array.dtype.names
        found = found.astype(array.dtype)
    assert found.dtype == array.dtype
    assert found.shape == array.shape
    assert found.tobytes() == array.tobytes()
    assert found.flags.writeable
    if array.flags.c_contiguous or array.flags.f_contiguous:
        assert found.flags.c_contiguous == array.flags.c_contiguous
        assert found.flags.f_contiguous == array.flags.f_contiguous
    reader.check_all_used()


def test_one_array_is_stored_once():
    array, writer = np.arange(1000.0), ArrayWriter()
    assert writer.put(array, "a") == writer.put(array, "b")
    assert len(writer.data()) < 8200
    reader = ArrayReader(writer.data())
    assert reader.get({"array": "a", "dtype": "<f8", "shape": [1000]}) is reader.get({"array": "a"})


def test_one_name_for_two_arrays():
    writer = ArrayWriter()
    nodes = [writer.put(np.full(2, float(i)), "a") for i in range(3)]
    reader = ArrayReader(writer.data())
    assert [reader.get(node)[0] for node in nodes] == [0.0, 1.0, 2.0]


def test_arrays_that_nothing_asks_for():
    writer = ArrayWriter()
    writer.put(np.zeros(2), "a")
    with pytest.raises(ModelFileError, match="'a', which nothing refers to"):
        ArrayReader(writer.data()).check_all_used()


def stored():
    writer = ArrayWriter()
    writer.put(np.arange(6.0), "a")
    writer.put(np.array(["ab", "cd"]), "text")
    return ArrayReader(writer.data())


@pytest.mark.parametrize(
    ("changes", "match"),
    [
        ({"array": "b"}, "'b' is missing"),
        ({"shape": [2**39, 2**39]}, "claims the shape"),
        ({"shape": [7]}, "claims the shape"),
        ({"shape": [-1, -6]}, "which no array has"),
        ({"shape": [2.0, 3]}, "which no array has"),
        ({"shape": [True, 6]}, "which no array has"),
        ({"shape": [1] * 60 + [6]}, "not a list of at most 32 sizes"),
        ({"shape": 6}, "not a list of at most 32 sizes"),
        ({"order": "K"}, "memory order 'K'"),
        ({"dtype": "<f4"}, "not of the type float32"),
        ({"dtype": "<U4"}, "not of the type"),
        ({"dtype": "|O"}, "not a numeric, text or date dtype"),
        ({"dtype": "object"}, "not a numeric, text or date dtype"),
        ({"dtype": "<U0"}, "has no size"),
        ({"dtype": "<f9"}, "data type"),
        ({"dtype": [["a", "<f8"], ["b", "|O"]]}, "not a numeric, text or date dtype"),
        ({"dtype": [["a"]]}, "invalid record dtype"),
        ({"dtype": 3}, "not a numeric, text or date dtype"),
    ],
)
def test_descriptions_that_do_not_fit(changes, match):
    with pytest.raises((ModelFileError, TypeError), match=match):
        stored().get({"array": "a", "dtype": "<f8", "shape": [6], **changes})


def test_text_that_is_none():
    writer = ArrayWriter()
    writer.put(np.full(8, 255, dtype=np.uint8), "a")
    with pytest.raises(ModelFileError, match="invalid code points"):
        ArrayReader(writer.data()).get({"array": "a", "dtype": "<U2", "shape": [1]})


def safetensors(header, data=b""):
    header = json.dumps(header).encode()
    return struct.pack("<Q", len(header)) + header + data


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00" * 7,
        struct.pack("<Q", 2**60) + b"{}",
        struct.pack("<Q", 2**63) + b"{}",
        struct.pack("<Q", 2) + b"[]",
        safetensors({"a": {"dtype": "F64", "shape": [2**40], "data_offsets": [0, 2**43]}}),
        safetensors({"a": {"dtype": "F64", "shape": [2**40], "data_offsets": [0, 8]}}, b"0" * 8),
        safetensors({"a": {"dtype": "F64", "shape": [2**62, 4], "data_offsets": [0, 8]}}, b"0" * 8),
        safetensors({"a": {"dtype": "F64", "shape": [1], "data_offsets": [8, 0]}}, b"0" * 8),
        safetensors({"a": {"dtype": "X1", "shape": [1], "data_offsets": [0, 8]}}, b"0" * 8),
        safetensors({"a": {"dtype": "BF16", "shape": [4], "data_offsets": [0, 8]}}, b"0" * 8),
        safetensors({"a": {"dtype": "F64", "shape": [1], "data_offsets": [0, 8]}}, b"0" * 16),
        safetensors(
            {n: {"dtype": "F64", "shape": [1], "data_offsets": [0, 8]} for n in "ab"}, b"0" * 8
        ),
    ],
)
def test_bytes_that_are_no_arrays(data):
    with pytest.raises(ModelFileError, match="arrays cannot be read"):
        ArrayReader(data)
