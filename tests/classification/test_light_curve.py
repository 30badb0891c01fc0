"""The classifier of light curves."""

import numpy as np
import pytest
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import VotingClassifier
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import GridSearchCV, cross_val_score

from sklearn_sn import ContrastiveEmbedder
from sklearn_sn.classification import LightCurveClassifier
from sklearn_sn.data import DataQualityWarning, as_ragged
from sklearn_sn.encoders import GRU, DeepSets, LightCurveTransformer, SpectrumCNN
from tests.conftest import SMALL, with_encoder


def make(**params):
    small = {"d_model": 16, "n_layers": 1, "max_epochs": 2, "batch_size": 16, "random_state": 0}
    return with_encoder(LightCurveClassifier, LightCurveTransformer, **{**small, **params})


def test_probabilities(supernovae):
    X, y = supernovae
    model = make().fit(X, y)
    proba = model.predict_proba(X)
    assert model.classes_.tolist() == sorted(set(y))
    assert proba.shape == (60, 5) and proba.dtype == np.float64
    np.testing.assert_allclose(proba.sum(axis=1), 1.0)
    np.testing.assert_array_equal(model.predict(X), model.classes_[proba.argmax(axis=1)])


@pytest.mark.parametrize("kind", ["S7", int, float, bool, object])
def test_labels_keep_their_kind(supernovae, kind):
    X, y = supernovae
    labels = y.astype(kind) if kind in ("S7", object) else (y == "SN Ia").astype(kind)
    model = make().fit(X, labels)
    assert model.classes_.dtype == labels.dtype == model.predict(X).dtype


def test_an_object_without_light_curve_gets_the_prior(supernovae):
    X, y = supernovae
    weight = np.where(y == "SN Ia", 3.0, 1.0)
    model = make().fit(X, y, sample_weight=weight)
    gap = X.assign(light_curve=[None, *X["light_curve"].iloc[1:]])
    expected = [weight[y == name].sum() / weight.sum() for name in model.classes_]
    missing = "1 objects have no usable light curve"
    with pytest.warns(DataQualityWarning, match=missing):
        proba = model.predict_proba(gap)
    with pytest.warns(DataQualityWarning, match=missing):
        np.testing.assert_array_equal(model.transform(gap)[0], model.missing_embedding_)
    np.testing.assert_allclose(proba[0], expected)
    np.testing.assert_allclose(proba[1:], model.predict_proba(X)[1:], atol=1e-6)


@pytest.mark.parametrize("band_encoding", ["wavelength", "embedding"])
def test_weight_zero_is_absence(supernovae, band_encoding):
    X, y = supernovae
    # What weighs nothing is bright and in bands of its own: neither scale nor bands know it.
    kept = X["survey"].to_numpy() == "ztf"
    assert 10 < kept.sum() < 50
    curves = as_ragged(X["light_curve"], kind="light_curve")
    factor = np.where(kept, 1.0, 100.0)[curves.rows]
    brighter = curves.with_fields(
        flux=curves["flux"] * factor, flux_err=curves["flux_err"] * factor
    )
    X = X.assign(light_curve=brighter.to_nested(index=X.index))
    whole = make(band_encoding=band_encoding).fit(X, y, sample_weight=kept * 2.0)
    part = make(band_encoding=band_encoding).fit(X[kept], y[kept])
    probabilities = []
    for model in (whole, part):
        with pytest.warns(DataQualityWarning, match="unlike the training data .*longest band"):
            probabilities.append(model.predict_proba(X))
    np.testing.assert_allclose(*probabilities, atol=1e-5)
    assert whole.training_range_ == part.training_range_
    assert list(whole.preprocessor_.bands_) == list(part.preprocessor_.bands_) == ["ztfg", "ztfr"]


def test_class_weight_moves_predictions(supernovae):
    X, y = supernovae
    labels = np.where(y == "SN Ia", "Ia", "other")
    plain = make(max_epochs=6).fit(X, labels).predict_proba(X)[:, 0].mean()
    weights = {"Ia": 20.0, "other": 1.0}
    heavy = make(max_epochs=6, class_weight=weights, prior="weighted").fit(X, labels)
    assert heavy.predict_proba(X)[:, 0].mean() > plain + 0.1
    # Divided by the weights, probabilities reflect the frequencies again.
    heavy.set_params(prior="frequencies")
    assert abs(heavy.predict_proba(X)[:, 0].mean() - plain) < 0.1


