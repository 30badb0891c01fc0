"""Data quality: the log of a check, its warning and its report."""

import os
import sys
import warnings
from pathlib import Path
from typing import NoReturn

import joblib
import numpy as np
import pandas as pd
import sklearn

_PACKAGE = str(Path(__file__).parents[1]) + os.sep
# Pipelines and searches also stand between the user's line and the check.
_INTERMEDIATE = tuple(str(Path(package.__file__).parent) + os.sep for package in (joblib, sklearn))


class DataQualityWarning(UserWarning):
    """Warning about a table in which something was repaired, dropped or is suspect."""


def warn_quality(message: str) -> None:
    """Emit a DataQualityWarning that points at the user's line.

    Parameters
    ----------
    message : str
        Text of the warning.
    """
    warnings.warn(message, DataQualityWarning, stacklevel=_user_stacklevel() - 1)


def warn_user(message: str, category: type[Warning]) -> None:
    """Emit a warning that points at the user's line.

    Parameters
    ----------
    message : str
        Text of the warning.
    category : type
        Class of the warning.
    """
    warnings.warn(message, category, stacklevel=_user_stacklevel() - 1)


def _user_stacklevel():
    """Return the stacklevel of the first frame outside this package and scikit-learn."""
    # `outside` is the first frame of scikit-learn, used if the user has no frame at all.
    frame, level, outside = sys._getframe(), 1, None
    while frame is not None:
        name = frame.f_code.co_filename
        if not name.startswith(_PACKAGE):
            if not name.startswith(_INTERMEDIATE):
                return level
            outside = outside or level
        frame, level = frame.f_back, level + 1
    return outside or 3  # a worker process has no line of the user


class QualityLog:
    """Log of one check of a table, reported in a single warning.

    Parameters
    ----------
    index : pandas.Index of shape (n_objects,)
        Names of the objects.

    Attributes
    ----------
    columns : dict of str to ndarray
        Numbers per object, for the report.
    flags : dict of str to ndarray of bool
        Flagged objects, for the report.
    """

    def __init__(self, index: pd.Index) -> None:
        self.index = index
        self.columns = {}
        self.flags = {}
        self._repairs = []
        self._suspicions = []

    def count(self, column: str, values: np.ndarray) -> None:
        """Add a number per object to the report.

        Parameters
        ----------
        column : str
            Column of the report.
        values : ndarray of shape (n_objects,)
            The numbers.
        """
        self.columns[column] = values

    def flag(self, name: str, objects: np.ndarray) -> None:
        """Flag objects in the report.

        Parameters
        ----------
        name : str
            Name of the flag.
        objects : ndarray of bool, shape (n_objects,), or of int
            Mask or positions of the objects.
        """
        mask = self.flags.setdefault(name, np.zeros(len(self.index), dtype=bool))
        mask[objects] = True

    def repaired(self, what: str, object_index: np.ndarray) -> None:
        """Record a repair, unless it concerns no point.

        Parameters
        ----------
        what : str
            What was done to which points.
        object_index : ndarray of int, shape (n_repaired,)
            Object of every point concerned.
        """
        if len(object_index):
            objects = np.unique(object_index)
            self._repairs.append(
                f"{what} ({len(object_index)} in {len(objects)} objects, first "
                f"{self.index[objects[0]]!r})"
            )

    def suspect(self, what: str, remedy: str) -> None:
        """Record values that look wrong and are left unchanged.

        Parameters
        ----------
        what : str
            What looks wrong.
        remedy : str
            What to do if it is wrong.
        """
        self._suspicions.append(f"{what}; {remedy}")

    def reject(self, row: int, column: str, value: str, remedy: str) -> NoReturn:
        """Raise a ValueError that names object, column, value and remedy.

        Parameters
        ----------
        row : int
            Position of the object.
        column : str
            Name of the column or field.
        value : str
            The value, as a predicate such as "is -1".
        remedy : str
            What to do.
        """
        raise ValueError(f"Object {self.index[row]!r}: {column} {value}; {remedy}.")

    def summary(self) -> str:
        """Return everything recorded as text; empty if nothing was recorded."""
        sentences = [f"Input was repaired: {'; '.join(self._repairs)}."] if self._repairs else []
        sentences += [f"Input looks wrong and was left unchanged: {s}." for s in self._suspicions]
        return " ".join(sentences)

    def warn(self) -> None:
        """Emit one warning about everything recorded."""
        summary = self.summary()
        if summary:
            warn_quality(f"{summary} See quality_report.")

    def report(self) -> pd.DataFrame:
        """Return the report as a DataFrame.

        Returns
        -------
        pandas.DataFrame of n_objects rows
            The counts, and a column ``flag`` of comma-separated flags.
        """
        flags = np.full(len(self.index), "", dtype=object)
        for name, mask in self.flags.items():
            flags[mask] = flags[mask] + np.where(flags[mask] == "", "", ",") + name
        return pd.DataFrame({**self.columns, "flag": flags}, index=self.index)
