"""A model from a file warns before it is trained anew."""

import pickle
import warnings

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline

from sklearn_sn.classification import LateFusionClassifier
from sklearn_sn.persistence import RetrainingWarning, load_model, save_model
from tests.base.tiny import classifier

MATCH = "LightCurveClassifier was loaded from a file and is trained anew.*FrozenEstimator"


@pytest.fixture(scope="module")
def path(supernovae, tmp_path_factory):
    path = tmp_path_factory.mktemp("models") / "model"
    save_model(classifier(max_epochs=1).fit(*supernovae), path)
    return path


def test_a_fit_warns_once(supernovae, path):
    model = load_model(path)
    with pytest.warns(RetrainingWarning, match=MATCH) as caught:
        model.fit(*supernovae)
    assert len(caught) == 1 and caught[0].filename == __file__
    model.fit(*supernovae)  # this training was the user's own


@pytest.mark.filterwarnings("ignore:Persisting input arguments")  # of joblib, if the disk is slow
def test_clones_warn(supernovae, path, tmp_path):
    X, y = supernovae
    loaded = load_model(path)
    head = KNeighborsClassifier()
    for model in (clone(clone(loaded)), pickle.loads(pickle.dumps(loaded))):
        with pytest.warns(RetrainingWarning, match=MATCH):
            model.fit(X, y)
    for pipe in (make_pipeline(loaded, head), make_pipeline(loaded, head, memory=str(tmp_path))):
        with pytest.warns(RetrainingWarning, match=MATCH):
            cross_val_score(pipe, X, y, cv=2)
    search = GridSearchCV(loaded, {"lr": [1e-3]}, cv=2)
    with pytest.warns(RetrainingWarning, match=MATCH):
        search.fit(X, y)
    with pytest.warns(RetrainingWarning, match=MATCH):
        make_pipeline(loaded, head).fit(X, y)


def test_a_loaded_pipeline_and_a_loaded_fusion_warn(supernovae, tmp_path):
    X, y = supernovae
    pipe = make_pipeline(classifier(max_epochs=1), KNeighborsClassifier()).fit(X, y)
    save_model(pipe, tmp_path / "pipe")
    fusion = LateFusionClassifier([("curves", classifier(max_epochs=1), ["light_curve"])])
    save_model(fusion.fit(X, y), tmp_path / "fusion")
    for name in ("pipe", "fusion"):
        with pytest.warns(RetrainingWarning, match=MATCH):
            load_model(tmp_path / name).fit(X, y)


def test_frozen_and_continued_models_do_not_warn(supernovae, path):
    X, y = supernovae
    frozen = FrozenEstimator(load_model(path))
    expected = frozen.transform(X)
    pipe = make_pipeline(frozen, KNeighborsClassifier())
    Z_scores = cross_val_score(KNeighborsClassifier(), expected, y, cv=2)
    np.testing.assert_array_equal(cross_val_score(pipe, X, y, cv=2), Z_scores)
    classifier(pretrained=frozen, encoder="auto", max_epochs=1).fit(X, y)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        continued = load_model(path).set_params(warm_start=True).fit(X, y)
    assert continued.n_iter_ == 2
    with pytest.warns(RetrainingWarning):
        # A clone has no weights to continue from.
        clone(load_model(path)).set_params(warm_start=True).fit(X, y)


def test_the_mark_is_not_stored(path, tmp_path):
    save_model(load_model(path), tmp_path / "again")
    assert (tmp_path / "again").read_bytes() == path.read_bytes()
    assert not classifier()._from_file and load_model(path)._from_file
