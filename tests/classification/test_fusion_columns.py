"""Columns of the members of a fusion."""

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import make_column_selector
from sklearn.dummy import DummyClassifier

from sklearn_sn.classification._fusion_columns import find_columns
from sklearn_sn.data import DataQualityWarning

MODEL = DummyClassifier()
X = pd.DataFrame({"light_curve": [None], "ra": [1.0], "dec": [2.0], "host": ["a"]})


def found(columns, presence=None, name="m"):
    return find_columns(X, [(name, MODEL, columns)], presence)


def test_columns_are_names_lists_or_selectors():
    assert found("ra").members == {"m": ["ra"]}
    assert found(("ra", "dec")).members == {"m": ["ra", "dec"]}
    assert found(make_column_selector(dtype_include="number")).members == {"m": ["ra", "dec"]}


def test_presence_is_that_of_the_columns_unless_given():
    assert found(["ra", "dec"]).presence == {"m": ["ra", "dec"]}
    assert found(["light_curve", "ra"], {"m": "ra"}).presence == {"m": ["ra"]}
    assert found("ra", {"m": len}).presence == {"m": len}


def test_dropped_members_are_left_out():
    assert find_columns(X, [("a", "drop", "nothing"), ("b", MODEL, "ra")], None).members == {
        "b": ["ra"]
    }
    with pytest.raises(ValueError, match="dropped"):
        find_columns(X, [("a", "drop", "ra")], None)


@pytest.mark.parametrize(
    "estimators, message",
    [
        ([], "list of"),
        ([("a", MODEL)], "list of"),
        ([("a", MODEL, "ra"), ("a", MODEL, "dec")], "differ"),
        ([("a__b", MODEL, "ra")], "__"),
        ([("a", object(), "ra")], "predict_proba"),
        ([("a", MODEL, "flux")], r"member 'a'.*Got \['flux'\]"),
        ([("a", MODEL, [])], "member 'a'"),
        ([("a", MODEL, [0])], "member 'a'"),
    ],
)
def test_bad_members_are_named(estimators, message):
    with pytest.raises(ValueError, match=message):
        find_columns(X, estimators, None)


def test_bad_rules_are_named():
    with pytest.raises(ValueError, match=r"'presence'.*'other'"):
        found("ra", {"other": "ra"})
    with pytest.raises(ValueError, match="'presence' of 'm'"):
        found("ra", {"m": "mag"})
    with pytest.raises(ValueError, match="2 columns 'ra'"):
        find_columns(pd.concat([X, X], axis=1), [("m", MODEL, "ra")], None)


def test_absent_columns_are_filled_with_missing_cells_and_a_warning():
    columns = found(["light_curve", "ra"])
    assert columns.completed(X) is X
    with pytest.warns(DataQualityWarning, match=r"lacks the columns \['light_curve'\]"):
        filled = columns.completed(X[["ra"]])
    assert filled["light_curve"].tolist() == [None]
    with pytest.warns(DataQualityWarning, match="'ra'"):
        filled = columns.completed(X[["light_curve"]])
    assert filled["ra"].dtype == float and np.isnan(filled["ra"]).all()
    with pytest.raises(ValueError, match="none of the columns"):
        columns.completed(X[["host"]])
