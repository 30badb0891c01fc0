"""Streams of growing light curves: as predict_proba, with one step for a new point."""

import numpy as np
import pandas as pd
import pytest

from sklearn_sn import LightCurveClassifier
from sklearn_sn.data import Ragged, as_ragged
from sklearn_sn.datasets import make_supernovae
from sklearn_sn.encoders import GRU


@pytest.fixture(scope="module")
def supernovae():
    return make_supernovae(40, modalities=["light_curve"], random_state=0)


@pytest.fixture(scope="module")
def model(supernovae):
    encoder = GRU(d_model=16, latent_dim=8, max_points=60)
    return LightCurveClassifier(encoder=encoder, max_epochs=2, random_state=0).fit(*supernovae)


def table(curves, index):
    return pd.DataFrame({"light_curve": curves.to_nested(index=index)})


def parts(X, size):
    """Tables of new points: the first `size` points of every object, the next ones, and so on."""
    curves = as_ragged(X["light_curve"], kind="light_curve").sort("time")
    number = curves.rank() // size
    for k in range(int(number.max()) + 1):
        some = curves.filter(number == k)
        present = np.flatnonzero(some.lengths > 0)
        yield table(some.take(present), X.index[present])


def joined(tables):
    """All points of several tables, an object a row."""
    flat = pd.concat([part["light_curve"].nest.to_flat() for part in tables])
    names = list(dict.fromkeys(flat.index))
    rows = pd.Index(names).get_indexer(flat.index)
    fields = {name: flat[name].to_numpy() for name in flat.columns}
    return table(Ragged.from_groups(rows, len(names), fields), names)


@pytest.mark.filterwarnings("ignore::sklearn_sn.data.DataQualityWarning")
@pytest.mark.parametrize("size", [2, 7])
def test_each_update_equals_predict_proba_of_all_points_so_far(size, model, supernovae):
    X = supernovae[0].iloc[:8]
    stream, given = model.stream(max_age=1e5), []
    for part in parts(X, size):
        given.append(part)
        proba = stream.update(part)
        assert list(proba.index) == list(part.index)
        expected = model.predict_proba(joined(given).loc[part.index])
        np.testing.assert_allclose(proba.to_numpy(), expected, atol=1e-5)
    n_points = as_ragged(X["light_curve"]).n_points
    # Each point is read once, but for those of states that were built anew.
    assert stream.n_steps < (3 if size == 2 else 6) * n_points


def test_a_growing_event_costs_one_step_per_point(model):
    time = 59000.0 + 2.0 * np.arange(30)
    flux = 50.0 + 400.0 * np.exp(-0.5 * ((time - 59020.0) / 9.0) ** 2)
    curves = Ragged(
        {
            "time": time,
            "band": np.array(["ztfg", "ztfr"] * 15, dtype=object),
            "flux": flux,
            "flux_err": np.full(30, 3.0),
        },
        [0, 30],
    )
    stream = model.stream()
    for part in parts(table(curves, ["a"]), 1):
        proba = stream.update(part)
    assert (stream.n_steps, stream.n_rebuilt) == (30, 1)
    expected = model.predict_proba(table(curves, ["a"]))
    np.testing.assert_allclose(proba.to_numpy(), expected, atol=1e-5)


@pytest.mark.filterwarnings("ignore::sklearn_sn.data.DataQualityWarning")
def test_late_points_and_other_rows_do_not_change_a_result(model, supernovae):
    X = supernovae[0].iloc[:8]
    expected = model.predict_proba(X)
    tables = list(parts(X, 9))
    stream = model.stream(max_age=1e5)
    for part in reversed(tables):
        proba = stream.update(part)
    np.testing.assert_allclose(
        proba.to_numpy(), expected[X.index.get_indexer(proba.index)], atol=1e-5
    )
    alone = model.stream(max_age=1e5)
    for part in tables:
        if X.index[3] in part.index:
            one = alone.update(part.loc[[X.index[3]]])
    np.testing.assert_allclose(one.to_numpy()[0], expected[3], atol=1e-5)


