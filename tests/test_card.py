"""The lines that the library promises, as they are printed."""

import joblib
import numpy as np
import pytest
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import StackingClassifier
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import (
    GridSearchCV,
    KFold,
    StratifiedKFold,
    cross_val_predict,
    cross_val_score,
    train_test_split,
)
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import Pipeline
from sklearn.svm import SVC


@pytest.fixture
def pipe(embedder):
    return Pipeline([("emb", embedder), ("knn", KNeighborsClassifier())])


def test_cross_val_score(pipe, supernovae):
    X, y = supernovae
    scores = cross_val_score(pipe, X, y, cv=StratifiedKFold(5))
    assert scores.shape == (5,)
    assert np.isfinite(scores).all()


def test_grid_search_in_two_processes(pipe, supernovae):
    X, y = supernovae
    grid = {"emb__embedding_dim": [4, 8], "knn__n_neighbors": [3, 5]}
    search = GridSearchCV(pipe, grid, cv=2, n_jobs=2, error_score="raise").fit(X, y)
    assert search.best_params_["emb__embedding_dim"] in (4, 8)
    assert search.predict(X).shape == (60,)


def test_grid_search_of_the_embedder_alone(embedder, supernovae):
    search = GridSearchCV(embedder, {"lr": [1e-4, 3e-3]}, cv=KFold(2), error_score="raise")
    search.fit(supernovae[0])
    assert 0 <= search.best_score_ <= 1


def test_split_and_cross_val_predict(pipe, supernovae):
    X, y = supernovae
    X_train, X_test, y_train, _ = train_test_split(X, y, stratify=y, random_state=0)
    predicted = pipe.fit(X_train, y_train).predict(X_test[["light_curve"]])
    assert set(predicted) <= set(y)
    assert cross_val_predict(pipe, X, y, cv=3).shape == y.shape


def test_stacking_and_calibration(pipe, supernovae):
    X, y = supernovae
    svc = Pipeline([("emb", clone(pipe["emb"])), ("svc", SVC())])
    stack = StackingClassifier(
        [("knn", pipe), ("svc", svc)], LogisticRegression(max_iter=1000), cv=2
    )
    assert stack.fit(X, y).predict(X).shape == y.shape
    probability = CalibratedClassifierCV(pipe, cv=2).fit(X, y).predict_proba(X)
    np.testing.assert_allclose(probability.sum(axis=1), 1.0)


def test_regression_head(embedder, supernovae):
    X, _ = supernovae
    model = Pipeline([("emb", embedder), ("ridge", Ridge())]).fit(X, X["redshift"])
    assert np.isfinite(model.predict(X)).all()


def test_column_transformer_by_name(embedder, supernovae):
    X, _ = supernovae
    both = ColumnTransformer(
        [("emb", embedder, ["light_curve", "spectrum"]), ("z", "passthrough", ["redshift"])]
    )
    assert both.fit_transform(X).shape == (60, 9)


def test_pandas_output_keeps_object_names(embedder, supernovae):
    X, _ = supernovae
    Z = embedder.set_output(transform="pandas").fit(X).transform(X[::2])
    assert list(Z.index) == list(X.index[::2])
    assert list(Z.columns) == list(embedder.get_feature_names_out())


def test_joblib_round_trip(fitted, supernovae, tmp_path):
    X, _ = supernovae
    joblib.dump(fitted, tmp_path / "model.joblib")
    again = joblib.load(tmp_path / "model.joblib")
    np.testing.assert_array_equal(again.transform(X), fitted.transform(X))
