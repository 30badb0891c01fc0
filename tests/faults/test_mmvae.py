"""The catalogue of bad input, over the autoencoder: finite answers, one for every row."""

import warnings

import numpy as np
import pytest

from sklearn_sn.data import DataQualityWarning, as_ragged
from sklearn_sn.datasets import make_supernovae
from tests.conftest import make_mmvae

GRID = np.linspace(4000.0, 7000.0, 20)


@pytest.fixture(scope="module")
def X():
    X, _, truth = make_supernovae(40, n_pixels=64, return_truth=True, random_state=0)
    return X.assign(t_peak=truth["t_peak"])


@pytest.fixture(scope="module")
def model(X):
    return make_mmvae(max_epochs=1, batch_size=16, random_state=0).fit(X)


CURVES = {
    "all negative": lambda c: {"flux": -np.abs(c["flux"])},
    "constant": lambda c: {"flux": np.full(c.n_points, 7.0)},
    "zero": lambda c: {"flux": 0 * c["flux"]},
    "1e300": lambda c: {"flux": np.sign(c["flux"]) * 1e300},
    "subnormal": lambda c: {"flux": c["flux"] * 1e-310},
    "no errors": lambda c: {"flux_err": np.nan * c["flux"]},
    "every third NaN": lambda c: {"flux": np.where(c.rank() % 3, c["flux"], np.nan)},
    "all NaN": lambda c: {"flux": np.nan * c["flux"]},
    "one time": lambda c: {"time": np.full(c.n_points, 60000.0)},
    "Julian dates": lambda c: {"time": c["time"] + 2400000.5},
}
SPECTRA = {
    "constant": lambda s: {"flux": np.full(s.n_points, 3.0)},
    "zero": lambda s: {"flux": 0 * s["flux"]},
    "all negative": lambda s: {"flux": -np.abs(s["flux"])},
    "1e140": lambda s: {"flux": s["flux"] * 1e140},
    "subnormal": lambda s: {"flux": s["flux"] * 1e-310},
    "cosmic ray": lambda s: {"flux": np.where(s.rank() == 9, 1e8, s["flux"])},
    "reversed": lambda s: {"wavelength": s["wavelength"][::-1]},
    "outside": lambda s: {"wavelength": s["wavelength"] + 12000.0},
}
CASES = [("light_curve", name) for name in CURVES] + [("spectrum", name) for name in SPECTRA]


@pytest.mark.parametrize(("column", "case"), CASES)
def test_answers_are_finite(model, X, column, case):
    ragged = as_ragged(X[column], kind=column)
    change = (CURVES if column == "light_curve" else SPECTRA)[case]
    bad = X.assign(**{column: ragged.with_fields(**change(ragged)).to_nested(index=X.index)})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataQualityWarning)
        answers = [
            model.transform(bad),
            model.predict(bad, wavelength=GRID),
            model.predict(bad, "light_curve", band="ztfg"),
            *model.predict_interval(bad, wavelength=GRID),
        ]
    for answer in answers:
        assert len(answer) == len(X) and np.isfinite(answer).all()


def test_one_point_and_one_pixel(model, X):
    few = X.copy()
    for name in ("light_curve", "spectrum"):
        ragged = as_ragged(X[name], kind=name)
        few[name] = ragged.filter(ragged.rank() == 0).to_nested(index=X.index)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataQualityWarning)
        assert np.isfinite(model.predict(few, wavelength=GRID)).all()
