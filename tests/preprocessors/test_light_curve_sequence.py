"""Light curves point by point: nothing tells of later points."""

import numpy as np
import pandas as pd
import pytest

from sklearn_sn.data import DETECTION_SNR, as_ragged, check_table, event_mask
from sklearn_sn.preprocessors import LightCurveSequencePreprocessor
from sklearn_sn.preprocessors._light_curve import relative_values


def arrays(X, preprocessor, rng=None):
    prepared = preprocessor.prepare(check_table(X, modalities=["light_curve"]))
    return preprocessor.gather(prepared, np.arange(len(X)), rng)[0]


@pytest.fixture(params=[True, False])
def preprocessor(request, supernovae):
    table = check_table(supernovae[0], modalities=["light_curve"])
    return LightCurveSequencePreprocessor(amplitude=request.param).fit(table)


def with_curves(X, **changes):
    curves = as_ragged(X["light_curve"], kind="light_curve")
    fields = {name: change(curves[name]) for name, change in changes.items()}
    return X.assign(light_curve=curves.with_fields(**fields).to_nested(index=X.index))


def test_values_of_a_prefix(preprocessor, supernovae):
    X, _ = supernovae
    curves = as_ragged(X["light_curve"], kind="light_curve").sort("time", "band")
    prefix = curves.filter(curves.rank() < 5)
    # Where a later point confirms one of the first, the event has other points.
    later = event_mask(curves)[curves.rank() < 5] != event_mask(prefix)
    same = prefix.reduce("sum", later * 1) == 0
    assert same.mean() > 0.8
    X = X.assign(light_curve=curves.to_nested(index=X.index))
    whole = arrays(X[same], preprocessor)
    part = arrays(X.assign(light_curve=prefix.to_nested(index=X.index))[same], preprocessor)
    known = ~part["pad_mask"]
    for name in ("values", "time", "log_wavelength"):
        np.testing.assert_allclose(
            part[name][known], whole[name][:, : known.shape[1]][known], rtol=1e-4, atol=2e-5
        )


def test_only_amplitude_tells_the_scale(preprocessor, supernovae):
    X, _ = supernovae
    brighter = with_curves(X, flux=lambda f: 100 * f, flux_err=lambda e: 100 * e)
    one, other = arrays(X, preprocessor)["values"], arrays(brighter, preprocessor)["values"]
    np.testing.assert_allclose(one[..., :3], other[..., :3], atol=2e-5)
    assert one.shape[-1] == 3 + preprocessor.amplitude
    if preprocessor.amplitude:
        assert (other[..., 3] - one[..., 3]).mean() > 0.5


def test_only_time_since_the_first_point_counts(preprocessor, supernovae):
    X, _ = supernovae
    later = with_curves(X, time=lambda t: t + 1000.0)
    one, other = arrays(X, preprocessor), arrays(later, preprocessor)
    np.testing.assert_allclose(one["time"], other["time"], atol=1e-4)
    assert (one["time"][:, 0] == 0).all()


def test_training_sees_other_points_each_time(preprocessor, supernovae):
    X, _ = supernovae
    rng = np.random.default_rng(0)
    one, other = arrays(X, preprocessor, rng), arrays(X, preprocessor, rng)
    assert one["values"].shape != other["values"].shape or (one["values"] != other["values"]).any()
    for batch in (one, other):
        assert (batch["time"][:, 0] == 0).all()
        assert np.isfinite(batch["values"]).all()
        assert (~batch["pad_mask"]).sum() < (~arrays(X, preprocessor)["pad_mask"]).sum()


@pytest.mark.parametrize("factor", [1e-300, 1e30, 1e290, -1.0, 0.0])
def test_any_flux_is_finite(preprocessor, supernovae, factor):
    odd = with_curves(supernovae[0], flux=lambda f: factor * f)
    values = arrays(odd, preprocessor)["values"]
    assert np.isfinite(values).all() and np.abs(values).max() < 1e3


def test_the_size_is_standardised(supernovae):
    """The last column has mean 0 and spread 1 over the training points."""
    table = check_table(supernovae[0], modalities=["light_curve"])
    preprocessor = LightCurveSequencePreprocessor(max_points=10_000).fit(table)
    curves = table.light_curve
    size = np.arcsinh(curves["flux"] / preprocessor.scale_)
    assert preprocessor.size_mean_ == pytest.approx(size.mean())
    assert preprocessor.size_scale_ == pytest.approx(size.std())
    batch = arrays(supernovae[0], preprocessor)
    last = batch["values"][..., 3][~batch["pad_mask"]]
    assert last.mean() == pytest.approx(0.0, abs=1e-2)
    assert last.std() == pytest.approx(1.0, abs=1e-2)
    expected = (size - size.mean()) / size.std()
    np.testing.assert_allclose(np.sort(last), np.sort(expected.clip(-6, 6)), atol=1e-4)


