"""Turn the columns of one spectrum into wavelength, flux and error."""

import re
from dataclasses import dataclass

import numpy as np
from astropy import units as u

from sklearn_sn.data import is_flux_density
from sklearn_sn.datasets._spectrum_record import SpectrumRecord
from sklearn_sn.datasets._spectrum_roles import (
    errors_by_value,
    flux_rank,
    is_copy,
    is_in_counts,
    is_per_frequency,
    may_be_flux,
    plain_name,
    role_of,
)
from sklearn_sn.datasets._spectrum_units import is_spectral, named_unit

FIELDS = ("wavelength", "flux", "flux_err", "variance", "ivar", "mask")
AT_REST = "the wavelengths are named as those at rest, not as observed ones"
IN_COUNTS = "the flux is in counts, and not calibrated"
_MAGNITUDES = re.compile(r"(?<![a-z])(ab|st|vega)?[ _]?mag(nitudes?|s)?(?![a-z])")
LOG_WAVELENGTH = u.dex(u.AA)


@dataclass
class SpectrumColumn:
    """One column of a spectrum.

    Parameters
    ----------
    name : str or None
        Name in the file.
    unit : astropy unit or None
        Unit in the file.
    values : ndarray of shape (n_pixels,)
        Values in native byte order; NaN where missing.
    position : int
        Position in the file, from 1.
    """

    name: str | None
    unit: object
    values: np.ndarray
    position: int

    @property
    def label(self):
        """Position and name, for messages and the report."""
        return f"column {self.position}" + (f" {self.name!r}" if self.name else "")


def record_from_columns(file_format, columns, chosen=None, bad_pixels=None):
    """Return the spectrum that some columns hold.

    Parameters
    ----------
    file_format : str
        Format of the file, for the report.
    columns : list of SpectrumColumn
        The columns.
    chosen : dict of str to str or int or None, optional
        Names, or positions from 1, of the columns of some fields; None leaves a field out.
    bad_pixels : callable, optional
        Function from the values of the mask to a mask of bad pixels; by default, all that differ
        from 0 are bad.

    Returns
    -------
    SpectrumRecord

    Raises
    ------
    ValueError
        If there is no column of wavelengths or of fluxes, or a chosen column does not exist.
    """
    chosen = chosen or {}
    roles = {field: _find(columns, field, which) for field, which in chosen.items()}
    free = [c for c in columns if not any(c is used for used in roles.values())]
    if not any(role_of(column.name) for column in columns):
        _assign_by_position(roles, free)
    else:
        _assign_by_name(roles, free)
    wavelength, flux = roles.get("wavelength"), roles.get("flux")
    magnitudes = next((c for c in free if _is_magnitude(c)), None)
    if magnitudes is not None and (flux is None or flux is magnitudes):
        raise ValueError(
            f"{magnitudes.label} holds magnitudes, and a spectrum needs fluxes: convert AB "
            "magnitudes with flux = 10 ** (-0.4 * (mag + 48.6)), and read them with "
            "flux_unit='erg/s/cm2/Hz'"
        )
    for field, column in (("wavelength", wavelength), ("flux", flux)):
        if column is None:
            raise ValueError(
                f"no column is named as {field}; there are {[c.name for c in columns]}. Name it "
                f"with columns={{{field!r}: ...}}"
            )
    record = SpectrumRecord(
        file_format,
        _floats(wavelength),
        _floats(flux),
        units=_units(wavelength, flux),
        sources={"wavelength": wavelength.label, "flux": flux.label},
    )
    if role_of(wavelength.name) == "log_wavelength":
        record.units["wavelength"] = LOG_WAVELENGTH
    if "flux" not in record.units and is_per_frequency(flux.name):
        record.units["flux"] = named_unit(flux.name) or u.Jy  # of f_nu, the scale is arbitrary
    if "wavelength" not in record.units and is_spectral(named_unit(wavelength.name)):
        record.units["wavelength"] = named_unit(wavelength.name)
    if is_in_counts(flux.name) or is_in_counts(flux.unit):
        record.notes.append(IN_COUNTS)
    _describe_wavelength(record, plain_name(wavelength.name))
    used = [wavelength, flux]
    weighted = _apply_errors(record, roles, used)
    good = _good_pixels(record, roles.get("mask"), used, bad_pixels)
    masks = [mask for mask in (weighted, good) if mask is not None]
    if masks:
        record.keep(np.logical_and.reduce(masks))
    record.not_used += [c.label for c in columns if not any(c is one for one in used)]
    return record


def _is_magnitude(column):
    """Return whether the name or the unit of a column says that it holds magnitudes."""
    is_error = role_of(column.name) == "flux_err" or "err" in plain_name(column.name)
    texts = [str(column.name or ""), "" if column.unit is None else str(column.unit)]
    return not is_error and any(_MAGNITUDES.search(text.lower()) for text in texts)


