"""Roles of the columns of spectra, by name and by value."""

import re

import numpy as np

_WAVELENGTH = {"wavelength", "wave", "lambda", "lam", "wl", "wav", "wavelen", "wvl", "awav", "w"}
_WAVELENGTH |= {"x", "ang", "angstrom", "angstroms", "wavelengths", "waveangstrom", "waveobs"}
_LOG_WAVELENGTH = {"loglam", "loglambda", "logwave", "logwavelength", "log10lam", "log10wave"}
_FLUX = ("flux", "fl", "f", "flam", "flambda", "fluxlambda", "fluxdensity", "fluxes", "fnu")
_FLUX += ("fluxcal", "calflux", "spec", "spectrum", "intensity", "y", "counts")
_ERROR = {"err", "error", "errs", "errors", "sigma", "sig", "unc", "uncertainty", "std", "stdev"}
_ERROR |= {"stddev", "noise", "rms", "dflux", "df", "eflux", "ferr", "flerr", "e"}
_MASK = {"mask", "andmask", "dq", "badpix", "badpixel", "badpixels", "flag", "flags", "qual"}
# Quantities other than the calibrated flux; their errors are not those of the flux.
_OTHER = re.compile(r"sky|raw|bkg|back|cont|model|smooth|norm|templ|std(?=star)|rel|frac|perc|snr")
# Magnitudes, logarithms, and curves of filters and instruments are no fluxes.
_NO_FLUX = re.compile(r"mag($|nitude|s$|ab$|err)|^(ab|st)?mag|^log|transmi|throughp|effic|respons")
_PER_FREQUENCY = re.compile(r"^f(lux)?(density)?nu$|^f(lux)?(density)?[munµμ]?jy$")
_COUNTS = re.compile(r"(?<![a-z0-9])(counts?|cts?|adu|dn|electrons?|e-(?!\d))(?![a-z])")

_PHYSICAL = 1e-6  # fluxes below are in physical units, not in counts or relative
# Size of errors over the scatter from pixel to pixel, which is less in resampled spectra.
_NOISE_RATIOS = {"flux_err": (0.25, 6.0), "variance": (0.3, 3.0)}
_FLAGS = {1.0, 2.0, 4.0}
FEW = 30  # below so many pixels, their scatter says nothing about the noise


def role_of(name: str | None) -> str | None:
    """Return the field that a column name denotes, or None.

    Parameters
    ----------
    name : str or None
        Name of a column.

    Returns
    -------
    {"wavelength", "log_wavelength", "flux", "flux_err", "variance", "ivar", "mask"} or None

    Examples
    --------
    >>> from sklearn_sn.datasets._spectrum_roles import role_of
    >>> [role_of(name) for name in ("wl", "Flux", "e_flux", "ivar", "sky", None)]
    ['wavelength', 'flux', 'flux_err', 'ivar', None, None]
    """
    plain = plain_name(name)
    if not plain:
        return None
    if plain in _LOG_WAVELENGTH:
        return "log_wavelength"
    if plain in _WAVELENGTH:
        return "wavelength"
    if plain in _MASK:
        return "mask"
    if plain in _FLUX:
        return "flux"
    if plain in _ERROR:
        return "flux_err"
    about_wavelength = re.match(r"(obs|observed|vac|air|rest)?(wave|lambda|lam)", plain)
    if about_wavelength and not re.search(r"err|sig|unc|var|width|bin|flux", plain):
        return "wavelength"
    if _OTHER.search(plain) or about_wavelength:
        return None
    if re.fullmatch(r"(flux)?(ivar|invvar|inversevariance|inversevar)(flux)?", plain):
        return "ivar"
    if re.fullmatch(r"(flux|fl|f)?(var|variance|vari)(flux)?", plain):
        return "variance"
    if re.fullmatch(r"(flux|fl|f|flam|flambda|spec)\w*(err|error|errors|sigma|sig|unc|std)", plain):
        return "flux_err"
    if re.fullmatch(r"(flux|fl|f)?(err|error|e|sigma|sig|unc|uncertainty|d)\w*(flux|fl|f)?", plain):
        return "flux_err" if re.search(r"err|sig|unc", plain) or "flux" in plain else None
    return "flux" if re.match(r"flux|flambda|flam", plain) else None


def may_be_flux(name: str | None) -> bool:
    """Return whether a name without a known role may denote a flux."""
    plain = plain_name(name)
    return role_of(name) is None and not _OTHER.search(plain) and not _NO_FLUX.search(plain)


def is_per_frequency(name: str | None) -> bool:
    """Return whether a column name denotes a flux per frequency, such as fnu and flux_mJy.

    Parameters
    ----------
    name : str or None
        Name of a column.

    Returns
    -------
    bool

    Examples
    --------
    >>> from sklearn_sn.datasets._spectrum_roles import is_per_frequency
    >>> is_per_frequency("f_nu"), is_per_frequency("flux_mJy"), is_per_frequency("flux")
    (True, True, False)
    """
    return bool(_PER_FREQUENCY.search(plain_name(name)))


