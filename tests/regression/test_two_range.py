"""Two regressors, of small and of all numbers."""

import numpy as np
import pandas as pd
import pytest
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import RandomForestRegressor
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LinearRegression, LogisticRegression

from sklearn_sn.persistence import load_model, save_model
from sklearn_sn.regression import TwoRangeRegressor

RNG = np.random.default_rng(0)
Y = np.exp(RNG.uniform(np.log(0.005), np.log(1.0), 600))
X = np.stack([np.log(Y) + RNG.normal(scale=0.1, size=600), RNG.normal(size=600)], axis=1)
LINE = LinearRegression()


@pytest.fixture(scope="module")
def fitted():
    model = TwoRangeRegressor(LINE, classifier=LogisticRegression(), threshold=0.1)
    return model.fit(X[:500], Y[:500])


def test_predictions_are_weighted_geometric_means(fitted):
    below = Y[:500] < 0.1
    low = LinearRegression().fit(X[:500][below], Y[:500][below]).predict(X[500:])
    high = LinearRegression().fit(X[:500], Y[:500]).predict(X[500:])
    share = LogisticRegression().fit(X[:500], below).predict_proba(X[500:])[:, 1]
    low, high = (np.maximum(part, Y[:500].min()) for part in (low, high))
    np.testing.assert_allclose(fitted.predict(X[500:]), low**share * high ** (1 - share))


def test_small_numbers_are_better_than_by_one_regressor(fitted):
    near = Y[500:] < 0.1
    alone = np.abs(LinearRegression().fit(X[:500], Y[:500]).predict(X[500:]) - Y[500:])[near]
    both = np.abs(fitted.predict(X[500:]) - Y[500:])[near]
    assert both.mean() < 0.5 * alone.mean()


def test_certain_classifiers_choose_one_regressor():
    always = DummyClassifier(strategy="constant", constant=True)
    model = TwoRangeRegressor(
        RandomForestRegressor(5, random_state=0), classifier=always, threshold=0.1
    )
    model.fit(X, Y)
    np.testing.assert_allclose(model.predict(X), model.low_.predict(X))
    assert model.predict(X).max() < 0.1


def test_a_table_keeps_its_columns_and_a_saved_model_its_predictions(tmp_path):
    table = pd.DataFrame(X, columns=["a", "b"])
    forest = RandomForestRegressor(5, random_state=0)
    model = TwoRangeRegressor(forest, low=LINE).fit(table, Y)
    assert model.feature_names_in_.tolist() == ["a", "b"]
    assert isinstance(model.low_, LinearRegression)
    save_model(model, tmp_path / "two.snmodel")
    np.testing.assert_array_equal(
        load_model(tmp_path / "two.snmodel").predict(table), model.predict(table)
    )


def test_wrong_use_is_named():
    model = TwoRangeRegressor(LINE)
    with pytest.raises(NotFittedError):
        model.predict(X)
    with pytest.raises(ValueError, match="600 objects but y has 3 numbers"):
        model.fit(X, Y[:3])
    with pytest.raises(ValueError, match="y holds the number -1, in row 2; all must be positive"):
        model.fit(X[:3], [0.1, 0.2, -1.0])
    with pytest.raises(ValueError, match=r"are on one side of the 'threshold' 0\.2"):
        model.fit(X[:3], [0.1, 0.1, 0.15])
    with pytest.raises(ValueError, match="The 'threshold' parameter of TwoRangeRegressor"):
        TwoRangeRegressor(LINE, threshold=0.0).fit(X, Y)
