"""Find alert packets in files, folders, archives, streams and tables of dicts."""

import glob
import io
import json
import os
import tarfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from sklearn_sn.datasets._avro_blocks import (
    MAGIC,
    DamagedRecords,
    parse_schema,
    read_container,
    read_message,
)
from sklearn_sn.datasets._byte_stream import MAX_BYTES, ByteStream, decompressed

# Files of a folder that may hold alerts; others are not opened.
_SUFFIXES = (".avro", ".json", ".jsonl", ".ndjson", ".tar", ".tgz", ".gz", ".bz2", ".xz")
_LONGEST_LINE = 2**24


@dataclass(frozen=True)
class Packet:
    """One decoded packet.

    Parameters
    ----------
    location : str
        File and offset, for messages.
    content : dict
        The packet.
    schema_name : str
        Full name of its Avro schema; empty if it has none.
    """

    location: str
    content: dict
    schema_name: str = ""


@dataclass(frozen=True)
class Skipped:
    """Data that could not be decoded.

    Parameters
    ----------
    location : str
        File and offset, for messages.
    reason : str
        What is wrong.
    n_packets : int
        Number of packets lost, as far as it is known.
    """

    location: str
    reason: str
    n_packets: int = 1


def iter_packets(source, schema=None, name="source"):
    """Yield every packet of a source, and what could not be read.

    Parameters
    ----------
    source : path, bytes, file handle, dict, or iterable of these
        As in :func:`~sklearn_sn.datasets.read_alerts`.
    schema : dict, optional
        Avro schema of messages without an embedded one, from `parsed_schema`.
    name : str, default="source"
        Name of the source, for messages.

    Yields
    ------
    Packet or Skipped
    """
    for part, item in _items(source, name):
        if isinstance(item, Mapping):
            yield Packet(part, item)
        elif isinstance(item, Path):
            with open(item, "rb") as file:
                yield from _read_stream(part, ByteStream(file), schema)
        else:
            yield from _read_stream(part, item, schema)


def parsed_schema(schema):
    """Return the parsed schema that a user gives for messages, as dict or JSON text."""
    try:
        return parse_schema(schema if isinstance(schema, str) else json.dumps(schema))
    except ImportError:
        raise
    except Exception as error:  # fastavro raises errors of many types
        raise ValueError(
            f"The 'schema' parameter of read_alerts must be an Avro schema. Got {schema!r:.80} "
            f"instead: {error}."
        ) from error


def _items(source, name):
    """Yield (name, dict, Path or ByteStream) for every part of a source."""
    if isinstance(source, Mapping):
        yield name, source
    elif isinstance(source, str | os.PathLike):
        for path in _paths(Path(source).expanduser()):
            yield str(path), path
    elif isinstance(source, bytes | bytearray | memoryview):
        yield name, ByteStream(io.BytesIO(source))
    elif hasattr(source, "read"):
        name = str(getattr(source, "name", name))
        if isinstance(source, io.TextIOBase):
            source = getattr(source, "buffer", None) or io.BytesIO(source.read().encode())
        yield name, ByteStream(source)
    elif isinstance(source, Iterable) and not hasattr(source, "columns"):
        for number, item in enumerate(source):
            yield from _items(item, f"{name}[{number}]" if name == "source" else name)
    else:
        raise ValueError(
            "The 'source' parameter of read_alerts must be a path, a glob, bytes, a binary file "
            f"handle, a dict, or an iterable of these. Got {type(source).__name__} instead."
        )


def _paths(path):
    if path.is_dir():
        paths = sorted(p for p in path.rglob("*") if p.name.lower().endswith(_SUFFIXES))
        missing = f"The folder {str(path)!r} holds no file of alerts ({', '.join(_SUFFIXES)})."
    elif path.is_file():
        return [path]
    elif path.exists() or not glob.has_magic(str(path)):
        raise FileNotFoundError(f"There is no file or folder {str(path)!r}.")
    else:
        paths = [Path(p) for p in sorted(glob.glob(str(path), recursive=True))]
        missing = f"No file matches {str(path)!r}."
    paths = [p for p in paths if p.is_file()]
    if not paths:
        raise FileNotFoundError(missing)
    return paths


def _read_stream(name, stream, schema):
    """Yield the packets of one file, which may be compressed or an archive."""
    try:
        stream = decompressed(stream)
        start = stream.peek(512)
        if not start:
            yield Skipped(name, "the file is empty")
        elif start.startswith(MAGIC):
            yield from _read_avro(name, stream)
        elif start[257:262] == b"ustar" or name.lower().endswith(".tar"):
            yield from _read_archive(name, stream, schema)
        elif start.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"["):
            yield from _read_json(name, stream)
        elif schema is not None:
            yield Packet(name, read_message(_whole(stream), schema))
        else:
            yield Skipped(
                name,
                "neither Avro, JSON nor a tar archive (messages without their schema need schema=)",
            )
    except ImportError:
        raise
    except Exception as error:  # damaged archives raise errors of many types
        yield Skipped(f"{name}, offset {stream.offset}", str(error) or type(error).__name__)


def _read_avro(name, stream):
    for offset, record, schema_name in read_container(stream):
        location = f"{name}, offset {offset}"
        if isinstance(record, DamagedRecords):
            yield Skipped(location, str(record), record.n_records)
        elif isinstance(record, Mapping):
            yield Packet(location, record, schema_name)
        else:
            yield Skipped(location, f"a packet must be a record; got {type(record).__name__}")


def _read_archive(name, stream, schema):
    """Yield the packets of a tar archive, member by member; nothing is written to disk."""
    with tarfile.open(fileobj=stream, mode="r|", bufsize=2**16) as archive:
        for member in archive:
            if member.isfile() and not member.name.rpartition("/")[2].startswith("."):
                content = ByteStream(archive.extractfile(member))
                yield from _read_stream(f"{name}:{member.name}", content, schema)


def _read_json(name, stream):
    """Yield the packets of a JSON document: one packet, a list of them, or one per line."""
    document = _whole(stream) if not _has_lines(stream) else None
    if document is not None:
        packets = json.loads(document.decode("utf-8-sig"))
        for number, packet in enumerate(packets if isinstance(packets, list) else [packets]):
            yield _packet(f"{name}, packet {number}", packet)
        return
    for number, line in enumerate(_lines(stream), start=1):
        if not line.strip():
            continue
        location = f"{name}, line {number}"
        try:
            packet = json.loads(line.decode("utf-8-sig"))
        except (ValueError, RecursionError) as error:
            yield Skipped(location, f"not JSON: {error}")
        else:
            yield _packet(location, packet)


def _packet(location, packet):
    if isinstance(packet, Mapping):
        return Packet(location, packet)
    return Skipped(location, f"a packet must be an object; got {type(packet).__name__}")


def _has_lines(stream):
    """Return whether the first two lines both begin with an object."""
    first, _, rest = (
        stream.peek(_LONGEST_LINE).removeprefix(b"\xef\xbb\xbf").strip().partition(b"\n")
    )
    return first.startswith(b"{") and rest.lstrip().startswith(b"{")


def _lines(stream):
    line = b""
    while part := stream.read(2**16):
        *complete, line = (line + part).split(b"\n")
        yield from complete
        if len(line) > _LONGEST_LINE:
            raise ValueError("a line is too long")
    yield line


def _whole(stream):
    content = stream.read(MAX_BYTES)
    if stream.peek(1):
        raise ValueError(f"it is larger than {MAX_BYTES // 2**20} MiB; give one packet per line")
    return content