def is_in_counts(name: str | None) -> bool:
    """Return whether a name of a column, or a text of a unit, denotes counts of a detector.

    Parameters
    ----------
    name : str or None
        Name of a column or unit.

    Returns
    -------
    bool

    Examples
    --------
    >>> from sklearn_sn.datasets._spectrum_roles import is_in_counts
    >>> is_in_counts("flux_adu"), is_in_counts("counts/s"), is_in_counts("discount")
    (True, True, False)
    """
    return bool(_COUNTS.search(str(name or "").lower()))


def plain_name(name: str | None) -> str:
    """Return a column name in lower case, without signs; empty for None."""
    text = str(name or "").lower().replace("λ", "lambda").replace("σ", "sigma")
    return re.sub(r"[^a-z0-9]", "", text)


def flux_rank(name: str | None) -> int:
    """Return the preference of a flux column; smaller is better."""
    plain = plain_name(name)
    return _FLUX.index(plain) if plain in _FLUX else len(_FLUX)


def errors_by_value(flux: np.ndarray, values: np.ndarray) -> str | None:
    """Return whether an unnamed column behaves like errors or variances of the flux.

    Errors are positive, smaller than the flux, and as large as the scatter from pixel to pixel
    where that can be measured.

    Parameters
    ----------
    flux, values : ndarray of float, shape (n_pixels,)
        Fluxes, and the column in question.

    Returns
    -------
    {"flux_err", "variance"} or None
        None if the values fit neither, or both.
    """
    finite = np.isfinite(flux) & np.isfinite(values) & (flux != 0)
    flux, values = flux[finite], values[finite]
    positive = values > 0
    if len(flux) == 0 or positive.mean() < 0.9 or is_copy(flux, values):
        return None
    flux, values = flux[positive], values[positive]
    if len(values) > 1 and set(np.unique(values)) <= _FLAGS:
        return None
    size = np.median(np.abs(flux))
    noise = _scatter(flux)
    noisy = noise > 1e-4 * size  # else the spectrum is a smooth model, or has few pixels
    if _is_ramp(values) or _is_other_flux(flux, values, noisy):
        return None
    scores = {}
    for role, errors in (("flux_err", values), ("variance", np.sqrt(values))):
        typical = np.median(errors)
        low, high = _NOISE_RATIOS[role]
        if not 1e-4 <= typical / size <= 1:
            continue
        if noisy and low <= typical / noise <= high:
            scores[role] = abs(np.log(typical / noise))
        elif not noisy and typical / size <= 0.75:
            scores[role] = 0.0 if role == "flux_err" else 2.0
    if len(scores) == 2 and abs(scores["flux_err"] - scores["variance"]) < np.log(2):
        return None
    role = min(scores, key=scores.get) if scores else None
    # In counts, a sky looks like variances; in erg/s/cm²/Å, nothing else is as small.
    return role if role == "flux_err" or size < _PHYSICAL else None


def _is_ramp(values):
    """Return whether values rise in equal steps, as numbers of pixels do."""
    steps = np.diff(values)
    return len(steps) > 2 and steps[0] != 0 and np.allclose(steps, steps[0], rtol=1e-6, atol=0)


def _is_other_flux(flux, values, noisy):
    """Return whether values are the flux again on another scale, such as before calibration."""
    ratio = values / np.abs(flux)
    if len(flux) > 2 and np.ptp(ratio) < 1e-3 * np.median(ratio):
        return np.median(ratio) > 0.3  # an error of so many per cent is a usual estimate
    if not noisy:
        return False
    steps, other = np.diff(flux, 2), np.diff(values, 2)
    same_noise = np.corrcoef(steps, other)[0, 1] > 0.8 if np.any(other) else False
    relative = np.std(other) / np.median(values) / (np.std(steps) / np.median(np.abs(flux)))
    return bool(same_noise and relative > 0.7)


def is_copy(flux: np.ndarray, errors: np.ndarray) -> bool:
    """Return whether errors repeat the fluxes, which is a mistake of some files."""
    finite = np.isfinite(flux) & np.isfinite(errors) & (flux != 0)
    if finite.sum() < 2:
        return False
    return bool(np.mean(np.abs(flux[finite]) == np.abs(errors[finite])) > 0.9)


def _scatter(flux):
    """Return the noise from pixel to pixel; 0 if it cannot be told from the shape.

    Differences of second and of fourth order agree for noise, but not for a smooth curve.
    """
    if len(flux) < FEW:
        return 0.0
    second, fourth = (
        1.4826 * float(np.median(np.abs(np.diff(flux, order)))) / np.sqrt(variance)
        for order, variance in ((2, 6.0), (4, 70.0))
    )
    return fourth if second < 1.5 * fourth else 0.0
