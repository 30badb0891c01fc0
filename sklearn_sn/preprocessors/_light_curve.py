"""Preprocess light curves: scale them once, gather and pad batches."""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from sklearn_sn.data import (
    DAYS_BEFORE,
    CheckedTable,
    Ragged,
    band_wavelength,
    event_mask,
    peaks,
)
from sklearn_sn.preprocessors._blocks import in_blocks
from sklearn_sn.preprocessors._empty_sky import with_empty_sky
from sklearn_sn.preprocessors._fainter_copies import with_fainter_copies
from sklearn_sn.preprocessors._flat_batch import FlatBatch, RaggedPreprocessor

_MAG = 2.5 / np.log(10.0)
SOFTENING = 0.02  # of the peak: fluxes below it are linear (Lupton, Gunn & Szalay 1999)
UNKNOWN_ERROR = 0.1  # magnitudes; used for points without an error


@dataclass(frozen=True)
class PreparedLightCurves:
    """Points as float32, (n_points, 4): time, flux / peak, error / peak, ln(λ / 5000 Å).

    `strength` is the probability of the augmentation of rare classes of each object, or None.
    """

    points: np.ndarray
    bands: np.ndarray
    ragged: Ragged
    amplitude: np.ndarray
    strength: np.ndarray | None = None

    @property
    def lengths(self):
        return self.ragged.lengths


@dataclass
class DrawnPoints:
    """Points of a batch after augmentation: columns as prepared, not yet converted to inputs."""

    points: np.ndarray
    bands: np.ndarray
    batch: Ragged
    amplitude: np.ndarray

    def filter(self, keep: np.ndarray) -> "DrawnPoints":
        """Return copies of the points of a mask; the rows stay."""
        return DrawnPoints(
            self.points.compress(keep, axis=0),
            self.bands.compress(keep),
            self.batch.filter(keep),
            self.amplitude,
        )

    @property
    def curves(self) -> Ragged:
        """Fields time, flux and flux_err."""
        return _curves(self.points, self.batch)


