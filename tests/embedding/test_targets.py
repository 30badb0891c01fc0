"""Targets of the auxiliary heads: classes, and numbers on a compressed scale."""

import warnings

import numpy as np
import pandas as pd
import pytest
import torch

from sklearn_sn.embedding._targets import (
    AuxiliaryTargets,
    class_labels,
    number_column,
    one_column,
)

CLASSES = np.array(["Ia", "II", "Ia"])


@pytest.mark.parametrize("learned", [True, False])
def test_missing_labels_stay_missing_among_text(learned):
    for y in (["Ia", np.nan], pd.Series(["Ia", None]), np.array(["Ia", np.nan], dtype=object)):
        assert one_column(y, learned).tolist() == ["Ia", None]


def test_no_labels_and_bytes():
    assert one_column(None, True) is None
    assert one_column(np.array([b"Ia", b"II"]), True).tolist() == ["Ia", "II"]
    assert one_column([], False).shape == (0,)


def test_a_column_is_flattened_and_this_is_said_if_it_is_learned():
    column = np.array([[1.0], [2.0]])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert one_column(column, False).tolist() == [1.0, 2.0]
    with pytest.warns(UserWarning, match="column-vector"):
        assert one_column(column, True).tolist() == [1.0, 2.0]


def test_several_columns_are_rejected_only_if_they_are_learned():
    assert one_column(np.zeros((3, 2)), False).shape == (3, 2)
    with pytest.raises(ValueError, match=r"1d array"):
        one_column(np.zeros((3, 2)), True)


def test_number_column_returns_floats_or_names_the_column():
    values = number_column(pd.Series([1, 2]), "redshift")
    assert values.dtype == np.float64 and values.tolist() == [1.0, 2.0]
    with pytest.raises(ValueError, match=r"'aux_columns' .* 'host', .* Pass classes as y"):
        number_column(pd.Series(["spiral", "dwarf"]), "host")


@pytest.mark.parametrize(
    "y", [None, [0.5, 1.5], [np.nan, np.nan], np.zeros((2, 2)), [], [0.5, np.nan]]
)
def test_these_are_no_classes(y):
    assert class_labels(y) is None


def test_classes_with_and_without_unknown_labels():
    assert class_labels(["a", "b", "a"]).tolist() == ["a", "b", "a"]
    assert class_labels([1, 0, 1]).tolist() == [1, 0, 1]
    partly = class_labels(np.array(["a", None, "b"], dtype=object))
    assert partly.tolist() == ["a", None, "b"]


def test_classes_are_encoded_as_codes():
    targets = AuxiliaryTargets().fit(CLASSES, {})
    assert targets.classes_.tolist() == ["II", "Ia"] and targets.names_ == []
    y = np.array(["Ia", None, "II"], dtype=object)
    out = targets.encode(y, {})
    assert out.keys() == {"classes"} and out["classes"].tolist() == [1, -1, 0]


def test_a_new_class_and_mixed_labels_are_rejected():
    targets = AuxiliaryTargets().fit(CLASSES, {})
    with pytest.raises(ValueError, match=r"the class 'Ib', .* Set warm_start=False"):
        targets.encode(np.array(["Ia", "Ib"]), {})
    with pytest.raises(ValueError, match=r"y mixes kinds of labels .* Use one kind"):
        AuxiliaryTargets().fit(np.array(["Ia", 1], dtype=object), {})


def test_numbers_are_compressed_and_standardised():
    y = np.array([0.01, 0.1, 1.0, np.nan])
    targets = AuxiliaryTargets().fit(y, {})
    assert targets.names_ == ["y"] and len(targets.classes_) == 0
    scaled = targets.encode(y, {})["targets"][:, 0]
    assert scaled.dtype == np.float32 and np.isnan(scaled[3])
    compressed = np.arcsinh(y[:3] / 0.03)  # 0.3 of the median
    expected = (compressed - compressed.mean()) / compressed.std()
    np.testing.assert_allclose(scaled[:3], expected, rtol=1e-5)


@pytest.mark.parametrize("value", [0.0, 2.0])
def test_a_constant_is_encoded_as_0(value):
    y = np.full(3, value)
    targets = AuxiliaryTargets().fit(None, {"redshift": y})
    np.testing.assert_allclose(targets.encode(None, {"redshift": y})["targets"], 0.0, atol=1e-6)


def test_columns_without_a_number_are_dropped():
    columns = {"empty": np.array([np.nan, np.inf]), "z": np.array([0.1, -np.inf])}
    targets = AuxiliaryTargets().fit(None, columns)
    assert targets.names_ == ["z"]
    scaled = targets.encode(None, columns)["targets"]
    assert scaled.shape == (2, 1) and np.isnan(scaled[1, 0])  # infinity is unknown
    assert AuxiliaryTargets().fit(None, {}).encode(None, {}) == {}


def test_classes_and_columns_go_together():
    z = np.array([0.1, 0.2, 0.3])
    targets = AuxiliaryTargets().fit(CLASSES, {"z": z})
    out = targets.encode(CLASSES, {"z": z})
    assert out["classes"].tolist() == [1, 0, 1] and out["targets"].shape == (3, 1)


def test_weights_of_classes():
    targets = AuxiliaryTargets().fit(CLASSES, {})
    encoded = {"classes": np.array([1, 0, 1, 1, -1])}
    weights = targets.class_weights("balanced", encoded)
    torch.testing.assert_close(weights, torch.tensor([4 / 2, 4 / 6]))
    given = targets.class_weights({"II": 3.0, "Ia": 0.0}, encoded)
    torch.testing.assert_close(given, torch.tensor([3.0, 0.0]))
    assert targets.class_weights(None, encoded) is None
    assert targets.class_weights("balanced", {}) is None