def test_the_scale_is_a_typical_error(supernovae):
    table = check_table(supernovae[0], modalities=["light_curve"])
    preprocessor = LightCurveSequencePreprocessor().fit(table)
    assert preprocessor.scale_ == pytest.approx(np.nanmedian(table.light_curve["flux_err"]))
    some = LightCurveSequencePreprocessor().fit(table, rows=np.arange(10))
    curves = table.light_curve.take(np.arange(10))
    assert some.scale_ == pytest.approx(np.nanmedian(curves["flux_err"]))


def test_a_whole_light_curve_is_not_thinned(supernovae):
    table = check_table(supernovae[0], modalities=["light_curve"])
    preprocessor = LightCurveSequencePreprocessor(max_points=5).fit(table)
    assert preprocessor.prepare(table).lengths.max() == 5
    history = preprocessor.prepare_history(table)
    # Each point of the table is the last one of a prefix exactly once.
    np.testing.assert_array_equal(
        np.sort(history.point[history.point >= 0]), np.arange(table.light_curve.n_points)
    )


def test_the_growth_of_the_scale_is_a_value():
    """The scale is the highest detection so far; before the first, flux or error."""
    flux, error = [1.0, 100.0, 50.0, 300.0, 200.0, 1e9, 1e9], [10.0] + [1.0] * 6
    fields = {"time": np.arange(7.0), "band": ["ztfg"] * 7, "flux": flux, "flux_err": error}
    X = pd.DataFrame({"light_curve": [pd.DataFrame(fields)]})
    table = check_table(X, modalities=["light_curve"], warn=False)
    preprocessor = LightCurveSequencePreprocessor().fit(table)
    growth = arrays(X, preprocessor)["values"][0, :, 2]
    expected = [0.0, np.log(10.0), 0.0, np.log(3.0), 0.0, 3.0, 0.0]  # clipped at three
    np.testing.assert_allclose(growth, expected, atol=1e-5)


@pytest.mark.parametrize(
    "flux, error, expected",
    [
        ([1.0, -2.0, 9.0, 1.0, 8.0], [1.0] * 5, [0.0, 0.0, 0.0, 4.0, 9.0]),
        ([-1.0, 2.0, 9.0, 1.0, 8.0], [np.nan] * 5, [0.0, 0.0, 3.0, 7.0, 12.0]),
        ([1.0, -2.0, 1.0, 1.0, 2.0], [1.0] * 5, [0.0] * 5),
    ],
    ids=["baseline", "without errors", "no detection"],
)
def test_times_count_from_the_first_detection(flux, error, expected):
    fields = {"time": [0.0, 2.0, 5.0, 9.0, 14.0], "band": ["ztfg"] * 5, "flux": flux}
    X = pd.DataFrame({"light_curve": [pd.DataFrame({**fields, "flux_err": error})]})
    table = check_table(X, modalities=["light_curve"], warn=False)
    preprocessor = LightCurveSequencePreprocessor().fit(table)
    np.testing.assert_allclose(arrays(X, preprocessor)["time"][0], expected)


def inputs_by_loops(preprocessor, prepared, row):
    """Return values and times of one light curve, point by point."""
    start, stop = prepared.ragged.offsets[row : row + 2]
    peak, since, previous, values, times = 0.0, None, None, [], []
    for time, flux, error, _ in prepared.points[start:stop]:
        is_detected = flux > 0 and not flux < DETECTION_SNR * error
        peak = max(peak, flux) if is_detected else peak
        since = time if is_detected and since is None else since
        scale = peak if peak > 0 else max(np.fmax(abs(flux), error), 1e-30)
        pair = np.array([flux, error]) / scale
        growth = 0.0 if previous is None else np.clip(np.log(scale / previous), -3, 3)
        value = [*relative_values(pair[:1], pair[1:]), [growth]]
        if preprocessor.amplitude:
            size = np.arcsinh(flux * prepared.unit[row]) - preprocessor.size_mean_
            value.append([np.clip(size / preprocessor.size_scale_, -6.0, 6.0)])
        values.append(np.concatenate(value))
        times.append(0.0 if since is None else time - since)
        previous = scale
    return np.array(values), np.array(times)


def test_inputs_are_those_of_a_loop_over_points(preprocessor, supernovae):
    X, _ = supernovae
    # Fainter light curves begin with points without a detection; one row has no detection at all.
    X = with_curves(X, flux=lambda flux: flux - 20.0)
    curves = check_table(X, modalities=["light_curve"]).light_curve
    flux = np.where(curves.rows == 3, -curves["flux"], curves["flux"])
    error = np.where(curves.rows == 5, np.nan, curves["flux_err"])
    X = X.assign(light_curve=curves.with_fields(flux=flux, flux_err=error).to_nested(index=X.index))
    prepared = preprocessor.prepare(check_table(X, modalities=["light_curve"], warn=False))
    arrays, object_index = preprocessor.gather(prepared, np.arange(len(X)))
    assert (arrays["time"][~arrays["pad_mask"]] == 0).mean() > 0.05
    for row, pad_mask in enumerate(arrays["pad_mask"]):
        values, time = inputs_by_loops(preprocessor, prepared, object_index[row])
        np.testing.assert_allclose(arrays["values"][row][~pad_mask], values, atol=2e-5)
        np.testing.assert_allclose(arrays["time"][row][~pad_mask], time, atol=1e-4)
