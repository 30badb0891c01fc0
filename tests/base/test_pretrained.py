"""Encoders that arrive trained."""

import inspect

import numpy as np
import pytest
import torch
from sklearn.base import clone
from sklearn.frozen import FrozenEstimator
from torch import nn

from sklearn_sn.base import (
    PretrainedEncoder,
    chosen_encoder,
    defaults_of,
    encoder_width,
    frozen_modules,
    pretrained_encoders,
    pretrained_preprocessor,
)
from sklearn_sn.base._pretrained import raise_on_conflicting_params
from sklearn_sn.classification import LightCurveClassifier
from sklearn_sn.data import check_table
from sklearn_sn.encoders import GRU, DeepSets, LightCurveTransformer
from sklearn_sn.encoders._light_curve_transformer import LightCurveTransformerModule
from sklearn_sn.persistence import load_pretrained
from sklearn_sn.preprocessors import LightCurvePreprocessor
from tests.base.tiny import classifier, regressor, transformer
from tests.discovery import PACKAGES, public_classes

ESTIMATORS = [
    cls
    for package in PACKAGES
    for cls in public_classes(package)
    if "pretrained" in inspect.signature(cls).parameters
]


@pytest.fixture(scope="module")
def trained(supernovae):
    return classifier(encoder=transformer(dropout=0.2), max_epochs=1).fit(*supernovae)


def weights(module):
    return {name: value.clone() for name, value in module.state_dict().items()}


# Finding ---------------------------------------------------------------------


def test_parts_are_copies(trained):
    parts = pretrained_encoders(FrozenEstimator(trained), ["light_curve", "spectrum"])
    assert set(parts) == {"light_curve"}
    part = parts["light_curve"]
    assert part.module is not trained.net_.module_.encoder
    assert part.preprocessor is not trained.preprocessor_
    assert part.encoder.get_params() == trained.encoder_.get_params()
    for name, value in part.module.state_dict().items():
        assert torch.equal(value, trained.net_.module_.encoder.state_dict()[name])
    assert pretrained_encoders(None, ["light_curve"]) == {}


def test_a_dict_names_an_estimator_for_each_modality(trained):
    frozen = FrozenEstimator(trained)
    assert set(pretrained_encoders({"light_curve": frozen}, ["light_curve"])) == {"light_curve"}
    with pytest.raises(
        ValueError, match="names the modality 'spectrum', but its estimator has enc"
    ):
        pretrained_encoders({"spectrum": frozen}, ["light_curve", "spectrum"])
    with pytest.raises(ValueError, match=r"has no encoder of any modality of X\. X has"):
        pretrained_encoders(frozen, ["spectrum"])


@pytest.mark.parametrize("wrapped", [True, False])
def test_an_estimator_that_is_not_fitted(wrapped):
    model = LightCurveClassifier()
    with pytest.raises(ValueError, match=r"is not fitted\. scikit-learn's clone resets"):
        pretrained_encoders(FrozenEstimator(model) if wrapped else model, ["light_curve"])


def test_estimators_of_others():
    from sklearn.linear_model import LogisticRegression

    with pytest.raises(ValueError, match=r"or a FrozenEstimator .* Got LogisticRegression"):
        pretrained_encoders(FrozenEstimator(LogisticRegression()), ["light_curve"])


def test_a_name_is_a_packaged_model():
    part = pretrained_encoders("contrastive-sim", ["spectrum"])["spectrum"]
    assert part.encoder.get_params()["max_shift"] == 0.0
    start = load_pretrained("contrastive-sim").net_.module_.encoders["spectrum"]
    for name, value in part.module.state_dict().items():
        assert torch.equal(value, start.state_dict()[name])
    mixed = {"light_curve": "contrastive-sim", "spectrum": "supernova-spectra"}
    assert set(pretrained_encoders(mixed, list(mixed))) == set(mixed)


