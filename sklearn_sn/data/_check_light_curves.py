"""Rules for the points of light curves."""

import numpy as np

from sklearn_sn.data._band_points import canonical_points, log_unusable_bands
from sklearn_sn.data._not_measured import (
    MAX_FLUX,
    errors_copy_values,
    is_absurd_flux,
    is_implausible_time,
    is_ordinary,
    is_unmeasured_error,
    is_unmeasured_flux,
)
from sklearn_sn.data._quality import QualityLog
from sklearn_sn.data._ragged import Ragged
from sklearn_sn.data._repeated_exposures import is_repeated_exposure
from sklearn_sn.data._times import MAX_ABS_TIME, is_valid_time, jd_to_mjd

LOW_DATA = 3  # points; a light curve with fewer is flagged
MIN_FLUX = 1e-15  # µJy; smaller fluxes are flagged
# Fluxes that look like magnitudes. Fluxes in µJy spread over decades: of 2,000 simulated light
# curves and of 6,300 of PLAsTiCC, none stays within 8 … 28 (20.3 to 21.6 mag, were it a flux),
# where magnitudes of transients lie. The first three points alone do in up to 2 % of them, but in
# 0.2 % for 14 … 23, where surveys find most transients; fewer points are not enough to decide.
# Magnitude errors above 0.5 are rare, and so are flux errors below 0.5 µJy (16 to 50 sigma here).
MAGNITUDES = (8.0, 28.0)
MAGNITUDES_OF_FEW = (14.0, 23.0)
FEW = (3, 10)  # points of the whole table: fewest to decide; from here on many
LARGEST_MAG_ERR = 0.5


def check_light_curves(curves: Ragged, log: QualityLog, training: bool) -> Ragged:
    """Repair light curves, or raise if they cannot be repaired.

    Parameters
    ----------
    curves : Ragged of n_objects rows
        Fields time, band, flux and, optionally, flux_err.
    log : QualityLog
        Log to which repairs, counts and flags are added.
    training : bool
        Whether a negative flux_err raises, as in fit. Otherwise its point is dropped.

    Returns
    -------
    Ragged of n_objects rows
        Fields time (MJD), band (canonical, categories sorted), flux and flux_err (NaN if an object
        has no errors at all); points finite, without repetition, sorted by time.

    Raises
    ------
    ValueError
        If a flux_err is negative in training.
    """
    too_large = np.zeros(0, dtype=np.int64)
    is_sound = is_ordinary(curves)
    if is_sound:
        _suspect_magnitudes(curves, log)
        log.count("light_curve_unmeasured", np.zeros(len(curves), dtype=np.int64))
        curves = _drop_unusable_bands(curves, log)
    else:
        curves = jd_to_mjd(curves, log)
        _suspect_magnitudes(curves, log)
        curves, too_large = _drop_unmeasured(curves, log)
        curves = _drop_points(curves, log, training)
    curves = _sort_points(curves, log)
    counts = curves.lengths
    log.count("light_curve_points", counts)
    log.flag("EMPTY", counts == 0)
    log.flag("LOWDATA", (counts > 0) & (counts < LOW_DATA))
    if not is_sound:  # else all errors are positive
        no_error = curves.reduce("all", np.isnan(curves["flux_err"]))
        log.flag("NOERROR", no_error & (counts > 0))
    size = np.abs(curves["flux"])
    log.flag("RANGE", too_large)
    log.flag("RANGE", curves.rows[(size > MAX_FLUX) | ((size > 0) & (size < MIN_FLUX))])
    return curves


def clean_errors(points, log, training, usable):
    """Return errors as float, NaN if unknown; a zero error counts as unknown.

    Parameters
    ----------
    points : Ragged
        Points with an optional field flux_err.
    log : QualityLog
        Log that names the object of a rejected error.
    training : bool
        Whether a negative error of a usable point raises.
    usable : ndarray of bool, shape (n_points,)
        Points whose other values are usable.

    Returns
    -------
    ndarray of float, shape (n_points,)
        Negative errors are kept if they do not raise.
    """
    if "flux_err" not in points:
        return np.full(points.n_points, np.nan)
    errors = points["flux_err"]
    negative = np.flatnonzero((errors < 0) & usable)
    if len(negative) and training:
        point = negative[0]
        log.reject(
            points.rows[point],
            "flux_err",
            f"is {errors[point]:.3g}",
            "errors must be positive: drop the point, or set the error to NaN if it is unknown",
        )
    zero = (errors == 0) & usable
    return np.where(zero, np.nan, errors) if zero.any() else errors


