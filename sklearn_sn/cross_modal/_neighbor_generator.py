"""Generate spectra from those of the nearest neighbours."""

from typing import NamedTuple

import numpy as np
from sklearn.frozen import FrozenEstimator
from sklearn.utils import check_random_state

from sklearn_sn.cross_modal._neighbor_spectra import NeighborSpectra
from sklearn_sn.cross_modal._retriever import CrossModalRetriever
from sklearn_sn.cross_modal._spectrum_generator import SpectrumGenerator, reshape_samples
from sklearn_sn.data import as_frame


class Neighbors(NamedTuple):
    """Rows of the nearest gallery objects and their weights, each of shape (n_objects, k)."""

    indices: np.ndarray
    weights: np.ndarray


class NeighborGenerator(SpectrumGenerator):
    """Base class of generators that average the spectra of neighbours in an embedding.

    Subclasses set ``embedder_`` and have the parameters query, to, metric, n_neighbors, weights
    and phase_correction.
    """

    def _fit_neighbors(self, X):
        # The retriever must not fit the embedder a second time.
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
        flux, object_index, phase = self._fit_grid(X)
        self._fit_mean(flux, phase)
        # Exclude objects whose spectra all lie outside the ranges.
        rows = np.unique(object_index)
        self.retriever_ = retriever.fit(X.iloc[rows])
        fill = self.phases_.between(self.mean_, np.where(np.isfinite(phase), phase, 0.0))
        gallery_index = np.searchsorted(rows, object_index)
        stored = flux
        if self.phase_correction:
            # Store the deviation from the mean at the spectrum's phase; _expected adds the mean at
            # the requested phase.
            stored, fill = flux - fill, np.zeros_like(fill)
        self.spectra_ = NeighborSpectra.from_spectra(gallery_index, phase, stored, fill)
        # Predict each training object from the others, to estimate the residuals.
        k = min(self.n_neighbors + 1, len(rows))
        distance, indices = self.retriever_.kneighbors(X.iloc[rows], k)
        # Drop the object itself or, among duplicates that hide it, the farthest neighbour.
        itself = indices == np.arange(len(rows))[:, None]
        itself[~itself.any(axis=1), -1] = True
        if k > 1:
            indices, distance = (a[~itself].reshape(len(rows), k - 1) for a in (indices, distance))
        neighbors = Neighbors(indices, self._weights(distance))
        self._learn_residuals(flux, phase, neighbors, gallery_index)
        return self

    def _weights(self, distance):
        if self.weights == "uniform":
            return np.ones(distance.shape)
        return 1.0 / np.maximum(distance, 1e-9)

    def _query(self, X):
        distance, indices = self.retriever_.kneighbors(X)
        return Neighbors(indices, self._weights(distance))

    def _expected(self, query, rows, phase):
        flux = self.spectra_.mean(query.indices[rows], query.weights[rows], phase)
        return flux + self.phases_.between(self.mean_, phase) if self.phase_correction else flux

    def _draw(self, X, n_samples, as_nested, random_state, phase, wavelength):
        """Draw the spectra of single neighbours, with probabilities equal to their weights."""
        X = as_frame(X)
        coordinates, phases, wavelengths = self._query_coordinates(len(X), phase, wavelength)
        indices, weights = self._query(X)
        cumulative = np.cumsum(weights, axis=1) / weights.sum(axis=1, keepdims=True)
        flux = np.empty((len(X), n_samples, phases.shape[1], wavelengths.shape[1]))
        # All objects share the draws, so that the result of one does not depend on the others.
        for sample, draw in enumerate(check_random_state(random_state).random_sample(n_samples)):
            number = np.minimum((cumulative < draw).sum(axis=1), indices.shape[1] - 1)
            one = indices[np.arange(len(X)), number][:, None]
            query = Neighbors(one, np.ones(one.shape))
            flux[:, sample] = self._evaluate(query, len(X), phases, wavelengths, self._expected)
        return reshape_samples(flux, coordinates, X, as_nested)


def query_parameters(params):
    """Select phase and wavelength; parameters of generative embedders are ignored."""
    ignored = ("source", "n_samples", "random_state", "noise")
    allowed = ("phase", "wavelength", "band", *ignored)
    unknown = [name for name in params if name not in allowed]
    if unknown:
        raise TypeError(f"Unexpected argument {unknown[0]!r}. Allowed are {list(allowed)}.")
    if params.get("band") is not None:
        raise ValueError(
            "The 'band' argument must be None: neighbours predict spectra, which have no band. "
            f"Got {params['band']!r} instead."
        )
    return {"phase": params.get("phase"), "wavelength": params.get("wavelength")}
