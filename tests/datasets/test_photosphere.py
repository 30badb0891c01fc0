import numpy as np
import pytest

from sklearn_sn.datasets._candidates import draw_candidates, scale_to_magnitude
from sklearn_sn.datasets._photosphere import Photosphere, photosphere_radius, reference_curve
from sklearn_sn.datasets._populations import POPULATIONS
from sklearn_sn.datasets._seds import SED_MODELS, inverse_temperature
from sklearn_sn.datasets._surveys import get_survey

CLASSES = list(POPULATIONS)


@pytest.mark.parametrize("name", CLASSES)
def test_reference_curve_peaks_at_zero_and_starts_at_explosion(name):
    rng = np.random.default_rng(1)
    objects = Photosphere(name).draw(30, rng)
    Photosphere(name).complete(objects, rng)
    phase = np.linspace(-100.0, 200.0, 601)
    rows = np.repeat(np.arange(30), 601)
    curve = reference_curve(name, objects, rows, np.tile(phase, 30)).reshape(30, 601)
    assert np.all(curve.max(axis=1) == curve[:, 200])
    np.testing.assert_allclose(curve[:, 200], 1.0)
    assert np.all(curve[phase[None] <= -objects["rise"][:, None]] == 0)


def test_radius_is_that_of_a_known_star():
    # The Sun at 10 pc: a blackbody of 5772 K and 6.957e10 cm has V = 4.83 + 0.02 (AB), roughly.
    flux = 10.0 ** (-0.4 * (4.83 - 23.9))
    radius = photosphere_radius(flux / 5450.0**2, 1.0 / 5772.0)
    assert radius * 1e15 == pytest.approx(6.957e10, rel=0.05)


@pytest.mark.parametrize("name", CLASSES)
def test_photospheres_are_as_large_as_their_speed_allows(name):
    sed = Photosphere(name)
    rng = np.random.default_rng(0)
    objects = draw_candidates(sed, get_survey("ztf"), (0.01, 0.05), 400, rng)
    scale_to_magnitude(sed, objects)
    model = SED_MODELS[name]
    speed = np.interp(0.0, model.phases, model.velocities) * objects["velocity"]
    flown = speed * 1e5 * objects["rise"] * 86400.0 / 1e15
    if name == "TDE":  # a photosphere of what falls back, that does not fly
        assert 0.05 < np.median(objects["radius"]) < 2.0
    else:
        # Emission diluted by scattering makes the radius of a blackbody smaller than the true one.
        assert 0.15 < np.median(objects["radius"] / flown) < 2.0
    assert 4000 < np.median(objects["temperature"]) < 25000


@pytest.mark.parametrize("name", ["SN Ia", "SN II", "SN Ib/c"])
def test_photospheres_expand_until_peak_and_cool_after(name):
    sed = Photosphere(name)
    rng = np.random.default_rng(0)
    objects = draw_candidates(sed, get_survey("ztf"), (0.01, 0.05), 1, rng)
    objects |= {"stretch": np.ones(1), "rise": np.full(1, POPULATIONS[name].rise)}
    scale_to_magnitude(sed, objects)
    phase = np.array([-7.0, -4.0, 0.0, 10.0, 20.0])
    rows = np.zeros(5, dtype=int)
    inverse = inverse_temperature(name, objects, rows, phase)
    # Far from lines, the flux is the continuum.
    curve = sed.flux(objects, rows, phase, np.full((5, 1), 5450.0))[:, 0]
    radius = photosphere_radius(objects["amplitude"] * curve, inverse)
    assert np.all(np.diff(radius[:3]) > 0)
    assert np.all(np.diff(1.0 / inverse[2:]) < 0)
