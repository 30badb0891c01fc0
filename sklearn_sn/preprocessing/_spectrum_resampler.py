"""Spectra of all objects on one grid of wavelengths."""

from numbers import Integral

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin, _fit_context
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.validation import check_is_fitted

from sklearn_sn.data import Ragged, as_frame, check_table, resample, warn_quality, wavelength_grid
from sklearn_sn.preprocessing._plain_column import read_numbers
from sklearn_sn.preprocessing._table import (
    MixedOutput,
    present_columns,
    read_column,
    remember_columns,
    replace_column,
    require_column,
)

# Galaxies nearby may come towards us, none faster than 600 km/s: SN 1993J has z = -0.0001.
_REDSHIFTS = (-0.002, 10.0)
_REMEDY = (
    " output='array' is made of it: give objects without a spectrum a null cell, or let "
    "output='nested' stand before an embedder, which takes X without the column."
)


class SpectrumResampler(MixedOutput, TransformerMixin, BaseEstimator):
    """Bring spectra to one grid: a 2-D array, one row per object, or a new nested column.

    Bins wider than the pixels get the mean flux (flux is conserved), narrower bins linear
    interpolation; nothing is extrapolated, and gaps wider than 100 Å are left open.

    Parameters
    ----------
    wavelength_range : pair of float, default=(3500, 9000)
        Outer edges of the first and the last bin, Å.
    n_bins : int, default=512
        Number of bins.
    spacing : {"log", "linear"}, default="log"
        Bins of equal width in log wavelength, in which a redshift is a shift, or in wavelength.
    frame : {"observer", "rest"}, default="observer"
        With "rest", wavelengths are divided by one plus the column ``redshift`` of the table.
        Objects without a redshift (NaN) stay in the observer frame, with a warning. Fluxes are
        not scaled. A redshift may be as low as -0.002, for peculiar velocities.
    combine : {"first", "mean"} or None, default="first"
        Of several spectra of an object, take the earliest that covers a bin; or the mean, bin by
        bin, each spectrum being scaled to the median absolute flux of that one (its time is the
        mean of those that cover a bin); or, with None and ``output="nested"``, keep all.
    output : {"array", "nested"}, default="array"
        An array of shape (n_objects, n_bins) with NaN where an object is not covered; or the table
        with the column ``spectrum`` replaced, which then holds the covered bins. Fields other than
        wavelength, flux, flux_err and time, which have no meaning for a bin, are left out.

    Attributes
    ----------
    wavelength_ : array of shape (n_bins,)
        Centres of the bins, Å.
    n_features_in_ : int
        Number of columns seen in `fit`.
    feature_names_in_ : array of str
        Names of the columns seen in `fit`.

    See Also
    --------
    ContinuumNormalizer : Divide the result by a continuum.

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
        wavelength_range=(3500, 9000),
        n_bins=512,
        *,
        spacing="log",
        frame="observer",
        combine="first",
        output="array",
    ):
        self.wavelength_range = wavelength_range
        self.n_bins = n_bins
        self.spacing = spacing
        self.frame = frame
        self.combine = combine
        self.output = output

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y=None):
        """Lay the grid.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows
            With the nested column ``spectrum``.
        y : ignored

        Returns
        -------
        self

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

    def transform(self, X):
        """Resample the spectra.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows

        Returns
        -------
        array of shape (n_objects, n_bins), or pandas.DataFrame of n_objects rows
            As `output` says. With ``output="nested"``, a table that lacks the column, where `fit`
            saw it, stays as it is.

        Raises
        ------
        ValueError
            If a parameter is out of range, a column is missing otherwise, a redshift is below
            -0.002 or above 10, or the table is refused by :func:`sklearn_sn.data.check_table`.
        """
        self._validate_params()
        grid = self._grid()
        X = as_frame(X)
        if self.output == "nested" and not present_columns(self, X, ["spectrum"]):
            return X.copy(deep=False)
        self._check_columns(X)
        table = check_table(X, modalities=["spectrum"])
        spectra, owners = read_column(table, "spectrum")
        shifts = self._factors(X)[owners] if self.frame == "rest" else np.ones(len(owners))
        time = spectra.reduce("first", "time")
        if self.combine == "first":
            rows, flux, flux_err, covered = _first_covering(spectra, owners, grid, shifts)
            time, owners = time[rows], owners[rows]
        else:
            flux, flux_err, covered = resample(spectra, grid, shifts=shifts)
        if self.combine == "mean":
            flux, flux_err, covered, time, owners = _means(flux, flux_err, covered, time, owners)
        if self.output == "array":
            out = np.full((len(X), len(grid)), np.nan)
            out[owners] = flux
            return self._in_container(out, X)
        pixels = Ragged.from_groups(
            np.nonzero(covered)[0],
            len(owners),
            {
                "wavelength": np.broadcast_to(grid, covered.shape)[covered],
                "flux": flux[covered],
                "flux_err": flux_err[covered],
                "time": np.broadcast_to(time[:, None], covered.shape)[covered],
            },
        )
        return replace_column(X, "spectrum", pixels, owners)

    def get_feature_names_out(self, input_features=None):
        """Names of the output's columns.

        Parameters
        ----------
        input_features : ignored

        Returns
        -------
        array of str
            ``"flux_"`` and the wavelength in Å; the columns of the table with
            ``output="nested"``.
        """
        check_is_fitted(self, "wavelength_")
        if self.output == "nested":
            return self.feature_names_in_
        # As many decimals as keep the names apart.
        step = np.diff(self.wavelength_).min()
        decimals = max(1, int(np.ceil(-np.log10(step))) + 1)
        names = [f"flux_{wavelength:.{decimals}f}" for wavelength in self.wavelength_]
        return np.asarray(names, dtype=object)

    def _grid(self):
        limits = np.asarray(self.wavelength_range, dtype=np.float64)
        if limits.shape != (2,) or not 0 < limits[0] < limits[1] < np.inf:
            raise ValueError(
                "The 'wavelength_range' parameter of SpectrumResampler must be a pair of rising "
                f"positive wavelengths in Å. Got {self.wavelength_range!r} instead."
            )
        if self.combine is None and self.output == "array":
            raise ValueError(
                "The 'combine' parameter of SpectrumResampler must be 'first' or 'mean' with "
                "output='array', which has one row per object. Got None instead."
            )
        return wavelength_grid(*limits, self.n_bins, spacing=self.spacing)

    def _check_columns(self, X):
        remedy = "" if self.output == "nested" else _REMEDY
        require_column(self, X, "spectrum", remedy)
        if self.frame == "rest":
            require_column(self, X, "redshift")

    def _factors(self, X):
        """1 + z of every object; 1 where the redshift is not known."""
        redshift = read_numbers(X, "redshift", low=_REDSHIFTS[0], high=_REDSHIFTS[1])
        unknown = np.isnan(redshift)
        if unknown.any():
            warn_quality(
                f"{unknown.sum()} objects without a redshift stay in the observer frame (first "
                f"{X.index[np.argmax(unknown)]!r})."
            )
        return 1.0 + np.where(unknown, 0.0, redshift)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.requires_fit = False
        tags.input_tags.two_d_array = False
        tags.input_tags.allow_nan = True
        return tags


