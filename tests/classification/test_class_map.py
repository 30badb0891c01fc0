"""Fine classes become coarse ones."""

import numpy as np
import pytest

from sklearn_sn.classification._class_map import (
    check_class_map,
    class_codes,
    coarse_labels,
    coarse_probabilities,
)

MAP = {"Ia": "SN I", "Ib": "SN I", "IIn": "SN II"}


def test_labels_that_are_no_keys_stay():
    y = np.array(["Ia", "CV", "IIn", "SN I"])
    assert coarse_labels(y, MAP).tolist() == ["SN I", "CV", "SN II", "SN I"]
    assert coarse_labels(y, None) is y


def test_numbers_may_get_names_if_all_do():
    assert coarse_labels(np.array([2, 0, 2]), {0: "a", 2: "b"}).tolist() == ["b", "a", "b"]
    with pytest.raises(ValueError, match=r"'class_map'.*lacks the class 1"):
        coarse_labels(np.array([0, 1]), {0: "a"})


def test_probabilities_are_summed():
    proba = np.array([[0.1, 0.2, 0.3, 0.4], [1.0, 0.0, 0.0, 0.0]])
    known, classes = np.array(["CV", "IIn", "Ia", "Ib"]), np.array(["CV", "SN I", "SN II"])
    np.testing.assert_allclose(
        coarse_probabilities(proba, known, MAP, classes), [[0.1, 0.7, 0.2], [1, 0, 0]]
    )


def test_classes_that_are_not_asked_for_are_dropped_and_unknown_ones_are_zero():
    proba = np.array([[0.5, 0.25, 0.25], [1.0, 0.0, 0.0]])
    result = coarse_probabilities(
        proba, np.array(["AGN", "Ia", "IIn"]), MAP, np.array(["SN I", "SN II", "TDE"])
    )
    np.testing.assert_allclose(result, [[0.5, 0.5, 0.0], [np.nan] * 3])


def test_a_map_of_other_labels_is_rejected():
    check_class_map(np.array(["Ia"]), MAP)
    check_class_map(np.array(["SN I", "SN II"]), MAP)
    check_class_map(np.array([0, 1]), None)
    check_class_map(np.array([0, 1]), MAP)  # encoded coarse labels
    with pytest.warns(UserWarning, match="does not apply"):
        check_class_map(np.arange(len(MAP)), MAP)
    with pytest.raises(ValueError, match="cross_val_predict"):
        check_class_map(np.array(["TDE", "AGN"]), MAP)


def test_codes():
    classes = np.array(["a", "c"])
    assert class_codes(np.array(["c", "a"]), classes, 2).tolist() == [1, 0]
    with pytest.raises(ValueError, match="'b'"):
        class_codes(np.array(["b"]), classes, 1)
    with pytest.raises(ValueError, match="3 objects but y has 1"):
        class_codes(np.array(["a"]), classes, 3)
