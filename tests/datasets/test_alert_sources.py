"""Packets come from files, folders, archives, streams and JSON alike."""

import bz2
import gzip
import io
import json
import lzma
import random
import tarfile
import warnings

import numpy as np
import pytest

from sklearn_sn.data import DataQualityWarning
from sklearn_sn.datasets import read_alerts
from sklearn_sn.datasets._alert_sources import Packet, Skipped, iter_packets

from .alert_files import avro, fastavro, ztf_packet, ztf_schema

NAMES = ["ZTF20a", "ZTF20b", "ZTF20c"]
PACKETS = [ztf_packet(name, number) for number, name in enumerate(NAMES, start=1)]


def archive(members, mode="w"):
    """Return a tar archive of (name, content)."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode) as tar:
        for name, content in members:
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


def members():
    return [(f"{p['candid']}.avro", avro([p])) for p in PACKETS]


def names(source, **options):
    return read_alerts(source, **options).index.tolist()


CONTENTS = {
    "avro": avro(PACKETS),
    "concatenated": b"".join(avro([p]) for p in PACKETS),
    "gzip": gzip.compress(avro(PACKETS)),
    "bzip2": bz2.compress(avro(PACKETS)),
    "xz": lzma.compress(avro(PACKETS)),
    "tar": archive(members()),
    "tar.gz": archive(members(), "w:gz"),
    "tar of gz": archive([(name, gzip.compress(content, mtime=0)) for name, content in members()]),
    "json list": json.dumps(PACKETS).encode(),
    "json lines": b"\n".join(json.dumps(p).encode() for p in PACKETS),
    "json with a mark": b"\xef\xbb\xbf" + json.dumps(PACKETS, indent=1).encode(),
}


@pytest.mark.parametrize("content", CONTENTS.values(), ids=CONTENTS)
def test_every_content_reads_from_path_bytes_and_handle(tmp_path, content):
    path = tmp_path / "alerts"
    path.write_bytes(content)
    assert names(path) == names(str(path)) == names(content) == NAMES
    with open(path, "rb") as file:
        assert names(file) == NAMES


class Pipe(io.RawIOBase):
    """A stream that cannot seek, and returns few bytes at a time."""

    def __init__(self, content):
        self._content = io.BytesIO(content)

    def readable(self):
        return True

    def read(self, n_bytes=-1):
        return self._content.read(min(n_bytes, 1000))


@pytest.mark.parametrize("content", CONTENTS.values(), ids=CONTENTS)
def test_streams_need_not_seek(content):
    assert names(Pipe(content)) == NAMES


def test_iterables_hold_any_of_these(tmp_path):
    path = tmp_path / "a.avro"
    path.write_bytes(avro(PACKETS[:1]))
    assert names(source for source in [path, PACKETS[1], avro(PACKETS[2:])]) == NAMES
    assert names(io.StringIO(json.dumps(PACKETS))) == NAMES
    assert names(PACKETS[0]) == NAMES[:1]


def test_folders_and_globs(tmp_path):
    (tmp_path / "night").mkdir()
    (tmp_path / "night" / "a.avro").write_bytes(avro(PACKETS[:2]))
    (tmp_path / "b.tar").write_bytes(archive(members()[2:]))
    (tmp_path / "README.txt").write_text("not alerts")
    assert names(tmp_path) == NAMES
    assert names(tmp_path / "*.tar") == NAMES[2:] and names(f"{tmp_path}/**/*.avro") == NAMES[:2]


def test_messages_without_a_schema_need_one():
    def message(packet):
        buffer = io.BytesIO()
        fastavro.schemaless_writer(buffer, fastavro.parse_schema(ztf_schema()), packet)
        return b"\0\0\0\0\7" + buffer.getvalue()

    assert names(map(message, PACKETS), schema=ztf_schema()) == NAMES
    assert names([message(PACKETS[0])], schema=json.dumps(ztf_schema())) == NAMES[:1]
    with pytest.raises(ValueError, match="schema="):
        read_alerts([message(PACKETS[0])])


@pytest.mark.parametrize("name", ["../../outside.avro", "/tmp/outside.avro"])
def test_nothing_of_an_archive_is_written(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    assert names(archive([(name, avro(PACKETS))])) == NAMES
    assert not list(tmp_path.iterdir())


def test_links_in_archives_are_ignored(tmp_path):
    (tmp_path / "secret").write_bytes(avro(PACKETS[:1]))
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        link = tarfile.TarInfo("a.avro")
        link.type, link.linkname = tarfile.SYMTYPE, str(tmp_path / "secret")
        tar.addfile(link)
        content = avro(PACKETS[1:])
        member = tarfile.TarInfo("b.avro")
        member.size = len(content)
        tar.addfile(member, io.BytesIO(content))
    assert names(buffer.getvalue()) == NAMES[1:]


@pytest.mark.parametrize("mode", ["w", "w:gz"])
@pytest.mark.parametrize("share", [0.5, 0.7])
def test_a_truncated_archive_gives_what_is_there(mode, share):
    rng = np.random.default_rng(0)  # noise is not compressed
    parts = [
        p | {"cutoutScience": {"fileName": "", "stampData": rng.bytes(20_000)}} for p in PACKETS
    ]
    content = archive([(f"{p['candid']}.avro", avro([p])) for p in parts], mode)
    content = content[: int(share * len(content))]
    found = list(iter_packets(content))
    assert isinstance(found[0], Packet) and isinstance(found[-1], Skipped)
    with pytest.warns(DataQualityWarning, match="damaged packets"):
        assert names(content, images=False)[0] == "ZTF20a"


def test_a_damaged_member_does_not_stop_the_archive():
    damaged = [members()[0], ("bad.avro", b"Obj\x01" + b"x" * 99), ("no.txt", b"?"), members()[2]]
    with pytest.warns(DataQualityWarning, match="2 damaged packets"):
        assert names(archive(damaged)) == ["ZTF20a", "ZTF20c"]


def test_damaged_lines_of_json_are_named_by_number():
    lines = CONTENTS["json lines"].split(b"\n")
    content = b"\n".join([lines[0], b'{"candidate": ', b"[1]", *lines[1:]])
    with pytest.raises(ValueError, match="could not read any"):
        read_alerts(b"[1, 2]")
    skipped = [p.location for p in iter_packets(b"{}\n" + content) if isinstance(p, Skipped)]
    assert skipped == ["source, line 3", "source, line 4"]


@pytest.mark.parametrize(
    "content", [b"", b"hello", b"[" * 100_000, b'{"a":' * 100_000, b"[]", b"\x1f\x8b", b"BZh9"]
)
def test_content_that_is_no_alert_raises(content):
    with pytest.raises(ValueError, match="could not read any packet"):
        read_alerts(content)


def test_missing_files_raise(tmp_path):
    for path in (tmp_path, tmp_path / "none.avro", tmp_path / "*.avro"):
        with pytest.raises(FileNotFoundError, match=str(tmp_path)):
            read_alerts(path)


@pytest.mark.parametrize("source", [5, None, 1.5, [5]])
def test_other_types_raise(source):
    with pytest.raises(ValueError, match="'source' parameter"):
        read_alerts(source)


@pytest.mark.parametrize("schema", ["{", "[]x", {"type": "record"}, {"type": "nonsense"}])
def test_invalid_schemas_raise(schema):
    with pytest.raises(ValueError, match="'schema' parameter"):
        read_alerts(b"?", schema=schema)


@pytest.mark.parametrize("kind", ["json list", "json lines", "tar", "tar.gz", "xz"])
def test_damaged_bytes_raise_only_typed_errors(kind):
    rng = random.Random(0)
    for _ in range(40):
        damaged = bytearray(CONTENTS[kind])
        for _ in range(rng.choice([1, 3, 20])):
            damaged[rng.randrange(len(damaged))] ^= 1 << rng.randrange(8)
        del damaged[rng.choice([len(damaged), rng.randrange(len(damaged))]) :]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DataQualityWarning)
            try:
                assert len(read_alerts(bytes(damaged)))
            except ValueError as error:
                assert "could not read any packet" in str(error)