def _first_covering(spectra, owners, grid, shifts):
    """Of each object the earliest spectrum that covers a bin, else the last: its row, resampled."""
    rows = np.flatnonzero(np.diff(owners, prepend=-1))
    last = np.append(rows[1:], len(owners)) - 1
    flux, flux_err, covered = resample(spectra.take(rows), grid, shifts=shifts[rows])
    todo = np.arange(len(rows))
    while True:
        todo = todo[~covered[todo].any(axis=1) & (rows[todo] < last[todo])]
        if len(todo) == 0:
            return rows, flux, flux_err, covered
        rows[todo] += 1
        flux[todo], flux_err[todo], covered[todo] = resample(
            spectra.take(rows[todo]), grid, shifts=shifts[rows[todo]]
        )


def _means(flux, flux_err, covered, time, owners):
    """Mean over the spectra of each object, on the flux scale of the first that covers a bin."""
    starts = np.flatnonzero(np.diff(owners, prepend=-1))
    if len(starts) == 0:
        return flux, flux_err, covered, time, owners
    counts = np.diff(np.append(starts, len(owners)))
    level = _median_size(flux, covered)
    at = np.where(covered.any(axis=1), np.arange(len(level)), len(level) - 1)
    earliest = np.minimum.reduceat(at, starts)
    first = np.repeat(level[earliest], counts)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        scale = first / level
    scale = np.where(np.isfinite(scale) & (scale > 0), scale, 1.0)[:, None]
    number = np.add.reduceat(covered.astype(np.int64), starts, axis=0)
    divisor = np.where(number > 0, number, np.nan)
    total = np.add.reduceat(np.where(covered, flux * scale, 0.0), starts, axis=0)
    error = np.where(covered, flux_err * scale, 0.0)
    largest = np.nanmax(np.where(np.isfinite(error), error, 0.0), axis=1, initial=0.0)
    unit = np.maximum.reduceat(largest, starts)[:, None]
    unit = np.where(unit > 0, unit, 1.0)
    square = np.add.reduceat((error / np.repeat(unit, counts, axis=0)) ** 2, starts, axis=0)
    used = covered.any(axis=1)
    after = np.where(used, time - np.repeat(time[earliest], counts), 0.0)
    n_used = np.maximum(np.add.reduceat(used.astype(np.int64), starts), 1)
    mean_time = time[earliest] + np.add.reduceat(after, starts) / n_used
    return total / divisor, np.sqrt(square) * unit / divisor, number > 0, mean_time, owners[starts]


def _median_size(flux, covered):
    ordered = np.sort(np.where(covered, np.abs(flux), np.inf), axis=1)
    middle = np.maximum(covered.sum(axis=1) - 1, 0) // 2
    return ordered[np.arange(len(flux)), middle]
