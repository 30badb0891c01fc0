"""Streams are read in bounded steps, know their offset, and take bytes back."""

import bz2
import gzip
import io
import lzma

import pytest

from sklearn_sn.datasets._byte_stream import MAX_BYTES, ByteStream, decompressed, inflate

CONTENT = bytes(range(256)) * 1000


def test_reading_and_putting_back():
    stream = ByteStream(io.BytesIO(CONTENT))
    assert stream.peek(4) == CONTENT[:4] and stream.offset == 0
    assert stream.read(100_000) == CONTENT[:100_000] and stream.offset == 100_000
    stream.put_back(CONTENT[50_000:100_000])
    assert stream.offset == 50_000
    assert stream.read(10) == CONTENT[50_000:50_010]
    stream.put_back(CONTENT[50_000:50_010])
    assert stream.peek(3) == CONTENT[50_000:50_003]
    assert stream.read(MAX_BYTES) == CONTENT[50_000:]
    assert stream.read(5) == b"" and stream.offset == len(CONTENT)


@pytest.mark.parametrize("n_bytes", [-1, MAX_BYTES + 1, 2**60])
def test_absurd_lengths_raise(n_bytes):
    with pytest.raises(ValueError, match="not plausible"):
        ByteStream(io.BytesIO(CONTENT)).read(n_bytes)


def test_exactly_reads_nothing_if_the_stream_is_too_short():
    stream = ByteStream(io.BytesIO(b"abc"))
    with pytest.raises(EOFError, match="2 bytes too early"):
        stream.exactly(5)
    assert stream.offset == 0 and stream.exactly(3) == b"abc"


@pytest.mark.parametrize("place", [0, 1, 65_530, 65_536, 131_070, 200_000])
def test_skip_past_finds_markers_across_steps(place):
    content = b"x" * place + b"MARKER" + b"rest"
    stream = ByteStream(io.BytesIO(content))
    assert stream.skip_past(b"MARKER")
    assert stream.offset == place + 6 and stream.read(10) == b"rest"
    assert not stream.skip_past(b"MARKER")


@pytest.mark.parametrize("compress", [gzip.compress, bz2.compress, lzma.compress, bytes])
def test_compression_is_recognised(compress):
    stream = decompressed(ByteStream(io.BytesIO(compress(CONTENT))))
    assert stream.read(MAX_BYTES) == CONTENT


def test_what_precedes_damage_is_read():
    noise = b"".join(bytes([(7 * i * i) % 251]) for i in range(100_000))
    stream = decompressed(ByteStream(io.BytesIO(gzip.compress(noise, mtime=0)[:-20])))
    start = stream.read(MAX_BYTES)
    assert start and noise.startswith(start)
    with pytest.raises(EOFError):
        stream.read(1)


def test_inflate_is_bounded():
    assert inflate(gzip.compress(CONTENT, mtime=0), 31) == CONTENT
    with pytest.raises(ValueError, match="truncated"):
        inflate(gzip.compress(CONTENT, mtime=0)[:-20], 31)
    with pytest.raises(ValueError, match="too large"):
        inflate(gzip.compress(bytes(MAX_BYTES + 1), 1), 31)
