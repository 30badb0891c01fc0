"""Convert the points of a long table to light curves in µJy."""

import numpy as np
import pandas as pd

from sklearn_sn.data import (
    AB_ZERO_POINT,
    Ragged,
    as_text,
    factorize_names,
    magnitude_system,
    microjansky_of,
    reject_logarithmic,
    scale_of_name,
    to_mjd,
    unknown_system,
)
from sklearn_sn.datasets._long_numbers import in_magnitudes
from sklearn_sn.datasets._photometry import read_bands

_FACILITY_FIELDS = ("survey", "telescope", "instrument")
_TRUE = {"true", "t", "yes", "y", "1", "1.0", ">"}
# PLAsTiCC publishes SNANA's FLUXCAL (The PLAsTiCC team 2018, arXiv:1810.00001; Kessler et al.
# 2009, PASP 121, 1028). Other surveys use several scales, so none is assumed for them.
_FLUX_ZERO_POINTS = {"plasticc": 27.5}


def gather_points(
    points, rows, index, *, survey, system, zero_point, default_mag_err, upper_limits, remarks
):
    """Convert a long table of points to light curves in µJy.

    Parameters
    ----------
    points : LongTable
        Table of points.
    rows : array of int, shape (n_points,)
        Row of the object of each point; -1 for objects that are not wanted.
    index : pandas.Index of shape (n_objects,)
        Object names.
    survey, system, zero_point, default_mag_err, upper_limits
        As in :func:`~sklearn_sn.datasets.read_tables`.
    remarks : list of str
        Descriptions of dropped points are appended to it.

    Returns
    -------
    Ragged
        Fields time, band, flux and flux_err, sorted by time; one row per object.
    """
    n = len(points)
    nan = np.full(n, np.nan)
    flux, flux_limit = nan, np.zeros(n, dtype=bool)
    if "flux" in points:
        flux, flux_limit = points.numbers_and_limits("flux", "uJy")
    flux_err = _errors(points)
    has_flux = np.isfinite(flux)
    mag, mag_err, mag_limit, mag_system = _magnitudes(points, default_mag_err)
    scale_mag, scale_system = nan, None
    if "zero_point" in points:
        scale_mag, _, scale_system = in_magnitudes(points, "zero_point")
    unit_field = "mag" if mag_system else "zero_point" if scale_system else None
    if unit_field:
        _reject_other_systems(points, unit_field, system)
    default_system = "AB" if mag_system else system
    if "zero_point" in points and default_system != "AB":
        # `system` applies to magnitudes; the zero point of a flux is AB.
        default_system = pd.Categorical.from_codes(has_flux.astype(int), [default_system, "AB"])
    facilities = [points[field] for field in _FACILITY_FIELDS if field in points]
    bands, known, zero_flux = read_bands(
        points["band"],
        points.columns.get("system"),
        facilities,
        object_index=points.codes,
        survey=survey,
        default_system=default_system,
    )
    bare = "flux" in points and points.unit("flux") is None
    unreadable = np.zeros(n, dtype=bool)
    if "zero_point" in points and bare:
        _reject_unknown_systems(points, has_flux & np.isfinite(scale_mag) & (rows >= 0))
        scale = zero_flux * 10 ** (-0.4 * scale_mag)
        unreadable = has_flux & np.isnan(scale) & np.isfinite(scale_mag)
        error_scale = scale
    else:
        scale = _default_scale(points, "flux", survey, zero_point)
        error_scale = _error_scale(points, flux_err, survey, zero_point, scale)
    if zero_point is not None and (not bare or "zero_point" in points):
        raise ValueError(
            "The 'zero_point' parameter of read_tables applies only to a flux column without a "
            "unit and without a column of zero points. light_curves has no such column; omit it."
        )
    flux = flux * scale
    if points.unit("flux_err") is None:
        flux_err = flux_err * error_scale
    unreadable |= ~has_flux & np.isfinite(mag) & np.isnan(zero_flux)
    unreadable |= (has_flux | np.isfinite(mag)) & ~known
    with np.errstate(over="ignore"):
        flux = np.where(has_flux, flux, zero_flux * 10 ** (-0.4 * mag))
        derived = 0.4 * np.log(10) * np.abs(flux) * mag_err
    flux_err = np.where(np.isnan(flux_err), derived, flux_err)

    keep = rows >= 0
    written = (mag_limit | flux_limit) & keep
    limit = mag_limit | flux_limit
    if "upper_limit" in points:
        limit |= _truth(points["upper_limit"])
    keep &= ~limit if upper_limits == "drop" else ~limit | has_flux
    _describe_limits(points, written & ~keep, "mag" if mag_limit.any() else "flux", remarks)
    _describe_unreadable(bands, keep & unreadable, rows, index, remarks)
    keep &= ~unreadable
    time = to_mjd(points.numbers("time", "d"))
    fields = {"time": time, "band": bands, "flux": flux, "flux_err": flux_err}
    fields = {name: values[keep] for name, values in fields.items()}
    fields["band"] = fields["band"].remove_unused_categories()
    return Ragged.from_groups(rows[keep], len(index), fields).sort("time")


