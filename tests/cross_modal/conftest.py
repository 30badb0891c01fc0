"""Spectra of SN Ia with known phases, and a small embedder fitted on some of them."""

import pytest

from tests.conftest import SMALL


@pytest.fixture(scope="session")
def dated():
    """Sixty SN Ia of one to three spectra with the time of peak; one in five has no spectrum."""
    from sklearn_sn.datasets import make_supernovae

    X, _, truth = make_supernovae(
        60,
        classes=["SN Ia"],
        n_spectra=(1, 3),
        n_pixels=64,
        missing_fraction=0.2,
        return_truth=True,
        random_state=0,
    )
    return X.assign(t_peak=truth["t_peak"])


@pytest.fixture(scope="session")
def embedder(dated):
    """Return a small frozen embedder, fitted on the first forty objects."""
    from sklearn.frozen import FrozenEstimator

    from sklearn_sn import ContrastiveEmbedder

    return FrozenEstimator(ContrastiveEmbedder(**SMALL).fit(dated[:40]))
