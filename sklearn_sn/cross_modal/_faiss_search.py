"""Nearest neighbours in large galleries by faiss."""

import warnings

import numpy as np
from sklearn.preprocessing import normalize

_SPARE = 8  # candidates beyond those asked for, because float32 may swap distances that are close


def import_faiss():
    """Return the module faiss.

    Raises
    ------
    ImportError
        If faiss is not installed.
    """
    try:
        with warnings.catch_warnings():
            # SWIG, which wraps faiss, causes deprecation warnings of Python.
            warnings.simplefilter("ignore", DeprecationWarning)
            import faiss
    except ImportError as error:
        raise ImportError(
            "algorithm='faiss' of CrossModalRetriever needs faiss. Install it with pip install "
            "'sklearn-sn[faiss]', or set algorithm='exact'."
        ) from error
    return faiss


def has_faiss():
    """Return whether faiss is installed."""
    try:
        import_faiss()
    except ImportError:
        return False
    return True


class FaissNeighbors:
    """Exhaustive search by faiss, which needs half the memory of scikit-learn and all cores.

    Candidates are found in single precision and then sorted by their distance in double precision.

    Parameters
    ----------
    codes : array of shape (n_gallery, n_features), float32
        Codes of the gallery; unit vectors for the metric "cosine".
    metric : {"cosine", "euclidean"}
        Distance.
    """

    _file_kind = "object"

    def __init__(self, codes, metric):
        self.codes, self.metric = codes, metric

    @classmethod
    def from_codes(cls, codes, metric):
        """Return a search in codes, shape (n_gallery, n_features); raises if faiss is missing."""
        import_faiss()
        return cls(_prepared(codes, metric).astype(np.float32), metric)

    def kneighbors(self, codes, n_neighbors, return_distance=True):
        """Return the distances and rows of the nearest codes, as scikit-learn's NearestNeighbors.

        Parameters
        ----------
        codes : array of shape (n_queries, n_features)
            Codes of the queries.
        n_neighbors : int
            Number of neighbours.
        return_distance : bool, default=True
            Also return the distances.

        Returns
        -------
        distance : array of shape (n_queries, n_neighbors)
            Distances. Only if `return_distance`.
        indices : array of int, shape (n_queries, n_neighbors)
            Rows of the gallery.
        """
        faiss = import_faiss()
        n_gallery = len(self.codes)
        if not 1 <= n_neighbors <= n_gallery:
            raise ValueError(
                f"Expected 1 <= n_neighbors <= {n_gallery}, the size of the gallery. Got "
                f"n_neighbors={n_neighbors!r} instead."
            )
        queries = _prepared(codes, self.metric)
        kind = faiss.METRIC_INNER_PRODUCT if self.metric == "cosine" else faiss.METRIC_L2
        n_found = min(n_neighbors + _SPARE, n_gallery)
        _, indices = faiss.knn(queries.astype(np.float32), self.codes, n_found, metric=kind)
        distance = np.empty(indices.shape)
        for rank, found in enumerate(indices.T):  # rank by rank, which bounds the memory
            near = self.codes[found].astype(np.float64)
            if self.metric == "cosine":
                distance[:, rank] = np.maximum(1.0 - np.einsum("ij,ij->i", queries, near), 0.0)
            else:
                distance[:, rank] = np.linalg.norm(queries - near, axis=1)
        order = np.lexsort((indices, distance), axis=1)[:, :n_neighbors]
        indices = np.take_along_axis(indices, order, axis=1)
        if not return_distance:
            return indices
        return np.take_along_axis(distance, order, axis=1), indices


def _prepared(codes, metric):
    codes = np.ascontiguousarray(codes, dtype=np.float64)
    return normalize(codes) if metric == "cosine" else codes
