"""Read files of spectra into a table with one row per object."""

from os import PathLike
from typing import Any

import pandas as pd
from astropy import units as u
from sklearn.utils._param_validation import StrOptions, validate_params

from sklearn_sn.data import warn_quality
from sklearn_sn.datasets._read_report import ReadReport, counted
from sklearn_sn.datasets._repeated_spectra import repeats
from sklearn_sn.datasets._snid_templates import NO_FLUX
from sklearn_sn.datasets._spectrum_ascii import read_text
from sklearn_sn.datasets._spectrum_columns import AT_REST, IN_COUNTS
from sklearn_sn.datasets._spectrum_files import (
    decode,
    label_of,
    list_sources,
    load_content,
    stem_of,
)
from sklearn_sn.datasets._spectrum_fits import read_fits
from sklearn_sn.datasets._spectrum_names import ObjectNames
from sklearn_sn.datasets._spectrum_objects import is_spectrum_object, read_spectrum_object
from sklearn_sn.datasets._spectrum_scale import convert_medium, describe_units, rescale
from sklearn_sn.datasets._spectrum_table import spectrum_table
from sklearn_sn.datasets._spectrum_units import is_spectral, parse_unit


@validate_params(
    {
        "paths": "no_validation",
        "object_id": [str, "array-like", dict, None],
        "columns": [dict, None],
        "wavelength_unit": [str, u.UnitBase, None],
        "flux_unit": [str, u.UnitBase, None],
        "medium": [StrOptions({"air", "vacuum"}), None],
        "on_error": [StrOptions({"raise", "skip"})],
        "verbose": ["verbose"],
    },
    prefer_skip_nested_validation=True,
)
def read_spectra(
    paths: str | PathLike | list | Any,
    *,
    object_id: str | list[str] | dict[str, str] | None = None,
    columns: dict[str, str | int | None] | None = None,
    wavelength_unit: str | u.UnitBase | None = None,
    flux_unit: str | u.UnitBase | None = None,
    medium: str | None = None,
    on_error: str = "raise",
    verbose: int = 0,
) -> pd.DataFrame:
    """Read files of spectra into a table with one row per object.

    The format of a file is recognised by its content: text with columns of numbers (WISeREP, TNS,
    SNIFS, SEDM and other pipelines), IRAF's one-dimensional FITS files (linear, log-linear, bands
    of apall), FITS tables (SDSS and BOSS, ESO, JWST), DESI coadds, and SNID templates. Files may
    be compressed with gzip.

    Parameters
    ----------
    paths : str, Path, file handle, Spectrum of specutils, or list of these
        A text may be a pattern such as ``"spectra/*.ascii"``; a folder stands for its files with a
        suffix of spectra.
    object_id : str, list of str, or dict of str to str, optional
        Names of the objects: one for all files, one for each file in order, or a map from a path,
        file name, stem or name in the header. By default, the name in the header, or else the name
        of the file without suffix.
    columns : dict of str to str or int or None, optional
        Name, or position from 1, of the columns of wavelength, flux, flux_err, variance, ivar and
        mask, for files whose columns are not recognised: ``{"variance": 3}``. None leaves a field
        out.
    wavelength_unit : str or astropy unit, optional
        Unit of the wavelengths, in place of that of the files: ``"nm"``, ``"um"``,
        ``"dex(Angstrom)"`` for log10 of Å.
    flux_unit : str or astropy unit, optional
        Unit of the fluxes, in place of that of the files, such as ``"1e-17 erg/s/cm2/A"``.
    medium : {"air", "vacuum"}, optional
        Medium to which wavelengths are converted (Ciddor 1996). By default, they are left as they
        are. Wavelengths of unknown medium are left, with a warning.
    on_error : {"raise", "skip"}, default="raise"
        Raise at a file that cannot be read, or leave it out with a warning.
    verbose : int, default=0
        Print the report if it is not 0.

    Returns
    -------
    X : pandas.DataFrame of n_objects rows
        Column spectrum (nested: wavelength in Å, flux, flux_err and time in MJD, where known), and
        columns telescope, instrument, redshift, ra and dec (degrees) and type where headers have
        them. Files of one object become its spectra. ``X.attrs["read"]`` is the report: in
        "tables", for each file its format, which column or extension became which field, units and
        medium, what was not used, and how many pixels were masked; in "counts", what was left out.

    Raises
    ------
    ValueError
        If a file is empty, broken, binary or no spectrum, if its wavelengths have no unit and do
        not look like Å, or if an object has no name. The message names the file and the remedy.
    FileNotFoundError
        If a path does not exist.

    Warns
    -----
    DataQualityWarning
        Once per call, with all that a user should look at: pixels with codes for "not measured",
        spectra that two files repeat, SNID templates (no flux density), files left out.

    See Also
    --------
    read_tables : Gather long tables of photometry and spectra.

    Notes
    -----
    An unnamed third column is taken as error or variance only if its values behave like one;
    otherwise it is left out and reported. Fluxes without a unit are relative. Pixels that a file
    masks (mask, ``ivar = 0``) are left out. IRAF's multispec format is read if it has one aperture
    with linear or log-linear wavelengths.

    SNID templates are at rest, without continuum; their `time` is the phase in days.

    Examples
    --------
    >>> import io
    >>> from sklearn_sn.datasets import read_spectra
    >>> file = io.StringIO('''# OBJECT: SN2099zz
    ... # MJD: 59000.5
    ... # wavelength flux sigma
    ... # [A] [erg/s/cm2/A]
    ... 4000.0 2.0e-15 1e-16
    ... 4002.0 2.2e-15 1e-16
    ... ''')
    >>> X = read_spectra(file)
    >>> X["spectrum"].loc["SN2099zz"]["wavelength"].tolist()
    [4000.0, 4002.0]
    >>> X.attrs["read"]["tables"][0]["columns"]["flux_err"]
    "column 3 'sigma', taken as flux_err"
    """
    units = {
        "wavelength_unit": _unit(wavelength_unit, "wavelength_unit"),
        "flux_unit": _unit(flux_unit, "flux_unit"),
    }
    sources = list_sources(paths)
    names = ObjectNames(object_id, len(sources))
    records, entries, failures = [], [], []
    for position, source in enumerate(sources):
        label = label_of(source, position)
        try:
            found = _read(source, columns)
            for record in found:
                rescale(record, **units)
            names.assign(found, source, position, stem_of(source))
        except (ValueError, OSError) as error:
            if on_error == "raise":
                raise _with_file(error, label) from error
            failures.append(f"{label}: {error}")
            continue
        entries.append(_entry(label, found, medium, units["wavelength_unit"]))
        records += found
    if not records:
        raise ValueError(f"No file could be read. The first error is: {failures[0]}")
    remarks = _remarks(records, entries, failures, medium)
    kept = [r for r, same in zip(records, repeats(records), strict=True) if same is None]
    if len(kept) < len(records):
        remarks.append(
            f"{counted(len(records) - len(kept), 'spectrum')} left out as repeating others"
        )
    X, n_unmeasured, remark = spectrum_table(kept)
    remarks = [remark, *remarks] if remark else remarks
    report = ReadReport(entries)
    X.attrs["read"] = {"tables": report, "counts": _counts(records, kept, n_unmeasured)}
    if verbose:
        print(report)
    if remarks:
        warn_quality("Spectra were read with remarks: " + "; ".join(remarks) + ".")
    return X


