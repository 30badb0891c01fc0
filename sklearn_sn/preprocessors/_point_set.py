"""Preprocess sets of points in the plane of wavelength and phase."""

from dataclasses import dataclass

import numpy as np

from sklearn_sn.data import Ragged
from sklearn_sn.preprocessors._flat_batch import FlatBatch, RaggedPreprocessor

UNKNOWN_ERROR = 0.1  # in network values; used for points without an error
LOWEST_ERROR, HIGHEST_ERROR = 1e-3, 10.0  # limits of errors in network values
LARGEST_VALUE = 50.0  # limit of values in standard deviations


@dataclass(frozen=True)
class PreparedPoints:
    """Points as float32, (n_points, 4): value, error (0: unknown), ln(λ / 5000 Å), phase.

    `group` is the number of the spectrum of each point, and `amplitude` has one number for each
    object.
    """

    points: np.ndarray
    ragged: Ragged
    group: np.ndarray
    amplitude: np.ndarray

    @property
    def lengths(self):
        return self.ragged.lengths

    @property
    def n_groups(self):
        """Number of groups of every object, shape (n_objects,)."""
        rows = self.ragged.rows
        is_first = np.diff(rows, prepend=-1) != 0
        is_first |= np.diff(self.group, prepend=-1) != 0
        return self.ragged.reduce("sum", is_first.astype(np.int64))


class PointSetPreprocessor(RaggedPreprocessor):
    """Base of preprocessors of sets of points, which gathers and pads the points.

    Subclasses define the scaling: ``fit(table, frame)`` learns from the training objects,
    ``prepare(table, frame)`` returns :class:`PreparedPoints`, and ``to_flux`` inverts the scaling.

    Attributes
    ----------
    augmentation : bool
        Whether to hide some points from the encoder in training. All points remain targets of the
        decoder.
    """

    amplitude = False
    n_drawn = None  # groups of an object in a training batch; None means all

    @property
    def n_values(self) -> int:
        """Number of values of a point besides its coordinates: value, error and amplitude."""
        return 2 + self.amplitude

    def flat_batch(
        self, prepared: PreparedPoints, rows: np.ndarray, rng: np.random.Generator | None = None
    ) -> FlatBatch:
        """Return the inputs of some objects.

        Returns
        -------
        FlatBatch
            values (n_points, n_values); log_wavelength, phase, target and error (n_points,); and
            hidden (n_points,), True at points that the encoder must not read, and at padding.
        """
        object_index = np.flatnonzero(prepared.lengths[rows] > 0)
        positions, offsets = prepared.ragged.points_of(rows[object_index])
        batch = Ragged({}, offsets)
        if rng is not None and self.n_drawn is not None:
            keep = _drawn(batch, prepared.group[positions], self.n_drawn, rng)
            positions, batch = positions[keep], batch.filter(keep)
        points = prepared.points.take(positions, axis=0)
        hidden = np.zeros(len(points), dtype=bool)
        if rng is not None and self.augmentation:
            hidden = self._hidden(batch, points, rng)
        error = np.where(points[:, 1] > 0, points[:, 1], UNKNOWN_ERROR)
        values = np.empty((len(points), self.n_values), dtype=np.float32)
        values[:, 0] = points[:, 0]
        values[:, 1] = 1.0 + np.log10(np.clip(error, LOWEST_ERROR, HIGHEST_ERROR))
        if self.amplitude:
            values[:, 2] = prepared.amplitude[rows[object_index]][batch.rows]
        inputs = {
            "values": values,
            "log_wavelength": points[:, 2],
            "phase": points[:, 3],
            "target": points[:, 0],
            "error": np.minimum(points[:, 1], HIGHEST_ERROR),
            "hidden": hidden,
        }
        return FlatBatch(batch, inputs, object_index, padded_true=("hidden",))

    def _hidden(self, batch, points, rng):
        """Return a mask of hidden points.

        Half of the objects keep all points, and the others lose up to 95 % of them. One object in
        four is also truncated along the coordinate ``_cut``, which real data cover only in part.
        """
        n, rows = len(batch), batch.rows
        fraction = np.where(rng.random(n) < 0.5, 0.0, rng.uniform(0.0, 0.95, n))
        hidden = rng.random(len(points)) < fraction[rows]
        along = points[:, self._cut]
        if np.isnan(along).any():
            return hidden
        low = batch.reduce("min", along, empty=0.0)
        span = batch.reduce("max", along, empty=0.0) - low
        reach = np.where(rng.random(n) < 0.25, rng.uniform(0.1, 1.0, n), 2.0)  # 2: no cut
        return hidden | (along - low[rows] > reach[rows] * span[rows] + 1e-6)


def scaled_errors(error):
    """Return errors clipped to [0, 1e4], 0 where unknown."""
    return np.clip(np.nan_to_num(error, nan=0.0), 0.0, 1e4)


def mean_and_scale(values):
    """Return mean and standard deviation (> 0) of the training points, as floats."""
    if not len(values):
        return 0.0, 1.0
    # Clip outliers, which would dominate the standard deviation.
    low, high = np.percentile(values, [0.5, 99.5])
    inner = np.clip(values, low, high)
    return float(inner.mean()), float(max(inner.std(), 1e-3))


def _drawn(batch, group, n_drawn, rng):
    """Return a mask of the points to keep, those of `n_drawn` random groups of each object."""
    rows = batch.rows
    starts = np.flatnonzero(np.diff(rows, prepend=-1) | np.diff(group, prepend=-1))
    key = rng.random(len(starts))
    object_index = rows[starts]
    # Sort the groups of each object by a random key, and keep the first ones.
    order = np.lexsort((key, object_index))
    first = np.searchsorted(object_index, object_index)
    rank = np.empty(len(starts), dtype=int)
    rank[order] = np.arange(len(starts)) - first
    sizes = np.diff(np.append(starts, len(rows)))
    return np.repeat(rank < n_drawn, sizes)
