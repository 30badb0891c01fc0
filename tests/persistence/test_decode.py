"""Descriptions that nobody of ours wrote build nothing."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest
from sklearn.preprocessing import StandardScaler

from sklearn_sn.persistence import ModelFileError, load_model, save_model
from sklearn_sn.persistence._decode import Decoder
from tests.persistence.tampering import changed, described, files_of


def scaler(**changes):
    return {"kind": "object", "class": "sklearn.preprocessing.StandardScaler"} | {
        "params": {},
        "fitted": {},
        **changes,
    }


@pytest.mark.parametrize(
    "name",
    [
        "posix.system",
        "os.system",
        "builtins.eval",
        "subprocess.Popen",
        "sklearn.preprocessing.StandardScaler.fit",
        "sklearn.preprocessing._data.StandardScaler",
        "sklearn.utils.Bunch",
        "sklearn.model_selection.GridSearchCV",
        "sklearn_sn.persistence.load_model",
        "sklearn_sn.persistence._model.load_model",
        "sklearn_sn.persistence._model.Decoder",
        "sklearn_sn.persistence._model.os.system",
        "sklearn_sn.persistence._decode._modules",
        "sklearn_sn.nets._net.NeuralNet",
        "sklearn_sn.nets._net.torch",
        "sklearn_sn.base._estimator.BaseEstimator",
        "sklearn_sn.data.Ragged",
        "sklearn_sn.encoders.encoder_names",
        "sklearn_sn.encoders.GRU.make_module",
        "sklearn_sn.encoders..GRU",
        "sklearn_sn.encoders._gru.__builtins__",
        "sklearn_sn.GRU",
        "sklearn_sn..os.system",
        "sklearn_sn_evil.encoders.GRU",
        # Names of an earlier format.
        "sklearn_sn.modules.LightCurveTransformer",
        "sklearn_sn.nets.LightCurveInput",
        "sklearn_sn.classification.GRUClassifier",
        "sklearn_sn.classification.LightCurveTransformerClassifier",
        "sklearn_sn.regression.LightCurveTransformerRegressor",
        # Of ours, but by another name than its own.
        "sklearn_sn.encoders._gru.GRU",
        "sklearn_sn.embedding._mmvae.MMVAEEmbedder",
        "StandardScaler",
        ".StandardScaler",
        "",
        None,
        3,
        ["sklearn.preprocessing.StandardScaler"],
    ],
)
@pytest.mark.parametrize("kind", ["object", "type", "module"])
def test_classes_outside_of_the_list(name, kind):
    node = {"kind": kind, "class": name, "params": {}, "fitted": {}}
    if kind == "module":
        structure = {"class": name, "config": {}}
        node = {"kind": kind, "structure": structure, "weights": {}, "frozen": []}
    with pytest.raises(ModelFileError, match="which loading does not build"):
        Decoder(described(1)[1]).decode(node, "x")


def test_nothing_is_imported_for_a_class_outside_of_the_list(tmp_path):
    code = f"""
import sys
sys.path.insert(0, {str(tmp_path)!r})
from sklearn_sn.persistence import ModelFileError
from sklearn_sn.persistence._classes import find_class
for name in ("evil.Evil", "sklearn.preprocessing.evil.Evil", "sklearn_sn.evil.Evil"):
    for kind in ("object", "module", "type"):
        try:
            find_class(name, kind)
        except ModelFileError:
            print("refused")
