"""A model file taken apart, changed, and put together again as somebody who means harm would."""

import io
import json
import zipfile

from sklearn_sn.persistence._archive import write_archive
from sklearn_sn.persistence._encode import Encoder


def files_of(path):
    """The files of an archive but for its manifest, as a dict of bytes."""
    with zipfile.ZipFile(path) as archive:
        names = [name for name in archive.namelist() if name != "manifest.json"]
        return {name: archive.read(name) for name in names}


def changed(path, change, arrays=None):
    """Write the model again with its description changed in place; all checksums are right."""
    files = files_of(path)
    description = json.loads(files["model.json"])
    description = change(description) or description
    files["model.json"] = json.dumps(description).encode()
    if arrays is not None:
        files["arrays.safetensors"] = arrays
    with open(path, "w+b") as file:
        write_archive(file, files, {})
    return path


def described(value, path="value"):
    """Description and array bytes of a single value."""
    encoder = Encoder()
    return encoder.encode(value, path), encoder.arrays.data()


def archive_of(files):
    """Bytes of an archive with right checksums."""
    file = io.BytesIO()
    write_archive(file, files, {})
    return file.getvalue()
