"""Generation and intervals of embedders with a decoder."""

from collections.abc import Sequence
from statistics import NormalDist
from typing import Any, Literal, Self, overload

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.base import TransformerMixin
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from sklearn_sn.base import mixture_mean
from sklearn_sn.data import warn_quality
from sklearn_sn.embedding._autoencoder import PLAIN
from sklearn_sn.embedding._calibration import IntervalCalibration
from sklearn_sn.embedding._decoding import DecodingEstimator


class GenerativeEmbedder(TransformerMixin, DecodingEstimator):
    """Base of embedders with a decoder; fit sets modalities_, preprocessors_, frame_ and net_."""

    def transform(self, X: pd.DataFrame) -> np.ndarray:
        """Return the mean of the posterior, the mixture of the experts that an object has.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows
            A table as in `fit`; modalities may be missing.

        Returns
        -------
        array of shape (n_objects, n_features_out), float32
            An object with nothing usable gets the prior's mean, 0.

        Raises
        ------
        sklearn.exceptions.NotFittedError
            Before fit.
        ValueError
            For input that cannot be repaired.
        """
        check_is_fitted(self, "net_")
        mean, _, present = self._posteriors(self._read(X, self.modalities_).dataset)
        return mixture_mean(mean, present)

    @overload
    def encode(
        self, X: pd.DataFrame, modality: str, return_scale: Literal[False] = False
    ) -> np.ndarray: ...

    @overload
    def encode(
        self, X: pd.DataFrame, modality: str, return_scale: Literal[True]
    ) -> tuple[np.ndarray, np.ndarray]: ...

    def encode(
        self, X: pd.DataFrame, modality: str, return_scale: bool = False
    ) -> np.ndarray | tuple[np.ndarray, np.ndarray]:
        """Return the posterior of one modality.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows
            A table as in `fit`.
        modality : str
            One of ``modalities_``.
        return_scale : bool, default=False
            Also return the scale.

        Returns
        -------
        mean : array of shape (n_objects, n_features_out), float32
            0 where an object lacks the modality.
        scale : array of shape (n_objects, n_features_out), float32
            Of the Laplace; 1 where an object lacks the modality. Only if `return_scale`.
        """
        check_is_fitted(self, "net_")
        self._known("modality", modality)
        mean, scale, _ = self._posteriors(self._read(X, [modality]).dataset)
        which = list(self.modalities_).index(modality)
        return (mean[which], scale[which]) if return_scale else mean[which]

    def generate(
        self,
        X: pd.DataFrame,
        to: str = "spectrum",
        *,
        phase: ArrayLike | None = None,
        wavelength: ArrayLike | None = None,
        band: str | Sequence[str] | None = None,
        n_samples: int = 1,
        source: str | Sequence[str] | None = None,
        noise: bool = False,
        as_nested: bool = False,
        random_state: int | np.random.RandomState | None = None,
    ) -> np.ndarray | pd.Series:
        """Sample a modality, given what is known of the objects.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows
            A table as in `fit`; modalities may be missing.
        to : {"spectrum", "light_curve", "image", "metadata"}, default="spectrum"
            The modality to generate.
        phase : float, or array of shape (n_phases,) or (n_objects, n_phases), optional
            Days from peak, rest frame where ``frame_`` is "rest". Default: 0 for spectra, every
            second day of `phase_range` for light curves.
        wavelength : array of shape (n_wavelengths,) or (n_objects, n_wavelengths), optional
            Å, rest frame where ``frame_`` is "rest"; of spectra only. Default: ``wavelength_``.
        band : str or sequence of str, optional
            Of light curves only. Default: all bands of fit.
        n_samples : int, default=1
            Samples of each object, shared evenly among its experts.
        source : str or sequence of str, optional
            Modalities to start from. Default: those other than `to`; `to` itself for an object
            that has nothing else.
        noise : bool, default=False
            Add the decoder's own scatter, independent from point to point, to each sample.
        as_nested : bool, default=False
            Return a nested column instead of an array; for spectra and light curves.
        random_state : int, RandomState or None, default=None
            All objects share the noise, so that the samples of one do not depend on the others in
            `X`.

        Returns
        -------
        array of shape (n_objects, n_samples, [n_phases,] n_wavelengths), or for light curves
        (n_objects, n_samples, [n_bands,] n_phases), images (n_objects, n_samples, n_channels,
        side, side), metadata (n_objects, n_samples, n_columns)
            Axes in brackets are absent if a single phase or band is given. Spectra are in units
            of their median flux, light curves in units of the peak, images in
            spreads above the median of the cutout, metadata in their own. With `as_nested` a nested
            column, with fields wavelength (or band), time (phase), flux and sample.

        Raises
        ------
        sklearn.exceptions.NotFittedError
            Before fit.
        ValueError
            For an unknown modality or coordinate, or input that cannot be repaired.
        """
        check_is_fitted(self, "net_")
        rng = check_random_state(random_state)
        samples = self._samples(X, to, source, n_samples, rng)
        z, frame, table = samples.z, samples.frame, samples.table
        places = self._query_coordinates(to, len(table), frame.stretch, phase, wavelength, band)
        L = places.log_wavelength.shape[1]
        flux = np.empty((len(table), n_samples, L), dtype=np.float32)
        scatter = rng.laplace(size=(n_samples, 1, L)).astype(np.float32) if noise else None
        for rows, mean, scale in self._decoded(to, z, places.log_wavelength, places.phase):
            values = mean if scatter is None else mean + scale * scatter
            flux[rows] = self.preprocessors_[to].to_flux(values).swapaxes(0, 1)
        if as_nested:
            return places.to_nested(flux, table.index, to)
        return flux.reshape(len(table), n_samples, *places.shape)

    def predict(
        self,
        X: pd.DataFrame,
        to: str = "spectrum",
        *,
        phase: ArrayLike | None = None,
        wavelength: ArrayLike | None = None,
        band: str | Sequence[str] | None = None,
        source: str | Sequence[str] | None = None,
        n_samples: int = 32,
        random_state: int | np.random.RandomState | None = 0,
    ) -> np.ndarray:
        """Return the mean over the posterior of what :meth:`generate` samples.

        Parameters
        ----------
        X, to, phase, wavelength, band, source, n_samples, random_state
            As for :meth:`generate`.

        Returns
        -------
        array of shape (n_objects, [n_phases,] n_wavelengths) or (n_objects, [n_bands,] n_phases)
            Or as :meth:`generate` returns it, without samples. The mean is taken of network
            values: of light curves and images in asinh.

        Raises
        ------
        sklearn.exceptions.NotFittedError
            Before fit.
        ValueError
            For an unknown modality or coordinate, or input that cannot be repaired.
        """
        centre, _, places = self._predictive(
            X, to, phase, wavelength, band, source, n_samples, random_state
        )
        return self.preprocessors_[to].to_flux(centre).reshape(len(centre), *places.shape)

    def predict_interval(
        self,
        X: pd.DataFrame,
        to: str = "spectrum",
        *,
        phase: ArrayLike | None = None,
        wavelength: ArrayLike | None = None,
        band: str | Sequence[str] | None = None,
        coverage: float = 0.9,
        source: str | Sequence[str] | None = None,
        n_samples: int = 32,
        random_state: int | np.random.RandomState | None = 0,
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return intervals for the flux that would be measured, point by point.

        The interval is mean ± factor × predictive standard deviation (of the samples and of the
        decoder). After :meth:`calibrate` for the same `to` and `source`, the factor is conformal,
        for objects that have a source and for the number of samples of the calibration. Before, it
        is that of a normal distribution, and the interval is only as good as the model. Beyond the
        calibrated phases, the factor is that of the outermost phase.

        Parameters
        ----------
        X, to, phase, wavelength, band, source, n_samples, random_state
            As for :meth:`generate`.
        coverage : float in (0, 1), default=0.9
            Probability that the interval should contain the measured flux.

        Returns
        -------
        lower, upper : array of shape (n_objects, [n_phases,] n_wavelengths)
            Ends of the intervals; (n_objects, [n_bands,] n_phases) for light curves.

        Raises
        ------
        ValueError
            If the calibration had too few objects for the coverage.
        """
        if not 0 < coverage < 1:
            raise ValueError(f"coverage must lie between 0 and 1; got {coverage!r}.")
        centre, width, places = self._predictive(
            X, to, phase, wavelength, band, source, n_samples, random_state
        )
        route = self._route(to, source)
        calibration = self.calibrations_.get(route)
        if calibration is None:
            if self.calibrations_:
                warn_quality(
                    f"Intervals of {route} are not calibrated, only those of "
                    f"{', '.join(self.calibrations_)}; they are those of the model alone."
                )
            factor = NormalDist().inv_cdf(0.5 + 0.5 * coverage)
        else:
            factor = calibration.factors(places.log_wavelength, places.phase, coverage)
        to_flux = self.preprocessors_[to].to_flux
        ends = (to_flux(centre - factor * width), to_flux(centre + factor * width))
        lower, upper = (end.reshape(len(centre), *places.shape) for end in ends)
        return lower, upper

    def calibrate(
        self,
        X: pd.DataFrame,
        to: str = "spectrum",
        *,
        source: str | Sequence[str] | None = None,
        phase_bins: int | ArrayLike = 4,
        wavelength_bins: int | ArrayLike = 8,
        n_samples: int = 32,
        random_state: int | np.random.RandomState | None = 0,
    ) -> Self:
        """Fit the factors of :meth:`predict_interval` on objects that were not in fit.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows
            Objects that have `to` and a source, and that were not in fit; others are dropped.
            Intervals are for fluxes as measured here, noise included.
        to, source, n_samples, random_state
            As for :meth:`predict_interval`, which must get the same `to` and `source`.
        phase_bins : int or array of inner edges (days), default=4
            Bins with factors of their own.
        wavelength_bins : int or array of inner edges (Å), default=8
            Bins with factors of their own. Metadata are calibrated by column, images by channel.

        Returns
        -------
        self

        Raises
        ------
        ValueError
            If no object has both `to` and a source.
        """
        check_is_fitted(self, "net_")
        rng = check_random_state(random_state)
        samples = self._samples(X, to, source, n_samples, rng, also=[to])
        z, asked, dataset = samples.z, samples.has_source, samples.dataset
        if not (to in dataset.prepared and (asked & (dataset.prepared[to].lengths > 0)).any()):
            raise ValueError(
                f"X has no object to calibrate with: none has {to!r} and "
                f"{' or '.join(map(repr, self._sources(to, source)))}."
            )
        object_index, log_wavelength, phase, score = self._scores(to, z, dataset, asked)
        if to in PLAIN:  # by column, or by channel
            phase_bins, wavelength_bins = [], dataset.preprocessors[to].wavelength_edges()
        if not len(object_index):
            raise ValueError(f"No {to} of X has a known phase: give X a column 't_peak'.")
        self.calibrations_[self._route(to, source)] = IntervalCalibration().fit(
            object_index, log_wavelength, phase, score, phase_bins, wavelength_bins
        )
        return self

    def inverse_transform(
        self,
        Z: ArrayLike,
        to: str = "spectrum",
        *,
        phase: ArrayLike | None = None,
        wavelength: ArrayLike | None = None,
        band: str | Sequence[str] | None = None,
        redshift: ArrayLike = 0.0,
    ) -> np.ndarray:
        """Decode latents: return the mean of the decoder.

        Parameters
        ----------
        Z : array of shape (n, n_features_out)
            Latents.
        to, phase, wavelength, band
            As for :meth:`generate`.
        redshift : float or array of shape (n,), default=0.0
            For light curves in the rest frame: where the bands fall.

        Returns
        -------
        array of shape (n, [n_phases,] n_wavelengths) or (n, [n_bands,] n_phases)

        Raises
        ------
        ValueError
            For an unknown modality or coordinate, an invalid Z, or an impossible redshift.
        """
        check_is_fitted(self, "net_")
        self._known("to", to)
        Z = np.asarray(Z, dtype=np.float32)
        width = int(np.prod(self.net_.module_.latent_shape))
        if Z.ndim != 2 or Z.shape[1] != width:
            raise ValueError(f"Z must have the shape (n, {width}); got {Z.shape}.")
        if not np.isfinite(Z).all():
            raise ValueError("Z must be finite.")
        redshift = np.asarray(redshift, dtype=float)
        if not (np.isfinite(redshift) & (redshift > -1.0)).all():
            raise ValueError("redshift must be finite and above -1.")
        rest = self.frame_ == "rest"
        stretch = np.broadcast_to(1.0 + redshift * rest, len(Z))
        places = self._query_coordinates(to, len(Z), stretch, phase, wavelength, band)
        flux = np.empty((len(Z), places.log_wavelength.shape[1]), dtype=np.float32)
        for rows, mean, _ in self._decoded(to, Z[None], places.log_wavelength, places.phase):
            flux[rows] = self.preprocessors_[to].to_flux(mean[0])
        return flux.reshape(len(Z), *places.shape)

    def sample_prior(
        self,
        n: int,
        to: str | None = None,
        *,
        random_state: int | np.random.RandomState | None = None,
        **where: Any,
    ) -> np.ndarray:
        """Sample latents from the prior, and optionally decode them.

        Parameters
        ----------
        n : int
            Number of samples.
        to : {"spectrum", "light_curve", "image", "metadata"}, optional
            Modality to decode to. Default: the latents themselves.
        random_state : int, RandomState or None, default=None
            Seed of the samples.
        **where
            phase, wavelength, band and redshift, as for :meth:`inverse_transform`.

        Returns
        -------
        array of shape (n, n_features_out), or as of :meth:`inverse_transform`
        """
        check_is_fitted(self, "net_")
        width = int(np.prod(self.net_.module_.latent_shape))
        Z = check_random_state(random_state).laplace(size=(n, width)).astype(np.float32)
        return Z if to is None else self.inverse_transform(Z, to, **where)
