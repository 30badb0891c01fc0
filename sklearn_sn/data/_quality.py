"""What a check finds: things fixed, flags per object, and refusals."""

import os
import sys
import warnings
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
import sklearn

_HERE = str(Path(__file__).parents[1]) + os.sep
# Pipelines and searches stand between the user and us, too.
_BETWEEN = tuple(str(Path(package.__file__).parent) + os.sep for package in (joblib, sklearn))


class DataQualityWarning(UserWarning):
    """Something in a table was fixed, left out or doubted; the message says what, and how often."""


def warn_quality(message):
    """Emit a DataQualityWarning that points at the line of the user, not at one of ours."""
    warnings.warn(message, DataQualityWarning, stacklevel=_level_of_user() - 1)


def warn_user(message, category):
    """Emit a warning that points at the line of the user, not at one of ours.

    Parameters
    ----------
    message : str
        Text of the warning.
    category : type
        Class of the warning.
    """
    warnings.warn(message, category, stacklevel=_level_of_user() - 1)


def _level_of_user():
    """The stacklevel, counted from here, of the first frame outside us and scikit-learn."""
    frame, level, outside = sys._getframe(), 1, None
    while frame is not None:
        name = frame.f_code.co_filename
        if not name.startswith(_HERE):
            if not name.startswith(_BETWEEN):
                return level
            outside = outside or level
        frame, level = frame.f_back, level + 1
    return outside or 3  # a worker process has no line of the user


class QualityLog:
    """Collects what one pass over a table finds, to say it once.

    Parameters
    ----------
    index : pandas.Index
        Names of the objects.
    """

    def __init__(self, index):
        self.index = index
        self.columns = {}
        self.flags = {}
        self._said = []
        self._doubts = []

    def count(self, column, values):
        """Add a number per object to the report."""
        self.columns[column] = values

    def flag(self, name, rows):
        """Flag objects: `rows` is a boolean mask or row numbers."""
        mask = self.flags.setdefault(name, np.zeros(len(self.index), dtype=bool))
        mask[rows] = True

    def fixed(self, what, point_rows):
        """Say that something was fixed: `point_rows` holds the row of every point concerned."""
        if len(point_rows):
            objects = np.unique(point_rows)
            self._said.append(
                f"{what} ({len(point_rows)} in {len(objects)} objects, first "
                f"{self.index[objects[0]]!r})"
            )

    def doubt(self, what, remedy):
        """Say that something was left as it is, but looks wrong."""
        self._doubts.append(f"{what}; {remedy}")

    def refuse(self, row, column, value, remedy):
        """Raise for an object, with column, value and remedy in one sentence."""
        raise ValueError(f"Object {self.index[row]!r}: {column} {value}; {remedy}.")

    def warn(self):
        """Emit one warning about everything that was said."""
        sentences = [f"Input was mended: {'; '.join(self._said)}."] if self._said else []
        sentences += [f"Input looks wrong and was left as it is: {what}." for what in self._doubts]
        if sentences:
            warn_quality(" ".join([*sentences, "See quality_report."]))

    def report(self):
        """One row per object: counts and a column ``flag``."""
        flags = np.full(len(self.index), "", dtype=object)
        for name, mask in self.flags.items():
            flags[mask] = flags[mask] + np.where(flags[mask] == "", "", ",") + name
        return pd.DataFrame({**self.columns, "flag": flags}, index=self.index)
