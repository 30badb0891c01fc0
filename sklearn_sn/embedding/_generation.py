"""Generation, intervals and scores of embedders with a decoder."""

from collections.abc import Sequence
from statistics import NormalDist
from typing import Any, Self

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
    """Base of embedders that generate modalities, with intervals and their calibration."""

    def transform(self, X: pd.DataFrame) -> np.ndarray:
        """Return the mean of the posterior, the mixture of the experts that an object has.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows
            A table as in `fit`; modalities may be missing.

        Returns
        -------
        array of shape (n_objects, n_features_out), float32
            Means; 0, the mean of the prior, for an object without usable data.

        Raises
        ------
        sklearn.exceptions.NotFittedError
            If the embedder is not fitted.
        ValueError
            If the input cannot be repaired.
        """
        check_is_fitted(self, "net_")
        mean, _, present = self._posteriors(self._read(X, self.modalities_).dataset)
        return mixture_mean(mean, present)

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
            Whether to return the scale too.

        Returns
        -------
        mean : array of shape (n_objects, n_features_out), float32
            Mean of the posterior; 0 where an object lacks the modality.
        scale : array of shape (n_objects, n_features_out), float32
            Scale of the posterior; 1 where an object lacks it. Only if `return_scale` is True.
        """
        check_is_fitted(self, "net_")
        self._check_modality("modality", modality)
        mean, scale, _ = self._posteriors(self._read(X, [modality], warn_missing=False).dataset)
        expert = list(self.modalities_).index(modality)
        return (mean[expert], scale[expert]) if return_scale else mean[expert]

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
        """Draw samples of a modality, conditional on the data of the objects.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows
            A table as in `fit`; modalities may be missing.
        to : {"spectrum", "light_curve", "image", "metadata"}, default="spectrum"
            Modality to generate.
        phase : float, or array of shape (n_phases,) or (n_objects, n_phases), optional
            Days from peak, in the frame ``frame_``. Default: 0 for spectra, every second day of
            `phase_range` for light curves.
        wavelength : array of shape (n_wavelengths,) or (n_objects, n_wavelengths), optional
            Wavelengths of spectra in Å, in the frame ``frame_``. Default: ``wavelength_``.
        band : str or sequence of str, optional
            Bands of light curves. Default: all bands of fit.
        n_samples : int, default=1
            Number of samples of each object, divided evenly among its experts.
        source : str or sequence of str, optional
            Modalities to predict from. Default: all but `to`, or `to` itself for an object
            without any other.
        noise : bool, default=False
            Whether to add the scatter of the decoder, independent for each point.
        as_nested : bool, default=False
            Whether to return a nested column instead of an array; for spectra and light curves.
        random_state : int, RandomState or None, default=None
            Seed of the noise, which all objects share: samples do not depend on the other rows.

        Returns
        -------
        array of shape (n_objects, n_samples, [n_phases,] n_wavelengths), or for light curves
        (n_objects, n_samples, [n_bands,] n_phases), images (n_objects, n_samples, n_channels,
        side, side), metadata (n_objects, n_samples, n_columns)
            Axes in brackets are absent for a single phase or band. Spectra are in units of their
            median flux, light curves of the peak, images of the spread above the median of the
            cutout, and metadata of their column. With `as_nested`, a nested column with the fields
            wavelength (or band), time (phase), flux and sample.

        Raises
        ------
        sklearn.exceptions.NotFittedError
            If the embedder is not fitted.
        ValueError
            If a modality or coordinate is unknown, or the input cannot be repaired.
        """
        check_is_fitted(self, "net_")
        rng = check_random_state(random_state)
        samples = self._samples(X, to, source, n_samples, rng)
        z, frame, table = samples.z, samples.frame, samples.table
        query = self._query_coordinates(to, len(table), frame.stretch, phase, wavelength, band)
        L = query.log_wavelength.shape[1]
        flux = np.empty((len(table), n_samples, L), dtype=np.float32)
        scatter = rng.laplace(size=(n_samples, 1, L)).astype(np.float32) if noise else None
        for rows, mean, scale in self._decoded(to, z, query.log_wavelength, query.phase):
            values = mean if scatter is None else mean + scale * scatter
            flux[rows] = self.preprocessors_[to].to_flux(values).swapaxes(0, 1)
        if as_nested:
            return query.to_nested(flux, table.index, to)
        return flux.reshape(len(table), n_samples, *query.shape)

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
        """Return the mean of the distribution that :meth:`generate` samples.

        Parameters
        ----------
        X, to, phase, wavelength, band, source, n_samples, random_state
            As in :meth:`generate`.

        Returns
        -------
        array of shape (n_objects, [n_phases,] n_wavelengths) or (n_objects, [n_bands,] n_phases)
            As in :meth:`generate`, without the axis of samples. The mean is taken of network
            values, which are asinh of the flux for light curves and images.

        Raises
        ------
        sklearn.exceptions.NotFittedError
            If the embedder is not fitted.
        ValueError
            If a modality or coordinate is unknown, or the input cannot be repaired.
        """
        centre, _, query = self._predictive(
            X, to, phase, wavelength, band, source, n_samples, random_state
        )
        return self.preprocessors_[to].to_flux(centre).reshape(len(centre), *query.shape)

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
        """Return an interval for the measured flux of every point.

        The interval is mean ± factor × predictive standard deviation (of the samples and of the
        decoder). After :meth:`calibrate` for the same `to` and `source`, the factor is conformal
        for objects with a source and the same number of samples. Before, it is that of a normal
        distribution. Beyond the calibrated phases, it is that of the outermost phase.

        Parameters
        ----------
        X, to, phase, wavelength, band, source, n_samples, random_state
            As in :meth:`generate`.
        coverage : float in (0, 1), default=0.9
            Requested probability that the interval contains the measured flux.

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
        centre, width, query = self._predictive(
            X, to, phase, wavelength, band, source, n_samples, random_state
        )
        route = self._route(to, source)
        calibration = self.calibrations_.get(route)
        if calibration is None:
            if self.calibrations_:
                warn_quality(
                    f"Intervals of {route} are not calibrated, only those of "
                    f"{', '.join(self.calibrations_)}. They depend on the model alone."
                )
            factor = NormalDist().inv_cdf(0.5 + 0.5 * coverage)
        else:
            factor = calibration.factors(query.log_wavelength, query.phase, coverage)
        to_flux = self.preprocessors_[to].to_flux
        ends = (to_flux(centre - factor * width), to_flux(centre + factor * width))
        return tuple(end.reshape(len(centre), *query.shape) for end in ends)

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
            Objects that were not in fit. Those without `to` or a source are dropped. Intervals
            are valid for fluxes with the noise of these measurements.
        to, source, n_samples, random_state
            As in :meth:`predict_interval`, which must receive the same `to` and `source`.
        phase_bins : int or array, default=4
            Number of bins with their own factors, or inner edges in days.
        wavelength_bins : int or array, default=8
            The same in Å. Metadata are calibrated by column, images by channel.

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
        z, has_source, dataset = samples.z, samples.has_source, samples.dataset
        if not (to in dataset.prepared and (has_source & (dataset.prepared[to].lengths > 0)).any()):
            raise ValueError(
                f"X has no object to calibrate with: none has {to!r} and "
                f"{' or '.join(map(repr, self._sources(to, source)))}."
            )
        object_index, log_wavelength, phase, score = self._scores(to, z, dataset, has_source)
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
        """Decode latents to the mean of the decoder.

        Parameters
        ----------
        Z : array of shape (n, n_features_out)
            Latents.
        to, phase, wavelength, band
            As in :meth:`generate`.
        redshift : float or array of shape (n,), default=0.0
            Redshift by which bands are shifted; for light curves in the rest frame.

        Returns
        -------
        array of shape (n, [n_phases,] n_wavelengths) or (n, [n_bands,] n_phases)
            As in :meth:`generate`, without the axis of samples.

        Raises
        ------
        ValueError
            If a modality or coordinate is unknown, or `Z` or `redshift` is invalid.
        """
        check_is_fitted(self, "net_")
        self._check_modality("to", to)
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
        query = self._query_coordinates(to, len(Z), stretch, phase, wavelength, band)
        flux = np.empty((len(Z), query.log_wavelength.shape[1]), dtype=np.float32)
        for rows, mean, _ in self._decoded(to, Z[None], query.log_wavelength, query.phase):
            flux[rows] = self.preprocessors_[to].to_flux(mean[0])
        return flux.reshape(len(Z), *query.shape)

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
            Modality to decode. Default: return the latents.
        random_state : int, RandomState or None, default=None
            Seed of the samples.
        **where
            phase, wavelength, band and redshift, as in :meth:`inverse_transform`.

        Returns
        -------
        array of shape (n, n_features_out) or as in :meth:`inverse_transform`
            Latents or decoded samples.
        """
        check_is_fitted(self, "net_")
        width = int(np.prod(self.net_.module_.latent_shape))
        Z = check_random_state(random_state).laplace(size=(n, width)).astype(np.float32)
        return Z if to is None else self.inverse_transform(Z, to, **where)
