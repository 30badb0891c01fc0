"""Find spectra that two files hold, such as the text and the FITS file of one archive entry."""

import numpy as np

_SAME_TIME = 1e-3  # days; headers round the time
_SAME_FLUX = 1e-3  # relative; text files round the flux
_SAME_WAVELENGTH = 1e-5  # relative


def repeats(records: list) -> list:
    """Return, for each spectrum, the earlier spectrum that it repeats.

    Parameters
    ----------
    records : list of SpectrumRecord
        Spectra with names, in Å.

    Returns
    -------
    list of int or None
        Position of the earlier spectrum of the same object and time with the same pixels, up to
        rounding; None for other spectra.
    """
    seen, found = {}, []
    for position, record in enumerate(records):
        key = record.name, len(record.flux)
        match = next((p for p in seen.get(key, ()) if _same(records[p], record)), None)
        found.append(match)
        if match is None and len(record.flux):
            seen.setdefault(key, []).append(position)
    return found


def _same(first, second):
    if abs(first.time - second.time) > _SAME_TIME:  # false if a time is unknown
        return False
    close = np.allclose(first.wavelength, second.wavelength, rtol=_SAME_WAVELENGTH, atol=0)
    size = np.nanmax(np.abs(first.flux), initial=0.0)
    # Phases of templates differ in time, and are compared by flux only if a time is missing.
    return close and np.allclose(
        first.flux, second.flux, rtol=_SAME_FLUX, atol=1e-6 * size, equal_nan=True
    )
