"""The mean spectrum by phase: what every generator has to beat."""

import numpy as np
from sklearn.utils import check_random_state

from sklearn_sn.cross_modal._spectrum_generator import (
    SpectrumGenerator,
    as_asked,
    check_n_samples,
)
from sklearn_sn.data import as_frame


class MeanSpectrumGenerator(SpectrumGenerator):
    """The mean of the training spectra at a phase, the same for every object.

    A baseline with the methods of :class:`~sklearn_sn.embedding.MMVAEEmbedder` that generate.
    Spectra are in units of their median flux, on phases and wavelengths of the rest frame where `X`
    has redshifts. Means are taken in bins of phase, with straight lines between their centres;
    intervals are the quantiles of what is left of the spectra of fit, by phase and wavelength.

    Parameters
    ----------
    frame : {"rest", "observer"}, default="rest"
        "rest" divides times and wavelengths by 1 + ``redshift`` where `X` has that column in fit.
    phase_bins : int or array of inner edges (days), default=8
        A number makes bins of equal numbers of spectra.
    phase_range : pair of float, default=(-30.0, 100.0)
        Days from peak; spectra outside are left out.
    wavelength_range : pair of float, default=(2500.0, 10000.0)
        Å; pixels outside are left out.
    normalization_range : pair of float, default=(4000.0, 7000.0)
        Å; a spectrum is divided by its median flux inside.

    Attributes
    ----------
    frame_ : {"rest", "observer"}
    estimates_peak_ : bool
        Whether the peak of some object came from its light curve.
    wavelength_ : array of shape (256,)
        Å; the default grid, where 96 % of the pixels of fit lie. Beyond, spectra are constant.
    phases_ : PhaseTable
        The bins of phase.
    mean_, std_ : array of shape (n_phase_bins, 256)
    n_residuals_ : int
        Spectra that the intervals were learned from.
    residuals_ : array of shape (n_phase_bins, 256, 100)
        Quantiles of residuals.
    n_features_in_ : int
    feature_names_in_ : array of str

    See Also
    --------
    CrossModalGenerator : Spectra of neighbours, or of a generative embedder.

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
        frame="rest",
        phase_bins=8,
        phase_range=(-30.0, 100.0),
        wavelength_range=(2500.0, 10000.0),
        normalization_range=(4000.0, 7000.0),
    ):
        self.frame = frame
        self.phase_bins = phase_bins
        self.phase_range = phase_range
        self.wavelength_range = wavelength_range
        self.normalization_range = normalization_range

    def fit(self, X, y=None):
        """Average the spectra.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows
            With spectra, and times of peak (``t_peak``, MJD) or light curves to estimate them from.
        y : ignored

        Returns
        -------
        self

        Raises
        ------
        ValueError
            If no spectrum has a known phase, and for parameters out of range.

        Warns
        -----
        DataQualityWarning
            If peaks are estimated from the light curves.
        """
        self._validate_params()
        flux, owner, phase = self._fit_grid(as_frame(X))
        self._fit_mean(flux, phase)
        self._learn_residuals(flux, phase, None, owner)
        return self

    def predict(
        self,
        X,
        to="spectrum",
        *,
        phase=None,
        wavelength=None,
        band=None,
        source=None,
        n_samples=1,
        random_state=None,
    ):
        """The mean spectrum at some phases.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows
            Only their number counts.
        to : {"spectrum"}, default="spectrum"
        phase : float, or array of shape (n_phases,) or (n_objects, n_phases), default=0
            Days from peak, rest frame where ``frame_`` is "rest".
        wavelength : array of shape (n_wavelengths,) or (n_objects, n_wavelengths), optional
            Å. Default: ``wavelength_``.
        band, source, n_samples, random_state : ignored
            Here so that one call serves all generators; a band is refused.

        Returns
        -------
        array of shape (n_objects, [n_phases,] n_wavelengths)
            In units of the median flux; without the axis of phases for a single one.

        Raises
        ------
        sklearn.exceptions.NotFittedError
            Before fit.
        ValueError
            For places that cannot be, and for anything but spectra.
        """
        self._only_spectra(to, band)
        flux, places, _, _ = self._predict(X, phase, wavelength)
        return flux.reshape(len(flux), *places.shape)

    def predict_interval(
        self,
        X,
        to="spectrum",
        *,
        phase=None,
        wavelength=None,
        band=None,
        coverage=0.9,
        source=None,
        n_samples=1,
        random_state=None,
    ):
        """Interval for the flux that would be measured, point by point.

        Parameters
        ----------
        X, to, phase, wavelength, band, source, n_samples, random_state
            As for :meth:`predict`.
        coverage : float in (0, 0.99], default=0.9

        Returns
        -------
        lower, upper : array of shape (n_objects, [n_phases,] n_wavelengths)

        Raises
        ------
        ValueError
            For a coverage out of range.
        """
        self._only_spectra(to, band)
        return self._interval(X, phase, wavelength, coverage)

    def generate(
        self,
        X,
        to="spectrum",
        *,
        phase=None,
        wavelength=None,
        band=None,
        n_samples=1,
        source=None,
        noise=True,
        as_nested=False,
        random_state=None,
    ):
        """The mean, with normal scatter of the training spectra's size at each point.

        Parameters
        ----------
        X, to, phase, wavelength, band, source
            As for :meth:`predict`.
        n_samples : int, default=1
        noise : bool, default=True
            False: every sample is the mean.
        as_nested : bool, default=False
        random_state : int, RandomState or None, default=None
            All objects share the noise.

        Returns
        -------
        array of shape (n_objects, n_samples, [n_phases,] n_wavelengths)
            With `as_nested` a nested column of fields wavelength, time (phase), flux and sample.
        """
        self._only_spectra(to, band)
        check_n_samples(n_samples)
        rng = check_random_state(random_state)
        flux, places, when, where = self._predict(X, phase, wavelength)
        flux = np.repeat(flux[:, None], n_samples, axis=1)

        def width(query, rows, phase):
            return self.phases_.between(self.std_, phase)

        if noise:
            std = self._evaluate(None, max(len(when), len(where)), when, where, width)
            flux += std[:, None] * rng.standard_normal(flux.shape[1:])
        return as_asked(flux, places, X, as_nested)

    def _query(self, X):
        return None

    def _expected(self, query, rows, phase):
        return self.phases_.between(self.mean_, phase)
