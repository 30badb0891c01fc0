"""Parse the JSON format of the Open Supernova Catalog (Guillochon et al. 2017, ApJ 835, 64).

The format stores every number as a string. Fields:
github.com/astrocatalogs/supernovae/blob/master/SCHEMA.md.
"""

import re
from collections import Counter

import numpy as np
import pandas as pd
from astropy import units as u
from astropy.coordinates import Angle

from sklearn_sn.data import FLUX_UNIT, band_wavelength, flux_per_wavelength, is_flux_density
from sklearn_sn.datasets._photometry import read_bands

_JD_ZERO = 2400000.5
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
# Flags of entries that are not observations of the supernova in the observer frame.
_SPECTRUM_FLAGS = ("model", "realization", "host")
_POINT_FLAGS = (*_SPECTRUM_FLAGS, "simulated", "synthetic", "kcorrected", "restframe")
_POINT_TEXTS = ("band", "system", "survey", "telescope", "instrument")
_POINT_NUMBERS = (
    *("time", "mag", "mag_err", "flux", "flux_err", "zero_point"),
    "per_wavelength",  # 1 if the flux is per unit wavelength
)
# Text such as ">19.5" is a limit; "<" marks saturated points.
_LIMIT_SIGNS = tuple("<>≤≥")


def parse_metadata(event):
    """Extract the plain values of one event: the first listed value of each quantity.

    Parameters
    ----------
    event : dict
        Event of the catalogue.

    Returns
    -------
    dict
        type, redshift, ra, dec (degrees), ebv (Milky Way), host, alias, discoverdate, maxdate.
        Missing values are NaN or None. Redshifts that are not positive are skipped.
    """
    aliases = [_text(entry.get("value")) for entry in _entries(event, "alias")]
    redshifts = [number(entry.get("value")) for entry in _entries(event, "redshift")]
    return {
        "type": _first(event, "claimedtype"),
        "redshift": next((z for z in redshifts if z > 0), np.nan),
        "ra": _degrees(_first(event, "ra"), u.hourangle),
        "dec": _degrees(_first(event, "dec"), u.deg),
        "ebv": number(_first(event, "ebv")),
        "host": _first(event, "host"),
        "alias": ", ".join(dict.fromkeys(filter(None, aliases))) or None,
        "discoverdate": _first(event, "discoverdate"),
        "maxdate": _first(event, "maxdate"),
    }


def parse_photometry(event):
    """Extract the photometric points of one event in µJy.

    Parameters
    ----------
    event : dict
        Event of the catalogue.

    Returns
    -------
    fields : dict of str to array of shape (n_points,)
        time (MJD), band, flux and flux_err (µJy; NaN if not given).
    dropped : Counter
        Number of points left out, by reason.
    """
    points, dropped = [], Counter()
    for entry in event.get("photometry") or ():
        point, reason = _read_point(entry)
        if reason:
            dropped[reason] += 1
        else:
            points.append(point)
    columns = {
        name: np.array([p[name] for p in points], dtype=object if name in _POINT_TEXTS else float)
        for name in (*_POINT_TEXTS, *_POINT_NUMBERS)
    }
    # Zero points of fluxes without a system are AB, in any band.
    by_zero_point = np.isfinite(columns["zero_point"])
    bands, known, zero_flux = read_bands(
        columns["band"],
        columns["system"],
        [columns[name] for name in ("survey", "telescope", "instrument")],
        default_system=pd.Categorical.from_codes(by_zero_point.astype(int), ["native", "AB"]),
    )
    known &= np.isfinite(zero_flux)
    dropped["unknown band"] = int(np.sum(~known))
    with np.errstate(over="ignore"):
        from_mag = zero_flux * 10 ** (-0.4 * columns["mag"])
        from_zero_point = zero_flux * 10 ** (-0.4 * columns["zero_point"])
    # 1 µJy is 1e-29 erg/s/cm²/Hz, and c is 2.998e18 Å/s.
    wavelength = np.full(len(points), np.nan)
    wavelength[known] = band_wavelength(bands[known])
    density = np.where(columns["per_wavelength"] > 0, wavelength**2 / 2.99792458e18 * 1e29, 1.0)
    density = np.where(by_zero_point, from_zero_point, density)
    given = np.isfinite(columns["flux"])
    fields = {
        "time": columns["time"],
        "band": bands,
        "flux": np.where(given, columns["flux"] * density, from_mag),
        "flux_err": np.where(
            given,
            columns["flux_err"] * density,
            0.4 * np.log(10) * from_mag * columns["mag_err"],
        ),
    }
    return {name: values[known] for name, values in fields.items()}, +dropped


