"""Resample spectra to a common wavelength grid."""

from numbers import Integral
from typing import Any, Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin, _fit_context
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.validation import check_is_fitted

from sklearn_sn.data import (
    Ragged,
    as_frame,
    as_python,
    check_table,
    resample,
    warn_quality,
    wavelength_grid,
)
from sklearn_sn.preprocessing._plain_column import read_numbers
from sklearn_sn.preprocessing._table import (
    MixedOutput,
    present_columns,
    read_column,
    remember_columns,
    replace_column,
    require_column,
)

# Nearby galaxies approach us at up to 600 km/s (z = -0.002); SN 1993J has z = -0.0001.
_REDSHIFTS = (-0.002, 10.0)
_REMEDY = (
    " It is required with output='array'. Give objects without a spectrum a null cell, or use "
    "output='nested' before an embedder, which accepts X without the column."
)


class SpectrumResampler(MixedOutput, TransformerMixin, BaseEstimator):
    """Resample spectra to a common grid: a 2-D array with one row per object, or a nested column.

    Bins wider than the pixels contain the mean flux (flux is conserved); narrower bins are
    interpolated linearly. There is no extrapolation, and gaps wider than 100 Å are not filled.

    Parameters
    ----------
    wavelength_range : pair of float, default=(3500, 9000)
        Outer edges of the first and the last bin, Å.
    n_bins : int, default=512
        Number of bins.
    spacing : {"log", "linear"}, default="log"
        Bins of equal width in log wavelength, where a redshift is a shift, or in wavelength.
    frame : {"observer", "rest"}, default="observer"
        Frame of the grid. With "rest", wavelengths are divided by one plus the column ``redshift``
        of the table. Objects without a redshift (NaN) stay in the observer frame, with a warning.
        Fluxes are not scaled. Redshifts down to -0.002 are accepted, for peculiar velocities.
    combine : {"first", "mean"} or None, default="first"
        Treatment of several spectra of an object. "first" selects the earliest one that covers a
        bin. "mean" averages them bin by bin, after each is scaled to the median absolute flux of
        the first; the time is the mean over the spectra that cover a bin. None, which requires
        ``output="nested"``, keeps all spectra.
    output : {"array", "nested"}, default="array"
        Return an array of shape (n_objects, n_bins), with NaN in bins that are not covered, or the
        table with the column ``spectrum`` replaced by the covered bins. Fields other than
        wavelength, flux, flux_err and time are dropped.

    Attributes
    ----------
    wavelength_ : array of shape (n_bins,)
        Centres of the bins, Å.
    n_features_in_ : int
        Number of columns seen during `fit`.
    feature_names_in_ : array of str
        Names of the columns seen during `fit`.

    See Also
    --------
    ContinuumNormalizer : Divide spectra by their continuum.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> from sklearn_sn.preprocessing import SpectrumResampler
    >>> wavelength = np.arange(3900.0, 7001.0, 5.0)
    >>> spectrum = {"wavelength": wavelength, "flux": wavelength / 1000}
    >>> X = pd.DataFrame({"spectrum": [spectrum, None]}, index=["SN2011fe", "SN2017eaw"])
    >>> resampler = SpectrumResampler((4000, 8000), n_bins=4, spacing="linear")
    >>> resampler.set_output(transform="pandas").fit_transform(X)
               flux_4500.0  flux_5500.0  flux_6500.0  flux_7500.0
    SN2011fe           4.5          5.5          6.5          NaN
    SN2017eaw          NaN          NaN          NaN          NaN
    """

    _parameter_constraints = {
        "wavelength_range": ["array-like"],
        "n_bins": [Interval(Integral, 2, None, closed="left")],
        "spacing": [StrOptions({"log", "linear"})],
        "frame": [StrOptions({"observer", "rest"})],
        "combine": [StrOptions({"first", "mean"}), None],
        "output": [StrOptions({"array", "nested"})],
    }

    def __init__(
        self,
        wavelength_range: tuple[float, float] = (3500, 9000),
        n_bins: int = 512,
        *,
        spacing: str = "log",
        frame: str = "observer",
        combine: str | None = "first",
        output: str = "array",
    ) -> None:
        self.wavelength_range = wavelength_range
        self.n_bins = n_bins
        self.spacing = spacing
        self.frame = frame
        self.combine = combine
        self.output = output

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: pd.DataFrame, y: Any = None) -> Self:
        """Construct the grid.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows
            Table with the nested column ``spectrum``.
        y : ignored
            Present for API consistency.

        Returns
        -------
        self
            The fitted transformer.

        Raises
        ------
        ValueError
            If a parameter is out of range or a column is missing.
        """
        self.wavelength_ = self._grid()
        X = as_frame(X)
        self._check_columns(X)
        remember_columns(self, X)
        return self

    def transform(self, X: pd.DataFrame) -> pd.DataFrame | np.ndarray:
        """Resample the spectra.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows
            Table with the nested column ``spectrum``, and ``redshift`` if ``frame="rest"``.

        Returns
        -------
        array of shape (n_objects, n_bins), or pandas.DataFrame of n_objects rows
            Result of the type that `output` specifies. With ``output="nested"``, a table without
            the column is returned unchanged if `fit` saw the column.

        Raises
        ------
        ValueError
            If a parameter is out of range, a required column is missing, a redshift is below -0.002
            or above 10, or :func:`sklearn_sn.data.check_table` rejects the table.
        """
        self._validate_params()
        grid = self._grid()
        X = as_frame(X)
        if self.output == "nested" and not present_columns(self, X, ["spectrum"]):
            return X.copy(deep=False)
        self._check_columns(X)
        table = check_table(X, modalities=["spectrum"])
        spectra, object_index = read_column(table, "spectrum")
        shifts = (
            self._factors(X)[object_index] if self.frame == "rest" else np.ones(len(object_index))
        )
        time = spectra.reduce("first", "time")
        if self.combine == "first":
            rows, flux, flux_err, covered = _first_covering(spectra, object_index, grid, shifts)
            time, object_index = time[rows], object_index[rows]
        else:
            flux, flux_err, covered = resample(spectra, grid, shifts=shifts)
        if self.combine == "mean":
            flux, flux_err, covered, time, object_index = _means(
                flux, flux_err, covered, time, object_index
            )
        if self.output == "array":
            out = np.full((len(X), len(grid)), np.nan)
            out[object_index] = flux
            return self._in_container(out, X)
        pixels = Ragged.from_groups(
            np.nonzero(covered)[0],
            len(object_index),
            {
                "wavelength": np.broadcast_to(grid, covered.shape)[covered],
                "flux": flux[covered],
                "flux_err": flux_err[covered],
                "time": np.broadcast_to(time[:, None], covered.shape)[covered],
            },
        )
        return replace_column(X, "spectrum", pixels, object_index)

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray:
        """Return the names of the output columns.

        Parameters
        ----------
        input_features : ignored
            Present for API consistency.

        Returns
        -------
        array of str
            ``"flux_"`` and the wavelength in Å; with ``output="nested"``, the columns of the table.
        """
        check_is_fitted(self, "wavelength_")
        if self.output == "nested":
            return self.feature_names_in_
        # Use as many decimals as distinct names require.
        step = np.diff(self.wavelength_).min()
        decimals = max(1, int(np.ceil(-np.log10(step))) + 1)
        names = [f"flux_{wavelength:.{decimals}f}" for wavelength in self.wavelength_]
        return np.asarray(names, dtype=object)

    def _grid(self):
        limits = np.asarray(self.wavelength_range, dtype=np.float64)
        if limits.shape != (2,) or not 0 < limits[0] < limits[1] < np.inf:
            raise ValueError(
                "The 'wavelength_range' parameter of SpectrumResampler must be a pair of "
                f"increasing positive wavelengths in Å. Got {self.wavelength_range!r} instead."
            )
        if self.combine is None and self.output == "array":
            raise ValueError(
                "The 'combine' parameter of SpectrumResampler must be 'first' or 'mean' if "
                "output='array', which has one row per object. Got None instead."
            )
        return wavelength_grid(*limits, self.n_bins, spacing=self.spacing)

    def _check_columns(self, X):
        remedy = "" if self.output == "nested" else _REMEDY
        require_column(self, X, "spectrum", remedy)
        if self.frame == "rest":
            require_column(self, X, "redshift")

    def _factors(self, X):
        """Return 1 + z of every object; 1 if the redshift is unknown."""
        redshift = read_numbers(X, "redshift", low=_REDSHIFTS[0], high=_REDSHIFTS[1])
        unknown = np.isnan(redshift)
        if unknown.any():
            warn_quality(
                f"{unknown.sum()} objects without a redshift stay in the observer frame (first "
                f"{as_python(X.index[np.argmax(unknown)])!r})."
            )
        return 1.0 + np.where(unknown, 0.0, redshift)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.requires_fit = False
        tags.input_tags.two_d_array = False
        tags.input_tags.allow_nan = True
        return tags


