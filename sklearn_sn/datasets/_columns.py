"""Choose the column of each field of a long table, and the error of the same quantity."""

import re

from sklearn_sn.data import FIELD_ALIASES, bare_name
from sklearn_sn.datasets._dialects import pick, plain_names
from sklearn_sn.datasets._identity import ID_ALIASES

# Accepted column names of each field, in order of preference.
ALIASES = {
    "light_curves": {
        **FIELD_ALIASES["light_curve"],
        "mag": ("mag", "magnitude", "magpsf"),
        "mag_err": (
            *("mag_err", "magerr", "mag_error", "e_mag", "e_magnitude", "sigmapsf", "dmag"),
            *("magnitude_err", "magnitude_error", "mag_unc", "emag", "sigma_mag", "merr"),
        ),
        # l_mag is that of the tables of CDS, with the mark ">".
        "upper_limit": (
            *("upper_limit", "upperlimit", "is_upper_limit", "isupperlimit", "l_mag", "upper"),
            *("uplim", "upperlim", "upper_lim", "is_upper", "is_uplim", "ul", "ul_flag"),
            *("limit_flag", "limitflag", "limflag", "mag_limit_flag", "l_magnitude"),
        ),
        # Companions: the sign of a difference, and whether there is a detection.
        "sign": ("isdiffpos", "is_diffpos", "isnegative", "is_negative"),
        "non_detection": ("nondet", "non_detection", "nondetection", "is_limit", "islimit"),
        "detection": ("detected", "detected_bool", "is_detected", "detection", "isdet"),
        "limit_mag": (
            *("diffmaglim", "limiting_mag", "limiting_magnitude", "limmag", "lim_mag", "maglim"),
            *("mag_limit", "limit", "mag5sig"),
        ),
        "survey": ("survey",),
        "telescope": ("telescope",),
        "instrument": ("instrument",),
    },
    "spectra": {
        **FIELD_ALIASES["spectrum"],
        "spectrum_id": ("spectrum_id", "spec_id", "specid"),
    },
}
# Flux columns whose scale stands in another column.
_SCALED = {"forcediffimflux": "zpdiff|magzpsci"}
# Names of errors that do not tell the quantity, and of columns that may hold another one.
_UNNAMED_ERRORS = ("err", "error", "errors", "unc", "uncertainty", "sigma")
_ERROR = re.compile(r"err|unc($|[^a-z]|ert)|sigma|(^|[^a-z])(std|i?var|e)($|[^a-z])")
# Columns that imply errors, which must be computed.
_IMPLY_ERRORS = re.compile(
    r"(?:(?:flux|mag)_?)?(?:(?P<weight>ivar|invvar|inverse_variance)|var|variance)|(?P<snr>snr|s/n)"
)
_QUANTITY = re.compile(r"flux|(^|[^a-z])mag|mag($|[^a-z])|magnitude|counts")
_TIME_OFFSET = re.compile(r"\b[mhb]?jd\W*-\W*(\d[\d.]*)", re.IGNORECASE)


def choose_columns(columns, parameter, id_column, mapping, dialect=None):
    """Return the column of each field.

    Parameters
    ----------
    columns : list of str
        All columns of the table.
    parameter : {"light_curves", "spectra"}
        Kind of the table.
    id_column : str
        Column of the object name; its usual other names are recognised if it is ``object_id``.
    mapping : dict of str to str
        Columns chosen by the user; the key ``id`` is that of the object name.
    dialect : Dialect or None
        Dialect of the table.

    Returns
    -------
    dict of str to str
        Column of each field that the table has. The key ``id`` is that of the object name.

    Raises
    ------
    ValueError
        If a column that the user named is missing.
    """
    for given in mapping.values():
        if given not in columns:
            raise ValueError(f"{parameter} has no column {given!r}; it has {columns}.")
    plain = plain_names(columns)
    names = dict(mapping)
    if "id" not in names:
        name = _id_column(columns, plain, id_column, dialect)
        if name is not None:
            names["id"] = name
    of_dialect = dialect.fields if dialect is not None and parameter == "light_curves" else {}
    for field, aliases in ALIASES[parameter].items():
        if field in names:
            continue
        wanted = of_dialect.get(field, "|".join(aliases))
        name = pick(plain, wanted) if field not in ("flux_err", "mag_err") else None
        if field in ("flux_err", "mag_err"):
            of_field = wanted.split("|") if field in of_dialect else aliases
            name = _error_of(names.get(field[:-4]), of_field, plain)
        if name is not None and name not in names.values():
            names[field] = name
    _add_scale(names, plain)
    if parameter == "light_curves" and dialect is None:
        _add_unnamed_error(names, columns, plain)
    if "time" not in names and parameter == "light_curves":
        name = next((one for one in columns if _TIME_OFFSET.search(one)), None)
        names |= {} if name is None else {"time": name}
    return names


