"""Pretraining by masked events."""

import numpy as np
import pytest
import torch
from sklearn.base import clone
from sklearn.frozen import FrozenEstimator

from sklearn_sn import ContrastiveEmbedder, LightCurveClassifier, SupConClassifier
from sklearn_sn.data import DataQualityWarning, as_ragged, quality_report
from sklearn_sn.embedding import MaskedEventEmbedder
from sklearn_sn.encoders import EventTransformer, LightCurveTransformer
from sklearn_sn.persistence import load_model, save_model
from tests.data.test_quality_report import with_long_light_curve

TRAINING = {"max_epochs": 2, "batch_size": 16, "random_state": 0}
EVENTS = EventTransformer(d_model=8, n_heads=2, n_layers=2, d_feedforward=16)
ENCODERS = {
    "events": EVENTS,
    "bands": clone(EVENTS).set_params(band_encoding="embedding", latent_dim=6),
    "transformer": LightCurveTransformer(d_model=8, n_heads=2, n_layers=2, latent_dim=6),
}


def make(encoder=EVENTS, **params):
    return MaskedEventEmbedder(encoder=encoder, **{**TRAINING, **params})


@pytest.fixture(scope="module", params=list(ENCODERS))
def fitted(request, supernovae):
    return make(ENCODERS[request.param]).fit(supernovae[0])


def test_the_embedding_is_the_output_of_the_encoder(fitted, supernovae):
    X = supernovae[0]
    Z = fitted.transform(X)
    width = 8 if fitted.encoder_.latent_dim is None else 6
    assert Z.shape == (60, width) and Z.dtype == np.float32
    assert len(fitted.get_feature_names_out()) == width
    prepared = fitted.preprocessor_.prepare(_checked(X))
    arrays, _ = fitted.preprocessor_.gather(prepared, np.arange(3))
    tensors = {name: torch.from_numpy(value) for name, value in arrays.items()}
    with torch.no_grad():
        expected = fitted.net_.module_.encoder.eval()(**tensors)
    np.testing.assert_allclose(Z[:3], expected, atol=1e-5)
    np.testing.assert_allclose(fitted.missing_embedding_, Z.mean(axis=0), atol=1e-5)


def _checked(X):
    from sklearn_sn.data import check_table

    return check_table(X, modalities=["light_curve"])


def test_objects_unlike_the_training_data_are_flagged(fitted, supernovae):
    X = with_long_light_curve(supernovae[0].iloc[:8], 3)
    flags = quality_report(X, estimator=fitted)["flag"]
    assert flags.str.contains("UNLIKE_TRAINING").tolist() == [row == 3 for row in range(8)]
    with pytest.warns(DataQualityWarning, match="1 objects are unlike the training data"):
        fitted.transform(X)


def test_an_object_without_a_light_curve_gets_the_mean(fitted, supernovae):
    X = supernovae[0]
    gap = X.assign(light_curve=[None, *X["light_curve"].iloc[1:]])
    with pytest.warns(DataQualityWarning, match="1 objects have no usable light curve"):
        Z = fitted.transform(gap)
    np.testing.assert_array_equal(Z[0], fitted.missing_embedding_)
    np.testing.assert_allclose(Z[1:], fitted.transform(X)[1:], atol=1e-5)


def test_the_score_is_minus_the_weighted_sum_of_the_losses(fitted, supernovae):
    X = supernovae[0]
    score = fitted.score(X)
    assert np.isfinite(score) and score < 0
    assert score == pytest.approx(fitted.score(X.iloc[::-1]), rel=1e-5)
    parts = []
    for weights in ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)):
        fitted.net_.criterion_.weights = weights
        parts.append(fitted.score(X))
    fitted.net_.criterion_.weights = (5.0, 3.0, 5.0)
    assert score == pytest.approx(np.dot([5.0, 3.0, 5.0], parts), rel=1e-5)


def test_training_improves_the_score(supernovae):
    X = supernovae[0]
    short, long = make(max_epochs=1, lr=1e-5), make(max_epochs=15, lr=5e-3)
    assert long.fit(X).score(X) > short.fit(X).score(X) + 2.0


