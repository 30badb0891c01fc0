"""Pretraining by hidden segments of spectra."""

import numpy as np
import pytest
import torch
from sklearn.base import clone
from sklearn.frozen import FrozenEstimator

from sklearn_sn import ContrastiveEmbedder, SpectraNetClassifier, SpectraNetRegressor
from sklearn_sn.data import DataQualityWarning, as_ragged, check_table
from sklearn_sn.datasets import make_supernovae
from sklearn_sn.embedding import MaskedSpectrumEmbedder, attention_maps
from sklearn_sn.encoders import PatchSpectrumTransformer, SpectraNet, SpectrumCNN
from sklearn_sn.persistence import load_model, save_model

TRAINING = {"max_epochs": 2, "batch_size": 16, "random_state": 0}
PATCHES = PatchSpectrumTransformer(d_model=16, n_heads=2, n_layers=2, n_bins=256)
SMALL_NET = SpectraNet(widths=(8, 8, 8, 8, 8), kernels=((3, 5),) * 5, n_bins=256, latent_dim=8)
ENCODERS = {
    "patches": PATCHES,
    "cnn": SpectrumCNN(d_model=4, n_layers=2, n_bins=256),
    "spectranet": SMALL_NET,
}


def make(encoder=PATCHES, **params):
    return MaskedSpectrumEmbedder(encoder=encoder, **{**TRAINING, **params})


@pytest.fixture(scope="module")
def X():
    """Sixty objects with one to three spectra."""
    params = {"n_spectra": (1, 3), "n_pixels": 300, "random_state": 0}
    return make_supernovae(60, modalities=["spectrum"], **params)[0]


@pytest.fixture(scope="module", params=list(ENCODERS))
def fitted(request, X):
    return make(ENCODERS[request.param]).fit(X)


def chunk_of(model, X, rng=None):
    """A masked batch of five objects."""
    table = check_table(X, modalities=["spectrum"])
    masked = model._training_set(model.preprocessor_.prepare(table))
    return masked.subset(np.arange(5)).gather(np.arange(5), "cpu", rng).tensors["spectrum"][0]


def test_the_embedding_is_the_mean_state_of_the_covered_windows(fitted, X):
    Z = fitted.transform(X)
    encoder = fitted.net_.module_.encoder.eval()
    assert Z.shape == (60, encoder.state_dim) and Z.dtype == np.float32
    assert len(fitted.get_feature_names_out()) == encoder.state_dim
    prepared = fitted.preprocessor_.prepare(check_table(X, modalities=["spectrum"]))
    row = np.flatnonzero(prepared.lengths == 2)[0]
    arrays, _ = fitted.preprocessor_.gather(prepared, np.array([row]))
    tensors = {name: torch.from_numpy(value) for name, value in arrays.items()}
    with torch.no_grad():
        states = encoder.window_states(**tensors)
    mask = encoder.window_mask(tensors["pad_mask"])
    expected = np.mean([s[m].mean(0).numpy() for s, m in zip(states, mask, strict=True)], axis=0)
    np.testing.assert_allclose(Z[row], expected, atol=1e-5)
    np.testing.assert_allclose(fitted.missing_embedding_, Z.mean(axis=0), atol=1e-5)
    gap = X.assign(spectrum=[None, *X["spectrum"].iloc[1:]])
    with pytest.warns(DataQualityWarning, match="1 objects have no usable spectrum"):
        Z_gap = fitted.transform(gap)
    np.testing.assert_array_equal(Z_gap[0], fitted.missing_embedding_)
    np.testing.assert_allclose(Z_gap[1:], Z[1:], atol=1e-5)


def test_hidden_bins_do_not_leak_into_the_prediction(fitted, X):
    module = fitted.net_.module_.eval()
    chunk = chunk_of(fitted, X)
    with torch.no_grad():
        before = module([chunk])
        loss = fitted.net_.criterion_(before, **module.targets([chunk]))
        changed = chunk | {"target": chunk["target"] + 5.0 * chunk["hidden"][:, None]}
        torch.testing.assert_close(module([changed]), before, rtol=0, atol=0)
        assert fitted.net_.criterion_(before, **module.targets([changed])) > loss + 1.0
    # The inputs, of all windows, are 0 in every hidden bin.
    assert not chunk["flux"].masked_select(chunk["hidden"][:, None]).any()


