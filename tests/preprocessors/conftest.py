"""A table of simulated light curves."""

import pytest

from sklearn_sn.data import check_table
from sklearn_sn.datasets import make_supernovae


@pytest.fixture(scope="package")
def table():
    X, _ = make_supernovae(30, n_spectra=(1, 3), random_state=0)
    return check_table(X, metadata_columns=["redshift", "survey"])
