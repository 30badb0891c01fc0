"""Light curves as they are known after each of their points."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from sklearn_sn.data import Ragged, prefix_starts, stray_intervals


@dataclass(frozen=True)
class PreparedHistory:
    """Light curves as they are known after each of their points.

    Attributes
    ----------
    prepared : PreparedSequences
        One row for each part, as in :class:`PrefixParts`.
    point : array of int, shape (n_points,)
        For each point of `prepared`, the point of the table after which the prediction holds, or
        -1.
    curves : Ragged
        The light curves of the table.
    """

    prepared: Any
    point: np.ndarray
    curves: Ragged


@dataclass(frozen=True)
class PrefixParts:
    """Parts of light curves whose prefixes a recurrent network reads in one pass.

    Within a part, the points of the event are the same for each prefix except for the points that
    the prefix adds.

    Attributes
    ----------
    point : array of int, shape (n_part_points,)
        Number in the table of each point.
    offsets : array of int, shape (n_parts + 1,)
        First point of each part.
    predicts : array of int, shape (n_part_points,)
        The point of the table after which the light curve ends, if this point is the last one of
        the event; -1 for points that only precede others. Every point of the table occurs once.
    """

    point: np.ndarray
    offsets: np.ndarray
    predicts: np.ndarray


def prefix_parts(curves: Ragged, days_before: float | None) -> PrefixParts:
    """Divide light curves into parts whose prefixes are read in one pass.

    Parameters
    ----------
    curves : Ragged of n_rows rows
        Fields time, flux and flux_err, sorted by time.
    days_before : float or None
        As for :func:`~sklearn_sn.data.window_mask`.

    Returns
    -------
    PrefixParts
    """
    n, rows = curves.n_points, curves.rows
    first = _first_points(curves, prefix_starts(curves, days_before))
    begin, end = stray_intervals(curves)
    opens = (np.diff(rows, prepend=-1) != 0) | (np.diff(first, prepend=-1) != 0)
    ever = begin < end
    changes = np.concatenate([begin[ever], end[ever]])
    opens[changes[changes < n]] = True
    # A prefix of stray points only keeps them. It becomes a part of its own in a second pass.
    for _ in range(2):
        starts = np.flatnonzero(opens)
        lengths = np.append(starts[1:], n)[: len(starts)] - first[starts]
        part = np.repeat(np.arange(len(starts)), lengths)
        point = np.arange(len(part)) + (first[starts] - np.cumsum(lengths) + lengths)[part]
        opening = starts[part]
        stray = (begin[point] <= opening) & (opening < end[point])
        known = point <= opening
        only_stray = np.bincount(part[known & ~stray], minlength=len(starts)) == 0
        after = starts[only_stray] + 1
        opens[after[after < n]] = True
    keep = ~stray | only_stray[part]
    predicts = np.where(point >= opening, point, -1)
    # A part that a stray point opens predicts it from the last point that is known and kept.
    last = np.zeros(len(starts), dtype=np.int64)
    known = np.flatnonzero(keep & known)
    np.maximum.at(last, part[known], known)
    dropped = part[~keep & (point == opening)]
    predicts[last[dropped]] = starts[dropped]
    counts = np.bincount(part[keep], minlength=len(starts))
    offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    return PrefixParts(point[keep], offsets, predicts[keep])


def _first_points(curves, start):
    """Return the first point of the row at or after a time, for each point."""
    rows = curves.rows
    # Times increase within a row, and keys over all rows.
    span = 2.0 * (np.abs(curves["time"]).max(initial=0.0) + 1.0)
    keys = curves["time"] + span * rows
    first = np.searchsorted(keys, np.maximum(start, -0.5 * span) + span * rows)
    return np.maximum(first, curves.offsets[:-1][rows])
