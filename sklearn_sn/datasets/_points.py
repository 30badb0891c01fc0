"""Convert the points of long tables to light curves in µJy."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from sklearn_sn.data import (
    Ragged,
    errors_copy_values,
    is_absurd_flux,
    is_unmeasured_error,
    is_unmeasured_flux,
    is_unmeasured_mag_err,
    is_unmeasured_magnitude,
    reject_logarithmic,
    to_mjd,
)
from sklearn_sn.datasets._companions import difference_signs, marked_limits
from sklearn_sn.datasets._limit_marks import unknown_marks
from sklearn_sn.datasets._long_numbers import in_magnitudes
from sklearn_sn.datasets._photometry import read_bands
from sklearn_sn.datasets._point_times import point_times
from sklearn_sn.datasets._scales import (
    default_systems,
    magnitude_offset,
    scale_fluxes,
    survey_of_letters,
)

_FACILITY_FIELDS = ("survey", "telescope", "instrument")


@dataclass(frozen=True)
class PointOptions:
    """Parameters of read_tables that concern points."""

    survey: str | None = None
    system: str = "native"
    zero_point: float | None = None
    default_mag_err: float | None = None
    upper_limits: str = "drop"
    quality_cut: bool = False
    time_offset: float | None = None


@dataclass
class _Measured:
    """Numbers of the points of a table, without values that stand for "not measured"."""

    flux: np.ndarray
    flux_err: np.ndarray
    mag: np.ndarray
    mag_err: np.ndarray
    limit: np.ndarray  # written as text, such as >19.2
    unmeasured: np.ndarray
    sign: object
    mag_system: str | None
    limit_field: str = "flux"


def convert_points(points, rows, index, options, log):
    """Convert a long table of points to fluxes in µJy.

    Parameters
    ----------
    points : LongTable
        Table of points.
    rows : array of int, shape (n_points,)
        Row of the object of each point; -1 for objects that are not wanted.
    index : pandas.Index of shape (n_objects,)
        Object names.
    options : PointOptions
        Parameters of read_tables.
    log : ReadLog
        Log of what is left out.

    Returns
    -------
    Ragged
        Fields time, band, flux and flux_err, sorted by time; one row per object.
    """
    measured = _measure(points, options, log)
    bands, known, zero_flux = _read_bands(points, measured, options)
    flux, flux_err, unreadable = _in_microjansky(points, measured, zero_flux, rows, options)
    offset = magnitude_offset(points, flux, measured.mag, zero_flux, options)
    if offset is not None:
        log.suspect_scale(points, offset)
    if not known.all():
        unreadable |= (np.isfinite(measured.flux) | np.isfinite(measured.mag)) & ~known
    keep = _without_limits(points, measured, flux_err, rows, options, log)
    log.unmeasured(points, keep & measured.unmeasured)
    keep &= ~measured.unmeasured
    letters = survey_of_letters(points) if options.survey is None else None
    log.unreadable(points, bands, keep & unreadable, rows, index, letters)
    keep &= ~unreadable
    if points.dialect is not None:  # rows without a measurement, as brokers and archives write them
        keep &= np.isfinite(flux)
    if points.bad is not None:
        log.count("bad_quality", points.bad & keep)
        keep &= ~points.bad | (not options.quality_cut)
    time = point_times(points, to_mjd(points.numbers("time", "d")), keep, options.time_offset, log)
    fields = {"time": time, "band": bands, "flux": flux, "flux_err": flux_err}
    if not keep.all():
        rows = rows[keep]
        fields = {name: values[keep] for name, values in fields.items()}
    fields["band"] = _used_categories(fields["band"])
    curves = Ragged.from_groups(rows, len(index), fields).sort("time")
    absurd = is_absurd_flux(curves)
    if absurd.any():
        log.absurd_fluxes(points, absurd, curves.rows, index)
        curves = curves.filter(~absurd)
    return curves


def _used_categories(bands):
    """Return a Categorical without unused categories; pandas would sort all codes to find them."""
    used = np.zeros(len(bands.categories) + 1, dtype=bool)
    used[bands.codes] = True  # the last entry is that of missing names, of code -1
    return bands if used[:-1].all() else bands.remove_unused_categories()


def _measure(points, options, log):
    """Return the numbers of a table, and which of them are not measured."""
    nan = np.broadcast_to(np.nan, len(points))
    flux, limit = nan, np.zeros(len(points), dtype=bool)
    if "flux" in points:
        flux, limit = points.numbers_and_limits("flux", "uJy")
    flux_err = _flux_errors(points)
    mag, mag_err, mag_limit, mag_system, sign = _magnitudes(points)
    lost = bad_flux = is_unmeasured_flux(flux, flux_err)
    if "mag" in points:
        bad_mag = is_unmeasured_magnitude(mag)
        # A point is lost only if neither its flux nor its magnitude is measured.
        lost = bad_flux & ~(np.isfinite(mag) & ~bad_mag) | bad_mag & (np.isnan(flux) | bad_flux)
        mag = np.where(bad_mag, np.nan, mag) if bad_mag.any() else mag
    flux = np.where(bad_flux, np.nan, flux) if bad_flux.any() else flux
    flux_err = _known_errors(points, "flux_err", flux, flux_err, log)
    mag_err = _known_errors(points, "mag_err", mag, mag_err, log)
    if options.default_mag_err is not None:
        mag_err = np.where(np.isnan(mag_err), options.default_mag_err, mag_err)
    field = "mag" if mag_limit.any() else "flux"
    limit = limit | mag_limit
    return _Measured(flux, flux_err, mag, mag_err, limit, lost, sign, mag_system, field)


def _flux_errors(points):
    """Return flux errors, in µJy if they have a unit."""
    if "flux_err" not in points:
        return np.full(len(points), np.nan)
    try:
        reject_logarithmic(points.unit("flux_err"))
    except ValueError as error:
        raise ValueError(f"{points.location('flux_err')}: {error}") from error
    return points.numbers("flux_err", "uJy")


def _magnitudes(points):
    """Return magnitudes, their errors, a mask of limits, the system of the unit, and signs."""
    nan = np.broadcast_to(np.nan, len(points))
    sign = difference_signs(points)
    if "mag" not in points:
        return nan, nan, np.zeros(len(points), dtype=bool), None, sign
    mag, limit, system = in_magnitudes(points, "mag")
    error = in_magnitudes(points, "mag_err")[0] if "mag_err" in points else nan
    if points.dialect is not None and points.dialect.signed_magnitudes:
        sign = np.where(mag < 0, -1.0, sign)
        mag = np.abs(mag)
    return mag, error, limit, system, sign


def _known_errors(points, field, values, errors, log):
    """Return errors with NaN where a fill value or a copy of the values stands for them."""
    if field not in points:
        return errors
    unknown = is_unmeasured_error(errors) if field == "flux_err" else is_unmeasured_mag_err(errors)
    # A masked error of a point that is not measured is no news.
    log.unknown_errors(points, field, unknown & np.isfinite(values))
    copied = errors == np.abs(values)
    if copied.any():
        order = np.argsort(points.codes, kind="stable")
        offsets = np.append(0, np.cumsum(np.bincount(points.codes + 1)))
        copied[order] = errors_copy_values(values[order], errors[order], offsets)
        log.copied_errors(points, field, copied)
    unknown |= copied
    return np.where(unknown, np.nan, errors) if unknown.any() else errors


def _read_bands(points, measured, options):
    return read_bands(
        points["band"],
        points.columns.get("system"),
        [points[field] for field in _FACILITY_FIELDS if field in points],
        object_index=points.codes,
        survey=options.survey,
        letters=survey_of_letters(points) if options.survey is None else None,
        strict="survey" in points,
        default_system=default_systems(
            points, measured.mag_system, np.isfinite(measured.flux), options.system
        ),
    )


def _in_microjansky(points, measured, zero_flux, rows, options):
    """Return fluxes and errors in µJy, and which cannot be converted."""
    has_flux = np.isfinite(measured.flux)
    flux, flux_err, unreadable = scale_fluxes(
        points, measured.flux, measured.flux_err, zero_flux, rows, options
    )
    if "mag" in points:
        unreadable |= ~has_flux & np.isfinite(measured.mag) & np.isnan(zero_flux)
        with np.errstate(over="ignore"):
            flux = np.where(has_flux, flux, zero_flux * 10 ** (-0.4 * measured.mag))
            derived = 0.4 * np.log(10) * np.abs(flux) * measured.mag_err
        # An error of fluxes is none of a magnitude in another column.
        flux_err = np.where(has_flux & ~np.isnan(flux_err), flux_err, derived)
    if np.ndim(measured.sign):
        flux = np.where(measured.sign < 0, -np.abs(flux), flux)
    return flux, flux_err, unreadable


def _without_limits(points, measured, flux_err, rows, options, log):
    """Return the points of wanted objects that are no upper limits, or limits with a flux."""
    has_flux = np.isfinite(measured.flux)
    marked, undetected = marked_limits(points)
    for field in ("upper_limit", "non_detection", "detection"):
        if field in points:
            unknown = unknown_marks(points[field], field) & (rows >= 0) & ~marked
            log.unknown_marks(points, field, unknown)
    # Forced photometry of a point that was not detected is a measurement, if it has an error.
    limit = measured.limit | marked | (undetected & ~(has_flux & (flux_err > 0)))
    limit |= _repeats_limit(points, measured) & ~has_flux
    keep = rows >= 0
    log.count("upper_limits", limit & keep)
    dropped = limit & keep & ((options.upper_limits == "drop") | ~has_flux)
    log.written_limits(points, measured.limit & dropped, measured.limit_field)
    return keep & ~dropped


def _repeats_limit(points, measured):
    """Return the points whose magnitude repeats the limit of their image and has no error."""
    if "limit_mag" not in points or "mag" not in points:
        return np.zeros(len(points), dtype=bool)
    limit = points.numbers_and_limits("limit_mag")[0]
    return np.isnan(measured.mag_err) & (np.abs(measured.mag - limit) < 1e-4)


def concatenate_points(parts, n_rows):
    """Return the light curves of several tables of the same objects as one.

    Parameters
    ----------
    parts : list of Ragged
        At least one; fields time, band, flux and flux_err.
    n_rows : int
        Number of objects.

    Returns
    -------
    Ragged
        Sorted by time.
    """
    if len(parts) == 1:
        return parts[0]
    rows = np.concatenate([part.rows for part in parts])
    fields = {
        name: np.concatenate([part[name] for part in parts])
        for name in ("time", "flux", "flux_err")
    }
    bands = np.concatenate([np.asarray(part["band"], dtype=object) for part in parts])
    fields["band"] = pd.Categorical(bands)
    fields = {name: fields[name] for name in ("time", "band", "flux", "flux_err")}
    return Ragged.from_groups(rows, n_rows, fields).sort("time")