def test_the_loss_is_that_of_hidden_covered_bins(fitted, X):
    module = fitted.net_.module_
    chunk = chunk_of(fitted, X)
    outputs, targets = torch.zeros_like(module([chunk])), module.targets([chunk])
    loss = fitted.net_.criterion_(outputs, **targets)
    counted = targets["counted"]
    encoder = module.encoder
    windows = chunk["hidden"].unfold(-1, encoder.state_window, encoder.state_stride)
    if not encoder.whole_windows:
        # Windows that do not overlap contain every hidden bin once.
        assert counted.sum() == chunk["hidden"].sum()
        expected = chunk["target"].square()[chunk["hidden"][:, None].expand_as(chunk["target"])]
        assert float(loss) == pytest.approx(float(expected.mean()), rel=1e-5)
    else:
        # Windows with a visible bin do not count.
        whole = windows.all(-1)
        assert (counted[:, : whole.shape[1]].all(-1) == whole).all()
        assert not counted[:, : whole.shape[1]][~whole & windows.any(-1)].all(-1).any()
    changed = chunk | {"target": chunk["target"].masked_fill(~chunk["hidden"][:, None], 100.0)}
    again = fitted.net_.criterion_(outputs, **module.targets([changed]))
    assert float(again) == pytest.approx(float(loss), rel=1e-6)


def test_the_first_token_is_never_hidden(X):
    model = make().fit(X)
    chunk = chunk_of(model, X, np.random.default_rng(0))
    seen = []
    hook = model.net_.module_.encoder.embed.register_forward_pre_hook(
        lambda _, args: seen.append(args[0])
    )
    model.net_.module_([chunk])
    hook.remove()
    torch.testing.assert_close(seen[0][:, 0, :2], chunk["moments"])
    counted = model.net_.module_.targets([chunk])["counted"].any(-1)
    # Hidden windows are tokens of zeros.
    assert counted.any(1).all() and not seen[0][:, 1:][counted].any()


def test_filling_predicts_hidden_bins_and_keeps_the_others(fitted, X):
    filled = fitted.fill(X)
    n_spectra = check_table(X, modalities=["spectrum"]).spectrum_offsets[-1]
    assert n_spectra > 60 and (np.bincount(filled.object_index) > 0).all()
    assert filled.flux.shape == filled.filled.shape == (len(filled.object_index), 256)
    assert len(filled.object_index) == n_spectra
    assert filled.hidden.any(axis=1).all() and not (filled.hidden & ~filled.covered).any()
    np.testing.assert_array_equal(filled.filled[~filled.hidden], filled.flux[~filled.hidden])
    assert np.isfinite(filled.filled).all()
    assert (filled.filled[filled.hidden] != filled.flux[filled.hidden]).mean() > 0.99
    drawn, again = fitted.fill(X, random_state=0), fitted.fill(X, random_state=0)
    np.testing.assert_array_equal(drawn.filled, again.filled)
    assert (drawn.hidden != filled.hidden).any()


def test_the_error_of_the_cnn_is_minus_its_score(X):
    model = make(SpectrumCNN(d_model=4, n_layers=3, n_bins=256, channels=("flux",))).fit(X)
    assert model.fill(X).mean_squared_error() == pytest.approx(-model.score(X), rel=1e-4)


def test_the_score_does_not_depend_on_the_order_of_objects(fitted, X):
    score = fitted.score(X)
    assert np.isfinite(score) and score < 0
    assert score == pytest.approx(fitted.score(X.iloc[::-1]), rel=1e-5)


@pytest.mark.parametrize("encoder", list(ENCODERS))
def test_training_improves_the_score(X, encoder):
    short = make(ENCODERS[encoder], max_epochs=1, lr=1e-6)
    long = make(ENCODERS[encoder], max_epochs=15, lr=5e-3)
    assert long.fit(X).score(X) > 0.75 * short.fit(X).score(X)


