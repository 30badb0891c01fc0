"""Points of the Transient Name Server: magnitudes and limits beside the name of their unit."""

_NAMED = {"id", "name", "family", "description"}  # keys of an object that stands for its name
_SYSTEMS = {"abmag": "AB", "vegamag": "Vega", "mag": None}
_JANSKY = {"jy": 1e6, "mjy": 1e3, "ujy": 1.0, "microjy": 1.0, "njy": 1e-3}  # in µJy


def plain_value(value):
    """Return the name that a nested value has, or the value.

    Parameters
    ----------
    value : object
        A dict such as ``{"id": 21, "name": "r-Sloan"}``, a list of one, or any other value.

    Returns
    -------
    object

    Examples
    --------
    >>> from sklearn_sn.datasets._tns_json import plain_value
    >>> plain_value([{"id": 21, "name": "r-Sloan"}]), plain_value(1.5)
    ('r-Sloan', 1.5)
    """
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if isinstance(value, dict) and "name" in value and value.keys() <= _NAMED:
        return value["name"]
    return value


def read_tns_point(point, where):
    """Return a point with its magnitude or flux under the usual names.

    Parameters
    ----------
    point : dict
        One point. Only one with ``flux_unit`` and ``filters`` or ``filter`` is changed.
    where : str
        Name of the file, for messages.

    Returns
    -------
    dict
        With band, and mag, mag_err and system, or flux and flux_err in µJy; a point with
        ``limflux`` alone is an upper limit.

    Raises
    ------
    ValueError
        If the unit is neither a magnitude of the AB or Vega system nor a jansky.
    """
    if "flux_unit" not in point or not {"filters", "filter"} & set(point):
        return point
    out = {name: plain_value(value) for name, value in point.items()}
    unit = str(out.pop("flux_unit") or "").strip()
    out["band"] = out.pop("filters", None) or out.pop("filter", None)
    value, error = _number(out.pop("flux", None)), _number(out.pop("flux_error", None))
    limit = _number(out.pop("limflux", None))
    out["upper_limit"] = value is None and limit is not None
    value = limit if value is None else value
    if unit.lower() in _SYSTEMS:
        out |= {"mag": value, "mag_err": error, "system": _SYSTEMS[unit.lower()]}
    elif unit.lower() in _JANSKY:
        scale = _JANSKY[unit.lower()]
        out |= {"flux": _scaled(value, scale), "flux_err": _scaled(error, scale)}
    elif value is not None:
        raise ValueError(
            f"{where}: the flux unit {unit!r} of the Transient Name Server is not read; known are "
            "ABMag, VegaMag, Jy and mJy. Convert or remove these points."
        )
    return out


def _number(value):
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    try:
        return float(value)
    except (TypeError, ValueError):
        return value  # a text, which raises or marks a limit later


def _scaled(value, scale):
    return value * scale if isinstance(value, float) else value
