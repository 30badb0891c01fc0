"""Tables with the columns of a model."""

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from sklearn_sn.alerts._model_table import expected_columns, model_table

X = pd.DataFrame({"a": [1.0, 2.0], "b": [3, 4]}, index=[10, 11])


def test_columns_of_a_model():
    model = LogisticRegression().fit(X, [0, 1])
    assert expected_columns(model) == ["a", "b"]
    assert expected_columns(make_pipeline(model)) == ["a", "b"]
    assert expected_columns(LogisticRegression().fit(X.to_numpy(), [0, 1])) is None


def test_columns_are_ordered_dropped_and_added():
    assert model_table(X, None) is X and model_table(X, ["a", "b"]) is X
    table = model_table(X, ["spectrum", "b", "sky"])
    assert list(table.columns) == ["spectrum", "b", "sky"] and table.index.equals(X.index)
    assert table["spectrum"].tolist() == [None, None]
    assert np.isnan(table["sky"]).all() and table["b"].tolist() == [3, 4]