@pytest.mark.parametrize(
    ("y", "says"),
    [
        (np.full(60, "SN Ia"), "one class only"),
        (np.array([None] + ["a", "b"] * 29 + ["a"], dtype=object), "unknown labels"),
        (np.r_[np.nan, np.arange(59.0) % 2], "contains NaN"),
        (np.linspace(0, 1, 60), "Unknown label type"),
        (["a", "b"], "60 objects but y has 2 labels"),
        (np.zeros((60, 2)), "1d array"),
    ],
    ids=str,
)
def test_labels_that_are_refused(supernovae, y, says):
    with pytest.raises(ValueError, match=says):
        make().fit(supernovae[0], y)


@pytest.mark.parametrize(
    ("weight", "says"), [(0.0, "at least one non-zero"), (-1.0, "Negative values"), (np.nan, "NaN")]
)
def test_weights_that_are_refused(supernovae, weight, says):
    with pytest.raises(ValueError, match=says):
        make().fit(*supernovae, sample_weight=np.full(60, weight))


def test_scikit_learn_takes_it(supernovae):
    X, y = supernovae
    assert cross_val_score(make(), X, y, cv=3, n_jobs=2).shape == (3,)
    search = GridSearchCV(make(), {"encoder__d_model": [8, 16]}, cv=2).fit(X, y)
    assert search.best_estimator_.encoder.d_model in (8, 16)
    by_name = {"encoder": ["gru", "deep_sets", LightCurveTransformer(n_layers=1)]}
    search = GridSearchCV(LightCurveClassifier(max_epochs=1), by_name, cv=2, n_jobs=2)
    assert search.fit(X, y).best_params_["encoder"] in by_name["encoder"]
    proba = CalibratedClassifierCV(make(), cv=2).fit(X, y).predict_proba(X)
    assert np.isfinite(proba).all()
    several = VotingClassifier([("a", make()), ("b", make(random_state=1))], voting="soft")
    one, other = (make(random_state=seed).fit(X, y).predict_proba(X) for seed in (0, 1))
    np.testing.assert_allclose(several.fit(X, y).predict_proba(X), (one + other) / 2, rtol=1e-5)


# Pretrained ------------------------------------------------------------------


@pytest.fixture(scope="module")
def pretrained(supernovae):
    return FrozenEstimator(ContrastiveEmbedder(**SMALL).fit(supernovae[0]))


def weights(module):
    return {name: value.clone() for name, value in module.state_dict().items()}


@pytest.mark.parametrize("trainable", ["all", "first_block", "head", "none"])
def test_only_what_is_trainable_moves(supernovae, pretrained, trainable):
    X, y = supernovae
    before = weights(pretrained.estimator.net_.module_.encoders["light_curve"])
    model = make(pretrained=pretrained, trainable=trainable).fit(X, y)
    after = weights(model.net_.module_.encoder)
    moved = {name for name in before if not (before[name] == after[name]).all()}
    expected = {
        "all": set(before),
        "first_block": {n for n in before if n.startswith(("project", "band", "stack.blocks.0"))},
        "head": set(),
        "none": set(),
    }[trainable]
    if trainable == "all":
        assert len(moved) > 0.9 * len(expected)
    else:
        assert moved <= expected and bool(moved) == bool(expected)
    # The pretrained estimator itself stays as it was.
    again = weights(pretrained.estimator.net_.module_.encoders["light_curve"])
    assert all((before[name] == again[name]).all() for name in before)


def test_a_classifier_pretrains_an_embedder(supernovae):
    X, y = supernovae
    first = make(d_model=16).fit(X, y)
    second = ContrastiveEmbedder(
        **{**SMALL, "light_curve": "auto"},
        pretrained={"light_curve": FrozenEstimator(first)},
        trainable={"light_curve": "head"},
    ).fit(X)
    ours = weights(second.net_.module_.encoders["light_curve"])
    assert second.encoders_["light_curve"].d_model == 16
    assert all((value == ours[n]).all() for n, value in weights(first.net_.module_.encoder).items())


@pytest.mark.parametrize(
    "other", [{"n_layers": 7}, {"amplitude": False}, {"time_window": (-5, 5)}, {"pooling": "mean"}]
)
def test_parameters_that_contradict_the_pretrained_are_refused(supernovae, pretrained, other):
    with pytest.raises(ValueError, match=f"'encoder__{next(iter(other))}' parameter .* pretrained"):
        LightCurveClassifier(encoder=LightCurveTransformer(**other), pretrained=pretrained).fit(
            *supernovae
        )


