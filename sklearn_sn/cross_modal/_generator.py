"""Generate spectra from light curves with a generative embedder or with neighbours."""

from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, clone
from sklearn.utils._param_validation import HasMethods, StrOptions
from sklearn.utils.validation import check_is_fitted

from sklearn_sn.cross_modal._neighbor_generator import NeighborGenerator, query_parameters
from sklearn_sn.cross_modal._retriever import AT_LEAST_ONE, METRICS
from sklearn_sn.cross_modal._spectrum_generator import check_n_samples
from sklearn_sn.data import as_frame


class CrossModalGenerator(NeighborGenerator):
    """Generate the spectrum of an object at any phase from its light curve.

    An embedder with ``generate`` is used directly [1]_. For any other embedder, the prediction is
    based on the spectra of the nearest neighbours of the object in the embedding space. The
    spectrum of each neighbour that is nearest in phase is corrected to the requested phase and
    interpolated to the requested wavelengths; several neighbours are averaged. Wavelengths without
    observations use the mean spectrum at that phase.

    Parameters
    ----------
    embedder : estimator
        Embedder with ``encode(X, modality)``. It is fitted in `fit`; wrap a fitted embedder in a
        ``FrozenEstimator`` to keep it unchanged.
    query : str, default="light_curve"
        Modality that conditions the generation.
    to : {"spectrum", "light_curve"}, default="spectrum"
        Modality to generate. Neighbours support only spectra.
    method : {"auto", "generate", "neighbors"}, default="auto"
        Use the embedder's ``generate`` or neighbours. "auto" is "generate" if the embedder has that
        method.
    n_neighbors : int, default=1
        Number of neighbours to average.
    weights : {"distance", "uniform"}, default="distance"
        Weights of the neighbours: the inverse of the distance, or equal.
    phase_correction : bool, default=True
        Correct a neighbour's spectrum from its own phase to the requested one, by the difference of
        the mean spectra at both phases. If False, the spectrum is used as observed, regardless of
        its phase.
    metric : {"euclidean", "cosine", "frobenius"}, default="frobenius"
        Distance of codes. "frobenius" is the Euclidean distance of flattened codes.
    frame : {"rest", "observer"}, default="rest"
        For neighbours, as in :class:`MeanSpectrumGenerator`.
    phase_bins : int or array of shape (n_edges,), default=8
        For neighbours, as in :class:`MeanSpectrumGenerator`.
    phase_range : pair of float, default=(-30.0, 100.0)
        For neighbours, as in :class:`MeanSpectrumGenerator`.
    wavelength_range : pair of float, default=(2500.0, 10000.0)
        For neighbours, as in :class:`MeanSpectrumGenerator`.
    normalization_range : pair of float, default=(4000.0, 7000.0)
        For neighbours, as in :class:`MeanSpectrumGenerator`.

    Attributes
    ----------
    embedder_ : estimator
        Fitted embedder.
    method_ : {"generate", "neighbors"}
        Method in use.
    frame_ : {"rest", "observer"}
        Frame of phases and wavelengths; that of the embedder if it generates.
    wavelength_ : array of shape (n_wavelengths,)
        Default wavelengths in Å; those of the embedder if it generates.
    retriever_ : CrossModalRetriever
        Neighbour search, for method "neighbors". Its gallery holds the training objects with
        spectra.
    spectra_ : NeighborSpectra
        Spectra of the gallery, for method "neighbors".
    phases_ : PhaseTable
        Phase bins, for method "neighbors".
    mean_, std_ : array of shape (n_phase_bins, 256)
        Mean and standard deviation of the training spectra, for method "neighbors".
    residuals_ : array of shape (n_phase_bins, 256, 100)
        Quantiles of the residuals, for method "neighbors".
    n_residuals_ : int
        Number of spectra that determine the residuals, for method "neighbors".
    n_features_in_ : int
        Number of columns seen during `fit`.
    feature_names_in_ : array of str
        Names of the columns seen during `fit`, if all are strings.

    See Also
    --------
    MeanSpectrumGenerator : Predict the same mean spectrum for every object.
    CrossModalRetriever : Return the neighbours themselves.

    Notes
    -----
    For neighbours, the intervals come from the differences between the training spectra and their
    leave-one-object-out predictions. They are too narrow if the embedder was trained on the same
    objects; :meth:`calibrate` estimates them from other objects. An object that lacks the query
    modality gets the neighbours of the embedder's code for a missing modality.

    References
    ----------
    .. [1] Shen, Y. & Gagliano, A. T. (2025). "Mixture-of-Expert Variational Autoencoders for
       Cross-Modality Embedding of Type Ia Supernova Data". ML4Astro workshop, ICML.

    Examples
    --------
    >>> from sklearn_sn import ContrastiveEmbedder
    >>> from sklearn_sn.cross_modal import CrossModalGenerator
    >>> from sklearn_sn.datasets import make_supernovae
    >>> X, y, truth = make_supernovae(60, classes=["SN Ia"], return_truth=True, random_state=0)
    >>> X["t_peak"] = truth["t_peak"]
    >>> embedder = ContrastiveEmbedder(light_curve="deep_sets", max_epochs=2, random_state=0)
    >>> model = CrossModalGenerator(embedder, n_neighbors=5).fit(X[:40])
    >>> model.method_
    'neighbors'
    >>> model.predict(X[["light_curve"]][40:], phase=[0.0, 10.0], wavelength=[5000, 6150]).shape
    (20, 2, 2)
    """

    _file_kind = "object"

    _parameter_constraints = {
        "embedder": [HasMethods("fit")],
        "query": [str],
        "to": [StrOptions({"spectrum", "light_curve"})],
        "method": [StrOptions({"auto", "generate", "neighbors"})],
        "n_neighbors": AT_LEAST_ONE,
        "weights": [StrOptions({"distance", "uniform"})],
        "phase_correction": ["boolean"],
        "metric": [StrOptions(set(METRICS))],
        **NeighborGenerator._parameter_constraints,
    }

    def __init__(
        self,
        embedder: BaseEstimator,
        *,
        query: str = "light_curve",
        to: str = "spectrum",
        method: str = "auto",
        n_neighbors: int = 1,
        weights: str = "distance",
        phase_correction: bool = True,
        metric: str = "frobenius",
        frame: str = "rest",
        phase_bins: int | ArrayLike = 8,
        phase_range: tuple[float, float] = (-30.0, 100.0),
        wavelength_range: tuple[float, float] = (2500.0, 10000.0),
        normalization_range: tuple[float, float] = (4000.0, 7000.0),
    ) -> None:
        self.embedder = embedder
        self.query = query
        self.to = to
        self.method = method
        self.n_neighbors = n_neighbors
        self.weights = weights
        self.phase_correction = phase_correction
        self.metric = metric
        self.frame = frame
        self.phase_bins = phase_bins
        self.phase_range = phase_range
        self.wavelength_range = wavelength_range
        self.normalization_range = normalization_range

    def fit(self, X: pd.DataFrame, y: ArrayLike | None = None) -> Self:
        """Fit the embedder, unless it is frozen, and store the spectra of the training objects.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows
            Training objects, with the query modality and, for neighbours, spectra of known phase.
        y : array-like of shape (n_objects,), optional
            Passed to the embedder.

        Returns
        -------
        self
            The fitted generator.

        Raises
        ------
        ValueError
            If a parameter is out of range, the embedder cannot generate as required, or no spectrum
            has a known phase.

        Warns
        -----
        DataQualityWarning
            If peaks are estimated from the light curves.
        """
        self._validate_params()
        X = as_frame(X)
        self.embedder_ = clone(self.embedder).fit(X, y)
        is_generative = hasattr(self.embedder_, "generate")
        if self.method == "generate" and not is_generative:
            raise ValueError(
                "The 'method' parameter of CrossModalGenerator is 'generate', but the embedder "
                f"{type(self.embedder_).__name__} has no method 'generate'; use "
                "method='neighbors'."
            )
        # "auto" prefers the embedder's own generation.
        use_embedder = is_generative and self.method != "neighbors"
        self.method_ = "generate" if use_embedder else "neighbors"
        if self.method_ == "generate":
            self.frame_ = self.embedder_.frame_
            if hasattr(self.embedder_, "wavelength_"):
                self.wavelength_ = self.embedder_.wavelength_
            self.n_features_in_ = X.shape[1]
            if all(isinstance(name, str) for name in X.columns):
                self.feature_names_in_ = np.array(X.columns, dtype=object)
            return self
        if self.to != "spectrum":
            raise ValueError(
                "The 'to' parameter of CrossModalGenerator must be 'spectrum' if "
                f"method='neighbors'. Got {self.to!r} instead; CrossModalRetriever.predict returns "
                "the light curve of the nearest neighbour."
            )
        return self._fit_neighbors(X)

    def kneighbors(
        self, X: pd.DataFrame, n_neighbors: int | None = None, return_distance: bool = True
    ) -> tuple[np.ndarray, np.ndarray] | np.ndarray:
        """Find the training objects whose spectra the prediction uses.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows
            Table with the query modality.
        n_neighbors : int, optional
            Number of neighbours. By default the parameter of that name.
        return_distance : bool, default=True
            Also return the distances.

        Returns
        -------
        distance : array of shape (n_objects, n_neighbors)
            Distances to the neighbours. Only if `return_distance`.
        indices : array of int, shape (n_objects, n_neighbors)
            Rows of ``retriever_.gallery_index_``.

        Raises
        ------
        ValueError
            If the embedder generates, so that there are no neighbours.
        """
        check_is_fitted(self, "method_")
        if self.method_ == "generate":
            raise ValueError(
                "kneighbors is not available with method 'generate'. Set method='neighbors', or "
                "use CrossModalRetriever."
            )
        return self.retriever_.kneighbors(X, n_neighbors, return_distance)

    def predict(self, X: pd.DataFrame, to: str | None = None, **params: Any) -> np.ndarray:
        """Predict the expected spectrum.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows
            Table with the query modality.
        to : str, optional
            Must equal the parameter of that name.
        **params
            Query coordinates ``phase`` and ``wavelength``, as in
            :meth:`MeanSpectrumGenerator.predict
            <sklearn_sn.cross_modal.MeanSpectrumGenerator.predict>`. A generative embedder receives
            all keyword arguments.

        Returns
        -------
        array of shape (n_objects, [n_phases,] n_wavelengths)
            Flux in units of the median flux. There is no axis of phases for a single phase.

        Raises
        ------
        sklearn.exceptions.NotFittedError
            If the generator is not fitted.
        ValueError
            If the query coordinates are invalid.
        """
        if self._uses_embedder(to):
            return self.embedder_.predict(X, self.to, **self._embedder_query(params))
        flux, coordinates, _, _ = self._predict(X, **query_parameters(params))
        return flux.reshape(len(flux), *coordinates.shape)

    def predict_interval(
        self, X: pd.DataFrame, to: str | None = None, *, coverage: float = 0.9, **params: Any
    ) -> tuple[np.ndarray, np.ndarray]:
        """Predict pointwise intervals of the measured flux.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows
            Table with the query modality.
        to, **params
            As for :meth:`predict`.
        coverage : float in (0, 1), default=0.9
            Nominal coverage of the intervals.

        Returns
        -------
        lower, upper : array of shape (n_objects, [n_phases,] n_wavelengths)
            Ends of the intervals, in units of the median flux.
        """
        if self._uses_embedder(to):
            params = self._embedder_query(params)
            return self.embedder_.predict_interval(X, self.to, coverage=coverage, **params)
        return self._interval(X, coverage=coverage, **query_parameters(params))

    def generate(
        self,
        X: pd.DataFrame,
        to: str | None = None,
        *,
        n_samples: int = 1,
        as_nested: bool = False,
        random_state: int | np.random.RandomState | None = None,
        **params: Any,
    ) -> np.ndarray | pd.Series:
        """Draw samples from the embedder, or spectra of single neighbours by their weights.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows
            Table with the query modality.
        to, **params
            As for :meth:`predict`.
        n_samples : int, default=1
            Number of samples per object.
        as_nested : bool, default=False
            Return a nested column instead of an array.
        random_state : int, RandomState or None, default=None
            Seed of the samples.

        Returns
        -------
        array of shape (n_objects, n_samples, [n_phases,] n_wavelengths)
            Samples in units of the median flux. With `as_nested`, a nested column with the fields
            wavelength, time (phase), flux and sample.
        """
        if self._uses_embedder(to):
            sampling = {
                "n_samples": n_samples,
                "as_nested": as_nested,
                "random_state": random_state,
            }
            return self.embedder_.generate(X, self.to, **sampling, **self._embedder_query(params))
        check_n_samples(n_samples)
        return self._draw(X, n_samples, as_nested, random_state, **query_parameters(params))

    def calibrate(
        self, X: pd.DataFrame, to: str | None = None, *, source: Any = None, **params: Any
    ) -> Self:
        """Estimate the widths of the intervals from objects that were not in fit.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows
            Table with both modalities.
        to : str, optional
            Must equal the parameter of that name.
        source : ignored
            Present for API consistency; the parameter `query` is the source.
        **params
            Parameters of the calibration of a generative embedder. The embedder is calibrated in
            place, even if it is frozen.

        Returns
        -------
        self
            The calibrated generator.
        """
        if self._uses_embedder(to):
            self.embedder_.calibrate(X, self.to, source=self.query, **params)
            return self
        return super().calibrate(X, self.to)

    def _uses_embedder(self, to):
        check_is_fitted(self, "method_")
        if to not in (None, self.to):
            raise ValueError(
                f"This CrossModalGenerator generates {self.to!r}. Got to={to!r} instead; set the "
                "parameter 'to' before fit."
            )
        return self.method_ == "generate"

    def _embedder_query(self, params):
        """Return the query parameters for the embedder, with the query modality as source."""
        if params.get("source") not in (None, self.query):
            raise ValueError(
                f"This CrossModalGenerator starts from {self.query!r}. Got "
                f"source={params['source']!r} instead; set the parameter 'query' before fit."
            )
        return {**params, "source": self.query}
