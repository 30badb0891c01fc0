"""Spectra of surveys in FITS files: SDSS and BOSS, DESI, and other tables of pixels."""

import re

import numpy as np
from astropy import units as u

from sklearn_sn.datasets._spectrum_columns import SpectrumColumn, errors_of, record_from_columns
from sklearn_sn.datasets._spectrum_comments import unit_entries
from sklearn_sn.datasets._spectrum_header import facts_of
from sklearn_sn.datasets._spectrum_record import SpectrumRecord
from sklearn_sn.datasets._spectrum_roles import role_of
from sklearn_sn.datasets._spectrum_units import column_unit, parse_unit

# Bits of SDSS's and_mask that describe a bright neighbour or the smear exposures of 2000–2008, and
# leave the pixel usable (https://www.sdss4.org/dr17/algorithms/bitmasks/#SPPIXMASK).
_HARMLESS = sum(1 << bit for bit in (8, 9, 10, 11, 12))
_ARM = re.compile(r"(\w+?)_?WAVELENGTH$")
_SAME = 1e-3  # Å; pixels of two arms closer than this are one pixel


def is_desi(parts) -> bool:
    """Return whether a FITS file holds the arms of DESI and its table of targets."""
    names = {part.name for part in parts}
    return "FIBERMAP" in names and any(_ARM.match(name) for name in names)


def find_table(parts):
    """Return the first table with columns of wavelength and flux, or None."""
    for part in parts:
        roles = {role_of(name) for name in part.columns}
        if "flux" in roles and {"wavelength", "log_wavelength"} & roles:
            return part
    return None


def read_table(parts, table, columns=None):
    """Read a spectrum that is a table, such as the coadd of SDSS and BOSS.

    Parameters
    ----------
    parts : list of FitsPart
        Parts of the file; the first one has the header.
    table : FitsPart
        Table with one row for each pixel, or one row of arrays.
    columns : dict of str to str or int or None, optional
        Columns of some fields.

    Returns
    -------
    SpectrumRecord
    """
    header = {**table.header, **parts[0].header}
    found = []
    for i, (name, values) in enumerate(table.columns.items()):
        if values.ndim > 1 and len(values) > 1 and role_of(name):
            raise ValueError(
                f"extension {table.name!r} has {len(values)} rows of arrays, such as the orders of "
                "an echelle; join them to one spectrum first"
            )
        if values.dtype.kind in "iufbO":
            unit = column_unit(table.units.get(name, ""))
            found.append(SpectrumColumn(name, unit, values.ravel(), i + 1))
    longest = max((len(c.values) for c in found if role_of(c.name) == "flux"), default=0)
    found = [column for column in found if len(column.values) == longest]
    is_sdss = any(role_of(column.name) == "log_wavelength" for column in found)
    bad_pixels = (lambda mask: (mask & ~_HARMLESS) != 0) if is_sdss else None
    file_format = "SDSS spectrum" if is_sdss else "FITS table"
    record = record_from_columns(file_format, found, columns, bad_pixels)
    by_header, _ = unit_entries({k: v for k, v in header.items() if k == "BUNIT"})
    record.units = {**by_header, **record.units}
    record.describe(facts_of(header))
    if is_sdss:
        record.medium = record.medium or "vacuum"
        _add_redshift(record, parts)
    record.not_used += [
        f"extension {part.name!r}" for part in parts if part.columns and part is not table
    ]
    return record


def _add_redshift(record, parts):
    """Take redshift and class from SDSS's table of the pipeline, if the fit was good."""
    for part in parts:
        z, warning = part.columns.get("Z"), part.columns.get("ZWARNING")
        if z is None or warning is None or len(z) != 1:
            continue
        if int(warning[0]) == 0 and 0 <= float(z[0]) <= 10:
            record.metadata.setdefault("redshift", float(z[0]))
            record.sources["redshift"] = f"extension {part.name!r}, column 'Z'"
        else:
            record.notes.append(
                f"redshift {float(z[0]):g} has ZWARNING {int(warning[0])}: not used"
            )


