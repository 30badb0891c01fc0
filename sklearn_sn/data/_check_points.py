"""The rules for the points of light curves and the pixels of spectra."""

import numpy as np
import pandas as pd

from sklearn_sn.data._band_registry import as_text
from sklearn_sn.data._bands import canonical_bands, factorize_names, list_bands
from sklearn_sn.data._ragged import Ragged
from sklearn_sn.data._units import looks_like_jd, to_mjd

LOW_DATA = 3  # points; a light curve with fewer is flagged
WAVELENGTH_RANGE = (1000.0, 30000.0)  # Å; outside, the unit is doubted
LARGEST_PIXEL = 1e150  # on any scale of flux; the squares of larger numbers overflow
PADDING = 3  # so many zeros at an end of a spectrum are not measured
FLUX_RANGE = (1e-15, 1e15)  # µJy; outside, the flux is flagged
# Numbers that look like magnitudes. µJy spread over decades: of 2,000 simulated light curves and of
# 6,300 of PLAsTiCC, none stays within 8 … 28 (mag 20.3 to 21.6, were it flux), which magnitudes of
# transients do not leave. Of the first three points alone, up to 2 % do, but 0.2 % within 14 … 23,
# where surveys find most transients; fewer points than three say nothing. Larger errors than half a
# magnitude are rare, and smaller ones than 0.5 µJy (that is, fluxes of 16 to 50 sigma here) too.
MAGNITUDES = (8.0, 28.0)
MAGNITUDES_OF_FEW = (14.0, 23.0)
FEW = (3, 10)  # points, in the whole table: from the first on there is a suspicion; many
LARGEST_MAG_ERR = 0.5
MJD_RANGE = (0.0, 2e5)  # a time beside Julian dates that is one of these is MJD


def check_light_curves(curves, findings, training):
    """Mend light curves, or refuse them.

    Parameters
    ----------
    curves : Ragged
        Fields time, band, flux and, maybe, flux_err; one row per object.
    findings : QualityLog
    training : bool
        At fit, a negative flux_err is refused; at predict, its point is dropped.

    Returns
    -------
    Ragged
        Fields time (MJD), band (canonical, categories sorted), flux and flux_err (NaN where an
        object has no errors at all); points finite, without exact repetition, sorted by time.
    """
    curves = _in_mjd(curves, findings)
    _doubt_fluxes(curves, findings)
    named = curves["band"]
    curves = curves.with_fields(band=_canonical(named))
    curves = _drop_points(curves, named, findings, training)
    curves = _sort_points(curves, findings)
    counts = curves.lengths
    findings.count("light_curve_points", counts)
    findings.flag("EMPTY", counts == 0)
    findings.flag("LOWDATA", (counts > 0) & (counts < LOW_DATA))
    no_error = curves.reduce("all", np.isnan(curves["flux_err"]))
    findings.flag("NOERROR", no_error & (counts > 0))
    size = np.abs(curves["flux"])
    extreme = (size > FLUX_RANGE[1]) | ((size > 0) & (size < FLUX_RANGE[0]))
    findings.flag("RANGE", curves.rows[extreme])
    return curves


def _canonical(bands):
    """Band names as canonical categories, sorted; -1 where unknown."""
    if not isinstance(bands, pd.Categorical):
        values = np.asarray(bands)
        if values.dtype.kind == "f":  # codes that passed through a float column
            known = np.isfinite(values) & (values == np.round(values))
            text = np.full(len(values), None, dtype=object)
            text[known] = values[known].astype(int).astype(str)
            values = text
        bands = pd.Categorical(values)
    names = canonical_bands(np.asarray(bands.categories, dtype=object))
    known = np.array(sorted({name for name in names if name is not None}), dtype=object)
    # The last entry answers the code -1 of an unknown category or a null.
    lookup = np.array(
        [*(np.searchsorted(known, name) if name is not None else -1 for name in names), -1],
        dtype=np.int64,
    )
    return pd.Categorical.from_codes(lookup[bands.codes], pd.Index(known, dtype=object))


def _drop_points(curves, named, findings, training):
    time, flux = curves["time"], curves["flux"]
    errors = _clean_errors(curves, findings, training, "flux_err", np.isfinite(flux))
    finite = np.isfinite(time) & np.isfinite(flux)
    bad_error = np.isinf(errors) | (errors < 0)
    rows = curves.rows
    # NaN errors are fine when the object has no errors at all.
    unknown = curves["band"].codes < 0
    usable = finite & ~unknown & np.isfinite(errors) & (errors > 0)
    some = Ragged({}, curves.offsets).reduce("any", usable)
    bad_error |= np.isnan(errors) & some[rows]
    findings.fixed("points with non-finite time or flux dropped", rows[~finite])
    findings.fixed("points without a usable flux_err dropped", rows[finite & bad_error])
    if unknown.any():
        findings.fixed(
            f"points in unknown bands dropped ({_most_frequent(named[unknown])}; register_band "
            f"adds a band; known are {', '.join(list_bands()[:6])} … , see list_bands)",
            rows[unknown],
        )
    return curves.with_fields(flux_err=errors).filter(finite & ~bad_error & ~unknown)


