import copy
import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn.frozen import FrozenEstimator
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline

from sklearn_sn import load_model, save_model
from sklearn_sn.data import DataQualityWarning, Ragged, as_ragged, quality_report
from sklearn_sn.preprocessing import FluxNormalizer


def with_long_light_curve(X, row):
    """Return the table with the light curve of one object stretched to years."""
    points = as_ragged(X["light_curve"])
    time = np.where(points.rows == row, 59000.0 + 500.0 * points.rank(), points["time"])
    stretched = Ragged({**points.fields, "time": time}, points.offsets)
    return X.assign(light_curve=stretched.to_nested(index=X.index))


def test_the_estimator_gives_the_flag(fitted, supernovae, tmp_path):
    X = with_long_light_curve(supernovae[0].iloc[:8], 3)
    plain, report = quality_report(X), quality_report(X, estimator=fitted)
    pd.testing.assert_frame_equal(report.drop(columns="flag"), plain.drop(columns="flag"))
    assert "UNLIKE_TRAINING" not in ",".join(plain["flag"])
    expected = ["UNLIKE_TRAINING" if row == 3 else "" for row in range(8)]
    found = [",".join(f for f in text.split(",") if "UNLIKE" in f) for text in report["flag"]]
    assert found == expected
    # And so does the model from a file.
    save_model(fitted, tmp_path / "model")
    loaded = load_model(tmp_path / "model")
    assert loaded.training_range_ == fitted.training_range_
    pd.testing.assert_frame_equal(quality_report(X, estimator=loaded), report)


def test_estimators_around_it_are_looked_into(fitted, supernovae):
    X = with_long_light_curve(supernovae[0].iloc[:8], 3)
    shuffled = as_ragged(X["light_curve"]).take(slice(None))
    backwards = Ragged(
        {name: np.asarray(values)[::-1] for name, values in shuffled.fields.items()},
        np.concatenate([[0], np.cumsum(shuffled.lengths[::-1])]),
    ).take(np.arange(8)[::-1])
    X = X.assign(light_curve=backwards.to_nested(index=X.index))
    frozen = FrozenEstimator(fitted)
    pipeline = make_pipeline(frozen, KNeighborsClassifier(1))
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # the report issues no warnings
        for estimator in (frozen, pipeline):
            flags = quality_report(X, estimator=estimator)["flag"]
            assert flags.str.contains("UNLIKE").tolist() == [row == 3 for row in range(8)]
        quality_report(X, estimator=make_pipeline(FluxNormalizer(), frozen))


def test_a_model_of_an_earlier_version_flags_nothing(fitted, supernovae):
    model = copy.copy(fitted)
    del model.training_range_
    X = with_long_light_curve(supernovae[0].iloc[:4], 2)
    pd.testing.assert_frame_equal(quality_report(X, estimator=model), quality_report(X))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model.transform(X)


def test_other_estimators_are_rejected(supernovae):
    X = supernovae[0].iloc[:3]
    for estimator in (KNeighborsClassifier(), make_pipeline(FluxNormalizer()), "model"):
        with pytest.raises(ValueError, match="must be a fitted estimator of sklearn_sn"):
            quality_report(X, estimator=estimator)


def test_predictions_warn_once_about_both(fitted, supernovae):
    X = with_long_light_curve(supernovae[0].iloc[:8], 3)
    X = X.assign(light_curve=[None, *X["light_curve"].iloc[1:]])
    with pytest.warns(DataQualityWarning) as caught:
        Z = fitted.transform(X)
    assert len(caught) == 1
    text = str(caught[0].message)
    assert f"1 objects have no usable light curve (first {X.index[0]!r})" in text
    assert f"1 objects are unlike the training data (first {X.index[3]!r}: time span" in text
    np.testing.assert_array_equal(Z[0], fitted.missing_embedding_["light_curve"])
