"""The fusion of one classifier per modality."""

import pickle
import warnings

import numpy as np
import pandas as pd
import pytest
import sklearn
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.exceptions import NotFittedError
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import (
    GridSearchCV,
    GroupKFold,
    StratifiedKFold,
    cross_val_predict,
    cross_validate,
)
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from sklearn_sn import LightCurveClassifier, SpectraNetClassifier
from sklearn_sn.classification import LateFusionClassifier
from sklearn_sn.data import DataQualityWarning
from sklearn_sn.persistence import load_model, save_model
from sklearn_sn.preprocessing import NearestSpectrum
from tests.classification.fusion_tables import (
    COARSE,
    COARSE_CLASSES,
    FINE,
    MeanClassifier,
    fine_table,
    members,
    supernovae,
)


@pytest.fixture(scope="module")
def given():
    return fine_table()


@pytest.fixture(scope="module")
def fitted(given):
    return LateFusionClassifier(members(), class_map=COARSE).fit(*given)


def coarse(y):
    return np.array([COARSE.get(label, label) for label in y])


def test_sums_fine_classes_then_averages_over_the_modalities_present(given, fitted):
    X, _ = given
    by_modality = fitted.predict_proba_by_modality(X)
    proba = fitted.predict_proba(X)
    assert fitted.classes_.tolist() == COARSE_CLASSES
    for row in range(0, 60, 7):
        parts = [by_modality[name].iloc[row] for name in ("curve", "spectrum", "metadata")]
        parts = [part.to_numpy() for part in parts if part.notna().all()]
        np.testing.assert_allclose(proba[row], np.mean(parts, axis=0))
    has = X["light_curve"].notna().to_numpy()
    fine = fitted.named_estimators_["curve"].predict_proba(X[["light_curve"]][has])
    order = fitted.named_estimators_["curve"].classes_.tolist()
    assert order == sorted(FINE)
    np.testing.assert_allclose(
        by_modality[("curve", "SN II")][has],
        fine[:, [order.index("IIP"), order.index("IIn")]].sum(axis=1),
    )


def test_by_modality_is_nan_where_it_is_missing(given, fitted):
    X, _ = given
    by_modality = fitted.predict_proba_by_modality(X)
    assert by_modality.columns.names == ["modality", "class"]
    assert by_modality.index.equals(X.index)
    for name, column in (("curve", "light_curve"), ("spectrum", "spectrum"), ("metadata", "mag")):
        np.testing.assert_array_equal(
            by_modality[name].isna().all(axis=1), X[column].isna(), err_msg=name
        )


def test_fused_beats_every_member_on_held_out_objects():
    X, y = fine_table(400, missing=0.4)
    test, y_test = fine_table(400, seed=1, missing=0.4)
    for combiner in ("average", "stacked"):
        model = LateFusionClassifier(members(), class_map=COARSE, combiner=combiner).fit(X, y)
        score = model.score(test, coarse(y_test))
        for name in ("curve", "spectrum", "metadata"):
            others = {other: "drop" for other in ("curve", "spectrum", "metadata") if other != name}
            alone = clone(model).set_params(**others).fit(X, y)
            with pytest.warns(DataQualityWarning, match="no modality"):
                assert score > alone.score(test, coarse(y_test)) + 0.03, (combiner, name)


def test_coarse_labels_train_members_on_coarse_classes(given):
    X, y = given
    model = LateFusionClassifier(members(), class_map=COARSE).fit(X, coarse(y))
    assert model.classes_.tolist() == COARSE_CLASSES
    assert model.named_estimators_["curve"].classes_.tolist() == COARSE_CLASSES
    plain = LateFusionClassifier(members()).fit(X, coarse(y))
    np.testing.assert_array_equal(model.predict_proba(X), plain.predict_proba(X))


def test_members_may_know_different_fine_classes(given):
    X, y = given
    types = np.array(["Ia" if label.startswith("I") else label for label in y])  # Ia and CV only
    spectrum = MeanClassifier("spectrum")
    has = X["spectrum"].notna()
    spectrum.fit(X[["spectrum"]][has], types[has])
    model = LateFusionClassifier(members(spectrum=FrozenEstimator(spectrum)), class_map=COARSE).fit(
        X, y
    )
    by_modality = model.predict_proba_by_modality(X)
    assert (by_modality[("spectrum", "SN II")].dropna() == 0).all()
    assert (by_modality[("curve", "SN II")].dropna() > 0).all()


