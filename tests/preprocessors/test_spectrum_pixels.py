"""Points on their way to the autoencoder."""

import numpy as np
import pandas as pd
import pytest

from sklearn_sn.data import Ragged, check_table
from sklearn_sn.nets import LightCurvePoints, SpectrumPixels, phase_frame

SPECTRA = {
    "wavelength_range": (3000.0, 9000.0),
    "phase_range": (-20.0, 60.0),
    "normalization_range": (4000.0, 7000.0),
    "max_pixels": 50,
    "n_drawn": 1,
    "augmentation": False,
}
CURVES = {
    "phase_range": (-20.0, 60.0),
    "max_points": 30,
    "amplitude": True,
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
    source = SpectrumPixels(**SPECTRA).fit(*spectra)
    prepared = source.prepare(*spectra)
    assert prepared.lengths.tolist() == [100, 0, 0]  # the second lies outside the phases
    assert prepared.n_groups.tolist() == [2, 0, 0]
    first, second = prepared.points[:50], prepared.points[50:]
    np.testing.assert_allclose(first[:, 0], second[:, 0], atol=1e-5)  # whatever the scale
    assert set(prepared.points[:, 3]) == {0.0, 20.0}
    assert prepared.points[:, 0].std() == pytest.approx(1.0, rel=0.05)
    flux = source.to_flux(prepared.points[:50, 0])
    assert np.median(flux) == pytest.approx(1.0, rel=0.05)


def test_training_draws_spectra_and_prediction_takes_all(spectra):
    source = SpectrumPixels(**SPECTRA).fit(*spectra)
    prepared = source.prepare(*spectra)
    seen = set()
    for seed in range(10):
        arrays, owners = source.gather(prepared, np.arange(3), np.random.default_rng(seed))
        assert owners.tolist() == [0]
        phases = set(arrays["phase"][~arrays["pad_mask"]])
        assert len(phases) == 1
        seen |= phases
    assert seen == {0.0, 20.0}
    arrays, _ = source.gather(prepared, np.arange(3))
    assert set(arrays["phase"][~arrays["pad_mask"]]) == {0.0, 20.0}


def test_a_spike_moves_nothing_else(spectra):
    table, frame = spectra
    source = SpectrumPixels(**{**SPECTRA, "max_pixels": 200}).fit(table, frame)
    before = source.prepare(table, frame).points[:, 0]
    flux = table.spectrum["flux"].copy()
    flux[10] = 1e8
    spiked = table.spectrum.with_fields(flux=flux)
    changed = type(table)(table.index, None, spiked, table.spectrum_offsets, None, table.metadata)
    after = source.prepare(changed, frame).points[:, 0]
    assert abs(after[10]) <= 50.0
    np.testing.assert_allclose(np.delete(after, 10), np.delete(before, 10), atol=0.05)


def test_a_spectrum_does_not_depend_on_those_beside_it(spectra):
    table, frame = spectra
    source = SpectrumPixels(**{**SPECTRA, "phase_range": (-20.0, 200.0)}).fit(table, frame)
    whole = source.prepare(table, frame)
    offsets = table.spectrum_offsets[1:] - table.spectrum_offsets[1]
    last = type(table)(
        table.index[1:], None, table.spectrum.take([2]), offsets, None, table.metadata.iloc[1:]
    )
    alone = source.prepare(last, phase_frame(last, rest=False))
    np.testing.assert_array_equal(alone.points, whole.points[whole.ragged.rows == 1])


@pytest.fixture(scope="module")
def curves(supernovae):
    table = check_table(supernovae[0], modalities=["light_curve"], metadata_columns=["redshift"])
    return table, phase_frame(table, rest=True)


def test_light_curves_invert_to_fluxes_relative_to_the_peak(curves):
    table, frame = curves
    source = LightCurvePoints(**{**CURVES, "max_points": 10_000}).fit(table, frame)
    prepared = source.prepare(table, frame)
    flux = source.to_flux(prepared.points[:, 0].astype(float))
    best = prepared.ragged.reduce("max", flux)
    assert np.nanmedian(best) == pytest.approx(1.0, abs=0.15)  # a mean of three lies below it
    assert (flux < 0).any() and np.isfinite(prepared.points).all()
    # In the rest frame every object sees a band elsewhere.
    assert len(np.unique(prepared.points[:, 2])) > len(source.bands_)


def test_hidden_points_stay_to_be_explained(curves):
    table, frame = curves
    source = LightCurvePoints(**{**CURVES, "augmentation": True}).fit(table, frame)
    prepared = source.prepare(table, frame)
    rows = np.arange(len(table))
    arrays, _ = source.gather(prepared, rows, np.random.default_rng(0))
    shown = ~arrays["hidden"]
    assert arrays["values"].shape[2] == source.n_values == 3
    assert (shown <= ~arrays["pad_mask"]).all()
    share = shown.sum(axis=1) / (~arrays["pad_mask"]).sum(axis=1)
    assert (share == 1).sum() > 10 and (share < 0.5).sum() > 5
    whole, _ = source.gather(prepared, rows)
    np.testing.assert_array_equal(whole["target"], arrays["target"])
    np.testing.assert_array_equal(whole["hidden"], whole["pad_mask"])
