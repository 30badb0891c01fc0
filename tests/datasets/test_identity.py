"""Names of objects are text or exact integers."""

import numpy as np
import pandas as pd
import pytest

from sklearn_sn.datasets._identity import (
    exact_integers,
    is_name_column,
    names_index,
    read_names,
)


def test_columns_of_names():
    names = ["objectId", "i:objectId", "SNID", "my_id", "name", " OID "]
    assert all(map(is_name_column, names))
    assert not any(map(is_name_column, ["mjd", "flux", "i:fid_x", "names"]))


def test_spellings_and_missing_names():
    names, codes = read_names([b"a ", "a", None, "N/A", "b"], "x")
    assert names == ["a", "b"] and codes.tolist() == [0, 0, -1, -1, 1]
    # -999 is no object, unless there are other negative names.
    names, codes = read_names(np.array([5, -999]), "x")
    assert names == [5] and codes.tolist() == [0, -1]
    assert read_names(np.array([-7, -999]), "x")[0] == [-7, -999]


def test_floats_that_lost_digits():
    assert read_names([2.0**53 - 1], "x")[0] == [2**53 - 1]
    for values in ([2.0**53], ["9.007199254740993e+15"]):
        with pytest.raises(ValueError, match=r"x: the object name 900719925474099\d is a float"):
            read_names(values, "x")
    with pytest.raises(ValueError, match=r"x: the object name 1.5 is a number with a fraction"):
        read_names([1.5], "x")


def test_exact_integers_of_text():
    column = pd.Series(["9007199254740993", " 12.0", None, "nan"], name="id", index=[3, 2, 1, 0])
    integers = exact_integers(column.replace(" 12.0", " 12"))
    assert integers.dtype == "Int64" and integers.index.tolist() == [3, 2, 1, 0]
    assert integers[3] == 2**53 + 1 and integers[2] == 12
    assert integers.isna().tolist() == [False, False, True, True]
    assert exact_integers(pd.Series(["12.0", "3"])).tolist() == [12, 3]
    for text in ("007", "1e5", "a", str(2**63)):
        assert exact_integers(pd.Series([text, "3"])).tolist() == [text, "3"]
    # An integer that was written as a float has lost digits.
    assert exact_integers(pd.Series(["9007199254740994.0"])).dtype == float


def test_index_of_names():
    index = names_index([3, 1, 3], "sn", "x")
    assert index.tolist() == [3, 1, 3] and index.dtype == np.int64 and index.name == "sn"
    assert names_index(["a", "-"], "sn", "x").tolist() == ["a", None]
    assert len(names_index([], "sn", "x")) == 0
