"""Collect the points of many alerts, and merge those of one exposure."""

from dataclasses import dataclass

import numpy as np

from sklearn_sn.data import (
    AB_ZERO_POINT,
    MAX_FLUX,
    MJD_RANGE,
    SAME_EXPOSURE,
    is_unmeasured_magnitude,
    mag_to_flux,
)
from sklearn_sn.datasets._alert_packets import DETECTION, LIMIT, SENTINELS

_BLOCK = 1_000_000  # points between two removals of repetitions, which bound the memory
# Columns of a collected point.
_ROW, _BAND, _TIME, _KIND, _ALERT_TIME, _ERROR, _FLUX, _ZERO_POINT = range(8)


@dataclass(frozen=True)
class MergedPoints:
    """One point per exposure and band.

    Parameters
    ----------
    rows, bands : ndarray of int, shape (n_points,)
        Row of the object and number of the band.
    time, flux, flux_err, zero_point : ndarray of float, shape (n_points,)
        MJD, and flux with its AB zero point; NaN for limits.
    kind : ndarray of int, shape (n_points,)
        DETECTION, FORCED or LIMIT.
    no_detection : ndarray of bool, shape (n_points,)
        Exposures without a detection.
    n_limits : int
        Number of exposures with an upper limit and without a detection.
    n_merged : int
        Number of measurements of an exposure that has another one, which is used, apart from
        those that later alerts repeat.
    """

    rows: np.ndarray
    bands: np.ndarray
    time: np.ndarray
    flux: np.ndarray
    flux_err: np.ndarray
    zero_point: np.ndarray
    kind: np.ndarray
    no_detection: np.ndarray
    n_limits: int
    n_merged: int


class PointCollector:
    """Collector of points, in any order.

    Attributes
    ----------
    n_missing : int
        Points that the survey marks as not measured.
    dropped : dict of str to int
        Points that were left out for other reasons.
    """

    def __init__(self):
        self.n_missing = 0
        self.dropped = {}
        self._packets, self._rows, self._times, self._n_waiting = [], [], [], 0
        self._points = np.empty((0, 8))

    def add(self, row, alert):
        """Add the points of an alert.

        Parameters
        ----------
        row : int
            Number of the object or alert they belong to.
        alert : Alert
            The alert.
        """
        self._packets.append(alert.points)
        self._rows.append(row)
        self._times.append(alert.time)
        self._n_waiting += len(alert.points)
        if self._n_waiting > _BLOCK:
            self._compact()

    def merged(self):
        """Return one point per exposure and band.

        Returns
        -------
        MergedPoints
            Sorted by row, band and time. The detection is preferred to forced photometry, later
            alerts to earlier ones.
        """
        self._compact()
        points = self._points
        starts = _starts(points, SAME_EXPOSURE)
        cluster = np.cumsum(starts) - 1
        # Of a cluster, the first in the order of preference.
        order = _sorted_by((cluster,), _preference(points))
        best = points[order[starts]] if len(points) else points
        has_detection = np.zeros(len(best), dtype=bool)
        has_detection[cluster[points[:, _KIND] == DETECTION]] = True
        measured = points[:, _KIND] != LIMIT
        has_limit = np.zeros(len(best), dtype=bool)
        has_limit[cluster[~measured]] = True
        kind = best[:, _KIND].astype(int)
        return MergedPoints(
            rows=best[:, _ROW].astype(int),
            bands=best[:, _BAND].astype(int),
            time=best[:, _TIME],
            flux=best[:, _FLUX],
            flux_err=best[:, _ERROR],
            zero_point=best[:, _ZERO_POINT],
            kind=kind,
            no_detection=~has_detection,
            n_limits=int((has_limit & ~has_detection).sum()),
            n_merged=int(measured.sum() - (kind != LIMIT).sum()),
        )

    def _compact(self):
        """Convert what was added, and keep one of equal points."""
        if not self._packets:
            return
        lengths = [len(points) for points in self._packets]
        raw = np.concatenate(self._packets)
        points = np.concatenate(
            [self._points, self._convert(raw, np.repeat(self._rows, lengths), lengths)]
        )
        points = points[_sorted_by(_place(points, with_kind=True), _preference(points))]
        self._points = points[_starts(points, 0.0, with_kind=True)]
        self._packets, self._rows, self._times, self._n_waiting = [], [], [], 0

    def _convert(self, raw, rows, lengths):
        """Convert points of packets to fluxes, and leave out those that are not measurements."""
        time, band, sign, mag, mag_err, flux, flux_err, zero_point, limit = raw.T[:-1]
        kind = raw[:, -1].copy()
        mag, flux = _without_sentinels(mag), _without_sentinels(flux)
        has_mag = np.isfinite(mag)
        with np.errstate(over="ignore", invalid="ignore"):
            from_mag = sign * mag_to_flux(np.where(has_mag, mag, np.nan))
            flux = np.where(has_mag, from_mag, flux)
            error = np.where(has_mag, 0.4 * np.log(10) * np.abs(flux) * mag_err, flux_err)
            microjansky = flux * 10 ** (-0.4 * (zero_point - AB_ZERO_POINT))
        is_limit = ~has_mag & np.isnan(flux) & np.isfinite(limit) & (kind != LIMIT)
        kind[is_limit] = LIMIT
        is_limit = kind == LIMIT
        flux[is_limit] = error[is_limit] = np.nan
        missing = ~is_limit & ~has_mag & np.isnan(flux)
        self.n_missing += int(missing.sum())
        keep = ~missing
        for reason, mask in (
            ("times outside the years 1900 to 2100", ~_inside(time, MJD_RANGE)),
            ("magnitudes outside -5 … 30", has_mag & is_unmeasured_magnitude(mag)),
            ("detections without a sign in isdiffpos", has_mag & np.isnan(sign)),
            ("fluxes without a zero point", ~is_limit & np.isnan(zero_point)),
            ("fluxes beyond 1e9 µJy", ~is_limit & ~(np.abs(microjansky) <= MAX_FLUX)),
            ("errors that are not positive", ~is_limit & ~(np.nan_to_num(error, nan=1.0) > 0)),
        ):
            if (mask & keep).any():
                self.dropped[reason] = self.dropped.get(reason, 0) + int((mask & keep).sum())
                keep &= ~mask
        alert_time = np.repeat(self._times, lengths)
        columns = (rows, band, time, kind, alert_time, error, flux, zero_point)
        return np.column_stack(columns)[keep]


