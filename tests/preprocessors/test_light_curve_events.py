"""Light curves as events: what reaches the network."""

import numpy as np
import pandas as pd
import pytest

from sklearn_sn.data import Ragged, check_table
from sklearn_sn.preprocessors import LightCurveEventPreprocessor
from sklearn_sn.preprocessors._light_curve_events import N_COLORS, color_flags


def curve(time, flux, error=1.0, band="ztfg"):
    n = len(time)
    band = [band] * n if isinstance(band, str) else band
    cell = {"time": time, "band": band, "flux": flux, "flux_err": np.full(n, error)}
    return check_table(pd.DataFrame({"light_curve": [pd.DataFrame(cell)]}), warn=False)


def gathered(preprocessor, table):
    return preprocessor.gather(preprocessor.prepare(table), np.arange(len(table)))[0]


def test_times_count_from_the_first_and_from_the_previous_point(table):
    preprocessor = LightCurveEventPreprocessor().fit(table)
    arrays = gathered(preprocessor, curve([59000.0, 59010, 59030], [10.0, 100, 30]))
    np.testing.assert_allclose(arrays["time"][0], [0, 10, 30])
    np.testing.assert_allclose(arrays["since_previous"][0], [0, 10, 20])


def test_points_of_a_night_are_merged(table):
    one = curve([59000.0, 59000.2, 59003.0], [10.0, 30.0, 50.0])
    arrays = gathered(LightCurveEventPreprocessor().fit(table), one)
    assert arrays["time"].shape == (1, 2)
    np.testing.assert_allclose(arrays["time"][0], [0, 2.9], atol=1e-3)
    kept = gathered(LightCurveEventPreprocessor(merge_hours=None).fit(table), one)
    assert kept["time"].shape == (1, 3)


def test_fluxes_are_on_one_scale_and_keep_their_sign(table):
    preprocessor = LightCurveEventPreprocessor().fit(table)
    scale = preprocessor.scale_
    flux = np.array([-100.0, -1.0, 0.0, 1.0, 1000.0, 100.0, 250.0]) * scale
    arrays = gathered(preprocessor, curve(59000.0 + np.arange(7), flux, scale))
    value = arrays["values"][0, :, 0] * preprocessor.value_scale_ + preprocessor.value_mean_
    np.testing.assert_allclose(value, np.arcsinh(flux / scale) / np.log(10), atol=1e-5)
    np.testing.assert_allclose(value[4] - value[5], 1.0, atol=1e-3)  # a factor of ten
    log = LightCurveEventPreprocessor(flux_transform="log").fit(table)
    arrays = gathered(log, curve(59000.0 + np.arange(7), flux, scale))
    value = arrays["values"][0, :, 0] * log.value_scale_ + log.value_mean_
    np.testing.assert_allclose(value, [0, 0, 0, 0, 3, 2, np.log10(250)], atol=1e-5)


def test_training_values_are_standardised(table):
    for transform in ("asinh", "log"):
        preprocessor = LightCurveEventPreprocessor(flux_transform=transform).fit(table)
        arrays = gathered(preprocessor, table)
        values = arrays["values"][~arrays["pad_mask"]][:, 0]
        assert abs(values.mean()) < 0.05 and abs(values.std() - 1.0) < 0.05


def test_without_amplitude_brightness_does_not_count(table):
    preprocessor = LightCurveEventPreprocessor(amplitude=False).fit(table)
    time = 59000.0 + np.arange(4)
    one = gathered(preprocessor, curve(time, np.array([9.0, 20, 30, 20]), 1.0))
    ten = gathered(preprocessor, curve(time, np.array([90.0, 200, 300, 200]), 10.0))
    np.testing.assert_allclose(one["values"], ten["values"], atol=1e-5)
    preprocessor = LightCurveEventPreprocessor().fit(table)
    one = gathered(preprocessor, curve(time, np.array([9.0, 20, 30, 20]), 1.0))
    ten = gathered(preprocessor, curve(time, np.array([90.0, 200, 300, 200]), 10.0))
    assert (ten["values"][..., 0] > one["values"][..., 0] + 0.1).all()


@pytest.mark.parametrize("amplitude", [True, False])
@pytest.mark.parametrize("transform", ["asinh", "log"])
@pytest.mark.parametrize(
    "flux",
    [[0.0, 0, 0], [-1.0, -5, -2], [3.0, 3, 3], [1e300, 1, 1], [1e-310, 0, 0], [5.0, 1e12, 7]],
    ids=["zero", "negative", "constant", "huge", "subnormal", "spike"],
)
def test_odd_fluxes_stay_finite(table, flux, transform, amplitude):
    preprocessor = LightCurveEventPreprocessor(flux_transform=transform, amplitude=amplitude)
    arrays = gathered(preprocessor.fit(table), curve([1.0, 2, 1e6], flux))
    for name, values in arrays.items():
        assert np.isfinite(values).all(), name
        assert name == "time" or np.abs(values).max() < 20000, name
    assert arrays["time"].max() <= 1e4


def flags_by_loop(time, wavelength, days):
    edges = [4000.0, 5500.0, 7000.0, 8200.0, 9500.0]
    flags = np.zeros((len(time), N_COLORS))
    for i, now in enumerate(time):
        for j, then in enumerate(time):
            if 0 <= now - then <= days:
                flags[i, sum(wavelength[j] > edge for edge in edges)] = 1
    return flags


