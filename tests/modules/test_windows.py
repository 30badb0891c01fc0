"""Overlapping windows."""

import pytest
import torch

from sklearn_sn.modules import from_windows, n_windows, to_windows


@pytest.mark.parametrize("n_bins", [1, 9, 20, 21, 30, 31, 7781])
def test_every_bin_is_in_a_window_and_no_window_is_beyond_the_grid(n_bins):
    values = torch.arange(1.0, n_bins + 1)
    windows = to_windows(values, 20, 10)
    assert windows.shape == (n_windows(n_bins, 20, 10), 20)
    assert set(windows.flatten().tolist()) - {0.0} == set(values.tolist())
    assert (windows > 0).any(-1).all()


def test_the_mean_over_windows_restores_the_values():
    values = torch.randn(3, 2, 47)
    windows = to_windows(values, 20, 10)
    counted = torch.full((3, windows.shape[2], 20), True)
    torch.testing.assert_close(from_windows(windows, counted, 47, 10), values)


def test_only_counted_entries_are_averaged():
    windows = torch.tensor([[[[1.0, 2.0], [4.0, 8.0]]]])  # bins 0 1 and 1 2
    counted = torch.tensor([[[True, True], [True, False]]])
    assert from_windows(windows, counted, 3, 1).tolist() == [[[1.0, 3.0, 0.0]]]
