"""Tables in chunks."""

import json

import numpy as np
import pandas as pd
import pytest
from astropy.table import Table

from sklearn_sn.cli._outputs import open_outputs

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
