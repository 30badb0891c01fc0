"""Identifiers of one source are joined by their mean positions."""

import numpy as np
import pytest

from sklearn_sn.datasets._join_positions import join_positions

ARCSEC = 1 / 3600


def test_identifiers_of_one_source():
    objects, codes = join_positions(
        ["g", "other", "r"],
        np.array([2, 0, 1, -1, 0]),
        [10.0, 10.0, 10.1, 10.0, 10.0],
        [20 + ARCSEC, 20.0, 20.0, 20.0, 20.0],
    )
    assert objects == ["J004000.00+200000.3", "J004024.00+200000.0"]
    assert codes.tolist() == [0, 0, 1, -1, 0]


@pytest.mark.parametrize(
    ("n_names", "expected"),
    [(0, []), (1, ["file"]), (2, ["file"]), (3, ["J000000.00-050000.0", "J000000.00+050000.0"])],
)
def test_names_of_sources(n_names, expected):
    # Of one band or two, and another source.
    dec = np.array([-5.0, -5.0, 5.0])[:n_names]
    names, codes = ["7", "8", "9"][:n_names], np.arange(n_names)
    assert join_positions(names, codes, np.zeros(n_names), dec, "file")[0] == expected


def test_names_stay_where_nothing_is_joined():
    dec = np.array([0.0, 1.0])
    assert join_positions([7, 8], np.arange(2), np.zeros(2), dec, "file")[0] == [7, 8]
    # An object without a position keeps its name beside named ones, as text.
    dec = np.array([0.0, 0.0, np.nan])
    objects, _ = join_positions([7, 8, 9], np.arange(3), np.full(3, 359.99999999), dec, "file")
    assert objects == ["J000000.00+000000.0", "9"]


@pytest.mark.parametrize(("separation", "n_objects"), [(1.4, 1), (1.6, 2)])
def test_radius_is_on_the_sky(separation, n_objects):
    codes = np.array([0, 1])
    # Right ascensions are further apart at high declination, and wrap at 360 degrees.
    half = separation / 2 * ARCSEC / np.cos(np.deg2rad(80))
    objects, joined = join_positions(["a", "b"], codes, [360 - half, half], [80.0, 80.0])
    assert len(objects) == n_objects and joined.tolist() == [0, n_objects - 1]


def test_chains_and_mean_positions():
    dec = np.array([0.0, 1.0, 2.0]) * ARCSEC  # the ends are linked by the one between them
    assert join_positions(["a", "b", "c"], np.arange(3), np.zeros(3), dec)[0] == [
        "J000000.00+000001.0"
    ]
    # One outlying point of two does not move the mean beyond the radius.
    dec = np.array([0.0, 0.0, 2.0]) * ARCSEC
    objects, codes = join_positions(["a", "b"], np.array([0, 1, 1]), np.zeros(3), dec)
    assert objects == ["J000000.00+000000.7"] and codes.tolist() == [0, 0, 0]


def test_unknown_positions_stay_apart():
    objects, codes = join_positions(["a", "b"], np.array([0, 1]), [np.nan, np.nan], [0.0, 0.0])
    assert objects == ["a", "b"] and codes.tolist() == [0, 1]
    codes = np.array([0, -1])
    objects, same = join_positions(["a"], codes, [0.0, 0.0], [0.0, 0.0])
    assert objects == ["a"] and same.tolist() == [0, -1]
