"""Divide spectra by their continuum."""

from numbers import Integral, Real

import numpy as np
from sklearn.utils._param_validation import Interval, StrOptions

from sklearn_sn.data import CONTINUUM_FLOOR, continuum, resample, row_median
from sklearn_sn.preprocessing._grid import GridTransformer

# Number of bins over the range of each spectrum in which the continuum of nested columns is fitted.
_N_BINS = 200


class ContinuumNormalizer(GridTransformer):
    """Divide spectra by a smooth continuum, so that the result is close to 1.

    The continuum is fitted by least squares with outlier clipping, which limits the influence of
    lines and cosmic rays. It is positive everywhere (at least a tenth of the median absolute flux),
    so the result is finite even if the fitted continuum falls to zero or below. With few knots, the
    broad features of supernovae are preserved. Pixel fields other than flux and flux_err are kept
    unchanged.

    Parameters
    ----------
    method : {"spline", "polynomial"}, default="spline"
        Continuum model: a natural cubic spline or a polynomial.
    n_knots : int, default=5
        Number of knots of the spline, including both ends. The knots are spaced evenly over the
        bins of a 2-D array or, for a nested column, in log wavelength over the range of each
        spectrum.
    degree : int, default=3
        Degree of the polynomial.
    clip : float, default=3.0
        Clipping threshold, in robust standard deviations. Bins farther from the continuum are
        excluded from the next of three fits.

    Attributes
    ----------
    n_features_in_ : int
        Number of columns or bins seen during `fit`.
    feature_names_in_ : array of str
        Names of the columns seen during `fit`, if all are strings.

    See Also
    --------
    SpectrumResampler : Resample spectra to a common grid.
    FluxNormalizer : Divide each spectrum by a single number.

    Notes
    -----
    The continuum of a supernova is a pseudo-continuum. Division by a spline removes the colour and
    flux-calibration errors from the comparison of spectra, as in SNID [1]_.

    References
    ----------
    .. [1] Blondin, S. & Tonry, J. L. (2007). "Determining the Type, Redshift, and Age of a
       Supernova Spectrum". The Astrophysical Journal 666, 1024.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_sn.preprocessing import ContinuumNormalizer
    >>> wavelength = np.linspace(4000, 8000, 200)
    >>> flux = (wavelength / 5000) ** -2
    >>> flux[100:105] *= 0.5
    >>> flat = ContinuumNormalizer().fit_transform([flux])
    >>> flat[0, [10, 60, 102, 180]].round(1)
    array([1. , 1. , 0.5, 1. ])
    """

    _parameter_constraints = {
        "method": [StrOptions({"spline", "polynomial"})],
        "n_knots": [Interval(Integral, 2, None, closed="left")],
        "degree": [Interval(Integral, 0, None, closed="left")],
        "clip": [Interval(Real, 0, None, closed="neither")],
    }

    def __init__(
        self, method: str = "spline", *, n_knots: int = 5, degree: int = 3, clip: float = 3.0
    ) -> None:
        self.method = method
        self.n_knots = n_knots
        self.degree = degree
        self.clip = clip

    def _continuum(self, flux, covered):
        return continuum(
            flux,
            covered,
            method=self.method,
            n_knots=self.n_knots,
            degree=self.degree,
            clip=self.clip,
        )

    def _convert_grid(self, flux):
        return flux / self._continuum(flux, np.isfinite(flux))

    def _convert(self, spectra):
        if spectra.n_points == 0:
            return spectra
        # Relative position in the log-wavelength range of each spectrum, 0 to 1.
        position = np.log(spectra["wavelength"])
        low, high = spectra.reduce("first", position), spectra.reduce("last", position)
        span = np.where(high > low, high - low, 1.0)
        position = (position - low[spectra.rows]) / span[spectra.rows]
        grid = (np.arange(_N_BINS) + 0.5) / _N_BINS
        binned = spectra.select("flux").with_fields(wavelength=position)
        flux, _, covered = resample(binned, grid, max_gap=np.inf)
        # A single pixel covers no bin: use its absolute flux as the continuum.
        uncovered = ~covered.any(axis=1)
        flux[uncovered] = np.abs(spectra.reduce("mean", "flux", empty=0.0)[uncovered])[:, None]
        fit = self._continuum(flux, np.isfinite(flux))
        # Interpolate linearly between the bins, which are far narrower than the knot spacing.
        bin_position = np.clip(position * _N_BINS - 0.5, 0, _N_BINS - 1)
        bin_ = np.minimum(bin_position.astype(np.int64), _N_BINS - 2)
        part = bin_position - bin_
        rows = spectra.rows
        level = (1 - part) * fit[rows, bin_] + part * fit[rows, bin_ + 1]
        level = np.maximum(level, CONTINUUM_FLOOR * _typical_size(spectra, bin_)[rows])
        return spectra.with_fields(
            flux=spectra["flux"] / level, flux_err=spectra["flux_err"] / level
        )


def _typical_size(spectra, bin_):
    """Return the median over bins of the mean absolute flux, (n_rows,); it is robust to spikes."""
    cell = spectra.rows * _N_BINS + bin_
    n_cells = len(spectra) * _N_BINS
    counts = np.bincount(cell, minlength=n_cells).reshape(-1, _N_BINS)
    total = np.bincount(cell, np.abs(spectra["flux"]), n_cells).reshape(-1, _N_BINS)
    return row_median(total / np.maximum(counts, 1), counts > 0)
