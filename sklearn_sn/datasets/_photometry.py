"""Photometry as it is published: which band a name means, and how bright magnitude 0 is in it."""

import re

import numpy as np
import pandas as pd

from sklearn_sn.data import (
    as_text,
    canonical_band,
    canonical_bands,
    conflicting_codes,
    factorize_names,
    mag_to_flux,
    magnitude_system,
    mixed_codes,
)

# The Palomar Transient Factory is calibrated to SDSS, its R too (Ofek et al. 2012, PASP 124, 62).
_PTF = re.compile(r"(ptf|palomar |p)48\b", re.IGNORECASE)
_CAMERAS = {"gpc": "ps1"}  # cameras that go by another name than their survey


def read_bands(
    bands, systems=None, places=(), *, object_index=None, survey=None, default_system="native"
):
    """Read the bands of many points, and the flux of magnitude 0 in each.

    Parameters
    ----------
    bands : array-like or Categorical, shape (n_points,)
        Names as published.
    systems : array-like, shape (n_points,), optional
        Magnitude systems as published; empty where unknown.
    places : sequence of array-like, each of shape (n_points,)
        Survey, telescope and instrument: they tell bands of one name apart.
    object_index : ndarray of int, shape (n_points,), optional
        Object of each point; by default all points belong to one object. Codes that contradict
        each other in an object are unknown bands there.
    survey : str, optional
        Survey to which all the bands belong; `places` then say nothing.
    default_system : {"native", "AB", "Vega"} or Categorical of them, default="native"
        System of the points that name none; one for all, or one for each.

    Returns
    -------
    names : Categorical of shape (n_points,)
        Canonical names, or as published where the band is unknown or ambiguous.
    known : ndarray of bool, shape (n_points,)
    zero_flux : ndarray of float64, shape (n_points,)
        Flux density of magnitude 0, µJy; NaN where it is unknown.

    Raises
    ------
    ValueError
        If `object_index` is given and the codes of most objects cannot be those of ZTF.
    """
    if isinstance(default_system, str):
        default_system = pd.Categorical.from_codes(np.zeros(len(bands), int), [default_system])
    systems = [None] * len(bands) if systems is None else systems
    combinations, codes = _combinations([bands, systems, default_system, *places])
    parts = [
        (as_text(band), system, default, [as_text(p) or "" for p in places])
        for band, system, default, *places in combinations
    ]
    texts = [_label(text, places) for text, _, _, places in parts]
    found = [None] * len(texts)
    if survey is None:
        found = [
            _by_place(text, system, places)
            for text, (_, system, _, places) in zip(texts, parts, strict=True)
        ]
    rest = [text if name is None else None for text, name in zip(texts, found, strict=True)]
    by_name = canonical_bands(np.array([*rest, None], dtype=object), survey, ambiguous="unknown")
    found = [one or other for one, other in zip(found, by_name[:-1], strict=True)]
    zero_flux = [
        _zero_flux(name, system, places, default)
        for name, (_, system, default, places) in zip(found, parts, strict=True)
    ]
    labels = [name or text for name, text in zip(found, texts, strict=True)]
    names = _points_of(labels, codes)
    known = np.array([name is not None for name in found], dtype=bool)[codes]
    if survey is None:
        # Codes of another survey must not pass for the 1, 2, 3 of ZTF.
        published = _points_of(rest, codes)
        conflict = _conflicts(published, object_index)
        if conflict.any():
            known &= ~conflict
            names = pd.Categorical(np.where(conflict, published, names).astype(object))
    return names, known, np.array(zero_flux, dtype=np.float64)[codes]


def _points_of(labels, codes):
    """Return the labels of points as a Categorical, from those of their combinations."""
    label_codes, categories = pd.factorize(np.array([*labels, None], dtype=object))
    return pd.Categorical.from_codes(label_codes[codes], pd.Index(categories, dtype=object))


def _conflicts(bands, object_index):
    """Mark codes that contradict each other in an object; raise if most objects have such codes."""
    one_object = object_index is None
    object_index = np.zeros(len(bands), dtype=int) if one_object else object_index
    conflict = conflicting_codes(bands, object_index)
    if one_object or not conflict.any():
        return conflict
    is_code = np.array([*(len(n) == 1 and n.isdigit() for n in bands.categories), False])
    n_with_codes = len(np.unique(object_index[is_code[bands.codes]]))
    if 2 * len(np.unique(object_index[conflict])) > n_with_codes:
        raise mixed_codes(set(bands[conflict]))
    return conflict


def _combinations(columns):
    """The distinct rows of several columns, and the number of each row."""
    combined, tables = 0, []
    for values in columns:
        distinct, codes, _ = factorize_names(values)
        tables.append([*distinct, None])
        codes = np.where(codes < 0, len(distinct), codes).astype(np.int64)
        # Numbered anew after each column, so that the product never overflows.
        combined, _ = pd.factorize(combined * len(tables[-1]) + codes)
        tables[-1] = np.array(tables[-1], dtype=object)[codes]
    n_distinct = int(combined.max(initial=-1)) + 1
    first = np.zeros(n_distinct, dtype=np.int64)
    first[combined[::-1]] = np.arange(len(combined))[::-1]
    return list(zip(*(values[first] for values in tables), strict=True)), combined


def _label(text, places):
    """The name, unless it alone would be read as Swift's where WISE observed."""
    return f"WISE {text}" if text in ("W1", "W2", "W3", "W4") and "WISE" in places else text


def _by_place(text, system, places):
    """Canonical name where the telescope tells it, else None."""
    if text is None:
        return None
    for place in places:
        for survey in (place, *re.split(r"[/ :,]+", place)):
            try:
                name = canonical_band(text, survey=_CAMERAS.get(survey.lower(), survey))
            except ValueError:
                continue
            # Swift's U, B, V are its u, b, v; elsewhere the case tells bands apart.
            if name.startswith("uvot") or name.endswith(text):
                return name
    if text in ("G", "Z") and magnitude_system(system) == "AB":
        return canonical_band(text.lower())  # Gaia's G is in the Vega system; this one is Sloan's
    return None


def _zero_flux(name, system, places, default):
    system = magnitude_system(system, default if as_text(system) is None else "native")
    if system == "native" and any(_PTF.match(place) for place in places):
        system = "AB"
    if system == "AB":
        return mag_to_flux(0.0)
    try:
        return mag_to_flux([0.0], band=name, system=system)[0] if name else np.nan
    except ValueError:  # a registered band without m_AB - m_Vega
        return np.nan
