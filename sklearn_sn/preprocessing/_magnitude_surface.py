"""Gaussian processes of magnitude over time and log wavelength, for many objects at once."""

from dataclasses import dataclass

import numpy as np

from sklearn_sn.data import Ragged
from sklearn_sn.preprocessing._feature_points import MagnitudePoints
from sklearn_sn.preprocessing._row_quantiles import row_quantile

MODEL_WAVELENGTHS = {  # Å
    "U": 3600.0,
    "B": 4500.0,
    "V": 5450.0,
    "R": 6350.0,
    "I": 7700.0,
    "Z": 9000.0,
}
PHASE_GRID = np.arange(-40.0, 121.0, 2.0)  # days from the maximum

_TIME_SCALES = (8.0, 20.0, 50.0)  # days
_WAVELENGTH_SCALE = 0.35  # of ln(wavelength): about the distance from B to R
_PRIOR_VARIANCE = 3.0  # of the kernel
_HALF_SEARCH = 60.0  # days around the centre in which the maximum is searched
_SEARCH_POINTS = 61
_PADDING = 8  # lengths are padded to multiples
_BLOCK_ELEMENTS = 150_000  # of the matrices of a block: they stay in the cache of a core


@dataclass
class SurfaceFit:
    """Gaussian process of the magnitudes of each object, evaluated around its maximum.

    The reference wavelength is the median of the points, limited to B … R.

    Attributes
    ----------
    magnitude, error : array of float, shape (n_objects, 7, n_phases)
        Mean and standard deviation (mag) at the reference wavelength and those of
        `MODEL_WAVELENGTHS`, and the phases of `PHASE_GRID`.
    peak : array of float, shape (n_objects,)
        Time of the maximum at the reference wavelength, days after the centre.
    at_start, at_end : array of float, shape (n_objects,)
        1 if that is the first or the last time with points.
    time_scale : array of float, shape (n_objects,)
        Selected time scale of the kernel, days.
    evidence : array of float, shape (n_objects,)
        Logarithm of the marginal likelihood per point.
    """

    magnitude: np.ndarray
    error: np.ndarray
    peak: np.ndarray
    at_start: np.ndarray
    at_end: np.ndarray
    time_scale: np.ndarray
    evidence: np.ndarray


