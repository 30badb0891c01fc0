"""Light curves: what reaches the encoders."""

import numpy as np
import pandas as pd
import pytest

from sklearn_sn.data import Ragged, check_table, peaks
from sklearn_sn.datasets import make_supernovae
from sklearn_sn.preprocessors import LightCurvePreprocessor
from sklearn_sn.preprocessors._light_curve import (
    _augmented,
    band_codes,
    flux_scale,
    relative_values,
    thinned,
)


@pytest.fixture(scope="module")
def table():
    X, _ = make_supernovae(30, n_spectra=(1, 3), random_state=0)
    return check_table(X, metadata_columns=["redshift", "survey"])


def curve(time, flux, error=None, band="ztfg"):
    n = len(time)
    fields = {"time": time, "band": [band] * n, "flux": flux}
    if error is not None:
        fields["flux_err"] = error
    return check_table(pd.DataFrame({"light_curve": [pd.DataFrame(fields)]}), warn=False)


def test_light_curves_are_padded_and_masked(table):
    preprocessor = LightCurvePreprocessor().fit(table)
    prepared = preprocessor.prepare(table)
    rows = np.arange(30)
    arrays, object_index = preprocessor.gather(prepared, rows)
    np.testing.assert_array_equal(object_index, rows)
    np.testing.assert_array_equal((~arrays["pad_mask"]).sum(axis=1), prepared.lengths)
    assert arrays["values"].shape == (30, prepared.lengths.max(), 3)
    for name, values in arrays.items():
        assert np.isfinite(values).all(), name
        assert not values[arrays["pad_mask"]].astype(bool).any() or name == "pad_mask"


def test_brightness_enters_through_the_amplitude_alone(table):
    preprocessor = LightCurvePreprocessor().fit(table)
    one = curve([59000.0, 59010, 59020], [10.0, 100, 30], [1.0, 2, 1])
    ten = curve([59000.0, 59010, 59020], [100.0, 1000, 300], [10.0, 20, 10])
    (a, _), (b, _) = (
        preprocessor.gather(preprocessor.prepare(t), np.array([0])) for t in (one, ten)
    )
    np.testing.assert_allclose(a["values"][..., :2], b["values"][..., :2], atol=1e-5)
    assert (b["values"][..., 2] > a["values"][..., 2] + 0.1).all()
    blind = LightCurvePreprocessor(amplitude=False).fit(table)
    assert blind.gather(blind.prepare(one), np.array([0]))[0]["values"].shape[-1] == 2


@pytest.mark.parametrize("origin, expected", [("peak", [-10, 0, 10]), ("first", [0, 10, 20])])
def test_time_origin(table, origin, expected):
    preprocessor = LightCurvePreprocessor(time_origin=origin).fit(table)
    one = curve([59000.0, 59010, 59020], [10.0, 100, 30], [1.0, 2, 1])
    arrays, _ = preprocessor.gather(preprocessor.prepare(one), np.array([0]))
    np.testing.assert_allclose(arrays["time"][0], expected, atol=1e-3)


@pytest.mark.parametrize(
    "flux",
    [[0.0, 0, 0], [-1.0, -5, -2], [3.0, 3, 3], [1e300, 1, 1], [1e-310, 0, 0], [5.0, 1e12, 7]],
    ids=["zero", "negative", "constant", "huge", "subnormal", "spike"],
)
def test_odd_fluxes_stay_finite(table, flux):
    preprocessor = LightCurvePreprocessor().fit(table)
    one = curve([1.0, 2, 3], flux)
    arrays, _ = preprocessor.gather(preprocessor.prepare(one), np.array([0]))
    assert np.isfinite(arrays["values"]).all()
    assert np.abs(arrays["values"]).max() < 20


def test_long_curves_are_thinned_evenly(table):
    preprocessor = LightCurvePreprocessor(max_points=50).fit(table)
    time = np.arange(200.0)
    prepared = preprocessor.prepare(curve(time, np.ones(200), np.ones(200)))
    assert prepared.lengths[0] == 50
    np.testing.assert_allclose(np.diff(prepared.points[:, 0]), 4.0)


