"""Networks come back with their structure and weights, on any device."""

import json

import numpy as np
import pytest
import torch
from numpy.testing import assert_array_equal
from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import make_pipeline
from torch import nn

from sklearn_sn import ContrastiveEmbedder, LightCurveClassifier
from sklearn_sn.datasets import make_supernovae
from sklearn_sn.encoders import (
    ImageCNN,
    LightCurveTransformer,
    MetadataMLP,
    SpectrumTransformer,
)
from sklearn_sn.encoders._light_curve_transformer import LightCurveTransformerModule
from sklearn_sn.encoders._spectrum_cnn import SpectrumCNNModule
from sklearn_sn.persistence import ModelFileError, load_model, save_model
from tests.conftest import SMALL
from tests.persistence.tampering import changed, files_of


class OwnEncoder(nn.Module):
    """The mean of the points, mapped."""

    def __init__(self, width=4):
        super().__init__()
        self.linear = nn.Linear(3, width)

    def forward(self, values, time, pad_mask, log_wavelength):
        keep = (~pad_mask).unsqueeze(-1)
        return self.linear((values * keep).sum(1) / keep.sum(1).clamp(min=1))


def make(**params):
    return ContrastiveEmbedder(**{**SMALL, **params})


def light_curve(**params):
    return LightCurveTransformer(d_model=16, n_layers=1, **params)


def back(model, tmp_path):
    save_model(model, tmp_path / "a", overwrite=True)
    return load_model(tmp_path / "a")


def with_images(X):
    rng = np.random.default_rng(0)
    X = X.copy()
    X["image"] = [rng.normal(size=(2, 8, 8)).astype(np.float32) for _ in range(len(X))]
    return X


@pytest.mark.parametrize(
    "params",
    [
        {"spectrum": SpectrumTransformer(n_layers=1, n_bins=64, pooling="attention")},
        {
            "light_curve": light_curve(
                band_encoding="embedding", pooling="mean", time_origin="first"
            )
        },
        {"light_curve": "gru", "spectrum": "spectranet"},
        {"light_curve": "deep_sets", "spectrum": "galspecnet"},
        {"light_curve": "transceiver", "spectrum": "transceiver"},
        {"output": ("spectrum", "light_curve"), "learn_temperature": False},
        {"output": ["light_curve", "image"], "image": ImageCNN(d_model=4, n_layers=2)},
        {
            "metadata_columns": ["redshift", "survey"],
            "output": "mean",
            "metadata": MetadataMLP(n_layers=1),
        },
        {"aux_weight": 0.5, "aux_columns": ("redshift",), "class_weight": "balanced"},
        {"aux_weight": 0.5, "class_weight": {"SN Ia": 2.0, "SN II": 1.0}, "optimizer": "radam"},
        {"early_stopping": True, "lr_schedule": None, "warm_start": True, "weight_decay": 0.0},
        {
            "random_state": np.random.RandomState(5),
            "light_curve": light_curve(dropout=0.0, augmentation=False),
        },
    ],
    ids=lambda p: "-".join(p),
)
def test_every_kind_of_embedder(params, supernovae, tmp_path):
    X, y = supernovae
    X = with_images(X) if "image" in params else X
    if isinstance(params.get("class_weight"), dict):
        params = {**params, "class_weight": {**dict.fromkeys(set(y), 1.0), "SN Ia": 2.0}}
    model = make(**params).fit(X, y)
    loaded = back(model, tmp_path)
    assert_array_equal(loaded.transform(X), model.transform(X))
    assert_array_equal(loaded.get_feature_names_out(), model.get_feature_names_out())
    assert loaded.score(X) == model.score(X)
    assert loaded.history_ == model.history_
    for name, value in model.get_params().items():
        found = loaded.get_params()[name]
        assert type(found) is type(value), name
        assert str(found) == str(value) or isinstance(value, np.random.RandomState), name
    assert str(loaded.encoders_) == str(model.encoders_)
    state, found = model.net_.module_.state_dict(), loaded.net_.module_.state_dict()
    assert list(state) == list(found)
    assert all(torch.equal(state[name], found[name]) for name in state)
    new, _ = make_supernovae(20, random_state=7)
    assert_array_equal(loaded.encode(new, "light_curve"), model.encode(new, "light_curve"))


