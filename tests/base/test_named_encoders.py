"""Nested parameters of encoders that are given by name."""

import pytest

from sklearn_sn.base._named_encoders import with_named_encoders
from sklearn_sn.classification import LightCurveClassifier
from sklearn_sn.encoders import GRU, LightCurveTransformer


def test_names_become_encoders_where_nested_parameters_are_set():
    model = LightCurveClassifier()
    params = with_named_encoders(model, {"encoder__d_model": 8, "lr": 0.1})
    assert isinstance(params["encoder"], LightCurveTransformer) and params["lr"] == 0.1
    params = with_named_encoders(model, {"encoder": "gru", "encoder__d_model": 8})
    assert isinstance(params["encoder"], GRU)
    assert with_named_encoders(model, {"lr": 0.1}) == {"lr": 0.1}


@pytest.mark.parametrize(("value", "reason"), [(None, "is None"), (3, "has no parameters")])
def test_values_without_parameters_are_rejected(value, reason):
    model = LightCurveClassifier()
    with pytest.raises(ValueError, match=f"{reason}.*encoder__d_model has no meaning"):
        with_named_encoders(model, {"encoder": value, "encoder__d_model": 8})
