"""Preprocess light curves for recurrent networks, without values that depend on later points."""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from sklearn_sn.data import (
    DAYS_BEFORE,
    DETECTION_SNR,
    CheckedTable,
    Ragged,
    event_mask,
)
from sklearn_sn.preprocessors._light_curve import (
    DrawnPoints,
    LightCurvePreprocessor,
    augmented_points,
    flux_scale,
    log_wavelengths,
    relative_values,
    thinned,
)
from sklearn_sn.preprocessors._prefix_parts import PreparedHistory, prefix_parts


@dataclass(frozen=True)
class PreparedSequences:
    """Points as float32, (n_points, 4): time, flux / unit, error / unit, ln(λ / 5000 Å).

    `strength` is the probability of the augmentation of rare classes of each object, or None.
    """

    points: np.ndarray
    bands: np.ndarray
    ragged: Ragged
    unit: np.ndarray
    strength: np.ndarray | None = None

    @property
    def lengths(self):
        return self.ragged.lengths


class LightCurveSequencePreprocessor(LightCurvePreprocessor):
    """Scale light curves by the brightest detection so far, and pad batches of them.

    Times count from the first detection so far, of at least three sigma, and are 0 before it, so
    that the length of a baseline before the event has no effect. A flux is relative to the
    brightest detection so far or, before the first detection, to the larger of flux and error. The
    growth of this scale is another value. The values of a point therefore do not depend on later
    points, and do not reveal the distance unless `amplitude` is True.

    Parameters
    ----------
    amplitude : bool
        Whether the flux in units of a typical error of fit is a value of every point.
    max_points : int
        Longer light curves are thinned to this number of points, evenly in rank.
    days_before : float or None
        Points more than this number of days before the first significant detection are dropped.
    noise, augmentation : bool
        As in :class:`LightCurvePreprocessor`.
    """

    # Fixed cost of one step of a recurrent network, in rows of a batch.
    chunk_overhead, chunk_points = 30.0, None

    def __init__(
        self,
        *,
        amplitude: bool = True,
        max_points: int = 400,
        days_before: float | None = DAYS_BEFORE,
        noise: bool = True,
        augmentation: bool = True,
    ) -> None:
        self.amplitude, self.max_points = amplitude, max_points
        self.days_before = days_before
        self.noise, self.augmentation = noise, augmentation
        self.band_encoding = "wavelength"

    @property
    def n_values(self) -> int:
        """Number of values of a point besides time and band."""
        return 3 + self.amplitude

    def fit(self, table: CheckedTable, rows: np.ndarray | None = None) -> Self:
        """Learn the bands and the flux scale: the median error or, without errors, median flux."""
        curves = table.light_curve
        if rows is not None:
            curves = curves.take(rows)
        self._fit_bands(curves)
        curves = curves.filter(event_mask(curves, self.days_before))
        self.scale_ = flux_scale(curves)
        with np.errstate(over="ignore"):
            size = np.arcsinh(curves["flux"] / self.scale_)
        size = size[np.isfinite(size)]
        self.size_mean_ = float(size.mean()) if len(size) else 0.0
        self.size_scale_ = float(max(size.std(), 0.1)) if len(size) else 1.0
        return self

    def _prepared(self, curves):
        curves = curves.filter(event_mask(curves, self.days_before))
        kept = thinned(curves, np.ones(curves.n_points, bool), self.max_points)
        return self._scaled(curves.filter(kept))

    def prepare_history(self, table: CheckedTable) -> PreparedHistory:
        """Scale light curves as they are known after each point, as :class:`PreparedHistory`.

        They are not thinned, because thinning depends on later points.
        """
        curves = table.light_curve
        parts = prefix_parts(curves, self.days_before)
        fields = {name: curves[name][parts.point] for name in ("time", "band", "flux", "flux_err")}
        return PreparedHistory(self._scaled(Ragged(fields, parts.offsets)), parts.predicts, curves)

    def _scaled(self, curves):
        # The unit cancels later. It keeps values within the range of float32.
        unit = curves.reduce("max", np.abs(curves["flux"]), empty=1.0)
        unit = np.where(unit > 0, unit, self.scale_)
        first = curves.reduce("first", "time", empty=0.0)
        first, point_unit = (np.repeat(values, curves.lengths) for values in (first, unit))
        codes = curves["band"].codes.astype(np.int64)
        points = np.empty((curves.n_points, 4), dtype=np.float32)
        points[:, 0] = curves["time"] - first
        with np.errstate(over="ignore", under="ignore"):
            points[:, 1] = curves["flux"] / point_unit
            points[:, 2] = np.clip(curves["flux_err"] / point_unit, 0.0, 1e30)
            unit = np.clip(unit / self.scale_, 1e-30, 1e30)
        points[:, 3] = log_wavelengths(curves["band"]).take(codes)
        return PreparedSequences(points, codes, Ragged({}, curves.offsets), unit)

    def draw(
        self, prepared: Any, rows: np.ndarray, rng: np.random.Generator | None = None
    ) -> DrawnPoints:
        """Return the points of some objects, with units as amplitudes; with `rng`, augmented."""
        points, bands, batch = augmented_points(self, prepared, rows, rng)
        return DrawnPoints(points, bands, batch, prepared.unit[rows])

    def _alters_points(self):
        return False  # the scale of a point is that of the points up to it

    def inputs(self, drawn: DrawnPoints) -> dict[str, np.ndarray]:
        """Return the inputs of the network for every point, as flat arrays."""
        points, batch = drawn.points, drawn.batch
        time, flux, error = np.ascontiguousarray(points[:, :3].T)  # contiguous for speed
        detected = _detected(flux, error)
        peak = _running_peak(flux, detected, batch.rows)
        is_known = peak > 0
        fallback = np.fmax(np.abs(flux), error)  # errors may be NaN
        scale = np.where(is_known, peak, np.maximum(fallback, 1e-30))
        values = np.empty((len(points), self.n_values), dtype=np.float32)
        values[:, 0], values[:, 1] = relative_values(flux / scale, error / scale)
        growth = np.log(scale)
        growth[1:] = growth[1:] - growth[:-1]
        growth[batch.offsets[:-1][batch.lengths > 0]] = 0.0
        np.clip(growth, -3.0, 3.0, out=values[:, 2])
        if self.amplitude:
            size = np.arcsinh(flux * np.repeat(drawn.amplitude, batch.lengths))
            size = (size - self.size_mean_) / self.size_scale_
            np.clip(size, -6.0, 6.0, out=values[:, 3])
        time = _since_detection(time, is_known, batch)
        return {"values": values, "time": time, **self._band_inputs(drawn)}


def _detected(flux, error):
    return (flux > 0) & ~(flux < DETECTION_SNR * error)


def _running_peak(flux, detected, rows):
    """Return the largest float32 flux of a detection of each row up to every point; 0 before."""
    # The bits of such numbers are integers in the same order. With the row in front of them, one
    # running maximum over the flat array does not cross from one row to the next.
    key = (rows << 32) | flux.view(np.int32) * detected
    return np.maximum.accumulate(key).astype(np.int32).view(np.float32)


def _since_detection(time, is_known, batch):
    """Return days since the first detection of the row so far, (n_points,); 0 before."""
    is_first = is_known.copy()
    is_first[1:] &= ~is_known[:-1]
    starts = batch.offsets[:-1][batch.lengths > 0]
    is_first[starts] = is_known[starts]
    first = np.flatnonzero(is_first)
    start = np.zeros(len(batch), dtype=np.float32)
    start[batch.rows[first]] = time[first]
    return np.where(is_known, time - np.repeat(start, batch.lengths), np.float32(0.0))
