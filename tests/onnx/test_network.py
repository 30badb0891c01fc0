"""What is exported of an estimator."""

import numpy as np
import pytest
import torch

from sklearn_sn import SpectraNetClassifier
from sklearn_sn.modules import WideConv
from sklearn_sn.onnx import onnx_arrays
from sklearn_sn.onnx._network import exported
from tests.onnx.conftest import MODELS, ONCE, SMALL_SPECTRANET


@pytest.mark.parametrize("name", MODELS)
def test_is_the_network_of_the_estimator(name, fitted_models, supernovae):
    model, (_, modality, method) = fitted_models[name], MODELS[name]
    export = exported(model, modality)
    arrays, index = onnx_arrays(model, supernovae[0], modality)
    with torch.inference_mode():
        results = export.network(*map(torch.from_numpy, arrays.values()))
    if method == "transform":
        got, expected = results, model.encode(supernovae[0], modality)
    else:
        got, expected = results[1], getattr(model, method)(supernovae[0])
    np.testing.assert_allclose(got, expected[index], rtol=1e-4, atol=1e-5)


def test_the_estimator_is_not_changed(fitted_models):
    network = exported(fitted_models["spectranet"], None).network
    assert all(m.direct for m in network.modules() if isinstance(m, WideConv))
    module = fitted_models["spectranet"].net_.module_
    assert not any(m.direct for m in module.modules() if isinstance(m, WideConv))
    assert module.encoder.precision == "auto"


def test_priors_that_depend_on_the_redshift_are_rejected(supernovae):
    model = SpectraNetClassifier(encoder=SMALL_SPECTRANET, frame="rest", **ONCE)
    model.fit(*supernovae)
    with pytest.raises(TypeError, match=r"depend on the redshift. .* learn_prior=False"):
        exported(model, None)
    assert model.set_params(learn_prior=False).fit(*supernovae) is model
    assert exported(model, None).modality == "spectrum"
