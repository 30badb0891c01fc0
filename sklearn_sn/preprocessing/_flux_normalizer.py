"""Bring light curves or spectra to a common flux scale."""

import numpy as np
from sklearn.utils._param_validation import StrOptions

from sklearn_sn.data import Ragged
from sklearn_sn.preprocessing._table import TableTransformer

# A scale below this fraction of the largest flux counts as zero: results stay within float32.
_SMALLEST_SCALE = 1e-30


class FluxNormalizer(TableTransformer):
    """Divide each light curve, or each spectrum, by its own flux scale.

    Flux and flux_err are divided by the same positive number, so signal-to-noise ratios and signs
    are kept. Other fields of the points stay as they are.

    Parameters
    ----------
    method : {"peak", "std", "median", "mean"}, default="peak"
        The scale: the largest running median of three successive absolute fluxes of one band (of
        one spectrum), which a single outlier does not move; the standard deviation; the median or
        the mean of the absolute fluxes. With one or two points in a band, "peak" is their
        largest absolute flux. Where the scale is zero, the largest absolute flux takes its
        place, and 1 where all fluxes are zero.
    per : {"object", "band"}, default="object"
        Whether the bands of a light curve share one scale, which keeps colours, or have one each.
    column : {"light_curve", "spectrum"}, default="light_curve"
        In "spectrum", every spectrum of an object has a scale of its own.

    Attributes
    ----------
    n_features_in_ : int
        Number of columns seen in `fit`.
    feature_names_in_ : array of str
        Names of the columns seen in `fit`.

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

    def __init__(self, method="peak", *, per="object", column="light_curve"):
        self.method = method
        self.per = per
        self.column = column

    def _columns(self, names):
        if self.column == "spectrum" and self.per == "band":
            raise ValueError(
                "The 'per' parameter of FluxNormalizer must be 'object' for the column 'spectrum'. "
                "Got 'band' instead."
            )
        return [self.column]

    def _convert(self, points, owners, X, column):
        if points.n_points == 0:
            return points
        group, order, groups = self._groups(points)
        # In units of the largest flux of the group, nothing overflows.
        largest = groups.reduce("max", np.abs(points["flux"][order]), empty=0.0)
        unit = np.where(largest > 0, largest, 1.0)
        scale = _SCALES[self.method](groups, points["flux"][order] / unit[groups.rows])
        if self.method == "peak" and self.per == "object" and column == "light_curve":
            # The brightest of the bands.
            rows = Ragged.from_groups(points.rows[order][groups.offsets[:-1]], len(points), {})
            largest = rows.reduce("max", largest, empty=0.0)
            scale = rows.reduce("max", scale * unit, empty=0.0)
            unit = np.where(largest > 0, largest, 1.0)
            scale, group, order, groups = scale / unit, points.rows, slice(None), points
        scale = np.where(scale > _SMALLEST_SCALE, scale, 1.0)
        # Fluxes that are nothing beside their errors count as zeros.
        error = groups.reduce("max", np.nan_to_num(points["flux_err"][order]), empty=0.0)
        unit = np.where(unit > _SMALLEST_SCALE * error, unit, 1.0)
        return points.with_fields(
            flux=points["flux"] / unit[group] / scale[group],
            flux_err=points["flux_err"] / unit[group] / scale[group],
        )

    def _groups(self, points):
        """Group of every point; an order that puts groups together; the groups so ordered."""
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
    # Windows of three that do not leave the group: its ends share those of their neighbours.
    middle = np.clip(np.arange(len(size)), begin + 1, end - 2)
    middle = np.clip(middle, 1, max(len(size) - 2, 0))
    a, b, c = size[middle - 1], size[middle], size[np.minimum(middle + 1, len(size) - 1)]
    median = np.maximum(np.minimum(a, b), np.minimum(np.maximum(a, b), c))
    return groups.reduce("max", np.where(end - begin < 3, size, median), empty=0.0)


def _std(groups, flux):
    centred = flux - groups.reduce("mean", flux, empty=0.0)[groups.rows]
    std = np.sqrt(groups.reduce("mean", centred**2, empty=0.0))
    return np.where(std > 1e-12, std, 0.0)  # below, it is rounding


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
