"""Median filter for spectra."""

from numbers import Integral

import numpy as np
from sklearn.utils._param_validation import Interval

from sklearn_sn.preprocessing._grid import GridTransformer

# Number of values gathered at once; bounds the memory.
_BLOCK = 4_000_000


class MedianFilter(GridTransformer):
    """Replace each flux by the median of its neighbours, to suppress noise and cosmic rays.

    Windows are truncated at the ends of a spectrum and contain only existing pixels. In a 2-D
    array, NaN marks bins that are not covered; they remain NaN. Errors and other fields are kept
    unchanged, although the errors of the filtered flux are smaller and correlated.

    Parameters
    ----------
    size : int, default=5
        Number of pixels in a window; must be odd.

    Attributes
    ----------
    n_features_in_ : int
        Number of columns or bins seen during `fit`.
    feature_names_in_ : array of str
        Names of the columns seen during `fit`, if all are strings.

    Examples
    --------
    >>> from sklearn_sn.preprocessing import MedianFilter
    >>> MedianFilter(size=3).fit_transform([[1.0, 2.0, 9e5, 4.0, 5.0]])
    array([[1.5, 2. , 4. , 5. , 4.5]])
    """

    _parameter_constraints = {"size": [Interval(Integral, 1, None, closed="left")]}

    def __init__(self, size: int = 5) -> None:
        self.size = size

    def _check_parameters(self):
        if self.size % 2 == 0:
            raise ValueError(
                f"The 'size' parameter of MedianFilter must be an odd int. Got {self.size} instead."
            )

    def _convert_grid(self, flux):
        n_rows, n_bins = flux.shape
        begin = np.repeat(np.arange(n_rows) * n_bins, n_bins)
        return _moving_median(flux.ravel(), begin, begin + n_bins, self.size).reshape(flux.shape)

    def _convert(self, spectra):
        begin, end = spectra.offsets[:-1][spectra.rows], spectra.offsets[1:][spectra.rows]
        return spectra.with_fields(flux=_moving_median(spectra["flux"], begin, end, self.size))


def _moving_median(values, begin, end, size):
    """Return the median of the window around each value, within [begin, end) of its row.

    NaN values are ignored and remain NaN.
    """
    out = np.empty(len(values))
    half = np.arange(size) - size // 2
    block = max(_BLOCK // size, 1)
    for start in range(0, len(values), block):
        stop = min(start + block, len(values))
        index = np.arange(start, stop)[:, None] + half
        inside = (index >= begin[start:stop, None]) & (index < end[start:stop, None])
        window = np.where(inside, values[np.clip(index, 0, len(values) - 1)], np.nan)
        window.sort(axis=1)  # NaN last
        counts = np.maximum((~np.isnan(window)).sum(axis=1), 1)
        rows = np.arange(stop - start)
        # The mean of the two middle values; they coincide if the count is odd.
        out[start:stop] = 0.5 * window[rows, (counts - 1) // 2] + 0.5 * window[rows, counts // 2]
    out[np.isnan(values)] = np.nan
    return out
