"""Known supernovae in the space of the packaged embedder, without their data."""

import json
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import as_file, files

import numpy as np
import pandas as pd
from sklearn.neighbors import NearestNeighbors

from sklearn_sn.catalog._fingerprint import fingerprint
from sklearn_sn.catalog._modalities import MODALITIES
from sklearn_sn.data import warn_user

FILE = "known_supernovae.npz"


@dataclass(frozen=True)
class KnownObjects:
    """Names, classes, redshifts and embeddings of known objects.

    Parameters
    ----------
    names, classes : array of str, shape (n_known,)
        Name and class of each object.
    redshift : array of shape (n_known,), float32
        Redshifts; NaN where unknown.
    rows : dict of str to array of int, shape (n_modality,)
        Objects that have each modality, in increasing order.
    codes : dict of str to array of shape (n_modality, n_features)
        Unit vectors of the modality, for the objects in `rows`.
    positions : array of shape (n_known, 2)
        Coordinates in a map of all objects, in [0, 1].
    embedder : str
        Fingerprint of the embedder.
    card : dict
        Sources and making of the file.
    """

    names: np.ndarray
    classes: np.ndarray
    redshift: np.ndarray
    rows: dict
    codes: dict
    positions: np.ndarray
    embedder: str
    card: dict

    def save(self, path):
        """Write the objects to a file of numpy arrays in half precision."""
        arrays = {f"rows_{name}": self.rows[name].astype(np.int32) for name in MODALITIES}
        arrays |= {f"codes_{name}": self.codes[name].astype(np.float16) for name in MODALITIES}
        np.savez_compressed(
            path,
            names=self.names.astype(str),
            classes=self.classes.astype(str),
            redshift=self.redshift.astype(np.float32),
            positions=self.positions.astype(np.float16),
            embedder=self.embedder,
            card=json.dumps(self.card),
            **arrays,
        )

    @classmethod
    def load(cls, path):
        """Read the objects from a file."""
        with np.load(path, allow_pickle=False) as file:
            return cls(
                file["names"].astype(object),
                file["classes"].astype(object),
                file["redshift"],
                {name: file[f"rows_{name}"] for name in MODALITIES},
                {name: file[f"codes_{name}"].astype(np.float32) for name in MODALITIES},
                file["positions"].astype(np.float64),
                str(file["embedder"]),
                json.loads(str(file["card"])),
            )

    def nearest(self, codes, n_neighbors):
        """Find the nearest known objects that have all of the given modalities.

        Parameters
        ----------
        codes : dict of str to array of shape (n_objects, n_features)
            Embeddings of the same objects, by modality.
        n_neighbors : int
            Number of neighbours.

        Returns
        -------
        distance : array of shape (n_objects, n_neighbors)
            Cosine distances, averaged over the modalities; inf beyond the number of known objects.
        indices : array of int, shape (n_objects, n_neighbors)
            Known objects; -1 beyond their number.
        """
        rows = [self.rows[name] for name in codes]
        shared = rows[0] if len(rows) == 1 else np.intersect1d(*rows)
        n_found = min(n_neighbors, len(shared))
        n_objects = len(next(iter(codes.values())))
        distance = np.full((n_objects, n_neighbors), np.inf)
        indices = np.full((n_objects, n_neighbors), -1)
        if n_found:
            # The cosine distance of unit vectors side by side is the mean of their distances.
            known = [self.codes[name][np.searchsorted(self.rows[name], shared)] for name in codes]
            search = NearestNeighbors(metric="cosine").fit(np.hstack([*map(_unit, known)]))
            queries = np.hstack([_unit(code) for code in codes.values()])
            distance[:, :n_found], found = search.kneighbors(queries, n_found)
            indices[:, :n_found] = shared[found]
        return distance, indices


@lru_cache(maxsize=1)
def known_objects():
    """Return the known supernovae of the package, or None if it does not contain them."""
    resource = files("sklearn_sn.catalog") / FILE
    if not resource.is_file():
        return None
    with as_file(resource) as path:
        return KnownObjects.load(path)


def matching(embedder, known):
    """Return whether there are known objects, and of this embedder; warn if not."""
    if known is None:
        reason = "This version of sklearn-sn does not contain the file of known supernovae"
    elif known.embedder != fingerprint(embedder):
        reason = (
            "The known supernovae of this version of sklearn-sn do not belong to the embedder "
            "'contrastive-sim' in use"
        )
    else:
        return True
    warn_user(f"{reason}; without, there are no nearest known objects.", UserWarning)
    return False


def find_nearest(objects, embedder, known, n_neighbors):
    """Find the nearest known objects of every object.

    Parameters
    ----------
    objects : Objects
        The objects.
    embedder : fitted estimator
        Embedder with ``encode(X, modality)``.
    known : KnownObjects
        Known objects, of the same embedder.
    n_neighbors : int
        Number of neighbours.

    Returns
    -------
    tuple of arrays of shape (n_objects, n_neighbors)
        Distances and indices, as of ``KnownObjects.nearest``.
    """
    distance = np.full((len(objects.X), n_neighbors), np.inf)
    indices = np.full((len(objects.X), n_neighbors), -1)
    present = np.column_stack([objects.present[name] for name in MODALITIES])
    for pattern in ((True, True), (True, False), (False, True)):
        rows = np.flatnonzero((present == pattern).all(axis=1))
        if len(rows):
            X = objects.X.iloc[rows]
            names = [name for name, given in zip(MODALITIES, pattern, strict=True) if given]
            codes = {name: embedder.encode(X[[name]], name) for name in names}
            distance[rows], indices[rows] = known.nearest(codes, n_neighbors)
    return distance, indices


def neighbour_columns(objects, embedder, known, n_neighbors):
    """Return the columns neighbor_1, neighbor_1_class, neighbor_1_distance and so on."""
    if not matching(embedder, known):
        return {}
    found = find_nearest(objects, embedder, known, n_neighbors)
    names, classes = (np.append(part, None) for part in (known.names, known.classes))
    columns = {}
    for number, (distance, index) in enumerate(zip(*(part.T for part in found), strict=True), 1):
        columns[f"neighbor_{number}"] = pd.array(names[index], dtype="str")
        columns[f"neighbor_{number}_class"] = pd.array(classes[index], dtype="str")
        columns[f"neighbor_{number}_distance"] = np.where(index < 0, np.nan, distance)
    return columns


def _unit(codes):
    """Return rows scaled to length one."""
    codes = np.asarray(codes, dtype=np.float64)
    return codes / np.maximum(np.linalg.norm(codes, axis=1, keepdims=True), 1e-12)
