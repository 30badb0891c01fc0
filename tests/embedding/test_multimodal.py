"""Outputs, missing modalities and retrieval score of contrastive embedders."""

import pickle

import numpy as np
import pandas as pd
import pytest
from sklearn.exceptions import NotFittedError

from sklearn_sn import ContrastiveEmbedder
from sklearn_sn.data import DataQualityWarning
from sklearn_sn.embedding._multimodal import MultimodalEmbedder
from sklearn_sn.metrics import recall_at_k


@pytest.mark.parametrize(
    "output, names",
    [
        ("auto", ["light_curve"]),
        ("spectrum", ["spectrum"]),
        (["light_curve", "spectrum"], ["light_curve", "spectrum"]),
        ("mean", ["mean"]),
    ],
)
def test_output(fitted, supernovae, output, names):
    X, _ = supernovae
    model = pickle.loads(pickle.dumps(fitted)).set_params(output=output)
    Z = model.transform(X)
    assert list(model.get_feature_names_out()) == [f"{n}_{i}" for n in names for i in range(8)]
    assert Z.shape == (60, 8 * len(names)) and Z.dtype == np.float32
    for part in np.split(Z, len(names), axis=1):
        np.testing.assert_allclose(np.linalg.norm(part, axis=1), 1, atol=1e-5)


def test_unknown_output(fitted, supernovae):
    model = pickle.loads(pickle.dumps(fitted)).set_params(output="image")
    with pytest.raises(ValueError, match=r"'output' parameter of ContrastiveEmbedder"):
        model.transform(supernovae[0])


def test_mean_is_the_direction_of_the_mean(fitted, supernovae):
    X, _ = supernovae
    model = pickle.loads(pickle.dumps(fitted)).set_params(output="mean")
    total = model.encode(X, "light_curve") + model.encode(X, "spectrum")
    expected = total / np.linalg.norm(total, axis=1, keepdims=True)
    np.testing.assert_allclose(model.transform(X), expected, atol=1e-6)


def test_score_is_recall_both_ways(fitted, supernovae):
    X, _ = supernovae
    left, right = fitted.encode(X, "light_curve"), fitted.encode(X, "spectrum")
    expected = (recall_at_k(left, right, k=5) + recall_at_k(right, left, k=5)) / 2
    assert fitted.score(X, k=5) == pytest.approx(expected)
    with pytest.warns(DataQualityWarning), pytest.raises(ValueError, match="two modalities"):
        fitted.score(X[["light_curve"]])


def test_light_curves_alone_are_enough_at_predict(fitted, supernovae):
    X, _ = supernovae
    np.testing.assert_array_equal(fitted.transform(X[["light_curve"]]), fitted.transform(X))


def test_missing_cells_get_the_answer_for_nothing(fitted, supernovae):
    X = supernovae[0].copy()
    X["light_curve"] = [None, *X["light_curve"].iloc[1:]]
    with pytest.warns(DataQualityWarning, match="1 objects have no usable light curve"):
        Z = fitted.transform(X)
    np.testing.assert_array_equal(Z[0], fitted.missing_embedding_["light_curve"])
    np.testing.assert_allclose(Z[1:], fitted.transform(supernovae[0])[1:], atol=1e-6)


def test_missing_column_of_an_output(fitted, supernovae):
    model = pickle.loads(pickle.dumps(fitted)).set_params(output=["light_curve", "spectrum"])
    with pytest.warns(DataQualityWarning, match="spectrum"):
        Z = model.transform(supernovae[0][["light_curve"]])
    np.testing.assert_array_equal(Z[:, 8:], np.tile(fitted.missing_embedding_["spectrum"], (60, 1)))
    with pytest.raises(ValueError, match="light_curve"):
        model.transform(supernovae[0][["redshift"]])


def test_score_of_too_few_pairs_says_nothing(fitted, supernovae):
    with pytest.warns(DataQualityWarning, match="nearest 10 of 8 pairs"):
        assert fitted.score(supernovae[0].iloc[:8]) == 1.0


def test_an_object_with_one_modality_has_its_direction_as_the_mean(fitted, supernovae):
    model = pickle.loads(pickle.dumps(fitted)).set_params(output="mean")
    X = supernovae[0][:3].copy()
    X["spectrum"] = [None, *X["spectrum"].iloc[1:]]
    X["light_curve"] = [None, None, X["light_curve"].iloc[2]]
    with pytest.warns(DataQualityWarning, match="1 objects have no usable light curve and no"):
        Z = model.transform(X)
    # Nothing is known of the first: the direction of the mean of both missing embeddings.
    missing = sum(fitted.missing_embedding_.values())
    np.testing.assert_allclose(Z[0], missing / np.linalg.norm(missing), atol=1e-6)
    np.testing.assert_allclose(Z[1], fitted.encode(X, "spectrum")[1], atol=1e-6)


def test_missing_embeddings_are_unit_vectors(fitted):
    for direction in fitted.missing_embedding_.values():
        assert np.linalg.norm(direction) == pytest.approx(1.0, abs=1e-5)


@pytest.mark.parametrize("output", [[], ["spectrum", "spectrum"], ["spectrum", "image"], "image"])
def test_invalid_outputs_are_rejected(fitted, output):
    model = pickle.loads(pickle.dumps(fitted)).set_params(output=output)
    with pytest.raises(ValueError, match="'auto', 'mean', or one or more different modalities"):
        model.get_feature_names_out()


def test_an_unknown_modality_is_not_encoded(fitted, supernovae):
    with pytest.raises(ValueError, match=r"modality must be one of .* Got 'image' instead"):
        fitted.encode(supernovae[0], "image")


def test_no_objects_and_one_object(fitted, supernovae):
    X, _ = supernovae
    assert fitted.transform(X[:0]).shape == (0, 8)
    np.testing.assert_allclose(fitted.transform(X[:1]), fitted.transform(X)[:1], atol=1e-5)
    with pytest.raises(ValueError, match="no object with two modalities"):
        fitted.score(X[:0])


def test_columns_of_metadata_that_are_absent_count_as_missing():
    X = pd.DataFrame({"mass": [1.0, 2.0]})
    with_columns = MultimodalEmbedder._with_columns
    with pytest.warns(DataQualityWarning, match=r"no columns \['age'\]; their values count"):
        filled, names = with_columns(X, ["mass", "age"])
    assert names == ["mass", "age"] and filled["age"].isna().all()
    assert "age" not in X  # the table of the caller is unchanged
    same, none = with_columns(X, ["age", "size"])
    assert same is X and none == []
    assert with_columns(X, ["mass"])[1] == ["mass"]


def test_an_unfitted_embedder_is_rejected(supernovae):
    for call in ("transform", "score", "get_feature_names_out"):
        with pytest.raises(NotFittedError):
            getattr(ContrastiveEmbedder(), call)(supernovae[0])
