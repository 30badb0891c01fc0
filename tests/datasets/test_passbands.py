import numpy as np
import pytest

from sklearn_sn.datasets._passbands import band_samples, mean_flux_density, speclite_curve, top_hat


def _integral(flux, curve):
    """f_ν through a curve on a fine grid, by the trapezoidal rule; f_λ in units with c = 1."""
    wavelength = np.linspace(curve[0][0], curve[0][-1], 40001)
    transmission = np.interp(wavelength, *curve)
    above = np.trapezoid(flux(wavelength) * wavelength * transmission, wavelength)
    return above / np.trapezoid(transmission / wavelength, wavelength)


CURVES = {
    "top hat": top_hat(4800.0, 1300.0),
    "triangle": (np.array([4000.0, 5000.0, 7000.0]), np.array([0.0, 1.0, 0.0])),
    "edges": (np.array([4000.0, 4400.0, 5300.0, 5600.0]), np.array([0.0, 0.6, 0.9, 0.0])),
}


@pytest.mark.parametrize("curve", CURVES.values(), ids=list(CURVES))
def test_samples_integrate_as_a_fine_grid_does(curve):
    samples = band_samples(curve)
    assert np.all(np.diff(samples) > 0)
    for flux in (
        lambda w: w**-2.0,
        lambda w: np.exp(-w / 1500.0),
        lambda w: (w / 5000.0) ** 3,
        lambda w: 1.0 - 0.6 * np.exp(-0.5 * ((w - 5100.0) / 80.0) ** 2),
    ):
        assert mean_flux_density(flux(samples), samples) == pytest.approx(
            _integral(flux, curve), rel=0.01
        )


def test_flat_ab_spectrum_has_equal_flux_in_every_band():
    for curve in CURVES.values():
        samples = band_samples(curve)
        # f_ν = 1 is f_λ = λ⁻² in units of c.
        assert mean_flux_density(samples**-2.0, samples) == pytest.approx(1.0, rel=1e-12)


def test_top_hat_is_sampled_evenly():
    samples = band_samples(top_hat(5000.0, 1200.0), 4)
    np.testing.assert_allclose(samples, [4550, 4850, 5150, 5450], atol=0.01)


def test_speclite_has_the_curves_of_the_surveys():
    pytest.importorskip("speclite")
    for band, pivot in (("ps1g", 4849), ("lssty", 9746), ("sdssu", 3589), ("bessellV", 5478)):
        wavelength, transmission = speclite_curve(band)
        above = np.trapezoid(transmission * wavelength, wavelength)
        below = np.trapezoid(transmission / wavelength, wavelength)
        assert np.sqrt(above / below) == pytest.approx(pivot, rel=0.01)
    with pytest.raises(ValueError, match="no transmission curve for band 'ztfg'"):
        speclite_curve("ztfg")
