import numpy as np
import pytest

from sklearn_sn.datasets._sed_models import SED_MODELS
from sklearn_sn.datasets._seds import band_samples, extinction, mean_flux_density, spectral_shape


@pytest.mark.parametrize("r_v", [2.0, 3.1, 5.0])
def test_extinction_matches_dust_extinction(r_v):
    models = pytest.importorskip("dust_extinction.parameter_averages")
    units = pytest.importorskip("astropy.units")
    wavelength = np.linspace(2000.0, 20000.0, 500)
    theirs = models.O94(r_v)(wavelength * units.AA) * r_v
    np.testing.assert_allclose(extinction(wavelength, r_v), theirs, rtol=2e-3, atol=2e-3)


def test_flat_ab_spectrum_has_equal_flux_in_every_band():
    for centre, width in ((3700.0, 600.0), (9700.0, 850.0)):
        samples = band_samples(centre, width)
        # f_ν = 1 is f_λ = λ⁻² in units of c.
        assert mean_flux_density(samples**-2.0, samples) == pytest.approx(1.0, rel=1e-12)


@pytest.mark.parametrize("name", list(SED_MODELS))
def test_model_tables_agree(name):
    model = SED_MODELS[name]
    assert np.all(np.diff(model.phases) > 0)
    assert np.all(np.diff(model.velocities) < 0)
    assert len(model.temperatures) == len(model.velocities) == len(model.phases)
    for feature in model.features:
        assert len(feature.strengths) == len(model.phases)
        if feature.velocity > 0.1:
            assert max(feature.strengths) <= 0, feature.ion


def _mean_object(name, **changes):
    mean = {f"strength_{feature.ion}": np.ones(1) for feature in SED_MODELS[name].features}
    mean |= {"stretch": np.ones(1), "velocity": np.ones(1), "colour": np.zeros(1)}
    return mean | {key: np.array([value]) for key, value in changes.items()}


def _shape(name, phase, wavelength, **changes):
    rows = np.zeros(1, dtype=int)
    objects = _mean_object(name, **changes)
    return spectral_shape(name, objects, rows, np.array([float(phase)]), wavelength)[0]


def test_silicon_absorption_sits_at_the_velocity():
    wavelength = np.linspace(5950.0, 6350.0, 2001)
    for factor in (0.9, 1.1):
        continuum = _shape("SN Ia", 0, wavelength, **{"strength_Si II": 0.0}, velocity=factor)
        line = _shape("SN Ia", 0, wavelength, velocity=factor) / continuum
        expected = 6355.0 * (1 - 11200.0 * factor / 299792.458)
        assert wavelength[np.argmin(line)] == pytest.approx(expected, abs=8.0)
        assert line.min() < 0.7


def test_colour_is_magnitudes_of_b_minus_v():
    wavelength = np.array([4400.0, 5450.0])
    blue, red = (_shape("SLSN-I", 0, wavelength, colour=colour) for colour in (0.0, 0.1))
    shift = -2.5 * np.log10(red[0] / red[1] * blue[1] / blue[0])
    assert shift == pytest.approx(0.1, abs=0.02)


def test_hydrogen_emission_grows_in_sn_ii_and_is_absent_in_sn_ia():
    wavelength = np.array([6563.0])
    early, late = (
        _shape("SN II", phase, wavelength)
        / _shape("SN II", phase, wavelength, **{"strength_H I": 0.0})
        for phase in (-5, 40)
    )
    assert late > 1.3 * early > 1.3
    assert "H I" not in {feature.ion for feature in SED_MODELS["SN Ia"].features}
