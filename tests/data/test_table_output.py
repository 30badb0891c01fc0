"""Transformers whose output is always a pandas table."""

import pandas as pd
import pytest
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.pipeline import make_pipeline

from sklearn_sn.data import TableOutput


class Renamer(TableOutput, TransformerMixin, BaseEstimator):
    def fit(self, X, y=None):
        return self

    def transform(self, X):
        return X.rename(columns=str.upper)

    def get_feature_names_out(self, input_features=None):
        return ["wrong"]


@pytest.mark.parametrize("output", [None, "default", "pandas", "polars"])
def test_the_output_is_untouched(output):
    X = pd.DataFrame({"a": [1.0]}, index=["SN"])
    transformer = Renamer()
    assert transformer.set_output(transform=output) is transformer
    for step in (transformer, make_pipeline(transformer).set_output(transform="pandas")):
        out = step.fit_transform(X)
        assert isinstance(out, pd.DataFrame)
        assert out.columns.tolist() == ["A"] and out.index.tolist() == ["SN"]
