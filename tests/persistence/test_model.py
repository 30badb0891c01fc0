"""save_model, load_model and read_card keep what they promise."""

import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal
from sklearn.base import clone
from sklearn.ensemble import (
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
)
from sklearn.exceptions import NotFittedError
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import GridSearchCV
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import FeatureUnion, Pipeline, make_pipeline
from sklearn.preprocessing import (
    FunctionTransformer,
    StandardScaler,
)
from sklearn.svm import SVC

from sklearn_sn.persistence import RetrainingWarning, load_model, read_card, save_model
from tests.persistence.tampering import files_of
from tests.persistence.test_round_trips import back, points


def test_another_process_answers_the_same(fitted, supernovae, tmp_path):
    X, y = supernovae
    model = make_pipeline(FrozenEstimator(fitted), HistGradientBoostingClassifier(max_iter=3))
    model.fit(X, y)
    save_model(model, tmp_path / "a.snmodel")
    np.save(tmp_path / "expected.npy", model.predict_proba(X))
    np.save(tmp_path / "embedding.npy", fitted.transform(X))
    code = f"""
import numpy as np
from sklearn_sn.datasets import make_supernovae
from sklearn_sn.persistence import load_model
X, y = make_supernovae(60, random_state=0)
model = load_model({str(tmp_path / "a.snmodel")!r})
folder = {str(tmp_path)!r}
assert np.array_equal(model.predict_proba(X), np.load(folder + "/expected.npy"))
assert np.array_equal(model[0].transform(X), np.load(folder + "/embedding.npy"))
"""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_loading_leaves_the_global_generators_alone(fitted, tmp_path):
    import torch

    save_model(fitted, tmp_path / "a.snmodel")
    before = np.random.get_state()[1].copy(), torch.get_rng_state()  # noqa: NPY002
    load_model(tmp_path / "a.snmodel")
    assert_array_equal(before[0], np.random.get_state()[1])  # noqa: NPY002
    assert torch.equal(before[1], torch.get_rng_state())


def test_the_same_model_gives_the_same_bytes(fitted, supernovae, tmp_path):
    X, y = supernovae
    heads = [KNeighborsClassifier(), GradientBoostingClassifier(n_estimators=2)]
    union = FeatureUnion([("embedding", FrozenEstimator(fitted))])
    for i, head in enumerate(heads):
        save_model(make_pipeline(union, head).fit(X, y), tmp_path / f"a{i}")
        save_model(load_model(tmp_path / f"a{i}"), tmp_path / f"b{i}")
        assert (tmp_path / f"a{i}").read_bytes() == (tmp_path / f"b{i}").read_bytes()
    save_model(fitted, tmp_path / "a")
    save_model(load_model(tmp_path / "a"), tmp_path / "b")
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_a_loaded_model_can_be_cloned_fitted_and_saved_again(fitted, supernovae, tmp_path):
    X, y = supernovae
    loaded = back(fitted, tmp_path)
    with pytest.warns(RetrainingWarning, match="trained anew"):
        again = clone(loaded).fit(X, y)
    assert_array_equal(again.transform(X), fitted.transform(X))
    save_model(loaded, tmp_path / "again")
    assert_array_equal(load_model(tmp_path / "again").transform(X), fitted.transform(X))


def test_nothing_but_neighbours_and_vectors_holds_the_rows(fitted, supernovae, tmp_path):
    X, _ = supernovae
    save_model(fitted, tmp_path / "a")
    for data in files_of(tmp_path / "a").values():
        for text in (str(X.index[7]), str(Path.home()), str(tmp_path)):
            assert text.encode() not in data
    X, classes, _ = points()
    save_model(KNeighborsClassifier().fit(X, classes), tmp_path / "b")
    assert any("KNeighborsClassifier" in limit for limit in read_card(tmp_path / "b")["limits"])


def test_not_fitted(embedder, tmp_path):
    for estimator in (embedder, make_pipeline(StandardScaler(), SVC())):
        with pytest.raises(NotFittedError):
            save_model(estimator, tmp_path / "a")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("thing", [3, {"a": 1}, StandardScaler])
def test_only_estimators_are_saved(thing, tmp_path):
    with pytest.raises(TypeError, match="Only estimators can be saved"):
        save_model(thing, tmp_path / "a")


def test_refusals_name_the_part_and_the_remedy(tmp_path):
    X, classes, _ = points()
    search = GridSearchCV(KNeighborsClassifier(), {"n_neighbors": [3, 5]}, cv=2).fit(X, classes)
    with pytest.raises(TypeError, match=r"Cannot save GridSearchCV: .* best_estimator_"):
        save_model(search, tmp_path / "a")
    model = make_pipeline(StandardScaler(), FunctionTransformer(np.sqrt, validate=False))
    with pytest.raises(TypeError, match=r"Pipeline/steps/1/1/func: functions and classes"):
        save_model(model.set_params(functiontransformer__func=abs).fit(X), tmp_path / "a")
    model = Pipeline([("scale", StandardScaler())], memory=str(tmp_path)).fit(X)
    with pytest.raises(TypeError, match="memory=None"):
        save_model(model, tmp_path / "a")
    table = pd.DataFrame({"a": X[:, 0], "b": pd.Categorical(np.arange(120) % 3)})
    model = HistGradientBoostingClassifier(max_iter=2).fit(table, classes)
    with pytest.raises(TypeError, match="OrdinalEncoder"):
        save_model(model, tmp_path / "a")
    with pytest.raises(TypeError, match="precomputed kernel"):
        save_model(SVC(kernel="precomputed").fit(X @ X.T, classes), tmp_path / "a")

    class Own(StandardScaler):
        pass

    with pytest.raises(TypeError, match=r"Cannot save Own: objects of .*Own"):
        save_model(Own().fit(X), tmp_path / "a")
    assert not (tmp_path / "a").exists()


def test_text_and_path_objects(tmp_path):
    X, _, _ = points()
    for path in (str(tmp_path / "ä b.snmodel"), tmp_path / "ä c"):
        save_model(StandardScaler().fit(X), path)
        assert_array_equal(load_model(path).mean_, X.mean(axis=0))
        assert read_card(path)["estimator"] == "StandardScaler"


def test_other_versions_warn(tmp_path, monkeypatch):
    from sklearn_sn.persistence import ModelVersionWarning, _model

    monkeypatch.setattr(
        _model, "installed_versions", lambda classes: {"scikit-learn": "1.2.9", "numpy": "2.4.0"}
    )
    save_model(StandardScaler().fit(points()[0]), tmp_path / "a")
    monkeypatch.undo()
    with pytest.warns(ModelVersionWarning, match=r"scikit-learn 1\.2\.9 \(here"):
        load_model(tmp_path / "a")


def test_a_file_of_format_version_1_loads():
    path = Path(__file__).parent / "format_1.snmodel"
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "", Warning)
        model = load_model(path)
    X, _, _ = points()
    expected = [[0.13102985, 0.3867209, 0.48224925], [0.36982585, 0.39913103, 0.23104312]]
    np.testing.assert_allclose(model.predict_proba(X[:2]), expected, rtol=1e-6)
