"""Nested parameters of an estimator whose members are triples."""

from typing import Any, Self

from sklearn.utils.metaestimators import _BaseComposition

from sklearn_sn.base import MetaEstimator


class NamedMembers(MetaEstimator, _BaseComposition):
    """Base of estimators with a parameter `estimators`: a list of (name, estimator, columns)."""

    # scikit-learn's handling of nested parameters expects pairs.
    @property
    def _pairs(self):
        return [(name, estimator) for name, estimator, _ in self.estimators]

    @_pairs.setter
    def _pairs(self, pairs):
        self.estimators = [
            (name, estimator, columns)
            for (name, estimator), (_, _, columns) in zip(pairs, self.estimators, strict=True)
        ]

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Return the parameters, with `deep` also those of the members as ``name__parameter``.

        Parameters
        ----------
        deep : bool, default=True
            Include the members and their parameters.

        Returns
        -------
        dict of str to object
        """
        return self._get_params("_pairs", deep=deep)

    def set_params(self, **params: Any) -> Self:
        """Set parameters, also those of the members as ``name__parameter``.

        Parameters
        ----------
        **params : dict
            Parameters by name; the name of a member replaces its estimator.

        Returns
        -------
        self
        """
        return self._set_params("_pairs", **params)
