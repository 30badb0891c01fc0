from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import kstest

from sklearn_sn.datasets._candidates import draw_candidates, scale_to_magnitude
from sklearn_sn.datasets._photosphere import Photosphere
from sklearn_sn.datasets._spectrographs import Spectrograph, get_spectrograph
from sklearn_sn.datasets._spectroscopy import TO_F_LAMBDA, draw_spectra
from sklearn_sn.datasets._surveys import get_survey

PLAIN = Spectrograph("plain", (3500.0, 9000.0), 300.0, 400, (10.0, 10.0))


def _objects(name, n=60):
    rng = np.random.default_rng(0)
    objects = draw_candidates(Photosphere(name), get_survey("ztf"), (0.03, 0.1), n, rng)
    scale_to_magnitude(Photosphere(name), objects)
    return objects


class _Line:
    """A flat SED with one Gaussian line at 6000 Å (rest), of 100 km/s."""

    variable = False
    r_v = 3.1

    def flux(self, objects, rows, phase, wavelength, spacing=None):
        width = max(100.0 / 299792.458, 0.5 * spacing.max())
        area = 30.0 * (100.0 / 299792.458)
        scaled = np.log(wavelength / 6000.0) / width
        return 1.0 + area / width * np.exp(-0.5 * scaled**2)


@pytest.mark.parametrize("resolution", [100.0, 300.0, 1000.0])
def test_lines_have_the_width_of_the_resolution(resolution):
    n = 5
    objects = {key: np.zeros(n) for key in ("redshift", "ebv", "ebv_host", "distance_modulus")}
    objects |= {"amplitude": np.ones(n), "rise": np.full(n, 20.0), "t_peak": np.full(n, 59000.0)}
    device = Spectrograph("x", (5000.0, 7200.0), resolution, int(0.37 * resolution * 5))
    drawn = draw_spectra(
        _Line(), objects, np.arange(n), device, (0.0, 1.0), np.random.default_rng(0)
    )
    wavelength, line = drawn["wavelength"][0], drawn["true_flux"][0] / TO_F_LAMBDA - 1.0
    above = wavelength[line > 0.5 * line.max()]
    pixel = wavelength[1] / wavelength[0] - 1.0
    # Instrument, the line itself and a pixel, all added in quadrature.
    own = 2.3548 * max(100.0 / 299792.458, 0.0)
    expected = np.sqrt(1.0 / resolution**2 + own**2 + pixel**2 / 2)
    measured = (above[-1] - above[0]) / 6000.0 + pixel
    assert measured == pytest.approx(expected, rel=0.12, abs=pixel)
    # Smoothing conserves flux.
    area = np.sum(line * np.gradient(np.log(wavelength)))
    assert area == pytest.approx(30.0 * 100.0 / 299792.458 * np.sqrt(2 * np.pi), rel=0.02)
    assert wavelength[np.argmax(line)] == pytest.approx(6000.0, rel=1.5 * pixel)


def test_pulls_are_unit_normal_and_snr_is_as_requested():
    objects = _objects("SN Ib/c")
    rng = np.random.default_rng(3)
    drawn = draw_spectra(Photosphere("SN Ib/c"), objects, np.arange(60), PLAIN, (-5, 20), rng)
    pull = (drawn["flux"] - drawn["calibrated_flux"]) / drawn["flux_err"]
    assert kstest(pull.ravel(), "norm").pvalue > 1e-3
    snr = np.median(drawn["calibrated_flux"] / drawn["flux_err"], axis=1)
    np.testing.assert_allclose(snr, 10.0, rtol=0.35)


def test_faint_objects_fall_short_of_the_ratio_drawn():
    objects = _objects("SN II", 200)
    rows, sed = np.arange(200), Photosphere("SN II")
    device = replace(PLAIN, limit=18.0, snr=(20.0, 20.0))
    drawn = draw_spectra(sed, objects, rows, device, (0, 20), np.random.default_rng(0))
    snr = np.median(drawn["calibrated_flux"] / drawn["flux_err"], axis=1)
    brightness = np.median(drawn["true_flux"], axis=1)
    order = np.argsort(brightness)
    assert np.median(snr[order[:30]]) < 0.5 * np.median(snr[order[-30:]])
    assert snr.max() < 28.0
    assert np.isfinite(drawn["flux"]).all() and (drawn["flux_err"] > 0).all()


def test_calibration_warps_have_the_requested_size():
    objects, rows = _objects("SN Ia", 200), np.arange(200)
    for warp, loss in ((0.0, 0.0), (0.1, 0.3)):
        device = replace(PLAIN, warp=warp, slit_loss=loss)
        drawn = draw_spectra(
            Photosphere("SN Ia"), objects, rows, device, (-5, 20), np.random.default_rng(1)
        )
        ratio = np.log(drawn["calibrated_flux"] / drawn["true_flux"])
        assert ratio.mean(axis=1).std() == pytest.approx(loss, rel=0.15, abs=1e-9)
        ends = (ratio[:, 0] - ratio[:, -1]).std()
        # cos kπx has opposite signs at the ends for odd k.
        assert ends == pytest.approx(2 * warp * np.hypot(1.0, 0.6), rel=0.2, abs=1e-9)


def test_epochs_lie_between_explosion_and_sixty_days():
    objects, rows = _objects("SN II", 300), np.repeat(np.arange(300), 2)
    device = get_spectrograph("sedm")
    drawn = draw_spectra(
        Photosphere("SN II"), objects, rows, device, None, np.random.default_rng(2)
    )
    start = objects["t_peak"] - objects["rise"] * (1 + objects["redshift"])
    age = (drawn["time"][:, 0] - start[rows]) / (1 + objects["redshift"][rows])
    assert age.min() > 0 and age.max() < 60
    assert kstest(age, "uniform", (0.0, 60.0)).pvalue > 1e-4
    assert drawn["wavelength"].shape == (600, 230)
