"""Smooth continua of spectra on one grid."""

import numpy as np

# Rows per block: bounds the memory.
_BLOCK = 4096
_N_CLIPS = 3
_MAD_TO_SIGMA = 1.4826  # of a normal distribution
# Robust standard deviations to which fluxes are clipped before the first fit, which has no
# residuals to reject spikes by.
_FIRST_CLIP = 20.0
# Lowest continuum, as a fraction of the median absolute flux.
CONTINUUM_FLOOR = 0.1
# Relative weight of the penalty on curvature, which fixes coefficients that no bin constrains.
_RIDGE = 1e-4


def continuum(
    flux: np.ndarray,
    covered: np.ndarray,
    *,
    method: str = "spline",
    n_knots: int = 5,
    degree: int = 3,
    clip: float = 3.0,
    floor: float = CONTINUUM_FLOOR,
) -> np.ndarray:
    """Fit a smooth, positive continuum to every spectrum.

    The continuum is a natural cubic spline through `n_knots` evenly spaced bins, or a polynomial,
    fitted to the covered bins of each spectrum by least squares. Fluxes are first clipped to 20
    robust standard deviations from the median. The fit is then repeated three times without the
    bins that lie more than `clip` robust standard deviations from it, so that cosmic-ray spikes and
    narrow lines have little influence. Few knots keep the broad features of supernovae out of the
    continuum.

    Parameters
    ----------
    flux : array of shape (n_rows, n_bins)
        Fluxes on a common grid, on any scale.
    covered : array of bool, shape (n_rows, n_bins)
        Bins to use; the flux of others is ignored and may be NaN.
    method : {"spline", "polynomial"}, default="spline"
        Family of functions.
    n_knots : int, default=5
        Number of knots of the spline, including both ends of the grid; at least 2.
    degree : int, default=3
        Degree of the polynomial.
    clip : float, default=3.0
        Robust standard deviations (1.4826 × the median absolute residual) beyond which a bin is
        excluded from the next fit.
    floor : float, default=0.1
        Lowest continuum, as a fraction of the median absolute flux of the spectrum, so that fluxes
        divided by the continuum stay finite. The continuum of a spectrum of zeros is 1.

    Returns
    -------
    ndarray of shape (n_rows, n_bins)
        Positive where covered, NaN elsewhere.

    Raises
    ------
    ValueError
        If the method is unknown.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_sn.data._continuum import continuum
    >>> flux = np.linspace(1.0, 3.0, 100)[None, :].copy()
    >>> flux[0, 40] = 1e5
    >>> fit = continuum(flux, np.isfinite(flux))
    >>> bool(np.all(np.abs(fit - np.linspace(1.0, 3.0, 100)) < 1e-3))
    True
    """
    flux = np.asarray(flux, dtype=np.float64)
    covered = np.asarray(covered, dtype=bool) & np.isfinite(flux)
    basis, penalty = _basis(flux.shape[1], method, n_knots, degree)
    fit = np.full(flux.shape, np.nan)
    for start in range(0, len(flux), _BLOCK):
        rows = slice(start, start + _BLOCK)
        fit[rows] = _fit_block(flux[rows], covered[rows], basis, penalty, clip, floor)
    return fit


def _basis(n_bins, method, n_knots, degree):
    """Return basis functions (n_bins, n_coefs) and the matrix of the penalty on curvature."""
    position = np.linspace(-1.0, 1.0, n_bins)
    if method == "spline":
        knots = np.linspace(-1.0, 1.0, n_knots)
        # Coefficients are the values at the knots.
        from scipy.interpolate import CubicSpline  # its import takes longer than that of this file

        basis = CubicSpline(knots, np.eye(n_knots), bc_type="natural")(position)
        second = np.diff(np.eye(n_knots), n=2, axis=0)
        return basis, second.T @ second
    if method == "polynomial":
        basis = np.polynomial.legendre.legvander(position, degree)
        return basis, np.diag((np.arange(degree + 1) > 1).astype(float))
    raise ValueError(
        "The 'method' parameter of continuum must be 'spline' or 'polynomial'. "
        f"Got {method!r} instead."
    )


def _fit_block(flux, covered, basis, penalty, clip, floor):
    """Fit a block of spectra (n_rows, n_bins)."""
    some = covered.any(axis=1)
    size = row_median(np.abs(flux), covered)
    scale = np.where(some & (size > 0), size, 1.0)[:, None]
    # If more than half of the fluxes are zero, the largest sets the scale of the fit.
    largest = np.max(np.abs(flux), axis=1, where=covered, initial=0.0)
    unit = np.where(size > 0, size, np.where(largest > 0, largest, 1.0))[:, None]
    with np.errstate(over="ignore"):  # a spike may be infinite on this scale; it is clipped below
        scaled = np.where(covered, flux, 0.0) / unit
    middle = row_median(scaled, covered)[:, None]
    spread = row_median(np.abs(scaled - middle), covered)[:, None] * _MAD_TO_SIGMA
    middle, spread = np.where(some[:, None], (middle, spread), 0.0)
    clipped = np.clip(scaled, middle - _FIRST_CLIP * spread, middle + _FIRST_CLIP * spread)

    n_coefs = basis.shape[1]
    products = (basis[:, :, None] * basis[:, None, :]).reshape(len(basis), -1)
    # A coefficient that no bin constrains goes to zero, not to infinity.
    ridge = _RIDGE * penalty + 1e-10 * np.eye(n_coefs)
    keep = covered
    for _ in range(_N_CLIPS + 1):
        weight = keep.astype(np.float64)
        # A stack of one-row products: rounding does not depend on the other rows of the batch.
        normal = (weight[:, None, :] @ products).reshape(-1, n_coefs, n_coefs)
        target = (weight * clipped)[:, None, :] @ basis  # (n_rows, 1, n_coefs)
        used = np.maximum(weight.sum(axis=1), 1.0)[:, None, None]
        coefs = np.linalg.solve(normal / used + ridge, np.swapaxes(target, 1, 2) / used)
        fit = (np.swapaxes(coefs, 1, 2) @ basis.T)[:, 0]  # (n_rows, n_bins)
        residual = np.abs(clipped - fit)
        sigma = row_median(residual, covered)[:, None] * _MAD_TO_SIGMA
        keep = covered & (residual <= np.maximum(clip * sigma, 1e-9))
    fit = np.maximum(fit * unit, floor * scale)
    fit[largest == 0] = 1.0
    return np.where(covered, fit, np.nan)


def row_median(values: np.ndarray, covered: np.ndarray) -> np.ndarray:
    """Return the median of the covered bins of each row.

    Parameters
    ----------
    values : ndarray of shape (n_rows, n_bins)
        Values; those of bins that are not covered are ignored.
    covered : ndarray of bool, shape (n_rows, n_bins)
        Bins to use.

    Returns
    -------
    ndarray of shape (n_rows,)
        NaN for a row without a covered bin.
    """
    ordered = np.sort(np.where(covered, values, np.inf), axis=1)
    counts = covered.sum(axis=1)
    rows = np.arange(len(values))
    low = ordered[rows, np.maximum(counts - 1, 0) // 2]
    high = ordered[rows, np.minimum(counts // 2, values.shape[1] - 1)]
    return np.where(counts > 0, 0.5 * low + 0.5 * high, np.nan)
