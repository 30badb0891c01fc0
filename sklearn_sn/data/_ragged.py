"""Rows of different lengths, held as flat arrays and offsets."""

import numpy as np
import pandas as pd

from sklearn_sn.data._names import as_categorical, is_unmixed

_REDUCTIONS = {
    "sum": np.add,
    "min": np.minimum,
    "max": np.maximum,
}


class Ragged:
    """Rows of different lengths: one flat array per field, and the offsets of the rows.

    Row ``i`` of a field is ``field[offsets[i]:offsets[i + 1]]``. Every operation works on the
    flat arrays at once; none loops over rows. A Ragged is never changed in place: each method
    returns a new one, sharing memory where it can.

    Parameters
    ----------
    fields : dict of str to array of shape (n_points,)
        Flat values. A field is a numpy array or, for names such as photometric bands, a
        :class:`pandas.Categorical`.
    offsets : array of int, shape (n_rows + 1,)
        Where each row starts; the last entry is the number of points.

    Raises
    ------
    ValueError
        If the offsets do not start at 0, fall, or do not end at the length of each field.

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

    __slots__ = ("_rows", "fields", "offsets")

    def __init__(self, fields, offsets):
        self.fields = {name: _as_flat(values) for name, values in fields.items()}
        self.offsets = np.asarray(offsets, dtype=np.int64)
        self._rows = None
        if self.offsets.ndim != 1 or len(self.offsets) == 0 or self.offsets[0] != 0:
            raise ValueError("The offsets of a Ragged must be a 1-D array that starts at 0.")
        if np.any(np.diff(self.offsets) < 0):
            raise ValueError("The offsets of a Ragged must not fall.")
        for name, values in self.fields.items():
            if len(values) != self.offsets[-1]:
                raise ValueError(
                    f"The field {name!r} has {len(values)} points, but the offsets end at "
                    f"{self.offsets[-1]}."
                )

    @classmethod
    def from_groups(cls, rows, n_rows, fields):
        """Build from a long table: the row number of every point, in any order.

        Parameters
        ----------
        rows : array of int, shape (n_points,)
            Row that each point belongs to, 0 … n_rows - 1.
        n_rows : int
            Number of rows; those without points are empty.
        fields : dict of str to array of shape (n_points,)
            Values of the points. Points of one row keep their order.

        Returns
        -------
        Ragged

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
        flat = {name: _as_flat(values) for name, values in fields.items()}
        if len(rows) and np.any(np.diff(rows) < 0):
            order = np.argsort(rows, kind="stable")
            flat = {name: values[order] for name, values in flat.items()}
        return cls(flat, offsets)

    @classmethod
    def empty(cls, n_rows, fields):
        """``n_rows`` rows without points; ``fields`` names them (all float)."""
        return cls({name: np.empty(0) for name in fields}, np.zeros(n_rows + 1, dtype=np.int64))

    @staticmethod
    def concatenate(parts):
        """Put the rows of several Ragged one after the other.

        Parameters
        ----------
        parts : sequence of Ragged
            At least one; all with the fields of the first.

        Returns
        -------
        Ragged
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
        fields = {name: _join([part.fields[name] for part in parts]) for name in names}
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
    def n_rows(self):
        """Number of rows."""
        return len(self)

    @property
    def n_points(self):
        """Number of points over all rows."""
        return int(self.offsets[-1])

    @property
    def lengths(self):
        """Number of points of each row, shape (n_rows,)."""
        return np.diff(self.offsets)

    @property
    def rows(self):
        """Row number of every point, shape (n_points,)."""
        if self._rows is None:
            self._rows = np.repeat(np.arange(len(self)), self.lengths)
        return self._rows

    def with_fields(self, **fields):
        """Add or replace fields (flat arrays of shape (n_points,))."""
        return Ragged({**self.fields, **fields}, self.offsets)

    def select(self, *names):
        """Keep only the named fields."""
        return Ragged({name: self.fields[name] for name in names}, self.offsets)

    def points_of(self, rows):
        """Flat positions of the points of some rows, and the offsets of these rows.

        Parameters
        ----------
        rows : array of int, shape (n_taken,)
            Row numbers, in any order, with repetition.

        Returns
        -------
        positions : array of int
            Index into the flat arrays, row after row.
        offsets : array of int, shape (n_taken + 1,)
            Where each taken row starts in ``positions``.
        """
        lengths = self.lengths[rows]
        offsets = np.concatenate([[0], np.cumsum(lengths)])
        shifts = np.repeat(self.offsets[rows] - offsets[:-1], lengths)
        return np.arange(offsets[-1]) + shifts, offsets

    def take(self, rows):
        """Take rows as numpy indexing would: integers, a boolean mask or a slice.

        Parameters
        ----------
        rows : array of int or bool, or slice
            Negative integers count from the end.

        Returns
        -------
        Ragged
        """
        rows = np.atleast_1d(np.arange(len(self))[rows])
        if len(rows) and len(rows) == rows[-1] - rows[0] + 1 and np.all(np.diff(rows) == 1):
            start, stop = self.offsets[rows[0]], self.offsets[rows[-1] + 1]
            fields = {name: values[start:stop] for name, values in self.fields.items()}
            return Ragged(fields, self.offsets[rows[0] : rows[-1] + 2] - start)
        positions, offsets = self.points_of(rows)
        return Ragged({name: values[positions] for name, values in self.fields.items()}, offsets)

    def filter(self, keep):
        """Keep some points; every row stays, maybe empty.

        Parameters
        ----------
        keep : array of bool, shape (n_points,)

        Returns
        -------
        Ragged
        """
        keep = np.asarray(keep, dtype=bool)
        if keep.all():
            return self
        kept = np.concatenate([[0], np.cumsum(keep)])
        return Ragged(
            {name: values[keep] for name, values in self.fields.items()}, kept[self.offsets]
        )

    def reorder(self, order):
        """Apply a permutation of the points that keeps every point inside its row."""
        return Ragged({name: values[order] for name, values in self.fields.items()}, self.offsets)

    def sort(self, *by, rows=None):
        """Sort the points of every row by the named fields, the first one first; stable.

        Parameters
        ----------
        *by : str
            Names of fields.
        rows : array of int, optional
            Sort only these rows, each named once.

        Returns
        -------
        Ragged
        """
        if rows is None:
            if len(by) == 1 and self.is_sorted(by[0]):
                return self
            keys = [_sortable(self.fields[name]) for name in reversed(by)]
            return self.reorder(np.lexsort([*keys, self.rows]))
        rows = np.sort(rows)
        points, _ = self.points_of(rows)
        keys = [_sortable(self.fields[name])[points] for name in reversed(by)]
        order = np.arange(self.n_points)
        order[points] = points[np.lexsort([*keys, np.repeat(rows, self.lengths[rows])])]
        return self.reorder(order)

    def is_sorted(self, by):
        """True when no row falls in the field ``by``."""
        values = _sortable(self.fields[by])
        rises = values[1:] >= values[:-1]
        starts = self.offsets[1:-1]
        rises[starts[(starts > 0) & (starts < len(values))] - 1] = True
        return bool(rises.all())

    def reduce(self, how, values, empty=np.nan):
        """Reduce every row to one number.

        Parameters
        ----------
        how : {"sum", "min", "max", "mean", "count", "first", "last", "any", "all"}
        values : str or array of shape (n_points,)
            A field's name or flat values.
        empty : float, default=nan
            Answer for a row without points (sum, count, any and all answer 0 there).

        Returns
        -------
        array of shape (n_rows,)
        """
        lengths = self.lengths
        if how == "count":
            return lengths
        values = np.asarray(self.fields[values] if isinstance(values, str) else values)
        if how in ("any", "all"):
            counts = self.reduce("sum", values.astype(np.int64))
            return counts > 0 if how == "any" else counts == lengths
        filled = np.flatnonzero(lengths)
        starts = self.offsets[:-1][filled]
        if how in _REDUCTIONS:
            out = _REDUCTIONS[how].reduceat(values, starts) if len(filled) else values[:0]
        elif how == "mean":
            out = self.reduce("sum", values.astype(np.float64))[filled] / lengths[filled]
        elif how == "first":
            out = values[starts]
        elif how == "last":
            out = values[self.offsets[1:][filled] - 1]
        else:
            raise ValueError(f"Unknown reduction {how!r}.")
        if len(filled) == len(lengths):
            return np.asarray(out)
        result = np.full(
            len(lengths),
            0 if how == "sum" else empty,
            dtype=out.dtype if how == "sum" else np.result_type(out.dtype, type(empty)),
        )
        result[filled] = out
        return result

    def rank(self):
        """Position of every point inside its row, shape (n_points,): 0, 1, 2 …"""
        return np.arange(self.n_points) - np.repeat(self.offsets[:-1], self.lengths)

    def to_nested(self, index=None, name=None):
        """Turn into a nested-pandas column.

        Parameters
        ----------
        index : sequence, optional
            Names of the objects; 0 … n_rows - 1 where absent.
        name : str, optional
            Name of the column.

        Returns
        -------
        pandas.Series of nested dtype, shape (n_rows,)
        """
        import pyarrow as pa
        from nested_pandas.series.ext_array import NestedExtensionArray

        offsets = pa.array(self.offsets.astype(np.int32))
        lists = [
            pa.ListArray.from_arrays(offsets, _to_arrow(values)) for values in self.fields.values()
        ]
        struct = pa.StructArray.from_arrays(lists, names=list(self.fields))
        return pd.Series(NestedExtensionArray(struct), index=index, name=name)


def _as_flat(values):
    """Return one flat array; text becomes a Categorical."""
    if isinstance(values, pd.Categorical):
        return values
    if isinstance(values, pd.Series | pd.Index):
        values = values.array
        if isinstance(values, pd.Categorical):
            return values
    values = np.asarray(values)
    if values.ndim != 1:
        raise ValueError(f"A field of a Ragged must be 1-D; got shape {values.shape}.")
    return as_categorical(values) if values.dtype.kind in "OUS" else values


def _sortable(values):
    return values.codes if isinstance(values, pd.Categorical) else values


def _join(parts):
    """Concatenate flat arrays; a Categorical among them makes the result one."""
    if not any(isinstance(part, pd.Categorical) for part in parts):
        return np.concatenate(parts)
    parts = [
        part if isinstance(part, pd.Categorical) else pd.Categorical(part.astype(object))
        for part in parts
    ]
    # pandas unites only categories of one dtype, and pandas 3 has two for text.
    parts = [part.rename_categories(part.categories.astype(object)) for part in parts]
    if is_unmixed(np.concatenate([np.asarray(part.categories) for part in parts])):
        return pd.api.types.union_categoricals(parts)
    return as_categorical(np.concatenate([np.asarray(part, dtype=object) for part in parts]))


def _to_arrow(values):
    import pyarrow as pa

    if isinstance(values, pd.Categorical):
        names = pa.array(values.categories.astype(str), type=pa.string())
        codes = pa.array(values.codes, mask=values.codes < 0)
        return pa.DictionaryArray.from_arrays(codes, names).dictionary_decode()
    # Arrow knows neither foreign byte order nor long doubles.
    kind = np.float64 if values.dtype == np.longdouble else values.dtype.newbyteorder("=")
    return pa.array(np.ascontiguousarray(values, dtype=kind))
