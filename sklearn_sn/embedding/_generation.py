"""What an embedder of light curves and spectra can do with its decoder."""

from statistics import NormalDist

import numpy as np
from sklearn.base import TransformerMixin
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from sklearn_sn.base import mixture_mean
from sklearn_sn.data import warn_quality
from sklearn_sn.embedding._autoencoder import PLAIN
from sklearn_sn.embedding._calibration import IntervalCalibration
from sklearn_sn.embedding._decoding import DecodingEstimator


class GenerativeEmbedder(TransformerMixin, DecodingEstimator):
    """Base of embedders that decode; subclasses set modalities_, inputs_, frame_ and net_."""

    def transform(self, X):
        """Mean of the posterior: of the mixture of the experts that an object has.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows

        Returns
        -------
        array of shape (n_objects, n_features_out), float32
            An object with nothing usable gets the prior's mean, 0.

        Raises
        ------
        sklearn.exceptions.NotFittedError
            Before fit.
        ValueError
            For input that cannot be mended.
        """
        check_is_fitted(self, "net_")
        mean, _, present = self._posteriors(self._read(X, self.modalities_)[0])
        return mixture_mean(mean, present)

    def encode(self, X, modality, return_scale=False):
        """Posterior of one modality.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows
        modality : str
            One of ``modalities_``.
        return_scale : bool, default=False

        Returns
        -------
        mean : array of shape (n_objects, n_features_out), float32
            0 where an object lacks the modality.
        scale : array of shape (n_objects, n_features_out), float32
            Of the Laplace; 1 where an object lacks the modality. Only if `return_scale`.
        """
        check_is_fitted(self, "net_")
        self._known("modality", modality)
        mean, scale, _ = self._posteriors(self._read(X, [modality])[0])
        which = list(self.modalities_).index(modality)
        return (mean[which], scale[which]) if return_scale else mean[which]

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
        noise=False,
        as_nested=False,
        random_state=None,
    ):
        """Sample what a modality would look like, given what is known of the objects.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows
        to : {"spectrum", "light_curve", "image", "metadata"}, default="spectrum"
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
            Of spectra and light curves.
        random_state : int, RandomState or None, default=None
            All objects share the noise that is drawn, so that one's samples do not depend on which
            others are in `X`.

        Returns
        -------
        array of shape (n_objects, n_samples, [n_phases,] n_wavelengths), or for light curves
        (n_objects, n_samples, [n_bands,] n_phases), images (n_objects, n_samples, n_channels,
        side, side), metadata (n_objects, n_samples, n_columns)
            Axes in brackets are absent where a single phase or band is given. Spectra are in units
            of their median flux, light curves in units of the peak, images in
            spreads above the median of the cutout, metadata in their own. With `as_nested` a nested
            column, with fields wavelength (or band), time (phase), flux and sample.

        Raises
        ------
        sklearn.exceptions.NotFittedError
            Before fit.
        ValueError
            For an unknown modality or place, or input that cannot be mended.
        """
        check_is_fitted(self, "net_")
        rng = check_random_state(random_state)
        z, _, _, frame, table = self._samples(X, to, source, n_samples, rng)
        places = self._query_coordinates(to, len(table), frame.stretch, phase, wavelength, band)
        L = places.log_wavelength.shape[1]
        flux = np.empty((len(table), n_samples, L), dtype=np.float32)
        scatter = rng.laplace(size=(n_samples, 1, L)).astype(np.float32) if noise else None
        for rows, mean, scale in self._decoded(to, z, places.log_wavelength, places.phase):
            values = mean if scatter is None else mean + scale * scatter
            flux[rows] = self.inputs_[to].to_flux(values).swapaxes(0, 1)
        if as_nested:
            return places.to_nested(flux, table.index, to)
        return flux.reshape(len(table), n_samples, *places.shape)

    def predict(
        self,
        X,
        to="spectrum",
        *,
        phase=None,
        wavelength=None,
        band=None,
        source=None,
        n_samples=32,
        random_state=0,
    ):
        """Mean over the posterior of what :meth:`generate` samples.

        Parameters
        ----------
        X, to, phase, wavelength, band, source, n_samples, random_state
            As for :meth:`generate`.

        Returns
        -------
        array of shape (n_objects, [n_phases,] n_wavelengths) or (n_objects, [n_bands,] n_phases)
            Or as :meth:`generate` has it, without samples. The mean is taken as the network sees
            fluxes: of light curves and images in asinh.

        Raises
        ------
        sklearn.exceptions.NotFittedError
            Before fit.
        ValueError
            For an unknown modality or place, or input that cannot be mended.
        """
        centre, _, places = self._predictive(
            X, to, phase, wavelength, band, source, n_samples, random_state
        )
        return self.inputs_[to].to_flux(centre).reshape(len(centre), *places.shape)

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
        n_samples=32,
        random_state=0,
    ):
        """Interval for the flux that would be measured, point by point.

        Mean ± factor × predictive standard deviation (of the samples and of the decoder). After
        :meth:`calibrate` for the same `to` and `source` the factor is conformal, for objects that
        have a source, and for as many samples as calibrated it; before, it is that of a normal
        distribution, and the interval is only as good as the model. Beyond the phases that were
        calibrated, the factor is that of the outermost.

        Parameters
        ----------
        X, to, phase, wavelength, band, source, n_samples, random_state
            As for :meth:`generate`.
        coverage : float in (0, 1), default=0.9

        Returns
        -------
        lower, upper : array of shape (n_objects, [n_phases,] n_wavelengths), or (n_objects,
            [n_bands,] n_phases)

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
                    f"{', '.join(self.calibrations_)}; they are the model's own."
                )
            factor = NormalDist().inv_cdf(0.5 + 0.5 * coverage)
        else:
            factor = calibration.factors(places.log_wavelength, places.phase, coverage)
        to_flux = self.inputs_[to].to_flux
        ends = (to_flux(centre - factor * width), to_flux(centre + factor * width))
        return tuple(end.reshape(len(centre), *places.shape) for end in ends)

    def calibrate(
        self,
        X,
        to="spectrum",
        *,
        source=None,
        phase_bins=4,
        wavelength_bins=8,
        n_samples=32,
        random_state=0,
    ):
        """Fit the factors of :meth:`predict_interval` on objects that were not in fit.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows
            Objects that have `to` and what it is predicted from, none of those of fit; others are
            left out. Intervals are for fluxes as they are measured here, noise included.
        to, source, n_samples, random_state
            As for :meth:`predict_interval`, which must get the same `to` and `source`.
        phase_bins : int or array of inner edges (days), default=4
        wavelength_bins : int or array of inner edges (Å), default=8
            Metadata are calibrated column by column, images channel by channel.

        Returns
        -------
        self

        Raises
        ------
        ValueError
            If no object has what is to be predicted and what it is predicted from.
        """
        check_is_fitted(self, "net_")
        rng = check_random_state(random_state)
        z, asked, dataset, _, _ = self._samples(X, to, source, n_samples, rng, also=[to])
        if not (to in dataset.prepared and (asked & (dataset.prepared[to].lengths > 0)).any()):
            raise ValueError(
                f"X has no object to calibrate with: none has {to!r} and "
                f"{' or '.join(map(repr, self._sources(to, source)))}."
            )
        owner, log_wavelength, phase, score = self._scores(to, z, dataset, asked)
        if to in PLAIN:  # by column, or by channel
            phase_bins, wavelength_bins = [], dataset.inputs[to].wavelength_edges()
        if not len(owner):
            raise ValueError(f"No {to} of X has a known phase: give X a column 't_peak'.")
        self.calibrations_[self._route(to, source)] = IntervalCalibration().fit(
            owner, log_wavelength, phase, score, phase_bins, wavelength_bins
        )
        return self

    def inverse_transform(
        self, Z, to="spectrum", *, phase=None, wavelength=None, band=None, redshift=0.0
    ):
        """What a latent looks like: the decoder's mean.

        Parameters
        ----------
        Z : array of shape (n, n_features_out)
        to, phase, wavelength, band
            As for :meth:`generate`.
        redshift : float or array of shape (n,), default=0.0
            Of light curves in the rest frame: where the bands fall.

        Returns
        -------
        array of shape (n, [n_phases,] n_wavelengths) or (n, [n_bands,] n_phases)

        Raises
        ------
        sklearn.exceptions.NotFittedError
            Before fit.
        ValueError
            For an unknown modality or place, a Z of another width or not finite, and
            a redshift that cannot be.
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
            flux[rows] = self.inputs_[to].to_flux(mean[0])
        return flux.reshape(len(Z), *places.shape)

    def sample_prior(self, n, to=None, *, random_state=None, **where):
        """Latents of objects that nothing is known of, or what they look like.

        Parameters
        ----------
        n : int
        to : {"spectrum", "light_curve", "image", "metadata"}, optional
            Default: the latents themselves.
        random_state : int, RandomState or None, default=None
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

    def score(self, X, y=None, n_samples=16, random_state=0):
        """Mean over the objects of a lower bound on their log-evidence.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows
        y : ignored
        n_samples : int, default=16
            Importance samples of each expert: the more, the tighter the bound.
        random_state : int, RandomState or None, default=0

        Returns
        -------
        float
            Nats per object, of fluxes as the network sees them; higher is better. Numbers of
            different data do not compare, nor those of models that see different points: a search
            over `max_points`, `max_pixels` or a range needs another score.
        """
        check_is_fitted(self, "net_")
        if n_samples < 1:
            raise ValueError(f"n_samples must be 1 or more; got {n_samples!r}.")
        dataset, _, _ = self._read(X, self.modalities_)
        found = np.flatnonzero(self._found(dataset))
        if not len(found):
            raise ValueError("X has no object with anything that the model knows.")
        rng = check_random_state(random_state)
        return float(self._bounds(dataset.subset(found), n_samples, rng).mean())

    def get_feature_names_out(self, input_features=None):
        """Names of the latent's numbers, such as ``latent_0``.

        Parameters
        ----------
        input_features : ignored

        Returns
        -------
        array of str, shape (n_features_out,)
        """
        check_is_fitted(self, "net_")
        width = int(np.prod(self.net_.module_.latent_shape))
        return np.array([f"latent_{i}" for i in range(width)], dtype=object)
