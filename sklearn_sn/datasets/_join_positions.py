"""Join the identifiers of one source that an archive numbers once per band."""

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

RADIUS = 1.5  # arcsec: beyond the scatter of ZTF's positions, below its resolution


def join_positions(objects, codes, ra, dec, name=None, *, keep_names=False):
    """Join objects whose mean positions agree.

    An identifier of one band is no name of a source: a joined source is named by its file or its
    position.

    Parameters
    ----------
    objects : list
        Names of the objects.
    codes : ndarray of int, shape (n_points,)
        Object of every point.
    ra, dec : array-like of shape (n_points,)
        Positions of the points in degrees.
    name : str, optional
        Name of the file, for its only source.
    keep_names : bool, default=False
        Whether a joined object keeps the name of that of its objects which appears first.

    Returns
    -------
    objects : list
        Names of the joined objects: `name` of a single one; otherwise positions, such as
        J140200.00+301500.0, if any were joined. Objects without a position keep their name.
    codes : ndarray of int, shape (n_points,)
        Joined object of every point.
    """
    if len(objects) < 2:
        return _with_name(objects, name), codes
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
    names, codes = [objects[i] for i in first[order]], lookup[codes]
    if len(names) < len(objects) and not keep_names:
        names = _named_by_position(names, codes[used], xyz[:, used])
    return _with_name(names, name), codes


def _with_name(objects, name):
    return [name] if len(objects) == 1 and name is not None else objects


def _named_by_position(names, codes, xyz):
    """Return the mean positions of objects as names, or the old names as text."""
    from astropy import units as u
    from astropy.coordinates import SkyCoord

    x, y, z = (np.bincount(codes, weights=axis, minlength=len(names)) for axis in xyz)
    # To 0.01 s, so that no name has 24 hours.
    hours = np.round(np.arctan2(y, x) * (12 * 3600 * 100 / np.pi)) / (3600 * 100) % 24
    places = SkyCoord(hours * u.hourangle, np.arctan2(z, np.hypot(x, y)) * u.rad)
    right = places.ra.to_string(u.hourangle, sep="", precision=2, pad=True)
    up = places.dec.to_string(u.deg, sep="", precision=1, pad=True, alwayssign=True)
    placed = np.bincount(codes, minlength=len(names)) > 0
    return [f"J{right[i]}{up[i]}" if placed[i] else str(old) for i, old in enumerate(names)]
