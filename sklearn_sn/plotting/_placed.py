"""Measured spectra and light curves as generators see them: by phase, relative to the median."""

import numpy as np

from sklearn_sn.data import check_table, phase_frame, spectra_with_phase

PHASES = (-30.0, 100.0)
WAVELENGTHS = (1000.0, 30000.0)
NORMALIZATION = (4000.0, 7000.0)


def place_objects(X, estimator):
    """What is measured of the objects of X, in the frame of a fitted generator.

    Returns
    -------
    curves : Ragged of n_objects rows, or None
        With a field phase.
    spectra : Ragged of n_spectra rows, or None
    owner, phase : array of shape (n_spectra,)
        Object and days from peak of each spectrum; those of unknown phase are left out.
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
    spectra, owner, phase = spectra_with_phase(
        table,
        frame,
        wavelength_range=WAVELENGTHS,
        phase_range=PHASES,
        normalization_range=window,
    )
    dated = np.isfinite(phase)
    return curves, spectra.take(dated), owner[dated], phase[dated]
