"""Grid, residuals and interpolation that the spectrum generators share."""

import numpy as np
import pytest
from sklearn.exceptions import NotFittedError

from sklearn_sn.cross_modal import MeanSpectrumGenerator
from sklearn_sn.cross_modal._spectrum_generator import (
    N_WAVELENGTHS,
    SpectrumGenerator,
    check_n_samples,
    reshape_samples,
)
from sklearn_sn.data import as_ragged, resample


class Tilt(SpectrumGenerator):
    """Predict flux that is linear in phase and in log wavelength, scaled by the redshift."""

    def __init__(
        self,
        frame="rest",
        phase_bins=2,
        phase_range=(-30.0, 100.0),
        wavelength_range=(2500.0, 10000.0),
        normalization_range=(4000.0, 7000.0),
    ):
        self.frame = frame
        self.phase_bins = phase_bins
        self.phase_range = phase_range
        self.wavelength_range = wavelength_range
        self.normalization_range = normalization_range

    def fit(self, X, y=None):
        self._validate_params()
        flux, object_index, phase = self._fit_grid(X)
        self._fit_mean(flux, phase)
        self._learn_residuals(flux, phase, self._query(X), object_index)
        return self

    def _query(self, X):
        return X["redshift"].to_numpy()

    def _expected(self, query, rows, phase):
        return (1.0 + query[rows] + 0.01 * phase)[:, None] + np.log(self.wavelength_ / 5000.0)


@pytest.fixture(scope="module")
def tilt(dated):
    return Tilt().fit(dated)


def expected(X, phase, wavelength):
    return 1.0 + X["redshift"].to_numpy()[:, None] + 0.01 * phase + np.log(wavelength / 5000.0)


def test_predictions_are_evaluated_at_all_query_coordinates(tilt, dated):
    phases, wavelengths = np.array([0.0, 20.0]), np.array([4500.0, 5000.0, 6100.0])
    flux, coordinates, when, at = tilt._predict(dated, phases, wavelengths)
    assert flux.shape == (60, 2, 3) and coordinates.shape == (2, 3)
    np.testing.assert_allclose(when, [phases])
    np.testing.assert_allclose(at, [wavelengths])
    for i, phase in enumerate(phases):
        np.testing.assert_allclose(flux[:, i], expected(dated, phase, wavelengths), atol=1e-6)


def test_coordinates_may_differ_between_objects(tilt, dated):
    rng = np.random.default_rng(0)
    phases = rng.uniform(-5.0, 20.0, (60, 2))
    wavelengths = np.sort(rng.uniform(4200.0, 6500.0, (60, 4)), axis=1)
    flux = tilt._predict(dated, phases, wavelengths)[0]
    for i in range(2):
        np.testing.assert_allclose(
            flux[:, i], expected(dated, phases[:, i, None], wavelengths), atol=1e-6
        )


def test_block_size_does_not_change_the_prediction(tilt, dated, monkeypatch):
    whole = tilt._predict(dated, [0.0, 10.0], None)[0]
    module = "sklearn_sn.cross_modal._spectrum_generator._BLOCK"
    monkeypatch.setattr(module, 3 * 2 * N_WAVELENGTHS)
    np.testing.assert_array_equal(tilt._predict(dated, [0.0, 10.0], None)[0], whole)


def test_spectra_are_constant_beyond_the_grid(tilt, dated):
    grid = tilt.wavelength_
    beyond = np.array([0.98 * grid[0], 1.02 * grid[-1]])
    flux = tilt._predict(dated, 0.0, beyond)[0][:, 0]
    ends = tilt._predict(dated, 0.0, grid[[0, -1]])[0][:, 0]
    np.testing.assert_allclose(flux, ends)


def test_grid_covers_the_pixels_but_for_the_outer_percentiles(tilt, dated):
    pixels = tilt._spectra_by_phase(dated)[0]["wavelength"]
    assert tilt.wavelength_.shape == (N_WAVELENGTHS,)
    inside = (pixels >= tilt.wavelength_[0]) & (pixels <= tilt.wavelength_[-1])
    assert inside.mean() == pytest.approx(0.96, abs=0.01)
    steps = np.diff(np.log(tilt.wavelength_))
    np.testing.assert_allclose(steps, steps[0])