def test_an_object_without_modality_gets_the_prior_and_a_warning(given, fitted):
    X, y = given
    empty = X.iloc[:3].copy()
    empty.loc[empty.index[1], ["light_curve", "spectrum"]] = None
    empty.loc[empty.index[1], ["mag", "rb"]] = np.nan
    with pytest.warns(DataQualityWarning, match="1 objects have no modality.*'ZTF001'"):
        proba = fitted.predict_proba(empty)
    np.testing.assert_allclose(proba[1], fitted.class_prior_)
    assert fitted.class_prior_ == pytest.approx([np.mean(coarse(y) == c) for c in COARSE_CLASSES])
    np.testing.assert_array_equal(proba[[0, 2]], fitted.predict_proba(X.iloc[[0, 2]]))
    assert len(fitted.predict_proba(X.iloc[:0])) == 0


def test_an_absent_column_counts_as_missing(given, fitted):
    X, _ = given
    with pytest.warns(DataQualityWarning, match=r"lacks the columns \['spectrum'\]"):
        proba = fitted.predict_proba(X.drop(columns="spectrum").iloc[:20])
    expected = X.iloc[:20].assign(spectrum=pd.Series(None, index=X.index[:20], dtype=object))
    np.testing.assert_array_equal(proba, fitted.predict_proba(expected))


def test_presence_may_be_a_rule(given):
    X, y = given
    model = LateFusionClassifier(
        members(), class_map=COARSE, presence={"metadata": lambda X: X["mag"].to_numpy() < 2}
    ).fit(X, y)
    absent = model.predict_proba_by_modality(X)["metadata"].isna().all(axis=1)
    np.testing.assert_array_equal(absent, ~(X["mag"] < 2))


def test_weights(given, fitted):
    X, y = given
    first = clone(fitted).set_params(weights=[1, 0, 0]).fit(X, y)
    has = X["light_curve"].notna().to_numpy()
    np.testing.assert_allclose(
        first.predict_proba(X)[has], first.predict_proba_by_modality(X)["curve"][has]
    )
    learned = clone(fitted).set_params(weights="learned", cv=3).fit(X, y)
    assert learned.combiner_.weights.sum() == pytest.approx(1)
    # `rb` is noise and `mag` is the weakest of the modalities.
    assert learned.combiner_.weights.argmin() == 2


def test_contributions(given, fitted):
    X, y = given
    X = X.iloc[:20]
    values = fitted.contributions(X)
    assert values.columns.tolist() == ["curve", "spectrum", "metadata"]
    np.testing.assert_array_equal(values["curve"].isna(), X["light_curve"].isna())
    proba = fitted.predict_proba(X)
    fewer = X.assign(light_curve=pd.Series(None, index=X.index, dtype=object))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataQualityWarning)  # some now have no modality
        without = fitted.predict_proba(fewer)
    rows, codes = np.arange(20), proba.argmax(axis=1)
    expected = np.log(proba[rows, codes] / without[rows, codes])
    has = X["light_curve"].notna().to_numpy()
    np.testing.assert_allclose(values["curve"][has], expected[has], atol=1e-12)
    fine = fitted.contributions(X, y[:20])
    np.testing.assert_array_equal(fine, fitted.contributions(X, coarse(y[:20])))
    assert not fitted.contributions(X, ["CV"] * 20).equals(fine)
    with pytest.raises(ValueError, match="'AGN'"):
        fitted.contributions(X, ["AGN"] * 20)


# Laws of estimators ---------------------------------------------------------


