"""Columns of the members of a fusion."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from numbers import Integral
from typing import Any

import numpy as np
import pandas as pd

from sklearn_sn.classification._modality_presence import can_count
from sklearn_sn.data import warn_quality


@dataclass
class FusionColumns:
    """Columns of the members, as found in fit.

    Parameters
    ----------
    members : dict of str to list of str
        Columns of each member that is not dropped.
    presence : dict of str to (list of str, dict or callable)
        Per member, the columns of which one must hold something for an object to have the
        modality, the least numbers of points in columns, or a function that returns a mask.
    containers : list of str
        Those of the columns that hold no numbers, and whose missing cells are None.
    """

    _file_kind = "object"

    members: dict[str, list[str]]
    presence: dict[str, Any]
    containers: list[str]

    def completed(self, X: pd.DataFrame) -> pd.DataFrame:
        """Return a table with all columns; those that it lacks are missing for all objects.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows
            Table.

        Returns
        -------
        pandas.DataFrame of n_objects rows
            `X` itself if nothing is missing.

        Raises
        ------
        ValueError
            If the table has none of the columns.
        """
        needed = dict.fromkeys(name for names in self.members.values() for name in names)
        needed |= dict.fromkeys(
            name for rule in self.presence.values() if not callable(rule) for name in rule
        )
        missing = [name for name in needed if name not in X.columns]
        if not missing:
            return X
        if len(missing) == len(needed):
            raise ValueError(
                f"X has none of the columns of LateFusionClassifier, {[*needed]}; it has "
                f"{list(X.columns)[:10]}."
            )
        warn_quality(
            f"X lacks the columns {missing} of LateFusionClassifier; they count as missing for "
            "all objects."
        )
        empty = {True: np.full(len(X), None, dtype=object), False: np.full(len(X), np.nan)}
        return X.assign(**{name: empty[name in self.containers] for name in missing})


def find_columns(
    X: pd.DataFrame,
    estimators: Sequence[tuple[str, Any, Any]],
    presence: Mapping[str, Any] | None,
) -> FusionColumns:
    """Find the columns of every member.

    Parameters
    ----------
    X : pandas.DataFrame
        Training table.
    estimators : list of (str, estimator, columns)
        Members.
    presence : dict or None
        Rules that decide which objects have the modality of a member.

    Returns
    -------
    FusionColumns

    Raises
    ------
    ValueError
        If a member is no triple, a name occurs twice or is not valid, an estimator has no
        predict_proba, a column is missing, or a rule belongs to no member.
    """
    _check_members(estimators)
    members = {
        name: _names(X, columns, f"member {name!r}")
        for name, estimator, columns in estimators
        if estimator != "drop"
    }
    if not members:
        raise ValueError("All members of LateFusionClassifier are dropped; keep one at least.")
    rules = dict(presence or {})
    unknown = set(rules) - {name for name, _, _ in estimators}
    if unknown:
        raise ValueError(
            "The 'presence' parameter of LateFusionClassifier must have names of members as its "
            f"keys. Got {sorted(map(str, unknown))} instead."
        )
    found = {}
    for name, columns in members.items():
        rule = rules.get(name, columns)
        if isinstance(rule, Mapping):
            found[name] = _least_counts(X, rule, f"'presence' of {name!r}")
        else:
            found[name] = rule if callable(rule) else _names(X, rule, f"'presence' of {name!r}")
    used = dict.fromkeys(name for names in members.values() for name in names)
    used |= dict.fromkeys(n for rule in found.values() if not callable(rule) for n in rule)
    containers = [name for name in used if not pd.api.types.is_numeric_dtype(X[name].dtype)]
    return FusionColumns(members, found, containers)


def _least_counts(X, rule, owner):
    """Return a dict of the least number of points of columns."""
    for name in _names(X, list(rule), owner):
        least = rule[name]
        if not isinstance(least, Integral) or least < 1 or not can_count(X[name]):
            raise ValueError(
                f"The {owner} of LateFusionClassifier must give the least number of points or "
                "spectra, an int in the range [1, inf), for a column of light curves, spectra or "
                f"other nested points. Got {name!r}: {least!r} instead."
            )
    return {name: int(least) for name, least in rule.items()}


def _names(X, columns, owner):
    """Return columns as a list of names that the table has."""
    names = columns(X) if callable(columns) else columns
    names = [names] if isinstance(names, str) else list(names)
    absent = [name for name in names if not isinstance(name, str) or name not in X.columns]
    if absent or not names:
        raise ValueError(
            f"The columns of the {owner} of LateFusionClassifier must be names of columns of X. "
            f"Got {names!r}, and X has {list(X.columns)[:10]}."
        )
    for name in names:
        if isinstance(X[name], pd.DataFrame):
            raise ValueError(f"X has {X[name].shape[1]} columns {name!r}; keep one.")
    return names


def _check_members(estimators):
    if not len(estimators) or any(
        not isinstance(item, tuple | list) or len(item) != 3 or not isinstance(item[0], str)
        for item in estimators
    ):
        raise ValueError(
            "The 'estimators' parameter of LateFusionClassifier must be a list of (name, "
            f"estimator, columns) with one member at least. Got {estimators!r} instead."
        )
    names = [name for name, _, _ in estimators]
    if len(set(names)) < len(names) or any("__" in name for name in names):
        raise ValueError(
            "The names in 'estimators' of LateFusionClassifier must differ, and must not contain "
            f"'__'. Got {names}."
        )
    for name, estimator, _ in estimators:
        if estimator != "drop" and not hasattr(estimator, "predict_proba"):
            raise ValueError(
                f"The member {name!r} of LateFusionClassifier must be a classifier with "
                f"predict_proba, or 'drop'. Got {estimator!r} instead."
            )
