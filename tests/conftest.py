"""Fixtures that all tests share."""

import os
from pathlib import Path

import numpy as np
import pytest


@pytest.fixture(autouse=True)
def seeds_fixed():
    """No test may depend on what ran before it."""
    np.random.seed(0)  # noqa: NPY002


@pytest.fixture(scope="session")
def real_data():
    """Folder of the real observations; tests that need it are skipped where it is missing."""
    beside = Path(__file__).parents[2] / "shared" / "data"
    folder = Path(os.environ.get("SKLEARN_SN_DATA", beside))
    if not (folder / "osc_pairs_objects.parquet").exists():
        pytest.skip("the real data is missing: set SKLEARN_SN_DATA to its folder")
    return folder


# An embedder that trains in a second.
SMALL = {
    "light_curve_d_model": 16,
    "light_curve_n_layers": 1,
    "spectrum_d_model": 8,
    "spectrum_n_layers": 2,
    "spectrum_n_bins": 64,
    "embedding_dim": 8,
    "max_epochs": 2,
    "batch_size": 16,
    "random_state": 0,
}


@pytest.fixture(scope="session")
def supernovae():
    """Sixty simulated objects: X, y."""
    from sklearn_sn.datasets import make_supernovae

    return make_supernovae(60, random_state=0)


@pytest.fixture
def embedder():
    """A small embedder, not fitted."""
    from sklearn_sn import ContrastiveEmbedder

    return ContrastiveEmbedder(**SMALL)


@pytest.fixture(scope="session")
def fitted(supernovae):
    """A small embedder, fitted on the sixty; not to be changed."""
    from sklearn_sn import ContrastiveEmbedder

    return ContrastiveEmbedder(**SMALL).fit(*supernovae)
