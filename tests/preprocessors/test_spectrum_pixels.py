"""Pixels of spectra as sets of points."""

import numpy as np
import pandas as pd
import pytest

from sklearn_sn.data import Ragged, check_table, phase_frame
from sklearn_sn.preprocessors import SpectrumPixels

SPECTRA = {
    "wavelength_range": (3000.0, 9000.0),
    "phase_range": (-20.0, 60.0),
    "normalization_range": (4000.0, 7000.0),
    "max_pixels": 50,
    "n_drawn": 1,
    "augmentation": False,
}


@pytest.fixture(scope="module")
def spectra():
    """Object 0 has spectra at phases 0 and 20, object 1 one at phase 100, object 2 none."""
    wavelength = np.linspace(3500.0, 8500.0, 200)
    flux = [3.0 + np.sin(wavelength / 300), 5 * (3.0 + np.sin(wavelength / 300)), wavelength]
    ragged = Ragged(
        {
            "wavelength": np.tile(wavelength, 3),
            "flux": np.concatenate(flux),
            "flux_err": np.full(600, 0.1),
            "time": np.repeat([60000.0, 60020.0, 60100.0], 200),
        },
        [0, 400, 600, 600],
    )
    X = pd.DataFrame({"spectrum": ragged.to_nested(), "t_peak": 60000.0})
    table = check_table(X, metadata_columns=["t_peak"])
    return table, phase_frame(table, rest=False)


def test_spectra_are_relative_averaged_and_dated(spectra):
    preprocessor = SpectrumPixels(**SPECTRA).fit(*spectra)
    prepared = preprocessor.prepare(*spectra)
    assert prepared.lengths.tolist() == [100, 0, 0]  # the second lies outside the phases
    assert prepared.n_groups.tolist() == [2, 0, 0]
    first, second = prepared.points[:50], prepared.points[50:]
    np.testing.assert_allclose(first[:, 0], second[:, 0], atol=1e-5)  # whatever the scale
    assert set(prepared.points[:, 3]) == {0.0, 20.0}
    assert prepared.points[:, 0].std() == pytest.approx(1.0, rel=0.05)
    flux = preprocessor.to_flux(prepared.points[:50, 0])
    assert np.median(flux) == pytest.approx(1.0, rel=0.05)


def test_training_draws_spectra_and_prediction_takes_all(spectra):
    preprocessor = SpectrumPixels(**SPECTRA).fit(*spectra)
    prepared = preprocessor.prepare(*spectra)
    seen = set()
    for seed in range(10):
        arrays, object_index = preprocessor.gather(
            prepared, np.arange(3), np.random.default_rng(seed)
        )
        assert object_index.tolist() == [0]
        phases = set(arrays["phase"][~arrays["pad_mask"]])
        assert len(phases) == 1
        seen |= phases
    assert seen == {0.0, 20.0}
    arrays, _ = preprocessor.gather(prepared, np.arange(3))
    assert set(arrays["phase"][~arrays["pad_mask"]]) == {0.0, 20.0}


def test_a_spike_moves_nothing_else(spectra):
    table, frame = spectra
    preprocessor = SpectrumPixels(**{**SPECTRA, "max_pixels": 200}).fit(table, frame)
    before = preprocessor.prepare(table, frame).points[:, 0]
    flux = table.spectrum["flux"].copy()
    flux[10] = 1e8
    spiked = table.spectrum.with_fields(flux=flux)
    changed = type(table)(table.index, None, spiked, table.spectrum_offsets, None, table.metadata)
    after = preprocessor.prepare(changed, frame).points[:, 0]
    assert abs(after[10]) <= 50.0
    np.testing.assert_allclose(np.delete(after, 10), np.delete(before, 10), atol=0.05)


def test_a_spectrum_does_not_depend_on_those_beside_it(spectra):
    table, frame = spectra
    preprocessor = SpectrumPixels(**{**SPECTRA, "phase_range": (-20.0, 200.0)}).fit(table, frame)
    whole = preprocessor.prepare(table, frame)
    offsets = table.spectrum_offsets[1:] - table.spectrum_offsets[1]
    last = type(table)(
        table.index[1:], None, table.spectrum.take([2]), offsets, None, table.metadata.iloc[1:]
    )
    alone = preprocessor.prepare(last, phase_frame(last, rest=False))
    np.testing.assert_array_equal(alone.points, whole.points[whole.ragged.rows == 1])
