"""The cross-modal estimators declare their input to scikit-learn."""

import pytest
from sklearn.base import BaseEstimator
from sklearn.exceptions import SkipTestWarning
from sklearn.utils import get_tags
from sklearn.utils.estimator_checks import check_estimator

from sklearn_sn.cross_modal import CrossModalGenerator, CrossModalRetriever, MeanSpectrumGenerator


class ConstantEmbedder(BaseEstimator):
    """Embed every object at the same point."""

    def fit(self, X, y=None):
        self.fitted_ = True
        return self

    def encode(self, X, modality):
        return [[0.0]] * len(X)


ESTIMATORS = [
    CrossModalGenerator(ConstantEmbedder()),
    CrossModalRetriever(ConstantEmbedder()),
    MeanSpectrumGenerator(),
]


each_estimator = pytest.mark.parametrize(
    "estimator", ESTIMATORS, ids=lambda estimator: type(estimator).__name__
)


@each_estimator
def test_scikit_learn_checks_pass_or_do_not_apply(estimator):
    with pytest.warns(SkipTestWarning, match="two_d_array=False"):
        results = check_estimator(estimator, on_skip=None, on_fail=None)
    failed = {result["check_name"]: result for result in results if result["status"] == "failed"}
    assert not failed
    assert {result["check_name"] for result in results} >= {"check_estimator_cloneable"}


@each_estimator
def test_input_is_a_table_with_missing_values(estimator):
    tags = get_tags(estimator)
    assert not tags.input_tags.two_d_array
    assert tags.input_tags.string and tags.input_tags.allow_nan
    assert not tags.target_tags.required