@pytest.mark.filterwarnings("ignore::sklearn_sn.data.DataQualityWarning")
def test_a_stream_is_resumed_from_its_history(model, supernovae):
    X = supernovae[0].iloc[:10]
    *first, last = parts(X, 15)
    stream = model.stream(max_age=1e5)
    for part in first:
        stream.update(part)
    resumed = model.stream(stream.history(), max_age=1e5)
    assert len(resumed) == len(stream) == 10
    pd.testing.assert_frame_equal(resumed.update(last), stream.update(last), atol=1e-5)


def objects(names, day):
    """One point for each object."""
    n = len(names)
    fields = {
        "time": np.repeat([float(day)], n),
        "band": np.repeat(["ztfg"], n).astype(object),
        "flux": np.repeat([200.0], n),
        "flux_err": np.repeat([5.0], n),
    }
    return table(Ragged(fields, np.arange(n + 1)), names)


def test_old_objects_and_too_many_are_dropped(model):
    stream = model.stream(max_age=50, max_objects=3)
    stream.update(objects(["a", "b"], 59000))
    stream.update(objects(["b", "c"], 59040))
    assert len(stream) == 3
    for day in range(59060, 59065):  # most of the latest objects have points of these days
        stream.update(objects(["c"], day))
    assert "a" not in stream and "b" in stream
    stream.update(objects(["d", "e"], 59065))
    assert len(stream) == 3 and "b" not in stream


def test_objects_that_are_dropped_at_once_are_counted_and_warned_about(model):
    both = pd.concat([objects(["old", "older"], 58000), objects(["a", "b", "c", "d"], 59000)])
    stream = model.stream(max_age=50)
    with pytest.warns(UserWarning, match=r"2 objects \(first 'old'\) were dropped .* max_age=50 "):
        proba = stream.update(both)
    assert stream.n_dropped == 2 and len(stream) == 4
    np.testing.assert_allclose(proba, model.predict_proba(both), atol=1e-5)
    few = model.stream(max_objects=2)
    with pytest.warns(UserWarning, match=r"1 objects \(first 'a'\) .* more than max_objects=2 "):
        few.update(objects(["a", "b", "c"], 59000))
    few.update(objects(["d"], 59000))  # drops b, which was given before
    assert few.n_dropped == 2
    few.update(objects(["e", "f", "g"], 59000))  # drops e at once, and warns once
    assert few.n_dropped == 5


def test_a_wrong_date_drops_no_other_object(model):
    stream = model.stream(max_age=50)
    stream.update(objects(["a", "b"], 59000))
    stream.update(objects(["wrong"], 80000))
    assert "a" in stream and "b" in stream
    for day in range(59001, 59090, 4):
        stream.update(objects(["c"], day))
    # Nor does it keep the objects that were updated later.
    for day in range(59090, 59240):
        stream.update(objects(["d"], day))
    assert "c" not in stream and "wrong" not in stream and "d" in stream


def test_an_object_without_usable_points_gets_the_prior(model):
    fields = {
        "time": np.array([59000.0, 59001.0]),
        "band": np.array(["ztfg", "nonsense"], dtype=object),
        "flux": np.array([np.nan, 3.0]),
        "flux_err": np.array([1.0, 1.0]),
    }
    stream = model.stream()
    with pytest.warns(UserWarning, match="dropped"):
        proba = stream.update(table(Ragged(fields, [0, 2]), ["a"]))
    np.testing.assert_allclose(proba.to_numpy()[0], model.class_prior_)


def test_bad_input_is_rejected_and_changes_nothing(model, supernovae):
    X = supernovae[0].iloc[[0, 0]]
    stream = model.stream()
    with pytest.raises(ValueError, match="has several rows"):
        stream.update(X)
    with pytest.raises(ValueError, match="lacks the column 'light_curve'"):
        stream.update(pd.DataFrame({"flux": [1.0]}))
    assert len(stream) == 0
    for name in ("max_age", "max_objects"):
        with pytest.raises(ValueError, match=f"The {name!r} parameter of stream"):
            model.stream(**{name: 0})


def test_only_causal_encoders_have_streams(model, supernovae):
    other = LightCurveClassifier(encoder="deep_sets", max_epochs=1, random_state=0)
    assert hasattr(model, "stream") and not hasattr(other.fit(*supernovae), "stream")
