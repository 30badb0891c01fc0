"""Networks come back with their structure and weights, on any device."""

import json

import numpy as np
import pytest
import torch
from numpy.testing import assert_array_equal
from sklearn.frozen import FrozenEstimator
from torch import nn

from sklearn_sn import ContrastiveEmbedder
from sklearn_sn.datasets import make_supernovae
from sklearn_sn.modules import LightCurveTransformer, SpectrumConvNet
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
        {"encoders": {"spectrum": "transformer"}, "spectrum_pooling": "attention"},
        {"band_encoding": "embedding", "light_curve_pooling": "mean", "time_origin": "first"},
        {"output": ("spectrum", "light_curve"), "learn_temperature": False},
        {"output": ["light_curve", "image"], "image_d_model": 4, "image_n_layers": 2},
        {"metadata_columns": ["redshift", "survey"], "output": "mean", "metadata_n_layers": 1},
        {"aux_weight": 0.5, "aux_columns": ("redshift",), "class_weight": "balanced"},
        {"aux_weight": 0.5, "class_weight": {"SN Ia": 2.0, "SN II": 1.0}, "optimizer": "radam"},
        {"early_stopping": True, "lr_schedule": None, "warm_start": True, "weight_decay": 0.0},
        {"random_state": np.random.RandomState(5), "dropout": 0.0, "augmentation": False},
    ],
    ids=lambda p: "-".join(p),
)
def test_every_kind_of_embedder(params, supernovae, tmp_path):
    X, y = supernovae
    X = with_images(X) if "image_d_model" in params else X
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
        assert found == value or isinstance(value, np.random.RandomState), name
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
    first = make(band_encoding="embedding").fit(first)
    model = make(band_encoding="embedding", pretrained=FrozenEstimator(first)).fit(X, y)
    assert model.net_.module_.encoders["light_curve"].n_bands > len(
        first.inputs_["light_curve"].bands_
    )
    assert_array_equal(back(model, tmp_path).transform(X), model.transform(X))


def test_a_loaded_model_serves_as_pretrained(fitted, supernovae, tmp_path):
    X, y = supernovae
    loaded = back(fitted, tmp_path)
    one, other = (make(pretrained=FrozenEstimator(m)).fit(X, y) for m in (fitted, loaded))
    assert_array_equal(one.transform(X), other.transform(X))


def test_modules_of_ours_as_parameters(supernovae, tmp_path):
    X, y = supernovae
    encoder = LightCurveTransformer(n_values=3, d_model=8, n_heads=2, n_layers=1, norm_first=True)
    model = make(encoders={"light_curve": encoder, "spectrum": "cnn"}).fit(X, y)
    loaded = back(model, tmp_path)
    assert_array_equal(loaded.transform(X), model.transform(X))
    found = loaded.encoders["light_curve"]
    assert type(found) is LightCurveTransformer
    assert torch.equal(found.project.weight, encoder.project.weight)


@pytest.mark.parametrize("given", [OwnEncoder(), OwnEncoder, lambda: OwnEncoder()])
def test_modules_of_the_users_are_refused_unless_given_again(given, supernovae, tmp_path):
    X, y = supernovae
    model = make(encoders={"light_curve": given}).fit(X, y)
    with pytest.raises(TypeError, match=r"module of your own.*modules=\['light_curve'\]"):
        save_model(model, tmp_path / "a")
    assert not (tmp_path / "a").exists()
    save_model(model, tmp_path / "a", modules=["light_curve"])
    with pytest.raises(ModelFileError, match=r"modules=\{'light_curve': \.\.\.\}"):
        load_model(tmp_path / "a")
    for again in (OwnEncoder(), OwnEncoder):
        loaded = load_model(tmp_path / "a", modules={"light_curve": again})
        assert_array_equal(loaded.transform(X), model.transform(X))
        assert loaded.encoders["light_curve"] is again
    with pytest.raises(ModelFileError, match="wrong shape"):
        load_model(tmp_path / "a", modules={"light_curve": OwnEncoder(5)})
    with pytest.raises(ModelFileError, match="are missing, or not its own"):
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


def encoder_sizes(description):
    return structure(description)["sizes"]["encoders"]["parts"]["light_curve"]["sizes"]


@pytest.mark.parametrize(
    ("change", "match"),
    [
        (lambda d: encoder_sizes(d).update(d_model={"value": 2**50}), "d_model=1125899906842624"),
        (lambda d: encoder_sizes(d).update(d_model={"value": 10**6}), "wrong shape"),
        (lambda d: encoder_sizes(d).update(d_model={"value": -4}), "makes no sense"),
        (lambda d: encoder_sizes(d).update(n_layers={"value": 10**6}), "no weights for them"),
        (lambda d: encoder_sizes(d).update(n_layers={"value": 2}), "are missing, or not its own"),
        (lambda d: encoder_sizes(d).update(evil={"value": 1}), "makes no sense"),
        (lambda d: structure(d)["sizes"].update(temperature={"value": 0}), "makes no sense"),
        (lambda d: structure(d).update({"class": "torch.load"}), "does not build"),
        (lambda d: structure(d).update(given="light_curve"), "module of somebody's own"),
    ],
)
def test_structures_that_do_not_fit(fitted, change, match, tmp_path):
    save_model(fitted, tmp_path / "a")
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


def test_sizes_stay_with_the_module():
    import copy
    import pickle

    module = SpectrumConvNet(n_channels=2, d_model=4, n_layers=1)
    for other in (copy.deepcopy(module), pickle.loads(pickle.dumps(module))):
        assert other.sizes == {"n_channels": 2, "d_model": 4, "n_layers": 1}


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