def parse_spectra(event, redshift):
    """Extract the spectra of one event in the observer frame.

    Parameters
    ----------
    event : dict
        Event of the catalogue.
    redshift : float
        Redshift of the event. It shifts rest-frame spectra that name no redshift.

    Returns
    -------
    spectra : list of dict of str to array of shape (n_pixels,)
        wavelength (Å), flux and flux_err (erg/s/cm²/Å if calibrated) and time (MJD or NaN).
    dropped : Counter
        Number of spectra left out, by reason.
    """
    spectra, dropped = [], Counter()
    for entry in event.get("spectra") or ():
        spectrum, reason = _read_spectrum(entry, redshift)
        if reason:
            dropped[reason] += 1
        else:
            spectra.append(spectrum)
    return spectra, dropped


def number(value):
    """Convert a string, list or range to a number; lists and ranges give their mean.

    Returns NaN if there is no number.
    """
    if isinstance(value, list | tuple):
        values = [number(one) for one in value]
        return float(np.mean(values)) if values else np.nan
    try:
        return float(value)
    except (TypeError, ValueError):
        pass
    # "55555.1-55556.3" and "<0.1": a sign between two digits is a dash.
    texts = _NUMBER.findall(re.sub(r"(?<=\d)\s*[-–/]\s*(?=\d)", " ", str(value or "")))
    return float(np.mean([float(text) for text in texts])) if texts else np.nan


def mjd(entry):
    """Return the time of a point or spectrum as MJD, or NaN."""
    time = number(entry.get("time"))
    is_jd = str(entry.get("u_time", "")).strip().upper() == "JD" or time > 2.4e6
    return time - _JD_ZERO if is_jd else time


def _read_point(entry):
    """Return one point, or the reason to leave it out."""
    if any(entry.get(key) for key in _POINT_FLAGS):
        return None, "no observation"
    if entry.get("upperlimit") or entry.get("lowerlimit"):
        return None, "limit"
    if any(key in entry for key in ("frequency", "u_frequency", "energy", "u_energy")):
        return None, "radio or X-ray"
    band = _text(entry.get("band"))
    if not band or band.isdigit():
        return None, "no band"
    point = {name: _text(entry.get(name)) for name in _POINT_TEXTS}
    point |= {"time": mjd(entry), "mag": number(entry.get("magnitude"))}
    point["mag_err"] = _error(entry, "magnitude")
    flux, flux_err, unit, used = np.nan, np.nan, None, "magnitude"
    for key in ("fluxdensity", "flux"):
        if np.isnan(point["mag"]) and key in entry:
            flux, flux_err, used = number(entry[key]), _error(entry, key), key
            unit = read_unit(entry.get(f"u_{key}"))
            break
    if (_text(entry.get(used)) or "").startswith(_LIMIT_SIGNS):
        return None, "limit"
    scale = _flux_scale(unit)
    point["zero_point"] = number(entry.get("zeropoint")) if scale is None else np.nan
    if scale is None:
        scale = 1.0 if np.isfinite(point["zero_point"]) else np.nan
    point |= {"flux": flux * scale, "flux_err": flux_err * scale}
    point["per_wavelength"] = float(unit is not None and unit.is_equivalent(FLUX_UNIT))
    if not np.isfinite(point["time"]):
        return None, "no time"
    if not (np.isfinite(point["mag"]) or np.isfinite(point["flux"])):
        return None, "no magnitude or flux"
    return point, None


def _flux_scale(unit):
    """Return the factor to µJy, or to erg/s/cm²/Å for flux per wavelength; None for other units."""
    if unit is not None and unit.is_equivalent(u.Jy):
        return unit.to(u.uJy)
    if unit is not None and unit.is_equivalent(FLUX_UNIT):
        return unit.to(FLUX_UNIT)
    return None


