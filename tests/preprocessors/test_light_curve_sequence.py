"""Light curves point by point: nothing tells of later points."""

import numpy as np
import pytest

from sklearn_sn.data import as_ragged, check_table
from sklearn_sn.nets import LightCurveSequenceInput


def arrays(X, source, rng=None):
    prepared = source.prepare(check_table(X, modalities=["light_curve"]))
    return source.gather(prepared, np.arange(len(X)), rng)[0]


@pytest.fixture(params=[True, False])
def source(request, supernovae):
    table = check_table(supernovae[0], modalities=["light_curve"])
    return LightCurveSequenceInput(amplitude=request.param).fit(table)


def with_curves(X, **changes):
    curves = as_ragged(X["light_curve"], kind="light_curve")
    fields = {name: change(curves[name]) for name, change in changes.items()}
    return X.assign(light_curve=curves.with_fields(**fields).to_nested(index=X.index))


def test_values_of_a_prefix(source, supernovae):
    X, _ = supernovae
    curves = as_ragged(X["light_curve"], kind="light_curve").sort("time", "band")
    whole = arrays(X, source)
    part = arrays(
        X.assign(light_curve=curves.filter(curves.rank() < 5).to_nested(index=X.index)), source
    )
    known = ~part["pad_mask"]
    for name in ("values", "time", "log_wavelength"):
        np.testing.assert_allclose(
            part[name][known], whole[name][:, : known.shape[1]][known], rtol=1e-4, atol=2e-5
        )


def test_only_amplitude_tells_the_scale(source, supernovae):
    X, _ = supernovae
    brighter = with_curves(X, flux=lambda f: 100 * f, flux_err=lambda e: 100 * e)
    one, other = arrays(X, source)["values"], arrays(brighter, source)["values"]
    np.testing.assert_allclose(one[..., :3], other[..., :3], atol=2e-5)
    assert one.shape[-1] == 3 + source.amplitude
    if source.amplitude:
        assert (other[..., 3] - one[..., 3]).mean() > 0.5


def test_only_time_since_the_first_point_counts(source, supernovae):
    X, _ = supernovae
    later = with_curves(X, time=lambda t: t + 1000.0)
    one, other = arrays(X, source), arrays(later, source)
    np.testing.assert_allclose(one["time"], other["time"], atol=1e-4)
    assert (one["time"][:, 0] == 0).all()


def test_training_sees_other_points_each_time(source, supernovae):
    X, _ = supernovae
    rng = np.random.default_rng(0)
    one, other = arrays(X, source, rng), arrays(X, source, rng)
    assert one["values"].shape != other["values"].shape or (one["values"] != other["values"]).any()
    for batch in (one, other):
        assert (batch["time"][:, 0] == 0).all()
        assert np.isfinite(batch["values"]).all()
        assert (~batch["pad_mask"]).sum() < (~arrays(X, source)["pad_mask"]).sum()


@pytest.mark.parametrize("factor", [1e-300, 1e30, 1e290, -1.0, 0.0])
def test_any_flux_is_finite(source, supernovae, factor):
    odd = with_curves(supernovae[0], flux=lambda f: factor * f)
    values = arrays(odd, source)["values"]
    assert np.isfinite(values).all() and np.abs(values).max() < 1e3
