"""Avro files of every codec read; damaged ones lose no more than the damaged block."""

import io
import json
import random
import time
import warnings

import pyarrow as pa
import pytest

from sklearn_sn.data import DataQualityWarning
from sklearn_sn.datasets import read_alerts
from sklearn_sn.datasets._avro_blocks import DamagedRecords, parse_schema, read_container
from sklearn_sn.datasets._byte_stream import ByteStream

from .alert_files import avro, fastavro, ztf_packet, ztf_stream

PACKETS = [ztf_packet(f"ZTF20{number:04d}", number) for number in range(1, 31)]
FILE = avro(PACKETS, sync_interval=300)


LARGEST = max(block.num_records for block in fastavro.block_reader(io.BytesIO(FILE)))


def records(content):
    found = [record for _, record, _ in read_container(ByteStream(io.BytesIO(content)))]
    good = [r["candid"] for r in found if isinstance(r, dict)]
    return good, [r for r in found if isinstance(r, DamagedRecords)]


def blocks():
    """Return (offset, end) of every block of the file."""
    return [(b.offset, b.offset + b.size) for b in fastavro.block_reader(io.BytesIO(FILE))]


def varint(number):
    number, out = number << 1, b""
    while number > 0x7F:
        out += bytes([number & 0x7F | 0x80])
        number >>= 7
    return out + bytes([number])


def container(schema, body=b"", n_records=1, codec=b"null"):
    """Return an Avro file that fastavro would not write."""
    text = json.dumps(schema).encode()
    meta = varint(2) + varint(11) + b"avro.schema" + varint(len(text)) + text
    meta += varint(10) + b"avro.codec" + varint(len(codec)) + codec + varint(0)
    block = varint(n_records) + varint(len(body)) + body
    return b"Obj\x01" + meta + b"S" * 16 + block + b"S" * 16


@pytest.mark.parametrize("codec", ["null", "deflate", "bzip2", "xz", "snappy", "zstandard"])
def test_codecs(codec):
    try:
        content = avro(PACKETS, codec=codec)
    except ValueError:
        pytest.skip(f"fastavro cannot write {codec} here")
    assert records(content) == ([p["candid"] for p in PACKETS], [])


@pytest.mark.parametrize("streamed", [False, True])
def test_zstandard_needs_no_other_package(streamed):
    # Blocks as other writers compress them, with and without the size of the content.
    schema = {"type": "record", "name": "r", "fields": [{"name": "candid", "type": "long"}]}
    body = b"".join(map(varint, range(200)))
    if streamed:
        sink = pa.BufferOutputStream()
        with pa.CompressedOutputStream(sink, "zstd") as stream:
            stream.write(body)
        packed = sink.getvalue().to_pybytes()
    else:
        packed = pa.Codec("zstd").compress(body, asbytes=True)
    content = container(schema, packed, 200, b"zstandard")
    assert records(content) == (list(range(200)), [])
    good, lost = records(container(schema, packed[:-6], 200, b"zstandard"))
    assert len(good) < 200 and len(lost) == 1


def test_a_wrong_or_unknown_codec_is_damage():
    for codec in (b"deflate", b"lz77"):
        content = FILE.replace(b"avro.codec\x08null", b"avro.codec" + varint(len(codec)) + codec)
        good, lost = records(content)
        assert good == [] and lost


def test_damage_of_one_block_loses_that_block():
    for offset, end in blocks()[1:-1]:
        size = bytearray(FILE)
        size[offset + 1] ^= 0x7E  # the length of the block
        marker = bytearray(FILE)
        marker[end - 1] ^= 1  # the marker at its end
        for content in (size, marker):
            good, lost = records(bytes(content))
            assert 1 <= len(lost) <= 2 and len(good) >= len(PACKETS) - 2 * LARGEST
            assert lost[0].offset == offset


def test_a_poison_record_loses_the_rest_of_its_block():
    offset = FILE.index(b"ZTF200007")
    content = FILE[: offset - 1] + b"\x01" + FILE[offset:]  # a text of negative length
    good, (lost,) = records(content)
    assert 6 in good and 7 not in good and 30 in good
    assert len(good) + lost.n_records == len(PACKETS)


def test_a_truncated_file_gives_what_is_complete():
    for offset, end in blocks():
        good, lost = records(FILE[: (offset + end) // 2])
        assert len(lost) == 1 and lost[0].offset == offset
        assert good == [p["candid"] for p in PACKETS[: len(good)]]
        assert records(FILE[:offset])[1] == []


def test_the_warning_names_file_and_offset(tmp_path):
    path = tmp_path / "night.avro"
    offset, end = blocks()[2]
    path.write_bytes(FILE[:offset] + b"\xff" * (end - offset) + FILE[end:])
    with pytest.warns(DataQualityWarning, match=f"night.avro, offset {offset}") as seen:
        X = read_alerts(path)
    assert len(seen) == 1 and len(X) >= len(PACKETS) - 2 * LARGEST


HOSTILE = {
    "endless array": {"type": "array", "items": "null"},
    "recursion": "hostile",
    "huge fixed": {"type": "fixed", "name": "f", "size": 2**60},
    "long bytes": "bytes",
    "array of arrays of nothing": {
        "type": "array",
        "items": {"type": "record", "name": "r", "fields": [{"name": "x", "type": "null"}]},
    },
}


@pytest.mark.parametrize("kind", HOSTILE.values(), ids=HOSTILE)
def test_hostile_schemas_take_neither_time_nor_memory(kind):
    schema = {"type": "record", "name": "hostile", "fields": [{"name": "x", "type": kind}]}
    start = time.perf_counter()
    with pytest.raises(ValueError, match="could not read any packet"):
        read_alerts(container(schema, b"\xfe" * 8 + b"\x01", n_records=2**40))
    assert time.perf_counter() - start < 2


def test_a_schema_that_multiplies_is_rejected():
    schema = {"type": "record", "name": "r0", "fields": [{"name": "x", "type": "null"}]}
    for level in range(1, 40):
        fields = [{"name": "x", "type": schema}, {"name": "y", "type": f"r{level - 1}"}]
        schema = {"type": "record", "name": f"r{level}", "fields": fields}
    with pytest.raises(ValueError, match="too large"):
        parse_schema(json.dumps(schema))


def test_compressed_bombs_are_bounded():
    import zlib

    engine = zlib.compressobj(9, wbits=-15)
    bomb = engine.compress(bytes(2**27)) + engine.flush()
    schema = {"type": "record", "name": "a", "fields": [{"name": "x", "type": "bytes"}]}
    with pytest.raises(ValueError, match="truncated or too large"):
        read_alerts(container(schema, bomb, codec=b"deflate"))


@pytest.mark.parametrize("codec", ["null", "deflate"])
def test_damaged_bytes_raise_only_typed_errors(codec):
    content = avro(ztf_stream(3, 2), codec=codec, sync_interval=1000)
    rng = random.Random(0)
    for trial in range(150):
        damaged = bytearray(content)
        if trial % 4 == 0:
            del damaged[rng.randrange(len(damaged)) :]
        for _ in range(rng.choice([0, 1, 3, 20]) if trial % 4 == 0 else rng.choice([1, 3, 20])):
            if damaged:
                damaged[rng.randrange(len(damaged))] ^= 1 << rng.randrange(8)
        start = time.perf_counter()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DataQualityWarning)
            try:
                X = read_alerts(bytes(damaged))
            except ValueError:
                continue
            finally:
                assert time.perf_counter() - start < 5
        assert len(X) and X.index.is_unique