def errors_of(values, kind):
    """Return errors from errors, variances or inverse variances; NaN where there is none.

    Parameters
    ----------
    values : ndarray of float
        The values.
    kind : {"flux_err", "variance", "ivar"}
        What they are.

    Returns
    -------
    ndarray of float64
    """
    values = np.asarray(values, dtype=np.float64)
    if kind == "flux_err":
        return values
    with np.errstate(divide="ignore", invalid="ignore"):
        errors = np.sqrt(values) if kind == "variance" else 1 / np.sqrt(values)
    return np.where(values > 0, errors, np.nan)


def _describe_wavelength(record, name):
    """Read the medium and the frame from the name of the wavelengths."""
    if re.search(r"vac(uum)?$|^vac", name):
        record.medium = "vacuum"
    elif re.search(r"air$|^air|^awav$", name):
        record.medium = "air"
    if "rest" in name:
        record.notes.append(AT_REST)


def _units(wavelength, flux):
    """Return the units of wavelength and flux, where they are units of that kind."""
    units = {}
    if wavelength.unit is not None and is_spectral(wavelength.unit):
        units["wavelength"] = wavelength.unit
    if flux.unit is not None and is_flux_density(flux.unit):
        units["flux"] = flux.unit
    return units


def _find(columns, field, which):
    if field not in FIELDS:
        raise ValueError(
            f"The keys of the 'columns' parameter must be among {list(FIELDS)}. Got {field!r} "
            "instead."
        )
    if which is None:
        return None
    for column in columns:
        if column.position == which if isinstance(which, int) else column.name == which:
            return column
    raise ValueError(f"there is no column {which!r}; there are {[c.label for c in columns]}")


def _assign_by_name(roles, columns):
    """Give each named column its field, unless the field has one already."""
    by_role = {}
    for column in columns:
        role = role_of(column.name)
        if role is not None:
            by_role.setdefault("wavelength" if role == "log_wavelength" else role, []).append(
                column
            )
    by_role.get("flux", []).sort(key=lambda column: flux_rank(column.name))
    flux = plain_name(by_role["flux"][0].name) if "flux" in by_role else ""
    # The error of the flux in use, if there are several.
    by_role.get("flux_err", []).sort(key=lambda column: flux not in plain_name(column.name))
    # Of linear and logarithmic wavelengths, the linear ones.
    by_role.get("wavelength", []).sort(key=lambda c: role_of(c.name) == "log_wavelength")
    for role, found in by_role.items():
        roles.setdefault(role, found[0])
    if "flux" not in roles and roles.get("wavelength"):
        # A name that says nothing, right of the wavelength.
        place = roles["wavelength"].position + 1
        if found := [c for c in columns if c.position == place and may_be_flux(c.name)]:
            roles["flux"] = found[0]


def _assign_by_position(roles, columns):
    """Take the first two columns as wavelength and flux; decide on the third by its values."""
    columns = list(columns)
    if len(columns) > 2 and _counts_pixels(columns[0].values):
        columns.pop(0)
    for field in ("wavelength", "flux"):
        if field not in roles and columns:
            roles[field] = columns.pop(0)
    if columns and roles.get("flux") and not {"flux_err", "variance", "ivar"} & set(roles):
        role = errors_by_value(roles["flux"].values, columns[0].values)
        if role is not None:
            roles[role] = columns[0]


def _counts_pixels(values):
    return len(values) > 1 and values[0] in (0, 1) and bool(np.all(np.diff(values) == 1))


def _apply_errors(record, roles, used):
    """Set the errors; return the pixels with a weight, or None if there are no weights."""
    for kind in ("flux_err", "variance", "ivar"):
        column = roles.get(kind)
        if column is None:
            continue
        values = _floats(column)
        errors = errors_of(values, kind)
        if is_copy(record.flux, values):
            record.notes.append(f"{column.label} repeats the flux and is no error: not used")
            continue
        used.append(column)
        record.flux_err = errors
        record.sources["flux_err"] = f"{column.label}, taken as {kind}" + (
            "" if role_of(column.name) else " by its values"
        )
        unit = column.unit or named_unit(column.name)
        if kind == "flux_err" and is_flux_density(unit):
            record.units["flux_err"] = unit
        return values > 0 if kind == "ivar" else None
    return None


def _good_pixels(record, column, used, bad_pixels):
    """Return the pixels that the mask leaves, or None if there is no mask."""
    if column is None:
        return None
    values = np.nan_to_num(_floats(column)).astype(np.int64)
    bad = values != 0 if bad_pixels is None else bad_pixels(values)
    if bad_pixels is None and bad.mean() > 0.5 and not plain_name(column.name).endswith("mask"):
        record.notes.append(f"{column.label} marks most pixels: meaning unknown, not used")
        return None
    used.append(column)
    record.sources["mask"] = column.label
    return ~bad


def _floats(column):
    try:
        return np.array(column.values, dtype=np.float64).ravel()
    except (TypeError, ValueError):
        raise ValueError(f"{column.label} does not hold numbers") from None
