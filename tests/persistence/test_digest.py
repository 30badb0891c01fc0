"""Digests of models."""

import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline

from sklearn_sn.persistence import load_model, model_digest, save_model


def test_a_loaded_model_keeps_its_digest(fitted, supernovae, tmp_path):
    model = make_pipeline(fitted, KNeighborsClassifier()).fit(*supernovae)
    save_model(model, tmp_path / "m.snmodel")
    assert model_digest(load_model(tmp_path / "m.snmodel")) == model_digest(model)


def test_depends_on_parameters_and_weights():
    X, y = [[0.0], [1.0], [2.0]], [0, 1, 1]
    models = [
        LogisticRegression().fit(X, y),
        LogisticRegression(C=0.1).fit(X, y),
        LogisticRegression().fit(X, [0, 0, 1]),
    ]
    assert len({model_digest(model) for model in models}) == 3


def test_what_cannot_be_stored_has_no_digest():
    class Own(LogisticRegression):
        pass

    with pytest.raises(TypeError, match="Cannot save Own"):
        model_digest(Own().fit([[0.0], [1.0]], [0, 1]))
