"""Spectra on a grid: of a table, and of an array."""

import numpy as np
import pandas as pd
import pytest

from sklearn_sn.data import check_table, resample
from sklearn_sn.datasets import make_supernovae
from sklearn_sn.preprocessors import FluxArray, SpectrumPreprocessor
from sklearn_sn.preprocessors import _spectrum as module
from sklearn_sn.preprocessors._spectrum_scaling import continuum_divided, despiked, standardized

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
    preprocessor = SpectrumPreprocessor(**GRID, grid=grid).fit(table)
    step = np.diff(np.log(preprocessor.wavelength_) if grid == "log" else preprocessor.wavelength_)
    np.testing.assert_allclose(step, step[0])
    assert 3500 < preprocessor.wavelength_[0] < 3600 and 8900 < preprocessor.wavelength_[-1] < 9000


def test_channels_are_those_of_the_scaling_functions(table):
    preprocessor = SpectrumPreprocessor(**GRID).fit(table)
    prepared = preprocessor.prepare(table)
    flux, error, covered = resample(table.spectrum, preprocessor.wavelength_)
    usable = covered.sum(axis=1) >= 3
    flux, error = flux[usable], error[usable]
    flux, covered = despiked(flux, covered[usable])
    for i, scale in enumerate((standardized, continuum_divided)):
        values, noise = scale(flux, error, covered)
        np.testing.assert_array_equal(
            prepared.channels[:, i], values.clip(-8, 8).astype(np.float32)
        )
        noise = np.nan_to_num(noise).clip(0, 1).astype(np.float32)
        np.testing.assert_array_equal(prepared.noise[:, i], noise)
    np.testing.assert_array_equal(prepared.covered, covered)
    np.testing.assert_array_equal(prepared.lengths, np.diff(table.spectrum_offsets))
    assert 0 in prepared.lengths and 2 in prepared.lengths


def test_at_rest_a_line_stands_where_it_was_emitted():
    preprocessor = SpectrumPreprocessor(**GRID, rest=True)
    table = line_at(6150.0 * 1.2, redshift=0.2)
    channels = preprocessor.fit(table).prepare(table).channels
    assert abs(preprocessor.wavelength_[channels[0, 0].argmax()] - 6150.0) < 60.0
    unknown = line_at(6150.0, redshift=np.nan)
    channels = preprocessor.prepare(unknown).channels
    assert abs(preprocessor.wavelength_[channels[0, 0].argmax()] - 6150.0) < 60.0


