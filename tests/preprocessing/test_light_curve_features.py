"""Features of light curves as an array."""

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline

from sklearn_sn.data import band_wavelength
from sklearn_sn.datasets import make_supernovae
from sklearn_sn.preprocessing import LightCurveFeatures, LightCurveTruncator


def make_curve(colour=0.5, decline=0.05, factor=1.0, start=59000.0):
    """A rise of 15 days and a straight decline, in V and redder or bluer in B."""
    t = np.arange(-15.0, 60.0, 2.5)
    magnitude = 16.0 + np.where(t < 0, 0.01 * t**2, decline * t)
    time, band = np.ravel([t, t + 0.5], order="F"), ["bessellV", "bessellB"] * len(t)
    magnitude = np.ravel([magnitude, magnitude + colour], order="F")
    flux = factor * 10 ** (-0.4 * (magnitude - 23.9))
    return {"time": start + time, "band": band, "flux": flux, "flux_err": 0.01 * flux}


def features(X, **parameters):
    return LightCurveFeatures(**parameters).set_output(transform="pandas").fit_transform(X)


def test_colour_and_decline_come_back(curve_table):
    X = curve_table(make_curve(colour=0.5, decline=0.05), make_curve(colour=-0.3, decline=0.02))
    found = features(X)
    # The colour is read between other wavelengths than those of the bands it was given in.
    given = np.subtract(*np.log(band_wavelength(["bessellV", "bessellB"])))
    expected = np.array([0.5, -0.3]) * np.log(5450.0 / 4500.0) / given
    np.testing.assert_allclose(found["B-V_at_15"], expected, atol=0.08)
    np.testing.assert_allclose(found["V_slope_16_32"], [0.05, 0.02], atol=0.005)
    np.testing.assert_allclose(found["V_brightest"], 16.0, atol=0.02)
    np.testing.assert_allclose(found["V_peak"], 16.0, atol=0.1)


def test_shape_ignores_distance_and_date(curve_table):
    X = curve_table(make_curve(), make_curve(factor=0.01, start=51234.0))
    shape = features(X, magnitudes=False)
    np.testing.assert_allclose(shape.iloc[0], shape.iloc[1], rtol=1e-4, atol=1e-4)
    apparent = features(X).drop(columns=shape.columns).replace(0.0, np.nan)
    np.testing.assert_allclose((apparent.iloc[1] - apparent.iloc[0]).dropna(), 5.0, atol=1e-3)


def test_a_baseline_of_years_changes_nothing(curve_table):
    curve = make_curve()
    noise = {
        "time": np.arange(58000.0, 58900.0, 10.0),
        "band": ["bessellV"] * 90,
        "flux": np.tile([3.0, -3.0], 45),
        "flux_err": np.full(90, 5.0),
    }
    longer = {name: [*noise[name], *curve[name]] for name in curve}
    both = features(curve_table(curve, longer))
    np.testing.assert_array_equal(both.iloc[0], both.iloc[1])


def test_curves_without_signal_are_nan_and_one_point_is_enough(curve_table):
    negative = {"time": [1.0], "band": ["ztfr"], "flux": [-5.0], "flux_err": [1.0]}
    one = {"time": [1.0], "band": ["ztfr"], "flux": [5.0], "flux_err": [1.0]}
    found = features(curve_table(make_curve(), None, negative, one))
    assert found.iloc[1:3].isna().all(axis=None)
    assert found["R_brightest"].iloc[3] == pytest.approx(23.9 - 2.5 * np.log10(5.0))
    assert found["R_peak"].iloc[3] == pytest.approx(23.9 - 2.5 * np.log10(5.0), abs=0.2)
    assert not np.isinf(found.to_numpy()).any()


def test_columns_do_not_depend_on_the_data(curve_table):
    names = LightCurveFeatures().get_feature_names_out()
    assert len(set(names)) == len(names)
    found = features(curve_table(None))
    assert list(found.columns) == list(names)
    fewer = LightCurveFeatures(magnitudes=False, statistics=False).get_feature_names_out()
    assert list(names[: len(fewer)]) == list(fewer)
    assert not any("brightest" in name or name.endswith("_peak") for name in fewer)


def test_features_that_no_object_of_fit_has_are_zero(curve_table):
    X = curve_table(make_curve(), None)
    model = LightCurveFeatures().set_output(transform="pandas").fit(X)
    found = model.transform(X)
    assert found.loc[:, model.empty_features_].iloc[0].eq(0).all()
    assert found.iloc[1].isna().all()
    assert found["NIR_mean"].iloc[0] == found["I_peak"].iloc[0] == 0.0
    np.testing.assert_array_equal(found, model.fit_transform(X))
    # Other bands do not bring them back: a model could not have learned them.
    infrared = curve_table({**make_curve(), "band": ["2massj"] * 60})
    assert model.transform(infrared)["NIR_mean"].iloc[0] == 0.0
    assert features(infrared)["NIR_mean"].iloc[0] > 0


def test_not_fitted(curve_table):
    with pytest.raises(NotFittedError):
        LightCurveFeatures().transform(curve_table(make_curve()))


def test_every_column_is_documented():
    """Each name consists of a band, a group or a pair, and a documented ending."""
    text = LightCurveFeatures.__doc__
    for name in LightCurveFeatures().get_feature_names_out():
        kind = name.split("_")[1]
        assert name in text or f"_{kind}" in text, name


def test_points_beyond_the_limit_are_averaged(curve_table):
    X = curve_table(make_curve())
    few, all_points = features(X, max_points=16), features(X, max_points=200)
    assert few["V_slope_16_32"].iloc[0] == pytest.approx(0.05, abs=0.01)
    assert few["V_slope_16_32"].iloc[0] != all_points["V_slope_16_32"].iloc[0]


def test_a_larger_permitted_error_gives_more_values():
    X, _ = make_supernovae(20, random_state=0)
    tables = [features(X, max_error=error) for error in (0.1, 0.4, 2.0)]
    counts = [(table.notna() & (table != 0)).to_numpy().sum() for table in tables]
    assert counts[0] < counts[1] < counts[2]


def test_boosting_separates_classes_early_and_late():
    X, y = make_supernovae(160, classes=("SN Ia", "SN II"), random_state=1)
    trees = HistGradientBoostingClassifier(max_iter=20, max_features=0.2, random_state=0)
    model = make_pipeline(LightCurveFeatures(), trees)
    assert cross_val_score(model, X, y, cv=2).mean() > 0.8
    early = LightCurveTruncator(10, origin="detection").fit_transform(X)
    assert cross_val_score(model, early, y, cv=2).mean() > 0.65
