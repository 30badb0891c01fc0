"""Read byte streams with a size limit, an offset for messages and push-back."""

import bz2
import gzip
import lzma
import zlib

MAX_BYTES = 2**26  # one Avro block, JSON document or message: 64 MiB
_STEP = 2**16


class ByteStream:
    """Read a binary stream with a limit per call, an offset and a way back.

    Parameters
    ----------
    raw : binary file object
        Stream; it is read forwards only, in steps of 64 KiB.

    Attributes
    ----------
    offset : int
        Position of the next byte.
    """

    def __init__(self, raw):
        # read1 returns what there is in front of damage, read does not.
        self._read_raw = getattr(raw, "read1", raw.read)
        self._error = None
        self._buffer, self._position = b"", 0  # bytes read from raw, and how many were returned
        self.offset = 0

    def read(self, n_bytes):
        """Return up to n_bytes bytes; fewer only at the end.

        Parameters
        ----------
        n_bytes : int
            Number of bytes.

        Returns
        -------
        bytes

        Raises
        ------
        ValueError
            If the number is negative or exceeds 64 MiB, as in a damaged file. An error of the
            stream is raised only if no byte precedes it.
        """
        if not 0 <= n_bytes <= MAX_BYTES:
            raise ValueError(f"a length of {n_bytes} bytes is not plausible")
        data = self._buffer[self._position : self._position + n_bytes]
        self._position += len(data)
        missing = n_bytes - len(data)
        if missing:
            parts, self._buffer, self._position = [data], b"", 0
            # Small steps: a wrong length must not allocate what the stream does not hold.
            while missing > 0 and (part := self._next()):
                parts.append(part[:missing])
                self._buffer, self._position = part, len(parts[-1])
                missing -= len(parts[-1])
            data = b"".join(parts)
        if n_bytes and not data and self._error is not None:
            raise self._error
        self.offset += len(data)
        return data

    def _next(self):
        """Return bytes of the underlying stream; an error counts as its end at first."""
        if self._error is None:
            try:
                return self._read_raw(_STEP)
            except Exception as error:  # streams, decompressors and archives raise many types
                self._error = error
        return b""

    def exactly(self, n_bytes):
        """Return n_bytes bytes; raise EOFError, and read nothing, if the stream ends before.

        Parameters
        ----------
        n_bytes : int
            Number of bytes.

        Returns
        -------
        bytes
        """
        data = self.read(n_bytes)
        if len(data) < n_bytes:
            self.put_back(data)
            raise EOFError(f"the file ends {n_bytes - len(data)} bytes too early")
        return data

    def put_back(self, data):
        """Put bytes back in front of the stream.

        Parameters
        ----------
        data : bytes
            The bytes last read.
        """
        self.offset -= len(data)
        if self._position >= len(data):
            self._position -= len(data)
        else:
            self._buffer, self._position = data + self._buffer[self._position :], 0

    def peek(self, n_bytes):
        """Return the next bytes without consuming them.

        Parameters
        ----------
        n_bytes : int
            Number of bytes.

        Returns
        -------
        bytes
        """
        data = self.read(n_bytes)
        self.put_back(data)
        return data

    def skip_past(self, marker):
        """Skip to the end of the next occurrence of a marker.

        Parameters
        ----------
        marker : bytes
            The bytes to find.

        Returns
        -------
        bool
            False if the stream ends without it.
        """
        tail = b""
        while part := self.read(_STEP):
            found = (tail + part).find(marker)
            if found >= 0:
                self.put_back((tail + part)[found + len(marker) :])
                return True
            tail = (tail + part)[1 - len(marker) :]
        return False


def decompressed(raw):
    """Return a stream of the content of a gzip, bzip2 or xz stream, or the stream itself.

    Parameters
    ----------
    raw : ByteStream
        Stream; the first bytes tell the compression.

    Returns
    -------
    ByteStream
    """
    start = raw.peek(6)
    if start[:2] == b"\x1f\x8b":
        return ByteStream(gzip.GzipFile(fileobj=raw))
    if start[:3] == b"BZh":
        return ByteStream(bz2.BZ2File(raw))
    if start == b"\xfd7zXZ\x00":
        return ByteStream(lzma.LZMAFile(raw))
    return raw


def inflate(data, wbits):
    """Decompress zlib data of bounded size.

    Parameters
    ----------
    data : bytes
        Compressed data.
    wbits : int
        -15 for raw deflate, 31 for gzip.

    Returns
    -------
    bytes

    Raises
    ------
    ValueError
        If the data is truncated or exceeds 64 MiB.
    """
    engine = zlib.decompressobj(wbits=wbits)
    content = engine.decompress(data, MAX_BYTES)
    if not engine.eof:
        raise ValueError("compressed data is truncated or too large")
    return content
