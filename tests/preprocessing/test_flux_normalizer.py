import numpy as np
import pytest

from sklearn_sn.data import as_ragged
from sklearn_sn.preprocessing import FluxNormalizer

METHODS = ["peak", "std", "median", "mean"]


def _curve(flux, band=None):
    n_points = len(flux)
    return {
        "time": np.arange(n_points) * 1.0,
        "band": band or ["ztfg"] * n_points,
        "flux": np.asarray(flux, dtype=float),
        "flux_err": np.full(n_points, 0.5),
    }


def _normalised(X, *args, **parameters):
    return as_ragged(FluxNormalizer(*args, **parameters).fit_transform(X)["light_curve"])


@pytest.mark.parametrize(
    ("method", "scale"), [("peak", 4.0), ("std", np.std([1, 4, 5, 2])), ("median", 3), ("mean", 3)]
)
def test_scales(method, scale, curve_table):
    curves = _normalised(curve_table(_curve([1, 4, 5, 2])), method)
    np.testing.assert_allclose(curves["flux"], np.array([1, 4, 5, 2]) / scale)
    np.testing.assert_allclose(curves["flux_err"], 0.5 / scale)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("per", ["object", "band"])
@pytest.mark.parametrize(
    "flux",
    [
        [0.0],
        [3.0],
        [-3.0, -3.0],
        [0, 0, 0, 0.0],
        [7, 7, 7, 7.0],
        [0.1, 0.1, 0.1],
        [-4, -9, -2.0],
        [0, 0, 0, 5.0],
        [1e9, 1e-300, 1e-300, 1e-300],
        [1e-310, 2e-310],
        [1e9, -1e9, 2.0],
    ],
)
def test_always_finite_and_sign_kept(method, per, flux, curve_table):
    out = _normalised(curve_table(_curve(flux)), method, per=per)["flux"]
    assert np.isfinite(out.astype(np.float32)).all()
    assert np.all(out * np.sign(flux) >= 0)


def test_one_outlier_does_not_move_the_peak(curve_table):
    flux = 100 * np.exp(-0.5 * ((np.arange(40) - 15) / 6) ** 2)
    clean = _normalised(curve_table(_curve(flux)))["flux"]
    for at in (0, 7, 15, 39):
        spoilt = flux.copy()
        spoilt[at] = 1e8
        out = np.delete(_normalised(curve_table(_curve(spoilt)))["flux"], at)
        np.testing.assert_allclose(out, np.delete(clean, at), rtol=0.05)


def test_one_scale_keeps_colours_and_two_do_not(curve_table):
    flux, band = [10, 10, 10, 40, 40, 40.0], ["ztfg", "ztfr"] * 3
    flux = [10, 40, 10, 40, 10, 40.0]
    X = curve_table(_curve(flux, band))
    np.testing.assert_allclose(_normalised(X)["flux"], np.array(flux) / 40)
    np.testing.assert_allclose(_normalised(X, per="band")["flux"], 1)
    np.testing.assert_allclose(_normalised(X, "mean")["flux"], np.array(flux) / 25)
    np.testing.assert_allclose(_normalised(X, "mean", per="band")["flux"], 1)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("per", ["object", "band"])
def test_scale_of_the_input_does_not_matter(method, per, X):
    curves = as_ragged(X["light_curve"])
    scaled = curves.with_fields(flux=curves["flux"] * 1e-7, flux_err=curves["flux_err"] * 1e-7)
    Y = X.assign(light_curve=scaled.to_nested(index=X.index))
    np.testing.assert_allclose(
        _normalised(X, method, per=per)["flux"], _normalised(Y, method, per=per)["flux"]
    )


def test_every_spectrum_has_its_own_scale(spectrum_table):
    wavelength = np.tile(np.linspace(4000, 8000, 100), 2)
    X = spectrum_table(
        {
            "wavelength": wavelength,
            "flux": np.repeat([1e-17, 5.0], 100),
            "time": np.repeat([59000.0, 59010.0], 100),
        },
        None,
    )
    out = FluxNormalizer("mean", column="spectrum").fit_transform(X)
    np.testing.assert_allclose(as_ragged(out["spectrum"])["flux"], 1)