def _error(entry, name):
    given = number(entry.get(f"e_{name}"))
    sides = [number(entry.get(f"e_{side}_{name}")) for side in ("lower", "upper")]
    sides = [abs(side) for side in sides if np.isfinite(side)]
    return float(np.mean(sides)) if np.isnan(given) and sides else given


def _read_spectrum(entry, redshift):
    rows = entry.get("data")
    if not rows:
        return None, "no data"
    if any(entry.get(key) for key in _SPECTRUM_FLAGS):
        return None, "no observation"
    width = min(3, min(len(row) for row in rows))
    if width < 2:
        return None, "no data"
    data = np.array([[number(value) for value in row[:width]] for row in rows])
    unit = read_unit(entry.get("u_wavelengths") or "Angstrom")
    if unit is None or not unit.is_equivalent(u.AA):
        return None, "unknown unit of wavelength"
    wavelength = data[:, 0] * unit.to(u.AA)
    keep = np.isfinite(wavelength) & (wavelength > 0) & ~_excluded(entry, wavelength)
    if entry.get("deredshifted"):
        published = number(entry.get("redshift"))
        shift = published if published > -1 else redshift
        if not np.isfinite(shift):
            return None, "rest frame without redshift"
        wavelength = wavelength * (1 + shift)
    fields = {"wavelength": wavelength}
    unit = _density_unit(entry.get("u_fluxes"))
    fields["flux"] = flux_per_wavelength(data[:, 1], unit, wavelength)
    error = np.full(len(data), np.nan)
    if width == 3:
        unit = _density_unit(entry.get("u_errors") or entry.get("u_fluxes"))
        error = flux_per_wavelength(data[:, 2], unit, wavelength)
    fields["flux_err"] = np.where(error > 0, error, np.nan)
    fields["time"] = np.full(len(data), mjd(entry))
    fields = {name: values[keep] for name, values in fields.items()}
    return (fields, None) if keep.any() else (None, "no data")


def _excluded(entry, wavelength):
    """Return a mask of the pixels that the catalogue recommends to exclude, in Å as given."""
    out = np.zeros(len(wavelength), dtype=bool)
    rules = entry.get("exclude") or ()
    for rule in rules if isinstance(rules, list | tuple) else (rules,):
        if not isinstance(rule, dict):
            continue
        if "above" in rule:
            out |= wavelength > number(rule["above"])
        if "below" in rule:
            out |= wavelength < number(rule["below"])
        if "range" in rule:
            ends = np.array(rule["range"], dtype=float).reshape(-1, 2)
            out |= ((wavelength[:, None] > ends[:, 0]) & (wavelength[:, None] < ends[:, 1])).any(1)
    return out


def read_unit(text):
    """Convert the catalogue's spelling to an astropy unit; None if it is no unit (Uncalibrated)."""
    text = _text(text)
    if not text:
        return None
    text = re.sub(r"\bergs\b", "erg", text.replace("Ang.", "Angstrom").replace("µ", "u"))
    # astropy discourages repeated division: a/b/c becomes a b^-1 c^-1.
    first, *divisors = re.split(r"\s*/\s*", text)
    parts = [first] + [re.sub(r"^\s*([A-Za-z]+)(?:\^(\d+))?\s*$", _inverse, d) for d in divisors]
    try:
        return u.Unit(" ".join(part for part in parts if part))
    except (ValueError, TypeError):
        return None


def _density_unit(text):
    """Return the flux-density unit of a spectrum, or None if its flux is relative."""
    unit = read_unit(text)
    return unit if is_flux_density(unit) else None


def _inverse(match):
    return f"{match.group(1)}^-{match.group(2) or 1}"


def _entries(event, quantity):
    entries = event.get(quantity) or ()
    entries = entries if isinstance(entries, list) else [entries]
    return [entry if isinstance(entry, dict) else {"value": entry} for entry in entries]


def _first(event, quantity):
    return next((_text(e.get("value")) for e in _entries(event, quantity) if e.get("value")), None)


def _text(value):
    if isinstance(value, list | tuple):
        value = value[0] if value else None
    return None if value is None else re.sub(r"<[^>]*>", "", str(value)).strip() or None


def _degrees(text, unit):
    if text is None:
        return np.nan
    try:
        return float(Angle(text, unit=unit if ":" in text or " " in text else u.deg).deg)
    except (ValueError, TypeError):
        return np.nan
