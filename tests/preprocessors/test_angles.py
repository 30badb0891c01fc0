"""Angles: periods, unknown values."""

import numpy as np

from sklearn_sn.preprocessors._angles import encode_angle, n_angle_values


def test_sines_and_cosines_of_doubled_frequencies():
    degrees = np.array([0.0, 30.0, 200.0])
    values = encode_angle(degrees, 3)
    assert values.shape == (3, n_angle_values(3))
    for i, angle in enumerate(np.deg2rad(degrees)):
        expected = [np.sin(k * angle) for k in (1, 2, 4)] + [np.cos(k * angle) for k in (1, 2, 4)]
        np.testing.assert_allclose(values[i], [*expected, 1.0], atol=1e-12)


def test_a_full_turn_is_the_same_angle():
    np.testing.assert_allclose(
        encode_angle(np.array([-1.0]), 4), encode_angle(np.array([359.0]), 4)
    )


def test_an_unknown_angle_is_all_zero():
    values = encode_angle(np.array([np.nan, np.inf, 0.0]), 2)
    assert not values[:2].any() and values[2].any()
