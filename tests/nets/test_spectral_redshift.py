"""The target that goes with a spectrum that training has moved."""

import numpy as np
import pandas as pd
import torch

from sklearn_sn.data import check_table
from sklearn_sn.losses import ClassShiftLoss
from sklearn_sn.nets import RedshiftNet, TableDataset
from sklearn_sn.preprocessors import ShiftedSpectrumPreprocessor

GRID = {"wavelength_range": (3500.0, 9000.0), "n_bins": 128, "max_shift": 0.1, "noise": False}


def prepared(n=200, **params):
    wave = np.linspace(3400.0, 9100.0, 1500)
    flux = 1.0 + 5.0 * np.exp(-0.5 * ((wave - 5600.0) / 12.0) ** 2)
    table = check_table(pd.DataFrame({"spectrum": [{"wavelength": wave, "flux": flux}] * n}))
    preprocessor = ShiftedSpectrumPreprocessor(**{**GRID, **params}).fit(table)
    return preprocessor, preprocessor.prepare(table)


def test_the_loss_looks_where_the_spectrum_was_moved_to():
    preprocessor, spectra = prepared(6)
    targets = {"targets": np.array([0, 1, 0, 1, 0, 1]), "shift": np.full(6, 20, dtype=np.float32)}
    targets["shift"][1] = np.nan
    dataset = TableDataset({"spectrum": preprocessor}, {"spectrum": spectra}, targets)
    batch = dataset.gather(np.arange(6), "cpu", np.random.default_rng(0))
    net = RedshiftNet(
        torch.nn.Linear(1, 1),
        modality="spectrum",
        criterion=ClassShiftLoss,
        criterion__n_classes=2,
        train_split=None,
    ).initialize()
    outputs = torch.randn(6, 2 * 50)
    moved = batch.tensors["spectrum"][0]["moved"]
    assert moved.abs().sum() > 0
    expected = ClassShiftLoss(2)(outputs, batch.targets["targets"], batch.targets["shift"] + moved)
    loss = net.get_loss((None, outputs), None, X=batch)
    torch.testing.assert_close(loss, expected.mean())
