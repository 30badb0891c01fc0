"""Fixtures that all tests share."""

import inspect
import os
from pathlib import Path

import numpy as np
import pytest

from sklearn_sn.base import _pretrained_hint
from sklearn_sn.encoders import (
    LightCurveTransceiver,
    LightCurveTransformer,
    SpectrumCNN,
    SpectrumTransceiver,
    TransceiverDecoder,
)


@pytest.fixture(autouse=True)
def seeds_fixed():
    """No test may depend on what ran before it."""
    np.random.seed(0)  # noqa: NPY002


@pytest.fixture(scope="session", autouse=True)
def without_hints():
    """The first fit of a class in a process gives a hint, whichever test it is in."""
    before, _pretrained_hint.FEW_OBJECTS = _pretrained_hint.FEW_OBJECTS, 0
    yield
    _pretrained_hint.FEW_OBJECTS = before


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
    "light_curve": LightCurveTransformer(d_model=16, n_layers=1),
    "spectrum": SpectrumCNN(d_model=8, n_layers=2, n_bins=64),
    "embedding_dim": 8,
    "max_epochs": 2,
    "batch_size": 16,
    "random_state": 0,
}


def with_encoder(estimator, encoder, **params):
    """Return an estimator whose encoder gets the parameters that it has.

    Parameters
    ----------
    estimator, encoder : type
        Class of an estimator with the parameter `encoder`, and class of its encoder.
    **params : dict
        Parameters of either.
    """
    names = inspect.signature(encoder).parameters.keys() & params.keys()
    own = {name: params.pop(name) for name in names}
    return estimator(encoder=encoder(**own), **params)


def make_mmvae(**params):
    """Return a small autoencoder of light curves and spectra."""
    from sklearn_sn import MMVAEEmbedder

    sizes = {"d_model": 16, "n_layers": 1, "n_frequencies": 8}
    return MMVAEEmbedder(
        light_curve=LightCurveTransceiver(**sizes),
        spectrum=SpectrumTransceiver(**sizes),
        decoder=TransceiverDecoder(**sizes),
        **params,
    )


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
