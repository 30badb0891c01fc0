"""Resampling of spectra to one grid of wavelengths."""

import numpy as np
import numpy.typing as npt

from sklearn_sn.data._continuum import continuum
from sklearn_sn.data._ragged import Ragged

__all__ = ["continuum", "resample", "wavelength_grid"]

# Pixels and bin edges per block: bounds the memory, and fits the cache.
_BLOCK = 500_000
# Largest gap that is interpolated, in units of the mean pixel spacing of a coarse spectrum.
_COARSE_GAP = 3.0
_MIN_COVERAGE = 0.5


def wavelength_grid(
    low: float, high: float, n_bins: int, spacing: str = "log"
) -> npt.NDArray[np.float64]:
    """Return the centres of bins that divide a range of wavelengths.

    Parameters
    ----------
    low : float
        Lower edge of the first bin, Å.
    high : float
        Upper edge of the last bin, Å.
    n_bins : int
        Number of bins, at least 2.
    spacing : {"log", "linear"}, default="log"
        Whether bins have equal widths in log wavelength (equal velocities) or in wavelength.

    Returns
    -------
    ndarray of shape (n_bins,)
        Increasing wavelengths, Å.

    Examples
    --------
    >>> from sklearn_sn.data._resample import wavelength_grid
    >>> wavelength_grid(4000, 8000, 4, spacing="linear")
    array([4500., 5500., 6500., 7500.])
    """
    if spacing == "log":
        edges = np.geomspace(low, high, n_bins + 1)
        return np.sqrt(edges[1:] * edges[:-1])
    edges = np.linspace(low, high, n_bins + 1)
    return 0.5 * (edges[1:] + edges[:-1])


