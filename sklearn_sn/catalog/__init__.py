"""Classes, redshifts and neighbours of any objects from the models of the package."""

from sklearn_sn.catalog._classify import classify
from sklearn_sn.catalog._redshifts import estimate_redshifts
from sklearn_sn.catalog._report import report

__all__ = ["classify", "estimate_redshifts", "report"]
