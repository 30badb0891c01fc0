"""Estimated against true redshifts."""

import numpy as np
import pytest
from sklearn.dummy import DummyRegressor

from sklearn_sn.metrics import nmad, outlier_fraction
from sklearn_sn.plotting import RedshiftDisplay


@pytest.fixture
def redshifts():
    rng = np.random.default_rng(0)
    z = rng.uniform(0.01, 1.0, 80)
    z_pred = z + 0.02 * (1 + z) * rng.normal(size=80)
    z_pred[:4] += 0.8
    return z, z_pred


def test_title_gives_nmad_and_outliers(redshifts):
    display = RedshiftDisplay.from_predictions(*redshifts)
    assert display.plot() is display
    assert display.nmad_ == nmad(*redshifts)
    assert display.outlier_fraction_ == outlier_fraction(*redshifts) == 0.05
    title = display.ax_.get_title()
    assert f"NMAD {display.nmad_:.4f}" in title and "5.0 %" in title and "n = 80" in title


def test_outlier_lines_part_outliers_from_the_rest(redshifts):
    z, z_pred = redshifts
    equal, below, above = RedshiftDisplay(z, z_pred).plot().ax_.lines
    np.testing.assert_array_equal(equal.get_xdata(), equal.get_ydata())
    low, high = (np.interp(z, line.get_xdata(), line.get_ydata()) for line in (below, above))
    assert np.mean((z_pred < low) | (z_pred > high)) == outlier_fraction(z, z_pred)


def test_every_object_is_inside_one_square(redshifts):
    ax = RedshiftDisplay(*redshifts).plot().ax_
    assert ax.get_xlim() == ax.get_ylim()
    low, high = ax.get_xlim()
    drawn = np.concatenate([points.get_offsets() for points in ax.collections])
    assert drawn.shape == (80, 2) and drawn.min() >= low and drawn.max() <= high


def test_classes(redshifts):
    display = RedshiftDisplay.from_predictions(*redshifts, np.repeat(["SN II", "SN Ia"], 40)).plot()
    names = [text.get_text() for text in display.ax_.get_legend().get_texts()]
    assert names == ["SN II", "SN Ia"] and len(display.ax_.collections) == 2


def test_from_estimator_predicts(redshifts):
    z, _ = redshifts
    estimator = DummyRegressor(strategy="constant", constant=0.3).fit(z[:, None], z)
    display = RedshiftDisplay.from_estimator(estimator, z[:, None], z)
    np.testing.assert_array_equal(display.z_pred, 0.3)
    np.testing.assert_array_equal(display.z_true, z)


def test_inconsistent_inputs_are_rejected(redshifts):
    z, z_pred = redshifts
    with pytest.raises(ValueError, match="inconsistent"):
        RedshiftDisplay.from_predictions(z, z_pred[:5]).plot()
    with pytest.raises(ValueError, match="finite"):
        RedshiftDisplay.from_predictions([0.1, np.nan], [0.1, 0.2]).plot()
    with pytest.raises(ValueError, match=r"'y' parameter must have shape \(80,\)"):
        RedshiftDisplay.from_predictions(z, z_pred, ["SN Ia"]).plot()
