"""Spectra that training moves to other redshifts, and the target that goes with them."""

import numpy as np
import pandas as pd
import torch

from sklearn_sn.data import check_table
from sklearn_sn.losses import ClassShiftLoss
from sklearn_sn.nets import RedshiftNet, RedshiftSpectrumInput, TableDataset
from sklearn_sn.nets._spectrum_augmentation import shifted

GRID = {"wavelength_range": (3500.0, 9000.0), "n_bins": 128, "max_shift": 0.1, "noise": False}


def prepared(n=200, **params):
    wave = np.linspace(3400.0, 9100.0, 1500)
    flux = 1.0 + 5.0 * np.exp(-0.5 * ((wave - 5600.0) / 12.0) ** 2)
    table = check_table(pd.DataFrame({"spectrum": [{"wavelength": wave, "flux": flux}] * n}))
    source = RedshiftSpectrumInput(**{**GRID, **params}).fit(table)
    return source, source.prepare(table)


def test_the_line_moves_by_as_many_bins_as_said():
    source, spectra = prepared()
    still, _ = source.gather(spectra, np.arange(200))
    assert (still["moved"] == 0).all()
    arrays, owners = source.gather(spectra, np.arange(200), np.random.default_rng(0))
    place = arrays["flux"][:, 1].argmax(axis=1) - still["flux"][:, 1].argmax(axis=1)
    np.testing.assert_array_equal(place, arrays["moved"])
    assert set(place) == set(range(-12, 13)) and len(owners) == 200
    assert (arrays["flux"][:, 0][arrays["pad_mask"]] == 0).all()
    off, spectra = prepared(augmentation=False)
    assert (off.gather(spectra, np.arange(9), np.random.default_rng(0))[0]["moved"] == 0).all()


def test_what_would_leave_the_grid_stays_and_says_so():
    flux, covered = np.ones((2, 1, 30), dtype=np.float32), np.zeros((2, 30), dtype=bool)
    covered[:, :4] = True
    _, left, bins = shifted(flux, covered, np.array([-2, -1]))
    assert bins.tolist() == [0, -1]
    assert left.sum(axis=1).tolist() == [4, 3]


def test_the_loss_looks_where_the_spectrum_was_moved_to():
    source, spectra = prepared(6)
    extras = {"targets": np.array([0, 1, 0, 1, 0, 1]), "shift": np.full(6, 20, dtype=np.float32)}
    extras["shift"][1] = np.nan
    dataset = TableDataset({"spectrum": source}, {"spectrum": spectra}, extras)
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
    expected = ClassShiftLoss(2)(outputs, batch.extras["targets"], batch.extras["shift"] + moved)
    loss = net.get_loss((None, outputs), None, X=batch)
    torch.testing.assert_close(loss, expected.mean())