@pytest.mark.parametrize("trainable", ["all", "first_block", "head"])
def test_a_classifier_starts_from_the_pretrained_encoder(fitted, supernovae, trainable):
    X, y = supernovae
    start = {k: v.clone() for k, v in fitted.net_.module_.encoder.state_dict().items()}
    model = LightCurveClassifier(
        pretrained=FrozenEstimator(fitted), trainable=trainable, loss="focal", **TRAINING
    )
    model = clone(model).fit(X, y)
    assert str(model.encoder_) == str(fitted.encoder_)
    after = model.net_.module_.encoder.state_dict()
    same = {name for name in start if torch.equal(start[name], after[name])}
    if trainable == "head":
        assert same == set(start)
    elif trainable == "first_block":
        assert any("blocks.1" in name for name in same)
        assert not any("blocks.0.attention" in name for name in same)
    else:
        assert len(same) < len(start) / 4
    assert all(
        torch.equal(v, fitted.net_.module_.encoder.state_dict()[k]) for k, v in start.items()
    )


@pytest.mark.parametrize("estimator", [SupConClassifier, ContrastiveEmbedder])
def test_other_objectives_start_from_it_too(supernovae, estimator):
    X, y = supernovae
    pretrained = FrozenEstimator(make(max_epochs=1).fit(X))
    params = {**TRAINING, "max_epochs": 1}
    if estimator is SupConClassifier:
        model = SupConClassifier(pretrained=pretrained, **params).fit(X, y)
        assert isinstance(model.encoder_, EventTransformer)
    else:
        model = ContrastiveEmbedder(pretrained=pretrained, **params).fit(X)
        assert isinstance(model.encoders_["light_curve"], EventTransformer)
    assert np.isfinite(model.transform(X)).all()


def test_new_bands_of_the_fine_tuning_are_added(supernovae):
    X, y = supernovae
    curves = as_ragged(X["light_curve"], kind="light_curve")
    few = curves.filter(np.char.startswith(np.asarray(curves["band"], dtype=str), "ztf"))
    X_few = X.assign(light_curve=few.to_nested(index=X.index))[few.lengths > 1]
    pretrained = FrozenEstimator(make(ENCODERS["bands"], max_epochs=1).fit(X_few))
    model = LightCurveClassifier(pretrained=pretrained, **TRAINING).fit(X, y)
    n_old, n_new = (len(m.preprocessor_.bands_) for m in (pretrained.estimator, model))
    assert n_new > n_old
    assert model.net_.module_.encoder.embed.band.num_embeddings == n_new


def test_warm_start_continues(supernovae, tmp_path):
    X = supernovae[0]
    model = make(warm_start=True).fit(X)
    first = model.history_[-1]["train_loss"]
    model.set_params(max_epochs=3).fit(X)
    assert model.n_iter_ == 5 and model.history_[-1]["train_loss"] < first + 1.0
    save_model(model, tmp_path / "model")
    assert load_model(tmp_path / "model").set_params(max_epochs=1).fit(X).n_iter_ == 6
    with pytest.raises(ValueError, match="mask_fraction"):
        model.set_params(mask_fraction=0.5).fit(X)


def test_early_stopping_holds_out_light_curves(supernovae):
    model = make(early_stopping=True).fit(supernovae[0])
    assert all(np.isfinite(row["valid_loss"]) for row in model.history_)


@pytest.mark.parametrize("encoder", ["gru", "deep_sets", "transceiver", "informer"])
def test_encoders_without_states_of_points_are_rejected(supernovae, encoder):
    with pytest.raises(ValueError, match="'encoder' parameter of MaskedEventEmbedder must be an"):
        MaskedEventEmbedder(encoder=encoder).fit(supernovae[0])


@pytest.mark.parametrize("weights", [(1.0, 2.0), (1.0, -1.0, 0.0), (0.0, 0.0, 0.0), ("a", 1, 1)])
def test_invalid_weights(supernovae, weights):
    with pytest.raises(ValueError, match="'loss_weights' parameter of MaskedEventEmbedder"):
        make(loss_weights=weights).fit(supernovae[0])


def test_single_points_cannot_be_hidden(supernovae):
    X = supernovae[0]
    curves = as_ragged(X["light_curve"], kind="light_curve")
    X = X.assign(light_curve=curves.filter(curves.rank() == 0).to_nested(index=X.index))
    with pytest.raises(ValueError, match="No light curve of X has two points"):
        make().fit(X)
    model = make().fit(supernovae[0])
    assert np.isfinite(model.transform(X)).all()
    with pytest.raises(ValueError, match="No light curve of X has two points"):
        model.score(X)