@pytest.mark.parametrize("trainable", ["all", "first_block", "head", "none"])
def test_pretrained(fitted, supernovae, trainable, tmp_path):
    X, y = supernovae
    model = make(pretrained=FrozenEstimator(fitted), trainable=trainable, warm_start=True)
    model.fit(X, y)
    loaded = back(model, tmp_path)
    assert_array_equal(loaded.transform(X), model.transform(X))
    inner = loaded.get_params()["pretrained"]
    assert type(inner) is FrozenEstimator
    assert_array_equal(inner.estimator.transform(X), fitted.transform(X))
    # What was frozen stays so when training goes on.
    before = {k: v.requires_grad for k, v in model.net_.module_.named_parameters()}
    assert before == {k: v.requires_grad for k, v in loaded.net_.module_.named_parameters()}
    names = [
        [
            n
            for n, m in part.net_.module_.named_modules()
            if any(m is f for f in part.net_.module_.frozen)
        ]
        for part in (model, loaded)
    ]
    assert names[0] == names[1]
    loaded.fit(X, y)
    assert loaded.n_iter_ == 2 * model.n_iter_


def test_pretrained_on_other_bands(supernovae, tmp_path):
    X, y = supernovae
    first, _ = make_supernovae(40, surveys=("ztf",), random_state=1)
    embedded = light_curve(band_encoding="embedding")
    first = make(light_curve=embedded).fit(first)
    model = make(light_curve=embedded, pretrained=FrozenEstimator(first)).fit(X, y)
    assert model.net_.module_.encoders["light_curve"].n_bands > len(
        first.preprocessors_["light_curve"].bands_
    )
    assert_array_equal(back(model, tmp_path).transform(X), model.transform(X))


def test_a_loaded_model_serves_as_pretrained(fitted, supernovae, tmp_path):
    X, y = supernovae
    loaded = back(fitted, tmp_path)
    one, other = (make(pretrained=FrozenEstimator(m)).fit(X, y) for m in (fitted, loaded))
    assert_array_equal(one.transform(X), other.transform(X))


def test_modules_of_ours_as_parameters(supernovae, tmp_path):
    X, y = supernovae
    sizes = {"n_values": 3, "d_model": 8, "n_heads": 2, "n_layers": 1, "norm_first": True}
    encoder = LightCurveTransformerModule(**sizes)
    model = make(light_curve=encoder, spectrum="cnn").fit(X, y)
    loaded = back(model, tmp_path)
    assert_array_equal(loaded.transform(X), model.transform(X))
    found = loaded.light_curve
    assert type(found) is LightCurveTransformerModule
    assert torch.equal(found.project.weight, encoder.project.weight)


@pytest.mark.parametrize("given", [OwnEncoder(), OwnEncoder, lambda: OwnEncoder()])
def test_modules_of_the_users_are_refused_unless_given_again(given, supernovae, tmp_path):
    X, y = supernovae
    model = make(light_curve=given).fit(X, y)
    with pytest.raises(TypeError, match=r"module of your own.*modules=\['light_curve'\]"):
        save_model(model, tmp_path / "a")
    assert not (tmp_path / "a").exists()
    save_model(model, tmp_path / "a", modules=["light_curve"])
    with pytest.raises(ModelFileError, match=r"modules=\{'light_curve': \.\.\.\}"):
        load_model(tmp_path / "a")
    for again in (OwnEncoder(), OwnEncoder):
        loaded = load_model(tmp_path / "a", modules={"light_curve": again})
        assert_array_equal(loaded.transform(X), model.transform(X))
        assert loaded.light_curve is again
    with pytest.raises(ModelFileError, match="wrong shape"):
        load_model(tmp_path / "a", modules={"light_curve": OwnEncoder(5)})
    with pytest.raises(ModelFileError, match="are missing or unexpected"):
        load_model(tmp_path / "a", modules={"light_curve": nn.Identity()})


