"""The supervised contrastive classifier."""

import numpy as np
import pytest
import torch

import sklearn_sn
from sklearn_sn.classification import SupConClassifier
from sklearn_sn.losses import SupConLoss
from tests.classification.test_light_curve_classifiers import make


def test_it_is_at_the_top():
    assert sklearn_sn.SupConClassifier is SupConClassifier


def test_contrast_orders_the_latent(supernovae):
    X, y = supernovae
    _, codes = np.unique(y, return_inverse=True)

    def contrast(weight):
        # Augmented with empty sky, sixty light curves would take many more epochs to learn.
        params = {"max_epochs": 40, "lr": 3e-3, "n_layers": 1, "augmentation": False}
        params["amplitude"] = False
        model = make(SupConClassifier, **params, contrastive_weight=weight)
        latent = model.fit(X, y).transform(X)
        return float(SupConLoss()(torch.from_numpy(latent), torch.from_numpy(codes)))

    assert contrast(5.0) < contrast(0.0) - 0.05


@pytest.mark.parametrize("parameter", ["contrastive_weight", "temperature"])
def test_parameters_reach_the_loss(supernovae, parameter):
    X, y = supernovae
    one, other = (
        make(SupConClassifier, **{parameter: value}).fit(X, y).transform(X) for value in (0.3, 1.5)
    )
    assert np.abs(one - other).max() > 1e-4


def test_batches_without_positives_train(supernovae):
    X, y = supernovae
    some = [np.flatnonzero(y == name)[0] for name in np.unique(y)]
    model = make(SupConClassifier, batch_size=2).fit(X.iloc[some], y[some])
    assert np.isfinite([row["train_loss"] for row in model.history_]).all()
    assert np.isfinite(model.transform(X)).all()
