"""Words in columns of marks make points upper limits, or warn."""

import io

import pandas as pd
import pytest

from sklearn_sn.data import DataQualityWarning
from sklearn_sn.datasets import iter_tables, read_tables
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
    ("column", "value"),
    [
        *(("type", "Ia"), ("flag", "A"), ("note", "limited visibility")),
        *(("comment", "this is not an upper limit"), ("note", "no upper limits")),
    ],
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


def test_tables_in_batches(tmp_path):
    points = pd.DataFrame({"object_id": ["a", "a", "b", "b"], "mjd": [59000.0, 59001.0] * 2})
    points = points.assign(band="g", mag=18.1, magerr=0.1, flag=["det", "det", "det", "UL"])
    points.to_parquet(tmp_path / "points.parquet", index=False)
    whole = read_tables(light_curves=tmp_path / "points.parquet")["light_curve"]
    parts = list(iter_tables(tmp_path / "points.parquet", batch_size=1))
    assert [len(part["light_curve"].iloc[0]) for part in parts] == [2, 1]
    assert [len(curve) for curve in whole] == [2, 1]