def test_callbacks_are_refused(supernovae, tmp_path):
    from skorch.callbacks import Callback

    model = make(callbacks=[("mine", Callback())]).fit(*supernovae)
    with pytest.raises(TypeError, match=r"set_params\(callbacks=None\)"):
        save_model(model, tmp_path / "a")
    save_model(model.set_params(callbacks=None), tmp_path / "a")


def test_a_device_that_is_not_there(fitted, supernovae, tmp_path, monkeypatch):
    X, _ = supernovae
    path = tmp_path / "a"
    save_model(fitted, path)
    changed(path, lambda d: d["estimator"]["params"].update(device="cuda:7"))
    with pytest.warns(UserWarning, match="'cuda:7', which this machine does not have"):
        loaded = load_model(path)
    assert_array_equal(loaded.transform(X), fitted.transform(X))


def structure(description):
    return description["estimator"]["fitted"]["net_"]["module"]["structure"]


def encoder_config(description):
    return structure(description)["config"]["encoders"]["parts"]["light_curve"]["config"]


@pytest.mark.parametrize(
    ("change", "match"),
    [
        (lambda d: encoder_config(d).update(d_model={"value": 2**50}), "d_model=1125899906842624"),
        (lambda d: encoder_config(d).update(d_model={"value": 10**6}), "wrong shape"),
        (lambda d: encoder_config(d).update(d_model={"value": -4}), "makes no sense"),
        (
            lambda d: encoder_config(d).update(n_layers={"value": 10**6}),
            "of 1000000 layers without their weights",
        ),
        (lambda d: encoder_config(d).update(n_layers={"value": 2}), "are missing or unexpected"),
        (lambda d: encoder_config(d).update(evil={"value": 1}), "makes no sense"),
        (lambda d: structure(d)["config"].update(temperature={"value": 0}), "makes no sense"),
        (lambda d: structure(d).update({"class": "torch.load"}), "does not build"),
        (lambda d: structure(d).update(given="light_curve"), "module of somebody's own"),
    ],
)
def test_structures_that_do_not_fit(fitted, change, match, tmp_path):
    save_model(fitted, tmp_path / "a")
    changed(tmp_path / "a", lambda d: change(d) and None)
    with pytest.raises(ModelFileError, match=match):
        load_model(tmp_path / "a")


def network(supernovae, **params):
    """Return a fitted classifier, to be changed."""
    encoder = LightCurveTransformer(d_model=8, n_heads=2, n_layers=1)
    few = {"max_epochs": 1, "random_state": 0}
    return LightCurveClassifier(encoder=encoder, **few, **params).fit(*supernovae)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_weights_that_are_not_finite_are_neither_saved_nor_loaded(supernovae, value, tmp_path):
    from safetensors.numpy import load, save

    model = network(supernovae)
    save_model(model, tmp_path / "a")
    arrays = load(files_of(tmp_path / "a")["arrays.safetensors"])
    arrays = {name: array.copy() for name, array in arrays.items()}
    arrays["LightCurveClassifier/net_/encoder.head.bias"][2] = value
    changed(tmp_path / "a", lambda d: None, arrays=save(arrays))
    with pytest.raises(ModelFileError, match=r"weights 'encoder.head.bias' of .* are not finite"):
        load_model(tmp_path / "a")
    with torch.no_grad():
        model.net_.module_.encoder.head.bias[2] = value
    with pytest.raises(ValueError, match=r"weights 'encoder.head.bias' are NaN or .* lower 'lr'"):
        save_model(model, tmp_path / "b")
    with pytest.raises(ValueError, match="are NaN or infinite"):
        save_model(make_pipeline(FrozenEstimator(model)), tmp_path / "b")
    assert not (tmp_path / "b").exists()


