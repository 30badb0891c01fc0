"""Mean spectrum as a function of phase, a baseline for generators."""

from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.utils import check_random_state

from sklearn_sn.cross_modal._spectrum_generator import (
    SpectrumGenerator,
    check_n_samples,
    reshape_samples,
)
from sklearn_sn.data import as_frame


class MeanSpectrumGenerator(SpectrumGenerator):
    """Predict the mean of the training spectra at a phase, the same for every object.

    This baseline has the generative methods of :class:`~sklearn_sn.embedding.MMVAEEmbedder`.
    Spectra are in units of their median flux, on rest-frame phases and wavelengths if `X` has
    redshifts. Means are computed in bins of phase and interpolated linearly between the bin
    centres. Intervals are the quantiles of the residuals of the training spectra, by phase and
    wavelength.

    Parameters
    ----------
    frame : {"rest", "observer"}, default="rest"
        Frame of phases and wavelengths. "rest" divides times and wavelengths by 1 + ``redshift`` if
        `X` has that column in fit.
    phase_bins : int or array of shape (n_edges,), default=8
        Number of bins with equal numbers of spectra, or the inner edges of the bins in days.
    phase_range : pair of float, default=(-30.0, 100.0)
        Range of phases in days from peak; spectra outside are excluded.
    wavelength_range : pair of float, default=(2500.0, 10000.0)
        Range of wavelengths in Å; pixels outside are excluded.
    normalization_range : pair of float, default=(4000.0, 7000.0)
        Range of wavelengths in Å; a spectrum is divided by its median flux in this range.

    Attributes
    ----------
    frame_ : {"rest", "observer"}
        Frame of phases and wavelengths.
    estimates_peak_ : bool
        Whether the peak of some object was estimated from its light curve.
    wavelength_ : array of shape (256,)
        Default wavelengths in Å, covering 96 % of the training pixels. Spectra are constant beyond.
    phases_ : PhaseTable
        Phase bins.
    mean_, std_ : array of shape (n_phase_bins, 256)
        Mean and standard deviation of the training spectra.
    n_residuals_ : int
        Number of spectra that determine the residuals.
    residuals_ : array of shape (n_phase_bins, 256, 100)
        Quantiles of the residuals.
    n_features_in_ : int
        Number of columns seen during `fit`.
    feature_names_in_ : array of str
        Names of the columns seen during `fit`, if all are strings.

    See Also
    --------
    CrossModalGenerator : Generate with neighbours or with a generative embedder.

    Examples
    --------
    >>> from sklearn_sn.cross_modal import MeanSpectrumGenerator
    >>> from sklearn_sn.datasets import make_supernovae
    >>> X, y, truth = make_supernovae(60, classes=["SN Ia"], return_truth=True, random_state=0)
    >>> X["t_peak"] = truth["t_peak"]
    >>> model = MeanSpectrumGenerator().fit(X)
    >>> model.predict(X[["light_curve"]], phase=[0.0, 10.0]).shape
    (60, 2, 256)
    >>> lower, upper = model.predict_interval(X, phase=0.0, wavelength=[5000.0, 6150.0])
    >>> bool((lower < upper).all())
    True
    """

    _file_kind = "object"

    def __init__(
        self,
        *,
        frame: str = "rest",
        phase_bins: int | ArrayLike = 8,
        phase_range: tuple[float, float] = (-30.0, 100.0),
        wavelength_range: tuple[float, float] = (2500.0, 10000.0),
        normalization_range: tuple[float, float] = (4000.0, 7000.0),
    ) -> None:
        self.frame = frame
        self.phase_bins = phase_bins
        self.phase_range = phase_range
        self.wavelength_range = wavelength_range
        self.normalization_range = normalization_range

    def fit(self, X: pd.DataFrame, y: Any = None) -> Self:
        """Compute the mean spectra and the quantiles of the residuals.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows
            Table with spectra and with times of peak (``t_peak``, MJD), or light curves to estimate
            them.
        y : ignored
            Present for API consistency.

        Returns
        -------
        self
            The fitted generator.

        Raises
        ------
        ValueError
            If a parameter is out of range or no spectrum has a known phase.

        Warns
        -----
        DataQualityWarning
            If peaks are estimated from the light curves.
        """
        self._validate_params()
        flux, object_index, phase = self._fit_grid(as_frame(X))
        self._fit_mean(flux, phase)
        self._learn_residuals(flux, phase, None, object_index)
        return self

    def predict(
        self,
        X: pd.DataFrame,
        to: str = "spectrum",
        *,
        phase: ArrayLike | None = None,
        wavelength: ArrayLike | None = None,
        band: Any = None,
        source: Any = None,
        n_samples: Any = 1,
        random_state: Any = None,
    ) -> np.ndarray:
        """Predict the mean spectrum at some phases.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows
            Table; only the number of rows is used.
        to : {"spectrum"}, default="spectrum"
            Modality to predict.
        phase : float, or array of shape (n_phases,) or (n_objects, n_phases), default=0
            Days from peak, in the frame ``frame_``.
        wavelength : array of shape (n_wavelengths,) or (n_objects, n_wavelengths), optional
            Wavelengths in Å, in the frame ``frame_``. By default ``wavelength_``.
        band : None
            Present for API consistency; must be None.
        source, n_samples, random_state : ignored
            Present for API consistency.

        Returns
        -------
        array of shape (n_objects, [n_phases,] n_wavelengths)
            Flux in units of the median flux. There is no axis of phases for a single phase.

        Raises
        ------
        sklearn.exceptions.NotFittedError
            If the generator is not fitted.
        ValueError
            If the query coordinates are invalid, or another modality is requested.
        """
        self._check_spectra_only(to, band)
        flux, coordinates, _, _ = self._predict(X, phase, wavelength)
        return flux.reshape(len(flux), *coordinates.shape)

    def predict_interval(
        self,
        X: pd.DataFrame,
        to: str = "spectrum",
        *,
        phase: ArrayLike | None = None,
        wavelength: ArrayLike | None = None,
        band: Any = None,
        coverage: float = 0.9,
        source: Any = None,
        n_samples: Any = 1,
        random_state: Any = None,
    ) -> tuple[np.ndarray, np.ndarray]:
        """Predict pointwise intervals of the measured flux.

        Parameters
        ----------
        X, to, phase, wavelength, band, source, n_samples, random_state
            As for :meth:`predict`.
        coverage : float in (0, 0.99], default=0.9
            Nominal coverage of the intervals.

        Returns
        -------
        lower, upper : array of shape (n_objects, [n_phases,] n_wavelengths)
            Ends of the intervals, in units of the median flux.

        Raises
        ------
        ValueError
            If the coverage is out of range.
        """
        self._check_spectra_only(to, band)
        return self._interval(X, phase, wavelength, coverage)

    def generate(
        self,
        X: pd.DataFrame,
        to: str = "spectrum",
        *,
        phase: ArrayLike | None = None,
        wavelength: ArrayLike | None = None,
        band: Any = None,
        n_samples: int = 1,
        source: Any = None,
        noise: bool = True,
        as_nested: bool = False,
        random_state: int | np.random.RandomState | None = None,
    ) -> np.ndarray | pd.Series:
        """Draw samples: the mean plus normal scatter like that of the training spectra.

        Parameters
        ----------
        X, to, phase, wavelength, band, source
            As for :meth:`predict`.
        n_samples : int, default=1
            Number of samples per object.
        noise : bool, default=True
            Add the scatter. If False, every sample is the mean.
        as_nested : bool, default=False
            Return a nested column instead of an array.
        random_state : int, RandomState or None, default=None
            Seed of the scatter, which all objects share.

        Returns
        -------
        array of shape (n_objects, n_samples, [n_phases,] n_wavelengths)
            Samples in units of the median flux. With `as_nested`, a nested column with the fields
            wavelength, time (phase), flux and sample.
        """
        self._check_spectra_only(to, band)
        check_n_samples(n_samples)
        rng = check_random_state(random_state)
        flux, coordinates, phases, wavelengths = self._predict(X, phase, wavelength)
        flux = np.repeat(flux[:, None], n_samples, axis=1)

        def width(query, rows, phase):
            return self.phases_.between(self.std_, phase)

        if noise:
            n = max(len(phases), len(wavelengths))  # 1 if all objects share the coordinates
            std = self._evaluate(None, n, phases, wavelengths, width)
            flux += std[:, None] * rng.standard_normal(flux.shape[1:])
        return reshape_samples(flux, coordinates, X, as_nested)

    def _query(self, X):
        return None

    def _expected(self, query, rows, phase):
        return self.phases_.between(self.mean_, phase)
