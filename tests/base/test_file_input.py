"""Files in place of a table."""

import numpy as np
import pandas as pd
import pytest

from sklearn_sn.base import _file_input
from sklearn_sn.datasets import TableWriter, make_supernovae
from sklearn_sn.embedding import ContrastiveEmbedder, MMVAEEmbedder
from tests.base.tiny import classifier, regressor
from tests.conftest import SMALL


@pytest.fixture(scope="module")
def X():
    X, y = make_supernovae(30, random_state=0)
    return X.assign(type=np.asarray(y))


@pytest.fixture(scope="module")
def path(X, tmp_path_factory):
    path = tmp_path_factory.mktemp("objects") / "objects.parquet"
    with TableWriter(path, row_group_size=8) as writer:
        writer.write(X)
    return path


@pytest.fixture(autouse=True)
def small_tables(monkeypatch):
    monkeypatch.setattr(_file_input, "PREDICT_OBJECTS", 7)


def in_parts(method, X, *args):
    """Results of tables of seven objects, one after the other."""
    return np.concatenate([method(X[start : start + 7], *args) for start in range(0, 30, 7)])


def test_predictions_of_files_are_those_of_the_table(X, path):
    model = classifier().fit(X, X["type"])
    for name in ("predict_proba", "predict", "transform"):
        method = getattr(model, name)
        assert np.array_equal(method(path), in_parts(method, X))
    np.testing.assert_allclose(model.predict_proba(path), model.predict_proba(X), atol=1e-6)
    assert model.score([str(path)], X["type"]) == model.score(X, X["type"])


def test_pairs_of_predictions_are_joined(X, path):
    model = regressor(loss="gaussian").fit(X, X["redshift"])
    for of_file, of_table in zip(
        model.predict(path, return_std=True), model.predict(X, return_std=True), strict=True
    ):
        assert of_file.shape == (30,)
        np.testing.assert_allclose(of_file, of_table, rtol=1e-5)


def test_embeddings_keep_names_as_frames(X, path):
    model = ContrastiveEmbedder(**SMALL).fit(X)
    encoded = in_parts(model.encode, X, "spectrum")
    assert np.array_equal(model.encode(path, "spectrum"), encoded)
    values = model.transform(path)
    frame = model.set_output(transform="pandas").transform(path)
    assert np.array_equal(frame.to_numpy(), values)
    pd.testing.assert_frame_equal(frame, model.transform(X), atol=1e-6)


def test_a_small_file_is_fitted_like_its_table(X, path):
    for labels in ("type", X["type"], X["type"].to_numpy()):
        of_file = classifier().fit(path, labels)
        assert np.array_equal(
            of_file.predict_proba(X), classifier().fit(X, X["type"]).predict_proba(X)
        )
    weight = np.linspace(0.0, 1.0, 30)
    of_file = classifier().fit(path, "type", sample_weight=weight)
    of_table = classifier().fit(X, X["type"], sample_weight=weight)
    assert np.array_equal(of_file.predict_proba(X), of_table.predict_proba(X))


def test_wrong_labels_are_named(X, path):
    with pytest.raises(ValueError, match=r"X has 30 objects but y is of shape \(7,\)"):
        classifier().fit(path, X["type"][:7])
    with pytest.raises(ValueError, match="no plain column 'class'"):
        classifier().fit(path, "class")
    with pytest.raises(ValueError, match="'calibration_fraction' parameter"):
        MMVAEEmbedder(calibration_fraction=0.5).fit(path)
    with pytest.raises(FileNotFoundError):
        classifier().fit("none.parquet", "type")
