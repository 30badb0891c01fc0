"""Data quality: the log of a check, its warning and its report."""

import warnings
from collections.abc import Callable
from itertools import compress
from typing import NoReturn

import numpy as np
import pandas as pd

from sklearn_sn.data._names import as_python
from sklearn_sn.data._reported import (
    Defect,
    digest_names,
    kind_of,
    remember,
    unreported,
    user_stacklevel,
)


class DataQualityWarning(UserWarning):
    """Warning about a table in which something was repaired, dropped or is suspect."""


def warn_quality(message: str) -> None:
    """Emit a DataQualityWarning that points at the user's line.

    One call of the user emits it once, whatever the numbers in the message.

    Parameters
    ----------
    message : str
        Text of the warning.
    """
    none = np.zeros(0, dtype=np.uint64)
    defects = [Defect(kind_of(message), none, none)]
    reported = unreported(defects, DataQualityWarning)
    if reported[0]:
        warnings.warn(message, DataQualityWarning, stacklevel=user_stacklevel())
    remember(defects, DataQualityWarning, reported)


def warn_user(message: str, category: type[Warning]) -> None:
    """Emit a warning that points at the user's line.

    Parameters
    ----------
    message : str
        Text of the warning.
    category : type
        Class of the warning.
    """
    warnings.warn(message, category, stacklevel=user_stacklevel())


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
        self._notices = []
        self._digest = None

    def examine(self, digest: Callable[[np.ndarray], np.ndarray]) -> None:
        """Set the data to which the next repairs and suspicions refer.

        Parameters
        ----------
        digest : callable
            Returns a number (uint64) for the data of each object, from positions of objects.
        """
        self._digest = digest

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
            text = (
                f"{what} ({len(object_index)} in {len(objects)} objects, first "
                f"{as_python(self.index[objects[0]])!r})"
            )
            # The names of bands, say, are in parentheses, and differ between parts of a table.
            self._repairs.append((text, what.partition("(")[0], objects, self._digest))

    def suspect(self, what: str, remedy: str, objects: np.ndarray | None = None) -> None:
        """Record values that look wrong and are left unchanged.

        Parameters
        ----------
        what : str
            What looks wrong.
        remedy : str
            What to do if it is wrong.
        objects : ndarray of int, shape (n_suspect,), optional
            Positions of the objects; all by default.
        """
        objects = np.arange(len(self.index)) if objects is None else objects
        self.notice(f"Input looks wrong and was left unchanged: {what}; {remedy}", remedy, objects)

    def notice(self, sentence: str, kind: str, objects: np.ndarray) -> None:
        """Record a sentence about objects.

        Parameters
        ----------
        sentence : str
            What the user should know, without a full stop.
        kind : str
            Name of the kind, without numbers.
        objects : ndarray of int, shape (n_noticed,)
            Positions of the objects.
        """
        self._notices.append((sentence, kind, objects, self._digest))

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
        raise ValueError(f"Object {as_python(self.index[row])!r}: {column} {value}; {remedy}.")

    def summary(self) -> str:
        """Return everything recorded as text; empty if nothing was recorded."""
        return _sentences(self._repairs, self._notices)

    def warn(self) -> None:
        """Emit one warning about what is recorded and was not reported before."""
        records = self._repairs + self._notices
        if not records:
            return
        defects = [self._defect(*record[1:]) for record in records]
        reported = unreported(defects, DataQualityWarning)
        n_repairs = len(self._repairs)
        text = _sentences(
            list(compress(self._repairs, reported[:n_repairs])),
            list(compress(self._notices, reported[n_repairs:])),
        )
        if text:
            message = f"{text} See quality_report."
            warnings.warn(message, DataQualityWarning, stacklevel=user_stacklevel())
        # Only now: a warning that is turned into an error is repeated by the next call.
        remember(defects, DataQualityWarning, reported)

    def _defect(self, kind, objects, digest):
        names = digest_names(self.index[objects])
        contents = names if digest is None else names ^ digest(objects)
        return Defect(kind, names, contents)

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


def _sentences(repairs, notices):
    """Return records as text."""
    repaired = "; ".join(record[0] for record in repairs)
    sentences = [f"Input was repaired: {repaired}."] if repairs else []
    sentences += [f"{record[0]}." for record in notices]
    return " ".join(sentences)
