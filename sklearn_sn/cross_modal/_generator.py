"""Spectra for light curves: by an embedder that generates, or by neighbours."""

import numpy as np
from sklearn.base import clone
from sklearn.frozen import FrozenEstimator
from sklearn.utils import check_random_state
from sklearn.utils._param_validation import HasMethods, StrOptions
from sklearn.utils.validation import check_is_fitted

from sklearn_sn.cross_modal._neighbor_spectra import NeighborSpectra
from sklearn_sn.cross_modal._retriever import AT_LEAST_ONE, METRICS, CrossModalRetriever
from sklearn_sn.cross_modal._spectrum_generator import (
    SpectrumGenerator,
    as_asked,
    check_n_samples,
)
from sklearn_sn.data import as_frame


class CrossModalGenerator(SpectrumGenerator):
    """Say what spectrum an object shows at any phase, from its light curve.

    An embedder with ``generate`` is asked itself. For any other, the neighbours of the object in
    the embedder's space answer with their own spectra [1]_: of each neighbour the spectrum nearest
    in phase, moved to the phase asked for, on the wavelengths asked for; several neighbours are
    averaged. Where none was observed, the mean spectrum of that phase stands in.

    Parameters
    ----------
    embedder : estimator
        With ``encode(X, modality)``. It is fitted on what `fit` gets; a ``FrozenEstimator`` around
        a fitted one stays as it is.
    query : str, default="light_curve"
        Modality to start from.
    to : {"spectrum", "light_curve"}, default="spectrum"
        Modality to answer; neighbours answer spectra.
    method : {"auto", "generate", "neighbors"}, default="auto"
        "auto" is "generate" where the embedder can.
    n_neighbors : int, default=1
        Neighbours that are averaged.
    weights : {"distance", "uniform"}, default="distance"
        Of the neighbours: one over their distances, or equal.
    phase_correction : bool, default=True
        Move a neighbour's spectrum from its own phase to the one asked for, by the difference of
        the mean spectra of both. Else it answers as it was observed, however far in phase.
    metric : {"euclidean", "cosine", "frobenius"}, default="frobenius"
        "frobenius" is the Euclidean distance of the flat codes.
    frame, phase_bins, phase_range, wavelength_range, normalization_range
        Of neighbours' spectra, as for :class:`MeanSpectrumGenerator`.

    Attributes
    ----------
    embedder_ : estimator
        Fitted.
    method_ : {"generate", "neighbors"}
    retriever_ : CrossModalRetriever
        Of neighbours: its gallery are the objects of fit with spectra.
    spectra_ : NeighborSpectra
        Of neighbours: what they answer.
    frame_, wavelength_, phases_, mean_, std_, residuals_, n_residuals_
        Of neighbours, as for :class:`MeanSpectrumGenerator`; the first two are the embedder's where
        it generates.
    n_features_in_ : int
    feature_names_in_ : array of str

    See Also
    --------
    MeanSpectrumGenerator : The same spectrum for every object.
    CrossModalRetriever : The neighbours themselves.

    Notes
    -----
    Intervals of neighbours come from what the spectra of fit differ by from those that the other
    objects of fit answer for them. Where the embedder was trained on the same objects, they are
    too narrow; :meth:`calibrate` learns them from others. An object that lacks the query modality
    gets the neighbours of what the embedder answers for a missing one.

    References
    ----------
    .. [1] Shen & Gagliano (2025), "Mixture-of-Expert Variational Autoencoders for Cross-Modality
       Embedding of Type Ia Supernova Data", ML4Astro workshop, ICML.

    Examples
    --------
    >>> from sklearn_sn import ContrastiveEmbedder
    >>> from sklearn_sn.cross_modal import CrossModalGenerator
    >>> from sklearn_sn.datasets import make_supernovae
    >>> X, y, truth = make_supernovae(60, classes=["SN Ia"], return_truth=True, random_state=0)
    >>> X["t_peak"] = truth["t_peak"]
    >>> embedder = ContrastiveEmbedder(max_epochs=2, light_curve_n_layers=1, random_state=0)
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
        **SpectrumGenerator._parameter_constraints,
    }

    def __init__(
        self,
        embedder,
        *,
        query="light_curve",
        to="spectrum",
        method="auto",
        n_neighbors=1,
        weights="distance",
        phase_correction=True,
        metric="frobenius",
        frame="rest",
        phase_bins=8,
        phase_range=(-30.0, 100.0),
        wavelength_range=(2500.0, 10000.0),
        normalization_range=(4000.0, 7000.0),
    ):
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

    def fit(self, X, y=None):
        """Fit the embedder, unless it is frozen, and keep the spectra of neighbours.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows
        y : array-like of shape (n_objects,), optional
            Handed to the embedder.

        Returns
        -------
        self

        Raises
        ------
        ValueError
            For parameters out of range, an embedder that cannot generate if it is to, and spectra
            without a known phase.

        Warns
        -----
        DataQualityWarning
            If peaks are estimated from the light curves.
        """
        self._validate_params()
        X = as_frame(X)
        self.embedder_ = clone(self.embedder).fit(X, y)
        able = hasattr(self.embedder_, "generate")
        if self.method == "generate" and not able:
            raise ValueError(
                f"The 'method' parameter is 'generate', but {type(self.embedder_).__name__} has no "
                "generate; use method='neighbors'."
            )
        self.method_ = "generate" if able and self.method != "neighbors" else "neighbors"
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
                "Neighbours answer spectra, to='spectrum'; CrossModalRetriever.predict gives the "
                "light curve of the nearest neighbour."
            )
        return self._fit_neighbors(X)

    def _fit_neighbors(self, X):
        frozen = self.embedder_
        if not isinstance(frozen, FrozenEstimator):
            frozen = FrozenEstimator(frozen)
        retriever = CrossModalRetriever(
            frozen,
            query=self.query,
            target=self.to,
            metric=self.metric,
            n_neighbors=self.n_neighbors,
        )
        flux, owner, phase = self._fit_grid(X)
        self._fit_mean(flux, phase)
        # Objects whose spectra lie outside the ranges have nothing to answer with.
        rows = np.unique(owner)
        self.retriever_ = retriever.fit(X.iloc[rows])
        stand_in = self.phases_.between(self.mean_, np.where(np.isfinite(phase), phase, 0.0))
        own = np.searchsorted(rows, owner)
        kept = flux
        if self.phase_correction:
            kept, stand_in = flux - stand_in, np.zeros_like(stand_in)
        self.spectra_ = NeighborSpectra.from_spectra(own, phase, kept, stand_in)
        # Each object of fit asks all others.
        k = min(self.n_neighbors + 1, len(rows))
        distance, place = self.retriever_.kneighbors(X.iloc[rows], k)
        itself = place == np.arange(len(rows))[:, None]
        itself[~itself.any(axis=1), -1] = True
        if k > 1:
            place, distance = (a[~itself].reshape(len(rows), k - 1) for a in (place, distance))
        self._learn_residuals(flux, phase, (place, self._weights(distance)), own)
        return self

    def _weights(self, distance):
        if self.weights == "uniform":
            return np.ones(distance.shape)
        return 1.0 / np.maximum(distance, 1e-9)

    def _query(self, X):
        distance, place = self.retriever_.kneighbors(X)
        return place, self._weights(distance)

    def _expected(self, query, rows, phase):
        place, weights = query
        found = self.spectra_.mean(place[rows], weights[rows], phase)
        return found + self.phases_.between(self.mean_, phase) if self.phase_correction else found

    def kneighbors(self, X, n_neighbors=None, return_distance=True):
        """The neighbours that answer.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows
        n_neighbors : int, optional
            Default: the parameter of that name.
        return_distance : bool, default=True

        Returns
        -------
        distance : array of shape (n_objects, n_neighbors)
            Only if `return_distance`.
        place : array of int, shape (n_objects, n_neighbors)
            Rows of ``retriever_.gallery_index_``.

        Raises
        ------
        ValueError
            If the embedder generates: then there are no neighbours.
        """
        check_is_fitted(self, "method_")
        if self.method_ == "generate":
            raise ValueError(
                "The embedder generates, without neighbours; set method='neighbors', or take "
                "CrossModalRetriever."
            )
        return self.retriever_.kneighbors(X, n_neighbors, return_distance)

    def predict(self, X, to=None, **where):
        """The spectrum that is expected.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows
        to : str, optional
            The parameter of that name; no other.
        **where
            phase, wavelength, and all else that :meth:`MeanSpectrumGenerator.predict
            <sklearn_sn.cross_modal.MeanSpectrumGenerator.predict>` takes; an embedder that
            generates gets it all.

        Returns
        -------
        array of shape (n_objects, [n_phases,] n_wavelengths)
            In units of the median flux; without the axis of phases for a single one.

        Raises
        ------
        sklearn.exceptions.NotFittedError
            Before fit.
        ValueError
            For places that cannot be.
        """
        if self._asks_embedder(to):
            return self.embedder_.predict(X, self.to, **self._sourced(where))
        flux, places, _, _ = self._predict(X, **_places_of(where))
        return flux.reshape(len(flux), *places.shape)

    def predict_interval(self, X, to=None, *, coverage=0.9, **where):
        """Interval for the flux that would be measured, point by point.

        Parameters
        ----------
        X, to, **where
            As for :meth:`predict`.
        coverage : float in (0, 1), default=0.9

        Returns
        -------
        lower, upper : array of shape (n_objects, [n_phases,] n_wavelengths)
        """
        if self._asks_embedder(to):
            where = self._sourced(where)
            return self.embedder_.predict_interval(X, self.to, coverage=coverage, **where)
        return self._interval(X, coverage=coverage, **_places_of(where))

    def generate(self, X, to=None, *, n_samples=1, as_nested=False, random_state=None, **where):
        """Samples: of the embedder, or spectra of single neighbours, drawn by their weights.

        Parameters
        ----------
        X, to, **where
            As for :meth:`predict`.
        n_samples : int, default=1
        as_nested : bool, default=False
        random_state : int, RandomState or None, default=None

        Returns
        -------
        array of shape (n_objects, n_samples, [n_phases,] n_wavelengths)
            With `as_nested` a nested column of fields wavelength, time (phase), flux and sample.
        """
        if self._asks_embedder(to):
            how = {"n_samples": n_samples, "as_nested": as_nested, "random_state": random_state}
            return self.embedder_.generate(X, self.to, **how, **self._sourced(where))
        check_n_samples(n_samples)
        X = as_frame(X)
        places, when, wavelength = self._query_coordinates(len(X), **_places_of(where))
        place, weights = self._query(X)
        reached = np.cumsum(weights, axis=1) / weights.sum(axis=1, keepdims=True)
        flux = np.empty((len(X), n_samples, when.shape[1], wavelength.shape[1]))
        # One draw for all objects: what one gets does not depend on the others.
        for sample, draw in enumerate(check_random_state(random_state).random_sample(n_samples)):
            number = np.minimum((reached < draw).sum(axis=1), place.shape[1] - 1)
            one = place[np.arange(len(X)), number][:, None]
            query = one, np.ones(one.shape)
            flux[:, sample] = self._evaluate(query, len(X), when, wavelength, self._expected)
        return as_asked(flux, places, X, as_nested)

    def calibrate(self, X, to=None, *, source=None, **how):
        """Learn the widths of the intervals from objects that were not in fit.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows
            With both modalities.
        to : str, optional
            The parameter of that name; no other.
        source : ignored
            The parameter `query` is the source.
        **how
            For an embedder that generates, whose own calibration this is: a frozen one, too, is
            calibrated.

        Returns
        -------
        self
        """
        if self._asks_embedder(to):
            self.embedder_.calibrate(X, self.to, source=self.query, **how)
            return self
        return super().calibrate(X, self.to)

    def _asks_embedder(self, to):
        check_is_fitted(self, "method_")
        if to not in (None, self.to):
            raise ValueError(f"This model answers {self.to!r}; got to={to!r}.")
        return self.method_ == "generate"

    def _sourced(self, where):
        """Options for the embedder: the query is the source."""
        if where.get("source") not in (None, self.query):
            raise ValueError(f"This model starts from {self.query!r}; got {where['source']!r}.")
        return {**where, "source": self.query}


def _places_of(where):
    """Phase and wavelength; what a generative embedder takes beside them says nothing here."""
    ignored = ("source", "n_samples", "random_state", "noise")
    known = ("phase", "wavelength", "band", *ignored)
    unknown = [name for name in where if name not in known]
    if unknown:
        raise TypeError(f"Unexpected argument {unknown[0]!r}; known are {list(known)}.")
    if where.get("band") is not None:
        raise ValueError("Neighbours answer spectra, which have no band.")
    return {"phase": where.get("phase"), "wavelength": where.get("wavelength")}