def _without_sentinels(values):
    """Return values without the numbers that stand for none: -99, -999 … and infinities."""
    sentinel = np.isin(values, SENTINELS) | ~np.isfinite(values)
    return np.where(sentinel, np.nan, values)


def _inside(values, limits):
    return (values >= limits[0]) & (values <= limits[1])


def _sorted_by(place, preference):
    """Return the order of points by keys of their place, the most important first, then others.

    Few points have equal places and kinds, so that the other keys are compared for these alone.
    """
    kind, *rest = preference
    first = (kind, *place[::-1])
    order = np.lexsort(first)
    equal = np.ones(max(len(order) - 1, 0), dtype=bool)
    for key in first:
        ordered = key[order]
        equal &= ordered[1:] == ordered[:-1]
    if equal.any():
        tied = np.zeros(len(order), dtype=bool)
        tied[1:] = equal
        tied[:-1] |= equal
        chosen = np.sort(order[tied])
        keys = [key[chosen] for key in (*rest[::-1], *first)]
        order[tied] = chosen[np.lexsort(keys)]
    return order


def _place(points, with_kind=False):
    """Return the keys of a point's exposure, the most important first."""
    keys = [points[:, _ROW], points[:, _BAND], points[:, _TIME]]
    return [*keys, points[:, _KIND]] if with_kind else keys


def _preference(points):
    """Return the keys that order the points of one exposure; equal keys are equal points.

    The most important is the first.
    """
    columns = (_ERROR, _FLUX, _ZERO_POINT)
    return [points[:, _KIND], -points[:, _ALERT_TIME], *(points[:, column] for column in columns)]


def _starts(points, tolerance, with_kind=False):
    """Mark the first point of each exposure; the points must be sorted by row, band and time."""
    starts = np.ones(len(points), dtype=bool)
    if len(points) > 1:
        starts[1:] = np.diff(points[:, _TIME]) > tolerance
        for column in (_ROW, _BAND, _KIND) if with_kind else (_ROW, _BAND):
            starts[1:] |= np.diff(points[:, column]) != 0
    return starts
