"""Scale of the fluxes of a long table: units, zero points, names, surveys."""

import re

import numpy as np
import pandas as pd

from sklearn_sn.data import (
    AB_ZERO_POINT,
    as_python,
    as_text,
    factorize_names,
    list_bands,
    magnitude_system,
    microjansky_of,
    scale_of_name,
    unknown_system,
)
from sklearn_sn.datasets._long_numbers import in_magnitudes
from sklearn_sn.datasets._named_units import is_in_counts

# PLAsTiCC publishes SNANA's FLUXCAL (The PLAsTiCC team 2018, arXiv:1810.00001; Kessler et al.
# 2009, PASP 121, 1028). Other surveys use several scales, so none is assumed for them.
_FLUX_ZERO_POINTS = {"plasticc": 27.5}
_NO_SURVEY = {"", "null", "none", "nan", "unknown", "unset"}
# Names of collections of several surveys, such as PS1_LOWZ_COMBINED, do not name that of a file.
_COLLECTION = re.compile(r"LOWZ|COMBINED", re.IGNORECASE)
_FLUXCAL_KEYS = (
    "zp_fluxcal",
    "fluxcal_zp",
    "zpt_fluxcal",
    "zeropoint_fluxcal",
    "fluxcal_zeropoint",
)


def scale_fluxes(points, flux, flux_err, zero_flux, rows, options):
    """Convert fluxes and errors to µJy.

    Parameters
    ----------
    points : LongTable
        Table of points.
    flux, flux_err : ndarray of float, shape (n_points,)
        Fluxes and errors on the scale of the table, or in µJy if they have a unit.
    zero_flux : ndarray of float, shape (n_points,)
        Flux of magnitude 0 in the band and system of each point, in µJy.
    rows : ndarray of int, shape (n_points,)
        Row of the object of each point; -1 for objects that are not wanted.
    options : PointOptions
        Parameters of read_tables.

    Returns
    -------
    flux, flux_err : ndarray of float, shape (n_points,)
        In µJy.
    unreadable : ndarray of bool, shape (n_points,)
        Points whose zero point is in a system that is unknown for their band.

    Raises
    ------
    ValueError
        If the system of a zero point is unknown, or if the parameter zero_point has no meaning.
    """
    bare = "flux" in points and points.unit("flux") is None
    has_scale = "zero_point" in points
    if options.zero_point is not None and (not bare or has_scale):
        raise ValueError(
            "The 'zero_point' parameter of read_tables applies only to a flux column without a "
            "unit and without a column of zero points. light_curves has no such column; omit it."
        )
    unreadable = np.zeros(len(points), dtype=bool)
    if has_scale and bare:
        scale_mag = in_magnitudes(points, "zero_point")[0]
        _reject_other_scales(points, scale_mag)
        has_flux = np.isfinite(flux)
        _reject_unknown_systems(points, has_flux & np.isfinite(scale_mag) & (rows >= 0))
        with np.errstate(over="ignore"):  # of damaged zero points such as -999
            scale = error_scale = zero_flux * 10 ** (-0.4 * scale_mag)
        scale = error_scale = np.where(np.isinf(scale), np.nan, scale)
        unreadable = has_flux & np.isnan(scale) & np.isfinite(scale_mag)
    else:
        scale = _default_scale(points, "flux", options)
        error_scale = _error_scale(points, flux_err, options, scale)
    if points.unit("flux_err") is None:
        flux_err = _scaled(flux_err, error_scale)
    return _scaled(flux, scale), flux_err, unreadable


def magnitude_offset(points, flux, mag, zero_flux, options):
    """Return by how much the magnitudes of a table and its fluxes of an assumed scale differ.

    Parameters
    ----------
    points : LongTable
        Table of points.
    flux : ndarray of float, shape (n_points,)
        Fluxes in µJy.
    mag : ndarray of float, shape (n_points,)
        Magnitudes.
    zero_flux : ndarray of float, shape (n_points,)
        Flux of magnitude 0 in the band and system of each point, in µJy.
    options : PointOptions
        Parameters of read_tables.

    Returns
    -------
    float or None
        Median of the flux, as a magnitude, minus the magnitude. None if they agree to 0.3 mag, if
        the difference varies from point to point, or if the scale of the flux is known.
    """
    if "flux" not in points or points.dialect is not None or options.zero_point is not None:
        return None
    if points.unit("flux") is not None or "zero_point" in points:
        return None
    if options.survey is not None or scale_of_name(points.names["flux"], None) is not None:
        return None
    with np.errstate(all="ignore"):
        difference = -2.5 * np.log10(flux / zero_flux) - mag
    difference = difference[np.isfinite(difference)]
    if len(difference) < 3:
        return None
    median = float(np.median(difference))
    spread = np.median(np.abs(difference - median))
    return median if abs(median) > 0.3 and spread < 0.1 else None


def _scaled(values, scale):
    return values if np.ndim(scale) == 0 and scale == 1 else values * scale


