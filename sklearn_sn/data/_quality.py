"""What a check finds: things fixed, flags per object, and refusals."""

import warnings

import numpy as np
import pandas as pd


class DataQualityWarning(UserWarning):
    """Something in a table was fixed or left out; the message says what, and how often."""


class Findings:
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

    def said(self, what):
        """Say something about the table as a whole."""
        self._said.append(what)

    def refuse(self, row, column, value, remedy):
        """Raise for an object, with column, value and remedy in one sentence."""
        raise ValueError(f"Object {self.index[row]!r}: {column} {value}; {remedy}.")

    def warn(self, stacklevel=2):
        """Emit one warning about everything that was said."""
        if self._said:
            warnings.warn(
                "Input was mended: " + "; ".join(self._said) + ". See quality_report.",
                DataQualityWarning,
                stacklevel=stacklevel + 1,
            )

    def report(self):
        """One row per object: counts and a column ``flag``."""
        flags = np.full(len(self.index), "", dtype=object)
        for name, mask in self.flags.items():
            flags[mask] = flags[mask] + np.where(flags[mask] == "", "", ",") + name
        return pd.DataFrame({**self.columns, "flag": flags}, index=self.index)
