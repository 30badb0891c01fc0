"""Damaged and malicious containers are refused, with words that help."""

import hashlib
import io
import json
import pickle
import stat
import struct
import warnings
import zipfile

import numpy as np
import pytest
from sklearn.preprocessing import StandardScaler

from sklearn_sn.persistence import ModelFileError, load_model, read_card, save_model
from sklearn_sn.persistence._archive import MANIFEST
from tests.persistence.tampering import files_of


@pytest.fixture
def path(tmp_path):
    save_model(StandardScaler().fit(np.eye(3)), tmp_path / "a.snmodel", card="A card.")
    return tmp_path / "a.snmodel"


def sealed(members, **settings):
    """An archive of (name or ZipInfo, bytes) pairs that ends in its right checksum."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", **settings) as archive, warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Duplicate name")
        for info, data in members:
            if isinstance(info, str):
                info = zipfile.ZipInfo(info)
                info.external_attr = (stat.S_IFREG | 0o644) << 16
                info.compress_type = settings.get("compression", zipfile.ZIP_STORED)
            archive.writestr(info, data)
        archive.comment = b"sha256:" + b"0" * 64
    return reseal(file.getvalue())


def reseal(data):
    return data[:-64] + hashlib.sha256(data[:-64]).hexdigest().encode()


def members(path):
    with zipfile.ZipFile(path) as archive:
        return [(name, archive.read(name)) for name in archive.namelist()]


def refused(path, data, match):
    path.write_bytes(data)
    for reader in (load_model, read_card):
        with pytest.raises(ModelFileError, match=match) as caught:
            reader(path)
    assert path.name in str(caught.value)


def test_every_flipped_byte_is_found(path):
    data = path.read_bytes()
    for place in [*range(0, len(data), 97), *range(len(data) - 90, len(data))]:
        flipped = bytearray(data)
        flipped[place] ^= 0x20
        path.write_bytes(flipped)
        with pytest.raises(ModelFileError):
            load_model(path)


def test_every_truncation_is_found(path):
    data = path.read_bytes()
    for length in [*range(0, 40), *range(40, len(data), 211), *range(len(data) - 100, len(data))]:
        path.write_bytes(data[:length])
        with pytest.raises(ModelFileError):
            load_model(path)


def test_an_empty_file(path):
    refused(path, b"", "is empty. Get a new copy")


def test_something_appended(path):
    refused(path, path.read_bytes() + b"x", "cut short")


class Canary:
    """Leaves a file behind when unpickled."""

    def __init__(self, path):
        self.path = str(path)

    def __reduce__(self):
        return open, (self.path, "w")


def test_a_pickle_is_never_opened(path, tmp_path):
    canary = tmp_path / "canary"
    data = pickle.dumps(Canary(canary))
    refused(path, data, "never opened; a model is written by")
    refused(path, sealed([*members(path_of_model(tmp_path)), ("evil.pkl", data)]), "'evil.pkl'")
    assert not canary.exists()


def path_of_model(folder):
    save_model(StandardScaler().fit(np.eye(3)), folder / "fresh", overwrite=True)
    return folder / "fresh"


@pytest.mark.parametrize(
    "name",
    ["../../evil.json", "/etc/passwd", "extra.json", "model.json/", "a\\b", "MODEL.JSON"],
)
def test_files_that_no_model_has(path, name):
    refused(path, sealed([*members(path), (name, b"{}")]), "which no model has")


def test_a_missing_file(path):
    for i in range(5):
        held = members(path_of_model(path.parent))
        del held[i]
        refused(path, sealed(held), "0 times, not once")


def test_a_file_twice(path):
    refused(path, sealed([*members(path), ("model.json", b"{}")]), "model.json 2 times")


def test_swapped_files(path):
    held = dict(members(path))
    held["model.json"], held["card.json"] = held["card.json"], held["model.json"]
    refused(path, sealed(held.items()), "is damaged: .* bytes, not")


def test_a_changed_file_behind_a_right_seal(path):
    held = dict(members(path))
    for name in ("model.json", "card.json"):
        changed = dict(held)
        changed[name] = held[name].replace(b"a", b"b", 1)
        path.write_bytes(sealed(changed.items()))
        with pytest.raises(ModelFileError, match=f"{name} differs from its manifest"):
            (read_card if name == "card.json" else load_model)(path)


def test_a_compressed_archive_bomb(path):
    held = dict(members(path))
    held["arrays.safetensors"] = b"0" * 10**7
    refused(path, sealed(held.items(), compression=zipfile.ZIP_DEFLATED), "compressed or encrypted")


def test_a_link_inside(path):
    held = []
    for name, data in members(path):
        info = zipfile.ZipInfo(name)
        kind = stat.S_IFLNK if name == "model.json" else stat.S_IFREG
        info.external_attr = (kind | 0o777) << 16
        held.append((info, data))
    refused(path, sealed(held), "model.json as a link")


def test_a_file_claims_more_than_there_is(path):
    data = bytearray(path.read_bytes())
    start = data.rfind(b"PK\x01\x02")  # the last entry of the table: the arrays
    struct.pack_into("<2L", data, start + 20, 2**31, 2**31)
    refused(path, reseal(bytes(data)), "larger than itself")


def test_a_long_table_of_contents(path):
    extra = [(f"{i}", b"") for i in range(20)]
    refused(path, sealed([*members(path), *extra]), "table of contents")


def test_an_archive_that_is_no_model(path):
    refused(path, sealed([("a.txt", b"hello")]), "'a.txt', which no model has")
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a.txt", "hello")
    refused(path, file.getvalue(), "does not end in a checksum")


def with_manifest(path, **changes):
    held = dict(members(path))
    manifest = json.loads(held[MANIFEST]) | changes
    held[MANIFEST] = json.dumps(manifest).encode()
    return sealed(held.items())


@pytest.mark.parametrize(
    ("changes", "match"),
    [
        ({"version": 2}, "reads up to 1: upgrade sklearn-sn"),
        ({"version": 0}, "unknown format version 0"),
        ({"version": True}, "unknown format version True"),
        ({"version": "1"}, "unknown format version '1'"),
        ({"format": "something"}, "of another kind"),
        ({"packages": {"numpy": 2}}, "with which packages"),
        ({"files": {}}, "does not list its files"),
        ({"files": None}, "does not list its files"),
    ],
)
def test_manifests(path, changes, match):
    refused(path, with_manifest(path, **changes), match)


def test_a_manifest_with_wrong_entries(path):
    files = json.loads(dict(members(path))[MANIFEST])["files"]
    wrong = files | {"model.json": {"bytes": 10**12, "sha256": "0" * 64}}
    refused(path, with_manifest(path, files=wrong), "bytes, not 1000000000000")
    wrong = files | {"model.json": {"bytes": 3}}
    refused(
        path_of_model(path.parent),
        with_manifest(path_of_model(path.parent), files=wrong),
        "checksum",
    )


def test_an_empty_manifest(path):
    held = dict(members(path))
    held[MANIFEST] = b""
    refused(path, sealed(held.items()), "The manifest of .* no valid JSON")


def test_the_card_can_be_read_without_tools_of_ours(path):
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        assert "A card." in archive.read("card.md").decode()
    assert set(files_of(path)) == {"model.json", "card.json", "card.md", "arrays.safetensors"}


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="nothing"):
        load_model(tmp_path / "nothing")
