import numpy as np
import pytest

from sklearn_sn.datasets._populations import POPULATIONS
from sklearn_sn.datasets._seds import SED_MODELS, spectral_shape


@pytest.mark.parametrize("name", list(SED_MODELS))
def test_model_tables_agree(name):
    model = SED_MODELS[name]
    assert np.all(np.diff(model.phases) > 0)
    if name in POPULATIONS:
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
    return spectral_shape(name, objects, rows, np.array([float(phase)]), wavelength[None])[0]


def test_no_phases_give_no_spectra():
    rows, objects = np.zeros(0, dtype=int), _mean_object("SN II")
    assert spectral_shape("SN II", objects, rows, np.zeros(0), np.ones((0, 12))).shape == (0, 12)


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


@pytest.mark.parametrize("name", ["SN Ia", "SN IIn", "AGN"])
def test_pixels_near_a_line_are_all_that_count(name):
    # On a long even grid only the pixels near a line are computed; on a short one, all are.
    objects = _mean_object(name, slope=0.0)
    wavelength = np.geomspace(3200.0, 9800.0, 900)[None]
    rows, phase = np.zeros(1, dtype=int), np.zeros(1)
    fast = spectral_shape(name, objects, rows, phase, wavelength)[0]
    pairs = np.stack([wavelength[0, :-1], wavelength[0, 1:]], axis=1)
    rows, phase = np.zeros(899, dtype=int), np.zeros(899)
    slow = spectral_shape(name, objects, rows, phase, pairs)[:, 0]
    np.testing.assert_allclose(fast[:-1], slow, rtol=3e-4)


def test_narrow_lines_keep_their_light_between_samples():
    # Integrals over a band do not depend on where the samples fall.
    objects = _mean_object("SN IIn")
    rows, phase = np.zeros(40, dtype=int), np.zeros(40)
    edges = np.linspace(6300.0, 6500.0, 40)
    wavelength = edges[:, None] + 600.0 * (np.arange(12) + 0.5) / 12
    spacing = np.log(wavelength[:, -1] / wavelength[:, 0]) / 11
    flux = spectral_shape("SN IIn", objects, rows, phase, wavelength, spacing).mean(axis=1)
    fine = edges[:, None] + 600.0 * (np.arange(2000) + 0.5) / 2000
    exact = spectral_shape("SN IIn", objects, rows, phase, fine).mean(axis=1)
    np.testing.assert_allclose(flux, exact, rtol=0.025)


def test_hydrogen_emission_grows_in_sn_ii_and_is_absent_in_sn_ia():
    wavelength = np.array([6563.0])
    early, late = (
        _shape("SN II", phase, wavelength)
        / _shape("SN II", phase, wavelength, **{"strength_H I": 0.0})
        for phase in (-5, 40)
    )
    assert late > 1.3 * early > 1.3
    assert "H I" not in {feature.ion for feature in SED_MODELS["SN Ia"].features}
