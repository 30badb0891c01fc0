"""Batches of ragged inputs: flat arrays, padded in chunks of rows of similar length."""

from typing import Any

import numpy as np

from sklearn_sn.data import Ragged
from sklearn_sn.preprocessors._preprocessor import Preprocessor


class FlatBatch:
    """Inputs of the objects of a batch as flat arrays, before padding.

    Parameters
    ----------
    batch : Ragged of n_rows rows
        Rows of the points.
    inputs : dict of str to array of shape (n_points, ...)
        Flat arrays.
    object_index : array of int, shape (n_rows,)
        Position in the batch of the object of each row.
    padded_true : tuple of str
        Boolean inputs that are True at padding. All others are zero there.
    """

    def __init__(
        self,
        batch: Ragged,
        inputs: dict[str, np.ndarray],
        object_index: np.ndarray,
        padded_true: tuple[str, ...] = (),
    ) -> None:
        self.batch, self.inputs, self.object_index = batch, inputs, object_index
        self.padded_true = padded_true
        self._rows, self._extended = slice(None), {}

    def __len__(self):
        return len(self.object_index)

    @property
    def lengths(self) -> np.ndarray:
        """Number of points of each row, shape (n_rows,)."""
        return self.batch.lengths[self._rows]

    def objects(self, start: int, stop: int) -> "FlatBatch":
        """Return the rows of a range of objects, which shares the arrays.

        Parameters
        ----------
        start, stop : int
            First object and the one after the last. The object of each row must not decrease from
            row to row, and counts from `start` in the result.

        Returns
        -------
        FlatBatch
        """
        first, last = np.searchsorted(self.object_index, [start, stop])
        index = self.object_index[first:last] - start
        part = FlatBatch(self.batch, self.inputs, index, self.padded_true)
        part._rows, part._extended = slice(first, last), self._extended
        return part

    def padded(self, rows: np.ndarray | None = None) -> dict[str, np.ndarray]:
        """Pad some rows to the longest of them.

        Parameters
        ----------
        rows : array of int, shape (B,), optional
            Row numbers; all rows by default.

        Returns
        -------
        dict of array
            The inputs, of shape (B, L, ...), and pad_mask (B, L).
        """
        if rows is None and len(self.batch) == 1 and self.batch.n_points:
            padded = {name: values[None] for name, values in self.inputs.items()}
            return {**padded, "pad_mask": np.zeros((1, self.batch.n_points), dtype=bool)}
        starts, lengths = self.batch.offsets[:-1][self._rows, None], self.lengths[:, None]
        if rows is not None:
            starts, lengths = starts[rows], lengths[rows]
        step = np.arange(lengths.max(initial=1))
        pad_mask = step >= lengths  # (B, L)
        # One index for all inputs: padding takes the element behind the last point.
        index = np.where(pad_mask, self.batch.n_points, starts + step)
        if not self._extended:
            self._extended.update((name, self._with_padding(name)) for name in self.inputs)
        padded = {name: values.take(index, axis=0) for name, values in self._extended.items()}
        return {**padded, "pad_mask": pad_mask}

    def _with_padding(self, name):
        """Return an input with the value of padding behind the last point."""
        values = self.inputs[name]
        extended = np.empty((len(values) + 1, *values.shape[1:]), dtype=values.dtype)
        extended[:-1] = values
        extended[-1] = name in self.padded_true
        return extended


class RaggedPreprocessor(Preprocessor):
    """Base of preprocessors whose instances differ in length.

    ``flat_batch(prepared, rows, rng=None)`` returns the inputs of a batch as a
    :class:`FlatBatch`. A batch is augmented as a whole, and cut into chunks by the lengths after
    the augmentation.
    """

    varies_in_length = True

    def gather(
        self, prepared: Any, rows: np.ndarray, rng: np.random.Generator | None = None
    ) -> tuple[dict[str, np.ndarray], np.ndarray]:
        """Return padded arrays of some objects; with a generator `rng`, augmented.

        Returns
        -------
        arrays : dict of array
            The inputs of the network, of shape (B, L, ...), and pad_mask (B, L), True at padding.
        object_index : array of int, shape (B,)
            Position in `rows` of the object of each row. Objects without points are dropped.
        """
        flat = self.flat_batch(prepared, rows, rng)
        return flat.padded(), flat.object_index


def pad(ragged, flat):
    """Pad flat arrays to the longest row: a dict of (B, L, ...) arrays and pad_mask (B, L)."""
    return FlatBatch(ragged, flat, np.arange(len(ragged))).padded()
