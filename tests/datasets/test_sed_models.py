"""Structure of the spectral models, for all classes."""

import numpy as np
import pytest

from sklearn_sn.datasets._sed_models import Feature, SedModel
from sklearn_sn.datasets._seds import SED_MODELS, spectral_shape


@pytest.mark.parametrize("name", list(SED_MODELS))
def test_features_have_one_strength_per_phase(name):
    model = SED_MODELS[name]
    assert np.all(np.diff(model.phases) > 0)
    assert len(model.temperatures) == len(model.velocities) == len(model.phases)
    for feature in model.features:
        assert len(feature.strengths) == len(model.phases)
        assert 1000.0 < feature.wavelength < 10000.0 and 100.0 < feature.width <= 60000.0
        assert 0.0 <= feature.velocity <= 1.2
        assert np.all(np.abs(feature.strengths) < 6.0)


@pytest.mark.parametrize("name", list(SED_MODELS))
def test_a_power_law_needs_a_slope_at_each_phase(name):
    model = SED_MODELS[name]
    assert model.slopes is None or len(model.slopes) == len(model.phases)
    assert min(model.temperatures) >= 2500.0 and max(model.temperatures) <= 60000.0


def test_a_feature_multiplies_the_continuum_by_the_exponential_of_its_strength(monkeypatch):
    line = Feature("X", 5000.0, 0, 3000.0, (-1.0, 0.5))
    blueshifted = Feature("Y", 7000.0, 1.0, 3000.0, (-1.0, -1.0))
    model = SedModel((0.0, 10.0), (6000.0, 6000.0), (9000.0, 9000.0), (line, blueshifted))
    bare = model._replace(features=())
    objects = {"colour": np.zeros(1), "velocity": np.ones(1)}
    objects |= {"strength_X": np.ones(1), "strength_Y": np.ones(1)}
    shift = 1.0 - 9000.0 / 299792.458
    wavelength = np.array([[5000.0, 5300.0, 7000.0 * shift]] * 3)
    phase = np.array([0.0, 5.0, 10.0])
    rows = np.zeros(3, dtype=int)
    monkeypatch.setitem(SED_MODELS, "model", model)
    monkeypatch.setitem(SED_MODELS, "bare", bare)
    ratio = spectral_shape("model", objects, rows, phase, wavelength)
    ratio /= spectral_shape("bare", objects, rows, phase, wavelength)
    # Strengths are interpolated between the phases; a line of velocity factor 1 is blueshifted.
    np.testing.assert_allclose(ratio[:, 0], np.exp([-1.0, -0.25, 0.5]), rtol=1e-5)
    np.testing.assert_allclose(ratio[:, 2], np.exp(-1.0), rtol=1e-5)
    assert np.all(np.abs(np.log(ratio[:, 1])) < 0.02)
