"""Find the files of spectra and load their content."""

import glob
import gzip
import io
import os
import zlib
from pathlib import Path

from sklearn_sn.datasets._spectrum_objects import is_spectrum_object

_SUFFIXES = (".ascii", ".asci", ".asc", ".txt", ".dat", ".csv", ".tsv", ".tab", ".flm", ".spec")
_SUFFIXES += (".sp", ".ecsv", ".lnw", ".fits", ".fit", ".fts")
_LARGEST = 2**31  # bytes, also after decompression
_BLOCK = 2**24
_GZIP = b"\x1f\x8b"
# First bytes of formats that hold no spectra, for messages.
_FOREIGN = {
    b"PK\x03\x04": "a zip archive",
    b"BZh": "a bzip2 file",
    b"\xfd7zXZ": "an xz file",
    b"\x89HDF": "an HDF5 file",
    b"PAR1": "a parquet file",
    b"%PDF": "a PDF file",
    b"\x89PNG": "an image",
    b"Obj\x01": "an Avro file",
}


def list_sources(paths: object) -> list:
    """Return the files, handles and objects that a parameter `paths` names.

    Parameters
    ----------
    paths : str, Path, file handle, Spectrum object, or list of these
        A text with ``*``, ``?`` or ``[`` that is no file is a pattern; a folder stands for its
        files with a suffix of spectra.

    Returns
    -------
    list
        Paths, file handles and Spectrum objects, without repeated paths.

    Raises
    ------
    ValueError
        If nothing is found or an item is of another type.
    FileNotFoundError
        If a path does not exist.
    """
    # A Spectrum object can be iterated over, but is one item.
    one = isinstance(paths, str | os.PathLike) or _is_handle(paths)
    items = [paths] if one or is_spectrum_object(paths) else list(_iterate(paths))
    sources, seen = [], set()
    for item in items:
        for source in _expand(item):
            key = str(source.resolve()) if isinstance(source, Path) else id(source)
            if key not in seen:
                seen.add(key)
                sources.append(source)
    if not sources:
        raise ValueError(f"The 'paths' parameter of read_spectra names no file. Got {paths!r}.")
    return sources


def label_of(source: object, position: int) -> str:
    """Return the text that names a source in messages and in the report."""
    if isinstance(source, Path):
        return str(source)
    name = getattr(source, "name", None)
    return name if isinstance(name, str) and name else f"item {position + 1}"


def stem_of(source: object) -> str | None:
    """Return the name of a file without folder and known suffixes; None without a file name."""
    name = source.name if isinstance(source, Path) else getattr(source, "name", None)
    if not isinstance(name, str) or not name:
        return None
    name = os.path.basename(name)
    for suffixes in ((".gz",), _SUFFIXES):
        suffix = next((s for s in suffixes if name.lower().endswith(s)), "")
        name = name[: len(name) - len(suffix)]
    return name or None


def load_content(source: object) -> bytes:
    """Return the content of a file or handle, decompressed.

    Parameters
    ----------
    source : Path or file handle
        A handle of text or bytes; it is read to its end and not closed.

    Returns
    -------
    bytes

    Raises
    ------
    ValueError
        If the file is empty, too large, broken or in a format that holds no spectra.
    """
    if isinstance(source, Path):
        if not source.is_file():
            raise ValueError("this is no regular file")
        with source.open("rb") as file:
            content = file.read(_LARGEST + 1)
    else:
        content = source.read(_LARGEST + 1)
        content = content.encode() if isinstance(content, str) else bytes(content)
    if content.startswith(_GZIP):
        content = _decompress(content)
    if len(content) > _LARGEST:
        raise ValueError(f"the file has more than {_LARGEST >> 20} MiB; split it")
    if not content.strip():
        raise ValueError("the file is empty")
    kind = next((name for start, name in _FOREIGN.items() if content.startswith(start)), None)
    if kind is not None:
        remedy = "; unpack it" if "zip" in kind else ""
        raise ValueError(f"this is {kind}, not a spectrum in text or FITS{remedy}")
    return content


def decode(content: bytes) -> str:
    """Return the content of a text file as text.

    Raises
    ------
    ValueError
        If the content is binary.
    """
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16", "replace")
    controls = sum(content.count(bytes([code])) for code in (*range(9), *range(14, 32), 127))
    if b"\0" in content or controls > len(content) // 100:
        raise ValueError("this is a binary file, neither text nor FITS")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def _is_handle(item):
    return hasattr(item, "read") and not isinstance(item, list)  # a SpectrumList has it, too


def _iterate(paths):
    try:
        return iter(paths)
    except TypeError:
        raise ValueError(
            "The 'paths' parameter of read_spectra must be a path, a pattern, a folder, a file "
            f"handle, a Spectrum object or a list of these. Got {type(paths).__name__} instead."
        ) from None


def _expand(item):
    """Return the sources that one item stands for."""
    if _is_handle(item) or is_spectrum_object(item):
        return [item]
    if not isinstance(item, str | os.PathLike):
        raise ValueError(
            "The 'paths' parameter of read_spectra must hold paths, file handles or Spectrum "
            f"objects. Got {type(item).__name__} instead."
        )
    path = Path(item).expanduser()
    if path.is_dir():
        files = sorted(p for p in path.iterdir() if p.is_file() and not p.name.startswith("."))
        names = {p: p.name.lower().removesuffix(".gz") for p in files}
        return [p for p in files if names[p].endswith(_SUFFIXES)]
    if not path.exists():
        found = sorted(glob.glob(str(path)))
        if not found:
            raise FileNotFoundError(f"There is no file {str(path)!r}.")
        return [Path(p) for p in found if os.path.isfile(p)]
    return [path]


def _decompress(content):
    blocks, size = [], 0
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(content)) as file:
            while block := file.read(_BLOCK):
                blocks.append(block)
                size += len(block)
                if size > _LARGEST:
                    raise ValueError(f"the file has more than {_LARGEST >> 20} MiB decompressed")
    except (OSError, EOFError, zlib.error) as error:
        raise ValueError(f"the gzip file is truncated or broken ({error})") from error
    return b"".join(blocks)
