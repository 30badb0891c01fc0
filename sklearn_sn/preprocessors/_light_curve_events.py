"""Preprocess light curves as sequences of events: fluxes on a fixed scale, steps in time."""

from typing import Any, Self

import numpy as np

from sklearn_sn.data import (
    DAYS_BEFORE,
    CheckedTable,
    Ragged,
    band_wavelength,
    event_mask,
    first_significant_detections,
    merge_points,
    peaks,
)
from sklearn_sn.preprocessors._flat_batch import pad
from sklearn_sn.preprocessors._light_curve import (
    SOFTENING,
    UNKNOWN_ERROR,
    DrawnPoints,
    LightCurvePreprocessor,
    PreparedLightCurves,
    band_codes,
    flux_scale,
    relative_values,
    thinned,
)

COLOR_EDGES = (4000.0, 5500.0, 7000.0, 8200.0, 9500.0)  # Å, between u, g, r, i, z and y
N_COLORS = len(COLOR_EDGES) + 1
MAX_DAYS = 1e4
SHORTEST_HORIZON = 0.5  # days
_COLOR_EDGES = np.log(np.array(COLOR_EDGES) / 5000.0)


class LightCurveEventPreprocessor(LightCurvePreprocessor):
    """Merge the points of a night, scale their fluxes, and pad batches of light curves.

    Values of a point are the logarithm of its flux, standardised over the training points; its
    error; the flux relative to the peak of the light curve, as an asinh magnitude; and six colour
    flags. Flag c is 1 if a point in wavelength range c (bounded by 4000, 5500, 7000, 8200 and
    9500 Å) was observed at the time of this point or up to `color_days` before. Flags therefore do
    not depend on later points.

    Parameters
    ----------
    amplitude : bool
        Whether fluxes are on one scale for all objects, that of the typical error in fit. Otherwise
        they are relative to the peak of their light curve.
    time_origin : {"detection", "first"}
        Origin of times: the first significant detection, which later points do not move once it is
        confirmed, or the first point.
    flux_transform : {"asinh", "log"}
        "asinh" is logarithmic for bright points and linear near 0, and keeps the sign. "log" is the
        logarithm, with fluxes below the typical error raised to it.
    relative_flux : bool
        Whether the flux relative to the peak is a value beside the flux on the common scale.
    merge_hours : float or None
        Points of one band within so many hours are averaged with weights 1 / flux_err².
    color_days : float
        Days for which an observation counts in the colour flags.
    truncation : float
        Fraction of the light curves in training batches that end at a random horizon: a time after
        the first significant detection, drawn evenly in its logarithm from half a day to
        `longest_`, or that are complete where they end before it.
    band_encoding, max_points, days_before, noise, augmentation
        As in :class:`LightCurvePreprocessor`.

    Attributes
    ----------
    bands_ : array of str
        Bands of the training objects.
    scale_ : float
        Median error of the training points in µJy or, without errors, their median flux.
    value_mean_, value_scale_ : float
        Mean and standard deviation of the transformed fluxes of the training points.
    longest_ : float
        Largest time in days from the first significant detection to the last point of a training
        object.
    """

    chunk_points = None

    def __init__(
        self,
        *,
        amplitude: bool = True,
        time_origin: str = "detection",
        flux_transform: str = "asinh",
        relative_flux: bool = True,
        merge_hours: float | None = 12.0,
        color_days: float = 3.0,
        truncation: float = 0.5,
        band_encoding: str = "wavelength",
        max_points: int = 200,
        days_before: float | None = DAYS_BEFORE,
        noise: bool = True,
        augmentation: bool = True,
    ) -> None:
        self.amplitude, self.time_origin = amplitude, time_origin
        self.flux_transform, self.relative_flux = flux_transform, relative_flux
        self.merge_hours, self.color_days = merge_hours, color_days
        self.truncation, self.band_encoding = truncation, band_encoding
        self.max_points, self.days_before = max_points, days_before
        self.noise, self.augmentation = noise, augmentation

    @property
    def n_values(self) -> int:
        """Number of values of a point besides time and band."""
        return 2 + N_COLORS + self._has_relative

    @property
    def _has_relative(self):
        return self.relative_flux and self.amplitude

    def fit(self, table: CheckedTable, rows: np.ndarray | None = None) -> Self:
        """Learn the bands and the scales of the fluxes, from all objects or from `rows`."""
        curves = table.light_curve
        if rows is not None:
            curves = curves.take(rows)
        self._fit_bands(curves)
        curves = self._merged(curves.filter(event_mask(curves, self.days_before)))
        self.scale_ = flux_scale(curves)
        self.value_mean_, self.value_scale_ = 0.0, 1.0
        flux = self._scaled(curves)[:, 0]
        values = self._transformed(flux, np.ones_like(flux))[0]
        if len(values):
            self.value_mean_ = float(values.mean())
            self.value_scale_ = float(max(values.std(), 0.1))
        days = _days_after_detection(curves)[1]
        self.longest_ = float(np.clip(days.max(initial=0.0), SHORTEST_HORIZON, MAX_DAYS))
        return self

    def _prepared(self, curves):
        if self.band_encoding == "embedding":
            curves = curves.filter(band_codes(self.bands_, curves["band"]) >= 0)
        curves = self._merged(curves.filter(event_mask(curves, self.days_before)))
        curves = curves.filter(thinned(curves, np.ones(curves.n_points, bool), self.max_points))
        time = curves["time"] - self._origins(curves)[curves.rows]
        wavelengths = band_wavelength(np.asarray(curves["band"].categories, dtype=object))
        points = np.empty((curves.n_points, 4), dtype=np.float32)
        points[:, 0] = np.clip(time, -MAX_DAYS, MAX_DAYS)
        points[:, 1:3] = self._scaled(curves)
        points[:, 3] = np.log(wavelengths / 5000.0)[curves["band"].codes]
        codes = band_codes(self.bands_, curves["band"]).astype(np.int64)
        batch = Ragged({}, curves.offsets)
        return PreparedLightCurves(points, codes, batch, self._peaks(curves, self.scale_))

    def _origins(self, curves):
        """Return the time of the origin of every light curve."""
        first = curves.reduce("first", "time", empty=0.0)
        if self.time_origin == "first":
            return first
        detection = first_significant_detections(curves)
        return np.where(np.isnan(detection), first, detection)

    @staticmethod
    def _peaks(curves, scale=1.0):
        """Return the peak of every light curve over a scale."""
        with np.errstate(over="ignore", under="ignore"):
            return np.clip(peaks(curves)[0] / scale, 1e-30, 1e30).astype(np.float32)

    def _merged(self, curves):
        return curves if self.merge_hours is None else merge_points(curves, self.merge_hours / 24.0)

    def _scaled(self, curves):
        """Return fluxes and errors over their scale, (n_points, 2)."""
        scale = np.full(curves.n_points, self.scale_)
        if not self.amplitude:
            scale = peaks(curves)[0][curves.rows]
        scaled = np.empty((curves.n_points, 2))
        with np.errstate(over="ignore", under="ignore"):
            scaled[:, 0] = np.clip(curves["flux"] / scale, -1e30, 1e30)
            scaled[:, 1] = np.clip(curves["flux_err"] / scale, 0.0, 1e30)
        return scaled

    def _transformed(self, flux, error):
        """Return standardised logarithmic fluxes, and logarithms of their relative errors."""
        softening = 1.0 if self.amplitude else SOFTENING
        with np.errstate(over="ignore", under="ignore"):
            if self.flux_transform == "asinh":
                value = np.arcsinh(flux / softening) / np.log(10.0)
            else:
                value = np.log10(np.maximum(flux, softening))
            error = np.nan_to_num(error / np.hypot(flux, softening), nan=UNKNOWN_ERROR)
        value = np.clip((value - self.value_mean_) / self.value_scale_, -10.0, 10.0)
        return value, 1.0 + np.log10(np.clip(error, 1e-3, 10.0))

    def draw(
        self, prepared: Any, rows: np.ndarray, rng: np.random.Generator | None = None
    ) -> DrawnPoints:
        """Return the points of some objects; with a generator `rng`, augmented and truncated."""
        drawn = super().draw(prepared, rows, rng)
        if rng is None or not self.truncation:
            return drawn
        curves, n = drawn.curves, len(rows)
        start = _days_after_detection(curves)[0]
        # One distribution for all objects: horizons drawn up to the end of each light curve would
        # depend on its length, and so would the frequencies of the classes at a horizon.
        horizon = SHORTEST_HORIZON * (self.longest_ / SHORTEST_HORIZON) ** rng.random(n)
        end = np.where(rng.random(n) < self.truncation, start + horizon, np.inf)
        return drawn.filter(curves["time"] <= end[curves.rows])

    def _alters_points(self):
        return self.augmentation or self.truncation > 0

    def rescale(self, drawn: DrawnPoints, known: np.ndarray | None = None) -> None:
        """Set origin and peak to those of the drawn points, or of a mask of them, in place."""
        measured = drawn if known is None else drawn.filter(known)
        origin = self._origins(measured.curves)
        drawn.points[:, 0] -= origin.astype(np.float32)[drawn.batch.rows]
        drawn.amplitude = self._peaks(measured.curves)
        if not self.amplitude:
            # If only noise is left, the peak can be arbitrarily small. Limit the scale.
            peak = np.clip(drawn.amplitude, 1e-3, 1e3)
            drawn.points[:, 1:3] /= peak[drawn.batch.rows][:, None]

    def inputs(self, drawn: DrawnPoints) -> dict[str, np.ndarray]:
        """Return the inputs of the network for every point, as flat arrays."""
        points, batch = drawn.points, drawn.batch
        values = np.empty((len(points), self.n_values), dtype=np.float32)
        values[:, 0], values[:, 1] = self._transformed(points[:, 1], points[:, 2])
        if self._has_relative:
            relative = points[:, 1:3] / drawn.amplitude[batch.rows][:, None]
            values[:, 2] = relative_values(*np.clip(relative, -1e4, 1e4).T)[0]
        flags = color_flags(points[:, 0], points[:, 3], batch, self.color_days)
        values[:, -N_COLORS:] = flags
        since_previous = np.diff(points[:, 0], prepend=np.float32(0.0))
        since_previous[batch.rank() == 0] = 0.0
        return {
            "values": values,
            "time": points[:, 0],
            "since_previous": since_previous,
            **self._band_inputs(drawn),
        }