def fit_surfaces(data: MagnitudePoints) -> SurfaceFit:
    """Fit a Gaussian process to the magnitudes of each object.

    The kernel is the sum of a Matérn 3/2 kernel of time and a Gaussian one of log wavelength, and
    of a slower one that all wavelengths share. Of three time scales, the one with the largest
    marginal likelihood is used.

    Parameters
    ----------
    data : MagnitudePoints
        Points of n_objects objects.

    Returns
    -------
    SurfaceFit
        NaN for objects without points.
    """
    points = data.points
    n = len(points)
    shape = (n, 1 + len(MODEL_WAVELENGTHS), len(PHASE_GRID))
    fit = SurfaceFit(np.full(shape, np.nan), np.full(shape, np.nan), *np.full((5, n), np.nan))
    middle = row_quantile(points.rows, points["magnitude"], n, 0.5)
    colour = row_quantile(points.rows, points["log_wavelength"], n, 0.5)
    padded = -(-points.lengths // _PADDING) * _PADDING
    for length in np.unique(padded[padded > 0]):
        members = np.flatnonzero(padded == length)
        step = max(1, _BLOCK_ELEMENTS // int(length) ** 2)
        for start in range(0, len(members), step):
            rows = members[start : start + step]
            _fit_block(fit, rows, points.take(rows), int(length), middle[rows], colour[rows])
    return fit


def _fit_block(fit, rows, points, length, middle, colour):
    """Write the fits of objects with similar numbers of points."""
    surface = _Surface(points, length, middle + 1.0)  # sparse light curves have few faint points
    reference = np.clip(colour, np.log(MODEL_WAVELENGTHS["B"]), np.log(MODEL_WAVELENGTHS["R"]))
    first, last = points.reduce("min", "time"), points.reduce("max", "time")
    peak, at_start, at_end = _find_peak(surface, reference, first, last)
    fixed = np.log(list(MODEL_WAVELENGTHS.values()))
    wavelengths = np.column_stack([reference, np.tile(fixed, (len(rows), 1))])
    magnitude, error = surface.predict(peak[:, None] + PHASE_GRID, wavelengths)
    fit.magnitude[rows], fit.error[rows], fit.peak[rows] = magnitude, error, peak
    fit.at_start[rows], fit.at_end[rows] = at_start, at_end
    fit.time_scale[rows] = surface.scale
    fit.evidence[rows] = surface.evidence / points.lengths


def _find_peak(surface, reference, first, last):
    """Return the time of the maximum, and whether it is the first or the last time searched."""
    start, stop = np.maximum(first, -_HALF_SEARCH), np.minimum(last, _HALF_SEARCH)
    share = np.linspace(0.0, 1.0, _SEARCH_POINTS)
    grid = start[:, None] + share * (stop - start)[:, None]
    value = surface.predict_mean(grid, reference[:, None])[:, 0]
    best = value.argmin(axis=1)
    inner = np.clip(best, 1, _SEARCH_POINTS - 2)
    left, middle, right = (
        np.take_along_axis(value, (inner + shift)[:, None], axis=1)[:, 0] for shift in (-1, 0, 1)
    )
    # A parabola through the three points around the maximum refines an inner one.
    curvature = left - 2 * middle + right
    usable = (curvature > 1e-12) & (best == inner)
    shift = np.where(usable, 0.5 * (left - right) / np.where(usable, curvature, 1.0), 0.0)
    step = (stop - start) / (_SEARCH_POINTS - 1)
    peak = start + (best + np.clip(shift, -0.5, 0.5)) * step
    at_end = (best == _SEARCH_POINTS - 1) | (stop == start)
    return peak, (best == 0) * 1.0, at_end * 1.0


class _Surface:
    """Gaussian processes of B objects, padded to L points.

    Parameters
    ----------
    points : Ragged of B rows
        Points of the objects.
    length : int
        L.
    mean : array of shape (B,)
        Mean magnitude of each object.
    """

    def __init__(self, points: Ragged, length: int, mean: np.ndarray) -> None:
        shape = (len(points), length)
        place = (points.rows, points.rank())
        self.time, self.log_wavelength, residual = np.zeros((3, *shape))
        self.mask, noise = np.zeros(shape), np.ones(shape)
        self.time[place], self.log_wavelength[place] = points["time"], points["log_wavelength"]
        self.mask[place], noise[place] = 1.0, points["error"]
        residual[place] = points["magnitude"] - mean[points.rows]
        self.mean = mean
        self._fit(residual, noise**2)

    def _fit(self, residual, noise):
        gap = np.abs(self.time[:, :, None] - self.time[:, None, :])  # (B, L, L)
        pair = self.mask[:, :, None] * self.mask[:, None, :]
        near, far = self._colour_kernels(self.log_wavelength)
        near, far = near * pair, far * pair
        n_objects, length = residual.shape
        diagonal = np.arange(length)
        # The last row of the factor of [[K, r], [r', c]] is the solution of the triangular system.
        corner = 1.0 + (residual**2).sum(axis=1) / noise.min(axis=1)
        self.evidence = np.full(n_objects, -np.inf)
        self.scale = np.zeros(n_objects)
        factor = np.empty((n_objects, length + 1, length + 1))
        for scale in _TIME_SCALES:
            matrix = np.empty((n_objects, length + 1, length + 1))
            quick, slow = _time_kernels(gap, scale)
            matrix[:, :length, :length] = quick * near + slow * far
            matrix[:, diagonal, diagonal] += noise
            matrix[:, length, :length] = matrix[:, :length, length] = residual
            matrix[:, length, length] = corner
            root = np.linalg.cholesky(matrix)
            white = root[:, length, :length]
            spread = np.log(np.diagonal(root, axis1=1, axis2=2)[:, :length]).sum(axis=1)
            evidence = -0.5 * (white**2).sum(axis=1) - spread
            better = evidence > self.evidence
            self.evidence[better], self.scale[better] = evidence[better], scale
            factor[better] = root[better]
        inverse = np.linalg.inv(factor[:, :length, :length])
        self.weights = np.matmul(inverse.transpose(0, 2, 1), factor[:, length, :length, None])
        # Variances are compared with a threshold, for which half of the digits are sufficient.
        self.whitening = inverse.transpose(0, 2, 1).astype(np.float32)

    def _colour_kernels(self, log_wavelength):
        """Return the kernels of log wavelength beside the quick and the slow kernel of time."""
        apart = log_wavelength[:, :, None] - self.log_wavelength[:, None, :]
        near = np.exp(-0.5 * (apart / _WAVELENGTH_SCALE) ** 2)
        return near, 1.0 + near

    def _kernels(self, time, log_wavelength):
        """Return the kernels of T times, (B, T, L), and of W wavelengths, (B, W, L)."""
        gap = np.abs(time[:, :, None] - self.time[:, None, :])
        near, far = self._colour_kernels(log_wavelength)
        mask = self.mask[:, None, :]
        return *_time_kernels(gap, self.scale[:, None, None]), near * mask, far * mask

    def predict_mean(self, time, log_wavelength):
        """Return the mean at times, (B, T), and wavelengths, (B, W), of shape (B, W, T)."""
        return self._mean(*self._kernels(time, log_wavelength))

    def _mean(self, quick, slow, near, far):
        weights = self.weights.transpose(0, 2, 1)  # (B, 1, L)
        mean = np.matmul(near * weights, quick.transpose(0, 2, 1))
        mean += np.matmul(far * weights, slow.transpose(0, 2, 1))
        return self.mean[:, None, None] + mean

    def predict(self, time, log_wavelength):
        """Return mean and standard deviation, each of shape (B, W, T)."""
        quick, slow, near, far = kernels = self._kernels(time, log_wavelength)
        mean = self._mean(*kernels)
        quick, slow, near, far = (kernel.astype(np.float32) for kernel in kernels)
        kernel = quick[:, None] * near[:, :, None] + slow[:, None] * far[:, :, None]
        shape = kernel.shape  # (B, W, T, L)
        half = np.matmul(kernel.reshape(shape[0], -1, shape[3]), self.whitening)
        explained = np.einsum("bij,bij->bi", half, half).reshape(shape[:3])
        return mean, np.sqrt(np.maximum(_PRIOR_VARIANCE - explained, 0.0))


def _time_kernels(gap, scale):
    """Return Matérn 3/2 kernels of a time scale (days) and of one four times as long."""
    quick = (np.sqrt(3) / scale) * gap
    slow = 0.25 * quick
    return (1 + quick) * np.exp(-quick), (1 + slow) * np.exp(-slow)
