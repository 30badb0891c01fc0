"""Read the records of Avro container files, and continue behind damaged blocks."""

import bz2
import functools
import io
import json
import lzma

from sklearn_sn.datasets._byte_stream import MAX_BYTES, inflate

MAGIC = b"Obj\x01"
_MAX_VALUES = 100_000  # values in one record, without the items of its arrays
_HEADER = {
    "type": "record",
    "name": "sklearn_sn.header",
    "fields": [
        {"name": "magic", "type": {"type": "fixed", "name": "magic", "size": 4}},
        {"name": "meta", "type": {"type": "map", "values": "bytes"}},
        {"name": "sync", "type": {"type": "fixed", "name": "sync", "size": 16}},
    ],
}


def import_fastavro():
    """Import fastavro, or raise an ImportError that names the extra."""
    try:
        import fastavro
    except ImportError as error:
        raise ImportError(
            "Reading Avro alerts needs fastavro. Install it with pip install sklearn-sn[alerts]."
        ) from error
    return fastavro


class DamagedRecords(Exception):
    """Part of a file that cannot be decoded.

    Parameters
    ----------
    reason : str
        What is wrong.
    offset : int
        Offset of the block in the file.
    n_records : int
        Number of records lost, as far as it is known; at least 1.
    """

    def __init__(self, reason, offset, n_records=1):
        super().__init__(reason)
        self.offset = offset
        self.n_records = n_records


def read_container(stream):
    """Yield the records of one or several concatenated Avro container files.

    Parameters
    ----------
    stream : ByteStream
        Stream at the start of the file.

    Yields
    ------
    offset : int
        Offset of the block that holds the record.
    record : dict or DamagedRecords
        The record, or what was lost.
    schema_name : str
        Full name of the record's schema.
    """
    import_fastavro()  # its absence is no damage
    sync, schema, codec = None, None, None
    while start := stream.peek(4):
        offset = stream.offset
        try:
            if start == MAGIC or sync is None:
                schema, codec, sync = _read_header(stream)
                continue
            block, n_records = _read_block(stream, sync)
        except Exception as error:  # fastavro raises errors of many types for damaged data
            yield offset, DamagedRecords(_describe(error), offset), ""
            if sync is None or not _resume(stream, sync, offset):
                return
            continue
        for record in _read_records(block, n_records, codec, schema, offset):
            yield offset, record, _name(schema)


def read_message(data, schema):
    """Decode one record without a container, with or without the five bytes of Confluent.

    Parameters
    ----------
    data : bytes
        The message.
    schema : dict
        Parsed schema of the writer.

    Returns
    -------
    dict
    """
    body = io.BytesIO(data)
    if data[:1] == b"\0":
        body.seek(5)
    return import_fastavro().schemaless_reader(body, schema)


@functools.lru_cache(maxsize=32)
def parse_schema(text):
    """Parse the JSON text of a schema; one file per alert repeats the same schema.

    Parameters
    ----------
    text : bytes or str
        JSON text.

    Returns
    -------
    dict
        Schema as fastavro needs it.

    Raises
    ------
    ValueError
        If data of this schema could be unbounded.
    """
    schema = json.loads(text)
    _check_bounded(schema, {})
    return import_fastavro().parse_schema(schema)


def _read_header(stream):
    header = import_fastavro().schemaless_reader(stream, _parsed_header())
    if header["magic"] != MAGIC:
        raise ValueError("this is not an Avro file")
    meta = header["meta"]
    codec = meta.get("avro.codec", b"null").decode()
    if codec not in _CODECS:
        raise ValueError(f"the Avro codec {codec!r} is not supported; known are {[*_CODECS]}")
    return parse_schema(meta["avro.schema"]), codec, header["sync"]


@functools.cache
def _parsed_header():
    return import_fastavro().parse_schema(_HEADER)


