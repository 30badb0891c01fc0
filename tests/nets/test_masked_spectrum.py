"""The net of masked pretraining of spectra."""

import numpy as np
import torch

from sklearn_sn.data import check_table
from sklearn_sn.datasets import make_supernovae
from sklearn_sn.encoders import DataSettings, PatchSpectrumTransformer
from sklearn_sn.losses import MaskedSpectrumLoss
from sklearn_sn.modules import MaskedSpectrumModule
from sklearn_sn.nets import MaskedSpectrumNet, TableDataset
from sklearn_sn.preprocessors import MaskedSpectrumPreprocessor


def test_the_loss_is_that_of_the_hidden_windows_and_falls():
    X, _ = make_supernovae(40, modalities=["spectrum"], random_state=0)
    encoder = PatchSpectrumTransformer(d_model=16, n_heads=2, n_layers=1, n_bins=128)
    inner = encoder.make_preprocessor(DataSettings())
    masked = MaskedSpectrumPreprocessor(
        inner, n_segments=2, segment_length=None, window=20, stride=10
    )
    table = check_table(X)
    data = TableDataset({"spectrum": masked}, {"spectrum": masked.fit(table).prepare(table)})
    with torch.random.fork_rng():
        torch.manual_seed(0)
        module = MaskedSpectrumModule(encoder.make_module(inner), 1)
    net = MaskedSpectrumNet(
        module,
        criterion=MaskedSpectrumLoss,
        optimizer=torch.optim.Adam,
        lr=3e-3,
        max_epochs=8,
        batch_size=20,
        device="cpu",
        verbose=0,
        train_split=None,
        callbacks__valid_acc=None,
    ).initialize()
    batch = data.gather(np.arange(40), "cpu")
    module = net.module_.eval()
    outputs = net.infer(batch)
    targets = module.targets(batch.tensors["spectrum"])
    assert outputs.shape == targets["target"].shape == (40, 1, 12, 20)
    assert net.get_loss(outputs, None, batch) == MaskedSpectrumLoss()(outputs, **targets)
    losses = net.partial_fit(data).history[:, "train_loss"]
    assert np.isfinite(losses).all() and losses[-1] < 0.9 * losses[0]
