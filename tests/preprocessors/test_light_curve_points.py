"""Photometric points as sets."""

import numpy as np
import pytest

from sklearn_sn.data import check_table, phase_frame, smoothed_peaks
from sklearn_sn.preprocessors import LightCurvePoints

CURVES = {
    "phase_range": (-20.0, 60.0),
    "max_points": 30,
    "amplitude": True,
    "augmentation": False,
}


@pytest.fixture(scope="module")
def curves(supernovae):
    table = check_table(supernovae[0], modalities=["light_curve"], metadata_columns=["redshift"])
    return table, phase_frame(table, rest=True)


def test_light_curves_invert_to_fluxes_relative_to_the_peak(curves):
    table, frame = curves
    preprocessor = LightCurvePoints(**{**CURVES, "max_points": 10_000}).fit(table, frame)
    prepared = preprocessor.prepare(table, frame)
    flux = preprocessor.to_flux(prepared.points[:, 0].astype(float))
    best = prepared.ragged.reduce("max", flux)
    assert np.nanmedian(best) == pytest.approx(1.0, abs=0.15)  # a mean of three lies below it
    assert (flux < 0).any() and np.isfinite(prepared.points).all()
    # In the rest frame every object sees a band elsewhere.
    assert len(np.unique(prepared.points[:, 2])) > len(preprocessor.bands_)


def test_hidden_points_stay_to_be_explained(curves):
    table, frame = curves
    preprocessor = LightCurvePoints(**{**CURVES, "augmentation": True}).fit(table, frame)
    prepared = preprocessor.prepare(table, frame)
    rows = np.arange(len(table))
    arrays, _ = preprocessor.gather(prepared, rows, np.random.default_rng(0))
    shown = ~arrays["hidden"]
    assert arrays["values"].shape[2] == preprocessor.n_values == 3
    assert (shown <= ~arrays["pad_mask"]).all()
    share = shown.sum(axis=1) / (~arrays["pad_mask"]).sum(axis=1)
    assert (share == 1).sum() > 10 and (share < 0.5).sum() > 5
    whole, _ = preprocessor.gather(prepared, rows)
    np.testing.assert_array_equal(whole["target"], arrays["target"])
    np.testing.assert_array_equal(whole["hidden"], whole["pad_mask"])


def test_values_and_amplitude_are_standardised(curves):
    table, frame = curves
    preprocessor = LightCurvePoints(**CURVES).fit(table, frame)
    prepared = preprocessor.prepare(table, frame)
    assert prepared.points[:, 0].mean() == pytest.approx(0.0, abs=0.02)
    assert prepared.points[:, 0].std() == pytest.approx(1.0, abs=0.05)
    seen = prepared.lengths > 0
    peak, _ = smoothed_peaks(table.light_curve)
    logs = np.log10(peak[seen])
    assert preprocessor.amplitude_mean_ == pytest.approx(logs.mean())
    assert preprocessor.amplitude_scale_ == pytest.approx(logs.std())
    expected = (logs - logs.mean()) / logs.std()
    np.testing.assert_allclose(prepared.amplitude[seen], expected, atol=1e-5)
    arrays, object_index = preprocessor.gather(prepared, np.arange(len(table)))
    np.testing.assert_allclose(arrays["values"][:, 0, 2], expected, atol=1e-5)
    assert len(object_index) == seen.sum()
    # A table twice as bright differs in amplitude alone.
    flux = table.light_curve["flux"], table.light_curve["flux_err"]
    bright = table.light_curve.with_fields(flux=100 * flux[0], flux_err=100 * flux[1])
    brighter = type(table)(table.index, bright, None, None, None, table.metadata)
    again = preprocessor.prepare(brighter, frame)
    np.testing.assert_allclose(again.points, prepared.points, atol=1e-4)
    moved = again.amplitude - prepared.amplitude
    free = np.abs(again.amplitude) < 6.0
    np.testing.assert_allclose(moved[free & seen], 2.0 / preprocessor.amplitude_scale_, atol=1e-4)


def test_without_amplitude_a_point_has_two_values(curves):
    preprocessor = LightCurvePoints(**{**CURVES, "amplitude": False}).fit(*curves)
    arrays, _ = preprocessor.gather(preprocessor.prepare(*curves), np.arange(5))
    assert arrays["values"].shape[2] == preprocessor.n_values == 2


def test_points_outside_the_phases_are_dropped_and_long_curves_thinned(curves):
    preprocessor = LightCurvePoints(**{**CURVES, "max_points": 7}).fit(*curves)
    prepared = preprocessor.prepare(*curves)
    assert prepared.lengths.max() == 7
    assert prepared.points[:, 3].min() >= -20.0 and prepared.points[:, 3].max() <= 60.0
