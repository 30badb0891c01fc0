"""Convert spectra to Å, erg/s/cm²/Å and one medium."""

import numpy as np
from astropy import units as u

from sklearn_sn.data import FLUX_UNIT, flux_per_wavelength, to_unit
from sklearn_sn.datasets._air_wavelengths import air_to_vacuum, vacuum_to_air
from sklearn_sn.datasets._spectrum_record import SpectrumRecord

_OPTICAL = (1000.0, 30000.0)  # Å, the range of the check of tables
# Ranges of plain numbers that may be wavelengths in another unit. Spectra in nm begin beyond the
# atmosphere's cut-off at 90 nm and end in the K band; in Å, they would end in the ultraviolet.
_NANOMETRES = (90.0, 2600.0)
_MICRONS = (0.05, 30.0)


def rescale(record: SpectrumRecord, wavelength_unit=None, flux_unit=None) -> None:
    """Convert a spectrum to Å and, if it has a unit of flux, to erg/s/cm²/Å.

    Parameters
    ----------
    record : SpectrumRecord
        Spectrum, which is changed.
    wavelength_unit, flux_unit : astropy unit, optional
        Units that replace those of the file.

    Raises
    ------
    ValueError
        If the wavelengths have no unit and do not look like Å, or if no pixel is optical.
    """
    unit = wavelength_unit or record.units.get("wavelength")
    with np.errstate(all="ignore"):
        if unit is None:
            _reject_other_units(record.wavelength)
        elif isinstance(unit, u.DexUnit):
            record.wavelength = to_unit(10.0**record.wavelength * unit.physical_unit, u.AA)
        else:
            record.wavelength = to_unit(record.wavelength * u.Unit(unit), u.AA)
    _reject_outside(record.wavelength, unit)
    unit = flux_unit or record.units.get("flux")
    error_unit = flux_unit or record.units.get("flux_err") or unit
    if unit is None and error_unit is not None:
        record.notes.append(f"unit {error_unit} of the errors alone: plain numbers")
        error_unit = None
    with np.errstate(all="ignore"):
        record.flux = flux_per_wavelength(record.flux, unit, record.wavelength)
        if record.flux_err is not None:
            record.flux_err = flux_per_wavelength(record.flux_err, error_unit, record.wavelength)
    record.units["flux"] = unit


def convert_medium(record: SpectrumRecord, medium: str | None) -> str:
    """Convert the wavelengths of a spectrum to air or vacuum, and describe what was done.

    Parameters
    ----------
    record : SpectrumRecord
        Spectrum in Å, which is changed if its medium is known.
    medium : {"air", "vacuum"} or None
        Medium to convert to; None leaves the wavelengths.

    Returns
    -------
    str
        Such as ``"vacuum"``, ``"air, converted to vacuum"`` or ``"unknown"``.
    """
    if record.medium is None or medium in (None, record.medium):
        return record.medium or "unknown"
    convert = air_to_vacuum if medium == "vacuum" else vacuum_to_air
    record.wavelength = convert(record.wavelength)
    return f"{record.medium}, converted to {medium}"


def describe_units(record: SpectrumRecord, wavelength_unit=None) -> dict:
    """Return the units in which a spectrum was read, as text for the report."""
    unit = wavelength_unit or record.units.get("wavelength")
    flux = record.units.get("flux")
    return {
        "wavelength": "Angstrom (assumed)" if unit is None else str(unit),
        "flux": "none: relative flux per wavelength" if flux is None else f"{flux} to {FLUX_UNIT}",
    }


def _reject_other_units(wavelength):
    low, high = _range(wavelength)
    for (least, most), name, example, first in (
        (_NANOMETRES, "nm", "'nm'", "nm"),
        (_MICRONS, "µm, or the logarithm of Å", "'um' or 'dex(Angstrom)'", "um"),
    ):
        if least <= low and high <= most:
            raise ValueError(
                f"the wavelengths {low:g}–{high:g} have no unit and look like {name}; write it "
                f"into the first line, as in 'wavelength({first}) flux', or give "
                f"wavelength_unit={example}, or wavelength_unit='Angstrom' if they are in Å"
            )


def _reject_outside(wavelength, unit):
    finite = wavelength[np.isfinite(wavelength)]
    if len(finite) == 0:
        return
    inside = (finite >= _OPTICAL[0]) & (finite <= _OPTICAL[1])
    if inside.mean() < 0.5:
        low, high = _range(finite)
        raise ValueError(
            f"the wavelengths are {low:.6g}–{high:.6g} Å (unit: {unit or 'none'}), outside "
            "1,000–30,000 Å; give their unit with wavelength_unit=, or check the file"
        )


def _range(wavelength):
    finite = wavelength[np.isfinite(wavelength)]
    return (float(finite.min()), float(finite.max())) if len(finite) else (np.nan, np.nan)
