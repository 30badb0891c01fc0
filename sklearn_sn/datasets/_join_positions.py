"""Join the identifiers of one source that an archive numbers once per band."""

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

RADIUS = 1.5  # arcsec: beyond the scatter of ZTF's positions, below its resolution


def join_positions(objects, codes, ra, dec):
    """Join objects whose mean positions agree.

    Parameters
    ----------
    objects : list
        Names of the objects.
    codes : ndarray of int, shape (n_points,)
        Object of every point.
    ra, dec : array-like of shape (n_points,)
        Positions of the points in degrees.

    Returns
    -------
    objects : list
        Names of the joined objects: of each, that which appears first.
    codes : ndarray of int, shape (n_points,)
        Joined object of every point.
    """
    if len(objects) < 2:
        return objects, codes
    ra, dec = np.deg2rad(np.asarray(ra, float)), np.deg2rad(np.asarray(dec, float))
    xyz = np.stack([np.cos(dec) * np.cos(ra), np.cos(dec) * np.sin(ra), np.sin(dec)])
    used = (codes >= 0) & np.isfinite(xyz).all(axis=0)
    counts = np.bincount(codes[used], minlength=len(objects))
    sums = [np.bincount(codes[used], weights=axis[used], minlength=len(objects)) for axis in xyz]
    placed = np.flatnonzero(counts)
    mean = np.stack(sums, axis=1)[placed] / counts[placed, None]
    pairs = placed[cKDTree(mean).query_pairs(np.deg2rad(RADIUS / 3600), output_type="ndarray")]
    n = len(objects)
    links = coo_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(n, n))
    _, labels = connected_components(links, directed=False)
    _, first, number = np.unique(labels, return_index=True, return_inverse=True)
    order = np.argsort(first)
    position = np.empty(len(order), dtype=np.int64)
    position[order] = np.arange(len(order))
    lookup = np.append(position[number], -1)
    return [objects[i] for i in first[order]], lookup[codes]