def test_max_points_are_the_new_ones(supernovae, pretrained):
    model = make(pretrained=pretrained, max_points=7).fit(*supernovae)
    assert model.preprocessor_.max_points == model.encoder_.max_points == 7
    assert pretrained.estimator.preprocessors_["light_curve"].max_points != 7


def test_trainable_needs_something_pretrained(supernovae):
    with pytest.raises(ValueError, match="nothing is 'pretrained'"):
        make(trainable="head").fit(*supernovae)


# Going on --------------------------------------------------------------------


def test_warm_start(supernovae):
    X, y = supernovae
    model = make(warm_start=True).fit(X, y)
    assert model.fit(X, y).n_iter_ == 4
    with pytest.raises(ValueError, match="the first fit had"):
        model.fit(X, np.where(y == "SN Ia", "Ia", y))
    with pytest.raises(ValueError, match=r"\['encoder'\] have changed"):
        model.set_params(encoder__d_model=8).fit(X, y)


def test_early_stopping(supernovae):
    model = make(early_stopping=True, max_epochs=30, n_iter_no_change=2, lr=0.02).fit(*supernovae)
    assert "valid_loss" in model.history_[0]
    assert model.n_iter_ < 30


# Encoders ----------------------------------------------------------------------


@pytest.mark.parametrize("name", ["transformer", "gru", "deep_sets", "transceiver"])
def test_every_encoder_learns(supernovae, name):
    X, y = supernovae
    model = LightCurveClassifier(encoder=name, max_epochs=4, lr=3e-3, random_state=0).fit(X, y)
    assert model.history_[-1]["train_loss"] < model.history_[0]["train_loss"]
    assert model.encoder_.name == name
    assert hasattr(model, "predict_proba_history") == (name == "gru")


@pytest.mark.parametrize(
    ("encoder", "message"),
    [
        ("cnn", r"'encoder' parameter of LightCurveClassifier must be .* Got 'cnn' \(a name of"),
        (None, r"'encoder' parameter of LightCurveClassifier .* Got None instead"),
        (GRU, r"'encoder' parameter of LightCurveClassifier .* Got <class"),
        (SpectrumCNN(), r"must be an encoder of 'light_curve'. Got SpectrumCNN\(\)"),
        (GRU(d_model=0), r"'d_model' parameter of GRU must be .* Got 0 instead"),
        (DeepSets(dropout=1.0), r"'dropout' parameter of DeepSets must be"),
        (LightCurveTransformer(pooling="sum"), "'pooling' parameter of LightCurveTransformer"),
    ],
)
def test_encoders_that_are_refused(supernovae, encoder, message):
    with pytest.raises(ValueError, match=message):
        LightCurveClassifier(encoder=encoder).fit(*supernovae)


def test_rare_classes_are_drawn_more_often_and_augmented_more(supernovae, monkeypatch):
    X, y = supernovae
    seen = {}

    def train(self, plan):
        seen["dataset"] = plan.dataset
        return original(self, plan)

    original = LightCurveClassifier._train
    monkeypatch.setattr(LightCurveClassifier, "_train", train)
    weight = np.where(np.arange(60) < 5, 0.0, 1.0)
    model = make(oversample=0.5, max_epochs=1).fit(X, y, sample_weight=weight)
    kept = y[weight > 0]
    counts = np.array([(kept == label).sum() for label in model.classes_])
    codes = np.searchsorted(model.classes_, y)
    copies = np.sqrt(counts.max() / counts)[codes]
    np.testing.assert_allclose(seen["dataset"].copies, copies)
    np.testing.assert_allclose(seen["dataset"].prepared["light_curve"].strength, 1 - 1 / copies)
    np.testing.assert_allclose(model.class_prior_, counts / counts.sum())
    make(max_epochs=1).fit(X, y)
    assert seen["dataset"].copies is None
    assert seen["dataset"].prepared["light_curve"].strength is None


@pytest.mark.parametrize("encoder", ["gru", "event_transformer", "deep_sets"])
def test_every_encoder_can_be_oversampled(supernovae, encoder):
    X, y = supernovae
    model = LightCurveClassifier(
        encoder=encoder, oversample=1.0, early_stopping=True, max_epochs=1, random_state=0
    )
    if encoder == "event_transformer":
        model.set_params(encoder__d_model=16, encoder__n_layers=1)
    assert np.isfinite(model.fit(X, y).predict_proba(X)).all()


def test_oversampling_and_balanced_batches_exclude_each_other(supernovae):
    with pytest.raises(ValueError, match=r"'batch_balance' .* and 'oversample'"):
        make(oversample=0.5, batch_balance="class").fit(*supernovae)