def _drop_unmeasured(curves, log):
    """Drop points that are not measured and errors that are none; also return the huge ones."""
    flux, rows = curves["flux"], curves.rows
    errors = curves["flux_err"] if "flux_err" in curves else None  # noqa: SIM401 - no dict
    unmeasured = is_unmeasured_flux(flux, errors)
    large = is_absurd_flux(curves)
    late = is_implausible_time(curves)
    log.repaired(
        "points that are not measured (fill values such as -999) dropped", rows[unmeasured]
    )
    log.repaired(f"points with |flux| > {MAX_FLUX:g} µJy (magnitude 1.4) dropped", rows[large])
    log.repaired(
        "points dated outside 1900-2100, unlike the others of their object, dropped", rows[late]
    )
    if errors is not None:
        copied = errors_copy_values(flux, errors, curves.offsets)
        unknown = is_unmeasured_error(errors) & ~unmeasured
        log.repaired("errors that repeat the fluxes taken as unknown", rows[copied])
        log.repaired("errors that are fill values such as -999 taken as unknown", rows[unknown])
        if copied.any() or unknown.any():
            curves = curves.with_fields(flux_err=np.where(copied | unknown, np.nan, errors))
    dropped = unmeasured | large | late
    log.count("light_curve_unmeasured", np.bincount(rows[dropped], minlength=len(curves)))
    return curves.filter(~dropped) if dropped.any() else curves, rows[large]


def _drop_unusable_bands(curves, log):
    """Drop the points whose band cannot be used; the only defect of ordinary values."""
    published = curves["band"]
    band, ambiguous = canonical_points(published, curves.rows)
    unusable = band.codes < 0
    if unusable.any():
        log_unusable_bands(log, published, unusable & ~ambiguous, ambiguous, curves.rows)
    return curves.with_fields(band=band).filter(~unusable)


def _drop_points(curves, log, training):
    """Drop points whose time, flux, error or band cannot be used."""
    time, flux, rows = curves["time"], curves["flux"], curves.rows
    errors = clean_errors(curves, log, training, np.isfinite(flux))
    published = curves["band"]
    band, ambiguous = canonical_points(published, rows)
    unknown = (band.codes < 0) & ~ambiguous
    finite = np.isfinite(time) & np.isfinite(flux)
    # A fill value such as finfo.max is finite in float64 and infinite in the float32 of networks.
    absurd = finite & ~is_valid_time(time)
    in_band = ~unknown & ~ambiguous
    bad_error = np.isinf(errors) | (errors < 0)
    # NaN errors are accepted only if the object has no errors at all.
    usable = finite & ~absurd & in_band & np.isfinite(errors) & (errors > 0)
    has_errors = Ragged({}, curves.offsets).reduce("any", usable)
    bad_error |= np.isnan(errors) & has_errors[rows]
    log.repaired("points with non-finite time or flux dropped", rows[~finite])
    log.repaired(
        f"points with |time| > {MAX_ABS_TIME:g} days dropped; times must be MJD, JD or days",
        rows[absurd],
    )
    log.repaired("points without a usable flux_err dropped", rows[finite & bad_error])
    log_unusable_bands(log, published, unknown, ambiguous, rows)
    curves = curves.with_fields(band=band, flux_err=errors)
    return curves.filter(finite & ~absurd & ~bad_error & in_band)


def _sort_points(curves, log):
    """Sort points by time and drop exact repetitions."""
    time, rows = curves["time"], curves.rows
    same_row = rows[1:] == rows[:-1]
    step = time[1:] - time[:-1]
    wrong = same_row & (step <= 0)
    if wrong.any():
        log.repaired("unsorted points sorted by time", rows[1:][same_row & (step < 0)])
        # Ties are ordered too, so that no result depends on the order of the input.
        curves = curves.sort("time", "band", "flux", "flux_err", rows=np.unique(rows[1:][wrong]))
        time, codes, rows = curves["time"], curves["band"].codes, curves.rows
        repeated = np.zeros(len(rows), dtype=bool)
        repeated[1:] = (
            (rows[1:] == rows[:-1])
            & (time[1:] == time[:-1])
            & (codes[1:] == codes[:-1])
            & (curves["flux"][1:] == curves["flux"][:-1])
        )
        log.repaired("points given twice dropped", rows[repeated])
        curves = curves.filter(~repeated)
    again = is_repeated_exposure(curves)
    if not again.any():
        return curves
    log.repaired(
        "points of an exposure that is there already, and differs by rounding, dropped",
        curves.rows[again],
    )
    return curves.filter(~again)


def _suspect_magnitudes(curves, log):
    """Record a suspicion if the fluxes of the table look like magnitudes."""
    flux = curves["flux"]
    finite = np.isfinite(flux)
    given = flux if finite.all() else flux[finite]
    low, high = MAGNITUDES if len(given) >= FEW[1] else MAGNITUDES_OF_FEW
    if len(given) < FEW[0] or given.min() <= low or given.max() >= high:
        return
    if "flux_err" in curves:
        errors = curves["flux_err"][finite]
        errors = errors[np.isfinite(errors)]
        if len(errors) and np.median(errors) >= LARGEST_MAG_ERR:
            return
    log.flag("MAGNITUDES", curves.rows[finite])
    log.suspect(
        f"fluxes look like magnitudes (all between {low:g} and {high:g})",
        "convert them with mag_to_flux",
    )
