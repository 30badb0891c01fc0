"""Epochs of alerts: which detections, and what came before."""

import numpy as np
import pandas as pd
import pytest

from sklearn_sn.data import Ragged
from sklearn_sn.datasets._alert_epochs import draw_epochs, is_detection

TIME = 59000.0 + np.arange(12.0)
FLUX = np.array([0, 1, 30, 60, 90, 0, 80, 70, -60, 50, 40, 30.0])


def curves(n=3):
    fields = {
        "time": np.tile(TIME, n),
        "band": pd.Categorical.from_codes(np.tile([0, 1], 6 * n), ["ztfg", "ztfr"]),
        "flux": np.tile(FLUX, n),
        "flux_err": np.full(12 * n, 5.0),
        "limit": np.full(12 * n, 25.0),
    }
    return Ragged.from_groups(np.repeat(np.arange(n), 12), n, fields)


def epochs(name="SN Ia", n=3, max_alerts=100, max_days=100.0):
    objects = pd.DataFrame({"class": np.full(n, name)})
    return draw_epochs(objects, curves(n), max_alerts, max_days, np.random.default_rng(0))


def test_alerts_are_the_detections_of_either_sign():
    first = epochs().query("row == 0")
    assert (first["mjd"] - 59000).tolist() == [2, 3, 4, 6, 7, 8, 9, 10, 11]
    assert first["flux"].tolist() == FLUX[[2, 3, 4, 6, 7, 8, 9, 10, 11]].tolist()
    assert first["band"].tolist()[:2] == ["ztfg", "ztfr"]
    np.testing.assert_allclose(first["diffmaglim"], 23.9 - 2.5 * np.log10(25.0))


@pytest.mark.parametrize(
    ("most", "days", "expected"),
    [(1, 100, [11]), (2, 100, [2, 11]), (3, 100, [2, 7, 11]), (100, 4, [2, 3, 4, 6]), (1, 0, [2])],
)
def test_alerts_are_spread_and_limited(most, days, expected):
    chosen = epochs(max_alerts=most, max_days=days).query("row == 1")
    assert (chosen["mjd"] - 59000).tolist() == expected


def test_counts_of_a_supernova_start_with_its_light_curve():
    table = epochs(n=400)
    new = table.groupby("row")["age"].min() == 0
    assert new.mean() > 0.8
    one = table[table["row"] == new.idxmax()]
    assert one["ndethist"].tolist() == list(range(1, 10))
    assert one["age"].tolist() == (one["mjd"] - 59002).tolist()
    assert (table["ncovhist"] >= table["ndethist"]).all() and (table["age"] >= 0).all()
    # ZTF visits a position less than once a day on average.
    assert 200 < table["ncovhist"].median() < 1500


def test_nuclei_have_a_history():
    table = epochs("AGN", n=400).query("mjd == 59002")
    assert table["age"].median() > 300 and table["ndethist"].median() > 20


def test_an_object_without_significant_points_has_one_alert_at_the_best():
    faint = curves(2).with_fields(flux=np.tile(FLUX, 2) / 50.0)
    assert np.flatnonzero(is_detection(faint)).tolist() == [4, 16]