def time_offset(column):
    """Return the days that the name of a column of times says were subtracted.

    Parameters
    ----------
    column : str
        Name of the column.

    Returns
    -------
    float

    Examples
    --------
    >>> from sklearn_sn.datasets._columns import time_offset
    >>> time_offset("HJD-2450000"), time_offset("mjd")
    (2450000.0, 0.0)
    """
    match = _TIME_OFFSET.search(column)
    return float(match[1].rstrip(".")) if match else 0.0


def require_columns(names, columns, parameter, id_column):
    """Raise if a field that a long table needs has no column.

    Parameters
    ----------
    names : dict of str to str
        Column of each field, as of :func:`choose_columns`.
    columns : list of str
        All columns of the table, for the message.
    parameter : {"light_curves", "spectra"}
        Kind of the table.
    id_column : str
        Name of the field of object names.

    Raises
    ------
    ValueError
        If a field is missing. The message names the argument that gives its column.
    """
    kind = "spectrum" if parameter == "spectra" else "light_curve"
    needed = ("id", *(("wavelength", "flux") if kind == "spectrum" else ("time", "band")))
    missing = [id_column if field == "id" else field for field in needed if field not in names]
    if kind == "light_curve" and not {"flux", "mag"} & set(names):
        missing.append("flux or mag")
    if not missing:
        return
    key = missing[0].partition(" or ")[0]
    remedy = f"{kind}_columns={{{key!r}: ...}}"
    if "id" not in names:
        remedy = f"id_column=, or for this table alone with {remedy}"
        remedy += (
            "; if the table is of one object, name it with object_id=, and make one table of "
            f"several with pandas.concat(tables, keys=names, names=[{id_column!r}])"
        )
    elif key != missing[0]:
        remedy += f" or {kind}_columns={{'mag': ...}}"
    raise ValueError(
        f"{parameter} has no column for {missing[0]!r}; it has {columns}. Name it with {remedy}."
    )


def looks_like(columns):
    """Return the kind of a table by its columns.

    Parameters
    ----------
    columns : list of str
        All columns of the table.

    Returns
    -------
    {"light_curves", "spectra", "objects"}
    """
    for parameter, needed in (
        ("light_curves", {"time", "band"}),
        ("spectra", {"wavelength", "flux"}),
    ):
        names = choose_columns(columns, parameter, "object_id", {})
        measured = parameter == "spectra" or {"flux", "mag"} & set(names)
        if needed <= set(names) and measured:
            return parameter
    # Fluxes that lack their time or their band are no properties of objects.
    names = set(choose_columns(columns, "light_curves", "object_id", {}))
    incomplete = {"flux", "flux_err"} <= names and {"time", "band"} & names
    return "light_curves" if incomplete else "objects"


def _id_column(columns, plain, id_column, dialect):
    if id_column in columns:
        return id_column
    if id_column != "object_id":
        return None
    of_dialect = (
        "" if dialect is None else {**dialect.objects, **dialect.fields}.get("object_id", "")
    )
    return pick(plain, of_dialect) or pick(plain, "|".join(ID_ALIASES))


def _error_of(column, aliases, plain):
    """Return the column of the errors of a quantity, or None."""
    if column is None:  # the error of a quantity that the table lacks
        return None
    lower = next(name for name, given in plain.items() if given == column)
    # Flux Error (mJy) is the error of Flux (mJy).
    name = pick(plain, "|".join([*error_names(lower), *error_names(bare_name(lower))]))
    if name is not None:
        return name
    of_others = {error for other in plain if plain[other] != column for error in error_names(other)}
    return next((plain[a] for a in aliases if a in plain and a not in of_others), None)


