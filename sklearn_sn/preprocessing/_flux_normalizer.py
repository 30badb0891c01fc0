"""Normalise the flux of light curves or spectra."""

import numpy as np
from sklearn.utils._param_validation import StrOptions

from sklearn_sn.data import Ragged
from sklearn_sn.preprocessing._table import TableTransformer

# Scales below this fraction of the largest flux count as zero, so that results fit float32.
_SMALLEST_SCALE = 1e-30


class FluxNormalizer(TableTransformer):
    """Divide each light curve or spectrum by its own flux scale.

    Flux and flux_err are divided by the same positive number, which preserves signs and
    signal-to-noise ratios. Other point fields are kept unchanged.

    Parameters
    ----------
    method : {"peak", "std", "median", "mean"}, default="peak"
        Definition of the scale. "peak" is the largest running median of three consecutive absolute
        fluxes in one band (or spectrum), which is robust to a single outlier; with one or two
        points it is the largest absolute flux. "std" is the standard deviation of the fluxes;
        "median" and "mean" refer to absolute fluxes. A scale of zero is replaced by the largest
        absolute flux, or by 1 if all fluxes are zero.
    per : {"object", "band"}, default="object"
        Use one scale for all bands of a light curve, which preserves colours, or one per band.
    column : {"light_curve", "spectrum"}, default="light_curve"
        Column to normalise. Each spectrum of an object has its own scale.

    Attributes
    ----------
    n_features_in_ : int
        Number of columns seen during `fit`.
    feature_names_in_ : array of str
        Names of the columns seen during `fit`.

    See Also
    --------
    ContinuumNormalizer : Divide spectra by their continuum.

    Examples
    --------
    >>> import pandas as pd
    >>> from sklearn_sn.data import as_ragged
    >>> from sklearn_sn.preprocessing import FluxNormalizer
    >>> curve = {
    ...     "time": [0.0, 4.0, 9.0, 12.0],
    ...     "band": ["ztfg", "ztfg", "ztfg", "ztfg"],
    ...     "flux": [10.0, 50.0, 40.0, 20.0],
    ... }
    >>> X = pd.DataFrame({"light_curve": [curve]}, index=["SN2011fe"])
    >>> as_ragged(FluxNormalizer().fit_transform(X)["light_curve"])["flux"]
    array([0.25, 1.25, 1.  , 0.5 ])
    """

    _parameter_constraints = {
        "method": [StrOptions({"peak", "std", "median", "mean"})],
        "per": [StrOptions({"object", "band"})],
        "column": [StrOptions({"light_curve", "spectrum"})],
    }

    def __init__(
        self, method: str = "peak", *, per: str = "object", column: str = "light_curve"
    ) -> None:
        self.method = method
        self.per = per
        self.column = column

    def _columns(self, names):
        if self.column == "spectrum" and self.per == "band":
            raise ValueError(
                "The 'per' parameter of FluxNormalizer must be 'object' if column='spectrum'. Got "
                "'band' instead."
            )
        return [self.column]

    def _convert(self, points, object_index, X, column):
        if points.n_points == 0:
            return points
        group, order, groups = self._groups(points)
        # Work in units of the largest flux of the group, to prevent overflow.
        largest = groups.reduce("max", np.abs(points["flux"][order]), empty=0.0)
        unit = np.where(largest > 0, largest, 1.0)
        scale = _SCALES[self.method](groups, points["flux"][order] / unit[groups.rows])
        if self.method == "peak" and self.per == "object" and column == "light_curve":
            # Take the scale of the brightest band.
            rows = Ragged.from_groups(points.rows[order][groups.offsets[:-1]], len(points), {})
            largest = rows.reduce("max", largest, empty=0.0)
            scale = rows.reduce("max", scale * unit, empty=0.0)
            unit = np.where(largest > 0, largest, 1.0)
            scale, group, order, groups = scale / unit, points.rows, slice(None), points
        scale = np.where(scale > _SMALLEST_SCALE, scale, 1.0)
        # Fluxes that are negligible relative to their errors count as zeros.
        error = groups.reduce("max", np.nan_to_num(points["flux_err"][order]), empty=0.0)
        unit = np.where(unit > _SMALLEST_SCALE * error, unit, 1.0)
        return points.with_fields(
            flux=points["flux"] / unit[group] / scale[group],
            flux_err=points["flux_err"] / unit[group] / scale[group],
        )

    def _groups(self, points):
        """Return the group of every point, an order that sorts points by group, and the groups."""
        by_band = "band" in points and (self.per == "band" or self.method == "peak")
        if not by_band:
            rows = points.rows
            return rows, np.arange(points.n_points), Ragged({}, points.offsets)
        rows, codes = points.rows, points["band"].codes
        order = np.lexsort([codes, rows])  # stable: time order stays within a band
        rows, codes = rows[order], codes[order]
        new = np.ones(len(rows), dtype=bool)
        new[1:] = (rows[1:] != rows[:-1]) | (codes[1:] != codes[:-1])
        group = np.empty(len(rows), dtype=np.int64)
        group[order] = np.cumsum(new) - 1
        return group, order, Ragged({}, np.append(np.flatnonzero(new), len(rows)))


def _peak(groups, flux):
    size = np.abs(flux)
    begin, end = groups.offsets[:-1][groups.rows], groups.offsets[1:][groups.rows]
    # Keep windows of three inside the group: its end points use the window of their neighbour.
    middle = np.clip(np.arange(len(size)), begin + 1, end - 2)
    middle = np.clip(middle, 1, max(len(size) - 2, 0))
    a, b, c = size[middle - 1], size[middle], size[np.minimum(middle + 1, len(size) - 1)]
    median = np.maximum(np.minimum(a, b), np.minimum(np.maximum(a, b), c))
    return groups.reduce("max", np.where(end - begin < 3, size, median), empty=0.0)


def _std(groups, flux):
    centred = flux - groups.reduce("mean", flux, empty=0.0)[groups.rows]
    std = np.sqrt(groups.reduce("mean", centred**2, empty=0.0))
    return np.where(std > 1e-12, std, 0.0)  # smaller values are rounding errors


def _mean(groups, flux):
    return groups.reduce("mean", np.abs(flux), empty=0.0)


def _median(groups, flux):
    size = groups.with_fields(size=np.abs(flux)).sort("size")["size"]
    last = max(len(size) - 1, 0)
    low = groups.offsets[:-1] + np.maximum(groups.lengths - 1, 0) // 2
    high = groups.offsets[:-1] + groups.lengths // 2
    median = 0.5 * (size[np.minimum(low, last)] + size[np.minimum(high, last)])
    return np.where(groups.lengths > 0, median, 0.0)


_SCALES = {"peak": _peak, "std": _std, "median": _median, "mean": _mean}
