"""Hide random points of light curves, for pretraining that predicts them."""

from typing import Any, Self

import numpy as np

from sklearn_sn.data import CheckedTable
from sklearn_sn.preprocessors._flat_batch import FlatBatch, RaggedPreprocessor
from sklearn_sn.preprocessors._light_curve import LightCurvePreprocessor

_GOLDEN = 0.5 * (5.0**0.5 - 1.0)


class MaskedEventPreprocessor(RaggedPreprocessor):
    """Hide points of the light curves of another preprocessor, and return them as targets.

    The inputs of the other points are those of the light curve without the hidden points: scale,
    origin, time steps and colour flags are computed from visible points alone. A hidden point has
    zeros for its values and its band, and the time of the last visible point before it. Neither its
    own inputs nor those of other points therefore reveal its time, flux or band. The first point of
    a light curve is never hidden, because times count from it.

    Parameters
    ----------
    preprocessor : LightCurvePreprocessor
        Preprocessor of the encoder.
    mask_fraction : float
        Fraction of the points after the first to hide; at least one point.
    max_days : float
        Points more than this number of days after the first are dropped.
    """

    def __init__(
        self, preprocessor: LightCurvePreprocessor, *, mask_fraction: float, max_days: float
    ) -> None:
        self.preprocessor = preprocessor
        self.mask_fraction, self.max_days = mask_fraction, max_days

    def fit(self, table: CheckedTable, rows: np.ndarray | None = None) -> Self:
        """Fit the preprocessor of the encoder."""
        self.preprocessor.fit(table, rows)
        return self

    def prepare(self, table: CheckedTable) -> Any:
        """Scale all light curves of a table once."""
        return self.preprocessor.prepare(table)

    def flat_batch(
        self, prepared: Any, rows: np.ndarray, rng: np.random.Generator | None = None
    ) -> FlatBatch:
        """Return the inputs and targets of some objects.

        Without a generator `rng`, the hidden points depend on their rank alone.

        Returns
        -------
        FlatBatch
            The inputs of the encoder. In addition, of shape (n_points,): hidden; run, the number
            of hidden points since the last visible one; target_flux, the transformed flux;
            target_band, the position in ``bands_``; target_step, ln(1 + days to the next point);
            and has_step, False at the last point.
        """
        inner = self.preprocessor
        object_index = np.flatnonzero(prepared.lengths[rows] > 0)
        drawn = inner.draw(prepared, rows[object_index], rng)
        first = drawn.batch.reduce("min", drawn.points[:, 0], empty=0.0)
        drawn = drawn.filter(drawn.points[:, 0] - first[drawn.batch.rows] <= self.max_days)
        hidden = self._hidden(drawn.batch, rng)
        inner.rescale(drawn, known=~hidden)
        visible = inner.inputs(drawn.filter(~hidden))
        number = np.arange(len(hidden))
        last_visible = np.maximum.accumulate(np.where(hidden, 0, number))
        arrays = {}
        for name, values in visible.items():
            arrays[name] = np.zeros((len(hidden), *values.shape[1:]), dtype=values.dtype)
            arrays[name][~hidden] = values
        arrays["time"] = arrays["time"][last_visible]
        time = drawn.points[:, 0]
        is_last = np.diff(drawn.batch.rows, append=-1) != 0
        step = np.diff(time, append=time[-1:])
        arrays |= {
            "hidden": hidden,
            "run": number - last_visible,
            "target_flux": inner.inputs(drawn)["values"][:, 0].copy(),
            "target_band": drawn.bands,
            "target_step": np.log1p(np.where(is_last, 0.0, step)).astype(np.float32),
            "has_step": ~is_last,
        }
        return FlatBatch(drawn.batch, arrays, object_index)

    def _hidden(self, batch, rng):
        """Return a mask of the points to hide, the same fraction of every light curve."""
        rank, rows = batch.rank(), batch.rows
        # Multiples of the golden ratio spread the hidden points evenly.
        key = np.modf(rank * _GOLDEN)[0] if rng is None else rng.random(len(rank))
        key = np.where(rank == 0, 2.0, key)
        n_hidden = np.rint(self.mask_fraction * (batch.lengths - 1))
        n_hidden = np.where(batch.lengths > 1, np.maximum(n_hidden, 1), 0)
        order = np.lexsort((key, rows))
        hidden = np.empty(len(rank), dtype=bool)
        hidden[order] = rank < n_hidden[rows]
        return hidden