def _most_frequent(bands):
    """Up to three names of bands, the most frequent first, and how many more there are."""
    distinct, codes, _ = factorize_names(bands)
    texts = [as_text(name) for name in distinct]
    counts = np.bincount(codes[codes >= 0], minlength=len(texts))
    known = sorted((-count, text) for count, text in zip(counts, texts, strict=True) if text)
    parts = [", ".join(repr(text) for _, text in known[:3])]
    parts += [f"{len(known) - 3} more"] if len(known) > 3 else []
    parts += ["points without a name"] if (codes < 0).any() or None in texts else []
    return " and ".join(filter(None, parts))


def _clean_errors(ragged, findings, training, name, usable):
    """Errors as float, NaN where unknown; a zero error says nothing and counts as unknown."""
    if name not in ragged:
        return np.full(ragged.n_points, np.nan)
    errors = ragged[name]
    negative = np.flatnonzero((errors < 0) & usable)
    if len(negative) and training:
        point = negative[0]
        findings.refuse(
            ragged.rows[point],
            name,
            f"is {errors[point]:.3g}",
            "errors must be positive: drop the point or give NaN where the error is unknown",
        )
    zero = (errors == 0) & usable
    return np.where(zero, np.nan, errors) if zero.any() else errors


def _sort_points(curves, findings):
    time, codes, rows = curves["time"], curves["band"].codes, curves.rows
    same_row = rows[1:] == rows[:-1]
    step = np.diff(time)
    falls = same_row & (step < 0)
    findings.fixed("unsorted points sorted by time", rows[1:][falls])
    wrong = same_row & (step <= 0)
    if wrong.any():
        # Ties are ordered too, so that no answer depends on the order of the input.
        curves = curves.sort("time", "band", "flux", "flux_err", rows=np.unique(rows[1:][wrong]))
        time, codes, rows = curves["time"], curves["band"].codes, curves.rows
    repeated = np.zeros(len(rows), dtype=bool)
    repeated[1:] = (
        (rows[1:] == rows[:-1])
        & (time[1:] == time[:-1])
        & (codes[1:] == codes[:-1])
        & (curves["flux"][1:] == curves["flux"][:-1])
    )
    findings.fixed("points given twice dropped", rows[repeated])
    return curves.filter(~repeated)


def _in_mjd(ragged, findings):
    """Julian dates become MJD, point by point; said where one table holds both."""
    if "time" not in ragged:
        return ragged
    time = ragged["time"]
    julian = looks_like_jd(time)
    if not julian.any():
        return ragged
    rows = ragged.rows[julian]
    findings.flag("JD", rows)
    if ((time > MJD_RANGE[0]) & (time < MJD_RANGE[1])).any():
        findings.fixed("some times look like JD and some like MJD, JD converted", rows)
    return ragged.with_fields(time=to_mjd(time))


def _doubt_fluxes(curves, findings):
    flux = curves["flux"]
    finite = np.isfinite(flux)
    n_points = np.count_nonzero(finite)
    low, high = MAGNITUDES if n_points >= FEW[1] else MAGNITUDES_OF_FEW
    if n_points < FEW[0] or flux[finite].min() <= low or flux[finite].max() >= high:
        return
    if "flux_err" in curves:
        errors = curves["flux_err"][finite]
        errors = errors[np.isfinite(errors)]
        if len(errors) and np.median(errors) >= LARGEST_MAG_ERR:
            return
    findings.flag("MAGNITUDES", curves.rows[finite])
    findings.doubt(
        f"fluxes look like magnitudes (all between {low:g} and {high:g})",
        "convert them with mag_to_flux",
    )