def _days_after_detection(curves):
    """Return the first significant detection or first point of each row, and the days after it."""
    start = first_significant_detections(curves)
    start = np.where(np.isnan(start), curves.reduce("first", "time", empty=0.0), start)
    return start, curves.reduce("last", "time", empty=0.0) - start


def color_flags(
    time: np.ndarray, log_wavelength: np.ndarray, batch: Ragged, days: float
) -> np.ndarray:
    """Return which wavelength ranges were observed up to each point, (n_points, n_ranges).

    Parameters
    ----------
    time, log_wavelength : array of shape (n_points,)
        Days, sorted within each row; ln(wavelength / 5000 Å).
    batch : Ragged of n_rows rows
        Rows of the points.
    days : float
        Days for which an observation counts.
    """
    color = np.searchsorted(_COLOR_EDGES, log_wavelength)
    padded = pad(batch, {"time": time, "color": color})
    clock = np.where(padded["pad_mask"], np.inf, padded["time"])[..., None]  # (B, L, 1)
    is_color = padded["color"][..., None] == np.arange(N_COLORS)  # (B, L, n_ranges)
    latest = np.maximum.accumulate(np.where(is_color, clock, -np.inf), axis=1)
    # Simultaneous points see each other, whatever their order.
    number = np.arange(clock.shape[1])[None, :, None]
    is_last = np.append(clock[:, 1:] > clock[:, :-1], np.ones_like(clock[:, :1], bool), axis=1)
    last = np.where(is_last, number, clock.shape[1])
    last = np.minimum.accumulate(last[:, ::-1], axis=1)[:, ::-1]  # (B, L, 1)
    latest = np.take_along_axis(latest, last, axis=1)
    with np.errstate(invalid="ignore"):
        flags = clock - latest <= days
    return flags[~padded["pad_mask"]].astype(np.float32)
