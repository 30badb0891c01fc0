"""Inputs of networks are the arrays of the preprocessors."""

import numpy as np
import pytest

from sklearn_sn.onnx._inputs import network_inputs
from sklearn_sn.onnx._network import exported
from tests.onnx.conftest import MODELS


@pytest.mark.parametrize("name", MODELS)
def test_describe_what_the_preprocessor_makes(name, fitted_models, supernovae):
    from sklearn_sn.onnx import onnx_arrays

    model, modality = fitted_models[name], MODELS[name][1]
    arrays, object_index = onnx_arrays(model, supernovae[0], modality)
    inputs = network_inputs(modality, exported(model, modality).preprocessor)
    assert [one.name for one in inputs] == list(arrays)
    for one in inputs:
        array = arrays[one.name]
        assert str(array.dtype) == one.dtype
        assert array.ndim == len(one.axes)
        assert len(array) == len(object_index)
        for size, axis in zip(array.shape, one.axes, strict=True):
            assert isinstance(axis, str) or size == axis


def test_examples_have_padding_at_the_end(fitted_models):
    rng = np.random.default_rng(0)
    inputs = network_inputs("light_curve", exported(fitted_models["gru"], None).preprocessor)
    arrays = {one.name: one.example(4, 10, rng) for one in inputs}
    assert arrays["values"].shape == (4, 10, 4)
    assert arrays["pad_mask"].sum(axis=1).tolist() == [0, 2, 2, 2]
    assert arrays["pad_mask"][1, -1]
    assert (np.diff(arrays["time"], axis=1) >= 0).all()
