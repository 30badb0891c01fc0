"""Templates have the break, the lines and the colours of single-age populations."""

import numpy as np
import pytest

from sklearn_sn.datasets._stellar_templates import AGES, DISPERSIONS, stellar_templates


def index_4000(luminosity, wavelength):
    """D4000 of Balogh et al. (1999): mean f_ν above the break over that below."""
    per_frequency = luminosity * wavelength**2
    above = (wavelength > 4000) & (wavelength < 4100)
    below = (wavelength > 3850) & (wavelength < 3950)
    return per_frequency[above].mean() / per_frequency[below].mean()


def test_the_break_grows_with_age_and_metallicity():
    wavelength, light = stellar_templates()
    breaks = np.array([[index_4000(row[0], wavelength) for row in rows] for rows in light])
    assert (np.diff(breaks, axis=0) > 0).all()
    assert (breaks[AGES >= 1.0, 1] > breaks[AGES >= 1.0, 0]).all()
    assert breaks[0].max() < 1.1 and 1.7 < breaks[-1, 1] < 2.4


def test_populations_redden_and_fade():
    wavelength, light = stellar_templates()
    blue, red = (light[..., np.searchsorted(wavelength, w)] for w in (4400, 7000))
    assert (np.diff(red / blue, axis=0) > 0).all()
    assert (np.diff(red, axis=0) < 0).all()


def test_velocities_broaden_lines_and_keep_the_light():
    wavelength, light = stellar_templates()
    near = (wavelength > 3920) & (wavelength < 3950)
    depth = light[-1, 1][:, near].min(axis=1)
    assert (np.diff(depth) > 0).all() and len(depth) == len(DISPERSIONS)
    totals = light[..., 500:-500].sum(axis=-1)
    assert totals == pytest.approx(np.broadcast_to(totals[..., :1], totals.shape), rel=2e-3)


def test_balmer_absorption_is_deepest_at_intermediate_age():
    wavelength, light = stellar_templates()
    at = {w: light[:, 0, 0, np.searchsorted(wavelength, w)] for w in (4050.0, 4102.9, 4150.0)}
    depth = 1.0 - 2.0 * at[4102.9] / (at[4050.0] + at[4150.0])
    assert depth.argmax() in (3, 4) and depth.max() > 0.2
