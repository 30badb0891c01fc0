"""Spectra in FITS images: one dimension, or the bands of IRAF's apall."""

import math
import re

import numpy as np

from sklearn_sn.datasets._spectrum_columns import errors_of
from sklearn_sn.datasets._spectrum_comments import unit_entries
from sklearn_sn.datasets._spectrum_header import facts_of
from sklearn_sn.datasets._spectrum_record import SpectrumRecord

_MULTISPEC = (
    "resample it to one linear spectrum with IRAF's dispcor or scopy, or read it with specutils "
    "and pass its Spectrum objects"
)
_ERRORS = re.compile(r"(ERR|ERRS|ERROR|ERRORS|SIGMA|STDEV|STD|UNC|UNCERT|UNCERTAINTY)\d*$")
_VARIANCES = re.compile(r"(VAR|VARIANCE|STAT)\d*$")
_WEIGHTS = re.compile(r"(IVAR|INVVAR)\d*$")
_MASKS = re.compile(r"(DQ|MASK|BPM|QUAL|QUALITY)\d*$")
_WAVELENGTHS = re.compile(r"(WAVELENGTH|WAVE|LAMBDA|LAM|WL)$")
_LINE = 68  # characters of IRAF's WATj_nnn values; FITS readers strip their blanks


def read_image(parts):
    """Read a spectrum that is a FITS image.

    Parameters
    ----------
    parts : list of FitsPart
        Parts of the file. The first image is the spectrum; images of the same length that are named
        as errors, variances or masks belong to it.

    Returns
    -------
    SpectrumRecord

    Raises
    ------
    ValueError
        If there is no image, if it has several apertures, or if its wavelengths are unknown.
    """
    images = [part for part in parts if part.array is not None]
    if not images:
        raise ValueError("the FITS file has no image and no table with wavelength and flux")
    image = next((part for part in images if not _is_companion(part.name)), images[0])
    header = {**image.header, **{k: v for k, v in parts[0].header.items() if k not in image.header}}
    flux, errors, sources, not_used = _bands(image, header)
    others = [p for p in images if p is not image and p.array.size == flux.size]
    wavelength, sources["wavelength"] = _wavelength(header, len(flux), others)
    units, notes = unit_entries({k: str(v) for k, v in header.items() if v is not None})
    record = SpectrumRecord(
        "FITS image", wavelength, flux, errors, units, sources=sources, not_used=not_used
    )
    record.notes += notes
    record.describe(facts_of(header))
    return _with_companions(record, images, image, others)


def _is_companion(name):
    kinds = (_ERRORS, _VARIANCES, _WEIGHTS, _MASKS, _WAVELENGTHS)
    return any(kind.match(name) for kind in kinds)


def _bands(image, header):
    """Return flux and errors, and which bands they are."""
    array = np.asarray(image.array)
    if array.dtype.kind not in "iuf":
        raise ValueError("the FITS image does not hold numbers")
    label = f"extension {image.name!r}"
    named = [str(header.get(f"BANDID{i + 1}", "")).strip().lower() for i in range(len(array))]
    if array.ndim == 3 and array.shape[1] == 1:
        bands = array[:, 0]
    elif array.ndim == 2 and (len(array) == 1 or any(named)):
        bands = array
    elif array.ndim == 1:
        bands, named = array[None], [""]
    else:
        raise ValueError(
            f"the FITS image has the shape {array.shape} and is not one spectrum; extract one "
            f"spectrum for each file, or {_MULTISPEC}"
        )
    first = next((i for i, text in enumerate(named) if text.startswith("spectrum")), 0)
    sigma = next((i for i, t in enumerate(named) if re.match(r"sigma|error|uncert", t)), None)
    if sigma is None and not any(named) and len(bands) == 4:
        sigma = 3  # the order in which apall writes
    sources = {"flux": f"{label}, band {first + 1}" if len(bands) > 1 else label}
    if sigma is not None:
        sources["flux_err"] = f"{label}, band {sigma + 1}"
    not_used = [
        f"band {i + 1}" + (f" ({named[i]})" if named[i] else "")
        for i in range(len(bands))
        if i not in (first, sigma)
    ]
    flux = bands[first].astype(np.float64)
    return flux, None if sigma is None else bands[sigma].astype(np.float64), sources, not_used