def check_spectra(pixels, findings):
    """Mend spectra, or refuse them, and separate the spectra of each object.

    Parameters
    ----------
    pixels : Ragged
        Fields wavelength, flux and, maybe, flux_err and time; one row per object. A pixel with a
        negative error is dropped, at fit too.
    findings : QualityLog

    Returns
    -------
    spectra : Ragged
        Fields wavelength, flux, flux_err and time; one row per spectrum, wavelengths rising.
    offsets : array of int, shape (n_objects + 1,)
        Spectra of object ``i`` are rows ``offsets[i]`` to ``offsets[i + 1] - 1``.
    """
    _refuse_units(pixels, findings)
    pixels = _in_mjd(pixels, findings)
    wavelength, flux, rows = pixels["wavelength"], pixels["flux"], pixels.rows
    with np.errstate(invalid="ignore"):
        usable = (wavelength >= WAVELENGTH_RANGE[0]) & (wavelength <= WAVELENGTH_RANGE[1])
        usable &= np.abs(flux) <= LARGEST_PIXEL
    # One pixel in thousands is no reason to refuse a spectrum, not even in training.
    errors = _clean_errors(pixels, findings, False, "flux_err", usable)
    bad_error = (errors > LARGEST_PIXEL) | (errors < 0)
    findings.fixed(
        "pixels without a usable wavelength, flux or error dropped", rows[~usable | bad_error]
    )
    time = pixels["time"] if "time" in pixels else np.full(pixels.n_points, np.nan)
    pixels = pixels.with_fields(flux_err=errors, time=time).filter(usable & ~bad_error)
    pixels = _sort_pixels(pixels, findings)
    spectra, offsets = _without_padding(*_split_by_time(pixels), findings)
    counts = np.diff(offsets)
    findings.count("spectra", counts)
    findings.count("spectrum_pixels", np.diff(spectra.offsets[offsets]))
    findings.flag("EMPTY_SPECTRUM", counts == 0)
    return spectra, offsets


def _without_padding(spectra, offsets, findings):
    """Drop zeros at either end of a spectrum, from three on: they fill files, and are no flux."""
    place = np.arange(spectra.n_points)
    some = spectra["flux"] != 0
    first = spectra.reduce("min", np.where(some, place, spectra.n_points), empty=0)
    last = spectra.reduce("max", np.where(some, place, -1), empty=-1)
    first = np.where(first - spectra.offsets[:-1] < PADDING, spectra.offsets[:-1], first)
    last = np.where(spectra.offsets[1:] - 1 - last < PADDING, spectra.offsets[1:] - 1, last)
    rows = spectra.rows
    kept = (place >= first[rows]) & (place <= last[rows])
    if kept.all():
        return spectra, offsets
    owner = np.repeat(np.arange(len(offsets) - 1), np.diff(offsets))
    findings.fixed("zeros at the ends of spectra dropped", owner[rows[~kept]])
    spectra = spectra.filter(kept)
    left = spectra.lengths > 0
    counts = np.concatenate([[0], np.cumsum(left)])
    return spectra.take(left), counts[offsets]


def _refuse_units(pixels, findings):
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
    findings.refuse(
        row,
        "spectrum wavelength",
        f"is {value:.6g} (median)",
        f"wavelengths must lie in 1,000–30,000 Å, and this looks like {unit}",
    )


def _sort_pixels(pixels, findings):
    """Order by time, then wavelength, inside each object."""
    time, wavelength, rows = pixels["time"], pixels["wavelength"], pixels.rows
    same_row = rows[1:] == rows[:-1]
    same_time = _same(time[1:], time[:-1])
    in_order = np.where(same_time, wavelength[1:] > wavelength[:-1], time[1:] > time[:-1])
    wrong = same_row & ~in_order
    if not wrong.any():
        return pixels
    pixels = pixels.sort("time", "wavelength", "flux", rows=np.unique(rows[1:][wrong]))
    time, wavelength, rows = pixels["time"], pixels["wavelength"], pixels.rows
    repeated = (
        (rows[1:] == rows[:-1]) & _same(time[1:], time[:-1]) & (wavelength[1:] == wavelength[:-1])
    )
    if repeated.any():
        findings.fixed("pixels at one wavelength averaged", rows[1:][repeated])
        starts = np.flatnonzero(np.concatenate([[True], ~repeated]))
        sizes = np.diff(np.concatenate([starts, [pixels.n_points]]))
        kept = Ragged.from_groups(rows[starts], len(pixels), {})
        fields = {name: pixels[name][starts] for name in pixels.fields}
        # Time and wavelength are equal, and a mean might differ by a rounding.
        for name in ("flux", "flux_err"):
            fields[name] = np.add.reduceat(pixels[name], starts) / sizes
        pixels = Ragged(fields, kept.offsets)
    return pixels


def _same(left, right):
    return (left == right) | (np.isnan(left) & np.isnan(right))


def _split_by_time(pixels):
    time, rows = pixels["time"], pixels.rows
    new = np.ones(pixels.n_points, dtype=bool)
    new[1:] = (rows[1:] != rows[:-1]) | ~_same(time[1:], time[:-1])
    starts = np.flatnonzero(new)
    counts = np.bincount(rows[starts], minlength=len(pixels))
    spectra = Ragged(pixels.fields, np.concatenate([starts, [pixels.n_points]]))
    return spectra, np.concatenate([[0], np.cumsum(counts)])
