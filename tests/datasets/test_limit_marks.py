"""Words in columns of marks make points upper limits, or warn."""

import io

import pandas as pd
import pytest

from sklearn_sn.data import DataQualityWarning
from sklearn_sn.datasets import read_tables
from sklearn_sn.datasets._limit_marks import (
    are_words,
    is_limit_word,
    is_mark_column,
    marks_of,
    unknown_marks,
)


def times(column, limit, detection):
    text = f"mjd,band,mag,magerr,{column}\n59000,g,18.1,0.1,{detection}\n"
    text += f"59001,g,18.2,0.1,{limit}\n59002,g,18.1,0.1,{detection}\n"
    X = read_tables(light_curves=io.StringIO(text), object_id="a")
    return X["light_curve"].iloc[0]["time"].tolist(), X.attrs["read"]["counts"]


@pytest.mark.parametrize(
    ("column", "limit", "detection"),
    [
        *(("flag", "limit", "det"), ("type", "UL", "obs"), ("type", "upper limit", "detection")),
        *(("detection", "no", "yes"), ("detected", "limit", "detection"), ("det_flag", "U", "D")),
        *(("status", "non-detection", "detection"), ("limit", "yes", "no"), ("note", "<", "")),
        *(("quality", "upperlimit", "good"), ("lim", ">", ""), ("upper_limit", "limit", "")),
        *(("comment", "3-sigma upper limit", ""), ("limit_type", "upper", "")),
        *(("detection", "U", "D"), ("is_upper_limit", "UL", "detected"), ("lim_flag", "Y", "N")),
    ],
)
def test_words_mark_limits(column, limit, detection):
    assert times(column, limit, detection) == ([59000.0, 59002.0], {"upper_limits": 1})


@pytest.mark.parametrize(
    ("column", "value"), [("type", "Ia"), ("flag", "A"), ("note", "limited visibility")]
)
def test_other_words_are_no_marks(column, value):
    assert times(column, value, "x")[0] == [59000.0, 59001.0, 59002.0]


@pytest.mark.parametrize("column", ["upper_limit", "nondet", "detection"])
def test_unknown_words_warn(column):
    with pytest.warns(DataQualityWarning, match="say neither yes nor no .first 'perhaps' of"):
        found, _ = times(column, "perhaps", "")
    assert found == [59000.0, 59001.0, 59002.0]


def test_parts():
    assert is_mark_column("obs_type") and not is_mark_column("airmass")
    assert is_limit_word("ul") and not is_limit_word("ia")
    assert are_words(pd.Series(["yes", "no"])) and not are_words(pd.Series(["20.1", "no"]))
    assert not are_words(pd.Series([20.1])) and not are_words(pd.Series(["", None]))
    marks = pd.Series(["UL", "det", None])
    assert unknown_marks(marks, "upper_limit").tolist() == [False, False, False]
    assert [values is marks for values, _ in marks_of(["flag"], {"flag": marks})] == [True]
