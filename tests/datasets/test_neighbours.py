"""Fields around positions: counts, magnitudes and saturated stars."""

import numpy as np
import pytest

from sklearn_sn.datasets._neighbours import FIELD, draw_neighbours


def fields(latitude, n=400):
    return draw_neighbours(np.full(n, float(latitude)), np.random.default_rng(0))


def test_the_plane_has_more_stars_and_as_many_galaxies():
    pole, plane = fields(80), fields(15)
    stars, galaxies = (
        [(np.isfinite(f["mag"]) & (f["star"] == star)).sum() for f in (pole, plane)]
        for star in (True, False)
    )
    assert stars[1] > 3 * stars[0]
    assert galaxies[1] == pytest.approx(galaxies[0], rel=0.1)


def test_faint_sources_are_more_frequent_and_bright_galaxies_rare():
    field = fields(50)
    mag = field["mag"][:, 1:][np.isfinite(field["mag"][:, 1:])]
    assert np.histogram(mag, [18, 19, 20, 21, 22])[0].tolist() == sorted(
        np.histogram(mag, [18, 19, 20, 21, 22])[0].tolist()
    )
    bright = np.isfinite(field["mag"]) & (field["mag"] < 18)
    assert (field["star"][bright]).mean() > 0.7
    assert np.abs(field["x"][:, 1:]).max() <= FIELD


def test_saturated_stars_are_in_the_first_column_and_off_the_position():
    field = fields(10)
    saturated = np.isfinite(field["mag"][:, 0])
    assert 0.1 < saturated.mean() < 0.4
    assert (field["mag"][saturated, 0] < 13.2).all() and (field["mag"][:, 1:] >= 13.2).all()
    assert np.hypot(field["x"][:, 0], field["y"][:, 0]).min() > 20
    assert np.isfinite(fields(80)["mag"][:, 0]).mean() < 0.1
