"""Light curves that lose points."""

import numpy as np
import pytest

from sklearn_sn.cross_modal import MeanSpectrumGenerator
from sklearn_sn.data import as_ragged, resample
from sklearn_sn.datasets import make_supernovae
from sklearn_sn.plotting import MaskingDisplay


class Counting(MeanSpectrumGenerator):
    """Predict the mean spectrum, with an offset that grows with the missing points."""

    def predict(self, X, **where):
        lengths = as_ragged(X["light_curve"], kind="light_curve").lengths
        self.seen_.append(lengths)
        return super().predict(X, **where) + 10.0 / (1.0 + lengths[:, None, None])


@pytest.fixture(scope="module")
def X():
    X, _, truth = make_supernovae(
        40, classes=["SN Ia"], n_spectra=(1, 3), n_pixels=64, return_truth=True, random_state=0
    )
    return X.assign(t_peak=truth["t_peak"])


def test_residual_and_coverage(X):
    mean, counting = MeanSpectrumGenerator().fit(X), Counting().fit(X)
    counting.seen_ = []
    fractions = [0.0, 0.5, 0.9, 1.0]
    display = MaskingDisplay.from_estimators(
        {"mean": mean, "counting": counting}, X, fractions=fractions
    )
    assert len(set(display.residuals["mean"])) == 1
    assert (np.diff(display.residuals["counting"]) > 0).all()
    spectra, object_index, phase = mean._spectra_by_phase(X)
    flux = resample(spectra, mean.wavelength_)[0]
    answer = mean.predict(X.iloc[object_index], phase=phase[:, None])[:, 0]
    assert display.residuals["mean"][0] == pytest.approx(np.nanmean((answer - flux) ** 2))
    assert abs(display.coverages["mean"][0] - 0.9) < 0.07
    whole = as_ragged(X["light_curve"]).lengths
    for fraction, lengths in zip(fractions, counting.seen_, strict=True):
        assert (np.abs(lengths - (1 - fraction) * whole) < 1).all()


def test_what_is_drawn():
    display = MaskingDisplay([0.0, 0.5], {"a": [0.1, 0.2], "b": [0.3, 0.3]}, {})
    display.coverages = {"a": np.array([0.9, 0.8]), "b": np.array([0.9, 0.9])}
    assert display.plot() is display
    left, right = display.axes_
    assert [line.get_label() for line in left.lines] == ["a", "b"]
    np.testing.assert_allclose(right.lines[0].get_ydata(), [90.0, 80.0])
    with pytest.raises(ValueError, match="shape"):
        display.plot(left)


def test_without_spectra_there_is_nothing_to_measure(X):
    model = MeanSpectrumGenerator().fit(X)
    cells = as_ragged(X["spectrum"], kind="spectrum")
    none = cells.filter(np.zeros(cells.n_points, dtype=bool)).to_nested(index=X.index)
    with pytest.raises(ValueError, match="known phase"):
        MaskingDisplay.from_estimators({"mean": model}, X.assign(spectrum=none))
