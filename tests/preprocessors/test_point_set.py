"""Sets of points: gather, pad, hide, draw."""

import numpy as np
import pytest

from sklearn_sn.data import Ragged
from sklearn_sn.preprocessors import PointSetPreprocessor
from sklearn_sn.preprocessors._point_set import (
    PreparedPoints,
    _drawn,
    mean_and_scale,
    scaled_errors,
)


class Points(PointSetPreprocessor):
    """Points that are scaled already."""

    _cut = 3

    def __init__(self, amplitude=False, augmentation=False, n_drawn=None):
        self.amplitude, self.augmentation, self.n_drawn = amplitude, augmentation, n_drawn


def prepared(n=200, length=40):
    rng = np.random.default_rng(0)
    points = rng.normal(size=(n * length, 4)).astype(np.float32)
    points[:, 1] = rng.uniform(0.0, 0.2, n * length) * (rng.random(n * length) < 0.8)
    points[:, 3] = np.tile(np.arange(length), n)
    group = np.tile(np.arange(length) // 10, n)
    ragged = Ragged({}, np.arange(0, n * length + 1, length))
    return PreparedPoints(points, ragged, group, np.arange(n, dtype=np.float32))


def test_values_are_value_error_and_amplitude():
    points = prepared(5)
    arrays, object_index = Points(amplitude=True).gather(points, np.array([3, 1]))
    assert object_index.tolist() == [0, 1] and arrays["values"].shape == (2, 40, 3)
    assert (arrays["values"][0, :, 2] == 3).all() and (arrays["values"][1, :, 2] == 1).all()
    own = points.points.reshape(5, 40, 4)[3]
    np.testing.assert_array_equal(arrays["values"][0, :, 0], own[:, 0])
    np.testing.assert_array_equal(arrays["target"][0], own[:, 0])
    # An unknown error is 0.1 to the encoder, and none to the likelihood.
    error = np.where(own[:, 1] > 0, own[:, 1], 0.1)
    np.testing.assert_allclose(
        arrays["values"][0, :, 1], 1 + np.log10(error.clip(1e-3, 10)), atol=1e-6
    )
    np.testing.assert_array_equal(arrays["error"][0], own[:, 1])
    np.testing.assert_array_equal(arrays["phase"][0], own[:, 3])
    assert Points().n_values == 2 and Points(amplitude=True).n_values == 3


def test_half_of_the_objects_stay_whole_and_a_quarter_is_truncated():
    points = prepared(2000)
    arrays, _ = Points(augmentation=True).gather(points, np.arange(2000), np.random.default_rng(0))
    hidden = arrays["hidden"]
    whole = ~hidden.any(axis=1)
    assert 0.3 < whole.mean() < 0.45  # a half, less the truncated ones
    # Truncated: hidden from some phase on to the last point, with the rest shown.
    first = hidden.argmax(axis=1)
    truncated = ~whole & (hidden == (np.arange(40) >= first[:, None])).all(axis=1)
    assert 0.08 < truncated.mean() < 0.2
    assert hidden.mean() < 0.5


def test_nothing_is_hidden_without_augmentation_or_in_prediction():
    points = prepared(20)
    for preprocessor, rng in (
        (Points(augmentation=True), None),
        (Points(augmentation=False), np.random.default_rng(0)),
    ):
        assert not preprocessor.gather(points, np.arange(20), rng)[0]["hidden"].any()


def test_groups_are_counted_and_drawn():
    points = prepared(100)
    assert (points.n_groups == 4).all()
    batch = points.ragged
    keep = _drawn(batch, points.group, 2, np.random.default_rng(0)).reshape(100, 4, 10)
    assert (keep.all(axis=2) | ~keep.any(axis=2)).all()  # groups come whole
    kept = keep.all(axis=2)
    assert (kept.sum(axis=1) == 2).all()
    np.testing.assert_allclose(kept.mean(axis=0), 0.5, atol=0.15)
    arrays, _ = Points(n_drawn=1).gather(points, np.arange(100), np.random.default_rng(0))
    assert arrays["values"].shape[1] == 10
    assert Points(n_drawn=1).gather(points, np.arange(100))[0]["values"].shape[1] == 40


def test_padding_is_hidden():
    points = PreparedPoints(
        np.ones((5, 4), np.float32), Ragged({}, [0, 1, 5]), np.zeros(5, int), np.zeros(2)
    )
    arrays, _ = Points().gather(points, np.arange(2))
    np.testing.assert_array_equal(arrays["hidden"], arrays["pad_mask"])
    assert arrays["hidden"].tolist() == [[False, True, True, True], [False] * 4]


def test_scales_do_not_follow_outliers():
    values = np.random.default_rng(0).normal(3.0, 2.0, 10_000)
    values[0] = 1e9
    mean, scale = mean_and_scale(values)
    assert mean == pytest.approx(3.0, abs=0.1) and scale == pytest.approx(2.0, abs=0.1)
    assert mean_and_scale(np.empty(0)) == (0.0, 1.0)
    assert mean_and_scale(np.ones(5)) == (1.0, 1e-3)


def test_errors_are_clipped_and_zero_where_unknown():
    error = scaled_errors(np.array([np.nan, 0.5, np.inf, -1.0]))
    assert error.tolist() == [0.0, 0.5, 1e4, 0.0]