def _wavelength(header, n_pixels, others):
    """Return the wavelengths of the pixels, in the unit of the header, and where they are from."""
    kind = str(header.get("CTYPE1", "")).strip().upper()
    system = f"{header.get('WAT0-001', '')} {kind}".lower()
    if "multispe" in system:
        return _multispec(header, n_pixels), "WAT2"
    step = header.get("CD1-1") or header.get("CDELT1")
    start = header.get("CRVAL1")
    if not _is_number(step) or not _is_number(start) or step == 0:
        given = next((p for p in others if _WAVELENGTHS.match(p.name)), None)
        if given is not None:
            return given.array.astype(np.float64).ravel(), f"extension {given.name!r}"
        raise ValueError(
            "the header has no wavelengths (CRVAL1 and CDELT1 or CD1_1); read the pixels and "
            "wavelengths yourself and pass them to read_tables(spectra=...)"
        )
    flag = header.get("DC-FLAG", 0)
    if kind == "PIXEL" or flag == -1:
        raise ValueError(
            "the spectrum is not calibrated in wavelength (DC-FLAG = -1 or CTYPE1 = PIXEL)"
        )
    reference = header.get("CRPIX1", 1.0)
    start, step = float(start), float(step)
    offset = np.arange(1, n_pixels + 1) - (float(reference) if _is_number(reference) else 1.0)
    with np.errstate(over="ignore"):
        if flag == 1 or ("LOG" in kind and start < 10):
            return 10.0 ** (start + step * offset), "CRVAL1, CD1_1 or CDELT1 (log10)"
        if kind.endswith("-LOG"):  # Greisen et al. 2006, A&A 446, 747
            return start * np.exp(step * offset / start), "CRVAL1, CD1_1 or CDELT1 (ln)"
        return start + step * offset, "CRVAL1, CD1_1 or CDELT1"


def _multispec(header, n_pixels):
    """Return the wavelengths of a multispec file with one linear or log-linear aperture."""
    keys = sorted(key for key in header if re.fullmatch(r"WAT2-\d{3}", key))
    text = "".join(str(header[key]).ljust(_LINE) for key in keys)
    apertures = re.findall(r'spec\d+\s*=\s*"([^"]*)"', text)
    values = apertures[0].split() if len(apertures) == 1 else []
    try:
        kind, start, step, shift = (float(values[i]) for i in (2, 3, 4, 6))
    except (IndexError, ValueError):
        kind = np.nan
    if kind not in (0, 1):
        what = f"{len(apertures)} apertures" if len(apertures) != 1 else "non-linear wavelengths"
        raise ValueError(f"the IRAF multispec format with {what} is not supported; {_MULTISPEC}")
    wavelength = start + step * np.arange(n_pixels)
    with np.errstate(over="ignore"):
        return (10.0**wavelength if kind == 1 else wavelength) / (1 + shift)


def _with_companions(record, images, image, others):
    """Add errors and masks of other extensions, and list the rest as not used."""
    for part in images:
        if part is image:
            continue
        label = f"extension {part.name!r}"
        kinds = (("flux_err", _ERRORS), ("variance", _VARIANCES), ("ivar", _WEIGHTS))
        role = next((role for role, kind in kinds if kind.match(part.name)), None)
        fits = any(part is other for other in others) and part.array.dtype.kind in "iuf"
        if fits and role and record.flux_err is None:
            record.flux_err = errors_of(part.array.ravel(), role)
            record.sources["flux_err"] = f"{label}, taken as {role}"
        elif fits and _MASKS.match(part.name) and part.array.dtype.kind in "iu":
            record.sources["mask"] = label
        elif not (fits and _WAVELENGTHS.match(part.name)):
            record.not_used.append(label)
    masks = [
        p.array.ravel() == 0 for p in others if f"{p.name!r}" in record.sources.get("mask", "")
    ]
    if masks:
        record.keep(np.logical_and.reduce(masks))
    return record


def _is_number(value):
    # math.isfinite also takes integers with more digits than those of numpy.
    try:
        return not isinstance(value, bool) and math.isfinite(value)
    except (TypeError, OverflowError):
        return False
