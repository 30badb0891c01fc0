"""Convert the redshifts of training spectra to shifts on the grid."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.utils.validation import column_or_1d

from sklearn_sn.base import CLASS_WEIGHT, PRIOR_CONSTRAINTS, positive_int, positive_number
from sklearn_sn.data import MIN_REDSHIFT, as_frame, read_redshifts, warn_quality

PRIOR_WIDTH = 0.02  # in ln(1 + z); width of the smoothing of the redshifts of fit


REDSHIFT_CONSTRAINTS = {
    "redshift_range": ["array-like"],
    "redshift_column": [str, None],
    "redshift_width": positive_number(),
    "n_templates": positive_int(),
    "template_step": positive_int(),
    "learn_prior": ["boolean"],
    "class_weight": CLASS_WEIGHT,
    **PRIOR_CONSTRAINTS,
}


@dataclass(frozen=True)
class RedshiftTargets:
    """Shifts to learn, and grid and frequencies of the redshifts.

    Attributes
    ----------
    shift : array of shape (n_objects,), float32
        Shift of each object in bins; NaN where the redshift is unknown or out of range.
    grid : array of shape (n_shifts,)
        Redshift of every shift.
    prior : array of shape (n_shifts,)
        Weighted and smoothed frequencies of the redshifts.
    n_known : int
        Number of objects with a redshift in range.
    """

    shift: np.ndarray
    grid: np.ndarray
    prior: np.ndarray
    n_known: int

    @property
    def attributes(self):
        """Attributes of the fitted classifier."""
        return {
            "redshift_grid_": self.grid,
            "redshift_prior_": self.prior,
            "n_redshifts_": self.n_known,
        }


def check_redshift_range(redshift_range):
    """Raise a ValueError unless a range is two increasing redshifts."""
    ends = np.asarray(redshift_range)
    if ends.shape != (2,) or not MIN_REDSHIFT <= ends[0] < ends[1] <= 10:
        raise ValueError(
            f"The 'redshift_range' parameter must be two increasing redshifts in [{MIN_REDSHIFT}, "
            f"10]. Got {redshift_range!r} instead."
        )


def check_gives_features(encoder):
    """Raise a ValueError unless an encoder gives features of every bin of a logarithmic grid."""
    if not encoder.gives_features_per_bin or encoder.grid != "log":
        raise ValueError(
            "The 'encoder' parameter of SpectralRedshiftClassifier must give features of every "
            f"bin of a logarithmic grid, such as SpectralFeatures(). Got {encoder!r} instead."
        )


def true_redshifts(X, redshift, column, n_objects):
    """Return the redshifts of the training objects (n_objects,); NaN where unknown.

    Parameters
    ----------
    X : pandas.DataFrame or array
        Training objects.
    redshift : array-like of shape (n_objects,) or None
        Redshifts to use instead of those of the column.
    column : str or None
        Column of X with redshifts; None if there is none.
    n_objects : int
        Number of objects.
    """
    if redshift is not None:
        redshift = pd.Series(column_or_1d(redshift, dtype=np.float64))
        if len(redshift) != n_objects:
            raise ValueError(f"X has {n_objects} objects but redshift has {len(redshift)}.")
        index = X.index if hasattr(X, "index") else redshift.index
        return read_redshifts(redshift, index, column)
    if column is None:
        return np.full(n_objects, np.nan)
    frame = as_frame(X)
    if column not in frame.columns:
        raise ValueError(
            f"X lacks the column {column!r} with the true redshifts of fit; it has "
            f"{list(frame.columns)[:10]}. Set the 'redshift_column' parameter, or use "
            "fit(..., redshift=...)."
        )
    return read_redshifts(frame[column], frame.index, column)


def redshift_targets(redshift, weight, redshift_range, wavelength_range, n_bins):
    """Return :class:`RedshiftTargets` on a logarithmic grid of wavelengths.

    Parameters
    ----------
    redshift : array of shape (n_objects,)
        Redshifts of the objects; NaN where unknown.
    weight : array of shape (n_objects,) or None
        Weights of the objects.
    redshift_range, wavelength_range : pair of float
        Range of the redshifts, and range of the grid in Å.
    n_bins : int
        Number of bins of the grid.
    """
    low, high = wavelength_range
    step = np.log(high / low) / n_bins
    first, last = np.log1p(np.asarray(redshift_range, dtype=np.float64))
    n_shifts = max(2, 1 + int(np.ceil((last - first) / step - 1e-9)))
    shift = (np.log1p(redshift) - first) / step
    outside = (redshift < redshift_range[0] - step) | (redshift > redshift_range[1])
    if outside.any():
        warn_quality(
            f"{outside.sum()} objects have a redshift outside redshift_range="
            f"{tuple(redshift_range)!r}; they are used for the class only."
        )
        shift[outside] = np.nan
    is_known = np.isfinite(shift) & (True if weight is None else weight > 0)
    prior = smoothed_prior(
        shift[is_known].clip(0, n_shifts - 1),
        None if weight is None else weight[is_known],
        n_shifts,
        PRIOR_WIDTH / step,
    )
    grid = np.expm1(first + step * np.arange(n_shifts))
    return RedshiftTargets(shift.astype(np.float32), grid, prior, int(is_known.sum()))


def smoothed_prior(positions, weight, n_bins, width):
    """Return the frequencies of bins, smoothed by a Gaussian; uniform without positions.

    Parameters
    ----------
    positions : array of shape (n,)
        Positions in units of bins, 0 … n_bins - 1, possibly fractional.
    weight : array of shape (n,) or None
        Weights of the positions.
    n_bins : int
        Number of bins.
    width : float
        Standard deviation of the Gaussian in bins.
    """
    counts = np.bincount(np.rint(positions).astype(int), weights=weight, minlength=n_bins)
    if not counts.sum() > 0:
        return np.full(n_bins, 1.0 / n_bins)
    distance = np.arange(n_bins)[:, None] - np.arange(n_bins)
    kernel = np.exp(-0.5 * (distance / max(width, 1e-3)) ** 2)
    smooth = kernel @ (counts / kernel.sum(axis=0))
    return smooth / smooth.sum()
