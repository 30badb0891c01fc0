"""Rules for the pixels of spectra."""

import numpy as np

from sklearn_sn.data._check_light_curves import clean_errors
from sklearn_sn.data._names import as_python
from sklearn_sn.data._not_measured import errors_copy_values, is_masked_pixel
from sklearn_sn.data._ragged import Ragged
from sklearn_sn.data._times import MAX_ABS_TIME, is_valid_time, jd_to_mjd

WAVELENGTH_RANGE = (1000.0, 30000.0)  # Å; wavelengths outside suggest another unit
LARGEST_PIXEL = 1e150  # on any scale of flux; the squares of larger numbers overflow
# A spectrum that starts and ends here is one of 1 to 2.5 µm in nm: in Å, it would be one of the far
# ultraviolet, of which spectrographs cover less at a time.
NANOMETRES = (1300.0, 1950.0, 2700.0)  # longest start, shortest end and longest end
PADDING = 3  # so many zeros at an end of a spectrum are padding, not flux


def check_spectra(pixels, log):
    """Repair spectra, or raise if they cannot be repaired, and separate the spectra of an object.

    Parameters
    ----------
    pixels : Ragged of n_objects rows
        Fields wavelength, flux and, optionally, flux_err and time. A pixel with a negative error
        is dropped, in fit too.
    log : QualityLog
        Log to which repairs, counts and flags are added.

    Returns
    -------
    spectra : Ragged of n_spectra rows
        Fields wavelength, flux, flux_err and time; wavelengths rise.
    offsets : ndarray of int, shape (n_objects + 1,)
        Spectra of object ``i`` are rows ``offsets[i]`` to ``offsets[i + 1] - 1``.

    Raises
    ------
    ValueError
        If most wavelengths of an object lie outside 1,000–30,000 Å.
    """
    _reject_units(pixels, log)
    _suspect_nanometres(pixels, log)
    pixels = jd_to_mjd(pixels, log)
    wavelength, flux, rows = pixels["wavelength"], pixels["flux"], pixels.rows
    with np.errstate(invalid="ignore"):
        usable = (wavelength >= WAVELENGTH_RANGE[0]) & (wavelength <= WAVELENGTH_RANGE[1])
        usable &= np.abs(flux) <= LARGEST_PIXEL
    # A zero error counts as unknown; that of a zero flux, in a mask, is looked at first.
    given = pixels["flux_err"] if "flux_err" in pixels else np.full(pixels.n_points, np.nan)
    # One bad pixel in thousands does not justify rejecting a spectrum, not even in training.
    errors = clean_errors(pixels, log, False, usable)
    bad_error = (errors > LARGEST_PIXEL) | (errors < 0)
    log.repaired(
        "pixels without a usable wavelength, flux or error dropped", rows[~usable | bad_error]
    )
    pixels = pixels.with_fields(flux_err=errors, time=_times(pixels, log), given=given)
    pixels = _sort_pixels(pixels.filter(usable & ~bad_error), log)
    spectra, offsets = _drop_padding(*_split_by_time(pixels), log)
    spectra, offsets = _drop_masked(spectra, offsets, log)
    # Only now: two spectra that differ in an invalid time are still two spectra.
    time = spectra["time"]
    spectra = spectra.with_fields(time=np.where(is_valid_time(time), time, np.nan))
    counts = np.diff(offsets)
    log.count("spectra", counts)
    log.count("spectrum_pixels", np.diff(spectra.offsets[offsets]))
    log.flag("EMPTY_SPECTRUM", counts == 0)
    return spectra, offsets


def _times(pixels, log):
    """Return the time of every pixel; invalid times are positive, so that they sort last."""
    if "time" not in pixels:
        return np.full(pixels.n_points, np.nan)
    time = pixels["time"]
    invalid = ~is_valid_time(time) & ~np.isnan(time)
    log.repaired(
        f"pixels with |time| > {MAX_ABS_TIME:g} days taken as undated", pixels.rows[invalid]
    )
    return np.where(invalid, np.abs(time), time)


def _drop_padding(spectra, offsets, log):
    """Drop three or more zeros at either end of a spectrum: they fill files and are no flux."""
    ends = np.concatenate([spectra.offsets[:-1], spectra.offsets[1:] - 1])
    nonzero = spectra["flux"] != 0
    if nonzero[ends].all():
        return spectra, offsets
    position = np.arange(spectra.n_points)
    first = spectra.reduce("min", np.where(nonzero, position, spectra.n_points), empty=0)
    last = spectra.reduce("max", np.where(nonzero, position, -1), empty=-1)
    first = np.where(first - spectra.offsets[:-1] < PADDING, spectra.offsets[:-1], first)
    last = np.where(spectra.offsets[1:] - 1 - last < PADDING, spectra.offsets[1:] - 1, last)
    rows = spectra.rows
    kept = (position >= first[rows]) & (position <= last[rows])
    return _keep_pixels(spectra, offsets, kept, log, "zeros at the ends of spectra dropped")


def _drop_masked(spectra, offsets, log):
    """Drop masked pixels inside spectra, and errors that repeat the fluxes."""
    errors = spectra["flux_err"]
    given = spectra["given"]
    copied = errors_copy_values(spectra["flux"], errors, spectra.offsets)
    if copied.any():
        object_index = np.repeat(np.arange(len(offsets) - 1), np.diff(offsets))
        log.repaired(
            "errors that repeat the fluxes taken as unknown", object_index[spectra.rows[copied]]
        )
    errors = np.where(copied, np.nan, errors)
    masked = is_masked_pixel(spectra.with_fields(flux_err=given))
    fields = {name: values for name, values in spectra.fields.items() if name != "given"}
    spectra = Ragged({**fields, "flux_err": errors}, spectra.offsets)
    return _keep_pixels(
        spectra,
        offsets,
        ~masked,
        log,
        "masked pixels inside spectra (flux and error 0, or a fill value such as -999) dropped",
    )