@pytest.mark.parametrize(
    "pretrained, match",
    [
        ("contrastive", r"'contrastive' does not exist. Use one of \['contrastive-sim'"),
        ({"light_curve": "contrastive"}, r"'contrastive' does not exist. Use one of"),
        ("galaxies-sim", r"X has \['light_curve'\], and the packaged model 'galaxies-sim' has "),
        ({"light_curve": "supernova-spectra"}, r"model 'supernova-spectra' has .* \['spectrum'\]"),
    ],
)
def test_a_name_that_does_not_fit(pretrained, match):
    with pytest.raises(ValueError, match=match):
        pretrained_encoders(pretrained, ["light_curve"])


@pytest.mark.parametrize("estimator", ESTIMATORS, ids=lambda cls: cls.__name__)
def test_every_estimator_with_the_parameter_takes_a_name(estimator):
    several = ("ContrastiveEmbedder", "AstroMiNNClassifier", "MultimodalRegressor")
    dicts = estimator.__name__ in several
    for value in ["contrastive-sim", {"spectrum": "supernova-spectra"}][: 1 + dicts]:
        model = clone(estimator(pretrained=value))
        model._validate_params()
        assert model.get_params()["pretrained"] == value
    assert "list_pretrained" in estimator.__doc__


# Choosing --------------------------------------------------------------------


def part_of(**params):
    encoder = transformer(**params)
    module = LightCurveTransformerModule(
        n_values=3, d_model=8, n_heads=2, n_layers=1, output_dim=6, dropout=0.1
    )
    return PretrainedEncoder(encoder, None, module)


def chosen(encoder, part):
    model = LightCurveClassifier(encoder=encoder)
    return chosen_encoder(model, "encoder", "light_curve", "transformer", part)


def test_the_default_means_the_pretrained_encoder():
    part = part_of(max_points=17)
    encoder = chosen("auto", part)
    assert encoder is not part.encoder and encoder.get_params() == part.encoder.get_params()


def test_without_a_pretrained_encoder_the_parameter_is_resolved():
    assert chosen(DeepSets(d_model=5), None).d_model == 5
    assert isinstance(chosen("transformer", None), LightCurveTransformer)


def test_augmentation_and_dropout_may_be_chosen_anew():
    part = part_of()
    encoder = chosen(LightCurveTransformer(augmentation=False, dropout=0.4), part)
    assert not encoder.augmentation and encoder.dropout == 0.4
    assert encoder.d_model == 8 and encoder.latent_dim == 6  # of its training
    rates = {m.p for m in part.module.modules() if isinstance(m, nn.Dropout)}
    assert rates == {0.4}


def test_an_encoder_that_agrees_is_accepted():
    chosen(transformer(), part_of())
    chosen(LightCurveTransformer(d_model=8), part_of())


@pytest.mark.parametrize(
    ("encoder", "message"),
    [
        (
            LightCurveTransformer(d_model=16),
            "'encoder__d_model' parameter is 16, but the pretrained",
        ),
        (LightCurveTransformer(pooling="max"), "'encoder__pooling' parameter is 'max'"),
        (LightCurveTransformer(amplitude=False), "'encoder__amplitude' parameter is False"),
        (DeepSets(), "'encoder' parameter is DeepSets"),
        ("deep_sets", "'encoder' parameter is DeepSets"),
    ],
)
def test_an_encoder_that_conflicts_is_named(encoder, message):
    with pytest.raises(ValueError, match=message):
        chosen(encoder, part_of())


def test_a_parameter_at_its_default_contradicts_nothing():
    raise_on_conflicting_params(LightCurveTransformer(), transformer(pooling="max"), "encoder")


def test_defaults_of_a_class():
    assert defaults_of(DeepSets)["d_model"] == 64
    assert defaults_of(LightCurveClassifier)["encoder"] == "auto"


# Preprocessors ---------------------------------------------------------------


def bands_of(X, *names):
    from sklearn_sn.data import as_ragged

    curves = as_ragged(X["light_curve"], kind="light_curve")
    kept = curves.filter(np.isin(np.asarray(curves["band"]).astype(str), names))
    return check_table(
        X.assign(light_curve=kept.to_nested(index=X.index)), modalities=["light_curve"], warn=False
    )


