"""Laws that every configuration of a paper obeys: it trains, and its parameters can change."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone, is_regressor

from sklearn_sn import papers
from sklearn_sn.datasets import make_supernovae

SMALL = {
    # The number of steps of the paper would replace the single epoch.
    "astroclip": {"callbacks": None, "spectrum__n_layers": 1, "batch_size": 16},
    "maven": {"light_curve__n_layers": 1, "spectrum__n_layers": 1},
    "maven_baseline": {"encoder__n_layers": 1},
    "mmvae_transceiver": {"decoder__max_pixels": 64, "decoder__n_layers": 1},
    "contrastive_transceiver": {"spectrum__n_bins": 64},
    "transceiver_regressor": {"spectrum__n_bins": 64},
    "applecider_masked_events": {"encoder__n_layers": 1},
    "applecider_photometry": {"encoder__n_layers": 1},
    "spectranet": {"encoder__n_bins": 64, "encoder__size": "small"},
    # The paper's network for images has 28 million weights.
    "astrominn": {"image__depths": (1, 1), "image__widths": (8, 12)},
    "galspecnet": {"encoder__n_bins": 64},
}


@pytest.fixture(scope="module")
def dated():
    X, y, truth = make_supernovae(60, return_truth=True, random_state=0)
    images = list(np.random.default_rng(0).normal(size=(60, 3, 15, 15)).astype(np.float32))
    return X.assign(t_peak=truth["t_peak"], image=pd.Series(images, index=X.index)), y


@pytest.mark.parametrize("name", papers.__all__)
def test_every_configuration_trains(name, dated):
    X, y = dated
    model = getattr(papers, name)(max_epochs=1, early_stopping=False, random_state=0)
    y = X["redshift"] if is_regressor(model) else y
    model = clone(model).set_params(**SMALL.get(name, {})).fit(X, y)
    assert np.isfinite(model.transform(X)).all()


@pytest.mark.parametrize("name", papers.__all__)
def test_parameters_can_be_changed(name):
    assert getattr(papers, name)(max_epochs=3).max_epochs == 3
    with pytest.raises(TypeError, match="no_such"):
        getattr(papers, name)(no_such=1)
