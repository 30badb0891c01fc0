"""Spectra on a grid: of a table, and of an array."""

import numpy as np
import pandas as pd
import pytest

from sklearn_sn.data import check_table
from sklearn_sn.datasets import make_supernovae
from sklearn_sn.nets import FluxArray, SpectrumGridInput, SpectrumInput
from sklearn_sn.nets import _spectrum_grid_input as module

GRID = {"wavelength_range": (3500.0, 9000.0), "n_bins": 64}


@pytest.fixture(scope="module")
def table():
    X, _ = make_supernovae(30, n_spectra=(1, 3), random_state=0)
    X = X.assign(spectrum=[None, *X["spectrum"].iloc[1:]])
    return check_table(X, modalities=["spectrum"], metadata_columns=["redshift"])


def line_at(wavelength, redshift=0.0):
    grid = np.linspace(3000.0, 9500.0, 2000)
    flux = 1.0 + np.exp(-0.5 * ((grid - wavelength) / 60.0) ** 2)
    X = pd.DataFrame({"spectrum": [{"wavelength": grid, "flux": flux}], "redshift": redshift})
    return check_table(X, modalities=["spectrum"], metadata_columns=["redshift"])


@pytest.mark.parametrize("grid", ["log", "linear"])
def test_grids(table, grid):
    source = SpectrumGridInput(**GRID, grid=grid).fit(table)
    step = np.diff(np.log(source.wavelength_) if grid == "log" else source.wavelength_)
    np.testing.assert_allclose(step, step[0])
    assert 3500 < source.wavelength_[0] < 3600 and 8900 < source.wavelength_[-1] < 9000


def test_channels_are_those_of_the_other_input(table):
    own, other = SpectrumGridInput(**GRID).fit(table), SpectrumInput(**GRID).fit(table)
    other.wavelength_ = own.wavelength_
    one, two = own.prepare(table), other.prepare(table)
    np.testing.assert_array_equal(one.channels, two.channels)
    np.testing.assert_array_equal(one.noise, two.noise)
    np.testing.assert_array_equal(one.covered, two.covered)
    np.testing.assert_array_equal(one.offsets, two.offsets)
    assert 0 in one.lengths and 2 in one.lengths


def test_at_rest_a_line_stands_where_it_was_emitted():
    source = SpectrumGridInput(**GRID, rest=True)
    table = line_at(6150.0 * 1.2, redshift=0.2)
    channels = source.fit(table).prepare(table).channels
    assert abs(source.wavelength_[channels[0, 0].argmax()] - 6150.0) < 60.0
    unknown = line_at(6150.0, redshift=np.nan)
    channels = source.prepare(unknown).channels
    assert abs(source.wavelength_[channels[0, 0].argmax()] - 6150.0) < 60.0


def test_blocks_are_the_whole(table, monkeypatch):
    source = SpectrumGridInput(**GRID).fit(table)
    whole = source.prepare(table)
    monkeypatch.setattr(module, "BLOCK", 4)
    blocks = list(source.blocks(table))
    assert len(blocks) == -(-len(table.spectrum) // 4)
    joined = np.concatenate([block.channels for block in blocks])
    np.testing.assert_array_equal(joined, whole.channels)
    np.testing.assert_array_equal(source.prepare(table).offsets, whole.offsets)
    assert sum(len(block.lengths) for block in blocks) == len(table.spectrum)


def test_an_array_is_taken_as_it_is():
    flux = np.random.default_rng(0).normal(3.0, 1.0, (5, 64))
    flux[0, :10] = np.nan
    flux[1, 2:] = np.nan
    array = FluxArray(flux, np.arange(64.0), pd.RangeIndex(5))
    source = SpectrumGridInput(**GRID, channels=("amplitude", "flux")).fit(array)
    prepared = source.prepare(array)
    assert prepared.lengths.tolist() == [1, 0, 1, 1, 1]  # two bins say nothing
    np.testing.assert_array_equal(prepared.covered[0], np.isfinite(flux[0]))
    seen = flux[2]
    np.testing.assert_allclose(
        prepared.channels[1, 0], np.arcsinh((seen - source.level_) / source.spread_), atol=1e-5
    )
    np.testing.assert_allclose(prepared.channels[1, 1].std(), 1.0, atol=1e-5)
    assert not prepared.channels[0][:, :10].any()


def test_size_is_learned_from_the_rows_of_fit_alone(table):
    X = pd.DataFrame({"spectrum": [None, {"wavelength": [4e3, 5e3, 6e3], "flux": [1.0, 2, 3]}] * 2})
    table = check_table(X, modalities=["spectrum"])
    table.spectrum.fields["flux"][3:] *= 1e6
    assert SpectrumGridInput(**GRID).fit(table, np.array([0, 1])).level_ == 2.0


def test_training_draws_one_spectrum_of_each_object(table):
    source = SpectrumGridInput(**GRID, max_shift=0.1).fit(table)
    prepared = source.prepare(table)
    rows = np.arange(30)
    arrays, owners = source.gather(prepared, rows, np.random.default_rng(0))
    np.testing.assert_array_equal(owners, np.flatnonzero(prepared.lengths))
    again, _ = source.gather(prepared, rows, np.random.default_rng(0))
    np.testing.assert_array_equal(arrays["flux"], again["flux"])
    assert not arrays["flux"][
        np.broadcast_to(arrays["pad_mask"][:, None], arrays["flux"].shape)
    ].any()