def test_training_noise_follows_the_errors(table):
    preprocessor = LightCurvePreprocessor(augmentation=False).fit(table)
    n = 300
    prepared = preprocessor.prepare(curve(np.arange(n) * 0.5, np.full(n, 100.0), np.full(n, 10.0)))
    clean, _ = preprocessor.gather(prepared, np.array([0]))
    noisy, _ = preprocessor.gather(prepared, np.array([0]), np.random.default_rng(0))
    # Near the peak, 0.54 of the scaled magnitude is one part in the flux.
    shift = (noisy["values"][..., 0] - clean["values"][..., 0]).std()
    assert shift == pytest.approx(0.5 * 1.0857 * 0.1, rel=0.2)


def test_augmentation_keeps_points_and_is_repeatable(table):
    preprocessor = LightCurvePreprocessor().fit(table)
    prepared = preprocessor.prepare(table)
    rows = np.arange(30)
    for seed in range(20):
        one, object_index = preprocessor.gather(prepared, rows, np.random.default_rng(seed))
        two, _ = preprocessor.gather(prepared, rows, np.random.default_rng(seed))
        np.testing.assert_array_equal(one["values"], two["values"])
        left = (~one["pad_mask"]).sum(axis=1)
        # Three points remain, of which the window may drop those far before the first detection.
        assert len(object_index) == 30 and left.min() >= 1 and np.mean(left >= 3) > 0.8
    assert left.sum() < prepared.lengths.sum()


def test_augmentation_leaves_two_bands_of_some_objects_and_never_all_of_the_sparse():
    rng = np.random.default_rng(0)
    n = 4000
    rows = np.repeat(np.arange(n), 60)
    bands = np.tile(np.arange(60) % 6, n)
    time = np.tile(np.arange(60.0), n)
    batch = Ragged({}, np.arange(0, 60 * n + 1, 60))
    keep = _augmented(batch, time, bands, rng)
    seen = np.zeros((n, 6), dtype=bool)
    seen[rows[keep], bands[keep]] = True
    n_bands = np.bincount(seen.sum(axis=1), minlength=7) / n
    left = np.bincount(rows[keep], minlength=n)
    # Of ten bands one is lost, of ten objects one keeps two bands: hardly any keeps one.
    assert 0.08 < n_bands[2] < 0.16 and n_bands[0] == 0 and n_bands[1] < 0.03
    assert left.min() == 3 and (left == 60).mean() < 0.06
    assert (left < 15).mean() > 0.1


def kept_after_sorting_all_points(batch, time, bands, rng):
    """Return what `_augmented` does, by sorting all points and all bands."""
    rows, n = batch.rows, len(batch)
    keep = rng.random(len(time)) >= 0.95 * rng.random(n)[rows] ** 2
    draws = rng.random((n, bands.max() + 2))
    few = rng.random(n) < 0.1
    for row in range(n):
        observed = np.unique(bands[rows == row])
        kept_bands = observed[np.argsort(-draws[row, observed])][:2] if few[row] else observed
        lost = (draws[row] < 0.1) | ~np.isin(np.arange(draws.shape[1]), kept_bands)
        keep[rows == row] &= ~lost[bands[rows == row]]
    is_cut, cut = rng.random(n) < 0.25, rng.uniform(0.3, 1.0, n)
    key = np.empty(len(time))
    for row in range(n):
        t = time[rows == row]
        if is_cut[row] and len(t):
            keep[rows == row] &= t <= t.min() + cut[row] * (t.max() - t.min())
    key = rng.random(len(time))
    for row in range(n):
        points = np.flatnonzero(rows == row)
        if keep[points].sum() < min(3, len(points)):
            keep[points] = False
            keep[points[np.argsort(key[points])[:3]]] = True
    return keep


@pytest.mark.parametrize("seed", range(5))
def test_augmentation_keeps_the_points_that_a_loop_keeps(seed):
    rng = np.random.default_rng(seed)
    lengths = rng.integers(0, 12, 200)
    batch = Ragged({}, np.concatenate([[0], np.cumsum(lengths)]))
    time = rng.uniform(0, 100, batch.n_points)
    bands = rng.integers(0, 5, batch.n_points)
    keep = _augmented(batch, time, bands, np.random.default_rng(seed))
    expected = kept_after_sorting_all_points(batch, time, bands, np.random.default_rng(seed))
    np.testing.assert_array_equal(keep, expected)
    assert 0.3 < keep.mean() < 0.9


