"""Measured light curves and spectra by phase, normalised as generators expect them."""

import numpy as np

from sklearn_sn.data import check_table, phase_frame, spectra_with_phase

PHASES = (-30.0, 100.0)
WAVELENGTHS = (1000.0, 30000.0)
NORMALIZATION = (4000.0, 7000.0)


def measurements_by_phase(X, estimator):
    """Return the measurements of the objects of X, in the frame of a fitted generator.

    Parameters
    ----------
    X : pandas.DataFrame of n_objects rows
        Table.
    estimator : fitted estimator
        Generator with ``frame_`` and, optionally, the parameter normalization_range.

    Returns
    -------
    curves : Ragged of n_objects rows, or None
        Light curves with a field phase, days from peak.
    spectra : Ragged of n_spectra rows, or None
        Spectra of known phase, in units of their median flux.
    object_index : array of int, shape (n_spectra,)
        Object of each spectrum.
    phase : array of shape (n_spectra,)
        Days from peak of each spectrum.
    """
    modalities = [name for name in ("light_curve", "spectrum") if name in X.columns]
    columns = [name for name in ("redshift", "t_peak") if name in X.columns]
    table = check_table(X, modalities=modalities or None, metadata_columns=columns, warn=False)
    frame = phase_frame(table, estimator.frame_ == "rest")
    curves = table.light_curve
    if curves is not None:
        curves = curves.with_fields(phase=frame.phase(curves["time"], curves.rows))
    if not table.has("spectrum"):
        return curves, None, np.empty(0, dtype=int), np.empty(0)
    window = estimator.get_params(deep=False).get("normalization_range", NORMALIZATION)
    spectra, object_index, phase = spectra_with_phase(
        table,
        frame,
        wavelength_range=WAVELENGTHS,
        phase_range=PHASES,
        normalization_range=window,
    )
    has_phase = np.isfinite(phase)
    return curves, spectra.take(has_phase), object_index[has_phase], phase[has_phase]
