"""Fingerprints of embedders."""

import copy

import torch
from sklearn.decomposition import PCA
from sklearn.frozen import FrozenEstimator

from sklearn_sn import load_model, save_model
from sklearn_sn.catalog._fingerprint import fingerprint


def test_it_depends_on_the_weights_alone(fitted, tmp_path):
    digest = fingerprint(fitted)
    assert len(digest) == 64 and fingerprint(FrozenEstimator(fitted)) == digest
    save_model(fitted, tmp_path / "model.snmodel")
    assert fingerprint(load_model(tmp_path / "model.snmodel")) == digest
    other = copy.deepcopy(fitted)
    with torch.no_grad():
        next(other.net_.module_.parameters()).add_(1e-6)
    assert fingerprint(other) != digest


def test_an_estimator_without_a_network_has_none():
    assert fingerprint(PCA()) == ""
