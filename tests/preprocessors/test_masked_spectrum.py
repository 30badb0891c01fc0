"""Hidden segments of spectra."""

import numpy as np
import pandas as pd
import pytest

from sklearn_sn.preprocessors import (
    FluxArray,
    MaskedSpectrumPreprocessor,
    PatchSpectrumPreprocessor,
)

N_BINS = 1024


def masking(n_segments=6, segment_length=None):
    inner = PatchSpectrumPreprocessor(
        wavelength_range=(3500.0, 9000.0), n_bins=N_BINS, channels=("flux",)
    )
    return MaskedSpectrumPreprocessor(
        inner, n_segments=n_segments, segment_length=segment_length, window=20, stride=10
    )


def lengths_of_runs(mask):
    """Lengths in bins of the hidden runs of one spectrum."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], mask.astype(int), [0]])))
    return np.diff(edges)[::2]


@pytest.mark.parametrize("seed", [None, 0, 1])
def test_segments_have_the_published_fraction_of_the_grid(seed):
    covered = np.full((50, N_BINS), True)
    rng = None if seed is None else np.random.default_rng(seed)
    hidden = masking().hidden(covered, rng)
    # 102 windows: 30 / 778 of them are 4, which span 50 bins.
    for row in hidden:
        runs = lengths_of_runs(row)
        assert runs.sum() >= 6 * 40 and runs.min() >= 44  # the last window has 14 bins
        assert len(runs) <= 6
    if seed is None:
        assert (hidden == hidden[0]).all() and len(lengths_of_runs(hidden[0])) == 6
    else:
        assert len({row.tobytes() for row in hidden}) == 50
        assert hidden.mean(axis=0).max() < 0.6


def test_only_covered_bins_are_hidden_and_at_most_half_of_the_windows():
    covered = np.full((5, N_BINS), True)
    covered[1, 300:] = False
    covered[2, 45:] = False
    covered[3, 18:] = False
    covered[4, 200:800] = False
    for rng in (None, np.random.default_rng(0)):
        hidden = masking(segment_length=30).hidden(covered, rng)
        assert not (hidden & ~covered).any()
        assert hidden[:3].any(axis=1).all() and (~hidden & covered)[:3].any(axis=1).all()
        assert lengths_of_runs(hidden[0]).min() >= 8 * 10
    assert masking().maskable(covered).tolist() == [True, True, True, True, True]
    assert not masking().maskable(np.zeros((1, N_BINS), dtype=bool)).any()


def test_targets_are_the_fluxes_before_they_were_hidden():
    flux = np.random.default_rng(0).normal(5.0, 2.0, (8, N_BINS))
    flux[1, :200] = np.nan
    table = FluxArray(flux, np.geomspace(3500.0, 9000.0, N_BINS), pd.RangeIndex(8))
    masked = masking().fit(table)
    prepared = masked.prepare(table)
    before = prepared.channels.copy()
    for rng in (None, np.random.default_rng(0)):
        arrays, _ = masked.gather(prepared, np.arange(8), rng)
        hidden = arrays["hidden"][:, None]
        assert not arrays["flux"][hidden].any() and arrays["target"][hidden].all()
        np.testing.assert_array_equal(arrays["flux"][~hidden], arrays["target"][~hidden])
        assert not arrays["hidden"][1, :200].any() and arrays["pad_mask"][1, :200].all()
    np.testing.assert_array_equal(prepared.channels, before)
    plain, _ = masked.preprocessor.gather(prepared, np.arange(8))
    unmoved, _ = masked.gather(prepared, np.arange(8))
    np.testing.assert_array_equal(unmoved["target"], plain["flux"])
