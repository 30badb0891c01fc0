"""Files are recognised by their content, whatever their name, compression and container."""

import bz2
import gzip
import io
import json
import lzma
import shutil
import zipfile
from pathlib import Path

import pandas as pd
import pytest
from astropy.table import Table
from hypothesis import given, settings
from hypothesis import strategies as st

from sklearn_sn.data import as_ragged
from sklearn_sn.datasets import read_tables

FOLDER = Path(__file__).parent / "files"
POINTS = pd.DataFrame(
    {
        "object_id": ["a", "a", "b"],
        "mjd": [59000.0, 59001.0, 59002.0],
        "band": ["ztfg", "ztfr", "ztfg"],
        "flux": [1.0, 2.0, 3.0],
        "flux_err": [0.1, 0.2, 0.3],
    }
)


def fluxes(*tables, **parameters):
    return as_ragged(read_tables(*tables, **parameters)["light_curve"])["flux"].tolist()


def write(path, kind):
    table = Table.from_pandas(POINTS)
    if kind in ("fits", "votable", "ascii.ipac", "ascii.fixed_width_two_line", "ascii.ecsv"):
        table.write(path, format=kind)
    elif kind == "records":
        POINTS.to_json(path, orient="records")
    elif kind == "columns":
        path.write_text(json.dumps(POINTS.to_dict("list")))
    elif kind == "to_json":
        POINTS.to_json(path)
    elif kind == "lines":
        POINTS.to_json(path, orient="records", lines=True)
    elif kind == "parquet":
        POINTS.to_parquet(path)
    else:
        text = POINTS.to_csv(sep={"csv": ",", "tabs": "\t"}.get(kind, " "), index=False)
        path.write_text("# " + text if kind == "commented" else text)


@pytest.mark.parametrize(
    "kind",
    [
        *("fits", "votable", "ascii.ipac", "ascii.fixed_width_two_line", "ascii.ecsv", "records"),
        *("columns", "to_json", "lines", "parquet", "csv", "tabs", "blanks", "commented"),
    ],
)
@pytest.mark.parametrize("compress", [None, gzip.compress, bz2.compress, lzma.compress])
def test_formats_and_compressions(kind, compress, tmp_path):
    path = tmp_path / "points.dat"
    write(path, kind)
    if compress is not None:
        path.write_bytes(compress(path.read_bytes()))
    X = read_tables(path)
    assert list(X.index) == ["a", "b"]
    assert as_ragged(X["light_curve"])["flux"].tolist() == [1.0, 2.0, 3.0]
    with path.open("rb") as handle:
        assert fluxes(handle) == [1.0, 2.0, 3.0]


def test_globs_folders_lists_and_handles(tmp_path):
    names = ("atlas_forced.txt", "ztf_forced.txt")
    for name in names:
        shutil.copy(FOLDER / name, tmp_path / name)
    (tmp_path / "README.md").write_text("no table")
    paths = [tmp_path / name for name in names]
    handles = [io.StringIO(path.read_text()) for path in paths]
    for handle, path in zip(handles, paths, strict=True):
        handle.name = str(path)
    for where in (tmp_path, str(tmp_path / "*.txt"), paths, handles):
        X = read_tables(where)
        assert list(X.index) == ["atlas_forced", "ztf_forced"]
        assert as_ragged(X["light_curve"]).lengths.tolist() == [4, 4]
        assert X["dec"].tolist() == [12.25, 14.5]
    with pytest.raises(ValueError, match="No file of a table"):
        read_tables(str(tmp_path / "*.parquet"))


def test_the_object_of_a_file_is_named_by_header_stem_or_argument():
    path = FOLDER / "atlas_forced.txt"
    assert list(read_tables(path, object_id="SN x").index) == ["SN x"]
    text = path.read_text()
    assert list(read_tables(io.StringIO(text), object_id=5).index) == [5]
    with pytest.raises(ValueError, match="object_id="):
        read_tables(io.StringIO(text))
    with pytest.raises(ValueError, match="has 2 objects"):
        read_tables(FOLDER / "alerce_detections.csv", object_id="SN x")


