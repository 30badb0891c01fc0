"""The regressor of several modalities."""

import numpy as np
import pandas as pd
import pytest
from sklearn.frozen import FrozenEstimator
from sklearn.multioutput import MultiOutputRegressor

import sklearn_sn
from sklearn_sn import LightCurveRegressor, papers
from sklearn_sn.data import DataQualityWarning
from sklearn_sn.encoders import DeepSets, SpectralFeatures, SpectrumCNN
from sklearn_sn.regression import MultimodalRegressor

CURVES = DeepSets(d_model=16, augmentation=False)
SPECTRA = SpectrumCNN(d_model=8, n_layers=2, n_bins=64, augmentation=False)
TINY = {
    "light_curve": CURVES,
    "spectrum": SPECTRA,
    "head_width": 16,
    "max_epochs": 2,
    "batch_size": 16,
    "random_state": 0,
}
LEARNING = {"max_epochs": 20, "lr": 1e-2, "modality_dropout": 0.25}


def make(**params):
    return MultimodalRegressor(**{**TINY, **params})


def objects(n=120, seed=0):
    """Objects whose curves fade at one rate and whose spectra have one line; X, rate, line."""
    rng = np.random.default_rng(seed)
    rate, line = rng.uniform(-1, 1, n), rng.uniform(-1, 1, n)
    time, wavelength = np.arange(0.0, 40.0, 4.0), np.linspace(4000.0, 8000.0, 80)
    centre = 6000.0 + 1500.0 * line
    curves = [
        {
            "time": time,
            "band": ["g"] * 10,
            "flux": 100 * np.exp(-time * 0.03 * (1.3 + r)),
            "flux_err": np.ones(10),
        }
        for r in rate
    ]
    spectra = [
        {"wavelength": wavelength, "flux": 1 + 3 * np.exp(-0.5 * ((wavelength - c) / 200) ** 2)}
        for c in centre
    ]
    return pd.DataFrame({"light_curve": curves, "spectrum": spectra}), rate, line


@pytest.fixture(scope="module")
def table():
    return objects()


@pytest.fixture(scope="module")
def model(table):
    X, rate, line = table
    return make(**LEARNING).fit(X, rate + line)


def test_it_is_at_the_top():
    assert sklearn_sn.MultimodalRegressor is MultimodalRegressor


def test_both_modalities_together_tell_what_neither_tells_alone(model):
    new, rate, line = objects(seed=1)
    truth, predicted = rate + line, model.predict(new)
    assert model.modalities_ == ["light_curve", "spectrum"]
    assert np.mean((truth - predicted) ** 2) < 0.25 * truth.var()
    # With one modality alone, half of the variance cannot be predicted.
    for name, own, other in (("light_curve", rate, line), ("spectrum", line, rate)):
        with pytest.warns(DataQualityWarning, match="no columns"):
            predicted = model.predict(new[[name]])
        assert np.corrcoef(predicted, own)[0, 1] > 0.8
        assert abs(np.corrcoef(predicted, other)[0, 1]) < 0.4


def test_an_object_with_nothing_gets_the_mean(table):
    X, rate, _ = table
    model = make(loss="gaussian").fit(X, rate)
    gap = X.copy()
    gap.iloc[3] = None
    with pytest.warns(DataQualityWarning, match="1 objects have nothing usable"):
        mean, std = model.predict(gap, return_std=True)
    assert mean[3] == pytest.approx(rate.mean()) and std[3] == pytest.approx(rate.std())
    # Others do not change.
    expected = np.delete(model.predict(X), 3)
    np.testing.assert_allclose(np.delete(mean, 3), expected, rtol=1e-5, atol=1e-6)
    with pytest.raises(ValueError, match="return_std needs loss='gaussian'"):
        make().fit(X, rate).predict(X, return_std=True)


def test_metadata_are_read_too(table):
    X, rate, _ = table
    model = make(light_curve=None, spectrum=None, metadata_columns=["rate"], **LEARNING)
    X = X.assign(rate=rate)
    assert model.fit(X, rate).modalities_ == ["metadata"]
    assert model.score(X, rate) > 0.8


def test_parameters_change_the_fit(table):
    X, rate = table[0][:32], table[1][:32]
    plain = make().fit(X, rate).predict(X)
    for params in ({"head_width": 8}, {"modality_dropout": 0.0}, {"loss": "gaussian"}):
        assert np.abs(make(**params).fit(X, rate).predict(X) - plain).max() > 1e-5, params


def test_objects_of_weight_zero_are_left_out(table):
    X, rate = table[0][:48], table[1][:48]
    weighted = make().fit(X, rate, sample_weight=np.where(np.arange(48) < 32, 1.0, 0.0))
    few = make().fit(X[:32], rate[:32])
    assert weighted.target_mean_ == pytest.approx(rate[:32].mean())
    np.testing.assert_allclose(weighted.predict(X), few.predict(X), atol=1e-6)


def test_several_numbers(table):
    X, rate, line = (part[:32] for part in table)
    several = MultiOutputRegressor(make()).fit(X, np.column_stack([rate, line]))
    assert several.predict(X).shape == (len(X), 2)


def test_a_pretrained_encoder_of_one_modality(table):
    X, rate = table[0][:32], table[1][:32]
    first = LightCurveRegressor(encoder=CURVES, max_epochs=1, random_state=0).fit(X, rate)
    pretrained = {"light_curve": FrozenEstimator(first)}
    model = make(light_curve="auto", pretrained=pretrained, trainable="none").fit(X, rate)
    trained = first.net_.module_.encoder.state_dict()
    for name, value in model.net_.module_.encoders["light_curve"].state_dict().items():
        assert (value == trained[name]).all()


def test_refusals(table):
    X, rate, _ = table
    with pytest.raises(ValueError, match="120 objects but y has 119 numbers"):
        make().fit(X, rate[1:])
    with pytest.raises(ValueError, match="NaN or infinity"):
        make().fit(X, np.where(np.arange(120) == 3, np.nan, rate))
    with pytest.raises(ValueError, match="'modality_dropout' parameter of MultimodalRegressor"):
        make(modality_dropout=0.3).fit(X, rate)
    with pytest.raises(ValueError, match=r"'spectrum' parameter .* must give one vector"):
        make(spectrum=SpectralFeatures()).fit(X, rate)


def test_the_configuration_of_the_paper_trains(table):
    X, rate = table[0][:32], table[1][:32]
    model = papers.transceiver_regressor(max_epochs=1, random_state=0)
    model.set_params(spectrum__n_bins=64)
    assert np.isfinite(model.fit(X, rate).predict(X)).all()
