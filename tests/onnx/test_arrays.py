"""Arrays of exported networks."""

import numpy as np

from sklearn_sn.onnx import onnx_arrays


def test_objects_without_the_modality_have_no_row(fitted_models, supernovae):
    X = supernovae[0].iloc[:6].copy()
    X["light_curve"] = X["light_curve"].where(np.arange(6) % 2 == 0)
    arrays, object_index = onnx_arrays(fitted_models["gru"], X)
    assert object_index.tolist() == [0, 2, 4]
    assert all(len(array) == 3 for array in arrays.values())


def test_a_row_does_not_depend_on_the_others(fitted_models, supernovae):
    X = supernovae[0]
    for modality in ("light_curve", "spectrum", "metadata"):
        together, _ = onnx_arrays(fitted_models["mlp"], X.iloc[:8], modality)
        alone, _ = onnx_arrays(fitted_models["mlp"], X.iloc[[0]], modality)
        for name, array in alone.items():
            row = together[name][0]
            if modality == "light_curve":
                assert together["pad_mask"][0, array.shape[1] :].all()
                row = row[: array.shape[1]]
            np.testing.assert_array_equal(array[0], row)
