"""Features of magnitudes on the grid of phases."""

import numpy as np
import pytest

from sklearn_sn.preprocessing._magnitude_surface import PHASE_GRID
from sklearn_sn.preprocessing._surface_features import (
    BANDS,
    colour_features,
    peak_magnitudes,
    shape_features,
)


def magnitudes(curve, **others):
    """One object with a light curve in all bands, and others in some."""
    table = np.tile(np.asarray(curve, dtype=np.float64), (1, len(BANDS), 1))
    for band, values in others.items():
        table[0, BANDS.index(band)] = values
    return table


ROOF = np.where(PHASE_GRID < 0, -0.1, 0.05) * PHASE_GRID + 16.0


def test_slopes_widths_and_drops_of_straight_lines():
    found = {name: value[0] for name, value in shape_features(magnitudes(ROOF)).items()}
    assert found["B_slope_4_16"] == pytest.approx(0.05)
    assert found["B_slope_-12_0"] == pytest.approx(-0.1)
    assert found["B_bend_4_16"] == pytest.approx(0.0, abs=1e-6)
    assert found["B_drop_15"] == pytest.approx(0.75)
    assert found["B_drop_-5"] == pytest.approx(0.5)
    assert found["reference_fall_0.5"] == 12.0  # the first phase of the grid below 0.5 mag
    assert found["reference_rise_1.0"] == 12.0
    assert found["V_peak_phase"] == 0.0
    assert found["V_steepest"] == pytest.approx(0.05)
    assert found["V_rebound"] == pytest.approx(0.05)
    assert found["V_flat_days"] == 0.0
    assert "reference_drop_15" not in found


def test_a_second_maximum_and_a_plateau():
    bump = ROOF - 1.5 * np.exp(-0.5 * ((PHASE_GRID - 28) / 6) ** 2)
    plateau = np.where(PHASE_GRID < 60, 16.0, 18.0)
    found = shape_features(magnitudes(ROOF, I=bump, V=plateau))
    assert found["I_rebound"][0] < -0.05 < 0 < found["R_rebound"][0]
    assert found["V_flat_days"][0] == 116.0
    assert found["V_steepest"][0] == pytest.approx(1.0)
    assert found["V_steepest_phase"][0] == 58.0


def test_scatter_about_a_slope_is_that_of_a_line_fit():
    rng = np.random.default_rng(0)
    wild = ROOF + rng.normal(0, 0.3, len(ROOF))
    found = shape_features(magnitudes(ROOF, R=wild))
    inside = (PHASE_GRID >= 20) & (PHASE_GRID <= 60)
    slope, level = np.polyfit(PHASE_GRID[inside], wild[inside], 1)
    rest = wild[inside] - slope * PHASE_GRID[inside] - level
    assert found["R_slope_20_60"][0] == pytest.approx(slope)
    assert found["R_bend_20_60"][0] == pytest.approx(rest.std())


def test_colours_between_grid_points_and_their_change():
    red = ROOF - 0.5 - 0.01 * PHASE_GRID
    found = colour_features(magnitudes(ROOF, V=red))
    assert found["B-V_at_15"][0] == pytest.approx(0.65)
    assert found["B-V_change"][0] == pytest.approx(0.3)
    assert found["R-I_at_0"][0] == 0.0


def test_unknown_magnitudes_make_features_unknown():
    half = np.where(np.abs(PHASE_GRID) <= 8, ROOF, np.nan)
    nothing = np.full(len(PHASE_GRID), np.nan)
    table = magnitudes(ROOF, B=half, V=nothing)
    found = {**shape_features(table), **colour_features(table), **peak_magnitudes(table)}
    assert found["B_drop_5"][0] == pytest.approx(0.25)
    assert found["B_peak"][0] == 16.0
    for name in ("B_drop_10", "B_fall_0.5", "B_slope_16_32", "B-R_at_15"):
        assert np.isnan(found[name][0])
    # A grid point is enough where no interpolation is needed.
    assert found["B-R_at_0"][0] == 0.0
    assert all(np.isnan(v[0]) for name, v in found.items() if name.startswith("V_"))


def test_no_objects():
    empty = np.empty((0, len(BANDS), len(PHASE_GRID)))
    assert {value.shape for value in shape_features(empty).values()} == {(0,)}