def _first_covering(spectra, object_index, grid, shifts):
    """Select the earliest spectrum of each object that covers a bin, or else the last one.

    Returns the rows of the selected spectra and their resampled flux, error and coverage.
    """
    rows = np.flatnonzero(np.diff(object_index, prepend=-1))
    last = np.append(rows[1:], len(object_index)) - 1
    flux, flux_err, covered = resample(spectra.take(rows), grid, shifts=shifts[rows])
    pending = np.arange(len(rows))
    while True:
        pending = pending[~covered[pending].any(axis=1) & (rows[pending] < last[pending])]
        if len(pending) == 0:
            return rows, flux, flux_err, covered
        rows[pending] += 1
        flux[pending], flux_err[pending], covered[pending] = resample(
            spectra.take(rows[pending]), grid, shifts=shifts[rows[pending]]
        )


def _means(flux, flux_err, covered, time, object_index):
    """Average the spectra of each object, on the flux scale of the first that covers a bin."""
    starts = np.flatnonzero(np.diff(object_index, prepend=-1))
    if len(starts) == 0:
        return flux, flux_err, covered, time, object_index
    counts = np.diff(np.append(starts, len(object_index)))
    # Scale each spectrum to the first covering one of its object: relative spectra have any unit.
    level = _median_size(flux, covered)
    covering = np.where(covered.any(axis=1), np.arange(len(level)), len(level) - 1)
    earliest = np.minimum.reduceat(covering, starts)
    first = np.repeat(level[earliest], counts)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        scale = first / level
    scale = np.where(np.isfinite(scale) & (scale > 0), scale, 1.0)[:, None]
    number = np.add.reduceat(covered.astype(np.int64), starts, axis=0)
    divisor = np.where(number > 0, number, np.nan)
    total = np.add.reduceat(np.where(covered, flux * scale, 0.0), starts, axis=0)
    error = np.where(covered, flux_err * scale, 0.0)
    # Add errors in quadrature, in units of the largest, to prevent overflow.
    largest = np.nanmax(np.where(np.isfinite(error), error, 0.0), axis=1, initial=0.0)
    unit = np.maximum.reduceat(largest, starts)[:, None]
    unit = np.where(unit > 0, unit, 1.0)
    square = np.add.reduceat((error / np.repeat(unit, counts, axis=0)) ** 2, starts, axis=0)
    # Average times as offsets from the first: MJD themselves would lose precision.
    used = covered.any(axis=1)
    after = np.where(used, time - np.repeat(time[earliest], counts), 0.0)
    n_used = np.maximum(np.add.reduceat(used.astype(np.int64), starts), 1)
    mean_time = time[earliest] + np.add.reduceat(after, starts) / n_used
    return (
        total / divisor,
        np.sqrt(square) * unit / divisor,
        number > 0,
        mean_time,
        object_index[starts],
    )


def _median_size(flux, covered):
    ordered = np.sort(np.where(covered, np.abs(flux), np.inf), axis=1)
    middle = np.maximum(covered.sum(axis=1) - 1, 0) // 2
    return ordered[np.arange(len(flux)), middle]
