"""Flat fields: numbers stay arrays, text becomes categories, and both go to Arrow."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from sklearn_sn.data._flat_fields import as_flat, concatenate_fields, sort_key, to_arrow


def test_numbers_are_not_copied():
    values = np.arange(3.0)
    assert as_flat(values) is values
    assert as_flat([1, 2]).tolist() == [1, 2]
    assert as_flat(pd.Series([1.5])).tolist() == [1.5]


@pytest.mark.parametrize(
    "values",
    [
        ["g", "r", "g"],
        np.array(["g", "r", "g"]),
        np.array(["g", "r", "g"], dtype=object),
        pd.Series(["g", "r", "g"], dtype="category"),
        pd.Series(["g", "r", "g"]),
        pd.CategoricalIndex(["g", "r", "g"]),
    ],
    ids=["list", "str", "object", "category", "series", "index"],
)
def test_text_becomes_categories(values):
    flat = as_flat(values)
    assert isinstance(flat, pd.Categorical) and list(flat) == ["g", "r", "g"]
    assert sort_key(flat).tolist() == [0, 1, 0]


def test_two_dimensions_are_rejected():
    with pytest.raises(ValueError, match=r"must be 1-D; got shape \(2, 2\)"):
        as_flat(np.ones((2, 2)))


def test_concatenation():
    assert concatenate_fields([np.ones(1), np.zeros(2)]).tolist() == [1.0, 0.0, 0.0]
    one, other = pd.Categorical(["b", None]), pd.Categorical(["a", "b"])
    joined = concatenate_fields([one, other])
    assert isinstance(joined, pd.Categorical)
    assert joined.astype(object).tolist() == ["b", np.nan, "a", "b"]
    assert list(concatenate_fields([pd.Categorical(["a"]), np.array([2])])) == ["a", "2"]
    assert list(concatenate_fields([pd.Categorical([1]), pd.Categorical([2])])) == [1, 2]


def test_arrow():
    assert to_arrow(pd.Categorical(["a", None, "b"])).to_pylist() == ["a", None, "b"]
    assert to_arrow(pd.Categorical([1, 2])).to_pylist() == ["1", "2"]
    for dtype in (">f8", np.longdouble, np.float64):
        array = to_arrow(np.array([1.5, 2.5], dtype=dtype)[::-1])
        assert array.type == pa.float64() and array.to_pylist() == [2.5, 1.5]
