"""Retrieve objects in one modality by a query in another."""

from collections.abc import Sequence
from numbers import Integral
from typing import Any, Literal, Self, overload

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, clone
from sklearn.neighbors import NearestNeighbors
from sklearn.utils._param_validation import HasMethods, Interval, StrOptions
from sklearn.utils.validation import check_is_fitted

from sklearn_sn.cross_modal._encoding import MODALITIES, encode
from sklearn_sn.cross_modal._faiss_search import FaissNeighbors, has_faiss
from sklearn_sn.cross_modal._gallery import Gallery
from sklearn_sn.cross_modal._gallery_columns import GalleryColumn
from sklearn_sn.cross_modal._neighbor_predictions import NeighborPredictions
from sklearn_sn.cross_modal._tags import tag_tables_only
from sklearn_sn.data import as_frame, check_table, warn_quality
from sklearn_sn.metrics import recall_at_k

METRICS = {"cosine": "cosine", "euclidean": "euclidean", "frobenius": "euclidean"}
FAISS_ROWS = 1_000_000  # objects of a gallery from which "auto" prefers faiss
AT_LEAST_ONE = [Interval(Integral, 1, None, closed="left")]


class CrossModalRetriever(NeighborPredictions, BaseEstimator):
    """Find the objects of a gallery that best match a query in another modality.

    Query and gallery are embedded in one space, each from its own modality [1]_, and searched with
    :class:`sklearn.neighbors.NearestNeighbors`, or with faiss if the gallery is large. Columns of
    the neighbours, such as their redshifts, are predictions for the query.

    Parameters
    ----------
    embedder : estimator
        Embedder with ``encode(X, modality)``, such as
        :class:`~sklearn_sn.embedding.ContrastiveEmbedder` and
        :class:`~sklearn_sn.embedding.MMVAEEmbedder`, optionally as the last step of a Pipeline. It
        is fitted in `fit`; wrap a fitted embedder in a ``FrozenEstimator`` to keep it unchanged.
    query : str, default="light_curve"
        Modality of the queries; any modality of the embedder.
    target : {"spectrum", "light_curve", "image"}, default="spectrum"
        Modality of the gallery. It may be that of the queries.
    columns : sequence of str, default=()
        Plain columns of X that the gallery keeps for :meth:`predict_columns`,
        :meth:`predict_proba` and :meth:`neighbors`. Numbers are averaged; bool, text and categories
        are classes.
    metric : {"cosine", "euclidean", "frobenius"}, default="cosine"
        Distance of codes. "frobenius" is the Frobenius distance of codes of several tokens, which
        equals the Euclidean distance of the flattened codes. For unit vectors all three give the
        same order.
    n_neighbors : int, default=10
        Number of neighbours in all methods; AstroCLIP averages 64.
    weights : {"distance", "uniform"}, default="distance"
        Weights of the neighbours of a prediction: the inverse of the distance, or equal.
    exclude_self : bool, default=False
        Whether an object of the gallery whose name in the index equals that of the query is no
        neighbour. Set it if queries are objects of the gallery, whose own columns would otherwise
        leak into their predictions. The indices of X must then name objects; with numbers 0, 1, ...
        in both tables, unrelated objects would be left out.
    algorithm : {"auto", "exact", "faiss"}, default="auto"
        "exact" searches with scikit-learn; "faiss" searches with faiss (the extra ``faiss``) in
        single precision, with the same result. "auto" is "faiss" for galleries of a million objects
        or more if it is installed.
    n_jobs : int, default=None
        Number of parallel jobs of the exact search.

    Attributes
    ----------
    embedder_ : estimator
        Fitted embedder.
    gallery_ : Gallery
        Target modality of the objects in fit that have it.
    gallery_index_ : array of shape (n_gallery,)
        Names of the objects of the gallery.
    gallery_columns_ : dict of str to GalleryColumn
        Plain columns of the objects of the gallery.
    neighbors_ : sklearn.neighbors.NearestNeighbors or FaissNeighbors
        Neighbour search in the codes of the gallery.
    n_features_in_ : int
        Number of columns seen during `fit`.
    feature_names_in_ : array of str
        Names of the columns seen during `fit`, if all are strings.

    See Also
    --------
    CrossModalGenerator : Generate spectra at any phase.
    sklearn_sn.metrics.recall_at_k : The metric that `score` computes.

    Notes
    -----
    An object that lacks the query modality is represented by the embedder's code for a missing
    modality (the mean direction of the training objects, or the mean of the prior). Its neighbours
    are those of an average object.

    References
    ----------
    .. [1] Lanusse, F., Parker, L., Golkar, S., Cranmer, M. et al. (2023). "AstroCLIP: Cross-Modal
       Pre-Training for Astronomical Foundation Models".

    Examples
    --------
    >>> from sklearn_sn import ContrastiveEmbedder
    >>> from sklearn_sn.cross_modal import CrossModalRetriever
    >>> from sklearn_sn.datasets import make_supernovae
    >>> X, y = make_supernovae(60, random_state=0)
    >>> embedder = ContrastiveEmbedder(light_curve="deep_sets", max_epochs=2, random_state=0)
    >>> search = CrossModalRetriever(embedder, n_neighbors=3).fit(X[:40])
    >>> distance, indices = search.kneighbors(X[["light_curve"]][40:])
    >>> indices.shape, bool((indices < 40).all())
    ((20, 3), True)
    >>> search.predict(X[["light_curve"]][40:]).index.equals(X.index[40:])
    True
    >>> search = CrossModalRetriever(search.embedder_, columns=["redshift"], n_neighbors=16)
    >>> list(search.fit(X[:40]).predict_columns(X[["light_curve"]][40:]).columns)
    ['redshift']
    """

    _file_kind = "object"

    _parameter_constraints = {
        "embedder": [HasMethods("fit")],
        "query": [str],
        "target": [StrOptions(set(MODALITIES))],
        "columns": [str, "array-like"],
        "metric": [StrOptions(set(METRICS))],
        "n_neighbors": AT_LEAST_ONE,
        "weights": [StrOptions({"distance", "uniform"})],
        "exclude_self": ["boolean"],
        "algorithm": [StrOptions({"auto", "exact", "faiss"})],
        "n_jobs": [Integral, None],
    }

    def __init__(
        self,
        embedder: BaseEstimator,
        *,
        query: str = "light_curve",
        target: str = "spectrum",
        columns: Sequence[str] = (),
        metric: str = "cosine",
        n_neighbors: int = 10,
        weights: str = "distance",
        exclude_self: bool = False,
        algorithm: str = "auto",
        n_jobs: int | None = None,
    ) -> None:
        self.embedder = embedder
        self.query = query
        self.target = target
        self.columns = columns
        self.metric = metric
        self.n_neighbors = n_neighbors
        self.weights = weights
        self.exclude_self = exclude_self
        self.algorithm = algorithm
        self.n_jobs = n_jobs

    def __sklearn_tags__(self):
        return tag_tables_only(super().__sklearn_tags__())

    def fit(self, X: pd.DataFrame, y: ArrayLike | None = None) -> Self:
        """Fit the embedder, unless it is frozen, and store the gallery.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows
            Training objects. Those that have `target` form the gallery.
        y : array-like of shape (n_objects,), optional
            Passed to the embedder.

        Returns
        -------
        self
            The fitted retriever.

        Raises
        ------
        ValueError
            If a parameter is out of range, no object of `X` has `target`, or a column has no known
            value.
        ImportError
            If `algorithm` is "faiss", which is not installed.
        """
        self._validate_params()
        if isinstance(self.columns, str):
            raise ValueError(
                "The 'columns' parameter of CrossModalRetriever must be a sequence of names, such "
                f"as [{self.columns!r}]."
            )
        X = as_frame(X)
        self.embedder_ = clone(self.embedder).fit(X, y)
        rows = np.flatnonzero(_present(X, self.target))
        if not len(rows):
            raise ValueError(
                f"X has no object with a usable {self.target!r}, which the gallery of "
                "CrossModalRetriever requires."
            )
        self.gallery_ = Gallery.from_table(X, self.target, rows)
        self.gallery_index_ = self.gallery_.index
        self.gallery_columns_ = {
            name: GalleryColumn.from_table(X, name, rows) for name in self.columns
        }
        self.neighbors_ = self._search(encode(self.embedder_, X.iloc[rows], self.target))
        self.n_features_in_ = X.shape[1]
        if all(isinstance(name, str) for name in X.columns):
            self.feature_names_in_ = np.array(X.columns, dtype=object)
        return self

    @overload
    def kneighbors(
        self, X: pd.DataFrame, n_neighbors: int | None = None, return_distance: Literal[True] = True
    ) -> tuple[np.ndarray, np.ndarray]: ...

    @overload
    def kneighbors(
        self, X: pd.DataFrame, n_neighbors: int | None = None, *, return_distance: Literal[False]
    ) -> np.ndarray: ...

    def kneighbors(
        self, X: pd.DataFrame, n_neighbors: int | None = None, return_distance: bool = True
    ) -> tuple[np.ndarray, np.ndarray] | np.ndarray:
        """Find the nearest objects of the gallery, in order of distance.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows
            Table with the query modality.
        n_neighbors : int, optional
            Number of neighbours. By default the parameter of that name, or the number of possible
            neighbours if it is smaller.
        return_distance : bool, default=True
            Also return the distances.

        Returns
        -------
        distance : array of shape (n_objects, n_neighbors)
            Distances to the neighbours. Only if `return_distance`.
        indices : array of int, shape (n_objects, n_neighbors)
            Rows of the gallery; ``gallery_index_[indices]`` are the names.

        Raises
        ------
        sklearn.exceptions.NotFittedError
            If the retriever is not fitted.
        ValueError
            If `n_neighbors` exceeds the number of possible neighbours: the size of the gallery,
            less the object itself with `exclude_self`.
        """
        check_is_fitted(self, "neighbors_")
        X = as_frame(X)
        n_same = self._n_same()
        n_possible = len(self.gallery_) - n_same
        if n_neighbors is None:
            n_neighbors = min(self.n_neighbors, n_possible)
        if not 1 <= n_neighbors <= n_possible:
            raise ValueError(
                f"'n_neighbors' must be in [1, {n_possible}], because the gallery has "
                f"{len(self.gallery_)} objects (exclude_self={self.exclude_self}). Got "
                f"{n_neighbors!r} instead."
            )
        if not len(X):  # NearestNeighbors rejects empty input
            empty = np.empty((0, n_neighbors)), np.empty((0, n_neighbors), dtype=np.int64)
            return empty if return_distance else empty[1]
        codes = encode(self.embedder_, X, self.query)
        distance, indices = self.neighbors_.kneighbors(codes, n_neighbors + n_same)
        if n_same:
            itself = self.gallery_index_[indices] == np.asarray(X.index)[:, None]
            # A stable sort moves the object itself to the end and keeps the order of the others.
            order = np.argsort(itself, axis=1, kind="stable")[:, :n_neighbors]
            distance, indices = (np.take_along_axis(a, order, axis=1) for a in (distance, indices))
        return (distance, indices) if return_distance else indices

    def predict(self, X: pd.DataFrame) -> pd.Series:
        """Return the target modality of the nearest neighbour.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows
            Table with the query modality.

        Returns
        -------
        pandas.Series of n_objects cells
            Nested column with the index of `X`.
        """
        indices = self.kneighbors(X, 1, return_distance=False)[:, 0]
        return self.gallery_.take(indices, as_frame(X).index)

    @overload
    def score(self, X: pd.DataFrame, y: Any = None, n_neighbors: int | None = None) -> float: ...

    @overload
    def score(
        self, X: pd.DataFrame, y: Any = None, *, n_neighbors: Sequence[int]
    ) -> np.ndarray: ...

    def score(
        self, X: pd.DataFrame, y: Any = None, n_neighbors: int | Sequence[int] | None = None
    ) -> float | np.ndarray:
        """Compute the recall: how often the partner of an object is among its nearest neighbours.

        The gallery of fit is not used. Each object of `X` that has both modalities is searched
        among all of them; `exclude_self` has no effect.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows
            Table with both modalities.
        y : ignored
            Present for API consistency.
        n_neighbors : int or sequence of int, optional
            Number of neighbours, or several, such as (1, 10, 100), in one pass. By default the
            parameter of that name.

        Returns
        -------
        float or array of shape (len(n_neighbors),)
            Recall in [0, 1]. A random embedding has n_neighbors / n_pairs.

        Raises
        ------
        ValueError
            If no object has both modalities, or query and target are the same.

        Warns
        -----
        DataQualityWarning
            If there are at most `n_neighbors` pairs, so that the score is 1 for any embedding.
        """
        check_is_fitted(self, "neighbors_")
        if self.query == self.target:
            raise ValueError(
                "score requires different 'query' and 'target' parameters of CrossModalRetriever. "
                f"Got {self.query!r} for both."
            )
        X = as_frame(X)
        # Modalities beyond MODALITIES, such as metadata, are present in every row.
        both = _present(X, self.target)
        if self.query in MODALITIES:
            both &= _present(X, self.query)
        if not both.any():
            raise ValueError(f"X has no object with both {self.query!r} and {self.target!r}.")
        k = self.n_neighbors if n_neighbors is None else n_neighbors
        if both.sum() <= np.min(k):
            warn_quality(
                f"score searches the nearest {np.min(k)} of {int(both.sum())} pairs, so that any "
                "embedding has recall 1. Use more objects or a smaller n_neighbors."
            )
        codes = [encode(self.embedder_, X[both], name) for name in (self.query, self.target)]
        return recall_at_k(*codes, k=k, metric=METRICS[self.metric])

    def _search(self, codes):
        """Return the fitted search in the codes of the gallery."""
        use_faiss = self.algorithm == "faiss"
        if self.algorithm == "auto":
            use_faiss = len(codes) >= FAISS_ROWS and has_faiss()
        if use_faiss:
            return FaissNeighbors.from_codes(codes, METRICS[self.metric])
        return NearestNeighbors(metric=METRICS[self.metric], n_jobs=self.n_jobs).fit(codes)

    def _n_same(self):
        """Return how many objects of the gallery at most have the name of a query."""
        if not self.exclude_self:
            return 0
        # Of any query, so that a result does not depend on the other queries.
        return int(pd.Index(self.gallery_index_).value_counts().max())


def _present(X, modality):
    return check_table(X, modalities=[modality], warn=False).present(modality)
