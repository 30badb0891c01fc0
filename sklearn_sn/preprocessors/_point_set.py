"""Preprocess sets of points in the plane of wavelength and phase."""

from dataclasses import dataclass

import numpy as np

from sklearn_sn.data import Ragged
from sklearn_sn.preprocessors._light_curve import pad
from sklearn_sn.preprocessors._preprocessor import Preprocessor

UNKNOWN_ERROR = 0.1  # in the units of a network; stands in where an object has no errors
LOWEST_ERROR, HIGHEST_ERROR = 1e-3, 10.0
LARGEST_VALUE = 50.0  # standard deviations; what lies beyond is cut


@dataclass(frozen=True)
class PreparedPoints:
    """Points as float32, (n_points, 4): value, error (0: unknown), ln(λ / 5000 Å), phase.

    `group` numbers the spectra of an object; `amplitude` is one number for each object.
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
        opens = np.diff(rows, prepend=-1) != 0
        opens |= np.diff(self.group, prepend=-1) != 0
        return self.ragged.reduce("sum", opens.astype(np.int64))


class PointSetPreprocessor(Preprocessor):
    """Base of preprocessors whose modality is a set of points; gathers and pads them.

    Subclasses scale: ``fit(table, frame)`` learns from the training objects,
    ``prepare(table, frame)`` returns :class:`PreparedPoints`, and ``to_flux`` inverts the scaling.

    Attributes
    ----------
    augmentation : bool
        Whether some points are hidden from the encoder in training. All points stay targets of the
        decoder.
    """

    varies_in_length = True
    amplitude = False
    n_drawn: int | None = None

    @property
    def n_values(self) -> int:
        """Number of values of a point besides its coordinates: value, error, maybe amplitude."""
        return 2 + self.amplitude

    def gather(
        self, prepared: PreparedPoints, rows: np.ndarray, rng: np.random.Generator | None = None
    ) -> tuple[dict[str, np.ndarray], np.ndarray]:
        """Return padded arrays of some objects.

        Returns
        -------
        arrays : dict of array
            values (B, L, n_values), log_wavelength, phase, target, error (B, L), pad_mask (B, L),
            and hidden (B, L), True at points that the encoder must not read.
        object_index : array of int, shape (B,)
            Position in `rows` of each set; objects without points are dropped.
        """
        object_index = np.flatnonzero(prepared.lengths[rows] > 0)
        positions, offsets = prepared.ragged.points_of(rows[object_index])
        batch = Ragged({}, offsets)
        if rng is not None and self.n_drawn is not None:
            keep = _drawn(batch, prepared.group[positions], self.n_drawn, rng)
            positions, batch = positions[keep], batch.filter(keep)
        points = prepared.points[positions]
        hidden = np.zeros(len(points), dtype=bool)
        if rng is not None and self.augmentation:
            hidden = self._hidden(batch, points, rng)
        error = np.where(points[:, 1] > 0, points[:, 1], UNKNOWN_ERROR)
        values = np.empty((len(points), self.n_values), dtype=np.float32)
        values[:, 0] = points[:, 0]
        values[:, 1] = 1.0 + np.log10(np.clip(error, LOWEST_ERROR, HIGHEST_ERROR))
        if self.amplitude:
            values[:, 2] = prepared.amplitude[rows[object_index]][batch.rows]
        arrays = pad(
            batch,
            {
                "values": values,
                "log_wavelength": points[:, 2],
                "phase": points[:, 3],
                "target": points[:, 0],
                "error": np.minimum(points[:, 1], HIGHEST_ERROR),
                "hidden": hidden,
            },
        )
        arrays["hidden"] |= arrays["pad_mask"]
        return arrays, object_index

    def _hidden(self, batch, points, rng):
        """Return a mask of hidden points.

        Half of the objects are left whole; the others lose up to 95 % of their points. One object
        in four is also truncated along the coordinate that measurements usually cover in part.
        """
        n, rows = len(batch), batch.rows
        part = np.where(rng.random(n) < 0.5, 0.0, rng.uniform(0.0, 0.95, n))
        hidden = rng.random(len(points)) < part[rows]
        along = points[:, self._cut]
        if np.isnan(along).any():
            return hidden
        low = batch.reduce("min", along, empty=0.0)
        span = batch.reduce("max", along, empty=0.0) - low
        reach = np.where(rng.random(n) < 0.25, rng.uniform(0.1, 1.0, n), 2.0)  # 2 cuts none
        return hidden | (along - low[rows] > reach[rows] * span[rows] + 1e-6)


def scaled_errors(error):
    """Return errors clipped to [0, 1e4], 0 where unknown."""
    return np.clip(np.nan_to_num(error, nan=0.0), 0.0, 1e4)


def mean_and_scale(values):
    """Return mean and (positive) standard deviation of the training points, as floats."""
    if not len(values):
        return 0.0, 1.0
    low, high = np.percentile(values, [0.5, 99.5])
    inner = np.clip(values, low, high)
    return float(inner.mean()), float(max(inner.std(), 1e-3))


def _drawn(batch, group, n_drawn, rng):
    """Return a mask of points that stay when each object keeps `n_drawn` random groups."""
    rows = batch.rows
    starts = np.flatnonzero(np.diff(rows, prepend=-1) | np.diff(group, prepend=-1))
    key = rng.random(len(starts))
    object_index = rows[starts]
    order = np.lexsort((key, object_index))
    first = np.searchsorted(object_index, object_index)
    place = np.empty(len(starts), dtype=int)
    place[order] = np.arange(len(starts)) - first
    sizes = np.diff(np.append(starts, len(rows)))
    return np.repeat(place < n_drawn, sizes)
