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
