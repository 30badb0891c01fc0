"""Columns of a long table under canonical names, and their conversion to numbers."""

import re
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from astropy import units as u
from astropy.table import Column

from sklearn_sn.data import as_text, factorize_names, to_unit
from sklearn_sn.datasets._fortran_numbers import with_exponents_of_c

# Text that denotes a missing number, in lower case, as in pandas' readers.
_MISSING = {"", "nan", "na", "n/a", "null", "none", "<na>", "-", "--", "---", "..."}
_MISSING |= {"indef", "masked", "nodata", "no data", "....", "....."}  # INDEF is that of IRAF
# First character of an upper limit: magnitudes are larger (fainter), fluxes smaller.
_LIMIT_SIGNS = {"mag": (">", "≥"), "flux": ("<", "≤")}
_DATE = re.compile(r"\d{4}[-/]\d{1,2}")
_DECIMAL_COMMA = re.compile(r"[-+]?\d*,\d+")


@dataclass(frozen=True)
class LongTable:
    """Columns of one long table.

    Parameters
    ----------
    parameter : {"light_curves", "spectra"}
        Parameter of read_tables that holds the table, for messages.
    columns : dict of str to array-like of shape (n_rows,)
        Columns by canonical field name.
    names : dict of str to str
        Column name in the table of each canonical field.
    objects : list
        Distinct object names.
    codes : array of int, shape (n_rows,)
        Index into `objects` of every row; -1 for rows without an object.
    dialect : Dialect or None
        Survey dialect of the table.
    header : dict
        Values of the header of the file.
    label : str or None
        Path of the file.
    unused : tuple of str
        Columns of the table that are not used.
    time_offset : float
        Days to add to the times.
    limit_columns : tuple of (array-like, str)
        Columns that mark upper limits, each with the pattern of its marks.
    bad : ndarray of bool, shape (n_rows,), or None
        Points that the survey calls unusable.
    plain : dict of str to array-like of shape (n_rows,)
        Columns of the table that describe its objects.
    is_arrow : bool
        Whether the columns are those of a file or an Arrow table, which nobody can change.
    """

    parameter: str
    columns: dict
    names: dict
    objects: list
    codes: np.ndarray
    dialect: object = None
    header: dict = field(default_factory=dict)
    label: str | None = None
    unused: tuple = ()
    time_offset: float = 0.0
    limit_columns: tuple = ()
    bad: np.ndarray | None = None
    plain: dict = field(default_factory=dict)
    is_arrow: bool = False

    def __contains__(self, field):
        return field in self.columns

    def __getitem__(self, field):
        return self.columns[field]

    def __len__(self):
        return len(self.codes)

    def unit(self, field):
        """Return the astropy unit of a field, or None."""
        return getattr(self.columns.get(field), "unit", None)

    def location(self, field):
        """Describe the location of a field, for messages."""
        file = "" if self.label is None else f" of {self.label}"
        return f"{self.parameter}{file}, column {self.names[field]!r}"

    def object_of(self, row):
        """Describe the object of a row, for messages."""
        return repr(self.objects[self.codes[row]]) if self.codes[row] >= 0 else "without a name"

    def numbers(self, field, unit=""):
        """Return a field as float64 of shape (n_rows,) in a unit; missing values are NaN."""
        return self.numbers_and_limits(field, unit)[0]

    def numbers_and_limits(self, field, unit=""):
        """Return a field as float64, and a mask of limits written as text, such as ``>19.2``.

        Parameters
        ----------
        field : str
            Canonical field name.
        unit : str or astropy unit, default=""
            Unit to convert to.

        Returns
        -------
        numbers : ndarray of float64, shape (n_rows,)
            Values; NaN for missing values and limits.
        limits : ndarray of bool, shape (n_rows,)
            True for limits. Only mag and flux of light curves can hold limits.
        """
        values = self.columns[field]
        try:
            numbers = to_unit(values, unit).astype(np.float64, copy=not self.is_arrow)
            return numbers, np.zeros(len(self), dtype=bool)
        except (TypeError, ValueError) as error:
            if not holds_text(values):
                raise ValueError(f"{self.location(field)}: {error}") from error
        numbers, limits = self._from_text(field)
        column_unit = self.unit(field)
        if column_unit is not None:
            numbers = to_unit(Column(numbers, unit=column_unit), unit)
        return numbers.astype(np.float64), limits

    def _from_text(self, field):
        distinct, codes, _ = factorize_names(self.columns[field])
        texts = [as_text(value) or "" for value in distinct] + [""]  # the last one is for code -1
        numbers = _parse(texts)
        signs = _LIMIT_SIGNS.get(field, ()) if self.parameter == "light_curves" else ()
        if field == "mag" and self.dialect is not None:
            signs = (*signs, *self.dialect.limit_sign)
        bodies = [text[1:].strip() if text[:1] in signs else "" for text in texts]
        limits = np.isfinite(_parse(bodies))
        nothing = _MISSING.union(self.dialect.missing if self.dialect is not None else ())
        missing = np.array([text.lower() in nothing for text in texts], dtype=bool)
        bad = (np.isnan(numbers) & ~missing & ~limits)[codes]
        if bad.any():
            row = int(np.argmax(bad))
            text = texts[codes[row]]
            raise ValueError(
                f"{self.location(field)}: {text!r} of object {self.object_of(row)} (row {row}) is "
                f"not a number; {self._remedy(field, text)}."
            )
        return numbers[codes], limits[codes]

    def _remedy(self, field, text):
        if field == "time" and _DATE.match(text):
            return "times must be MJD: convert them with astropy.time.Time(dates).mjd"
        if _DECIMAL_COMMA.fullmatch(text):
            return "use a decimal point, or read the file with pandas.read_csv(..., decimal=',')"
        if field == "mag" and text[:1] in ("<", "≤"):
            return (
                f"if it means fainter than {text[1:].strip()}, as in files of the AAVSO, write "
                f"'>{text[1:].strip()}' or pass dialect='aavso'; else leave it empty"
            )
        if field in _LIMIT_SIGNS and self.parameter == "light_curves":
            return (
                "give a number, or leave unknown values empty; write an upper limit as '>19.2' "
                "(mag) or '<12.5' (flux), or mark it in a column 'upper_limit'"
            )
        return "give a number, or leave unknown values empty"


