"""Base of estimators that fit other estimators."""

from numbers import Integral
from typing import Any

from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, MetaEstimatorMixin, is_classifier
from sklearn.model_selection import GroupKFold, KFold, StratifiedGroupKFold, StratifiedKFold
from sklearn.utils._param_validation import Interval

CV_CONSTRAINTS = {
    "cv": [Interval(Integral, 2, None, closed="left"), "cv_object"],
    "random_state": ["random_state"],
}


class MetaEstimator(MetaEstimatorMixin, BaseEstimator):
    """Base of estimators that fit other estimators to a table or array.

    Subclasses with the parameters of ``CV_CONSTRAINTS`` get their folds from :meth:`_splitter`.
    """

    _file_kind = "object"
    _tables_only = False  # whether the estimator rejects arrays

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = not self._tables_only
        tags.input_tags.string = True
        tags.input_tags.allow_nan = True
        return tags

    def _splitter(self, groups: ArrayLike | None) -> Any:
        """Return `cv`; a number stands for shuffled folds, stratified if this is a classifier."""
        if not isinstance(self.cv, Integral):
            return self.cv
        kinds = (StratifiedKFold, StratifiedGroupKFold)
        if not is_classifier(self):
            kinds = (KFold, GroupKFold)
        return kinds[groups is not None](self.cv, shuffle=True, random_state=self.random_state)