@pytest.mark.parametrize("trainable", ["all", "first_block", "head", "none"])
def test_a_classifier_starts_from_the_pretrained_encoder(fitted, supernovae, trainable):
    X, y = supernovae
    start = {k: v.clone() for k, v in fitted.net_.module_.encoder.state_dict().items()}
    model = SpectraNetClassifier(
        pretrained=FrozenEstimator(fitted), trainable=trainable, **TRAINING
    )
    model = clone(model).fit(X, y)
    assert type(model.encoder_) is type(fitted.encoder_)
    after = model.net_.module_.encoder.state_dict()
    same = {name for name in start if torch.equal(start[name], after[name])}
    if trainable in ("head", "none"):
        assert same == set(start)
    elif trainable == "first_block":
        assert any("blocks.1" in name for name in same)
        assert not any(name.startswith(("embed", "blocks.0.conv")) for name in same)
    else:
        assert len(same) < len(start) / 4
    assert all(
        torch.equal(v, fitted.net_.module_.encoder.state_dict()[k]) for k, v in start.items()
    )


@pytest.mark.parametrize("trainable", ["head", "none", "first_block", "all"])
def test_a_new_head_is_trained_on_the_frozen_encoder(supernovae, trainable, tmp_path):
    X, y = supernovae
    embedder = make().fit(X)
    encoder = PatchSpectrumTransformer(pooling="cross_attention", latent_dim=8)
    model = SpectraNetClassifier(
        encoder=encoder, pretrained=FrozenEstimator(embedder), trainable=trainable, **TRAINING
    ).fit(X, y)
    network = model.net_.module_.encoder
    assert model.encoder_.pooling == "cross_attention" and model.encoder_.d_model == 16
    assert model.net_.module_.width == network.output_dim == 8
    trained = {n.split(".")[0] for n, p in network.named_parameters() if p.requires_grad}
    whole = {"pool", "embed", "stack"}
    expected = {"head": {"pool"}, "none": {"pool"}, "first_block": whole, "all": whole}
    assert trained == expected[trainable]
    if trainable in ("head", "none"):
        for name, value in embedder.net_.module_.encoder.stack.state_dict().items():
            assert torch.equal(value, network.stack.state_dict()[name])
    again = clone(model).fit(X, y)
    np.testing.assert_array_equal(again.predict_proba(X), model.predict_proba(X))
    assert embedder.encoder_.pooling == "mean"
    save_model(model, tmp_path / "model")
    loaded = load_model(tmp_path / "model")
    np.testing.assert_array_equal(loaded.predict_proba(X), model.predict_proba(X))
    attention = attention_maps(loaded, X, layer="pooling")[1]
    assert attention.shape == (len(X), 4, 25)


def test_a_contrastive_embedder_trains_only_head_and_projection(supernovae):
    X, _ = supernovae
    embedder = make().fit(X)
    model = ContrastiveEmbedder(
        spectrum=PatchSpectrumTransformer(pooling="cross_attention", latent_dim=8),
        pretrained={"spectrum": FrozenEstimator(embedder)},
        trainable={"spectrum": "head"},
        **TRAINING,
    ).fit(X)
    network = model.net_.module_.encoders["spectrum"]
    trained = {n.split(".")[0] for n, p in network.named_parameters() if p.requires_grad}
    assert trained == {"pool"}
    assert np.isfinite(model.transform(X)).all()
    assert attention_maps(model, X, layer="pooling")[1].shape == (60, 4, 25)


def test_the_frame_of_the_classifier_is_kept(supernovae):
    X, y = supernovae
    embedder = make(frame="rest").fit(X)
    at_rest = SpectraNetClassifier(
        frame="rest", pretrained=FrozenEstimator(embedder), **TRAINING
    ).fit(X, y)
    observed = SpectraNetClassifier(pretrained=FrozenEstimator(embedder), **TRAINING).fit(X, y)
    assert at_rest.preprocessor_.rest and not observed.preprocessor_.rest
    moved = X.assign(redshift=X["redshift"] + 0.1)
    assert np.abs(embedder.transform(moved) - embedder.transform(X)).max() > 1e-3
    with pytest.raises(ValueError, match="redshift"):
        embedder.transform(X.drop(columns="redshift"))