def in_magnitudes(table, field):
    """Return a field of magnitudes, magnitude errors or zero points as numbers.

    Parameters
    ----------
    table : LongTable
        Table with the field.
    field : str
        Canonical field name.

    Returns
    -------
    numbers : ndarray of float64, shape (n_rows,)
        Values in mag; NaN for missing values and limits.
    limits : ndarray of bool, shape (n_rows,)
        True for limits.
    system : "AB" or None
        Magnitude system that the unit names.

    Raises
    ------
    ValueError
        If the unit is not a magnitude, or belongs to another system than AB, such as mag(ST).
    """
    unit = table.unit(field)
    unit = u.dimensionless_unscaled if unit is None else u.Unit(unit)
    if isinstance(unit, u.MagUnit):
        if unit != u.ABmag and field != "mag_err":
            raise ValueError(
                f"{table.location(field)}: magnitudes in {unit} are not supported; convert them to "
                "AB with mag.to(u.ABmag, u.spectral_density(band_wavelength(band) * u.AA))."
            )
        return *table.numbers_and_limits(field, unit), "AB" if unit == u.ABmag else None
    if unit == u.dimensionless_unscaled:
        return *table.numbers_and_limits(field, unit), None
    if not unit.is_equivalent(u.mag):
        raise ValueError(
            f"{table.location(field)}: {unit} is not a unit of magnitudes; use u.ABmag, or u.mag "
            "with the parameter 'system' or a column 'system'."
        )
    return *table.numbers_and_limits(field, u.mag), None


def holds_text(values):
    """Return whether a column may hold text.

    Parameters
    ----------
    values : array-like
        Column of a table.

    Returns
    -------
    bool
    """
    dtype = getattr(values, "dtype", np.dtype(object))
    if isinstance(dtype, pd.CategoricalDtype):
        dtype = dtype.categories.dtype
    return pd.api.types.is_string_dtype(dtype) or getattr(dtype, "kind", "O") in "OSU"


def _parse(texts):
    """Convert texts to floats; texts that are not numbers become NaN."""
    texts = pd.Series([*map(with_exponents_of_c, texts)], dtype=object)
    return pd.to_numeric(texts, errors="coerce").to_numpy(np.float64)