def read_desi(parts):
    """Read the spectra of a DESI file, one for each row of its table of targets.

    Parameters
    ----------
    parts : list of FitsPart
        Parts of the file: FIBERMAP, and for each arm WAVELENGTH, FLUX, IVAR and MASK.

    Returns
    -------
    list of SpectrumRecord
        Arms are joined; pixels that two arms share are averaged by weight.

    Raises
    ------
    ValueError
        If an arm lacks its fluxes, or shapes differ.
    """
    named = {part.name: part for part in parts}
    fibers = named["FIBERMAP"].columns
    if "TARGETID" not in fibers:
        raise ValueError("the extension 'FIBERMAP' has no column 'TARGETID'")
    prefixes = [_ARM.match(name)[1] for name in named if _ARM.match(name)]
    arms = [_arm(named, prefix, len(fibers["TARGETID"])) for prefix in sorted(prefixes)]
    wavelength = np.concatenate([arm["wavelength"] for arm in arms])
    order = np.argsort(wavelength, kind="stable")
    wavelength = wavelength[order]
    flux, weight = (
        np.concatenate([arm[key] for arm in arms], axis=1)[:, order] for key in ("flux", "weight")
    )
    unit = next((arm["unit"] for arm in arms if arm["unit"] is not None), None)
    used = {f"{p}_{k}" for p in prefixes for k in ("WAVELENGTH", "FLUX", "IVAR", "MASK")}
    not_used = [f"extension {part.name!r}" for part in parts[1:] if part.name not in used]
    not_used = [label for label in not_used if "FIBERMAP" not in label]
    records = []
    for row, target in enumerate(fibers["TARGETID"]):
        kind = str(_cell(fibers, "OBJTYPE", row) or "").strip().upper()
        if target is None or kind == "SKY":
            continue
        joined = _join(wavelength, flux[row], weight[row])
        record = SpectrumRecord(
            "DESI spectra",
            *joined,
            units={"wavelength": u.AA, **({"flux": unit} if unit is not None else {})},
            name=str(int(target)),
            medium="vacuum",
            sources={
                name: " + ".join(f"{prefix}_{part}" for prefix in sorted(prefixes))
                for name, part in (("flux", "FLUX"), ("flux_err", "IVAR"))
            },
            not_used=list(not_used),
            n_masked=int((weight[row] <= 0).sum()),
        )
        _describe_target(record, named, row)
        records.append(record)
    if not records:
        raise ValueError("the extension 'FIBERMAP' has no target, only sky")
    return records


def _arm(named, prefix, n_rows):
    """Return wavelength, flux, weight and unit of one arm; masked pixels have no weight."""
    try:
        wavelength = named[f"{prefix}_WAVELENGTH"].array.astype(np.float64).ravel()
        flux = named[f"{prefix}_FLUX"].array.astype(np.float64)
        weight = named[f"{prefix}_IVAR"].array.astype(np.float64)
        mask = named[f"{prefix}_MASK"].array if f"{prefix}_MASK" in named else None
    except (KeyError, AttributeError):
        raise ValueError(f"the arm {prefix!r} lacks its wavelengths, fluxes or weights") from None
    shape = (n_rows, len(wavelength))
    if flux.shape != shape or weight.shape != shape or (mask is not None and mask.shape != shape):
        raise ValueError(f"the arrays of the arm {prefix!r} differ in shape from {shape}")
    good = np.isfinite(flux) & (weight > 0) & np.isfinite(weight)
    if mask is not None:
        good &= mask == 0
    unit = parse_unit(named[f"{prefix}_FLUX"].header.get("BUNIT") or "")
    return {
        "wavelength": wavelength,
        "flux": flux,
        "weight": np.where(good, weight, 0),
        "unit": unit,
    }


def _join(wavelength, flux, weight):
    """Return the good pixels of one target; pixels at one wavelength become their mean."""
    good = weight > 0
    wavelength, flux, weight = wavelength[good], flux[good], weight[good]
    if len(wavelength) == 0:
        return wavelength, flux, weight
    starts = np.flatnonzero(np.concatenate([[True], np.diff(wavelength) > _SAME]))
    total = np.add.reduceat(weight, starts)
    mean = np.add.reduceat(flux * weight, starts) / total
    return wavelength[starts], mean, errors_of(total, "ivar")


def _describe_target(record, named, row):
    """Add coordinates, redshift and time of one row of FIBERMAP."""
    fibers = named["FIBERMAP"].columns
    record.metadata["instrument"] = "DESI"
    for name in ("ra", "dec"):
        value = _cell(fibers, f"TARGET_{name.upper()}", row)
        if value is not None and np.isfinite(value):
            record.metadata[name] = float(value)
    for column in ("MEAN_MJD", "MJD"):
        for part in ("FIBERMAP", "SCORES"):
            value = _cell(named[part].columns, column, row) if part in named else None
            if value is not None and value > 0 and np.isnan(record.time):
                record.time, record.sources["time"] = float(value), f"{part}, column {column!r}"
    if np.isnan(record.time):
        _time_of_exposures(record, named.get("EXP_FIBERMAP"))
    _redshift_of_target(record, named.get("REDSHIFTS"))


def _time_of_exposures(record, exposures):
    columns = exposures.columns if exposures is not None else {}
    if "TARGETID" not in columns or "MJD" not in columns:
        return
    times = columns["MJD"][columns["TARGETID"] == int(record.name)]
    if len(times) and np.all(times > 0):
        record.time, record.sources["time"] = float(np.mean(times)), "mean of EXP_FIBERMAP's MJD"


def _redshift_of_target(record, redshifts):
    columns = redshifts.columns if redshifts is not None else {}
    if not {"TARGETID", "Z", "ZWARN"} <= set(columns):
        return
    good = (columns["TARGETID"] == int(record.name)) & (columns["ZWARN"] == 0)
    values = columns["Z"][good]
    if len(values) and 0 <= values[0] <= 10:
        record.metadata["redshift"] = float(values[0])


def _cell(columns, name, row):
    values = columns.get(name)
    return None if values is None or len(values) <= row or values.ndim != 1 else values[row]
