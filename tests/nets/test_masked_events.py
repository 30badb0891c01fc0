"""The net of masked pretraining."""

import numpy as np
import pytest
import torch

from sklearn_sn.data import check_table
from sklearn_sn.datasets import make_supernovae
from sklearn_sn.encoders import DataSettings, EventTransformer
from sklearn_sn.losses import MaskedEventLoss
from sklearn_sn.modules import MaskedEventModule
from sklearn_sn.nets import MaskedEventNet, TableDataset
from sklearn_sn.preprocessors import MaskedEventPreprocessor


@pytest.fixture(scope="module")
def dataset():
    X, _ = make_supernovae(70, modalities=["light_curve"], random_state=0)
    encoder = EventTransformer(d_model=8, n_heads=2, n_layers=1, d_feedforward=8)
    inner = encoder.make_preprocessor(DataSettings())
    masked = MaskedEventPreprocessor(inner, mask_fraction=0.3, max_days=100.0)
    table = check_table(X)
    prepared = masked.fit(table).prepare(table)
    return encoder, TableDataset({"light_curve": masked}, {"light_curve": prepared})


def net_of(dataset):
    encoder, data = dataset
    inner = data.preprocessors["light_curve"].preprocessor
    with torch.random.fork_rng():
        torch.manual_seed(0)
        module = MaskedEventModule(encoder.make_module(inner), len(inner.bands_))
    return MaskedEventNet(
        module,
        criterion=MaskedEventLoss,
        optimizer=torch.optim.Adam,
        lr=3e-3,
        max_epochs=6,
        batch_size=35,
        device="cpu",
        verbose=0,
        train_split=None,
        callbacks__valid_acc=None,
    ).initialize()


def test_the_loss_is_that_of_all_chunks_of_the_batch(dataset):
    net = net_of(dataset)
    batch = dataset[1].gather(np.arange(70), "cpu")
    chunks = batch.tensors["light_curve"]
    assert len(chunks) > 1
    net.module_.eval()
    outputs = net.infer(batch)
    expected = MaskedEventLoss()(outputs, **net.module_.targets(chunks))
    assert net.get_loss(outputs, None, batch) == expected
    assert len(outputs) == sum(int(chunk["hidden"].sum()) for chunk in chunks)


def test_training_lowers_the_loss(dataset):
    net = net_of(dataset).partial_fit(dataset[1])
    losses = net.history[:, "train_loss"]
    assert np.isfinite(losses).all() and losses[-1] < 0.9 * losses[0]
