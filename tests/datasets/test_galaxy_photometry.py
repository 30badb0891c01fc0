"""Selection by measured magnitude."""

import numpy as np
import pytest

from sklearn_sn.datasets._galaxy_photometry import draw_selected


def join(name, parts):
    return np.concatenate([getattr(part, name) for part in parts])


def test_selected_galaxies_are_bright_and_measured_to_some_percent():
    parts = list(draw_selected(300, (0.01, 0.6), 19.0, np.random.default_rng(0)))
    magnitudes = join("magnitudes", parts)
    assert magnitudes.shape == (300, 3) and magnitudes[:, 1].max() < 19.0
    error = magnitudes - (22.5 - 2.5 * np.log10(join("fluxes", parts)))
    assert np.abs(np.median(error, axis=0)).max() < 0.02
    assert 0.03 < error.std() < 0.12
    # The error of the profile is common to the bands, so colours are better.
    assert np.diff(error[:, :2]).std() < error[:, 0].std()


def test_the_first_galaxies_do_not_depend_on_the_number():
    few = join("magnitudes", draw_selected(5, (0.01, 0.6), 19.5, np.random.default_rng(0)))
    many = join("magnitudes", draw_selected(60, (0.01, 0.6), 19.5, np.random.default_rng(0)))
    np.testing.assert_allclose(few, many[:5], rtol=1e-6)


def test_a_limit_that_nothing_reaches_is_named():
    with pytest.raises(ValueError, match="Lower 'redshift_range'"):
        list(draw_selected(5, (0.4, 0.6), 15.0, np.random.default_rng(0)))