class LightCurvePreprocessor(RaggedPreprocessor):
    """Scale light curves relative to their peak, and pad batches of them.

    Parameters
    ----------
    amplitude : bool
        Whether the peak flux is a value of every point.
    errors : bool
        Whether the error is a value of every point.
    time_origin : {"peak", "first"}
        Origin of times: the brightest point or the first point.
    time_window : pair of float
        Days before and after the origin; points outside are dropped.
    band_encoding : {"wavelength", "embedding"}
        With "embedding", points in bands that were absent in fit are dropped.
    max_points : int
        Longer light curves are thinned to this number of points, evenly in rank.
    days_before : float or None
        Points more than this number of days before the first significant detection are dropped.
    noise : bool
        Whether to add Gaussian noise of the reported errors to training batches.
    augmentation : bool
        Whether to thin and truncate light curves in training batches, and to drop bands.

    Attributes
    ----------
    bands_ : array of str
        Bands of the training objects.
    amplitude_mean_, amplitude_scale_ : float
        Mean and standard deviation of the log10 peak flux of the training objects.
    """

    chunk_points = 170.0  # of a transformer of the default size

    def __init__(
        self,
        *,
        amplitude: bool = True,
        errors: bool = True,
        time_origin: str = "peak",
        time_window: tuple[float, float] = (-200.0, 400.0),
        band_encoding: str = "wavelength",
        max_points: int = 400,
        days_before: float | None = DAYS_BEFORE,
        noise: bool = True,
        augmentation: bool = True,
    ) -> None:
        self.amplitude, self.errors = amplitude, errors
        self.time_origin, self.time_window = time_origin, tuple(time_window)
        self.band_encoding, self.days_before = band_encoding, days_before
        self.max_points, self.noise, self.augmentation = max_points, noise, augmentation

    @property
    def n_values(self) -> int:
        """Number of values of a point besides time and band."""
        return 1 + self.errors + self.amplitude

    def fit(self, table: CheckedTable, rows: np.ndarray | None = None) -> Self:
        """Learn the bands and the scale of the peak flux, from all objects or from `rows`."""
        curves = table.light_curve
        if rows is not None:
            curves = curves.take(rows)
        self._fit_bands(curves)
        curves = curves.filter(event_mask(curves, self.days_before))
        peak, _ = peaks(curves)
        logs = np.log10(peak[curves.lengths > 0])
        self.amplitude_mean_ = float(logs.mean()) if len(logs) else 0.0
        self.amplitude_scale_ = float(max(logs.std(), 0.1)) if len(logs) else 1.0
        return self

    def _fit_bands(self, curves):
        self.bands_ = np.asarray(curves["band"].categories)[np.unique(curves["band"].codes)]

    def prepare(self, table: CheckedTable) -> PreparedLightCurves:
        """Scale all light curves of a table once, in float64."""
        return in_blocks(self._prepared, table.light_curve)

    def _prepared(self, curves):
        codes = band_codes(self.bands_, curves["band"])
        if self.band_encoding == "embedding" and (codes < 0).any():
            curves, codes = curves.filter(codes >= 0), codes[codes >= 0]
        keep = event_mask(curves, self.days_before)
        curves, codes = curves.filter(keep), codes[keep]
        peak, origin = peaks(curves)
        if self.time_origin == "first":
            origin = curves.reduce("first", "time", empty=0.0)
        time = curves["time"] - np.repeat(origin, curves.lengths)
        keep = (time >= self.time_window[0]) & (time <= self.time_window[1])
        keep &= thinned(curves.filter(keep), keep, self.max_points)
        curves, time, codes = curves.filter(keep), time[keep], codes[keep]
        scale = np.repeat(peak, curves.lengths)
        points = np.empty((curves.n_points, 4), dtype=np.float32)
        points[:, 0] = time
        with np.errstate(over="ignore"):
            points[:, 1] = np.clip(curves["flux"] / scale, -1e4, 1e4)
            points[:, 2] = np.clip(curves["flux_err"] / scale, 0.0, 1e4)
        points[:, 3] = log_wavelengths(curves["band"])[curves["band"].codes]
        amplitude = (np.log10(peak) - self.amplitude_mean_) / self.amplitude_scale_
        return PreparedLightCurves(
            points,
            codes.astype(np.int64),
            Ragged({}, curves.offsets),
            np.clip(amplitude, -6.0, 6.0).astype(np.float32),
        )

    def flat_batch(
        self,
        prepared: Any,
        rows: np.ndarray,
        rng: np.random.Generator | None = None,
    ) -> FlatBatch:
        """Return the inputs of some objects; with a generator `rng`, augmented.

        Returns
        -------
        FlatBatch
            values (n_points, n_values), time (n_points,) and log_wavelength or band (n_points,).
        """
        object_index = np.flatnonzero(prepared.lengths[rows] > 0)
        drawn = self.draw(prepared, rows[object_index], rng)
        if rng is not None and self._alters_points():
            self.rescale(drawn)
        return FlatBatch(drawn.batch, self.inputs(drawn), object_index)

    def draw(
        self, prepared: Any, rows: np.ndarray, rng: np.random.Generator | None = None
    ) -> DrawnPoints:
        """Return the points of some objects; with a generator `rng`, augmented."""
        points, bands, batch = augmented_points(self, prepared, rows, rng)
        return DrawnPoints(points, bands, batch, prepared.amplitude[rows])

    def _alters_points(self):
        """Return whether training batches lack points of the light curves."""
        return self.augmentation

    def rescale(self, drawn: DrawnPoints, known: np.ndarray | None = None) -> None:
        """Set scale and origin to those of the drawn points, or of a mask of them, in place.

        The peak of a sparsely observed object is that of its points, so augmentation has to
        reproduce this.
        """
        measured = drawn if known is None else drawn.filter(known)
        peak, origin = peaks(measured.curves)
        if self.time_origin == "first":
            origin = measured.batch.reduce("min", measured.points[:, 0], empty=0.0)
        # If only noise is left, the peak can be arbitrarily small. Limit the scale.
        peak = np.clip(peak, 1e-3, 1e3).astype(np.float32)
        drawn.points[:, 0] -= origin.astype(np.float32)[drawn.batch.rows]
        drawn.points[:, 1:3] /= peak[drawn.batch.rows][:, None]
        drawn.amplitude = drawn.amplitude + np.log10(peak) / self.amplitude_scale_

    def inputs(self, drawn: DrawnPoints) -> dict[str, np.ndarray]:
        """Return the inputs of the network for every point, as flat arrays."""
        time, flux, error = np.ascontiguousarray(drawn.points[:, :3].T)  # contiguous for speed
        values = np.empty((len(time), self.n_values), dtype=np.float32)
        values[:, 0], errors = relative_values(flux, error)
        if self.errors:
            values[:, 1] = errors
        if self.amplitude:
            amplitude = np.clip(drawn.amplitude, -6.0, 6.0)
            values[:, -1] = np.repeat(amplitude, drawn.batch.lengths)
        return {"values": values, "time": time, **self._band_inputs(drawn)}

    def _band_inputs(self, drawn):
        if self.band_encoding == "wavelength":
            return {"log_wavelength": drawn.points[:, 3]}
        return {"band": drawn.bands}


_TOP = np.arcsinh(1.0 / SOFTENING)


def relative_values(flux, error):
    """Convert fluxes and errors over the peak to asinh magnitudes and logarithmic errors."""
    magnitude = np.arcsinh(flux / SOFTENING) - _TOP
    magnitude *= 0.5 * _MAG
    magnitude += 1.0
    error = _MAG * error / np.hypot(flux, SOFTENING)
    missing = np.isnan(error)
    if missing.any():
        error[missing] = UNKNOWN_ERROR
    np.clip(error, 1e-3, 10.0, out=error)
    error = np.log10(error, out=error)
    error += 1.0
    return magnitude, error