def error_names(name):
    """Return the names that the errors of a quantity may have.

    Parameters
    ----------
    name : str
        Column of the quantity, in lower case.

    Returns
    -------
    list of str
        In lower case, in order of preference.
    """
    endings = ("_err", "err", "_error", "error", " error", " err", "_unc", "unc", "_sigma")
    names = [*(name + ending for ending in endings), f"e_{name}", f"d{name}", f"err_{name}"]
    names += [f"sigma_{name}", f"sig{name}", f"{name}_uncertainty", f"{name} uncertainty"]
    names += [f"{name} unc", f"unc_{name}", f"{name}_e", f"{name}_std", f"error_{name}"]
    names += [f"e{name}", f"err{name}"]
    for word in ("mag", "flux"):
        if word in name:
            names += [name.replace(word, f"{word}{part}", 1) for part in ("err", "_err")]
            names += [name.replace(word, f"sig{word}", 1), name.replace(word, f"sigma{word}", 1)]
            names += [name.replace(word, "sigma", 1)]
    return [one for one in names if one != name]


def unused_errors(names, unused):
    """Return the unused columns that may be the errors of a quantity without errors.

    Parameters
    ----------
    names : dict of str to str
        Column of each field of a light curve, as of :func:`choose_columns`.
    unused : iterable of str
        Columns of the table that are not used.

    Returns
    -------
    list of str
        Columns such as ``err``, whose name does not tell the quantity, and those whose name has a
        word for errors and one for fluxes or magnitudes, such as ``err of my flux``.
    """
    if all(f"{field}_err" in names for field in ("flux", "mag") if field in names):
        return []
    lower = {name: bare_name(name) for name in unused}
    of_unused = {error for one in lower.values() for error in error_names(one)}
    return [
        name
        for name, one in lower.items()
        if one in _UNNAMED_ERRORS
        or _IMPLY_ERRORS.fullmatch(one)
        or (_ERROR.search(one) and _QUANTITY.search(one) and one not in of_unused)
    ]


def error_formula(field, column):
    """Return how the errors of a field follow from a column of another quantity, or None.

    Parameters
    ----------
    field : {"flux", "mag"}
        Field of the errors.
    column : str
        Name of the column.

    Returns
    -------
    str or None
        A formula of the columns, or None if the column may hold errors itself.

    Examples
    --------
    >>> from sklearn_sn.datasets._columns import error_formula
    >>> error_formula("flux", "ivar"), error_formula("mag", "snr"), error_formula("mag", "err")
    ('ivar ** -0.5', '1.086 / snr', None)
    """
    found = _IMPLY_ERRORS.fullmatch(bare_name(column))
    if found is None:
        return None
    if found["snr"]:
        return f"flux / {column}" if field == "flux" else f"1.086 / {column}"
    return f"{column} ** {-0.5 if found['weight'] else 0.5}"


def _add_unnamed_error(names, columns, plain):
    """Add a column such as ``err`` as the error of the only flux or magnitude of a table."""
    fields = [field for field in ("flux", "mag") if field in names]
    taken = set(names.values())
    errors = [name for name in _UNNAMED_ERRORS if name in plain and plain[name] not in taken]
    others = [one for one in columns if one not in taken and _QUANTITY.search(one.lower())]
    if len(fields) == len(errors) == 1 and not others:
        names.setdefault(f"{fields[0]}_err", plain[errors[0]])


def _add_scale(names, plain):
    """Add the column of zero points of a flux in counts."""
    flux = str(names.get("flux", "")).lower().rpartition(":")[2]
    if flux in _SCALED and "zero_point" not in names:
        scale = pick(plain, _SCALED[flux])
        if scale is None:
            raise ValueError(
                f"light_curves, column {names['flux']!r}: the flux is in counts of the image, and "
                "there is no column 'zpdiff' of its zero points. Name it with "
                "light_curve_columns={'zero_point': ...}."
            )
        names["zero_point"] = scale