def _read_block(stream, sync):
    """Return the data of the next block, still compressed, and its number of records."""
    n_records, size = (import_fastavro().schemaless_reader(stream, "long") for _ in range(2))
    if n_records < 0:
        raise ValueError(f"a number of {n_records} records is not plausible")
    data = stream.exactly(size)
    marker = stream.read(16)
    if marker != sync:
        # The marker may be inside what was read, if the length is wrong.
        stream.put_back(data + marker)
        raise ValueError("the marker at the end of the block is missing")
    return data, n_records


def _resume(stream, sync, offset):
    """Skip to the next block; return whether there is one."""
    if stream.offset == offset:
        stream.read(1)
    try:
        return stream.skip_past(sync)
    except Exception:  # compressed files end with an error of the decompressor
        return False


def _read_records(block, n_records, codec, schema, offset):
    read = import_fastavro().schemaless_reader
    done = 0
    try:
        content = io.BytesIO(_CODECS[codec](block))
        size = content.getbuffer().nbytes
        for done in range(n_records):  # noqa: B007
            if content.tell() >= size:
                raise EOFError("the block holds fewer records than it declares")
            yield read(content, schema)
    except Exception as error:  # as above
        # Avro records have no marks between them: the rest of the block is lost.
        yield DamagedRecords(_describe(error), offset, min(n_records - done, MAX_BYTES))


def _name(schema):
    return schema.get("name", "") if isinstance(schema, dict) else ""


def _describe(error):
    text = str(error).strip() or type(error).__name__
    return text if len(text) <= 120 else text[:117] + "…"


def _check_bounded(schema, known):
    """Return the least size of data of a schema in bytes, and the number of values in it.

    Raise if a few bytes of data could be unbounded: items of arrays must take at least one byte,
    no record may contain itself, and a value must not be made of very many others.
    """
    if isinstance(schema, list):
        parts = [_check_bounded(part, known) for part in schema]
        return 1, 1 + sum(n_values for _, n_values in parts)
    if isinstance(schema, str):
        result = known.get(schema.rpartition(".")[2], (int(schema != "null"), 1))
        if result is None:
            raise ValueError(f"the record {schema!r} of the Avro schema contains itself")
        return result
    kind = schema["type"]
    name = schema.get("name", "").rpartition(".")[2]
    if kind == "fixed":
        result = schema["size"], 1
    elif kind in ("record", "error"):
        known[name] = None
        fields = [_check_bounded(field["type"], known) for field in schema["fields"]]
        result = sum(size for size, _ in fields), 1 + sum(n_values for _, n_values in fields)
    elif kind in ("array", "map"):
        size, n_values = _check_bounded(schema["items" if kind == "array" else "values"], known)
        if size == 0 and kind == "array":
            raise ValueError("the items of an array in the Avro schema take no space")
        result = 1, 1 + n_values
    else:
        result = (1, 1) if kind == "enum" else _check_bounded(kind, known)
    if result[1] > _MAX_VALUES:
        raise ValueError("the Avro schema is too large")
    if name:
        known[name] = result
    return result


def _snappy(data):
    """Decompress a snappy block; its size precedes it, and four bytes of checksum follow."""
    import pyarrow as pa

    size, shift = 0, 0
    for byte in data[:5]:
        size |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            break
    if size > MAX_BYTES:
        raise ValueError(f"a block of {size} bytes is not plausible")
    return pa.Codec("snappy").decompress(data[:-4], decompressed_size=size, asbytes=True)


def _zstandard(data):
    import pyarrow as pa

    with pa.input_stream(io.BytesIO(data), compression="zstd") as content:
        return content.read(MAX_BYTES)


def _unpack(engine, data):
    content = engine.decompress(data, MAX_BYTES)
    if not engine.eof:
        raise ValueError("a compressed block is truncated or too large")
    return content


_CODECS = {
    "null": bytes,
    "deflate": lambda data: inflate(data, -15),
    "snappy": _snappy,
    "zstandard": _zstandard,
    "bzip2": lambda data: _unpack(bz2.BZ2Decompressor(), data),
    "xz": lambda data: _unpack(lzma.LZMADecompressor(memlimit=2 * MAX_BYTES), data),
}