def _keep_pixels(spectra, offsets, kept, log, message):
    """Return the kept pixels, without spectra that are empty then, and record the others."""
    if kept.all():
        return spectra, offsets
    object_index = np.repeat(np.arange(len(offsets) - 1), np.diff(offsets))
    log.repaired(message, object_index[spectra.rows[~kept]])
    spectra = spectra.filter(kept)
    left = spectra.lengths > 0
    counts = np.concatenate([[0], np.cumsum(left)])
    return spectra.take(left), counts[offsets]


def _suspect_nanometres(pixels, log):
    """Record a suspicion if wavelengths in the range span the near infrared in nm."""
    wavelength = pixels["wavelength"]
    with np.errstate(invalid="ignore"):
        positive = wavelength > 0
    low = pixels.reduce("min", np.where(positive, wavelength, np.inf), empty=np.nan)
    high = pixels.reduce("max", np.where(positive, wavelength, -np.inf), empty=np.nan)
    with np.errstate(invalid="ignore"):
        wrong = (low < NANOMETRES[0]) & (high > NANOMETRES[1]) & (high < NANOMETRES[2])
    if wrong.any():
        row = int(np.argmax(wrong))
        log.flag("NANOMETRES", wrong)
        log.suspect(
            f"wavelengths of {int(wrong.sum())} objects (first {as_python(log.index[row])!r}, "
            f"{low[row]:g}-{high[row]:g}) look like nm",
            "multiply them by 10, or give an astropy Quantity",
            np.flatnonzero(wrong),
        )


def _reject_units(pixels, log):
    """Raise if most wavelengths of an object lie outside the range, and name the likely unit."""
    wavelength, rows = pixels["wavelength"], pixels.rows
    with np.errstate(invalid="ignore"):
        inside = (wavelength >= WAVELENGTH_RANGE[0]) & (wavelength <= WAVELENGTH_RANGE[1])
    positive = np.isfinite(wavelength) & (wavelength > 0)
    inside_counts = pixels.reduce("sum", inside.astype(np.int64))
    outside_counts = pixels.reduce("sum", (positive & ~inside).astype(np.int64))
    wrong = np.flatnonzero(outside_counts > inside_counts)
    if len(wrong) == 0:
        return
    row = wrong[0]
    value = np.median(wavelength[(rows == row) & positive & ~inside])
    unit = "no unit of light that is known here"
    for low, high, name, factor in ((0.1, 3.0, "µm", "1e4"), (100.0, 1000.0, "nm", "10")):
        if low <= value <= high:
            unit = f"{name}: multiply by {factor}, or give an astropy Quantity"
    log.reject(
        row,
        "spectrum wavelength",
        f"is {value:.6g} (median)",
        f"wavelengths must lie in 1,000–30,000 Å, and this looks like {unit}",
    )


def _sort_pixels(pixels, log):
    """Sort the pixels of each object by time, then wavelength, and average repeated ones."""
    time, wavelength, rows = pixels["time"], pixels["wavelength"], pixels.rows
    same_row = rows[1:] == rows[:-1]
    same_time = _equal_or_nan(time[1:], time[:-1])
    in_order = np.where(same_time, wavelength[1:] > wavelength[:-1], time[1:] > time[:-1])
    wrong = same_row & ~in_order
    if not wrong.any():
        return pixels
    pixels = pixels.sort("time", "wavelength", "flux", rows=np.unique(rows[1:][wrong]))
    time, wavelength, rows = pixels["time"], pixels["wavelength"], pixels.rows
    repeated = (
        (rows[1:] == rows[:-1])
        & _equal_or_nan(time[1:], time[:-1])
        & (wavelength[1:] == wavelength[:-1])
    )
    if repeated.any():
        log.repaired("pixels at one wavelength averaged", rows[1:][repeated])
        starts = np.flatnonzero(np.concatenate([[True], ~repeated]))
        sizes = np.diff(np.concatenate([starts, [pixels.n_points]]))
        kept = Ragged.from_groups(rows[starts], len(pixels), {})
        fields = {name: pixels[name][starts] for name in pixels.fields}
        # Time and wavelength are equal, and their mean might differ by a rounding error.
        for name in ("flux", "flux_err"):
            fields[name] = np.add.reduceat(pixels[name], starts) / sizes
        pixels = Ragged(fields, kept.offsets)
    return pixels


def _equal_or_nan(left, right):
    return (left == right) | (np.isnan(left) & np.isnan(right))


def _split_by_time(pixels):
    """Return one row per spectrum, and the offsets of the spectra of each object."""
    time, rows = pixels["time"], pixels.rows
    new = np.ones(pixels.n_points, dtype=bool)
    new[1:] = (rows[1:] != rows[:-1]) | ~_equal_or_nan(time[1:], time[:-1])
    starts = np.flatnonzero(new)
    counts = np.bincount(rows[starts], minlength=len(pixels))
    spectra = Ragged(pixels.fields, np.concatenate([starts, [pixels.n_points]]))
    return spectra, np.concatenate([[0], np.cumsum(counts)])