def test_color_flags_are_those_of_a_loop():
    rng = np.random.default_rng(0)
    lengths = [1, 0, 7, 30, 2]
    batch = Ragged({}, np.concatenate([[0], np.cumsum(lengths)]))
    time = np.concatenate([np.sort(rng.integers(0, 20, n)) for n in lengths]).astype(np.float32)
    wavelength = rng.choice([3600.0, 4800.0, 6200.0, 7600.0, 8700.0, 10000.0], len(time))
    flags = color_flags(time, np.log(wavelength / 5000.0), batch, 3.0)
    for row in range(len(lengths)):
        part = slice(batch.offsets[row], batch.offsets[row + 1])
        expected = flags_by_loop(time[part], wavelength[part], 3.0)
        np.testing.assert_array_equal(flags[part], expected)


def test_inputs_of_a_point_do_not_depend_on_later_points(table):
    preprocessor = LightCurveEventPreprocessor(days_before=None, relative_flux=False).fit(table)
    prepared = preprocessor.prepare(table)
    whole = preprocessor.gather(prepared, np.array([0]))[0]
    n = prepared.lengths[0] // 2
    drawn = preprocessor.draw(prepared, np.array([0]))
    early = preprocessor.inputs(drawn.filter(np.arange(prepared.lengths[0]) < n))
    for name, values in early.items():
        np.testing.assert_array_equal(values, whole[name][0, :n])


def test_the_flux_relative_to_the_peak_is_another_value(table):
    time = 59000.0 + np.arange(4)
    preprocessor = LightCurveEventPreprocessor().fit(table)
    one = gathered(preprocessor, curve(time, np.array([9.0, 20, 30, 20]), 1.0))
    ten = gathered(preprocessor, curve(time, np.array([90.0, 200, 300, 200]), 10.0))
    np.testing.assert_allclose(one["values"][..., 2], ten["values"][..., 2], atol=1e-5)
    np.testing.assert_allclose(one["values"][0, 2, 2], 1.0, atol=1e-5)
    assert preprocessor.n_values == one["values"].shape[-1] == 3 + N_COLORS
    for params in ({"relative_flux": False}, {"amplitude": False}):
        assert LightCurveEventPreprocessor(**params).n_values == 2 + N_COLORS


def test_the_origin_is_the_first_significant_detection_or_point(table):
    one = curve(59000.0 + np.arange(5) * 4, [0.0, 1.0, 40.0, 60.0, 50.0])
    for origin, expected in (("detection", [-8, -4, 0, 4, 8]), ("first", [0, 4, 8, 12, 16])):
        preprocessor = LightCurveEventPreprocessor(time_origin=origin).fit(table)
        np.testing.assert_allclose(gathered(preprocessor, one)["time"][0], expected, atol=1e-3)
        faint = gathered(preprocessor, curve([59000.0, 59004.0], [1.0, 2.0]))
        np.testing.assert_allclose(faint["time"][0], [0, 4], atol=1e-3)


def test_truncation_reaches_all_horizons(table):
    preprocessor = LightCurveEventPreprocessor(truncation=0.99, noise=False).fit(table)
    prepared = preprocessor.prepare(table)
    rows, rng = np.arange(len(table)), np.random.default_rng(0)
    days, lengths = [], []
    for _ in range(20):
        drawn = preprocessor.draw(prepared, rows, rng)
        assert (drawn.batch.lengths > 0).all()
        first = drawn.batch.reduce("first", drawn.points[:, 0])
        days.append(drawn.batch.reduce("last", drawn.points[:, 0]) - first)
        lengths.append(drawn.batch.lengths)
    days, lengths = np.concatenate(days), np.concatenate(lengths)
    assert np.mean(days < 5) > 0.05 and np.mean(days > 30) > 0.15
    assert lengths.min() <= 2
    none = LightCurveEventPreprocessor(truncation=0.0, noise=False).fit(table)
    whole = np.concatenate([none.draw(prepared, rows, rng).batch.lengths for _ in range(20)])
    assert whole.mean() > 1.3 * lengths.mean()


def test_horizons_do_not_depend_on_the_length_of_the_light_curve():
    """Otherwise classes of short events are more frequent among short training light curves."""
    cells = [
        {"time": 59000.0 + np.arange(n), "band": ["ztfg"] * n, "flux": np.full(n, 50.0)}
        for n in (101, 21)
    ]
    cells = [pd.DataFrame({**cell, "flux_err": 1.0}) for cell in cells]
    table = check_table(pd.DataFrame({"light_curve": cells}), warn=False)
    preprocessor = LightCurveEventPreprocessor(truncation=0.99, noise=False, augmentation=False)
    preprocessor.fit(table)
    np.testing.assert_allclose(preprocessor.longest_, 100.0, atol=0.1)
    prepared, rng = preprocessor.prepare(table), np.random.default_rng(0)
    lengths = preprocessor.draw(prepared, np.repeat([0, 1], 3000), rng).batch.lengths
    early = (lengths.reshape(2, 3000) <= 10).mean(axis=1)
    np.testing.assert_allclose(early, 0.99 * np.log(10 / 0.5) / np.log(100 / 0.5), atol=0.04)
    # Scale and origin are those of the points that are left.
    arrays = preprocessor.gather(prepared, np.zeros(50, dtype=int), rng)[0]
    assert (arrays["time"][:, 0] == 0).all() and arrays["pad_mask"].any()


def test_unknown_bands_are_dropped_with_the_embedding_alone(table):
    one = curve([59000.0, 59001, 59002], [50.0, 60, 70], band=["ztfg", "2massj", "ztfg"])
    arrays = gathered(LightCurveEventPreprocessor(band_encoding="embedding").fit(table), one)
    assert arrays["band"].shape == (1, 2) and "log_wavelength" not in arrays
    assert gathered(LightCurveEventPreprocessor().fit(table), one)["time"].shape == (1, 3)
