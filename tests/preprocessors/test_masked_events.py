"""Hidden points: what the network sees of them, and what it does not."""

import dataclasses

import numpy as np
import pytest

from sklearn_sn.preprocessors import (
    LightCurveEventPreprocessor,
    LightCurvePreprocessor,
    MaskedEventPreprocessor,
)

INNER = {
    "events": LightCurveEventPreprocessor,
    "relative events": lambda: LightCurveEventPreprocessor(amplitude=False),
    "bands": lambda: LightCurveEventPreprocessor(band_encoding="embedding"),
    "peak": LightCurvePreprocessor,
    "first": lambda: LightCurvePreprocessor(time_origin="first"),
}
TARGETS = ("target_flux", "target_band", "target_step", "has_step")
each = pytest.mark.parametrize("kind", list(INNER))


def masked(kind, table, max_days=100.0):
    inner = INNER[kind]().fit(table)
    return MaskedEventPreprocessor(inner, mask_fraction=0.3, max_days=max_days)


@each
@pytest.mark.parametrize("rng", [None, 3])
def test_nothing_reveals_the_time_of_a_hidden_point(kind, rng, table):
    """Times, fluxes and bands of hidden points are changed: the inputs stay, bit for bit."""
    preprocessor = masked(kind, table)
    preprocessor.preprocessor.noise = preprocessor.preprocessor.augmentation = False
    preprocessor.preprocessor.truncation = 0.0
    prepared, rows = preprocessor.prepare(table), np.arange(len(table))

    def arrays_of(prepared):
        generator = None if rng is None else np.random.default_rng(rng)
        return preprocessor.gather(prepared, rows, generator)[0]

    before = arrays_of(prepared)
    # Positions of the hidden points, of which none is dropped by the cut in time.
    days = (
        prepared.points[:, 0]
        - prepared.ragged.reduce("min", prepared.points[:, 0])[prepared.ragged.rows]
    )
    hidden = np.zeros(len(prepared.points), dtype=bool)
    hidden[days <= 100.0] = before["hidden"][~before["pad_mask"]]
    points, bands = prepared.points.copy(), prepared.bands.copy()
    # A time between those of the neighbours, so that the order of the points stays.
    previous = np.roll(points[:, 0], 1)
    points[hidden, 0] = 0.25 * previous[hidden] + 0.75 * points[hidden, 0]
    points[hidden, 1] *= 0.9
    points[hidden, 3] = 0.3
    bands[hidden] = (bands[hidden] + 1) % len(preprocessor.preprocessor.bands_)
    after = arrays_of(dataclasses.replace(prepared, points=points, bands=bands))
    assert (before["target_flux"] != after["target_flux"]).any()
    assert (before["target_step"] != after["target_step"]).any()
    for name, values in before.items():
        if name not in TARGETS:
            np.testing.assert_array_equal(values, after[name], err_msg=name)


@each
def test_inputs_are_those_of_the_light_curve_without_the_hidden_points(kind, table):
    preprocessor = masked(kind, table, max_days=1e4)
    inner = preprocessor.preprocessor
    prepared = preprocessor.prepare(table)
    arrays, _ = preprocessor.gather(prepared, np.array([0, 1, 2]))
    for row in range(3):
        hidden = arrays["hidden"][row][~arrays["pad_mask"][row]]
        drawn = inner.draw(prepared, np.array([row])).filter(~hidden)
        inner.rescale(drawn)
        for name, values in inner.inputs(drawn).items():
            seen = arrays[name][row][~arrays["pad_mask"][row]][~hidden]
            np.testing.assert_allclose(seen, values, atol=1e-6, err_msg=name)


@each
def test_a_third_is_hidden_but_never_the_first(kind, table):
    preprocessor = masked(kind, table)
    prepared = preprocessor.prepare(table)
    for rng in (None, np.random.default_rng(0)):
        arrays, _ = preprocessor.gather(prepared, np.arange(len(table)), rng)
        hidden, n = arrays["hidden"], (~arrays["pad_mask"]).sum(axis=1)
        assert not hidden[:, 0].any() and not (hidden & arrays["pad_mask"]).any()
        expected = np.where(n > 1, np.maximum(np.rint(0.3 * (n - 1)), 1), 0)
        np.testing.assert_array_equal(hidden.sum(axis=1), expected)
        assert not arrays["values"][hidden].any()
        # The time of a hidden point is that of the last visible one.
        row, place = np.nonzero(hidden)
        run = arrays["run"][hidden]
        assert (run >= 1).all() and not arrays["run"][~hidden].any()
        np.testing.assert_array_equal(arrays["time"][hidden], arrays["time"][row, place - run])


def test_targets_are_flux_band_and_step_of_the_whole_light_curve(table):
    preprocessor = masked("events", table)
    prepared = preprocessor.prepare(table)
    whole, _ = preprocessor.preprocessor.gather(prepared, np.array([0]))
    inside = whole["time"][0] <= 100.0
    arrays, _ = preprocessor.gather(prepared, np.array([0]))
    n = inside.sum()
    assert arrays["time"].shape == (1, n)  # cut at 100 days
    np.testing.assert_array_equal(arrays["target_flux"][0], whole["values"][0, inside, 0])
    time = whole["time"][0, inside]
    np.testing.assert_allclose(arrays["target_step"][0, :-1], np.log1p(np.diff(time)), atol=1e-5)
    np.testing.assert_array_equal(arrays["has_step"][0], np.arange(n) < n - 1)
    np.testing.assert_array_equal(arrays["target_band"][0], prepared.bands[: len(inside)][inside])


def test_hidden_points_without_a_generator_do_not_depend_on_the_batch(table):
    preprocessor = masked("events", table)
    prepared = preprocessor.prepare(table)
    together, _ = preprocessor.gather(prepared, np.arange(5))
    alone, _ = preprocessor.gather(prepared, np.array([3]))
    np.testing.assert_array_equal(
        together["hidden"][3, : alone["hidden"].shape[1]], alone["hidden"][0]
    )
