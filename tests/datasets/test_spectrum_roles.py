"""What columns of spectra are, by name and by value."""

import numpy as np
import pytest

from sklearn_sn.datasets._spectrum_roles import errors_by_value, role_of

RNG = np.random.default_rng(0)
NOISE = RNG.standard_normal(2000)
SHAPE = 2 + np.sin(np.arange(2000) / 60)
NAMES = {
    "wavelength": "wavelength Wave lambda wl wavelen obs_wavelength wave_air Wavelength(A) λ",
    "log_wavelength": "loglam log_lambda",
    "flux": "flux f_lambda Flam flux_cal fl flux_density",
    "flux_err": "err flux_err fluxerr e_flux sigma unc flux_unc std_dev uncertainty fluxError",
    "variance": "variance var flux_var",
    "ivar": "ivar inverse_variance flux_ivar",
    "mask": "mask and_mask dq",
    None: "sky sky_flux model raw continuum snr weight or_mask wave_err sky_err xpixel response",
}


@pytest.mark.parametrize("role, names", NAMES.items())
def test_names(role, names):
    assert {name: role_of(name) for name in names.split()} == dict.fromkeys(names.split(), role)


@pytest.mark.parametrize("scale", [1e-17, 1e-13, 1.0, 500.0])
def test_errors_and_variances_are_told_by_their_size(scale):
    errors = 0.2 * scale * (1 + 0.1 * RNG.random(2000))
    flux = SHAPE * scale + NOISE * errors
    assert errors_by_value(flux, errors) == "flux_err"
    # Variances of counts cannot be told from a sky.
    assert errors_by_value(flux, errors**2) == ("variance" if scale < 1 else None)


@pytest.mark.parametrize("scale", [1e-17, 1.0, 500.0])
def test_other_columns_are_no_errors(scale):
    flux = (SHAPE + 0.2 * NOISE) * scale
    others = {
        "weights": np.full(2000, 25.0) / scale**2,
        "raw": flux * 1.1,
        "half": flux * 0.5,
        "bright sky": 5 * scale * (1 + RNG.random(2000)),
        "ones": np.ones(2000),
        "flags": RNG.integers(0, 2, 2000),
        "index": np.arange(2000.0),
        "signs": NOISE * scale,
        "nothing": np.full(2000, np.nan),
    }
    found = {name: errors_by_value(flux, np.asarray(v, float)) for name, v in others.items()}
    assert found == dict.fromkeys(others)


def test_relative_errors_of_a_smooth_model_are_errors():
    assert errors_by_value(SHAPE * 1e-16, SHAPE * 1e-17) == "flux_err"
