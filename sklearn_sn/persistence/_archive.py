"""Read and write the container: an uncompressed zip archive that ends in its checksum."""

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
# The files of version 1 and their maximum sizes in bytes. The JSON files have lower limits because
# parsed JSON takes about ten times its size in memory.
LIMITS = {
    "model.json": 256 * 2**20,
    "card.json": 4 * 2**20,
    "card.md": 4 * 2**20,
    "arrays.safetensors": 2**40,
}
_CHECKSUM_PREFIX = b"sha256:"
_COMMENT_SIZE = len(_CHECKSUM_PREFIX) + 64
_END_RECORD = struct.Struct("<4s4H2LH")  # the end record of a zip archive (APPNOTE.TXT, 4.3.16)
_BYTES_PER_READ = 2**20


def write_archive(file, files, packages):
    """Write an archive.

    Parameters
    ----------
    file : binary file
        Empty file, open for reading and writing.
    files : dict of str to bytes
        Content of each file in `LIMITS`.
    packages : dict of str to str
        Versions of the packages in use.

    Raises
    ------
    ValueError
        If a file is larger than its limit.
    """
    for name, data in files.items():
        if len(data) > LIMITS[name]:
            raise ValueError(
                f"The model is too large: its {name} takes {len(data)} bytes, and "
                f"{LIMITS[name]} are allowed. Store large objects in numeric arrays, not in "
                "lists or object arrays."
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
            # With a fixed date, equal models give equal bytes.
            info = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            info.external_attr = (stat.S_IFREG | 0o644) << 16
            archive.writestr(info, data)
        # The digest covers all bytes before it, so it is filled in after the archive is closed.
        archive.comment = _CHECKSUM_PREFIX + b"0" * 64
    file.seek(0, os.SEEK_END)
    size = file.tell()
    digest = _digest(file, size - 64)
    file.seek(size - 64)
    file.write(digest)


def read_archive(file, name, wanted=tuple(LIMITS)):
    """Verify an archive and read files from it.

    Parameters
    ----------
    file : binary file
        The archive, open for reading.
    name : str
        Name of the archive in error messages.
    wanted : sequence of str
        Names of the files to read.

    Returns
    -------
    files : dict of str to bytes
        Content of each wanted file.
    manifest : dict
        The manifest of the archive.

    Raises
    ------
    ModelFileError
        If a check fails. The message names the archive, the defect and the remedy.
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
    """Return the hexadecimal SHA-256 of the first `n_bytes` of a file."""
    digest = hashlib.sha256()
    file.seek(0)
    while n_bytes:
        data = file.read(min(n_bytes, _BYTES_PER_READ))
        if not data:
            break
        digest.update(data)
        n_bytes -= len(data)
    return digest.hexdigest().encode("ascii")


def _check_whole(file, name):
    """Check the signature and the checksum of a file, and return its size in bytes."""
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    if size == 0:
        raise ModelFileError(f"{name} is empty. Get a new copy, or save the model again.")
    if file.read(4) != b"PK\x03\x04":
        raise ModelFileError(
            f"{name} is not a model of sklearn-sn. Files of pickle, joblib or torch.save are never "
            "opened; a model is written by sklearn_sn.persistence.save_model."
        )
    file.seek(max(size - _COMMENT_SIZE, 0))
    tail = file.read()
    if not tail.startswith(_CHECKSUM_PREFIX):
        raise ModelFileError(
            f"{name} does not end in a checksum: it is cut short, or not a model of sklearn-sn. "
            "Get a new copy."
        )
    if _digest(file, size - 64) != tail[len(_CHECKSUM_PREFIX) :]:
        raise ModelFileError(
            f"{name} is damaged: its bytes do not match its checksum. Get a new copy."
        )
    return size


def _check_end(file, name, size):
    """Reject a long table of contents before zipfile reads it."""
    file.seek(max(size - _COMMENT_SIZE - _END_RECORD.size, 0))
    record = file.read(_END_RECORD.size)
    if len(record) == _END_RECORD.size:
        signature, _, _, _, n_files, table_size, _, comment_size = _END_RECORD.unpack(record)
        if (
            signature == b"PK\x05\x06"
            and comment_size == _COMMENT_SIZE
            and n_files <= 16
            and table_size <= 2**14
        ):
            return
    raise ModelFileError(f"{name} has an invalid table of contents. Get a new copy.")


def _check_members(infos, name, size):
    """Check the members of an archive and return them by name.

    Each expected file must occur once, uncompressed, unencrypted and not as a link. The sum of the
    sizes must not exceed the size of the archive.
    """
    expected = {MANIFEST, *LIMITS}
    names = [info.filename for info in infos]
    for member in names:
        if member not in expected:
            raise ModelFileError(f"{name} contains the file {member!r}, which no model has.")
    for member in sorted(expected):
        if names.count(member) != 1:
            raise ModelFileError(f"{name} contains {member} {names.count(member)} times, not once.")
    for info in infos:
        stored = info.compress_type == zipfile.ZIP_STORED
        encrypted = info.flag_bits & 0x1
        if not stored or encrypted or info.compress_size != info.file_size:
            raise ModelFileError(
                f"{name} contains {info.filename} compressed or encrypted; a model is stored "
                "uncompressed."
            )
        if stat.S_IFMT(info.external_attr >> 16) != stat.S_IFREG:
            raise ModelFileError(f"{name} contains {info.filename} as a link, not as a file.")
    if sum(info.file_size for info in infos) > size:
        raise ModelFileError(f"{name} declares files that are larger than itself. Get a new copy.")
    return {info.filename: info for info in infos}


def _read(archive, info, limit, name):
    if info.file_size > limit:
        raise ModelFileError(
            f"{name} contains {info.filename} with {info.file_size} bytes; {limit} are allowed."
        )
    return archive.read(info)


def _check_manifest(data, infos, name):
    manifest = read_json(data, f"The manifest of {name}")
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise ModelFileError(
            f"{name} is not a model of sklearn-sn: its manifest is of another kind."
        )
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
        raise ModelFileError(f"{name} does not state with which packages it was saved.")
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
