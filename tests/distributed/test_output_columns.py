"""Columns and types of results, without and with objects."""

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.preprocessing import StandardScaler

from sklearn_sn.distributed._output_columns import empty_output, output_of, with_types

X = pd.DataFrame({"a": [0.0, 1.0, 2.0, 3.0], "b": [1.0, 0.0, 1.0, 0.0]}, index=list("wxyz"))
THREE = LogisticRegression().fit(X, [1, 2, 3, 3])
TWO = LogisticRegression().fit(X, ["II", "Ia", "II", "Ia"])


@pytest.mark.parametrize(
    ("model", "method", "names"),
    [
        (THREE, "predict_proba", [1, 2, 3]),
        (THREE, "decision_function", [1, 2, 3]),
        (TWO, "decision_function", ["decision_function"]),
        (TWO, "predict", ["predict"]),
        (StandardScaler().fit(X), "transform", ["a", "b"]),
        (LinearRegression().fit(X, [1.0, 2.0, 3.0, 4.0]), "predict", ["predict"]),
    ],
)
def test_empty_output_is_that_of_any_output(model, method, names):
    meta = empty_output(model, method, X)
    assert meta.shape == (0, len(names))
    assert list(meta.columns) == names
    result = output_of(model, method, X, meta)
    pd.testing.assert_series_equal(result.dtypes, meta.dtypes)
    expected = np.asarray(getattr(model, method)(X)).reshape(4, -1)
    np.testing.assert_array_equal(result.to_numpy(), expected)
    pd.testing.assert_index_equal(result.index, X.index)


def test_types_of_our_models_are_those_of_their_output(classifier, light_curves):
    for method, kind in [("predict_proba", "float64"), ("transform", "float32")]:
        meta = empty_output(classifier, method, light_curves[0])
        assert {str(dtype) for dtype in meta.dtypes} == {kind}


def test_output_of_another_shape_is_an_error():
    meta = empty_output(TWO, "predict", X)
    with pytest.raises(ValueError, match=r"must return an array of shape \(4, 1\) for 4 objects"):
        output_of(TWO, "predict_proba", X, meta)


def test_types_are_set_unless_categorical():
    table = pd.DataFrame({"n": [1, 2], "kind": pd.Categorical(["u", "v"])})
    meta = pd.DataFrame({"n": np.zeros(0), "kind": pd.Categorical([])}, index=pd.Index([], "str"))
    result = with_types(table, meta)
    assert result["n"].dtype == "float64"
    assert result["kind"].tolist() == ["u", "v"]
    assert result.index.dtype == "str"
