"""Search in one modality by another."""

from numbers import Integral

import numpy as np
from sklearn.base import BaseEstimator, clone
from sklearn.neighbors import NearestNeighbors
from sklearn.utils._param_validation import HasMethods, Interval, StrOptions
from sklearn.utils.validation import check_is_fitted

from sklearn_sn.cross_modal._encoding import MODALITIES, encode
from sklearn_sn.cross_modal._gallery import Gallery
from sklearn_sn.data import as_frame, check_table, warn_quality
from sklearn_sn.metrics import recall_at_k

METRICS = {"cosine": "cosine", "euclidean": "euclidean", "frobenius": "euclidean"}
AT_LEAST_ONE = [Interval(Integral, 1, None, closed="left")]


class CrossModalRetriever(BaseEstimator):
    """Find the objects of a gallery whose spectra, say, suit a light curve best.

    Query and gallery are embedded in one space, each by its own modality [1]_;
    :class:`sklearn.neighbors.NearestNeighbors` searches there.

    Parameters
    ----------
    embedder : estimator
        With ``encode(X, modality)``, as :class:`~sklearn_sn.embedding.ContrastiveEmbedder` and
        :class:`~sklearn_sn.embedding.MMVAEEmbedder`, maybe behind other steps of a Pipeline. It is
        fitted on what `fit` gets; a ``FrozenEstimator`` around a fitted one stays as it is.
    query : str, default="light_curve"
        Modality to search by; any of the embedder's.
    target : {"spectrum", "light_curve", "image"}, default="spectrum"
        Modality to search in.
    metric : {"cosine", "euclidean", "frobenius"}, default="cosine"
        "frobenius" is the distance of latents that are tables of tokens, which is the Euclidean
        distance of their flat codes. Of unit vectors all three give one order.
    n_neighbors : int, default=10
        Of `kneighbors` and `score`.
    n_jobs : int, default=None
        Processes that search.

    Attributes
    ----------
    embedder_ : estimator
        Fitted.
    gallery_ : Gallery
        What is answered with: the objects of `X` in fit that have `target`.
    gallery_index_ : array of shape (n_gallery,)
        Their names.
    neighbors_ : sklearn.neighbors.NearestNeighbors
        Fitted on their codes.
    n_features_in_ : int
        Columns of `X` in fit.
    feature_names_in_ : array of str
        Their names.

    See Also
    --------
    CrossModalGenerator : Spectra at any phase instead of cells of the gallery.
    sklearn_sn.metrics.recall_at_k : What `score` measures.

    Notes
    -----
    An object that lacks the query modality is looked for by what the embedder answers for a
    missing one (the mean direction of its training objects, or the prior's mean): its neighbours
    are those of an average object.

    References
    ----------
    .. [1] Lanusse et al. (2023), "AstroCLIP: Cross-Modal Pre-Training for Astronomical Foundation
       Models".

    Examples
    --------
    >>> from sklearn_sn import ContrastiveEmbedder
    >>> from sklearn_sn.cross_modal import CrossModalRetriever
    >>> from sklearn_sn.datasets import make_supernovae
    >>> X, y = make_supernovae(60, random_state=0)
    >>> embedder = ContrastiveEmbedder(max_epochs=2, light_curve_n_layers=1, random_state=0)
    >>> search = CrossModalRetriever(embedder, n_neighbors=3).fit(X[:40])
    >>> distance, place = search.kneighbors(X[["light_curve"]][40:])
    >>> place.shape, bool((place < 40).all())
    ((20, 3), True)
    >>> search.predict(X[["light_curve"]][40:]).index.equals(X.index[40:])
    True
    """

    _file_kind = "object"

    _parameter_constraints = {
        "embedder": [HasMethods("fit")],
        "query": [str],
        "target": [StrOptions(set(MODALITIES))],
        "metric": [StrOptions(set(METRICS))],
        "n_neighbors": AT_LEAST_ONE,
        "n_jobs": [Integral, None],
    }

    def __init__(
        self,
        embedder,
        *,
        query="light_curve",
        target="spectrum",
        metric="cosine",
        n_neighbors=10,
        n_jobs=None,
    ):
        self.embedder = embedder
        self.query = query
        self.target = target
        self.metric = metric
        self.n_neighbors = n_neighbors
        self.n_jobs = n_jobs

    def fit(self, X, y=None):
        """Fit the embedder, unless it is frozen, and keep the gallery.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows
            Those that have `target` are the gallery.
        y : array-like of shape (n_objects,), optional
            Handed to the embedder.

        Returns
        -------
        self

        Raises
        ------
        ValueError
            For parameters out of range, and if no object of `X` has `target`.
        """
        self._validate_params()
        X = as_frame(X)
        self.embedder_ = clone(self.embedder).fit(X, y)
        rows = np.flatnonzero(_present(X, self.target))
        if not len(rows):
            raise ValueError(f"X has no object with a usable {self.target!r}: nothing to find.")
        found = X.iloc[rows]
        self.gallery_ = Gallery.from_table(X, self.target, rows)
        self.gallery_index_ = self.gallery_.index
        self.neighbors_ = NearestNeighbors(metric=METRICS[self.metric], n_jobs=self.n_jobs)
        self.neighbors_.fit(encode(self.embedder_, found, self.target))
        self.n_features_in_ = X.shape[1]
        if all(isinstance(name, str) for name in X.columns):
            self.feature_names_in_ = np.array(X.columns, dtype=object)
        return self

    def kneighbors(self, X, n_neighbors=None, return_distance=True):
        """The nearest of the gallery, nearest first.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows
            With the column of the query modality.
        n_neighbors : int, optional
            Default: the parameter of that name, or all of a smaller gallery.
        return_distance : bool, default=True

        Returns
        -------
        distance : array of shape (n_objects, n_neighbors)
            Only if `return_distance`.
        place : array of int, shape (n_objects, n_neighbors)
            Rows of the gallery; ``gallery_index_[place]`` are their names.

        Raises
        ------
        sklearn.exceptions.NotFittedError
            Before fit.
        ValueError
            If there are fewer objects in the gallery than asked for.
        """
        check_is_fitted(self, "neighbors_")
        X = as_frame(X)
        if n_neighbors is None:
            n_neighbors = min(self.n_neighbors, len(self.gallery_))
        if not len(X):
            empty = np.empty((0, n_neighbors)), np.empty((0, n_neighbors), dtype=np.int64)
            return empty if return_distance else empty[1]
        codes = encode(self.embedder_, X, self.query)
        return self.neighbors_.kneighbors(codes, n_neighbors, return_distance)

    def predict(self, X):
        """The target modality of the nearest neighbour.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows

        Returns
        -------
        pandas.Series of n_objects cells
            Nested, with the index of `X`: a column as a table of objects has it.
        """
        place = self.kneighbors(X, 1, return_distance=False)[:, 0]
        return self.gallery_.take(place, as_frame(X).index)

    def score(self, X, y=None, n_neighbors=None):
        """Recall: how often the partner of an object is among the nearest.

        The gallery of fit plays no part: each object of `X` that has both modalities is looked for
        among all of them.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows
        y : ignored
        n_neighbors : int, optional
            Default: the parameter of that name.

        Returns
        -------
        float
            In [0, 1]; chance is n_neighbors / n_pairs.

        Raises
        ------
        ValueError
            If no object has both modalities, or query and target are the same.

        Warns
        -----
        DataQualityWarning
            If there are no more than `n_neighbors` pairs: then the score is 1 for any embedding.
        """
        check_is_fitted(self, "neighbors_")
        if self.query == self.target:
            raise ValueError("The partner of a query is the query itself: there is no score.")
        X = as_frame(X)
        both = _present(X, self.target)
        if self.query in MODALITIES:
            both &= _present(X, self.query)
        if not both.any():
            raise ValueError(f"X has no object with both {self.query!r} and {self.target!r}.")
        k = self.n_neighbors if n_neighbors is None else n_neighbors
        if both.sum() <= k:
            warn_quality(
                f"score asks for the nearest {k} of {int(both.sum())} pairs, which any embedding "
                "finds; give more objects, or a smaller n_neighbors."
            )
        codes = [encode(self.embedder_, X[both], name) for name in (self.query, self.target)]
        return recall_at_k(*codes, k=k, metric=METRICS[self.metric])


def _present(X, modality):
    return check_table(X, modalities=[modality], warn=False).present(modality)
