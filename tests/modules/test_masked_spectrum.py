"""The module of masked pretraining of spectra."""

import pytest
import torch
from torch import nn

from sklearn_sn.modules import MaskedSpectrumModule, to_windows


class Copy(nn.Module):
    """Encoder whose states are the windows of the flux."""

    state_dim = state_window = 4
    state_stride, output_dim = 2, 4

    def __init__(self, whole_windows):
        super().__init__()
        self.whole_windows = whole_windows

    def window_states(self, flux, pad_mask, hidden):
        return to_windows(flux[:, 0], self.state_window, self.state_stride)


def chunk():
    hidden = torch.zeros(2, 11, dtype=torch.bool)
    hidden[0, 2:8] = hidden[1, 8:] = True
    pad_mask = torch.zeros(2, 11, dtype=torch.bool)
    pad_mask[0, 6] = True
    target = torch.arange(22.0).view(2, 1, 11) + 1.0
    return {
        "flux": target * ~hidden[:, None],
        "pad_mask": pad_mask,
        "hidden": hidden & ~pad_mask,
        "target": target,
    }


@pytest.fixture
def module():
    """Predict 3 everywhere."""
    module = MaskedSpectrumModule(Copy(True), n_channels=1)
    nn.init.zeros_(module.decoder.weight)
    nn.init.constant_(module.decoder.bias, 3.0)
    return module


def test_whole_windows_count_in_their_hidden_covered_bins(module):
    targets = module.targets([chunk()])
    # Windows start at 0, 2, 4, 6, 8 (the last is completed); bin 6 of the first is not covered.
    starts = targets["counted"].any(-1)
    assert starts.tolist() == [
        [False, True, True, False, False],
        [False, False, False, False, True],
    ]
    assert targets["counted"][0, 2].tolist() == [True, True, False, True]
    assert targets["counted"][1, 4].tolist() == [True, True, True, False]
    assert targets["target"][1, 0, 4].tolist() == [20.0, 21.0, 22.0, 0.0]


def test_every_hidden_bin_counts_without_whole_windows(module):
    module.encoder.whole_windows = False
    counted = module.targets([chunk()])["counted"]
    assert counted[0].sum(-1).tolist() == [2, 4, 3, 1, 0]


def test_hidden_bins_are_filled_and_others_kept(module):
    given = chunk()
    inputs = {name: value for name, value in given.items() if name != "target"}
    filled = module.fill(inputs)
    hidden = given["hidden"][:, None]
    assert (filled[hidden] == 3.0).all()
    torch.testing.assert_close(filled[~hidden], given["flux"][~hidden])


def test_batches_are_joined_and_targets_are_not_inputs(module):
    one = chunk()
    outputs = module([one, one])
    assert outputs.shape == (4, 1, 5, 4)
    torch.testing.assert_close(module([one | {"target": one["target"] + 1}]), outputs[:2])
