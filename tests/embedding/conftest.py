"""A small autoencoder, and the objects that it is fitted on."""

import pytest

from sklearn_sn.datasets import make_supernovae
from tests.embedding.small_mmvae import TINY


@pytest.fixture(scope="session")
def X():
    """Sixty objects with one to three spectra, dated; one in five has none."""
    X, _, truth = make_supernovae(
        60,
        n_spectra=(1, 3),
        n_pixels=64,
        missing_fraction=0.2,
        return_truth=True,
        random_state=0,
    )
    return X.assign(t_peak=truth["t_peak"])


@pytest.fixture(scope="session")
def model(X):
    """An autoencoder fitted on the sixty; not to be changed."""
    from sklearn_sn import MMVAEEmbedder

    return MMVAEEmbedder(**TINY).fit(X)


@pytest.fixture(scope="session")
def curves(X):
    """The sixty objects without their spectra."""
    return X.drop(columns="spectrum")
