"""Keep one spectrum of each object: the one nearest in time to the first detection."""

import numpy as np
from sklearn.utils._param_validation import StrOptions

from sklearn_sn.data import check_table
from sklearn_sn.preprocessing._light_curve_truncator import DETECTION_SNR
from sklearn_sn.preprocessing._table import TableTransformer


class NearestSpectrum(TableTransformer):
    """Keep the spectrum that is nearest in time to the first detection of its object.

    An early classification has one spectrum at most, taken soon after the discovery. This is the
    spectrum that AppleCiDEr [1]_ fuses with the other modalities. Place the transformer before a
    classifier of spectra in a pipeline; the table then also needs the column ``light_curve``.

    Parameters
    ----------
    origin : {"detection", "first"}, default="detection"
        Time from which to count: the first point with a signal-to-noise ratio of at least 5, or the
        first point. A light curve without a detection, or without errors, starts at its first
        point.

    Attributes
    ----------
    n_features_in_ : int
        Number of columns seen during `fit`.
    feature_names_in_ : array of str
        Names of the columns seen during `fit`.

    See Also
    --------
    LightCurveTruncator : Keep the early part of light curves.
    sklearn_sn.classification.LateFusionClassifier : Fuse the classifiers of several modalities.

    Notes
    -----
    Of two spectra at the same distance, the earlier one is kept. Undated spectra come last: one is
    kept only if the object has no dated spectrum. Without a light curve, the earliest spectrum is
    kept.

    References
    ----------
    .. [1] Junell, A., Sasli, A., Fontinele Nunes, F., Xu, M., Border, B., Rehemtulla, N. et al.
       (2025). "Applying multimodal learning to Classify transient Detections Early (AppleCiDEr) I:
       Data set, methods, and infrastructure".

    Examples
    --------
    >>> import pandas as pd
    >>> from sklearn_sn.data import as_ragged
    >>> from sklearn_sn.preprocessing import NearestSpectrum
    >>> curve = {"time": [59000.0, 59003.0], "band": ["ztfg", "ztfr"], "flux": [9.0, 20.0]}
    >>> pixels = {
    ...     "wavelength": [5000.0, 5010.0, 5000.0, 5010.0],
    ...     "flux": [1.0, 2.0, 3.0, 4.0],
    ...     "time": [59002.0, 59002.0, 59030.0, 59030.0],
    ... }
    >>> X = pd.DataFrame({"light_curve": [curve], "spectrum": [pixels]}, index=["SN2011fe"])
    >>> as_ragged(NearestSpectrum().fit_transform(X)["spectrum"])["flux"]
    array([1., 2.])
    """

    _parameter_constraints = {"origin": [StrOptions({"detection", "first"})]}

    def __init__(self, *, origin: str = "detection") -> None:
        self.origin = origin

    def _columns(self, names):
        return ["spectrum"]

    def _convert(self, spectra, object_index, X, column):
        time = spectra.reduce("first", "time")
        origin = np.full(len(X), np.nan)
        if "light_curve" in X.columns:
            # Later steps that read the light curves warn about them.
            origin = self._origins(check_table(X, modalities=["light_curve"], warn=False))
        distance = np.abs(time - origin[object_index])
        # Keys in reverse order; NaN, of undated spectra and without a light curve, sorts last.
        order = np.lexsort((time, distance, object_index))
        first = np.ones(len(order), dtype=bool)
        first[1:] = np.diff(object_index[order]) != 0
        keep = np.zeros(len(spectra), dtype=bool)
        keep[order[first]] = True
        # Rows of points stay, so that they remain aligned with `object_index`.
        return spectra.filter(keep[spectra.rows])

    def _origins(self, table):
        """Return the time of the first detection of every object, NaN without a light curve."""
        curves = table.light_curve
        origin = curves.reduce("first", "time")
        if self.origin == "detection":
            detected = curves.filter(curves["flux"] >= DETECTION_SNR * curves["flux_err"])
            first = detected.reduce("first", "time")
            origin = np.where(np.isnan(first), origin, first)
        return origin
