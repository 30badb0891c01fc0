"""Exported networks give the results of the estimator, for every batch and length."""

import json
import sys

import numpy as np
import pytest
from sklearn.frozen import FrozenEstimator

from sklearn_sn import LightCurveClassifier
from sklearn_sn.encoders import GRU, LightCurveTransceiver
from sklearn_sn.onnx import _export, export_onnx, onnx_arrays
from sklearn_sn.regression import LightCurveRegressor
from tests.onnx.conftest import MODELS, ONCE

onnxruntime = pytest.importorskip("onnxruntime")
pytest.importorskip("onnxscript")


def run(path, arrays):
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    return dict(zip(names, session.run(None, arrays), strict=True)), session


def test_a_second_recurrent_network_is_exported_too(supernovae, tmp_path):
    X = supernovae[0]
    redshift = X["redshift"].to_numpy()
    for number, width in enumerate((4, 6)):
        model = LightCurveRegressor(encoder=GRU(d_model=width, n_layers=1), **ONCE)
        model.fit(X, redshift)
        export_onnx(model, tmp_path / f"{number}.onnx")
        for rows in (slice(0, 1), slice(0, 9)):
            arrays, _ = onnx_arrays(model, X.iloc[rows], "light_curve")
            results, _ = run(tmp_path / f"{number}.onnx", arrays)
            np.testing.assert_allclose(results["mean"], model.predict(X.iloc[rows]), atol=1e-5)


def with_padding(name, array):
    """Return an array with thirty further points, which are padding."""
    padded = np.pad(array, [(0, 0), (0, 30), *[(0, 0)] * (array.ndim - 2)])
    if name == "pad_mask":
        padded[:, -30:] = True
    return padded


def expected_of(model, X, modality, method):
    """Results of the estimator, by the name of the output."""
    if method == "transform":
        return {"embedding": model.encode(X, modality)}
    if method == "predict_proba":
        return {"latent": model.transform(X), "probabilities": model.predict_proba(X)}
    mean, std = model.predict(X, return_std=True)
    return {"latent": model.transform(X), "mean": mean, "std": std}


@pytest.mark.parametrize("name", MODELS)
def test_equals_the_estimator(name, fitted_models, supernovae, tmp_path):
    model, (_, modality, method) = fitted_models[name], MODELS[name]
    path = tmp_path / "model.onnx"
    written = export_onnx(FrozenEstimator(model), path, modality)
    X = supernovae[0]
    for rows in (slice(0, 1), slice(3, 10), slice(0, 60)):
        arrays, object_index = onnx_arrays(model, X.iloc[rows], modality)
        results, session = run(path, arrays)
        # Simulated objects have at most one spectrum.
        assert len(set(object_index)) == len(object_index)
        expected = expected_of(model, X.iloc[rows], modality, method)
        assert list(results) == list(expected) == written["outputs"]
        for output, values in expected.items():
            np.testing.assert_allclose(
                results[output], values[object_index], rtol=1e-4, atol=1e-5, err_msg=output
            )
    if modality == "light_curve":
        padded, _ = run(path, {key: with_padding(key, array) for key, array in arrays.items()})
        for output, values in results.items():
            np.testing.assert_allclose(padded[output], values, atol=1e-5, err_msg=output)
    axes = {one.name: one.shape for one in session.get_inputs()}
    assert axes == {one["name"]: one["axes"] for one in written["inputs"]}
    stored = session.get_modelmeta().custom_metadata_map["sklearn_sn"]
    assert json.loads(stored) == written
    if method == "predict_proba":
        assert written["classes"] == model.classes_.tolist()


def test_what_is_not_supported_is_named(fitted_models, supernovae, tmp_path):
    path = tmp_path / "model.onnx"
    X, y = supernovae
    encoder = LightCurveTransceiver(d_model=8, n_layers=1, n_frequencies=4)
    model = LightCurveClassifier(encoder=encoder, **ONCE).fit(X, y)
    with pytest.raises(
        TypeError, match=r"LightCurveTransceiver. Of the modality 'light_curve', it supports .*GRU"
    ):
        export_onnx(model, path)
    with pytest.raises(TypeError, match="does not support LogisticRegression"):
        from sklearn.linear_model import LogisticRegression

        export_onnx(LogisticRegression().fit([[0.0], [1.0]], [0, 1]), path)
    with pytest.raises(ValueError, match=r"must be one of \['light_curve', 'spectrum', 'metadata"):
        export_onnx(fitted_models["transformer"], path)
    arrays = np.random.default_rng(0).normal(size=(20, 12))
    on_array = LightCurveClassifier(encoder="deep_sets", **ONCE).fit(arrays, [0, 1] * 10)
    with pytest.raises(ValueError, match="was fitted on an array"):
        export_onnx(on_array, path)
    assert not path.exists()


def test_a_file_that_differs_from_torch_is_not_written(fitted_models, tmp_path, monkeypatch):
    monkeypatch.setattr(_export, "_TOLERANCE", -1.0)
    with pytest.raises(RuntimeError, match=r"differs from torch .* Nothing was written"):
        export_onnx(fitted_models["mlp"], tmp_path / "m.onnx", "metadata")
    assert not list(tmp_path.iterdir())


def test_without_onnx_the_error_names_the_extra(fitted_models, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(ImportError, match=r"pip install 'sklearn-sn\[onnx\]'"):
        export_onnx(fitted_models["gru"], tmp_path / "m.onnx")
