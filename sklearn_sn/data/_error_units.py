"""The scale of errors that come without a unit: that of their fluxes."""

from astropy import units as u

_REMEDY = (
    "mag_to_flux(mag, mag_err) converts magnitudes with their errors, and so does read_tables, "
    "from columns mag and mag_err"
)


def microjansky_of(unit):
    """µJy of one unit of the error of a flux, where the error has no unit and the flux has.

    Parameters
    ----------
    unit : str or astropy unit
        Unit of the flux.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        If the unit is logarithmic: nothing says whether the error is one of magnitudes or of
        fluxes.

    Examples
    --------
    >>> from sklearn_sn.data._error_units import microjansky_of
    >>> microjansky_of("mJy")
    1000.0
    """
    unit = u.Unit(unit)
    if isinstance(unit, u.LogUnit):
        raise ValueError(
            f"the flux is in {unit} and its error has no unit, so that nothing tells in which it "
            f"is. Give both in a unit of flux density, such as µJy: {_REMEDY}."
        )
    return float(unit.to(u.uJy))


def reject_logarithmic(unit):
    """Refuse errors of fluxes in magnitudes: as fluxes, they would be nonsense.

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