def test_either_file_of_snana_finds_the_other(tmp_path):
    expected = read_tables(FOLDER / "snana_fits_HEAD.FITS")
    pd.testing.assert_frame_equal(read_tables(FOLDER / "snana_fits_PHOT.FITS"), expected)
    for part in ("HEAD", "PHOT"):
        shutil.copy(FOLDER / f"snana_fits_{part}.FITS", tmp_path)
    (tmp_path / "VERSION.LIST").write_text("snana_fits_HEAD.FITS\n")
    pd.testing.assert_frame_equal(read_tables(tmp_path), expected)
    shutil.copy(FOLDER / "snana_fits_PHOT.FITS", tmp_path / "alone.FITS")
    with pytest.raises(ValueError, match="HEAD file is needed"):
        read_tables(tmp_path / "alone.FITS")


def test_one_table_in_memory_is_recognised_too():
    assert fluxes(POINTS) == [1.0, 2.0, 3.0]
    assert fluxes([POINTS, POINTS.assign(object_id="c")]) == [1.0, 2.0, 3.0, 1.0, 2.0, 3.0]
    pixels = pd.DataFrame({"object_id": "a", "wavelength": [4e3, 5e3], "flux": 1.0})
    assert list(read_tables(pixels)) == ["spectrum"]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("a,59000,ztfg,1,0.1,9", r"line 3: 6 fields, but the header has 5"),
        ("a,59000,ztfg,1", r"line 3: 4 fields, but the header has 5"),
        ('"a,x",59000,ztfg,1', r"line 3: 4 fields, but the header has 5"),
    ],
)
def test_shifted_lines_are_rejected_with_file_and_line(line, message, tmp_path):
    path = tmp_path / "points.csv"
    good = "object_id,mjd,band,flux,flux_err\na,59001,ztfg,1,0.1\n"
    path.write_text(f"{good}{line}\n")
    for arguments in ((path,), (None, path)):
        with pytest.raises(ValueError, match=rf"points\.csv, {message}"):
            read_tables(*arguments)
    path.write_text(good.replace("0.1\n", "0.1,\n"))  # every line ends in a separator
    assert fluxes(path) == [1.0]
    path.write_text("object_id,mjd,band,flux\na,59000,ztfg,1,2\nb,59000,ztfg,3,4\n")
    with pytest.raises(ValueError, match="line 2: 5 fields"):
        read_tables(path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (gzip.compress(b"object_id,mjd\n" * 100, mtime=0)[:40], "damaged"),
        (b"PAR1" + b"\0" * 50, "damaged parquet"),
        (b"SIMPLE  =                    T" + b"\0" * 90, "damaged FITS"),
        (b'{"a": [1, 2', "damaged JSON"),
        (bytes(range(256)), "binary file"),
        (b"", "is empty"),
        (b"Obj\x01" + b"\0" * 50, "read_alerts"),
        (b"4000.0 1.0\n5000.0 2.0\n", "read_spectra"),
    ],
)
def test_damaged_and_foreign_files_are_named(content, message, tmp_path):
    path = tmp_path / "points.csv"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=message) as caught:
        read_tables(None, path)
    assert "points.csv" in str(caught.value)


NAMES = sorted(p.name for p in FOLDER.iterdir() if p.with_name(p.name + ".json").exists())


@given(data=st.data(), name=st.sampled_from(NAMES))
@settings(derandomize=True, max_examples=150, deadline=None)
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_a_damaged_file_raises_nothing_but_value_errors(data, name):
    content = bytearray((FOLDER / name).read_bytes())
    at = data.draw(st.integers(0, len(content) - 1))
    how = data.draw(st.sampled_from(["cut", "change", "insert", "delete"]))
    if how == "cut":
        content = content[:at]
    elif how == "change":
        content[at] = data.draw(st.integers(0, 255))
    elif how == "insert":
        content[at:at] = data.draw(st.sampled_from([b",", b"\n", b"nan", b"-999", b'"', b"\xff"]))
    else:
        del content[at : at + 20]
    handle = io.BytesIO(bytes(content))
    handle.name = str(FOLDER / name)
    try:
        X = read_tables(handle)
    except ValueError:
        return
    assert isinstance(X, pd.DataFrame)


def test_a_missing_file_is_a_missing_file():
    with pytest.raises(FileNotFoundError, match="does not exist"):
        read_tables("nowhere.csv")


def test_zip_archives_are_rejected_with_a_remedy(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("a.csv", POINTS.to_csv(index=False))
    with pytest.raises(ValueError, match=r"a\.zip is a ZIP archive.*Unpack it"):
        read_tables(tmp_path / "a.zip")
