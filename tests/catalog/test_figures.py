"""Figures of a page."""

import base64

import numpy as np
import pytest

from sklearn_sn.catalog._figures import (
    light_curve_figure,
    map_colours,
    map_figure,
    spectrum_figure,
)


def png(source):
    prefix = "data:image/png;base64,"
    assert source.startswith(prefix)
    return base64.b64decode(source[len(prefix) :])


@pytest.mark.parametrize("redshift", [0.05, np.nan])
def test_figures_are_pictures(objects, redshift):
    for source in (light_curve_figure(objects, 0), spectrum_figure(objects, 0, redshift)):
        assert png(source).startswith(b"\x89PNG") and len(source) < 120_000


def test_rows_are_drawn_by_position(objects):
    X = objects.set_axis([0] * len(objects))  # one name for all
    assert light_curve_figure(X, 1) != light_curve_figure(X, 0)


def test_the_map_shows_every_class(known):
    assert png(map_figure(known)).startswith(b"\x89PNG")
    assert set(map_colours(known)) == set(known.classes)
