"""Light curves as they arrive: years of empty sky before an event, and stray points."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import accuracy_score
from sklearn.neighbors import KNeighborsClassifier

from sklearn_sn import load_pretrained
from sklearn_sn.classification import LightCurveClassifier
from sklearn_sn.data import as_ragged
from sklearn_sn.datasets import make_supernovae, read_tables
from sklearn_sn.encoders import GRU

CLASSES = ("SN Ia", "SN II", "SLSN-I")
pytestmark = pytest.mark.filterwarnings("ignore::sklearn_sn.data.DataQualityWarning")


@pytest.fixture(scope="module")
def supernovae():
    return make_supernovae(300, classes=CLASSES, surveys="ztf", n_spectra=1, random_state=3)


def points_of(X):
    ragged = as_ragged(X["light_curve"])
    points = {name: np.asarray(ragged[name]) for name in ("time", "band", "flux", "flux_err")}
    return pd.DataFrame({"object_id": np.asarray(X.index)[ragged.rows], **points})


def with_baseline(X, days):
    """Add noise, a point in three days, that ends 10 days before the first point."""
    rng, n = np.random.default_rng(0), days // 3
    points, parts = points_of(X), []
    for name, curve in points.groupby("object_id", sort=False):
        error = np.full(n, curve["flux_err"].median())
        noise = pd.DataFrame(
            {
                "object_id": name,
                "time": curve["time"].min() - 10.0 - rng.uniform(0.0, days, n),
                "band": rng.choice(["ztfg", "ztfr"], n),
                "flux": error * rng.standard_normal(n),
                "flux_err": error,
            }
        )
        parts += [curve, noise]
    return read_tables(None, pd.concat(parts)).loc[X.index]


def with_stray_point(X, days=400.0, factor=20.0):
    points = points_of(X)
    groups = points.groupby("object_id", sort=False)
    stray = groups[["time", "flux"]].max().reset_index()
    stray["time"] += days
    stray["flux"] *= factor
    stray["band"], stray["flux_err"] = "ztfr", groups["flux_err"].median().to_numpy()
    return read_tables(None, pd.concat([points, stray])).loc[X.index]


def with_second_season(X, n=60):
    """Add noise that begins 250 days after the last point."""
    rng = np.random.default_rng(1)
    points, parts = points_of(X), []
    for name, curve in points.groupby("object_id", sort=False):
        noise = {"object_id": name, "time": curve["time"].max() + rng.uniform(250, 400, n)}
        noise |= {"band": "ztfr", "flux": 10 * rng.standard_normal(n), "flux_err": 10.0}
        parts += [curve, pd.DataFrame(noise)]
    return read_tables(None, pd.concat(parts)).loc[X.index]


def cosines(X, other):
    embedder = load_pretrained("contrastive-sim")
    one, two = (embedder.encode(table[["light_curve"]], "light_curve") for table in (X, other))
    return np.sum(one * two, axis=1)


def test_a_season_of_noise_leaves_an_embedding_where_it_is(supernovae):
    assert cosines(supernovae[0], with_second_season(supernovae[0])).min() > 0.99


@pytest.mark.parametrize("days, factor", [(400.0, 20.0), (400.0, 0.5), (60.0, 1.2), (45.0, 1e3)])
def test_a_stray_point_leaves_an_embedding_where_it_is(supernovae, days, factor):
    found = cosines(supernovae[0], with_stray_point(supernovae[0], days, factor))
    assert np.quantile(found, 0.02) > 0.97 and found.mean() > 0.995


def test_a_baseline_changes_few_classes_of_the_packaged_model(supernovae):
    X, y = supernovae
    embedder = load_pretrained("contrastive-sim")
    head = KNeighborsClassifier(5).fit(embedder.encode(X[:150], "light_curve"), y[:150])
    clean, *others = (
        accuracy_score(y[150:], head.predict(embedder.encode(table, "light_curve")))
        for table in (X[150:], *(with_baseline(X[150:], days) for days in (15, 365, 2190)))
    )
    assert clean > 0.8
    np.testing.assert_allclose(others, clean, atol=0.06)


def test_a_baseline_and_a_stray_point_change_few_classes_of_a_recurrent_model(supernovae):
    X, y = (part[:150] for part in supernovae)
    encoder = GRU(d_model=16, latent_dim=8)
    parameters = {"max_epochs": 5, "batch_size": 16, "lr": 3e-3, "random_state": 0}
    model = LightCurveClassifier(encoder=encoder, **parameters)
    model.fit(X[["light_curve"]], y)
    expected = model.predict(X)
    for days in (15, 2190):
        assert np.mean(model.predict(with_baseline(X, days)) == expected) > 0.85
    for dirty in (with_stray_point(X), with_stray_point(X, 60.0, 1.2), with_second_season(X)):
        assert np.mean(model.predict(dirty) == expected) > 0.98


def test_the_history_follows_from_each_prefix(supernovae):
    """With a baseline and a stray point, too."""
    X, y = (part[:40] for part in supernovae)
    encoder = GRU(d_model=8, latent_dim=4)
    model = LightCurveClassifier(encoder=encoder, max_epochs=1, batch_size=16, random_state=0)
    model.fit(X[["light_curve"]], y)
    dirty = with_stray_point(with_baseline(X[:4], 60), days=5.0)
    history = as_ragged(model.predict_proba_history(dirty))
    curves = as_ragged(dirty["light_curve"], kind="light_curve").sort("time", "band")
    np.testing.assert_array_equal(history.lengths, curves.lengths)
    for length in (1, 5, 12, 20):
        prefix = curves.filter(curves.rank() < length)
        table = dirty.assign(light_curve=prefix.to_nested(index=dirty.index))
        rows = history.offsets[:-1] + np.minimum(length, history.lengths) - 1
        expected = np.stack([history[name][rows] for name in model.classes_], axis=1)
        np.testing.assert_allclose(model.predict_proba(table), expected, atol=1e-5)
