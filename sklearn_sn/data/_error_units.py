"""Units of flux errors: an error without a unit has that of its flux."""

from astropy import units as u

_REMEDY = (
    "mag_to_flux(mag, mag_err) converts magnitudes with their errors, and so does read_tables, "
    "from columns mag and mag_err"
)


def microjansky_of(unit: str | u.UnitBase) -> float:
    """Return the size in µJy of one unit of a flux whose error has no unit.

    Parameters
    ----------
    unit : str or astropy unit
        Unit of the flux.

    Returns
    -------
    float
        Factor that converts the error to µJy.

    Raises
    ------
    ValueError
        If the unit is logarithmic, since the error may then be in magnitudes or in µJy.

    Examples
    --------
    >>> from sklearn_sn.data._error_units import microjansky_of
    >>> microjansky_of("mJy")
    1000.0
    """
    unit = u.Unit(unit)
    if isinstance(unit, u.LogUnit):
        raise ValueError(
            f"the flux is in {unit} and its error has no unit, so that the unit of the error is "
            f"ambiguous. Give both in a unit of flux density, such as µJy: {_REMEDY}."
        )
    return float(unit.to(u.uJy))


def reject_logarithmic(unit: str | u.UnitBase | None) -> None:
    """Raise if the unit of a flux error is logarithmic, such as magnitudes.

    Parameters
    ----------
    unit : str, astropy unit or None
        Unit of the error.

    Raises
    ------
    ValueError
        If the unit is logarithmic.
    """
    if unit is None:
        return
    unit = u.Unit(unit)
    if isinstance(unit, u.LogUnit) or unit.is_equivalent(u.mag):
        raise ValueError(
            f"an error of a flux cannot be in {unit}. Give it in a unit of flux density, such as "
            f"µJy: {_REMEDY}."
        )
