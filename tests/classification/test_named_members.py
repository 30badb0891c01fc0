"""Nested parameters of members that are triples."""

import pytest
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression

from sklearn_sn.classification import LateFusionClassifier


@pytest.fixture
def model():
    return LateFusionClassifier([("a", LogisticRegression(C=2.0), "x"), ("b", "drop", "y")])


def test_parameters_of_members(model):
    params = model.get_params()
    assert params["a__C"] == 2.0 and params["b"] == "drop"
    assert "a__C" not in model.get_params(deep=False)
    model.set_params(a__C=0.5, combiner="stacked")
    assert model.estimators[0][1].C == 0.5 and model.combiner == "stacked"


def test_a_member_may_be_replaced(model):
    other = LogisticRegression(C=7.0)
    model.set_params(b=other, b__C=8.0)
    assert model.estimators[1] == ("b", other, "y") and other.C == 8.0
    with pytest.raises(ValueError, match="Invalid parameter 'c'"):
        model.set_params(c=1)


def test_clone_copies_members(model):
    copy = clone(model)
    assert str(copy.get_params()) == str(model.get_params())
    copy.set_params(a__C=9.0)
    assert model.estimators[0][1].C == 2.0
