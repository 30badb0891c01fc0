"""Paths, patterns, folders, handles and tables are opened as sources."""

import io

import numpy as np
import pandas as pd
import pytest
from astropy.table import Table

from sklearn_sn.datasets import read_tables
from sklearn_sn.datasets._sources import Source, list_files, open_sources

TEXT = "objectId,mjd\n{},1.5\n"


@pytest.fixture
def folder(tmp_path):
    for name in ("b.csv", "a.csv"):
        (tmp_path / name).write_text(TEXT.format(name[0]))
    (tmp_path / "README.md").write_text("no table")
    (tmp_path / ".hidden.csv").write_text("no table")
    (tmp_path / "sub").mkdir()
    return tmp_path


def stems(given):
    return [source.stem for source in open_sources(given, "light_curves")]


def test_folders_patterns_and_lists(folder):
    assert stems(folder) == ["a", "b"]
    assert stems(str(folder / "*.csv")) == ["a", "b"]
    assert stems([folder / "b.csv", str(folder / "a.csv")]) == ["b", "a"]
    assert [s.table["objectId"][0] for s in open_sources(folder, "x")] == ["a", "b"]
    with pytest.raises(ValueError, match=r"No file of a table is found at .*none"):
        stems(folder / "none*.csv")
    with pytest.raises(ValueError, match="No file of a table"):
        stems(folder / "sub")


def test_companions_of_snana_are_opened_once(tmp_path):
    for name in ("V_HEAD.FITS", "V_PHOT.FITS", "V.LIST", "W_PHOT.FITS.gz"):
        (tmp_path / name).touch()
    found = [path.name for path in list_files(tmp_path)]
    assert found == ["V_HEAD.FITS", "W_PHOT.FITS.gz"]


def test_names_of_columns_and_files(tmp_path):
    frame = pd.DataFrame({"x": [1], 2: [3]}, index=pd.Index(["a"], name="sn"))
    assert Source(frame).names == ["sn", "x", "2"] and Source(frame).stem is None
    assert Source(Table({"x": [1]})).names == ["x"]
    frame.columns = ["x", "y"]
    frame.rename_axis(None).to_parquet(tmp_path / "f.parquet")
    assert Source(tmp_path / "f.parquet").names == ["x", "y"]
    stem = Source(frame, label="/x/SN.2011fe.csv.gz").stem
    assert stem == "SN.2011fe"
    assert Source(frame, label="/x/SN.2011fe.tsv").stem == "SN.2011fe"


def test_handles_and_unsupported_arguments():
    (source,) = open_sources(io.StringIO(TEXT.format("c")), "light_curves")
    assert source.label is None and source.table["objectId"].tolist() == ["c"]
    with pytest.raises(ValueError, match="The 'objects' parameter of read_tables must be"):
        open_sources([], "objects")


@pytest.mark.parametrize(
    ("given", "remedy"),
    [
        (pd.Series([1.0], name="flux"), r"the table of which it is a column, or Series\.to_frame"),
        (pd.Series([{}], name="light_curve"), "a column of a table of objects"),
        ({"x": [1]}, r"with pandas\.DataFrame"),
        ({"a": pd.DataFrame()}, r"pandas\.concat\(tables, names=\['object_id'\]\)"),
        (np.zeros(2, dtype=[("mjd", float)]), r"with pandas\.DataFrame"),
        ([{"x": 1}], r"a list of dicts with pandas\.DataFrame"),
        ([pd.DataFrame(), pd.Series([1.0])], "item 1 is of type Series"),
        ([], "It is empty"),
        (1.5, "Got float instead"),
    ],
)
def test_the_remedy_follows_from_the_type(given, remedy):
    with pytest.raises(ValueError, match=f"Got {type(given).__name__} instead.*{remedy}|{remedy}"):
        open_sources(given, "light_curves")


def test_remedies_for_series_and_dicts_work():
    points = pd.DataFrame({"mjd": [1.0, 2.0], "band": ["ztfg", "ztfr"], "flux": [3.0, 4.0]})
    series = points.assign(object_id="a").set_index(["object_id", "mjd", "band"])["flux"]
    several = {"a": points, "b": points}
    for table, names in (
        (series.to_frame(), ["a"]),
        (pd.concat(several, names=["object_id"]), ["a", "b"]),
        (pd.concat([points, points], keys=["a", "b"], names=["object_id"]), ["a", "b"]),
    ):
        # Times near 0 are no MJD; here they only have to be told apart.
        X = read_tables(None, table, time_offset=59000.0)
        assert X.index.tolist() == names
        assert X["light_curve"].iloc[0]["flux"].tolist() == [3.0, 4.0]
