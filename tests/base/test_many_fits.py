"""Whether a fit is one of many."""

from sklearn.base import BaseEstimator
from sklearn.model_selection import cross_val_score

from sklearn_sn.base._many_fits import is_one_of_many_fits


class Asks(BaseEstimator):
    """Estimator whose score is whether its fit was one of many."""

    def fit(self, X, y=None):
        self.found_ = is_one_of_many_fits()
        return self

    def score(self, X, y=None):
        return float(self.found_)


def test_a_cross_validation_fits_many():
    X = [[0.0], [1.0], [2.0]]
    assert cross_val_score(Asks(), X, cv=3).tolist() == [1.0, 1.0, 1.0]
    assert not Asks().fit(X).found_
