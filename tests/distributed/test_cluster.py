"""Catalogues, searches and lost workers on a cluster of two processes."""

import os
import signal
import time
from collections import Counter

import joblib
import numpy as np
import pandas as pd
import pytest
from sklearn.model_selection import GridSearchCV, cross_val_predict

from sklearn_sn import LightCurveClassifier
from sklearn_sn.distributed import transform_catalog, write_catalog
from sklearn_sn.encoders import GRU
from tests.distributed.slow import RecordingClassifier, processes

dd = pytest.importorskip("dask.dataframe")
distributed = pytest.importorskip("distributed")


@pytest.fixture(scope="module")
def client():
    """A client of two worker processes of one thread."""
    import dask
    from distributed.utils import get_mp_context

    # Forks of one server import torch once, and not in every worker.
    with dask.config.set({"distributed.worker.multiprocessing-method": "forkserver"}):
        modules = ["distributed", "sklearn_sn.classification", "tests.distributed.slow"]
        get_mp_context().set_forkserver_preload(modules)
        options = {"processes": True, "dashboard_address": None}
        with (
            distributed.LocalCluster(n_workers=2, threads_per_worker=1, **options) as cluster,
            distributed.Client(cluster) as client,
        ):
            yield client


@pytest.fixture
def many_parts(light_curves):
    """The table in fifteen partitions of two objects."""
    return dd.from_pandas(light_curves[0].reset_index(drop=True), npartitions=15)


def expected_of(model, catalog):
    """What this process alone computes."""
    return transform_catalog(model, catalog).compute(scheduler="synchronous")


def test_each_worker_receives_the_model_once(client, classifier, many_parts, tmp_path):
    model = RecordingClassifier(classifier, tmp_path, seconds=0.05)
    result = transform_catalog(model, many_parts).compute()
    pd.testing.assert_frame_equal(result, expected_of(classifier, many_parts))
    called = Counter(processes(tmp_path, "called"))
    assert sum(called.values()) == many_parts.npartitions
    assert len(called) == 2
    assert os.getpid() not in called
    assert Counter(processes(tmp_path, "unpacked")) == dict.fromkeys(called, 1)


def test_a_killed_worker_changes_nothing(client, classifier, many_parts, tmp_path):
    model = RecordingClassifier(classifier, tmp_path, seconds=0.2)
    future = client.compute(transform_catalog(model, many_parts))
    _wait_for(lambda: len(set(processes(tmp_path, "called"))) == 2)
    killed = processes(tmp_path, "called")[0]
    os.kill(killed, signal.SIGKILL)
    n_called = len(processes(tmp_path, "called"))
    assert n_called < many_parts.npartitions
    result = future.result(timeout=60)
    pd.testing.assert_frame_equal(result, expected_of(classifier, many_parts))
    # What the killed process had computed or begun was computed again by others.
    called = processes(tmp_path, "called")
    assert len(called) > many_parts.npartitions
    assert killed not in client.run(os.getpid).values()
    client.wait_for_workers(2, timeout=60)


def _wait_for(condition, seconds=60):
    limit = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < limit
        time.sleep(0.01)


def test_writing_shows_progress_and_collects_nothing(
    client, classifier, many_parts, tmp_path, capsys
):
    lazy = write_catalog(classifier, many_parts, tmp_path, keep=["redshift"])
    assert "Completed" in capsys.readouterr().out
    result = lazy.compute(scheduler="synchronous")
    assert lazy.divisions == many_parts.divisions
    expected = expected_of(classifier, many_parts)
    pd.testing.assert_frame_equal(result[expected.columns], expected)


def test_a_search_runs_on_the_cluster(client, light_curves):
    X, y = light_curves
    estimator = LightCurveClassifier(
        encoder=GRU(d_model=4, n_layers=1, latent_dim=4), max_epochs=1, random_state=0
    )
    search = GridSearchCV(estimator, {"lr": [1e-3, 1e-2]}, cv=2)
    alone = search.fit(X, y).cv_results_["mean_test_score"]
    with joblib.parallel_config(backend="dask"):
        pids = joblib.Parallel()(joblib.delayed(os.getpid)() for _ in range(8))
        search.fit(X, y)
        proba = cross_val_predict(estimator, X, y, cv=2, method="predict_proba")
    assert os.getpid() not in pids
    np.testing.assert_array_equal(search.cv_results_["mean_test_score"], alone)
    np.testing.assert_array_equal(
        proba, cross_val_predict(estimator, X, y, cv=2, method="predict_proba")
    )
