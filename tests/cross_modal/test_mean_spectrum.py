"""The mean spectrum by phase."""

import warnings

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from sklearn_sn import load_model, save_model
from sklearn_sn.cross_modal import MeanSpectrumGenerator
from sklearn_sn.data import DataQualityWarning, Ragged, as_ragged, resample

GRID = np.linspace(4000.0, 7000.0, 30)


@pytest.fixture(scope="module")
def model(dated):
    return MeanSpectrumGenerator(phase_bins=4).fit(dated)


def test_shapes_follow_the_query(model, dated):
    assert model.predict(dated).shape == (60, 256)
    assert model.predict(dated, phase=[0.0, 5.0], wavelength=GRID).shape == (60, 2, 30)
    assert model.predict(dated, phase=np.zeros((60, 3)), wavelength=GRID[:1]).shape == (60, 3, 1)
    own = np.tile(GRID, (60, 1))
    shared = model.predict(dated, phase=[0.0, 5.0], wavelength=GRID)
    np.testing.assert_allclose(model.predict(dated, phase=[0.0, 5.0], wavelength=own), shared)
    phases = np.tile([0.0, 5.0], (60, 1))
    np.testing.assert_allclose(model.predict(dated, phase=phases, wavelength=own), shared)
    for ours, theirs in zip(
        model.predict_interval(dated, phase=phases, wavelength=own),
        model.predict_interval(dated, phase=[0.0, 5.0], wavelength=GRID),
        strict=True,
    ):
        np.testing.assert_allclose(ours, theirs)
    samples = model.generate(dated, phase=[0.0, 5.0], wavelength=GRID, n_samples=3, random_state=0)
    assert samples.shape == (60, 3, 2, 30)
    nested = model.generate(dated, wavelength=GRID, n_samples=2, as_nested=True, random_state=0)
    assert nested.index.equals(dated.index)
    assert as_ragged(nested).lengths.tolist() == [60] * 60


def test_the_mean_is_that_of_the_spectra(dated):
    model = MeanSpectrumGenerator(phase_bins=1).fit(dated)
    spectra, _, phase = model._spectra_by_phase(dated)
    flux = resample(spectra, model.wavelength_)[0]
    expected = np.nanmean(flux[:, 100])
    answer = model.predict(dated[:1], wavelength=model.wavelength_[100:101])
    assert answer[0, 0] == pytest.approx(expected)
    assert np.isfinite(phase).all()


def test_intervals_cover_the_spectra_of_fit(model, dated):
    spectra, object_index, phase = model._spectra_by_phase(dated)
    flux = resample(spectra, model.wavelength_)[0]
    for coverage in (0.5, 0.9):
        lower, upper = model.predict_interval(
            dated.iloc[object_index], phase=phase[:, None], coverage=coverage
        )
        known = np.isfinite(flux)
        inside = (lower[:, 0] <= flux) & (flux <= upper[:, 0])
        assert abs(inside[known].mean() - coverage) < 0.06
    with pytest.raises(ValueError, match="coverage"):
        model.predict_interval(dated, coverage=0.999)


def test_samples_scatter_as_the_spectra_do(model, dated):
    samples = model.generate(dated[:2], n_samples=400, random_state=0)
    np.testing.assert_allclose(samples[0], samples[1])
    mean = model.predict(dated[:1])[0]
    spread = samples[0].std(axis=0)
    np.testing.assert_allclose(samples[0].mean(axis=0), mean, atol=0.35 * spread.max())
    still = model.generate(dated[:2], n_samples=2, noise=False)
    np.testing.assert_array_equal(still[:, 1], model.predict(dated[:2]))


def test_calibration_widens_for_noisier_spectra(model, dated):
    cells = as_ragged(dated["spectrum"], kind="spectrum")
    noise = np.random.default_rng(0).normal(size=cells.n_points) * np.abs(cells["flux"])
    noisy = cells.with_fields(flux=cells["flux"] + 0.5 * noise).to_nested(index=dated.index)
    widths = []
    for one in (model, clone(model).fit(dated).calibrate(dated.assign(spectrum=noisy))):
        lower, upper = one.predict_interval(dated[:1])
        widths.append(np.mean(upper - lower))
    assert widths[1] > 1.5 * widths[0]


def test_frames_and_peaks(dated):
    model = MeanSpectrumGenerator().fit(dated)
    assert model.frame_ == "rest" and not model.estimates_peak_
    assert MeanSpectrumGenerator(frame="observer").fit(dated).frame_ == "observer"
    assert MeanSpectrumGenerator().fit(dated.drop(columns="redshift")).frame_ == "observer"
    with pytest.warns(DataQualityWarning, match="estimated"):
        assert MeanSpectrumGenerator().fit(dated.drop(columns="t_peak")).estimates_peak_
    with pytest.raises(ValueError, match="known phase"):
        MeanSpectrumGenerator().fit(dated[["spectrum"]])


def test_too_few_spectra_for_a_coverage_warn(dated):
    model = MeanSpectrumGenerator(phase_bins=1).fit(dated[:10])
    with pytest.warns(DataQualityWarning, match="99% coverage need 199 spectra"):
        model.predict_interval(dated[10:], coverage=0.99)


def test_invalid_queries_are_rejected(model, dated):
    with pytest.raises(NotFittedError):
        MeanSpectrumGenerator().predict(dated)
    for where in ({"to": "light_curve"}, {"band": "ztfg"}, {"wavelength": [100.0, 200.0]}):
        with pytest.raises(ValueError):
            model.predict(dated, **where)
    with pytest.raises(ValueError, match="n_samples"):
        model.generate(dated, n_samples=0)
    with pytest.raises(ValueError, match="wavelength_range"):
        MeanSpectrumGenerator(wavelength_range=(9000.0, 3000.0)).fit(dated)


def test_bad_spectra_give_finite_predictions(dated):
    cells = as_ragged(dated["spectrum"], kind="spectrum")
    bad = cells.with_fields(flux=np.where(cells.rank() % 7 == 0, np.nan, cells["flux"]))
    one = bad.filter(cells.rows < 3)
    for column in (bad, one):
        X = dated.assign(spectrum=Ragged(column.fields, column.offsets).to_nested(dated.index))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DataQualityWarning)
            model = MeanSpectrumGenerator().fit(X)
            interval = model.predict_interval(X)
        for answer in (model.predict(X), *interval):
            assert np.isfinite(answer).all()


def test_save_model_round_trip(model, dated, tmp_path):
    save_model(model, tmp_path / "model")
    loaded = load_model(tmp_path / "model")
    for ours, theirs in zip(
        model.predict_interval(dated), loaded.predict_interval(dated), strict=True
    ):
        np.testing.assert_array_equal(ours, theirs)


def test_unknown_redshifts_warn_in_fit(dated):
    some = dated.assign(redshift=dated["redshift"].where(np.arange(len(dated)) >= 3))
    with pytest.warns(UserWarning, match="3 of 60 objects have no redshift"):
        MeanSpectrumGenerator().fit(some)