def test_what_augmentation_leaves_is_scaled_as_if_it_were_all(table):
    preprocessor = LightCurvePreprocessor(noise=False).fit(table)
    prepared = preprocessor.prepare(table)
    rows = np.flatnonzero(prepared.lengths >= 3)
    whole, _ = preprocessor.gather(prepared, rows)
    for seed in range(5):
        arrays, object_index = preprocessor.gather(prepared, rows, np.random.default_rng(seed))
        found = np.where(arrays["pad_mask"], -np.inf, arrays["values"][..., 0])
        top = found.argmax(axis=1)
        take = np.arange(len(object_index)), top
        error = 10 ** (arrays["values"][..., 1][take] - 1.0)
        sure = error < 0.2  # a peak above three sigma, whatever else there is
        # A few that have no confirmed detection left are scaled by their second brightest point.
        scaled = np.isclose(found.max(axis=1), 1.0, atol=1e-5)
        assert scaled[sure].mean() > 0.9
        np.testing.assert_allclose(arrays["time"][take][sure & scaled], 0.0, atol=1e-4)
    # What lost its peak looks fainter: the amplitude follows.
    lost = arrays["values"][:, 0, 2] < whole["values"][:, 0, 2] - 0.01
    assert 0 < lost.sum() < len(rows)
    assert (arrays["values"][:, 0, 2] <= whole["values"][:, 0, 2] + 1e-5).all()


def test_band_embedding_leaves_out_unseen_bands(table):
    preprocessor = LightCurvePreprocessor(band_encoding="embedding").fit(table)
    other = curve([1.0, 2.0], [1.0, 2.0], [0.1, 0.1], band="uvotuvw1")
    assert preprocessor.prepare(other).lengths[0] == 0
    known = LightCurvePreprocessor(band_encoding="wavelength").fit(table)
    assert known.prepare(other).lengths[0] == 2


def test_the_amplitude_is_standardised(table):
    preprocessor = LightCurvePreprocessor().fit(table)
    logs = np.log10(peaks(table.light_curve)[0])
    assert preprocessor.amplitude_mean_ == pytest.approx(logs.mean())
    assert preprocessor.amplitude_scale_ == pytest.approx(logs.std())
    arrays, _ = preprocessor.gather(preprocessor.prepare(table), np.arange(30))
    amplitude = arrays["values"][:, 0, -1]
    assert amplitude.mean() == pytest.approx(0.0, abs=1e-4)
    assert amplitude.std() == pytest.approx(1.0, abs=1e-4)
    np.testing.assert_allclose(amplitude, (logs - logs.mean()) / logs.std(), atol=1e-5)
    # Every point of an object has the same.
    real = ~arrays["pad_mask"]
    spread = np.where(real, arrays["values"][..., -1] - amplitude[:, None], 0.0)
    assert not spread.any()


def test_scales_are_those_of_the_training_objects_alone(table):
    rows = np.arange(5)
    preprocessor = LightCurvePreprocessor().fit(table, rows)
    logs = np.log10(peaks(table.light_curve.take(rows))[0])
    assert preprocessor.amplitude_mean_ == pytest.approx(logs.mean())
    assert preprocessor.amplitude_scale_ == pytest.approx(max(logs.std(), 0.1))
    assert set(preprocessor.bands_) == set(table.light_curve.take(rows)["band"].astype(str))


def test_unknown_bands_are_dropped_with_a_band_embedding(table):
    """Among known ones, and the others keep their place and their peak."""
    known = str(LightCurvePreprocessor().fit(table).bands_[0])
    fields = {
        "time": [1.0, 2.0, 3.0],
        "band": [known, "uvotuvw1", known],
        "flux": [1.0, 50.0, 2.0],
        "flux_err": [0.1] * 3,
    }
    mixed = check_table(pd.DataFrame({"light_curve": [pd.DataFrame(fields)]}), warn=False)
    preprocessor = LightCurvePreprocessor(band_encoding="embedding").fit(table)
    prepared = preprocessor.prepare(mixed)
    assert prepared.lengths.tolist() == [2]
    np.testing.assert_allclose(prepared.points[:, 1], [0.5, 1.0], rtol=1e-5)
    np.testing.assert_array_equal(preprocessor.bands_[prepared.bands], [known, known])
    arrays, _ = preprocessor.gather(prepared, np.array([0]))
    assert set(arrays) == {"values", "time", "band", "pad_mask"}
    assert arrays["band"].min() >= 0


