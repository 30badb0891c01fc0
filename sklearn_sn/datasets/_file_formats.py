"""Recognise the format of a file by its content, and parse it to tables."""

import bz2
import gzip
import io
import lzma
import zlib
from pathlib import Path

from astropy.table import Table

from sklearn_sn.datasets._csv_files import csv_separator, parse_csv
from sklearn_sn.datasets._fits_files import parse_fits
from sklearn_sn.datasets._foreign_texts import reject_documents
from sklearn_sn.datasets._json_files import parse_json
from sklearn_sn.datasets._other_readers import OtherReaderError
from sklearn_sn.datasets._supernova_files import SUPERNOVA_FORMATS
from sklearn_sn.datasets._text_tables import parse_text

FORMATS = (
    ".parquet, .csv, .ecsv, .json, .fits, text of columns, SNANA, SALT2 or SNooPy, also gzipped"
)
_MAGIC = (  # bytes at the beginning of compressed files, and their readers
    (b"\x1f\x8b", gzip.decompress),
    (b"BZh", bz2.decompress),
    (b"\xfd7zXZ", lzma.decompress),
)
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")  # the second of an empty archive
_ZSTD = b"\x28\xb5\x2f\xfd"
_ERRORS = (OSError, EOFError, zlib.error, lzma.LZMAError, UnicodeDecodeError)


class _MissingFileError(FileNotFoundError, ValueError):
    """Error for a file that does not exist; like all errors of read_tables, a ValueError."""


def parse_file(data, label, parameter):
    """Parse one file to tables.

    Parameters
    ----------
    data : Path, bytes or str
        Path of the file, or its content.
    label : str or None
        Path of the file, for messages and for companion files.
    parameter : str
        Parameter of read_tables, for messages.

    Returns
    -------
    list of dict
        Arguments of Source: table, header and kind.

    Raises
    ------
    ValueError
        If the file does not exist, is damaged, or has an unsupported format.
    """
    where = label or f"the file handle given as {parameter!r}"
    if isinstance(data, Path):
        if not data.exists():
            raise _MissingFileError(
                f"The '{parameter}' parameter of read_tables must name a file of a supported "
                f"format ({FORMATS}). Got {label!r} instead, which does not exist."
            )
        if not data.is_file():
            raise ValueError(f"{where} is neither a file nor a folder.")
        with data.open("rb") as file:
            if file.read(4) == b"PAR1":
                return [{"table": _checked_parquet(data, where)}]
        data = data.read_bytes()
    return _parse_content(data, label, where)


def _parse_content(data, label, where):
    if isinstance(data, str):
        data = data.encode()
    data = _decompress(data, where)
    if data[:4] == b"PAR1":
        return [{"table": _parquet_of_bytes(data, where)}]
    if data[:9] == b"SIMPLE  =":
        return parse_fits(data, label, where)
    if data[:4] == b"Obj\x01":
        raise OtherReaderError(
            f"{where} is an Avro file; read it with sklearn_sn.datasets.read_alerts."
        )
    if data.startswith(_ZIP):
        raise ValueError(
            f"{where} is a ZIP archive, which is not read. Unpack it, and give the path of its "
            "file or folder."
        )
    if b"\0" in data[:65536] and data[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        raise ValueError(f"{where} is a binary file of an unknown format; known are {FORMATS}.")
    return _parse_text(_decode(data, where), label, where)


def _parse_text(text, label, where):
    start = text.lstrip()
    if not start:
        raise ValueError(f"{where} is empty.")
    if start[0] in "{[":
        return parse_json(text, where)
    for recognise, parse in SUPERNOVA_FORMATS:
        if recognise(start):
            return parse(start, where)
    if start.startswith("# %ECSV"):
        return [{"table": _astropy(text, "ascii.ecsv", where)}]
    if start.startswith(("<?xml", "<VOTABLE")):
        return [{"table": _astropy(text.encode(), "votable", where)}]
    if "Byte-by-byte Description" in start[:20000]:
        return [{"table": _astropy(text, "ascii.cds", where)}]
    reject_documents(text, where)
    is_ipac = any(line.startswith("|") for line in text[:20000].splitlines())
    separator = None if is_ipac else csv_separator(text)
    if separator is not None:
        return parse_csv(text, separator, where)
    return parse_text(text, where)


def _decompress(data, where):
    for magic, decompress in _MAGIC:
        if data.startswith(magic):
            try:
                return decompress(data)
            except _ERRORS as error:
                raise ValueError(
                    f"{where} is damaged and cannot be decompressed: {error}. Fetch it again."
                ) from error
    if data.startswith(_ZSTD):
        import pyarrow as pa

        try:
            return pa.CompressedInputStream(pa.BufferReader(data), "zstd").read()
        except (OSError, ValueError) as error:
            raise ValueError(f"{where} is damaged and cannot be decompressed: {error}.") from error
    return data


def _decode(data, where):
    for encoding in (
        "utf-8-sig",
        "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "latin-1",
    ):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ValueError(f"{where} is no text in UTF-8.")


def _checked_parquet(path, where):
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        pq.read_schema(path)
    except (pa.ArrowException, OSError) as error:
        raise ValueError(f"{where} is a damaged parquet file: {error}.") from error
    return path


def _parquet_of_bytes(data, where):
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return pq.read_table(pa.BufferReader(data))
    except (pa.ArrowException, OSError) as error:
        raise ValueError(f"{where} is a damaged parquet file: {error}.") from error


def _astropy(data, kind, where):
    try:
        source = io.BytesIO(data) if isinstance(data, bytes) else data
        return Table.read(source, format=kind)
    except Exception as error:  # astropy's parsers raise many types
        raise ValueError(f"{where} cannot be read as {kind}: {error}") from error