def _read(source, columns):
    """Return the spectra of one source, by its content."""
    if is_spectrum_object(source):
        return read_spectrum_object(source)
    content = load_content(source)
    if content.startswith(b"SIMPLE  ="):
        return read_fits(content, columns)
    return read_text(decode(content), columns)


def _unit(value, parameter):
    """Return a unit given as a parameter."""
    if value is None or isinstance(value, u.UnitBase):
        return value
    unit = parse_unit(value)
    if (
        unit is None
        and parameter == "wavelength_unit"
        and value.replace(" ", "").startswith("dex(")
    ):
        unit = u.dex(u.AA)
    if unit is None or is_spectral(getattr(unit, "physical_unit", unit)) != (
        parameter == "wavelength_unit"
    ):
        raise ValueError(
            f"The '{parameter}' parameter of read_spectra must be a unit of "
            f"{'wavelength' if parameter == 'wavelength_unit' else 'flux density'}. Got {value!r} "
            "instead."
        )
    return unit


def _with_file(error, label):
    """Return the error with the name of the file."""
    if isinstance(error, OSError):
        return error
    return ValueError(f"{label}: {error}" + ("" if str(error).endswith(".") else "."))


def _entry(label, records, medium, wavelength_unit):
    """Return the report of one file; convert its spectra to the medium."""
    first = records[0]
    media = [convert_medium(record, medium) for record in records]
    return {
        "kind": "spectra",
        "file": label,
        "format": first.file_format,
        "objects": list(dict.fromkeys(record.name for record in records)),
        "n_spectra": len(records),
        "n_pixels": sum(len(record.flux) for record in records),
        "n_masked": sum(record.n_masked for record in records),
        "columns": dict(first.sources),
        "units": describe_units(first, wavelength_unit),
        "medium": media[0],
        "not_used": list(first.not_used),
        "notes": list(dict.fromkeys(note for record in records for note in record.notes)),
    }


def _counts(records, kept, n_unmeasured):
    """Return the numbers of pixels and spectra that were left out."""
    counts = {
        "masked": sum(record.n_masked for record in records),
        "not_measured": n_unmeasured,
        "repeated_spectra": len(records) - len(kept),
    }
    return {name: number for name, number in counts.items() if number}


def _remarks(records, entries, failures, medium):
    """Return the sentences of the warning."""
    remarks = []
    templates = [r.name for r in records if NO_FLUX in r.notes]
    if templates:
        remarks.append(
            f"{counted(len(templates), 'spectrum')} of SNID templates (first {templates[0]!r}): "
            f"{NO_FLUX}"
        )
    at_rest = [entry["file"] for entry in entries if AT_REST in entry["notes"]]
    if at_rest:
        remarks.append(f"{counted(len(at_rest), 'file')} (first {at_rest[0]}): {AT_REST}")
    in_counts = [entry["file"] for entry in entries if IN_COUNTS in entry["notes"]]
    if in_counts:
        remarks.append(f"{counted(len(in_counts), 'file')} (first {in_counts[0]}): {IN_COUNTS}")
    alone = [e["file"] for e in entries if any("of the errors alone" in n for n in e["notes"])]
    if alone:
        remarks.append(
            f"the errors of {counted(len(alone), 'file')} (first {alone[0]}) have a unit and the "
            "fluxes have none: they were taken to be on one scale; pass flux_unit="
        )
    copies = [e["file"] for e in entries if any("repeats the flux" in n for n in e["notes"])]
    if copies:
        remarks.append(
            f"errors that repeat the flux left out in {counted(len(copies), 'file')} "
            f"(first {copies[0]})"
        )
    unknown = [entry["file"] for entry in entries if entry["medium"] == "unknown"]
    if medium is not None and unknown:
        remarks.append(
            f"wavelengths of {counted(len(unknown), 'file')} not converted, as the medium (air or "
            f"vacuum) is not given (first {unknown[0]})"
        )
    if failures:
        remarks.append(f"{counted(len(failures), 'file')} left out (first {failures[0]})")
    return remarks