def test_blocks_are_the_whole(table, monkeypatch):
    preprocessor = SpectrumPreprocessor(**GRID).fit(table)
    whole = preprocessor.prepare(table)
    monkeypatch.setattr(module, "BLOCK", 4)
    blocks = list(preprocessor.blocks(table))
    assert len(blocks) == -(-len(table.spectrum) // 4)
    joined = np.concatenate([block.channels for block in blocks])
    np.testing.assert_array_equal(joined, whole.channels)
    np.testing.assert_array_equal(preprocessor.prepare(table).offsets, whole.offsets)
    assert sum(len(block.lengths) for block in blocks) == len(table.spectrum)


def test_an_array_is_taken_as_it_is():
    flux = np.random.default_rng(0).normal(3.0, 1.0, (5, 64))
    flux[0, :10] = np.nan
    flux[1, 2:] = np.nan
    array = FluxArray(flux, np.arange(64.0), pd.RangeIndex(5))
    preprocessor = SpectrumPreprocessor(**GRID, channels=("amplitude", "flux")).fit(array)
    prepared = preprocessor.prepare(array)
    assert prepared.lengths.tolist() == [1, 0, 1, 1, 1]  # two bins say nothing
    np.testing.assert_array_equal(prepared.covered[0], np.isfinite(flux[0]))
    seen = flux[2]
    np.testing.assert_allclose(
        prepared.channels[1, 0],
        np.arcsinh((seen - preprocessor.level_) / preprocessor.spread_),
        atol=1e-5,
    )
    np.testing.assert_allclose(prepared.channels[1, 1].std(), 1.0, atol=1e-5)
    assert not prepared.channels[0][:, :10].any()


def test_size_is_learned_from_the_rows_of_fit_alone(table):
    X = pd.DataFrame({"spectrum": [None, {"wavelength": [4e3, 5e3, 6e3], "flux": [1.0, 2, 3]}] * 2})
    table = check_table(X, modalities=["spectrum"])
    table.spectrum.fields["flux"][3:] *= 1e6
    assert SpectrumPreprocessor(**GRID).fit(table, np.array([0, 1])).level_ == 2.0


def test_training_draws_one_spectrum_of_each_object(table):
    preprocessor = SpectrumPreprocessor(**GRID, max_shift=0.1).fit(table)
    prepared = preprocessor.prepare(table)
    rows = np.arange(30)
    arrays, object_index = preprocessor.gather(prepared, rows, np.random.default_rng(0))
    np.testing.assert_array_equal(object_index, np.flatnonzero(prepared.lengths))
    again, _ = preprocessor.gather(prepared, rows, np.random.default_rng(0))
    np.testing.assert_array_equal(arrays["flux"], again["flux"])
    assert not arrays["flux"][
        np.broadcast_to(arrays["pad_mask"][:, None], arrays["flux"].shape)
    ].any()


def test_one_spectrum_in_training_all_otherwise(table):
    preprocessor = SpectrumPreprocessor(wavelength_range=(3500, 9000), n_bins=64).fit(table)
    prepared = preprocessor.prepare(table)
    rows = np.array([3, 0, 11])
    arrays, object_index = preprocessor.gather(prepared, rows)
    np.testing.assert_array_equal(np.bincount(object_index), prepared.lengths[rows])
    assert arrays["flux"].shape == (len(object_index), 2, 64)
    drawn = {object_index.tobytes(): 0}
    row = np.flatnonzero(prepared.lengths == 3)[:1]
    for seed in range(30):
        quiet = SpectrumPreprocessor(
            wavelength_range=(3500, 9000), n_bins=64, noise=False, augmentation=False
        ).fit(table)
        one, owner = quiet.gather(prepared, row, np.random.default_rng(seed))
        assert len(owner) == 1
        drawn[one["flux"].tobytes()] = 1
    assert sum(drawn.values()) == 3


def test_spectrum_scale_and_spikes(table):
    preprocessor = SpectrumPreprocessor(wavelength_range=(4000, 7000), n_bins=50).fit(table)
    wavelength = np.linspace(3900, 7100, 400)
    flux = 2 + np.sin(wavelength / 200)
    spiked = flux.copy()
    spiked[200] *= 1e5

    def prepared(flux):
        cell = pd.DataFrame({"wavelength": wavelength, "flux": flux})
        return preprocessor.prepare(check_table(pd.DataFrame({"spectrum": [cell]}))).channels

    np.testing.assert_allclose(prepared(flux), prepared(7e-16 * flux), atol=1e-4)
    assert np.median(np.abs(prepared(spiked) - prepared(flux))) < 0.5
    assert np.abs(prepared(spiked)).max() <= 8
    assert not prepared(np.full(400, 3.0))[:, 0].any()
    assert np.isfinite(prepared(np.full(400, 3.0))).all()


def test_spectrum_outside_the_grid_is_missing(table):
    preprocessor = SpectrumPreprocessor(wavelength_range=(3500, 5000), n_bins=32).fit(table)
    cell = pd.DataFrame({"wavelength": [8000.0, 8100, 8200], "flux": [1.0, 2, 3]})
    prepared = preprocessor.prepare(check_table(pd.DataFrame({"spectrum": [cell]})))
    assert prepared.lengths.tolist() == [0]


def test_noise_of_spectra_is_that_of_either_channel():
    """The spread of what training sees is what noisy spectra would have shown."""
    wavelength = np.linspace(3500.0, 9000.0, 600)
    flux, rng = 10.0 * (wavelength / 5000.0) ** -4, np.random.default_rng(0)

    def prepared(preprocessor, noise):
        cells = [
            {"wavelength": wavelength, "flux": flux + noise * z, "flux_err": np.full(600, 0.3)}
            for z in rng.normal(size=(200, 600))
        ]
        table = check_table(pd.DataFrame({"spectrum": cells}))
        return preprocessor.fit(table).prepare(table)

    preprocessor = SpectrumPreprocessor(
        wavelength_range=(3600, 8800), n_bins=64, augmentation=False
    )
    expected = prepared(preprocessor, 0.3).channels.std(axis=0)
    clean = prepared(preprocessor, 0.0)
    seen = preprocessor.gather(clean, np.arange(200), np.random.default_rng(1))[0]["flux"].std(
        axis=0
    )
    middle = slice(4, 60)  # splines flap at the ends
    np.testing.assert_allclose(seen[:, middle].mean(1), expected[:, middle].mean(1), rtol=0.2)
    assert np.min(seen[:, middle] / expected[:, middle]) > 0.5
    assert np.max(seen[:, middle] / expected[:, middle]) < 2.0


def test_the_range_is_the_outer_edges(table):
    wavelength = SpectrumPreprocessor(**GRID, grid="linear").fit(table).wavelength_
    step = wavelength[1] - wavelength[0]
    assert wavelength[0] - step / 2 == pytest.approx(3500.0)
    assert wavelength[-1] + step / 2 == pytest.approx(9000.0)


def test_objects_of_spectra_and_spectra_as_objects(table):
    prepared = SpectrumPreprocessor(**GRID).fit(table).prepare(table)
    np.testing.assert_array_equal(
        np.bincount(prepared.object_index, minlength=30), prepared.lengths
    )
    single = prepared.one_per_object()
    assert (single.lengths == 1).all() and len(single.lengths) == len(prepared.covered)


def test_the_amplitude_channel_carries_brightness(table):
    preprocessor = SpectrumPreprocessor(**GRID, channels=("flux", "amplitude")).fit(table)
    fields = table.spectrum.with_fields(
        flux=3.0 * table.spectrum["flux"], flux_err=3.0 * table.spectrum["flux_err"]
    )
    brighter = type(table)(table.index, None, fields, table.spectrum_offsets, None, table.metadata)
    one, three = preprocessor.prepare(table), preprocessor.prepare(brighter)
    np.testing.assert_allclose(one.channels[:, 0], three.channels[:, 0], atol=1e-4)
    raw = [preprocessor.spread_ * np.sinh(part.channels[:, 1]) for part in (one, three)]
    raw = [part + preprocessor.level_ for part in raw]
    free = one.covered & (np.abs(three.channels[:, 1]) < 7.9)
    np.testing.assert_allclose(
        raw[1][free], 3.0 * raw[0][free], atol=1e-3 * preprocessor.spread_, rtol=1e-3
    )
