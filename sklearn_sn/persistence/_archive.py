"""The container: an uncompressed zip archive that ends in its own checksum."""

import hashlib
import os
import stat
import struct
import zipfile

from sklearn_sn.persistence._errors import ModelFileError
from sklearn_sn.persistence._json import read_json, write_json

FORMAT = "sklearn-sn model"
VERSION = 1
MANIFEST = "manifest.json"
# The files of version 1, and how large each may be: what is parsed as JSON takes ten times its
# size in memory.
LIMITS = {
    "model.json": 256 * 2**20,
    "card.json": 4 * 2**20,
    "card.md": 4 * 2**20,
    "arrays.safetensors": 2**40,
}
_MARK = b"sha256:"
_TAIL = len(_MARK) + 64
_END = struct.Struct("<4s4H2LH")  # the end record of a zip archive (APPNOTE.TXT, 4.3.16)
_CHUNK = 2**20


def write_archive(file, files, packages):
    """Write an archive.

    Parameters
    ----------
    file : binary file, open for reading and writing, empty
    files : dict of str to bytes
        All of `LIMITS`.
    packages : dict of str to str
        Versions of the packages in use.
    """
    for name, data in files.items():
        if len(data) > LIMITS[name]:
            raise ValueError(
                f"The model is too large: its {name} takes {len(data)} bytes of {LIMITS[name]} "
                "allowed. Large objects belong into arrays, not into lists or object arrays."
            )
    manifest = {
        "format": FORMAT,
        "version": VERSION,
        "packages": packages,
        "files": {
            name: {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
            for name, data in files.items()
        },
    }
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for name, data in {MANIFEST: write_json(manifest), **files}.items():
            # A fixed date: the same model gives the same bytes.
            info = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            info.external_attr = (stat.S_IFREG | 0o644) << 16
            archive.writestr(info, data)
        archive.comment = _MARK + b"0" * 64
    file.seek(0, os.SEEK_END)
    size = file.tell()
    digest = _digest(file, size - 64)
    file.seek(size - 64)
    file.write(digest)


def read_archive(file, name, wanted=tuple(LIMITS)):
    """Read the files of an archive, having checked all that can be checked before.

    Parameters
    ----------
    file : binary file, open for reading
    name : str
        What messages call it.
    wanted : sequence of str
        The files to read.

    Returns
    -------
    files : dict of str to bytes
    manifest : dict

    Raises
    ------
    ModelFileError
        Naming the file, what is wrong, and what to do.
    """
    size = _check_whole(file, name)
    _check_end(file, name, size)
    try:
        with zipfile.ZipFile(file) as archive:
            infos = _check_members(archive.infolist(), name, size)
            manifest = _check_manifest(_read(archive, infos[MANIFEST], 2**20, name), infos, name)
            files = {}
            for member in wanted:
                data = _read(archive, infos[member], LIMITS[member], name)
                if hashlib.sha256(data).hexdigest() != manifest["files"][member]["sha256"]:
                    raise ModelFileError(
                        f"{name} is damaged: {member} differs from its manifest. Get a new copy."
                    )
                files[member] = data
    except ModelFileError:
        raise
    except (zipfile.BadZipFile, EOFError, ValueError, KeyError, NotImplementedError) as error:
        raise ModelFileError(f"{name} is damaged ({error}). Get a new copy.") from error
    return files, manifest


def _digest(file, n_bytes):
    """Hexadecimal SHA-256 of the first bytes of a file."""
    total = hashlib.sha256()
    file.seek(0)
    while n_bytes:
        data = file.read(min(n_bytes, _CHUNK))
        if not data:
            break
        total.update(data)
        n_bytes -= len(data)
    return total.hexdigest().encode("ascii")


def _check_whole(file, name):
    """Size of a file that is of our kind, and as it was written."""
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    if size == 0:
        raise ModelFileError(f"{name} is empty. Get a new copy, or save the model again.")
    if file.read(4) != b"PK\x03\x04":
        raise ModelFileError(
            f"{name} is no model of sklearn-sn. Files of pickle, joblib or torch.save are never "
            "opened; a model is written by sklearn_sn.persistence.save_model."
        )
    file.seek(max(size - _TAIL, 0))
    tail = file.read()
    if not tail.startswith(_MARK):
        raise ModelFileError(
            f"{name} does not end in a checksum: it is cut short, or no model of sklearn-sn. "
            "Get a new copy."
        )
    if _digest(file, size - 64) != tail[len(_MARK) :]:
        raise ModelFileError(
            f"{name} is damaged: its bytes do not match its checksum. Get a new copy."
        )
    return size


def _check_end(file, name, size):
    """Refuse a long table of contents before it is read."""
    file.seek(max(size - _TAIL - _END.size, 0))
    record = file.read(_END.size)
    if len(record) == _END.size:
        mark, _, _, _, n_files, table_size, _, comment = _END.unpack(record)
        if mark == b"PK\x05\x06" and comment == _TAIL and n_files <= 16 and table_size <= 2**14:
            return
    raise ModelFileError(f"{name} has a table of contents that no model has. Get a new copy.")


def _check_members(infos, name, size):
    """Every expected file once, plainly stored, no larger than the archive; nothing else."""
    expected = {MANIFEST, *LIMITS}
    names = [info.filename for info in infos]
    for member in names:
        if member not in expected:
            raise ModelFileError(f"{name} holds the file {member!r}, which no model has.")
    for member in sorted(expected):
        if names.count(member) != 1:
            raise ModelFileError(f"{name} holds {member} {names.count(member)} times, not once.")
    for info in infos:
        plain = info.compress_type == zipfile.ZIP_STORED and not info.flag_bits & 0x1
        if not plain or info.compress_size != info.file_size:
            raise ModelFileError(
                f"{name} holds {info.filename} compressed or encrypted; a model is stored as it is."
            )
        if stat.S_IFMT(info.external_attr >> 16) != stat.S_IFREG:
            raise ModelFileError(f"{name} holds {info.filename} as a link, not as a file.")
    if sum(info.file_size for info in infos) > size:
        raise ModelFileError(f"{name} claims files that are larger than itself. Get a new copy.")
    return {info.filename: info for info in infos}


def _read(archive, info, limit, name):
    if info.file_size > limit:
        raise ModelFileError(
            f"{name} holds {info.filename} of {info.file_size} bytes; {limit} are allowed."
        )
    return archive.read(info)


def _check_manifest(data, infos, name):
    manifest = read_json(data, f"The manifest of {name}")
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise ModelFileError(f"{name} is no model of sklearn-sn: its manifest is of another kind.")
    version = manifest.get("version")
    if type(version) is not int or version < 1:
        raise ModelFileError(f"{name} has the unknown format version {version!r}.")
    if version > VERSION:
        raise ModelFileError(
            f"{name} has format version {version}, and this sklearn-sn reads up to {VERSION}: "
            "upgrade sklearn-sn."
        )
    files, packages = manifest.get("files"), manifest.get("packages")
    if not isinstance(packages, dict) or not all(isinstance(v, str) for v in packages.values()):
        raise ModelFileError(f"{name} does not say with which packages it was saved.")
    if not isinstance(files, dict) or set(files) != set(LIMITS):
        raise ModelFileError(f"{name} has a manifest that does not list its files.")
    for member, entry in files.items():
        if not isinstance(entry, dict) or set(entry) != {"bytes", "sha256"}:
            raise ModelFileError(f"{name} has a manifest without the checksum of {member}.")
        if entry["bytes"] != infos[member].file_size:
            raise ModelFileError(
                f"{name} is damaged: {member} has {infos[member].file_size} bytes, not "
                f"{entry['bytes']!r}. Get a new copy."
            )
    return manifest
