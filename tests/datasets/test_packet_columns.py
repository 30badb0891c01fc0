"""Metadata agree with host, neighbours and photometry."""

import numpy as np
import pandas as pd
import pytest

from sklearn_sn.datasets._alert_schemas import SCHEMAS
from sklearn_sn.datasets._hosts import INVISIBLE
from sklearn_sn.datasets._packet_columns import PACKET_COLUMNS, draw_catalog, packet_columns

N = 300


def catalog(host_mag=17.0, host_x=3.0, point=INVISIBLE, neighbour=20.0, at=10.0, star=True):
    full = np.full(N, 1.0)
    hosts = {"x": host_x * full, "y": 0 * full, "radius": 4 * full}
    hosts |= {"mag_r": host_mag * full, "point_r": point * full}
    one = np.ones((N, 1))
    neighbours = {"x": at * one, "y": 0 * one, "mag": neighbour * one}
    neighbours |= {"extent": (0.0 if star else 1.0) * one, "star": star * one}
    return draw_catalog(hosts, neighbours, np.random.default_rng(0))


def test_columns_are_those_of_read_alerts():
    names = [name for name in SCHEMAS["ztf"].metadata if name not in ("rb", "drb")]
    assert list(PACKET_COLUMNS) == names


def test_nearest_sources_are_the_host_and_the_neighbour():
    table = catalog()
    assert table["distpsnr1"].median() == pytest.approx(3.0, abs=0.1)
    assert table["distpsnr2"].median() == pytest.approx(10.0, abs=0.1)
    assert (table["sgscore1"] < 0.3).mean() > 0.9 and (table["sgscore2"] > 0.7).mean() > 0.8
    assert (table["nmtchps"] == 2).all()
    assert table["sharpnr"].median() > 0.3


def test_the_order_follows_the_distance():
    table = catalog(host_x=15.0, at=4.0)
    assert (table["sgscore1"] > 0.7).mean() > 0.8
    assert (table["distpsnr1"] < table["distpsnr2"]).all()
    assert abs(table["sharpnr"].median()) < 0.1


def test_counterparts_of_cv_are_stars():
    table = catalog(host_mag=INVISIBLE, point=18.0)
    assert table["distpsnr1"].median() < 0.5 and (table["sgscore1"] > 0.8).mean() > 0.9


def test_what_is_not_there_is_nan():
    table = catalog(host_mag=INVISIBLE, neighbour=np.inf)
    missing = ["sgscore1", "distpsnr1", "sgscore2", "distpsnr2", "chinr", "sharpnr"]
    assert table[missing].isna().all(axis=None) and (table["nmtchps"] == 0).all()
    assert catalog(at=40.0)["sgscore2"].isna().all()  # beyond the radius of the match


def test_photometry_columns():
    objects = pd.DataFrame({"ra": np.full(N, 359.9999), "dec": np.full(N, 60.0)})
    alerts = pd.DataFrame({"row": np.arange(N), "flux": np.where(np.arange(N) % 2, 100.0, -100.0)})
    alerts["flux_err"], alerts["diffmaglim"] = 10.0, 20.5
    alerts["ndethist"], alerts["ncovhist"], alerts["age"] = 3, 50, 7.0
    sky = np.linspace(-2, 2, N)
    table = packet_columns(objects, alerts, catalog(), sky, np.random.default_rng(0))
    np.testing.assert_allclose(table["magpsf"], 18.9)
    np.testing.assert_allclose(table["sigmapsf"], 0.10857, rtol=1e-3)
    assert (table["nnondet"] == 47).all() and (table["age"] == 7).all()
    assert np.abs(table["sky"] - sky).max() < 0.6
    # Five sigma at the limit: 100 µJy are 21.9 sigma of a depth of 20.5 mag.
    assert table["scorr"].median() == pytest.approx(21.9, rel=0.05)
    assert table["ra"].between(0, 360).all() and np.abs(table["dec"] - 60).max() < 1e-3
    assert table["classtar"].between(0, 1).all() and table["classtar"].median() > 0.95
