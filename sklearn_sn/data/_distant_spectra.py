"""Spectra dated far from the light curve of their object."""

import numpy as np

from sklearn_sn.data._names import as_python

# Days. Nebular spectra are taken long after the photometry ends, and none long before it begins.
BEFORE, AFTER = 365.0, 730.0
_FIRST_MJD = 15020.0  # the year 1900; smaller times are phases or numbers of undated spectra


def flag_distant_spectra(curves, spectra, offsets, log):
    """Flag objects with a spectrum dated far outside their light curve.

    Parameters
    ----------
    curves : Ragged of n_objects rows
        Checked light curves, with the field time.
    spectra : Ragged of n_spectra rows
        Checked spectra, with the field time.
    offsets : ndarray of int, shape (n_objects + 1,)
        Spectra of object ``i`` are rows ``offsets[i]`` to ``offsets[i + 1] - 1``.
    log : QualityLog
        Log to which the flag SPECTRUM_DATE and a suspicion are added.
    """
    object_index = np.repeat(np.arange(len(curves)), np.diff(offsets))
    time = spectra.reduce("first", spectra["time"])
    first = curves.reduce("min", curves["time"])[object_index]
    last = curves.reduce("max", curves["time"])[object_index]
    with np.errstate(invalid="ignore"):
        dated = (time > _FIRST_MJD) & (first > _FIRST_MJD)
        distant = dated & ((time < first - BEFORE) | (time > last + AFTER))
    if not distant.any():
        return
    objects = np.unique(object_index[distant])
    offset = (time - np.where(time < first, first, last))[distant][0]
    log.flag("SPECTRUM_DATE", objects)
    log.suspect(
        f"spectra of {len(objects)} objects are dated far outside the light curve (first "
        f"{as_python(log.index[objects[0]])!r}, by {offset:+.0f} days)",
        "correct the time of the spectrum, or leave the spectrum out",
        objects,
    )