def test_spectra_have_a_median_of_one(tilt, dated):
    spectra, object_index, phase = tilt._spectra_by_phase(dated)
    assert len(spectra) == len(object_index) == len(phase)
    assert np.all(np.diff(object_index) >= 0)
    inside = (spectra["wavelength"] >= 4000.0) & (spectra["wavelength"] <= 7000.0)
    for row in range(5):
        flux = spectra["flux"][inside & (spectra.rows == row)]
        assert np.median(flux) == pytest.approx(1.0, rel=0.05)


def test_intervals_cover_the_spectra_although_the_prediction_is_wrong(dated):
    model = Tilt(phase_bins=1).fit(dated)
    spectra, object_index, phase = model._spectra_by_phase(dated)
    flux = resample(spectra, model.wavelength_)[0]
    inside, outside = [], []
    for row in range(len(spectra)):
        X = dated.iloc[[object_index[row]]]
        lower, upper = model._interval(X, phase[row], model.wavelength_, 0.8)
        predicted = model._predict(X, phase[row], model.wavelength_)[0][0]
        measured = np.isfinite(flux[row])
        inside.append(((lower[0] <= flux[row]) & (flux[row] <= upper[0]))[measured])
        outside.append(np.abs(predicted[0] - flux[row])[measured])
    assert np.concatenate(inside).mean() == pytest.approx(0.8, abs=0.05)
    assert np.concatenate(outside).mean() > 0.2


@pytest.mark.parametrize("name", ["phase_range", "wavelength_range", "normalization_range"])
@pytest.mark.parametrize("ends", [(5.0, 1.0), (1.0,), (1.0, "2"), (3.0, 3.0)])
def test_ranges_must_increase(dated, name, ends):
    message = f"The '{name}' parameter of Tilt must be two increasing"
    with pytest.raises(ValueError, match=message):
        Tilt(**{name: ends}).fit(dated)


def test_calibration_replaces_the_residuals(dated):
    model = MeanSpectrumGenerator(phase_bins=1).fit(dated[:30])
    n, mean = model.n_residuals_, model.mean_.copy()
    assert model.calibrate(dated[30:]) is model
    n_new = len(model._spectra_by_phase(dated[30:])[0])
    assert model.n_residuals_ == n_new and n_new != n
    np.testing.assert_array_equal(model.mean_, mean)


def test_calibration_needs_known_phases(dated):
    model = MeanSpectrumGenerator(phase_bins=1).fit(dated)
    undated = dated[["spectrum", "redshift"]]
    with pytest.raises(ValueError, match="no spectrum of known phase"):
        model.calibrate(undated)
    with pytest.raises(NotFittedError):
        MeanSpectrumGenerator().calibrate(dated)
    with pytest.raises(ValueError, match="to='light_curve' and band=None"):
        model.calibrate(dated, "light_curve")


def test_samples_take_the_form_of_the_query(tilt, dated):
    _, coordinates, _, _ = tilt._predict(dated[:3], [0.0, 9.0], np.array([4500.0, 6000.0, 6500.0]))
    flux = np.arange(3 * 4 * 6.0).reshape(3, 4, 2, 3)
    np.testing.assert_array_equal(reshape_samples(flux, coordinates, dated[:3], False), flux)
    nested = reshape_samples(flux, coordinates, dated[:3], True)
    assert nested.index.equals(dated.index[:3])
    np.testing.assert_array_equal(as_ragged(nested)["flux"], flux.ravel())


@pytest.mark.parametrize("n_samples", [0, -3])
def test_number_of_samples_is_at_least_one(n_samples):
    check_n_samples(1)
    with pytest.raises(ValueError, match=f"'n_samples' parameter .* Got {n_samples}"):
        check_n_samples(n_samples)