def test_a_regressor_starts_from_it_too(supernovae):
    X, _ = supernovae
    embedder = make().fit(X)
    model = SpectraNetRegressor(pretrained=FrozenEstimator(embedder), **TRAINING)
    assert np.isfinite(model.fit(X, X["redshift"]).predict(X)).all()


def test_a_batch_of_one_object(fitted, X):
    Z = fitted.transform(X)
    np.testing.assert_allclose(fitted.transform(X.iloc[[3]]), Z[[3]], atol=1e-5)
    make(batch_size=2, max_epochs=1).fit(X.iloc[:1])


def test_warm_start_continues(X, tmp_path):
    model = make(warm_start=True).fit(X)
    model.set_params(max_epochs=3).fit(X)
    assert model.n_iter_ == 5
    save_model(model, tmp_path / "model")
    loaded = load_model(tmp_path / "model")
    np.testing.assert_array_equal(loaded.fill(X).filled, model.fill(X).filled)
    assert loaded.set_params(max_epochs=1).fit(X).n_iter_ == 6
    with pytest.raises(ValueError, match="n_segments"):
        model.set_params(n_segments=2).fit(X)


def test_the_loss_of_validation_is_deterministic(X):
    model = make(early_stopping=True, lr=1e-12, lr_schedule=None, weight_decay=0.0).fit(X)
    losses = [row["valid_loss"] for row in model.history_]
    assert losses[0] == pytest.approx(losses[1], rel=1e-5)
    assert model.history_[0]["train_loss"] != pytest.approx(model.history_[1]["train_loss"])


@pytest.mark.parametrize("encoder", ["galspecnet", "transformer"])
def test_encoders_without_states_of_windows_are_rejected(X, encoder):
    with pytest.raises(ValueError, match="'encoder' parameter of MaskedSpectrumEmbedder must be"):
        MaskedSpectrumEmbedder(encoder=encoder).fit(X)


def test_spectra_outside_the_grid_cannot_be_hidden(X):
    with pytest.raises(ValueError, match=r"covers two windows of the grid, \(20000"):
        make(wavelength_range=(20000.0, 25000.0)).fit(X)


@pytest.mark.parametrize("fault", ["nan", "constant", "zero", "spike", "tiny", "huge", "short"])
@pytest.mark.filterwarnings("ignore::sklearn_sn.data.DataQualityWarning")
def test_damaged_spectra_have_finite_embeddings(fitted, X, fault):
    few = X.iloc[:4]
    spectra = as_ragged(few["spectrum"], kind="spectrum")
    flux, rank = np.array(spectra["flux"], dtype=float), spectra.rank()
    if fault == "short":
        spectra = spectra.filter(rank < 12)
    else:
        flux = {
            "nan": np.where(rank % 2, np.nan, flux),
            "constant": np.ones_like(flux),
            "zero": np.zeros_like(flux),
            "spike": np.where(rank == 40, 1e5, flux),
            "tiny": 1e-300 * flux,
            "huge": 1e120 * flux,
        }[fault]
        spectra = spectra.with_fields(flux=flux)
    damaged = few.assign(spectrum=spectra.to_nested(index=few.index))
    assert np.isfinite(fitted.transform(damaged)).all()
    filled = fitted.fill(damaged)
    assert np.isfinite(filled.filled).all() and np.isfinite(filled.interpolated()).all()


def test_the_order_of_pixels_does_not_matter(fitted, X):
    spectra = as_ragged(X["spectrum"], kind="spectrum")
    order = np.lexsort((-np.arange(spectra.n_points), spectra.rows))
    fields = {name: np.asarray(spectra[name])[order] for name in ("wavelength", "flux", "time")}
    fields["flux_err"] = np.asarray(spectra["flux_err"])[order]
    turned = type(spectra)(fields, spectra.offsets).to_nested(index=X.index)
    np.testing.assert_allclose(
        fitted.transform(X.assign(spectrum=turned)), fitted.transform(X), atol=1e-5
    )
