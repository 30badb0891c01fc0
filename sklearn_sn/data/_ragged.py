"""Ragged arrays: rows of different lengths, as flat arrays and offsets."""

from collections.abc import Iterable, Sequence
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from sklearn_sn.data._flat_fields import as_flat, concatenate_fields, nested_array, sort_key
from sklearn_sn.data._reductions import reduce_rows


class Ragged:
    """Ragged array: one flat array per field, and the offsets of the rows.

    Row ``i`` of a field is ``field[offsets[i]:offsets[i + 1]]``. Every operation is vectorised
    over the flat arrays. A Ragged is immutable: each method returns a new one, which shares memory
    if possible.

    Parameters
    ----------
    fields : dict of str to array of shape (n_points,)
        Flat values. A field is a numpy array or, for names such as photometric bands, a
        :class:`pandas.Categorical`. Text of mixed types becomes str.
    offsets : array of int, shape (n_rows + 1,)
        Start of each row; the last entry is the number of points.

    Raises
    ------
    ValueError
        If the offsets do not start at 0, decrease, or do not end at the length of each field.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_sn.data import Ragged
    >>> curves = Ragged({"flux": np.array([3.0, 1.0, 2.0])}, offsets=[0, 2, 2, 3])
    >>> len(curves), curves.lengths
    (3, array([2, 0, 1]))
    >>> curves.reduce("max", "flux")
    array([ 3., nan,  2.])
    >>> curves.take([2, 0])["flux"]
    array([2., 3., 1.])
    """

    __slots__ = ("_rows", "confirmation", "confirmed", "fields", "offsets")

    def __init__(self, fields: dict[str, Any], offsets: ArrayLike) -> None:
        self.fields = {name: as_flat(values) for name, values in fields.items()}
        self.offsets = np.asarray(offsets, dtype=np.int64)
        self._rows = self.confirmation = self.confirmed = None  # computed when needed
        if self.offsets.ndim != 1 or len(self.offsets) == 0 or self.offsets[0] != 0:
            raise ValueError("The offsets of a Ragged must be a 1-D array that starts at 0.")
        if (self.offsets[1:] < self.offsets[:-1]).any():
            raise ValueError("The offsets of a Ragged must not decrease.")
        for name, values in self.fields.items():
            if len(values) != self.offsets[-1]:
                raise ValueError(
                    f"The field {name!r} has {len(values)} points, but the offsets end at "
                    f"{self.offsets[-1]}."
                )

    @classmethod
    def _of(cls, fields, offsets):
        """Return a Ragged of parts of another one, which need no check."""
        ragged = cls.__new__(cls)
        ragged.fields, ragged.offsets = fields, offsets
        ragged._rows = ragged.confirmation = ragged.confirmed = None
        return ragged

    @classmethod
    def from_groups(cls, rows: np.ndarray, n_rows: int, fields: dict[str, Any]) -> Self:
        """Build a Ragged from a long table with one row number per point.

        Parameters
        ----------
        rows : array of int, shape (n_points,)
            Row of each point, 0 … n_rows - 1, in any order.
        n_rows : int
            Number of rows; rows without points are empty.
        fields : dict of str to array of shape (n_points,)
            Values of the points. Points of one row keep their order.

        Returns
        -------
        Ragged of n_rows rows

        Raises
        ------
        ValueError
            If a row number is out of range.

        Examples
        --------
        >>> from sklearn_sn.data import Ragged
        >>> Ragged.from_groups([1, 0, 1], 2, {"time": [5.0, 6.0, 7.0]})["time"]
        array([6., 5., 7.])
        """
        rows = np.asarray(rows)
        if len(rows) == 0:  # an empty list is a float array to numpy
            rows = rows.astype(np.int64)
        if len(rows) and (rows.min() < 0 or rows.max() >= n_rows):
            raise ValueError(
                f"Row numbers must lie in [0, {n_rows}); got {rows.min()} … {rows.max()}."
            )
        offsets = np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=n_rows))])
        flat = {name: as_flat(values) for name, values in fields.items()}
        if len(rows) and np.any(np.diff(rows) < 0):
            order = np.argsort(rows, kind="stable")
            flat = {name: values[order] for name, values in flat.items()}
        return cls(flat, offsets)

    @classmethod
    def empty(cls, n_rows: int, fields: Iterable[str]) -> Self:
        """Return rows without points.

        Parameters
        ----------
        n_rows : int
            Number of rows.
        fields : iterable of str
            Names of the fields, all of float.

        Returns
        -------
        Ragged of n_rows rows
        """
        return cls({name: np.empty(0) for name in fields}, np.zeros(n_rows + 1, dtype=np.int64))

    @staticmethod
    def concatenate(parts: Sequence["Ragged"]) -> "Ragged":
        """Concatenate the rows of several Ragged.

        Parameters
        ----------
        parts : sequence of Ragged
            At least one; all have the same fields.

        Returns
        -------
        Ragged
            Fields in the order of the first part.

        Raises
        ------
        ValueError
            If there is no part, or if the fields differ.
        """
        parts = list(parts)
        if not parts:
            raise ValueError("Ragged.concatenate needs at least one Ragged.")
        names = list(parts[0].fields)
        for part in parts:
            if set(part.fields) != set(names):
                raise ValueError(
                    f"Ragged.concatenate needs equal fields; got {sorted(names)} and "
                    f"{sorted(part.fields)}."
                )
        shifts = np.cumsum([0, *(part.n_points for part in parts[:-1])])
        offsets = [part.offsets[1:] + shift for part, shift in zip(parts, shifts, strict=True)]
        fields = {name: concatenate_fields([part.fields[name] for part in parts]) for name in names}
        return Ragged(fields, np.concatenate([[0], *offsets]))

    def __len__(self):
        return len(self.offsets) - 1

    def __repr__(self):
        return f"Ragged({len(self)} rows, {self.n_points} points, fields {list(self.fields)})"

    def __getitem__(self, name):
        return self.fields[name]

    def __contains__(self, name):
        return name in self.fields

    @property
    def n_rows(self) -> int:
        """Number of rows."""
        return len(self)

    @property
    def n_points(self) -> int:
        """Number of points over all rows."""
        return int(self.offsets[-1])

    @property
    def lengths(self) -> np.ndarray:
        """Number of points of each row, shape (n_rows,)."""
        return self.offsets[1:] - self.offsets[:-1]  # for few rows, np.diff costs more

    @property
    def rows(self) -> np.ndarray:
        """Row number of every point, shape (n_points,)."""
        if self._rows is None:  # computed once: most operations need it
            self._rows = np.repeat(np.arange(len(self)), self.lengths)
        return self._rows

    def with_fields(self, **fields: Any) -> "Ragged":
        """Return a Ragged with fields added or replaced.

        Parameters
        ----------
        **fields : array of shape (n_points,)
            Flat values by name.

        Returns
        -------
        Ragged
        """
        return self._of({**self.fields, **Ragged(fields, self.offsets).fields}, self.offsets)

    def select(self, *names: str) -> "Ragged":
        """Return a Ragged with some of the fields.

        Parameters
        ----------
        *names : str
            Names of the fields to keep.

        Returns
        -------
        Ragged
        """
        return self._of({name: self.fields[name] for name in names}, self.offsets)

    def points_of(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the flat positions of the points of some rows, and the offsets of these rows.

        Parameters
        ----------
        rows : array of int, shape (n_taken,)
            Row numbers, in any order; repetitions are allowed.

        Returns
        -------
        positions : array of int
            Index into the flat arrays, row after row.
        offsets : array of int, shape (n_taken + 1,)
            Start of each taken row in ``positions``.
        """
        lengths = self.lengths[rows]
        # A taken row is shifted as a whole: from its old offset to its new one.
        offsets = np.concatenate([[0], np.cumsum(lengths)])
        shifts = np.repeat(self.offsets[rows] - offsets[:-1], lengths)
        return np.arange(offsets[-1]) + shifts, offsets

    def take(self, rows: Any) -> "Ragged":
        """Take rows, as numpy indexing does.

        Parameters
        ----------
        rows : array of int or bool, or slice
            Row numbers, a mask or a slice. Negative integers count from the end.

        Returns
        -------
        Ragged of n_taken rows
        """
        rows = np.atleast_1d(np.arange(len(self))[rows])
        # Adjacent rows are slices of the flat arrays, without a copy.
        if len(rows) and len(rows) == rows[-1] - rows[0] + 1 and np.all(np.diff(rows) == 1):
            start, stop = self.offsets[rows[0]], self.offsets[rows[-1] + 1]
            fields = {name: values[start:stop] for name, values in self.fields.items()}
            return self._of(fields, self.offsets[rows[0] : rows[-1] + 2] - start)
        positions, offsets = self.points_of(rows)
        return self._of({name: values[positions] for name, values in self.fields.items()}, offsets)

    def filter(self, keep: ArrayLike) -> "Ragged":
        """Keep some points. The number of rows is unchanged; rows may become empty.

        Parameters
        ----------
        keep : array of bool, shape (n_points,)
            Mask of the points to keep.

        Returns
        -------
        Ragged of n_rows rows
        """
        keep = np.asarray(keep, dtype=bool)
        if keep.all():
            return self
        points = np.flatnonzero(keep)  # several times as fast as indexing with the mask
        fields = {name: values.take(points) for name, values in self.fields.items()}
        return self._of(fields, np.searchsorted(points, self.offsets))

    def reorder(self, order: np.ndarray) -> "Ragged":
        """Permute the points inside their rows.

        Parameters
        ----------
        order : array of int, shape (n_points,)
            Permutation that keeps every point inside its row.

        Returns
        -------
        Ragged of n_rows rows
        """
        return self._of({name: values[order] for name, values in self.fields.items()}, self.offsets)

    def sort(self, *by: str, rows: np.ndarray | None = None) -> "Ragged":
        """Sort the points of every row; the sort is stable.

        Parameters
        ----------
        *by : str
            Names of the fields to sort by, in order of priority.
        rows : array of int, optional
            Rows to sort, without repetition; all rows by default.

        Returns
        -------
        Ragged of n_rows rows
        """
        if rows is None:
            if len(by) == 1 and self.is_sorted(by[0]):
                return self
            keys = [sort_key(self.fields[name]) for name in reversed(by)]
            return self.reorder(np.lexsort([*keys, self.rows]))
        rows = np.sort(rows)
        # Sorting only the rows that need it is much faster: most tables are sorted.
        points, _ = self.points_of(rows)
        keys = [sort_key(self.fields[name])[points] for name in reversed(by)]
        order = np.arange(self.n_points)
        order[points] = points[np.lexsort([*keys, np.repeat(rows, self.lengths[rows])])]
        return self.reorder(order)

    def is_sorted(self, by: str) -> bool:
        """Return whether a field never decreases inside a row.

        Parameters
        ----------
        by : str
            Name of the field.

        Returns
        -------
        bool
        """
        values = sort_key(self.fields[by])
        rises = values[1:] >= values[:-1]
        starts = self.offsets[1:-1]
        # A step from the last point of a row to the first of the next may have any sign.
        rises[starts[(starts > 0) & (starts < len(values))] - 1] = True
        return bool(rises.all())

    def reduce(self, how: str, values: str | np.ndarray, empty: float = np.nan) -> np.ndarray:
        """Reduce every row to one number.

        Parameters
        ----------
        how : {"sum", "min", "max", "mean", "count", "first", "last", "any", "all"}
            Reduction.
        values : str or array of shape (n_points,)
            Name of a field, or flat values.
        empty : float, default=nan
            Result for an empty row, except that sum and count are 0, any is False, all is True.

        Returns
        -------
        array of shape (n_rows,)

        Raises
        ------
        ValueError
            If the reduction is unknown.
        """
        values = self.fields[values] if isinstance(values, str) else values
        return reduce_rows(how, values, self.offsets, empty)

    def rank(self) -> np.ndarray:
        """Return the position of every point inside its row.

        Returns
        -------
        array of int, shape (n_points,)
            0, 1, 2 … in every row.
        """
        return np.arange(self.n_points) - np.repeat(self.offsets[:-1], self.lengths)

    def to_nested(
        self, index: Sequence[Any] | pd.Index | None = None, name: str | None = None
    ) -> pd.Series:
        """Convert to a nested-pandas column.

        Parameters
        ----------
        index : sequence of shape (n_rows,), optional
            Names of the objects; 0 … n_rows - 1 by default.
        name : str, optional
            Name of the column.

        Returns
        -------
        pandas.Series of nested dtype, shape (n_rows,)
        """
        nested = nested_array(self.fields, self.offsets)
        return pd.Series(nested, index=index, name=name, copy=False)
