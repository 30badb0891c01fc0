"""Files of spectra and their content."""

import gzip
import io
from pathlib import Path
from types import SimpleNamespace

import pytest

from sklearn_sn.datasets._spectrum_files import (
    decode,
    label_of,
    list_sources,
    load_content,
    stem_of,
)


def test_folders_and_patterns_stand_for_their_files(tmp_path):
    for name in ("b.dat", "a.TXT.gz", ".c.dat", "notes.pdf"):
        (tmp_path / name).write_text("4000 1\n")
    (tmp_path / "d.dat").mkdir()
    assert [path.name for path in list_sources(tmp_path)] == ["a.TXT.gz", "b.dat"]
    first = tmp_path / "b.dat"
    assert list_sources([str(tmp_path / "*.dat"), first]) == [first]  # not twice
    handle = io.StringIO("4000 1\n")
    spectrum = SimpleNamespace(spectral_axis=[1], flux=[1])
    assert list_sources([handle, spectrum, handle]) == [handle, spectrum]


def test_paths_that_name_nothing_are_rejected(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"There is no file .*x\.dat"):
        list_sources(tmp_path / "x.dat")
    for paths, message in ((tmp_path, "names no file"), (1, "Got int"), ([1], "must hold paths")):
        with pytest.raises(ValueError, match=message):
            list_sources(paths)


def test_labels_and_stems():
    assert label_of(Path("x/a.dat"), 0) == "x/a.dat"
    assert label_of(io.BytesIO(), 2) == "item 3"
    assert stem_of(Path("x/SN2099ab.v1.FITS.gz")) == "SN2099ab.v1"
    assert stem_of(SimpleNamespace(name="y/a.unknown")) == "a.unknown"
    assert stem_of(SimpleNamespace(name=3)) is None and stem_of(Path(".dat")) is None


def test_content_is_decompressed_and_decoded(tmp_path):
    (tmp_path / "a.gz").write_bytes(gzip.compress(b"4000 1\n", mtime=0))
    assert load_content(tmp_path / "a.gz") == b"4000 1\n"
    assert load_content(io.StringIO("Å")) == "Å".encode()
    assert decode("Å".encode()) == decode("Å".encode("latin-1")) == "Å"
    assert decode("Å".encode("utf-16")).endswith("Å")


@pytest.mark.parametrize(
    "content, message",
    [
        (b" \n", "the file is empty"),
        (b"PK\x03\x04...", "a zip archive, not a spectrum in text or FITS; unpack it"),
        (gzip.compress(b"4000 1\n" * 99, mtime=0)[:-9], "truncated or broken"),
    ],
)
def test_content_that_holds_no_spectrum_is_rejected(tmp_path, content, message):
    with pytest.raises(ValueError, match=message):
        load_content(io.BytesIO(content))
    with pytest.raises(ValueError, match="no regular file"):
        load_content(tmp_path)
    with pytest.raises(ValueError, match="neither text nor FITS"):
        decode(b"4000 1\0")
