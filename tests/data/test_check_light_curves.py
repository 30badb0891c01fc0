"""Rules for the points of light curves, on Ragged arrays; whole tables are in tests/faults."""

import warnings

import numpy as np
import pandas as pd
import pytest

from sklearn_sn.data import QualityLog, Ragged, _check_light_curves, check_light_curves
from sklearn_sn.data._check_light_curves import clean_errors

FIELDS = {
    "time": np.array([1.0, 2.0, 3.0, 1.0, 2.0]),
    "band": np.array(["ztfg"] * 5, dtype=object),
    "flux": np.array([5e3, 6e3, 7e3, 8e3, 9e3]),
    "flux_err": np.array([1.0, 2.0, 3.0, 4.0, 5.0]),
}


@pytest.fixture
def log():
    return QualityLog(pd.Index(["a", "b"]))


def curves(**changes):
    fields = {name: values.copy() for name, values in {**FIELDS, **changes}.items()}
    return Ragged(fields, [0, 3, 5])


def changed(field, point, value):
    values = FIELDS[field].copy()
    values[point] = value
    return curves(**{field: values})


def test_good_points_are_unchanged(log):
    checked = check_light_curves(curves(), log, training=True)
    for field in ("time", "flux", "flux_err"):
        np.testing.assert_array_equal(checked[field], FIELDS[field])
    assert list(checked.fields) == ["time", "band", "flux", "flux_err"]
    assert log.summary() == "" and log.report()["flag"].tolist() == ["", "LOWDATA"]


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("time", np.nan, "non-finite time or flux"),
        ("time", np.inf, "non-finite time or flux"),
        ("flux", -np.inf, "non-finite time or flux"),
        ("time", 1e300, r"|time| > 1e+06 days"),
        ("flux_err", np.nan, "usable flux_err"),
        ("flux_err", np.inf, "usable flux_err"),
        ("flux_err", 0.0, "usable flux_err"),
        ("flux_err", -1.0, "usable flux_err"),
        ("band", "zebra", "unknown bands"),
        ("band", "v", "ambiguous bands"),
    ],
)
def test_one_bad_value_drops_one_point(field, value, reason, log):
    checked = check_light_curves(changed(field, 1, value), log, training=False)
    assert checked["flux"].tolist() == [5e3, 7e3, 8e3, 9e3]
    assert checked.lengths.tolist() == [2, 2]
    assert reason in log.summary() and "(1 in 1 objects, first 'a')" in log.summary()


def test_a_point_is_counted_once_though_it_is_bad_twice(log):
    points = changed("time", 1, 1e300)
    points["flux"][1] = np.nan
    check_light_curves(points, log, training=False)
    assert "|time|" not in log.summary() and log.summary().count("1 in 1") == 1


def test_huge_fluxes_are_kept_and_flagged_without_overflow(log):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        checked = check_light_curves(changed("flux", 3, 1e300), log, training=True)
    assert checked["flux"][3] == 1e300
    assert log.report()["flag"].tolist() == ["", "LOWDATA,RANGE"]


def test_errors_are_cleaned(log):
    usable = np.ones(5, dtype=bool)
    errors = clean_errors(changed("flux_err", 4, 0.0), log, True, usable)
    np.testing.assert_array_equal(errors, [1.0, 2.0, 3.0, 4.0, np.nan])
    missing = Ragged({"flux": np.ones(2)}, [0, 2])
    assert np.isnan(clean_errors(missing, log, True, np.ones(2, dtype=bool))).all()
    negative = changed("flux_err", 4, -2.5)
    with pytest.raises(ValueError, match=r"Object 'b': flux_err is -2\.5; errors must be positive"):
        clean_errors(negative, log, True, usable)
    assert clean_errors(negative, log, False, usable)[4] == -2.5
    usable[4] = False  # a point that is dropped anyway
    assert clean_errors(negative, log, True, usable)[4] == -2.5


@pytest.mark.parametrize("seed", range(4))
def test_the_order_of_points_does_not_matter(seed, log):
    rng = np.random.default_rng(seed)
    n = 30
    fields = {
        "time": rng.integers(0, 5, n).astype(float),
        "band": rng.choice(["ztfg", "ztfr"], n).astype(object),
        "flux": rng.integers(100, 103, n).astype(float),
        "flux_err": rng.integers(1, 3, n).astype(float),
    }
    order = rng.permutation(n)
    shuffled = {name: values[order] for name, values in fields.items()}
    one, other = (
        check_light_curves(Ragged(f, [0, n, n]), log, training=False) for f in (fields, shuffled)
    )
    for name in ("time", "flux", "flux_err"):
        np.testing.assert_array_equal(one[name], other[name])
    assert list(one["band"]) == list(other["band"])
    assert one.n_points < n  # repeated points are dropped


def test_magnitudes_are_suspected_only_of_the_whole_table(log):
    check_light_curves(
        curves(flux=np.array([18.0, 18.5, 19.0, 19.5, 20.0]), flux_err=FIELDS["flux_err"] / 50),
        log,
        False,
    )
    assert "fluxes look like magnitudes (all between 14 and 23)" in log.summary()
    assert log.report()["flag"].tolist() == ["MAGNITUDES", "MAGNITUDES,LOWDATA"]
    other = QualityLog(log.index)
    check_light_curves(curves(flux=np.array([18.0, 18.5, 19.0, 19.5, 200.0])), other, False)
    assert other.summary() == ""


@pytest.mark.parametrize("field", [None, "time", "band", "flux", "flux_err"])
def test_ordinary_tables_skip_rules_that_cannot_concern_them(field, monkeypatch):
    values = {"time": 58999.0, "band": "nonsense", "flux": 1e8, "flux_err": 4.0}
    fields = {**FIELDS, "time": FIELDS["time"] + 59000.0}
    if field is not None:
        fields[field] = fields[field].copy()
        fields[field][1] = values[field]
    results = []
    for ordinary in (_check_light_curves.is_ordinary, lambda curves: False):
        monkeypatch.setattr(_check_light_curves, "is_ordinary", ordinary)
        log = QualityLog(pd.Index(["a", "b"]))
        checked = check_light_curves(Ragged(fields, [0, 3, 5]), log, training=False)
        results.append((checked, log))
    (one, first), (two, second) = results
    assert first.summary() == second.summary()
    pd.testing.assert_frame_equal(first.report(), second.report())
    for name in one.fields:
        np.testing.assert_array_equal(one[name], two[name])


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("time", np.nan),
        ("time", 2459000.5),
        ("time", 1.0),
        ("flux", np.inf),
        ("flux", -2e9),
        ("flux", 3.0),
        ("flux_err", np.nan),
        ("flux_err", 0.0),
        ("flux_err", -1.0),
        ("flux_err", 99.0),
    ],
)
def test_a_table_with_a_doubtful_value_is_not_ordinary(field, value):
    fields = {**FIELDS, "time": FIELDS["time"] + 59000.0}
    assert _check_light_curves.is_ordinary(Ragged(fields, [0, 3, 5]))
    fields[field] = fields[field].copy()
    fields[field][2] = value
    assert not _check_light_curves.is_ordinary(Ragged(fields, [0, 3, 5]))