def _magnitudes(points, default_mag_err):
    """Return magnitudes, their errors, a mask of limits, and the system of the unit."""
    nan = np.full(len(points), np.nan)
    if "mag" not in points:
        return nan, nan, np.zeros(len(points), dtype=bool), None
    mag, limit, system = in_magnitudes(points, "mag")
    error = in_magnitudes(points, "mag_err")[0] if "mag_err" in points else nan
    if default_mag_err is not None:
        error = np.where(np.isnan(error), default_mag_err, error)
    return mag, error, limit, system


def _errors(points):
    """Return flux errors, in µJy if they have a unit."""
    if "flux_err" not in points:
        return np.full(len(points), np.nan)
    try:
        reject_logarithmic(points.unit("flux_err"))
    except ValueError as error:
        raise ValueError(f"{points.location('flux_err')}: {error}") from error
    return points.numbers("flux_err", "uJy")


def _reject_unknown_systems(points, used):
    """Raise if the zero point of a used row is in an unknown magnitude system."""
    if "system" not in points:
        return
    distinct, codes, _ = factorize_names(points["system"])
    unknown = [magnitude_system(name, "AB", None) is None for name in distinct]
    wrong = np.array([*unknown, False])[codes] & used
    if wrong.any():
        row = int(np.argmax(wrong))
        location = f"{points.location('system')}, object {points.object_of(row)} (row {row})"
        raise unknown_system(location, distinct[codes[row]])


def _reject_other_systems(points, field, system):
    """Raise if the unit mag(AB) of a field contradicts another system."""
    # If there are magnitudes, `system` applies to them only.
    if system == "Vega" and (field == "mag" or "mag" not in points):
        raise ValueError(
            f"{points.location(field)} has the unit mag(AB), but system='Vega'. Omit 'system', or "
            "give the column the unit mag."
        )
    if "system" not in points:
        return
    distinct, codes, _ = factorize_names(points["system"])
    other = [as_text(name) is not None and magnitude_system(name) != "AB" for name in distinct]
    wrong = np.array([*other, False])[codes]
    if wrong.any():
        row = int(np.argmax(wrong))
        raise ValueError(
            f"{points.location(field)} has the unit mag(AB), but column {points.names['system']!r} "
            f"is {distinct[codes[row]]!r} for object {points.object_of(row)} (row {row}). Give "
            f"{points.names[field]!r} the unit mag, or convert these rows to AB."
        )


def _default_scale(points, field, survey, zero_point):
    """Return µJy per unit of a flux or error without a scale column: a number, or one per row."""
    if field not in points or points.unit(field) is not None:
        return 1.0
    if zero_point is not None:
        return 10 ** (-0.4 * (zero_point - AB_ZERO_POINT))
    named = scale_of_name(points.names[field], None)
    if named is not None:
        return named
    if survey is None and "survey" in points:
        distinct, codes, _ = factorize_names(points["survey"])
        return np.array([*map(_survey_scale, distinct), 1.0])[codes]
    return _survey_scale(survey)


def _error_scale(points, errors, survey, zero_point, flux_scale):
    """Return µJy per unit of an error; by default the scale of its flux."""
    named = scale_of_name(points.names.get("flux_err"), None)
    if "flux" not in points or named is not None or points.unit("flux_err") is not None:
        return _default_scale(points, "flux_err", survey, zero_point)
    if points.unit("flux") is None or np.isnan(errors).all():
        return flux_scale
    try:
        return microjansky_of(points.unit("flux"))
    except ValueError as error:
        raise ValueError(f"{points.location('flux_err')}: {error}") from error


def _survey_scale(survey):
    zero_point = _FLUX_ZERO_POINTS.get((as_text(survey) or "").lower(), AB_ZERO_POINT)
    return 10 ** (-0.4 * (zero_point - AB_ZERO_POINT))


def _describe_limits(points, lost, field, remarks):
    if lost.any():
        objects = points.codes[lost]
        remarks.append(
            f"{int(lost.sum())} upper limits of {len(np.unique(objects))} objects, written as text "
            f"in column {points.names[field]!r} (first {points.object_of(np.argmax(lost))})"
        )


def _describe_unreadable(bands, lost, rows, index, remarks):
    if lost.any():
        counts = bands[lost].value_counts().sort_values(ascending=False)
        names = [str(name) for name in counts.index[counts > 0]]
        names += ["points without a name"] if bands[lost].isna().any() else []
        listed = ", ".join(names[:6]) + (" …" if len(names) > 6 else "")
        remarks.append(
            f"{int(lost.sum())} points of {len(np.unique(rows[lost]))} objects in {len(names)} "
            f"unknown or ambiguous bands ({listed}; first object {index[rows[lost][0]]!r}; "
            "add bands with register_band, or name the survey with survey=)"
        )


def _truth(values):
    distinct, codes, _ = factorize_names(values)
    true = [str(value).strip().lower() in _TRUE for value in distinct]
    return np.array([*true, False], dtype=bool)[codes]