def augmented_points(preprocessor, prepared, rows, rng):
    """Return points, bands and offsets of a batch; with a generator `rng`, augmented."""
    positions, offsets = prepared.ragged.points_of(rows)
    # numpy's take and compress are several times as fast as indexing with an array or a mask.
    points, bands = prepared.points.take(positions, axis=0), prepared.bands.take(positions)
    batch = Ragged({}, offsets)
    if rng is not None:
        if preprocessor.noise:
            shift = points[:, 2] * rng.standard_normal(len(points), dtype=np.float32)
            shift[np.isnan(shift)] = 0.0  # errors may be NaN
            points[:, 1] += shift
        if preprocessor.augmentation:
            if prepared.strength is not None:
                strength = prepared.strength[rows]
                points, bands, batch = with_fainter_copies(points, bands, batch, strength, rng)
            points, bands, batch = with_empty_sky(points, bands, batch, rng)
            keep = _augmented(batch, np.ascontiguousarray(points[:, 0]), bands, rng)
            points, bands, batch = _compressed(points, bands, batch, keep)
            # Augmentation can move the window, as missing points would.
            keep = event_mask(_curves(points, batch), preprocessor.days_before)
            points, bands, batch = _compressed(points, bands, batch, keep)
    return points, bands, batch


def _compressed(points, bands, batch, keep):
    return points.compress(keep, axis=0), bands.compress(keep), batch.filter(keep)


def _curves(points, batch):
    columns = np.ascontiguousarray(points.T[:3])  # contiguous for speed
    fields = dict(zip(("time", "flux", "flux_err"), columns, strict=True))
    return Ragged(fields, batch.offsets)


def flux_scale(curves):
    """Return the median error of light curves; without errors, their median absolute flux."""
    for values in (curves["flux_err"], np.abs(curves["flux"])):
        values = values[np.isfinite(values) & (values > 0)]
        if len(values):
            return float(np.median(values))
    return 1.0


def band_codes(names, bands):
    """Return the codes of a Categorical in `names`; -1 where absent."""
    code = {name: position for position, name in enumerate(names)}  # an Index of few is slow
    categories = np.asarray(bands.categories, dtype=object)
    return np.array([*(code.get(name, -1) for name in categories), -1])[bands.codes]


def log_wavelengths(bands):
    """Return ln(λ / 5000 Å) of the categories of a Categorical, as float32."""
    wavelengths = band_wavelength(np.asarray(bands.categories, dtype=object))
    return np.log(wavelengths / 5000.0).astype(np.float32)


def thinned(kept, keep, max_points):
    """Return a mask of the points to keep, with long rows thinned evenly to `max_points`."""
    out = np.ones(len(keep), dtype=bool)
    if kept.lengths.max(initial=0) <= max_points:
        return out
    lengths = kept.lengths[kept.rows]
    rank = kept.rank()
    # Divide the ranks into max_points equal parts, and keep the first point of each part.
    part = rank * max_points // np.maximum(lengths, 1)
    previous_part = (rank - 1) * max_points // np.maximum(lengths, 1)
    out[keep] = (lengths <= max_points) | (rank == 0) | (part != previous_part)
    return out


def _augmented(batch, time, bands, rng):
    """Return a mask of the points of a training batch that augmentation keeps.

    Every object loses a random, usually small, fraction of its points. One object in four is
    truncated at a random time. Each band is dropped with probability 0.1, and one object in ten
    keeps at most two bands. An object with fewer than three remaining points keeps three random
    points instead.
    """
    rows, n, lengths = batch.rows, len(batch), batch.lengths
    keep = rng.random(len(time)) >= np.repeat(0.95 * rng.random(n) ** 2, lengths)
    draws = rng.random((n, int(bands.max(initial=0)) + 2))
    lost = draws < 0.1
    observed = np.zeros(draws.shape, dtype=bool)
    # The last column is that of bands that were absent in fit, of code -1.
    place = rows * draws.shape[1] + np.where(bands < 0, draws.shape[1] - 1, bands)
    observed.reshape(-1)[place] = True
    # Keep the two bands with the largest draws, because these are not dropped already.
    few = np.flatnonzero(rng.random(n) < 0.1)
    band_rank = np.where(observed[few], -draws[few], 1.0).argsort(axis=1).argsort(axis=1)
    lost[few] |= band_rank >= 2
    keep &= ~lost.take(place)
    first = batch.reduce("min", time, empty=0.0)
    last = batch.reduce("max", time, empty=0.0)
    cut = np.where(rng.random(n) < 0.25, first + rng.uniform(0.3, 1.0, n) * (last - first), np.inf)
    keep &= time <= np.repeat(cut, lengths)
    n_left = batch.reduce("sum", keep.astype(np.int64))
    key = rng.random(len(time))
    too_few = n_left < np.minimum(3, lengths)
    points = np.flatnonzero(np.repeat(too_few, lengths))
    if len(points):
        # Only these rows are sorted, because sorting all would cost more than all the rest.
        order = points[np.lexsort((key[points], rows[points]))]
        keep[order] = batch.rank()[points] < 3
    return keep