@pytest.mark.parametrize("combiner", ["average", "stacked"])
def test_laws_of_predictions(given, combiner):
    X, y = given
    before = pickle.dumps((X, y))
    model = LateFusionClassifier(members(), class_map=COARSE, combiner=combiner)
    params = str(model.get_params())
    assert model.fit(X, y) is model
    proba = model.predict_proba(X)
    assert np.isfinite(proba).all()
    np.testing.assert_allclose(proba.sum(axis=1), 1)
    order = np.random.default_rng(0).permutation(len(X))
    np.testing.assert_allclose(model.predict_proba(X.iloc[order]), proba[order], atol=1e-12)
    for row in (0, 11, 12):
        np.testing.assert_allclose(model.predict_proba(X.iloc[[row]]), proba[[row]], atol=1e-12)
    np.testing.assert_array_equal(clone(model).fit(X, y).predict_proba(X), proba)
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(model)).predict_proba(X), proba)
    assert pickle.dumps((X, y)) == before and str(model.get_params()) == params


def test_not_fitted(given):
    model = LateFusionClassifier(members())
    for method in ("predict", "predict_proba", "predict_proba_by_modality", "contributions"):
        with pytest.raises(NotFittedError):
            getattr(model, method)(given[0])


@pytest.mark.parametrize(
    "changed", [{"combiner": "sum"}, {"weights": "best"}, {"cv": 1}, {"class_map": 3}]
)
def test_bad_parameters_are_named(given, changed):
    with pytest.raises(ValueError, match=f"'{next(iter(changed))}' parameter of LateFusion"):
        LateFusionClassifier(members()).set_params(**changed).fit(*given)


def test_bad_labels(given):
    X, y = given
    with pytest.raises(ValueError, match="one class only"):
        LateFusionClassifier(members()).fit(X, ["a"] * len(X))
    with pytest.raises(ValueError, match="one class only"):
        LateFusionClassifier(members(), class_map=dict.fromkeys(FINE, "SN")).fit(X, y)
    with pytest.raises(ValueError, match="unknown labels"):
        LateFusionClassifier(members()).fit(X, [None, *y[1:]])
    with pytest.raises(ValueError, match="inconsistent"):
        LateFusionClassifier(members()).fit(X, y[:-1])


def test_a_failed_fit_leaves_the_model_as_it_was(given):
    X, y = given
    model = LateFusionClassifier(members(), class_map=COARSE).fit(X, y)
    before = model.predict_proba(X)
    with pytest.raises(ValueError, match="weights"):
        model.set_params(weights=[1.0]).fit(X.iloc[:20], y[:20])
    np.testing.assert_array_equal(model.predict_proba(X), before)


def test_in_scikit_learns_tools(given):
    X, y = given
    model = LateFusionClassifier(members(), class_map=COARSE)
    predicted = cross_val_predict(model, X, y, cv=3)
    assert np.mean(predicted == coarse(y)) > 0.6
    proba = cross_val_predict(LateFusionClassifier(members()), X, y, cv=3, method="predict_proba")
    assert proba.shape == (len(X), 5)
    # As numbers, fine labels are classes of their own.
    with pytest.warns(UserWarning, match=r"'class_map' .* does not apply.*params="):
        proba = cross_val_predict(model, X, y, cv=3, method="predict_proba")
    assert proba.shape == (len(X), 5)
    grid = {"curve__C": [1e-3, 1.0], "weights": ["equal", [1, 1, 0.5]]}
    search = GridSearchCV(model, grid, cv=2).fit(X, coarse(y))
    assert search.best_score_ > 0.6 and search.best_params_["curve__C"] == 1.0


def test_probabilities_out_of_fold_with_a_class_map(given):
    X, y = given
    model = LateFusionClassifier(members(), class_map=COARSE)
    folds = list(StratifiedKFold(3).split(X, y))
    proba = cross_val_predict(model, X, coarse(y), cv=folds, method="predict_proba")
    assert proba.shape == (len(X), 3)
    for train, test in folds:
        one = clone(model).fit(X.iloc[train], coarse(y)[train])
        np.testing.assert_allclose(proba[test], one.predict_proba(X.iloc[test]), atol=1e-9)
    # Fine labels reach fit as its parameter.
    fine = {"cv": folds, "params": {"y": y}, "method": "predict_proba"}
    proba = cross_val_predict(model, X, None, **fine)
    one = clone(model).fit(X.iloc[train], y[train])
    np.testing.assert_array_equal(proba[test], one.predict_proba(X.iloc[test]))
    # So do those of a frozen member, which knows names only.
    pairs = [("curve", FrozenEstimator(one.estimators_[0]), ["light_curve"])]
    frozen = LateFusionClassifier(pairs, class_map=COARSE)
    with pytest.raises(ValueError, match=r"frozen member 'curve'.*params="):
        cross_val_predict(frozen, X, coarse(y), cv=folds, method="predict_proba")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataQualityWarning)  # objects without a light curve
        assert cross_val_predict(frozen, X, None, **fine).shape == (len(X), 3)


