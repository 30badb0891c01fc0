"""Real SN Ia with light curves and dated spectra, for benchmarks of spectrum generation."""

import warnings

from _real_data import load_pairs

from sklearn_sn.data import DataQualityWarning, check_table, phase_frame


def load_type_ia():
    """Load SN Ia pairs with redshift and t_peak (MJD), estimated from the light curve alone."""
    X, y = load_pairs()
    X = X[(y == "SN Ia") & (X["redshift"] > 0)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataQualityWarning)
        table = check_table(X[["light_curve"]])
    X = X[["light_curve", "spectrum", "redshift"]]
    return X.assign(t_peak=phase_frame(table, rest=False).origin)
