"""Gather the points and pixels of long tables by object."""

import re

import numpy as np
import pandas as pd

from sklearn_sn.data import (
    Ragged,
    as_python,
    factorize_names,
    flux_per_wavelength,
    is_repeated_exposure,
    to_mjd,
)
from sklearn_sn.datasets._columns import unused_errors
from sklearn_sn.datasets._points import concatenate_points, convert_points
from sklearn_sn.datasets._scales import describe_scale, survey_of_letters
from sklearn_sn.datasets._spectra import gather_spectra
from sklearn_sn.datasets._spectrum_units import parse_unit

_BRACKETS = re.compile(r"[(\[]([^()\[\]]+)[)\]]\s*$")


def gather_light_curves(parts, index, options, log):
    """Convert long tables of points to light curves in µJy.

    Parameters
    ----------
    parts : list of LongTable
        Tables of points.
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
    curves = []
    for part in parts:
        rows = rows_of(part, index, log)
        curves.append(convert_points(part, rows, index, options, log))
        log.unused_errors(part, unused_errors(part.names, part.unused))
        log.add_table(
            kind="light_curves",
            file=part.label,
            dialect=getattr(part.dialect, "name", None),
            columns={("object_id" if f == "id" else f): name for f, name in part.names.items()},
            scale=describe_scale(part, options),
            system="of each point" if "system" in part else options.system,
            survey_of_letters=options.survey or survey_of_letters(part),
            not_used=list(part.unused),
        )
    curves = concatenate_points(curves, len(index))
    if len(parts) == 1 and parts[0].dialect is None:
        return curves  # check_table merges repeated exposures, and reports it
    repeated = is_repeated_exposure(curves)
    log.count("same_exposure", repeated)
    return curves.filter(~repeated) if repeated.any() else curves


def gather_spectra_of(parts, index, log):
    """Convert long tables of pixels to spectra.

    Parameters
    ----------
    parts : list of LongTable
        Tables of pixels.
    index : pandas.Index of shape (n_objects,)
        Object names.
    log : ReadLog
        Log of what is left out.

    Returns
    -------
    Ragged
        Fields wavelength, flux and, if a table has them, flux_err and time; one row per object.
    """
    spectra = []
    for part in parts:
        spectra.append(_spectra(part, rows_of(part, index, log), len(index)))
        log.add_table(
            kind="spectra",
            file=part.label,
            columns={("object_id" if f == "id" else f): name for f, name in part.names.items()},
            not_used=list(part.unused),
        )
    if len(spectra) == 1:
        return spectra[0]
    fields = dict.fromkeys(name for part in spectra for name in part.fields)
    flat = {
        name: np.concatenate(
            [part[name] if name in part else np.full(part.n_points, np.nan) for part in spectra]
        )
        for name in fields
    }
    rows = np.concatenate([part.rows for part in spectra])
    return Ragged.from_groups(rows, len(index), flat)


def rows_of(part, index, log):
    """Return the row of every point; -1 for objects that are not wanted.

    Parameters
    ----------
    part : LongTable
        Table of points or pixels.
    index : pandas.Index of shape (n_objects,)
        Object names.
    log : ReadLog
        Log of what is left out.

    Returns
    -------
    ndarray of int, shape (n_points,)
    """
    names, codes = part.objects, part.codes
    unit = "points" if part.parameter == "light_curves" else "pixels"
    if not (codes < 0).any() and len(names) == len(index) and names == index.tolist():
        return codes
    names = pd.Index(names, dtype=None if names else index.dtype)
    numeric = pd.api.types.is_numeric_dtype
    if len(names) and numeric(names) != numeric(index):
        # One file may hold names as numbers, another one as text.
        names, index = names.astype(str), index.astype(str)
    row = np.append(index.get_indexer(names), -1)
    unmatched = np.flatnonzero(row[:-1] < 0)
    if len(unmatched):
        log.left_out.add(
            ("no such object", unit),
            unit + " of {objects} objects that are not in objects (first "
            f"{as_python(names[unmatched[0]])!r})",
            objects=[names[i] for i in unmatched],
            file=part.label,
        )
    if (codes < 0).any():
        log.left_out.add(
            ("no object", unit),
            f"{{n}} {unit} without an object",
            int((codes < 0).sum()),
            file=part.label,
        )
    return row[codes]


def merge_objects(frames, id_column):
    """Return the plain columns of several tables of objects as one.

    Parameters
    ----------
    frames : list of DataFrame
        Tables of objects, indexed by name.
    id_column : str
        Name of the index.

    Returns
    -------
    pandas.DataFrame
        One row per object; of an object in several tables, the first value that is given.
    """
    if len(frames) == 1:
        return frames[0].rename_axis(index=id_column)
    merged = pd.concat(frames)
    if merged.index.has_duplicates:
        merged = merged.groupby(level=0, sort=False).first()
    return merged.rename_axis(index=id_column)


def _unit_in_name(pixels, field):
    """Return the unit in brackets at the end of the name of a column that has no other, or None."""
    found = _BRACKETS.search(pixels.names[field])
    return None if found is None or pixels.unit(field) is not None else parse_unit(found[1])


def _spectra(pixels, rows, n_rows):
    wanted = rows >= 0
    fields = {"wavelength": pixels.numbers("wavelength", "Angstrom")}
    unit = _unit_in_name(pixels, "wavelength")
    if unit is not None and unit.is_equivalent("Angstrom"):
        fields["wavelength"] = fields["wavelength"] * unit.to("Angstrom")
    for name in ("flux", "flux_err"):
        if name in pixels:
            values = pixels.numbers(name, pixels.unit(name) or "")
            units = [pixels.unit(name), _unit_in_name(pixels, name), pixels.unit("flux")]
            units.append(_unit_in_name(pixels, "flux"))
            unit = next((one for one in units if one is not None), None)
            try:
                fields[name] = flux_per_wavelength(values, unit, fields["wavelength"])
            except ValueError as error:
                raise ValueError(f"{pixels.location(name)}: {error}") from error
    if "time" in pixels:
        fields["time"] = to_mjd(pixels.numbers("time", "d"))
    spectrum = None
    if "spectrum_id" in pixels:
        spectrum = factorize_names(pixels["spectrum_id"])[1].astype(np.int64) + 1
    if not wanted.all():
        fields = {name: values[wanted] for name, values in fields.items()}
        rows, spectrum = rows[wanted], None if spectrum is None else spectrum[wanted]
    return gather_spectra(rows, n_rows, fields, spectrum)