def test_calibration(given):
    X, y = given
    y = coarse(y)
    model = LateFusionClassifier(members(), class_map=COARSE)
    for calibrated in (
        CalibratedClassifierCV(model, cv=3),
        CalibratedClassifierCV(model, cv=3, ensemble=False),
        CalibratedClassifierCV(FrozenEstimator(clone(model).fit(X, y))),
    ):
        proba = calibrated.fit(X, y).predict_proba(X)
        assert proba.shape == (len(X), 3) and np.isfinite(proba).all()


def test_sample_weight(given):
    X, y = given
    X = X.loc[:, ["mag", "rb"]].fillna(0.0)
    model = LateFusionClassifier([("metadata", LogisticRegression(), ["mag", "rb"])])
    times = np.where(y == "CV", 3, 1)
    weighted = clone(model).fit(X, y, sample_weight=times)
    rows = np.repeat(np.arange(len(y)), times)
    repeated = clone(model).fit(X.iloc[rows], y[rows])
    np.testing.assert_allclose(weighted.predict_proba(X), repeated.predict_proba(X), atol=1e-3)
    np.testing.assert_allclose(weighted.class_prior_, repeated.class_prior_)


@pytest.mark.parametrize("kind", ["pipeline", "nested", "search", "routing"])
def test_sample_weight_reaches_the_last_step(given, kind):
    X, y = given
    X = X.loc[:, ["mag", "rb"]].fillna(0.0)
    weight = np.where(y == "CV", 3.0, 1.0)
    plain = LogisticRegression()
    member = make_pipeline(FunctionTransformer(), plain)
    if kind == "nested":
        member = make_pipeline(FunctionTransformer(), member)
    if kind == "search":
        member = GridSearchCV(member, {"logisticregression__C": [1.0]}, cv=2)
    model = LateFusionClassifier([("metadata", member, ["mag", "rb"])])
    with sklearn.config_context(enable_metadata_routing=kind == "routing"):
        if kind == "routing":
            plain.set_fit_request(sample_weight=True)
        found = model.fit(X, y, sample_weight=weight).predict_proba(X)
    expected = LogisticRegression().fit(X, y, sample_weight=weight).predict_proba(X)
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_groups_reach_the_folds_by_metadata_routing(given):
    X, y = given
    groups = np.arange(len(y)) // 5
    model = LateFusionClassifier(members(), class_map=COARSE, combiner="stacked", cv=GroupKFold(3))
    with pytest.raises(ValueError, match="groups"):
        clone(model).fit(X, y)
    direct = clone(model).fit(X, y, groups=groups)
    with sklearn.config_context(enable_metadata_routing=True):
        routed = make_pipeline(clone(model).set_fit_request(groups=True)).fit(X, y, groups=groups)
        scores = cross_validate(
            clone(model).set_fit_request(groups=True),
            X,
            y=coarse(y),
            cv=GroupKFold(3),
            params={"groups": groups},
        )
    np.testing.assert_array_equal(routed.predict_proba(X), direct.predict_proba(X))
    assert scores["test_score"].mean() > 0.6


# Networks as members --------------------------------------------------------


def networks(combiner="average"):
    training = {"max_epochs": 2, "random_state": 0}
    spectrum = make_pipeline(NearestSpectrum(), SpectraNetClassifier(encoder="cnn", **training))
    return LateFusionClassifier(
        [
            ("curve", LightCurveClassifier(encoder="deep_sets", **training), ["light_curve"]),
            ("spectrum", spectrum, ["light_curve", "spectrum"]),
            ("metadata", HistGradientBoostingClassifier(max_iter=5), ["redshift", "ra"]),
        ],
        presence={"spectrum": "spectrum"},
        combiner=combiner,
        cv=2,
    )


