"""Tables of every accepted type load as the same columns."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from astropy import units as u
from astropy.table import MaskedColumn, QTable, Table

from sklearn_sn.datasets._long_tables import load_columns, plain_column

TABLE = pd.DataFrame({"name": ["a", "b", "a"], "mjd": [1.0, 2.0, 3.0], "flux": [4.0, 5.0, 6.0]})


def write(folder, kind):
    """Write the table to a file of a kind and return its path."""
    path = folder / f"points{kind}"
    if kind == ".parquet":
        TABLE.to_parquet(path)
    elif kind == ".ecsv":
        Table.from_pandas(TABLE).write(path, format="ascii.ecsv")
    else:
        TABLE.to_csv(path, index=False)
    return path


def check_equal(columns, names=("name", "mjd", "flux")):
    assert list(columns) == list(names)
    for name in names:
        assert list(columns[name]) == list(TABLE[name])


@pytest.mark.parametrize("kind", [".parquet", ".csv", ".csv.gz", ".ecsv"])
@pytest.mark.parametrize("as_text", [False, True])
def test_files_hold_the_columns(tmp_path, kind, as_text):
    path = write(tmp_path, kind)
    check_equal(load_columns(str(path) if as_text else path, "light_curves"))


@pytest.mark.parametrize("convert", [lambda t: t, Table.from_pandas, pa.Table.from_pandas])
def test_tables_in_memory_hold_the_columns(convert):
    check_equal(load_columns(convert(TABLE), "light_curves"))


@pytest.mark.parametrize("kind", [".parquet", ".csv"])
def test_only_chosen_columns_are_loaded(tmp_path, kind):
    seen = []

    def choose(names):
        seen.append(names)
        return ["flux", "name"]

    columns = load_columns(write(tmp_path, kind), "light_curves", choose)
    assert seen[0] == ["name", "mjd", "flux"]  # asked before the file is read
    assert set(columns) == {"name", "flux"} and list(columns["flux"]) == [4.0, 5.0, 6.0]


@pytest.mark.parametrize("separator", [";", "\t"])
def test_separators_of_csv_files_are_detected(tmp_path, separator):
    path = tmp_path / "points.csv"
    TABLE.to_csv(path, index=False, sep=separator)
    check_equal(load_columns(path, "light_curves"))


def test_a_named_index_is_a_column_and_an_unnamed_one_is_not():
    check_equal(load_columns(TABLE.set_index("name"), "light_curves"))
    assert list(load_columns(TABLE.set_index(TABLE.index + 5), "light_curves")) == list(TABLE)


def test_units_are_kept():
    table = QTable({"flux": [1.0, 2.0] * u.mJy})
    assert load_columns(table, "light_curves")["flux"].unit == u.mJy


@pytest.mark.parametrize("bad", [[1, 2], {"flux": [1.0]}, np.zeros((2, 2))])
def test_other_types_are_rejected(bad):
    with pytest.raises(ValueError, match="'spectra' parameter of read_tables must be a pandas"):
        load_columns(bad, "spectra")


def test_other_file_formats_are_rejected(tmp_path):
    with pytest.raises(ValueError, match=r"supported format .* Got '.*points\.fits' instead"):
        load_columns(tmp_path / "points.fits", "spectra")


def test_plain_columns_have_no_units_masks_or_bytes():
    angle = plain_column(u.Quantity([1.0, 2.0], u.rad), "ra")
    np.testing.assert_allclose(angle, np.rad2deg([1.0, 2.0]))
    masked = plain_column(MaskedColumn([1, 2], mask=[False, True]), "count")
    assert masked[0] == 1.0 and np.isnan(masked[1])
    names = plain_column(np.array([b"Ia", b"II"]), "type")
    assert names.tolist() == ["Ia", "II"]
    swapped = plain_column(np.array([1.0, 2.0], dtype=">f8"), "z")
    assert swapped.dtype == np.float64 and swapped.dtype.isnative
    assert plain_column(np.ones((2, 3)), "image")[1].shape == (3,)


def test_plain_columns_drop_the_index_of_a_series():
    column = plain_column(pd.Series([1, 2], index=["a", "b"]), "count")
    assert list(column.index) == [0, 1] and list(column) == [1, 2]
