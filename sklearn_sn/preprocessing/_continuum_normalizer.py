"""Divide spectra by their continuum."""

from numbers import Integral, Real

import numpy as np
from sklearn.utils._param_validation import Interval, StrOptions

from sklearn_sn.data import CONTINUUM_FLOOR, continuum, resample, row_median
from sklearn_sn.preprocessing._grid import GridTransformer

# Bins over the range of each spectrum on which the continuum of a nested column is fitted.
_N_BINS = 200


class ContinuumNormalizer(GridTransformer):
    """Divide spectra by a smooth continuum, so that the features stand around 1.

    The continuum is fitted by least squares with clipping; neither lines nor cosmic-ray spikes
    pull it. It is positive everywhere (at least a tenth of the median absolute flux), so the result
    is finite for spectra whose continuum falls to zero or below. With few knots the broad features
    of supernovae stay in the result. Other fields of the pixels than flux and flux_err stay as they
    are.

    Parameters
    ----------
    method : {"spline", "polynomial"}, default="spline"
        Natural cubic spline or polynomial.
    n_knots : int, default=5
        Number of knots of the spline, ends included. They are spread evenly over the grid of a 2-D
        array, or, in log wavelength, over the range of each spectrum of a nested column.
    degree : int, default=3
        Degree of the polynomial.
    clip : float, default=3.0
        Bins farther from the continuum than so many robust standard deviations are left out of the
        next fit; there are three.

    Attributes
    ----------
    n_features_in_ : int
        Number of columns or bins seen in `fit`.
    feature_names_in_ : array of str
        Names of the columns seen in `fit`, where all are strings.

    See Also
    --------
    SpectrumResampler : Bring spectra to one grid.
    FluxNormalizer : Divide by one number only.

    Notes
    -----
    The continuum of a supernova is a pseudo-continuum. Dividing by a spline takes the colour, and
    errors of the flux calibration, out of the comparison, as in SNID [1]_.

    References
    ----------
    .. [1] Blondin & Tonry (2007), "Determining the Type, Redshift, and Age of a Supernova
       Spectrum", ApJ 666, 1024.

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

    def __init__(self, method="spline", *, n_knots=5, degree=3, clip=3.0):
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
        # Position in the range of each spectrum, 0 … 1.
        place = np.log(spectra["wavelength"])
        low, high = spectra.reduce("first", place), spectra.reduce("last", place)
        span = np.where(high > low, high - low, 1.0)
        place = (place - low[spectra.rows]) / span[spectra.rows]
        grid = (np.arange(_N_BINS) + 0.5) / _N_BINS
        binned = spectra.select("flux").with_fields(wavelength=place)
        flux, _, covered = resample(binned, grid, max_gap=np.inf)
        # A single pixel covers no bin: its absolute value is its continuum.
        lone = ~covered.any(axis=1)
        flux[lone] = np.abs(spectra.reduce("mean", "flux", empty=0.0)[lone])[:, None]
        fit = self._continuum(flux, np.isfinite(flux))
        # Straight lines between the bins, which are far narrower than the continuum's bends.
        position = np.clip(place * _N_BINS - 0.5, 0, _N_BINS - 1)
        bin_ = np.minimum(position.astype(np.int64), _N_BINS - 2)
        part = position - bin_
        rows = spectra.rows
        level = (1 - part) * fit[rows, bin_] + part * fit[rows, bin_ + 1]
        level = np.maximum(level, CONTINUUM_FLOOR * _typical_size(spectra, bin_)[rows])
        return spectra.with_fields(
            flux=spectra["flux"] / level, flux_err=spectra["flux_err"] / level
        )


def _typical_size(spectra, bin_):
    """Median over bins of the mean absolute flux of the pixels, (n_rows,); no spike moves it."""
    cell = spectra.rows * _N_BINS + bin_
    n_cells = len(spectra) * _N_BINS
    counts = np.bincount(cell, minlength=n_cells).reshape(-1, _N_BINS)
    total = np.bincount(cell, np.abs(spectra["flux"]), n_cells).reshape(-1, _N_BINS)
    return row_median(total / np.maximum(counts, 1), counts > 0)