@pytest.fixture(scope="module")
def of_networks():
    X, y = supernovae()
    X["spectrum"] = X["spectrum"].where(np.arange(len(X)) % 3 > 0, None)
    return networks("stacked").fit(X, y), X, y


def test_spectra_count_by_their_own_column(of_networks):
    model, X, _ = of_networks
    by_modality = model.predict_proba_by_modality(X)
    np.testing.assert_array_equal(
        by_modality["spectrum"].isna().all(axis=1), np.arange(len(X)) % 3 == 0
    )
    assert by_modality["curve"].notna().all(axis=None)


def test_files_keep_the_fusion(of_networks, tmp_path):
    model, X, _ = of_networks
    save_model(model, tmp_path / "fusion")
    loaded = load_model(tmp_path / "fusion")
    np.testing.assert_array_equal(loaded.predict_proba(X), model.predict_proba(X))
    pd.testing.assert_frame_equal(loaded.contributions(X), model.contributions(X))
    assert str(loaded.get_params()) == str(model.get_params())
    assert vars(loaded).keys() == vars(model).keys()


def test_files_keep_frozen_members(of_networks, tmp_path):
    _, X, y = of_networks
    curve = LightCurveClassifier(encoder="deep_sets", max_epochs=1, random_state=0).fit(X, y)
    model = LateFusionClassifier([("curve", FrozenEstimator(curve), "light_curve")]).fit(X, y)
    np.testing.assert_allclose(model.predict_proba(X), curve.predict_proba(X))
    save_model(model, tmp_path / "frozen")
    loaded = load_model(tmp_path / "frozen")
    np.testing.assert_array_equal(loaded.predict_proba(X), model.predict_proba(X))


def test_a_function_as_rule_cannot_be_saved(given, tmp_path):
    X, y = given
    model = LateFusionClassifier(
        [("metadata", HistGradientBoostingClassifier(max_iter=2), "mag")],
        presence={"metadata": lambda X: X["mag"].notna().to_numpy()},
    ).fit(X, y)
    with pytest.raises(TypeError, match="presence/metadata"):
        save_model(model, tmp_path / "rule")


def test_a_least_number_of_points_is_saved(given, tmp_path):
    X, y = given
    cells = X["light_curve"].tolist()
    has = np.array([cell is not None for cell in cells])
    short = int(has.argmax())
    cells[short] = {name: values[:2] for name, values in cells[short].items()}
    X = X.assign(light_curve=cells)
    model = LateFusionClassifier(
        [
            ("curve", LightCurveClassifier(encoder="deep_sets", max_epochs=1), ["light_curve"]),
            ("metadata", HistGradientBoostingClassifier(max_iter=2), "mag"),
        ],
        presence={"curve": {"light_curve": 3}},
    ).fit(X, y)
    absent = model.predict_proba_by_modality(X)["curve"].isna().all(axis=1)
    assert absent.iloc[short] and absent.sum() == (~has).sum() + 1
    save_model(model, tmp_path / "rule")
    loaded = load_model(tmp_path / "rule")
    assert loaded.presence == model.presence
    pd.testing.assert_frame_equal(
        loaded.predict_proba_by_modality(X), model.predict_proba_by_modality(X)
    )


@pytest.mark.parametrize("rule", [{"light_curve": 0}, {"light_curve": 2.5}, {"mag": 1}, {}])
def test_a_wrong_number_of_points_is_rejected(given, rule):
    with pytest.raises(ValueError, match="'presence' of 'curve'"):
        LateFusionClassifier(members(), presence={"curve": rule}).fit(*given)


def test_score_takes_fine_and_coarse_classes(given, fitted):
    X, y = given
    expected = np.mean(fitted.predict(X) == coarse(y))
    assert fitted.score(X, y) == fitted.score(X, coarse(y)) == expected > 0.4


def test_a_table_without_rows_has_results_without_rows(given, fitted):
    X = given[0][:0]
    assert fitted.predict(X).shape == (0,)
    assert fitted.predict_proba(X).shape == (0, 3)
    assert fitted.predict_proba_by_modality(X).shape == (0, 9)
    assert fitted.contributions(X).shape == (0, 3)