@pytest.mark.parametrize("band_encoding", ["wavelength", "embedding"])
def test_new_bands_are_learned_and_scales_kept(supernovae, band_encoding):
    X = supernovae[0]
    bands = LightCurvePreprocessor().fit(check_table(X, modalities=["light_curve"])).bands_
    ztf = [name for name in bands if str(name).startswith("ztf")]
    rest = [name for name in bands if name not in ztf]
    old, new = bands_of(X, *ztf), bands_of(X, *rest)
    params = {"band_encoding": band_encoding}
    encoder = transformer(**params)
    own = encoder.make_preprocessor(None).fit(old)
    part = PretrainedEncoder(encoder, own, encoder.make_module(own))
    fresh = LightCurvePreprocessor(**params, max_points=9, noise=False, augmentation=False).fit(new)
    mean = own.amplitude_mean_
    preprocessor = pretrained_preprocessor(part, fresh)
    assert preprocessor is own and preprocessor.amplitude_mean_ == mean != fresh.amplitude_mean_
    assert (preprocessor.max_points, preprocessor.noise, preprocessor.augmentation) == (
        9,
        False,
        False,
    )
    assert list(preprocessor.bands_[: len(ztf)]) == list(ztf)
    assert set(preprocessor.bands_) == {*ztf, *rest}
    if band_encoding == "embedding":
        assert part.module.n_bands == len(bands)
        assert len(preprocessor.prepare(new).points) > 0


# Freezing --------------------------------------------------------------------


@pytest.mark.parametrize("trainable", ["all", "first_block", "head", "none"])
def test_only_what_is_trainable_is_trained(trainable, trained, supernovae):
    model = regressor(
        encoder="transformer", pretrained=FrozenEstimator(trained), trainable=trainable
    ).fit(supernovae[0], supernovae[0]["redshift"])
    module = model.net_.module_.encoder
    before = trained.net_.module_.encoder.state_dict()
    changed = {n for n, v in module.state_dict().items() if not torch.equal(v, before[n])}
    first = {id(p) for part in module.first_block() for p in part.parameters()}
    names = dict(module.named_parameters())
    expected = {
        "all": set(names),
        "first_block": {name for name, p in names.items() if id(p) in first},
        "head": set(),
        "none": set(),
    }[trainable]
    assert changed == expected


@pytest.mark.parametrize("trainable", ["all", "first_block", "head", "none"])
def test_recurrent_layers_train_in_training_mode(trainable, supernovae):
    """cuDNN has no gradients through a recurrent layer in evaluation, also if it is frozen."""
    encoder = GRU(d_model=8, latent_dim=6, dropout=0.3)
    first = classifier(encoder=encoder, max_epochs=1).fit(*supernovae)
    model = classifier(
        encoder="auto",
        pretrained=FrozenEstimator(first),
        trainable=trainable,
        early_stopping=True,
    )
    passed = []

    def check(module, args, output):
        if isinstance(module, nn.RNNBase) and torch.is_grad_enabled():
            passed.append(module.training)

    handle = torch.nn.modules.module.register_module_forward_hook(check)
    try:
        model.fit(*supernovae)
    finally:
        handle.remove()
    assert passed and all(passed)


def test_a_projection_is_frozen_only_if_it_was_trained():
    module, projection = part_of().module, nn.Linear(6, 4)
    part = PretrainedEncoder(None, None, module, projection)
    assert frozen_modules(part, projection, "none") == [module, projection]
    assert frozen_modules(part, nn.Linear(6, 4), "none") == [module]
    assert frozen_modules(part, projection, "head") == [module]
    assert frozen_modules(part, projection, "all") == []
    assert frozen_modules(None, projection, "head") == []


def test_first_block_needs_one():
    part = PretrainedEncoder(None, None, nn.Linear(2, 2))
    with pytest.raises(ValueError, match=r"needs an encoder with a method first_block\(\); Linear"):
        frozen_modules(part, None, "first_block")


# Widths ----------------------------------------------------------------------


def test_a_width_is_stated_or_that_of_a_forward_pass():
    module = nn.Sequential(nn.Linear(3, 5), nn.Dropout(0.5)).train()
    assert encoder_width(module, {"input": torch.zeros(2, 3)}) == 5
    assert module.training
    module.output_dim = 7
    assert encoder_width(module, {}) == 7