assert "evil" not in sys.modules
"""
    (tmp_path / "evil.py").write_text(f"open({str(tmp_path / 'canary')!r}, 'w')")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == 9 * ["refused"]
    assert "canary" not in os.listdir(tmp_path)


@pytest.mark.parametrize(
    "name",
    ["__class__", "__dict__", "fit", "transform", "_validate_params", "a b"],
)
def test_attributes_that_are_none_of_fit(name):
    with pytest.raises(ModelFileError, match="which is no fitted attribute"):
        Decoder(described(1)[1]).decode(scaler(fitted={name: 1}), "x")


def test_parameters_that_the_installed_version_lacks():
    with pytest.raises(ModelFileError, match="no parameter 'centre'"):
        Decoder(described(1)[1]).decode(scaler(params={"centre": 1}), "x")


@pytest.mark.parametrize(
    "node",
    [
        {},
        {"kind": "eval", "value": "1"},
        {"kind": None},
        {"kind": ["float"]},
        {"kind": "float", "value": "1e5"},
        {"kind": "ref", "number": 0},
        {"kind": "ref", "number": -1},
        {"kind": "ref", "number": True},
        {"kind": "dict", "items": [[[1], 2]]},
        {"kind": "dict", "items": 3},
        {"kind": "set", "items": [[]]},
        {"kind": "slice", "items": [1, 2, 3, 4]},
        {"kind": "objects", "shape": [2**39, 2**39], "items": []},
        {"kind": "objects", "shape": [3], "items": [1]},
        {"kind": "array", "array": "no", "dtype": "<f8", "shape": [1]},
        {"kind": "array"},
        {"kind": "object"},
        {"kind": "loss", "loss": "os"},
        {"kind": "given", "modality": "spectrum"},
        scaler(params=[1]),
        scaler(fitted=None),
    ],
    ids=str,
)
def test_nonsense_in_a_file(node, tmp_path):
    save_model(StandardScaler(with_mean=False).fit([[1.0]]), tmp_path / "a")
    changed(tmp_path / "a", lambda description: {"estimator": node})
    with pytest.raises(ModelFileError, match="cannot be loaded"):
        load_model(tmp_path / "a")


@pytest.mark.parametrize("node", [3, None, "text", [1], {"kind": "tuple", "items": []}])
def test_a_file_without_an_estimator(node, tmp_path):
    save_model(StandardScaler().fit([[1.0]]), tmp_path / "a")
    empty = described(1)[1]
    changed(tmp_path / "a", lambda description: {"estimator": node}, arrays=empty)
    with pytest.raises(ModelFileError, match="holds no estimator"):
        load_model(tmp_path / "a")


def test_a_description_without_an_estimator(tmp_path):
    save_model(StandardScaler().fit([[1.0]]), tmp_path / "a")
    changed(tmp_path / "a", lambda description: {"model": 1})
    with pytest.raises(ModelFileError, match="makes no sense"):
        load_model(tmp_path / "a")


def test_arrays_that_belong_to_nothing(tmp_path):
    save_model(StandardScaler().fit([[1.0]]), tmp_path / "a")
    changed(tmp_path / "a", lambda d: d["estimator"]["fitted"].pop("mean_") and None)
    with pytest.raises(ModelFileError, match=r"StandardScaler/mean_', which nothing refers to"):
        load_model(tmp_path / "a")


def test_deep_nesting_ends_in_an_error(tmp_path):
    save_model(StandardScaler().fit([[1.0]]), tmp_path / "a")

    def nest(description):
        node = 1
        for _ in range(330):
            node = {"kind": "tuple", "items": [node]}
        return {"estimator": node}

    changed(tmp_path / "a", nest)
    with pytest.raises(ModelFileError, match=r"too deeply|no estimator"):
        load_model(tmp_path / "a")


def test_a_claimed_terabyte_takes_no_memory(tmp_path):
    save_model(StandardScaler().fit(np.eye(3)), tmp_path / "a")

    def claim(description):
        description["estimator"]["fitted"]["mean_"]["shape"] = [2**37]

    changed(tmp_path / "a", claim)
    with pytest.raises(ModelFileError, match="claims the shape"):
        load_model(tmp_path / "a")


def test_the_description_is_plain_json(tmp_path):
    save_model(StandardScaler().fit(np.eye(3)), tmp_path / "a")
    description = json.loads(files_of(tmp_path / "a")["model.json"])
    assert description["estimator"]["class"] == "sklearn.preprocessing.StandardScaler"
    assert description["estimator"]["params"] == {
        "copy": True,
        "with_mean": True,
        "with_std": True,
    }
