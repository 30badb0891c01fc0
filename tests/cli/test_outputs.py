"""Tables in chunks."""

import json
import shutil

import click
import numpy as np
import pandas as pd
import pytest
from astropy.table import Table

from sklearn_sn.cli._outputs import open_outputs, raise_on_overwriting

FIRST = pd.DataFrame(
    {"z": [0.1, np.nan], "class": pd.array(["SN Ia", None], dtype="str"), "empty": [None, None]},
    index=["a", 'b,"c"'],
)
SECOND = pd.DataFrame({"z": [0.3], "class": ["SN II"], "more": [1], "empty": ["x"]}, index=["d"])
READERS = {
    "csv": pd.read_csv,
    "parquet": pd.read_parquet,
    "ecsv": lambda path: Table.read(path).to_pandas(),
    "json": lambda path: pd.DataFrame(json.loads(path.read_text())),
}


@pytest.mark.parametrize("suffix", READERS)
def test_chunks_are_one_table_with_the_first_columns(tmp_path, suffix):
    path = tmp_path / f"t.{suffix}"
    with open_outputs([path]) as write:
        write(FIRST.iloc[:0])
        write(FIRST)
        write(SECOND)
        assert not path.exists()
    table = READERS[suffix](path)
    assert list(table.columns) == ["object_id", "z", "class", "empty"]
    assert table["object_id"].tolist() == ["a", 'b,"c"', "d"]
    np.testing.assert_allclose(table["z"].astype(float), [0.1, np.nan, 0.3])
    assert table["class"].fillna("").tolist() == ["SN Ia", "", "SN II"]
    assert table["empty"].fillna("").tolist() == ["", "", "x"]
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


def test_ecsv_has_units(tmp_path):
    table = pd.DataFrame({"phase": [1.0], "flux": [2.0]}, index=["a"])
    table.attrs["units"] = {"phase": "d"}
    with open_outputs([str(tmp_path / "t.ecsv")]) as write:
        write(table)
        write(table)
    read = Table.read(tmp_path / "t.ecsv")
    assert len(read) == 2 and read["phase"].unit == "d" and read["flux"].unit is None


@pytest.mark.parametrize("suffix", READERS)
def test_an_error_leaves_the_former_file(tmp_path, suffix):
    path = tmp_path / f"t.{suffix}"
    path.write_text("former")
    with pytest.raises(ZeroDivisionError), open_outputs([path]) as write:
        write(FIRST)
        raise ZeroDivisionError
    assert path.read_text() == "former" and len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize("output", ["t.xls", "nowhere/t.csv"])
def test_wrong_paths_are_wrong_use(run, files, output):
    done = run("classify", files / "objects.parquet", "-o", output)
    assert done.exit_code == 2 and output in done.stderr


@pytest.mark.parametrize("suffix", READERS)
def test_without_rows_there_is_no_file(tmp_path, suffix):
    path = tmp_path / f"t.{suffix}"
    with pytest.raises(ValueError, match="no rows to write to"), open_outputs([path]) as write:
        write(FIRST.iloc[:0])
    assert not list(tmp_path.iterdir())
    with open_outputs([]) as write:
        write(FIRST)


def test_errors_name_the_file_and_not_the_temporary_one(tmp_path):
    (tmp_path / "t.csv").mkdir()
    with pytest.raises(OSError, match=r"t\.csv") as error, open_outputs([tmp_path / "t.csv"]) as w:
        w(FIRST)
    assert error.value.filename == str(tmp_path / "t.csv")


@pytest.mark.parametrize("command", ["classify", "embed", "redshift"])
def test_an_input_is_not_overwritten(run, files, tmp_path, command):
    path = tmp_path / "objects.parquet"
    shutil.copy(files / "objects.parquet", path)
    content = path.read_bytes()
    done = run(command, path, "-o", tmp_path / "x" / ".." / "objects.parquet")
    assert done.exit_code == 2
    (tmp_path / "x").mkdir()
    done = run(command, path, "-o", tmp_path / "x" / ".." / "objects.parquet")
    assert done.exit_code == 2 and "also an input" in done.stderr
    assert path.read_bytes() == content


def test_members_of_folders_patterns_and_links_are_inputs(tmp_path):
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text("x")
    output = str(tmp_path / "a.csv")
    (tmp_path / "link.csv").symlink_to(output)
    for inputs in ([tmp_path], [tmp_path / "*.csv"], [tmp_path / "link.csv"]):
        with pytest.raises(click.UsageError, match="also an input"):
            raise_on_overwriting([output], map(str, inputs))
    raise_on_overwriting([output, str(tmp_path / "new.csv")], [str(tmp_path / "b.csv")])
    for twice in (output, str(tmp_path / "c.csv")):
        with pytest.raises(click.UsageError, match="given twice"):
            raise_on_overwriting([twice, twice.replace("/", "//")], [])