def earlier_class(description):
    description["estimator"]["class"] = "sklearn_sn.classification.GRUClassifier"


def earlier_module(description):
    encoder = structure(description)["config"]["encoder"]["part"]
    encoder["class"] = "sklearn_sn.modules.LightCurveTransformer"


def earlier_sizes(description):
    structure(description)["sizes"] = structure(description).pop("config")


def earlier_attribute(description):
    fitted = description["estimator"]["fitted"]
    fitted["input_"] = {**fitted.pop("preprocessor_"), "class": "sklearn_sn.nets.LightCurveInput"}


def earlier_parameter(description):
    description["estimator"]["params"]["d_model"] = description["estimator"]["params"].pop("lr")


@pytest.mark.parametrize(
    ("change", "match"),
    [
        (earlier_class, "'sklearn_sn.classification.GRUClassifier', which loading does not build"),
        (earlier_module, "'sklearn_sn.modules.LightCurveTransformer', which loading does not"),
        (earlier_attribute, "'sklearn_sn.nets.LightCurveInput', which loading does not build"),
        (earlier_sizes, "makes no sense"),
        (earlier_parameter, "no parameter 'd_model' in the installed version"),
    ],
)
def test_files_of_an_earlier_format(supernovae, change, match, tmp_path):
    save_model(network(supernovae), tmp_path / "a")
    changed(tmp_path / "a", lambda d: change(d) and None)
    with pytest.raises(ModelFileError, match=match):
        load_model(tmp_path / "a")


def test_weights_are_named_in_the_file(fitted, tmp_path):
    from safetensors.numpy import load

    save_model(fitted, tmp_path / "a")
    arrays = load(files_of(tmp_path / "a")["arrays.safetensors"])
    name = "ContrastiveEmbedder/net_/projections.spectrum.weight"
    weight = fitted.net_.module_.projections["spectrum"].weight.detach().numpy()
    assert_array_equal(arrays[name], weight)
    assert "torch" not in json.loads(files_of(tmp_path / "a")["model.json"])


def test_the_configuration_stays_with_the_module():
    import copy
    import pickle

    module = SpectrumCNNModule(n_channels=2, d_model=4, n_layers=1)
    for other in (copy.deepcopy(module), pickle.loads(pickle.dumps(module))):
        assert other.config == {"n_channels": 2, "d_model": 4, "n_layers": 1}


def test_bands_of_the_user_are_in_the_file(tmp_path, supernovae):
    from sklearn_sn.data import band_wavelength, register_band
    from sklearn_sn.data._bands import temporary_bands

    path = tmp_path / "model.snmodel"
    X = supernovae[0][["light_curve", "spectrum"]]
    X = X.assign(light_curve=[c.assign(band="mytelg") for c in X["light_curve"]])
    with temporary_bands():
        register_band("mytelg", 4800.0, survey="mytel", aliases=["MYTEL g"])
        model = ContrastiveEmbedder(**SMALL).fit(X)
        save_model(model, path)
        expected = model.transform(X)
    with temporary_bands():
        loaded = load_model(path)
        assert band_wavelength(["MYTEL g"]).tolist() == [4800.0]
        np.testing.assert_array_equal(loaded.transform(X), expected)


def test_weights_in_half_precision_are_half_the_size_and_compute_in_single(supernovae, tmp_path):
    X, _ = supernovae
    model = make(random_state=0).fit(X)
    single, size = model.transform(X), {}
    for precision in ("float", "half"):
        getattr(model.net_.module_, precision)()
        save_model(model, tmp_path / precision)
        size[precision] = (tmp_path / precision).stat().st_size
    loaded = load_model(tmp_path / "half")
    assert {p.dtype for p in loaded.net_.module_.parameters()} == {torch.float32}
    np.testing.assert_allclose(loaded.transform(X), single, atol=5e-3)
    assert size["half"] < 0.75 * size["float"]
