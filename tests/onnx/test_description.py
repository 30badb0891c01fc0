"""Descriptions in ONNX files."""

import json

from sklearn_sn.onnx._description import description
from sklearn_sn.onnx._network import exported


def test_has_the_numbers_of_the_scaling(fitted_models):
    model = fitted_models["gru"]
    written = json.loads(description(exported(model, None)))
    assert written["estimator"] == "LightCurveClassifier"
    assert written["encoder"]["class"] == "GRU"
    assert written["encoder"]["d_model"] == 8
    assert written["modality"] == "light_curve"
    assert written["classes"] == model.classes_.tolist()
    assert written["outputs"] == ["latent", "probabilities"]
    scaling = written["scaling"]
    assert scaling["class"] == "LightCurveSequencePreprocessor"
    for name in ("scale_", "size_mean_", "size_scale_"):
        assert scaling[name] == getattr(model.preprocessor_, name)
    assert scaling["bands_"] == model.preprocessor_.bands_.tolist()


def test_embedders_have_no_classes(fitted_models):
    written = json.loads(description(exported(fitted_models["cnn"], "spectrum")))
    assert written["classes"] is None
    assert len(written["scaling"]["wavelength_"]) == 50
