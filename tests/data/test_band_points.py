"""Bands of the points of a table: one that cannot be used never stops the others."""

import numpy as np
import pandas as pd
import pytest

from sklearn_sn.data import DataQualityWarning, check_table, conflicting_codes, register_band
from sklearn_sn.data._band_points import canonical_points
from sklearn_sn.data._bands import temporary_bands
from sklearn_sn.preprocessing import LightCurveBinner


def table(*bands, **fields):
    """Objects SN0, SN1 … of three points each."""
    curves = [
        {"time": [1.0, 2.0, 3.0], "band": list(names), "flux": [5e3, 6e3, 7e3], **fields}
        for names in bands
    ]
    return pd.DataFrame({"light_curve": curves}, index=[f"SN{i}" for i in range(len(curves))])


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("v", r"'v' may be bessellV or uvotv; .*survey=.*register_band"),
        ("b", "'b' may be bessellB or uvotb"),
        ("zebra", r"unknown bands dropped \('zebra'; register_band adds a band"),
        (True, r"unknown bands dropped \('True'; "),
        (0, r"unknown bands dropped \('0'; "),
        (["ztfg"], "unknown bands dropped"),
        (b"\xff", "unknown bands dropped"),
    ],
    ids=repr,
)
@pytest.mark.parametrize("training", [False, True])
def test_one_unusable_band_is_dropped_with_one_warning(name, message, training):
    X = table(["ztfg"] * 3, ["ztfg", name, "ztfr"], ["ztfr"] * 3)
    with pytest.warns(DataQualityWarning, match=message) as caught:
        checked = check_table(X, training=training)
    assert len(caught) == 1 and "(1 in 1 objects, first 'SN1')" in str(caught[0].message)
    assert checked.light_curve.lengths.tolist() == [3, 2, 3]
    assert list(checked.light_curve["band"][3:5]) == ["ztfg", "ztfr"]


def test_transformers_go_on():
    X = table(["ztfg"] * 3, ["ztfg", "v", "zebra"])
    with pytest.warns(DataQualityWarning, match="unknown bands .*; points in ambiguous bands"):
        Xt = LightCurveBinner().fit(X).transform(X)
    assert [len(curve) for curve in Xt["light_curve"]] == [3, 1]


def test_fluxes_with_a_zero_point_in_an_ambiguous_band():
    X = table(["V", "v", "zebra"], zp=[25.0] * 3, zpsys=["vega"] * 3)
    with pytest.warns(DataQualityWarning, match="'v' may be bessellV or uvotv"):
        assert check_table(X).light_curve.n_points == 1


def test_codes_are_judged_object_by_object():
    codes = [1, 2, 0, 1, 2, 2, 5, 4, 3]
    rows = np.repeat([0, 1, 2], 3)
    assert conflicting_codes(codes, rows).tolist() == [True] * 3 + [False] * 3 + [True] * 3
    assert not conflicting_codes([0, 4, 5], [0, 0, 0]).any()  # unknown, but no conflict
    assert not conflicting_codes([], []).any()
    X = table(codes[:3], codes[3:6], codes[6:])
    with pytest.warns(DataQualityWarning, match=r"codes 0, 1, 2, 3, 4, 5 .*\(6 in 2 objects"):
        checked = check_table(X)
    assert checked.light_curve.lengths.tolist() == [0, 3, 0]
    assert list(checked.light_curve["band"]) == ["ztfg", "ztfr", "ztfr"]
    alone = check_table(X.iloc[1:2]).light_curve
    assert list(alone["band"]) == list(checked.light_curve["band"])


def test_the_reason_is_named_where_fit_finds_nothing():
    with pytest.raises(ValueError, match=r"'SN0': .*nothing usable.*'v' may be bessellV or uvotv"):
        check_table(table(["v"] * 3), training=True)


def test_categories_are_sorted_and_unused_ones_are_ignored():
    bands = pd.Categorical(["ztfr", "ztfg", None], categories=["zebra", "v", "ztfr", "ztfg"])
    canonical, ambiguous = canonical_points(bands, np.zeros(3, int))
    assert list(canonical.categories) == ["ztfg", "ztfr"]
    assert canonical.codes.tolist() == [1, 0, -1] and not ambiguous.any()


def test_a_registered_band_takes_an_ambiguous_name():
    with temporary_bands():
        register_band("mineV", 5478.0, aliases=["v"], overwrite=True)
        canonical, ambiguous = canonical_points(np.array(["v"], dtype=object), np.zeros(1, int))
        assert list(canonical) == ["mineV"] and not ambiguous.any()


def meanings(*names):
    """Canonical names of points of one object, and whether they are ambiguous."""
    canonical, ambiguous = canonical_points(
        np.array(names, dtype=object), np.zeros(len(names), int)
    )
    return np.asarray(canonical, dtype=object).tolist(), ambiguous.tolist()


def test_meanings_follow_the_registered_bands():
    assert meanings("mine", "b") == ([np.nan, np.nan], [False, True])
    with temporary_bands():
        register_band("mine", 5500.0, aliases=["b"], overwrite=True)
        assert meanings("mine", "b") == (["mine", "mine"], [False, False])
    assert meanings("mine", "b") == ([np.nan, np.nan], [False, True])


def test_names_that_compare_equal_keep_their_own_meaning():
    for _ in range(2):
        assert meanings(1) == (["ztfg"], [False])
        assert meanings(True) == ([np.nan], [False])
        assert meanings(1.0) == (["ztfg"], [False])


def test_many_names_mean_what_each_means():
    names = [f"zebra{i}" for i in range(40)] + ["ztfg", "b", None]
    canonical, ambiguous = meanings(*names)
    assert canonical == [np.nan] * 40 + ["ztfg", np.nan, np.nan]
    assert ambiguous == [False] * 41 + [True, False]
