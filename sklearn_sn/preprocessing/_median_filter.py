"""Low-pass median filter for spectra."""

from numbers import Integral

import numpy as np
from sklearn.utils._param_validation import Interval

from sklearn_sn.preprocessing._grid import GridTransformer

# Values gathered at once: bounds the memory.
_BLOCK = 4_000_000


class MedianFilter(GridTransformer):
    """Replace each flux by the median of its neighbours, against noise and cosmic rays.

    Windows are cut at the ends of a spectrum and count only the pixels that are there: on a 2-D
    array NaN marks bins that are not covered, and stays NaN. Errors and other fields are left as
    they are; the errors of the filtered flux are smaller and correlated.

    Parameters
    ----------
    size : int, default=5
        Number of pixels in a window, odd.

    Attributes
    ----------
    n_features_in_ : int
        Number of columns or bins seen in `fit`.
    feature_names_in_ : array of str
        Names of the columns seen in `fit`, where all are strings.

    Examples
    --------
    >>> from sklearn_sn.preprocessing import MedianFilter
    >>> MedianFilter(size=3).fit_transform([[1.0, 2.0, 9e5, 4.0, 5.0]])
    array([[1.5, 2. , 4. , 5. , 4.5]])
    """

    _parameter_constraints = {"size": [Interval(Integral, 1, None, closed="left")]}

    def __init__(self, size=5):
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
    """Median of the window around each value, within [begin, end) of its row; NaN-aware."""
    out = np.empty(len(values))
    half = np.arange(size) - size // 2
    block = max(_BLOCK // size, 1)
    for start in range(0, len(values), block):
        stop = min(start + block, len(values))
        at = np.arange(start, stop)[:, None] + half
        inside = (at >= begin[start:stop, None]) & (at < end[start:stop, None])
        window = np.where(inside, values[np.clip(at, 0, len(values) - 1)], np.nan)
        window.sort(axis=1)  # NaN last
        counts = np.maximum((~np.isnan(window)).sum(axis=1), 1)
        rows = np.arange(stop - start)
        out[start:stop] = 0.5 * window[rows, (counts - 1) // 2] + 0.5 * window[rows, counts // 2]
    out[np.isnan(values)] = np.nan
    return out