def default_systems(points, mag_system, has_flux, system):
    """Return the system of the points that name none: one for all, or one per point.

    Parameters
    ----------
    points : LongTable
        Table of points.
    mag_system : "AB" or None
        System that the unit of the magnitudes names.
    has_flux : ndarray of bool, shape (n_points,)
        Points with a flux.
    system : {"native", "AB", "Vega"}
        Parameter of read_tables.

    Returns
    -------
    str or Categorical of shape (n_points,)

    Raises
    ------
    ValueError
        If a unit contradicts the parameter or a column.
    """
    scale_system = in_magnitudes(points, "zero_point")[2] if "zero_point" in points else None
    unit_field = "mag" if mag_system else "zero_point" if scale_system else None
    if unit_field:
        _reject_other_systems(points, unit_field, system)
    default = "AB" if mag_system else system
    if "zero_point" in points and default != "AB":
        # `system` applies to magnitudes; the zero point of a flux is AB.
        default = pd.Categorical.from_codes(has_flux.astype(int), [default, "AB"])
    return default


def survey_of_letters(points):
    """Return the survey of bands with names of one character, or None.

    Parameters
    ----------
    points : LongTable
        Table whose dialect, or the header of its file, may name a survey.

    Returns
    -------
    str or None
        A name of a survey in the registry of bands, or the text of the header if it is another
        survey; None if no survey is named.
    """
    if points.dialect is None:
        return None
    if points.dialect.survey is not None:
        return points.dialect.survey
    text = as_text(points.header.get("survey")) or ""
    if text.lower() in _NO_SURVEY:
        return None
    part = as_text(points.header.get("subsurvey")) or text.partition("(")[2].rstrip(") ")
    for name in _survey_spellings(part or text):
        try:
            list_bands(name)
        except ValueError:
            continue
        return name
    return part or text


def _survey_spellings(text):
    """Return what may name the survey of a header, such as DES in DES-SN5YR or DES5YR."""
    if _COLLECTION.search(text):
        return [text]
    first = re.split(r"[_\-+/ ]", text)[0]
    letters = re.match(r"[A-Za-z]*", first)[0]
    return [name for name in (text, first, letters) if len(name) > 2]


def describe_scale(points, options):
    """Return how the fluxes of a table were scaled, for the record of read_tables."""
    if "flux" not in points:
        return "magnitudes" if "mag" in points else "none"
    if points.unit("flux") is not None:
        return f"unit {points.unit('flux')}"
    if "zero_point" in points:
        return f"zero points of column {points.names['zero_point']!r}"
    scale = _default_scale(points, "flux", options)
    if np.ndim(scale):
        return "zero points of the surveys of the points"
    return f"zero point {AB_ZERO_POINT - 2.5 * np.log10(scale):.6g}"


def _default_scale(points, field, options):
    """Return µJy per unit of a flux or error without a scale column: a number, or one per row."""
    if field not in points or points.unit(field) is not None:
        return 1.0
    if options.zero_point is not None:
        return _microjansky(options.zero_point)
    of_file = next((points.header[key] for key in _FLUXCAL_KEYS if key in points.header), None)
    if of_file is not None:
        return _microjansky(float(of_file))
    named = scale_of_name(points.names[field], None)
    if named is not None:
        return named
    if points.dialect is not None and points.dialect.zero_point is not None:
        return _microjansky(points.dialect.zero_point)
    if field == "flux" and is_in_counts(points.names[field]):
        raise ValueError(
            f"{points.location(field)}: the flux is in counts, and there is no zero point. Pass it "
            "as zero_point, or name its column with light_curve_columns={'zero_point': ...}."
        )
    if options.survey is None and "survey" in points:
        distinct, codes, _ = factorize_names(points["survey"])
        return np.array([*map(_survey_scale, distinct), 1.0])[codes]
    return _survey_scale(options.survey)


def _error_scale(points, errors, options, flux_scale):
    """Return µJy per unit of an error; by default the scale of its flux."""
    named = scale_of_name(points.names.get("flux_err"), None)
    if "flux" not in points or named is not None or points.unit("flux_err") is not None:
        return _default_scale(points, "flux_err", options)
    if points.unit("flux") is None or np.isnan(errors).all():
        return flux_scale
    try:
        return microjansky_of(points.unit("flux"))
    except ValueError as error:
        raise ValueError(f"{points.location('flux_err')}: {error}") from error


def _survey_scale(survey):
    return _microjansky(_FLUX_ZERO_POINTS.get((as_text(survey) or "").lower(), AB_ZERO_POINT))


def _microjansky(zero_point):
    return 10 ** (-0.4 * (zero_point - AB_ZERO_POINT))


def _reject_other_scales(points, scale_mag):
    """Raise if the name of a flux states a unit of Jy that its zero points contradict."""
    named = scale_of_name(points.names["flux"], None)
    if named is None or "jy" not in points.names["flux"].lower():
        return
    stated = AB_ZERO_POINT - 2.5 * np.log10(named)
    other = np.abs(scale_mag - stated) > 0.05
    if other.any():
        row = int(np.argmax(other))
        raise ValueError(
            f"{points.location('flux')}: the name states a unit, which has the zero point "
            f"{stated:g}, but column {points.names['zero_point']!r} is {scale_mag[row]:g} for "
            f"object {points.object_of(row)} (row {row}). Remove or rename one of the columns."
        )


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
            f"is {as_python(distinct[codes[row]])!r} for object {points.object_of(row)} (row "
            f"{row}). Give "
            f"{points.names[field]!r} the unit mag, or convert these rows to AB."
        )