def resample(
    spectra: Ragged, grid: np.ndarray, *, shifts: np.ndarray | None = None, max_gap: float = 100.0
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Compute the mean flux of every spectrum in every bin of one grid.

    A spectrum is interpolated linearly between its pixels, and the flux of a bin is the exact mean
    of the interpolant over the bin. A bin with many pixels gets their mean, weighted by pixel width
    and overlap but not by the errors, so that flux is conserved. A bin narrower than the pixel
    spacing gets a linear interpolation. Errors are propagated with the same weights and assumed to
    be independent between pixels.

    Parameters
    ----------
    spectra : Ragged of n_rows rows
        Fields wavelength (Å), flux and, optionally, flux_err. Pixels may be in any order;
        non-finite ones are dropped.
    grid : array of shape (n_bins,)
        Increasing centres of the bins, Å; edges lie halfway between them.
    shifts : array of shape (n_rows,), optional
        Factors 1 + z by which wavelengths are divided, for the rest frame. Fluxes are not scaled.
    max_gap : float, default=100.0
        Largest distance of neighbouring pixels that is interpolated, in Å after the shift. In
        coarse spectra it is three times the mean pixel spacing, if that is larger.

    Returns
    -------
    flux : ndarray of shape (n_rows, n_bins)
        Mean fluxes; NaN where not covered.
    flux_err : ndarray of shape (n_rows, n_bins)
        Errors of the means; NaN where not covered or where a contributing pixel has no error.
    covered : ndarray of bool, shape (n_rows, n_bins)
        Whether the spectrum covers at least half of the bin. A single pixel covers nothing.

    Raises
    ------
    ValueError
        If the grid does not increase or has fewer than two bins, or if the shifts are not one
        positive number per spectrum.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_sn.data import Ragged
    >>> from sklearn_sn.data._resample import resample
    >>> wavelength = np.arange(4000.0, 5001.0, 5.0)
    >>> spectra = Ragged({"wavelength": wavelength, "flux": wavelength / 1000}, [0, 201])
    >>> flux, flux_err, covered = resample(spectra, [4300.0, 4500.0, 4700.0, 4900.0, 5100.0])
    >>> flux
    array([[4.3, 4.5, 4.7, 4.9, nan]])
    """
    edges = _edges(grid)
    n_rows, n_bins = len(spectra), len(edges) - 1
    shifts = _check_shifts(shifts, n_rows)
    spectra = _rising_pixels(spectra, shifts)
    flux = np.full((n_rows, n_bins), np.nan)
    flux_err = np.full((n_rows, n_bins), np.nan)
    covered = np.zeros((n_rows, n_bins), dtype=bool)
    # Blocks end where the running number of knots (pixels and edges) passes a multiple of _BLOCK.
    knots = spectra.offsets[1:] + np.arange(1, n_rows + 1) * len(edges)
    cuts = np.flatnonzero(np.diff(knots // _BLOCK)) + 1
    for start, stop in zip([0, *cuts], [*cuts, n_rows], strict=True):
        if stop > start:
            block = spectra.take(slice(start, stop))
            flux[start:stop], flux_err[start:stop], covered[start:stop] = _bin_means(
                block, edges, max_gap
            )
    return flux, flux_err, covered


def _edges(grid):
    """Return the edges of the bins, halfway between their centres."""
    grid = np.asarray(grid, dtype=np.float64)
    if grid.ndim != 1 or len(grid) < 2 or not np.all(np.diff(grid) > 0):
        raise ValueError(
            "The 'grid' parameter of resample must be a 1-D array of at least two increasing "
            "wavelengths."
        )
    middle = 0.5 * (grid[1:] + grid[:-1])
    return np.concatenate([[2 * grid[0] - middle[0]], middle, [2 * grid[-1] - middle[-1]]])


def _check_shifts(shifts, n_rows):
    """Return the shifts as floats, or raise if they are not one positive number per spectrum."""
    if shifts is None:
        return None
    shifts = np.asarray(shifts, dtype=np.float64)
    if shifts.shape != (n_rows,) or not np.all(np.isfinite(shifts) & (shifts > 0)):
        raise ValueError(
            f"The 'shifts' parameter of resample must be {n_rows} positive numbers 1 + z, one per "
            f"spectrum. Got an array of shape {shifts.shape} instead."
        )
    return shifts


def _rising_pixels(spectra, shifts):
    """Return the finite pixels with shifted, increasing wavelengths."""
    wavelength = np.asarray(spectra["wavelength"], dtype=np.float64)
    flux = np.asarray(spectra["flux"], dtype=np.float64)
    error = (
        np.asarray(spectra["flux_err"], dtype=np.float64)
        if "flux_err" in spectra
        else (np.full(len(flux), np.nan))
    )
    if shifts is not None:
        wavelength = wavelength / shifts[spectra.rows]
    pixels = Ragged({"wavelength": wavelength, "flux": flux, "flux_err": error}, spectra.offsets)
    pixels = pixels.filter(np.isfinite(wavelength) & np.isfinite(flux))
    rises = np.diff(pixels["wavelength"]) > 0
    starts = pixels.offsets[1:-1]
    rises[starts[(starts > 0) & (starts < pixels.n_points)] - 1] = True
    # Ties are ordered by flux, so that no result depends on the order of the input.
    return pixels if rises.all() else pixels.sort("wavelength", "flux", "flux_err")


def _bin_means(pixels, edges, max_gap):
    """Return mean, error and coverage of the linear interpolant in every bin.

    Pixels and edges of a row together are its knots. Between two neighbouring knots the
    interpolant is one straight line between two pixels, and its integral is a weighted sum of
    their fluxes. A bin is a run of such pieces.
    """
    n_rows, n_edges = len(pixels), len(edges)
    wavelength, flux, rows = pixels["wavelength"], pixels["flux"], pixels.rows
    if pixels.n_points == 0:
        missing = np.full((n_rows, n_edges - 1), np.nan)
        return missing, missing, np.zeros(missing.shape, dtype=bool)

    is_edge = np.ones(pixels.n_points + n_rows * n_edges, dtype=bool)
    # Knots before a pixel: pixels, edges of earlier rows, edges of this row below it.
    at_pixel = np.arange(pixels.n_points) + rows * n_edges + np.searchsorted(edges, wavelength)
    is_edge[at_pixel] = False
    at_edge = np.flatnonzero(is_edge)
    knots = np.empty(len(is_edge))
    knots[at_pixel] = wavelength
    knots[at_edge] = np.tile(edges, n_rows)

    left = np.cumsum(~is_edge) - 1  # the last pixel at or before each knot
    right = np.minimum(left + 1, pixels.n_points - 1)
    left = np.maximum(left, 0)
    step = np.empty(pixels.n_points)
    step[:-1] = np.diff(wavelength)
    step[pixels.offsets[1:][pixels.lengths > 0] - 1] = np.inf  # the last pixel of a row has no next
    span = pixels.reduce("last", wavelength, 0.0) - pixels.reduce("first", wavelength, 0.0)
    coarse = _COARSE_GAP * span / np.maximum(pixels.lengths - 1, 1)
    joined = (step > 0) & (step <= np.maximum(max_gap, coarse)[rows])
    step = np.where(joined, step, 1.0)

    length = np.zeros(len(knots))
    length[:-1] = np.diff(knots)
    # The left pixel of pieces before the first pixel of a row belongs to the row before.
    length *= joined[left] & (knots >= wavelength[left])
    begin = (knots - wavelength[left]) / step[left]
    weight_right = length * (begin + 0.5 * length / step[left])
    weight_left = length - weight_right

    total = np.add.reduceat(length, at_edge)
    integral = np.add.reduceat(weight_left * flux[left] + weight_right * flux[right], at_edge)
    # Errors are squared on the scale of their row, so that none overflows or vanishes.
    error = pixels["flux_err"]
    some = pixels.reduce("max", np.where(np.isfinite(error), np.abs(error), 0.0), empty=0.0)
    scale = np.where(some > 0, some, 1.0)
    square = (error / scale[rows]) ** 2
    # Two neighbouring pieces of one bin share a pixel: its two weights add before squaring.
    shared = np.zeros(len(knots))
    shared[:-1] = 2 * weight_right[:-1] * weight_left[1:] * ~is_edge[1:]
    terms = np.where(weight_left > 0, weight_left**2 * square[left], 0.0)
    terms += np.where(weight_right > 0, (weight_right**2 + shared) * square[right], 0.0)
    variance = np.add.reduceat(terms, at_edge)

    shape = (n_rows, n_edges)
    total, integral, variance = (
        values.reshape(shape)[:, :-1] for values in (total, integral, variance)
    )
    covered = total >= _MIN_COVERAGE * np.diff(edges)
    total = np.where(covered, total, np.nan)
    return integral / total, np.sqrt(variance) / total * scale[:, None], covered
