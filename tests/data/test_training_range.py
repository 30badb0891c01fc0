import warnings

import numpy as np
import pandas as pd
import pytest

from sklearn_sn.data import DataQualityWarning, Ragged, as_ragged, check_table, training_range
from sklearn_sn.datasets import make_supernovae

FLAG = "UNLIKE_TRAINING"


@pytest.fixture(scope="module")
def ranges():
    X, _ = make_supernovae(60, random_state=0)
    return training_range(check_table(X, metadata_columns=["redshift"]))


@pytest.fixture(scope="module")
def others():
    return make_supernovae(300, random_state=1)[0]


def flags(X, ranges):
    """Return the flags of a table, and the messages about it."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        columns = ["redshift"] if "redshift" in X else []
        report = check_table(X, metadata_columns=columns, training_range=ranges).report
    assert {warning.category for warning in caught} <= {DataQualityWarning}
    unlike = report["flag"].str.contains(FLAG).to_numpy()
    return unlike, [str(warning.message) for warning in caught]


def changed(X, rows, kind="light_curve", **changes):
    """Return the table with fields of some objects changed by functions."""
    points = as_ragged(X[kind], kind=kind)
    chosen = np.isin(points.rows, rows)
    fields = dict(points.fields)
    for name, change in changes.items():
        values = np.array(fields[name])
        values[chosen] = change(values[chosen])
        fields[name] = values
    return X.assign(**{kind: Ragged(fields, points.offsets).to_nested(index=X.index)})


def test_no_object_of_the_same_survey_is_flagged(ranges, others):
    unlike, said = flags(others, ranges)
    assert unlike.mean() < 0.01
    assert said == []


@pytest.mark.parametrize(
    ("number", "kind", "changes"),
    [
        ("time span", "light_curve", {"time": lambda t: t[0] + 200.0 * (t - t[0])}),
        ("peak flux", "light_curve", {k: lambda f: 1e6 * f for k in ("flux", "flux_err")}),
        ("peak flux", "light_curve", {k: lambda f: 1e-5 * f for k in ("flux", "flux_err")}),
        ("peak signal-to-noise", "light_curve", {"flux_err": lambda e: 1e-4 * e}),
        ("longest band", "light_curve", {"band": lambda b: np.full(len(b), "2massH")}),
        ("shortest band", "light_curve", {"band": lambda b: np.full(len(b), "uvotuvw2")}),
        ("middle of the bluest spectrum", "spectrum", {"wavelength": lambda w: 2.3 * w}),
    ],
)
def test_each_number_is_compared(number, kind, changes, ranges, others):
    X = changed(others.iloc[:50], [7, 31], kind, **changes)
    unlike, (message,) = flags(X, ranges)
    assert np.flatnonzero(unlike).tolist() == [7, 31]
    assert f"2 objects are unlike the training data (first {X.index[7]!r}: {number}" in message


def test_many_points_are_flagged(ranges, others):
    one = as_ragged(others["light_curve"].iloc[[0]])
    time = np.linspace(one["time"][0], one["time"][0] + 50.0, 20_000)
    cell = {"time": time, "band": np.full(20_000, "lsstr"), "flux": 50.0, "flux_err": 1.0}
    cell = {k: np.broadcast_to(v, 20_000) for k, v in cell.items()}
    unlike, (message,) = flags(pd.DataFrame({"light_curve": [cell]}), ranges)
    assert unlike.all() and "points 2e+04, in training" in message


def test_plain_columns_are_compared(ranges, others):
    redshift = others["redshift"].to_numpy(copy=True)
    redshift[[2, 5]] = 3.0, np.nan
    unlike, (message,) = flags(others.assign(redshift=redshift), ranges)
    assert np.flatnonzero(unlike).tolist() == [2]
    assert "column 'redshift' 3, in training" in message


@pytest.mark.parametrize("n_kept", [1, 3])
def test_young_and_faint_objects_are_not_flagged(n_kept, ranges, others):
    points = as_ragged(others["light_curve"])
    kept = points.filter(points.rank() < n_kept)
    X = others[[]].assign(light_curve=kept.to_nested(index=others.index))
    assert not flags(X, ranges)[0].any()


def test_a_baseline_before_the_explosion_is_not_flagged(ranges, others):
    points = as_ragged(others["light_curve"].iloc[[3]])
    time = points["time"].min() - np.arange(1.0, 3000.0)
    cell = {
        "time": np.concatenate([time, points["time"]]),
        "band": np.concatenate([np.full(len(time), "ztfg"), np.asarray(points["band"])]),
        "flux": np.concatenate([np.zeros(len(time)), points["flux"]]),
        "flux_err": np.concatenate([np.ones(len(time)), points["flux_err"]]),
    }
    X = pd.DataFrame({"light_curve": [{k: v[np.argsort(cell["time"])] for k, v in cell.items()}]})
    assert not flags(X, ranges)[0].any()


def test_one_spectrum_in_the_range_is_enough(ranges, others):
    pixels = as_ragged(others["spectrum"].iloc[[0]], kind="spectrum")
    fields = {name: np.asarray(values) for name, values in pixels.fields.items()}
    later = {**fields, "wavelength": 1.9 * fields["wavelength"], "time": fields["time"] + 5.0}
    both = {name: np.concatenate([fields[name], later[name]]) for name in fields}
    for cell, expected in ((both, False), (later, True)):
        assert flags(pd.DataFrame({"spectrum": [cell]}), ranges)[0].tolist() == [expected]


@pytest.mark.parametrize("seed", range(5))
def test_a_flag_depends_on_its_object_alone(seed, ranges, others):
    """Whatever the other rows and their order are."""
    rng = np.random.default_rng(seed)
    odd = rng.choice(40, 9, replace=False)
    X = changed(others.iloc[:40], odd, time=lambda t: t[0] + 300.0 * (t - t[0]))
    whole = flags(X, ranges)[0]
    rows = rng.choice(40, 15, replace=False)
    np.testing.assert_array_equal(flags(X.iloc[rows], ranges)[0], whole[rows])
    assert flags(X.iloc[odd[:1]], ranges)[0].tolist() == [whole[odd[0]]]


@pytest.mark.parametrize("factor", [2.0, 10.0, 100.0, 1e4, 1e8])
def test_flags_grow_with_the_distance(factor, ranges, others):
    scaled = [
        flags(changed(others, np.arange(300), **scale_flux(f)), ranges)[0]
        for f in (factor, 3 * factor)
    ]
    assert (scaled[0] <= scaled[1]).all()


def scale_flux(factor):
    return {name: lambda values: factor * values for name in ("flux", "flux_err")}


def test_few_objects_give_no_range():
    X, _ = make_supernovae(19, random_state=0)
    assert training_range(check_table(X)) == {}


def test_a_continued_fit_widens_the_range(ranges, others):
    table = check_table(others, metadata_columns=["redshift"])
    both, alone = training_range(table, ranges), training_range(table)
    assert both.keys() == ranges.keys()
    for name, (low, high) in both.items():
        assert low == min(ranges[name][0], alone[name][0])
        assert high == max(ranges[name][1], alone[name][1])


def test_only_training_objects_and_what_a_model_reads_count():
    X, _ = make_supernovae(60, random_state=0)
    table, kept = check_table(X), np.arange(10, 60)
    some = training_range(table, rows=kept)
    assert some == training_range(check_table(X.iloc[kept])) != training_range(table)
    relative = training_range(table, rows=kept, amplitude=False)
    assert some.keys() - relative.keys() == {"peak flux"}