def test_points_outside_the_window_are_dropped(table):
    preprocessor = LightCurvePreprocessor(time_window=(-10.0, 30.0)).fit(table)
    prepared = preprocessor.prepare(table)
    time = prepared.points[:, 0]
    assert time.min() >= -10.0 and time.max() <= 30.0
    whole = LightCurvePreprocessor().fit(table).prepare(table)
    inside = (whole.points[:, 0] >= -10.0) & (whole.points[:, 0] <= 30.0)
    assert len(time) == inside.sum()


def test_thinning_leaves_short_rows_alone():
    ragged = Ragged({}, [0, 3, 103])
    keep = thinned(ragged, np.full(103, True), 10)
    assert keep[:3].all() and keep[3:].sum() == 10


def test_bright_fluxes_are_magnitudes_and_faint_ones_linear():
    flux, error = np.array([1.0, 0.1, 0.0, -1.0]), np.array([0.01, 0.01, np.nan, 0.1])
    magnitude, size = relative_values(flux, error)
    assert magnitude[0] == pytest.approx(1.0)
    # 2.5 magnitudes fainter; values are in units of two.
    assert magnitude[0] - magnitude[1] == pytest.approx(1.25, abs=0.02)
    assert magnitude[2] - magnitude[3] == pytest.approx(magnitude[0] - magnitude[2])
    assert size[2] == pytest.approx(1.0 + np.log10(0.1))  # the error stands for an unknown one


@pytest.mark.parametrize("origin", ["peak", "first"])
@pytest.mark.parametrize("lost", [0, 1, 3])
def test_what_augmentation_leaves_is_seen_as_a_light_curve_of_these_points(
    table, origin, lost, monkeypatch
):
    """Scale, origin of times and amplitude are those of a sparser light curve."""
    time, flux = np.array([59000.0, 59010, 59020, 59030]), np.array([40.0, 1000, 300, 200])
    keep = np.arange(4) != lost
    preprocessor = LightCurvePreprocessor(time_origin=origin, noise=False).fit(table)
    monkeypatch.setattr(
        "sklearn_sn.preprocessors._light_curve._augmented", lambda batch, time, bands, rng: keep
    )
    monkeypatch.setattr(
        "sklearn_sn.preprocessors._light_curve.with_empty_sky",
        lambda points, bands, batch, rng: (points, bands, batch),
    )
    whole = preprocessor.prepare(curve(time, flux, 0.01 * flux))
    augmented, _ = preprocessor.gather(whole, np.array([0]), np.random.default_rng(0))
    sparse = preprocessor.prepare(curve(time[keep], flux[keep], 0.01 * flux[keep]))
    expected, _ = preprocessor.gather(sparse, np.array([0]))
    for name in expected:
        np.testing.assert_allclose(augmented[name], expected[name], rtol=1e-4, atol=1e-4)


def test_codes_of_bands_count_the_bands_of_fit():
    bands = pd.Categorical(["ztfr", "lsstu", None, "ztfg"])
    assert band_codes(np.array(["ztfg", "ztfr"], dtype=object), bands).tolist() == [1, -1, -1, 0]


@pytest.mark.parametrize(
    ("flux", "flux_err", "expected"),
    [
        ([8.0, -9.0, 7.0], [1.0, 3.0, 2.0], 2.0),
        ([8.0, -9.0, 7.0], [np.nan, 3.0, 0.0], 3.0),
        ([8.0, -9.0, 0.0], [np.nan, np.nan, 0.0], 8.5),
        ([0.0, 0.0, 0.0], [np.nan, np.inf, 0.0], 1.0),
        ([], [], 1.0),
    ],
)
def test_the_scale_of_fluxes_is_their_error_or_else_their_size(flux, flux_err, expected):
    assert flux_scale({"flux": np.array(flux), "flux_err": np.array(flux_err)}) == expected
