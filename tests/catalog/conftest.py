"""Fixtures of the catalogue: simulated objects, stand-ins of the packaged models, known objects."""

import numpy as np
import pytest

from sklearn_sn import load_pretrained
from sklearn_sn.catalog._fingerprint import fingerprint
from sklearn_sn.catalog._known_objects import KnownObjects
from tests.catalog.stand_ins import simulated, stand_ins


@pytest.fixture(scope="session")
def models():
    return stand_ins()


@pytest.fixture(scope="session")
def objects():
    """Twelve objects: both modalities, no spectrum (3, 4), no light curve (5), nothing (6)."""
    X = simulated()[0].iloc[100:112].copy()
    for name, rows in (("spectrum", [3, 4, 6]), ("light_curve", [5, 6])):
        column = X[name].copy()
        column.iloc[rows] = None
        X[name] = column
    return X[["light_curve", "spectrum", "redshift"]]


@pytest.fixture(scope="session")
def known():
    """Known objects: sixty simulated ones, of which the first twenty lack the spectrum."""
    X, y = simulated()
    X, y, embedder = X.iloc[:60], y[:60], load_pretrained("contrastive-sim")
    rows = {"light_curve": np.arange(60), "spectrum": np.arange(20, 60)}
    return KnownObjects(
        X.index.to_numpy(dtype=object),
        y.astype(object),
        X["redshift"].to_numpy(dtype=np.float32),
        rows,
        {name: embedder.encode(X.iloc[rows[name]][[name]], name) for name in rows},
        np.random.default_rng(0).random((60, 2)),
        fingerprint(embedder),
        {"content": "simulated"},
    )


@pytest.fixture
def with_known(known, monkeypatch):
    """Let the simulated objects be the known ones."""
    for module in ("_classify", "_report"):
        monkeypatch.setattr(f"sklearn_sn.catalog.{module}.known_objects", lambda: known)
    return known
