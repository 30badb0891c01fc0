"""Plain arrays as light curves of one band."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from astropy.table import Table
from scipy import sparse

from sklearn_sn import LightCurveClassifier
from sklearn_sn.data import check_table, is_table, series_table
from sklearn_sn.datasets import read_tables


@pytest.mark.parametrize(
    ("X", "expected"),
    [
        (pd.DataFrame({"light_curve": [None]}), True),
        (pd.DataFrame({"spectrum": [None]}), True),
        (pd.DataFrame({"x0": [1.0], "x1": [2.0]}), False),
        (np.ones((2, 3)), False),
        ([[1.0, 2.0]], False),
        ({"light_curve": [None]}, True),
        (sparse.dok_matrix((2, 2)), False),
        (pa.table({"light_curve": [1.0]}), True),
        (Table({"redshift": [0.1]}), True),
        ([pd.DataFrame({"flux": [1.0]})], True),
        ([{"flux": [1.0]}], True),
        ([Table({"flux": [1.0]})], True),
        ([], False),
    ],
    ids=[
        *("light curve", "spectrum", "numbers", "array", "list", "dict", "sparse", "arrow"),
        *("astropy", "list of frames", "list of dicts", "list of astropy", "empty"),
    ],
)
def test_tables_are_told_from_arrays(X, expected):
    assert is_table(X, "light_curve") is expected


def test_columns_of_fit_mark_a_table_only_beside_the_modality():
    X = pd.DataFrame({"redshift": [0.1]})
    assert is_table(X, "light_curve", seen=["light_curve", "redshift"])
    assert not is_table(X, "light_curve", seen=["redshift"])


def test_series_become_light_curves_without_gaps():
    values = np.array([[1.0, np.nan, 3.0], [np.nan] * 3, [4.0, 5.0, 6.0]])
    table = series_table(values, index=list("abc"))
    curves = table.light_curve
    assert table.index.tolist() == list("abc")
    assert curves.lengths.tolist() == [2, 0, 3]
    assert curves["time"].tolist() == [0.0, 2.0, 0.0, 1.0, 2.0]
    assert curves["flux"].tolist() == [1.0, 3.0, 4.0, 5.0, 6.0]
    assert np.isnan(curves["flux_err"]).all() and len(curves["band"].categories) == 1
    assert series_table(values).index.tolist() == [0, 1, 2]
    assert series_table(np.empty((0, 3))).light_curve.n_points == 0


def test_lists_of_tables_are_rejected_with_a_remedy_that_works():
    curve = pd.DataFrame(
        {"time": [1.0, 2.0], "band": ["sdssg"] * 2, "flux": [3.0, 4.0], "flux_err": [1.0] * 2}
    )
    with pytest.raises(ValueError, match=r"pd\.DataFrame\(\{'light_curve': X\}, index=names\)"):
        LightCurveClassifier().fit([curve, curve], ["a", "b"])
    X = pd.DataFrame({"light_curve": [curve, curve]}, index=["SN a", "SN b"])
    assert check_table(X, warn=False).light_curve.lengths.tolist() == [2, 2]
    table = Table({"object_id": ["SN a"] * 2, **{name: curve[name].to_numpy() for name in curve}})
    with pytest.raises(ValueError, match=r"read_tables\(None, X\)"):
        LightCurveClassifier().fit(table, ["a", "b"])
    X = read_tables(None, table)
    assert check_table(X, warn=False).light_curve.lengths.tolist() == [2]
