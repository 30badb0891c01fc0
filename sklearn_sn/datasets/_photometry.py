"""Resolve published band names and magnitude systems."""

import re

import numpy as np
import pandas as pd

from sklearn_sn.data import (
    as_text,
    canonical_band,
    canonical_bands,
    conflicting_codes,
    factorize_names,
    list_bands,
    mag_to_flux,
    magnitude_system,
    mixed_codes,
)

# All bands of the Palomar Transient Factory are calibrated to SDSS, including R (Ofek et al. 2012,
# PASP 124, 62).
_PTF = re.compile(r"(ptf|palomar |p)48\b", re.IGNORECASE)
# The Young Supernova Experiment adds points of ZTF to those of Pan-STARRS1 under these letters
# (Aleo et al. 2023, ApJS 266, 9).
_LETTERS = {("yse", "X"): "ztfg", ("yse", "Y"): "ztfr"}
_CAMERAS = {"gpc": "ps1"}  # camera name to survey name


def read_bands(
    bands,
    systems=None,
    facilities=(),
    *,
    object_index=None,
    survey=None,
    letters=None,
    strict=False,
    default_system="native",
):
    """Resolve the bands of points to canonical names, and the flux of magnitude 0 in each.

    Parameters
    ----------
    bands : array-like or Categorical, shape (n_points,)
        Band names as published.
    systems : array-like, shape (n_points,), optional
        Magnitude systems as published; empty if unknown.
    facilities : sequence of array-like, each of shape (n_points,)
        Survey, telescope and instrument. They distinguish bands that share a name.
    object_index : ndarray of int, shape (n_points,), optional
        Object of each point; by default all points belong to one object. Codes that contradict
        each other in an object are unknown bands there.
    survey : str, optional
        Survey of all bands; `facilities` then has no effect on the names.
    letters : str, optional
        Survey of the bands whose names have one character. One that the survey does not have, or of
        a survey that is unknown, is unknown.
    strict : bool, default=False
        Whether the first of `facilities` is the survey itself: a name of one character that it does
        not have is unknown.
    default_system : {"native", "AB", "Vega"} or Categorical of them, default="native"
        System of the points without one: one for all points, or one per point.

    Returns
    -------
    names : Categorical of shape (n_points,)
        Canonical names, or published names of unknown or ambiguous bands.
    known : ndarray of bool, shape (n_points,)
        True for known bands.
    zero_flux : ndarray of float64, shape (n_points,)
        Flux density of magnitude 0 in µJy; NaN if unknown.

    Raises
    ------
    ValueError
        If `object_index` is given and the codes of most objects cannot be those of ZTF.
    """
    combinations, codes = _combinations([bands, systems, default_system, *facilities])
    parts = [
        (as_text(band), system, default, [as_text(p) or "" for p in facilities])
        for band, system, default, *facilities in combinations
    ]
    texts = [_label(text, facilities) for text, _, _, facilities in parts]
    resolved, rest = [None] * len(texts), texts
    if survey is None:
        resolved, foreign = _by_survey(texts, parts, letters, strict)
        rest = [
            text if name is None and not other else None
            for text, name, other in zip(texts, resolved, foreign, strict=True)
        ]
    by_name = canonical_bands(np.array([*rest, None], dtype=object), survey, ambiguous="unknown")
    resolved = [one or other for one, other in zip(resolved, by_name[:-1], strict=True)]
    zero_flux = [
        _zero_flux(name, system, facilities, default)
        for name, (_, system, default, facilities) in zip(resolved, parts, strict=True)
    ]
    labels = [name or text for name, text in zip(resolved, texts, strict=True)]
    names = _points_of(labels, codes)
    known = np.array([name is not None for name in resolved], dtype=bool)[codes]
    if survey is None and any(text is not None and text.isdigit() for text in rest):
        # Codes of another survey must not pass for the 1, 2, 3 of ZTF.
        published = _points_of(rest, codes)
        conflict = _conflicts(published, object_index)
        if conflict.any():
            known &= ~conflict
            names = pd.Categorical(np.where(conflict, published, names).astype(object))
    return names, known, np.array(zero_flux, dtype=np.float64)[codes]


def _by_survey(texts, parts, letters, strict):
    """Return the names that the survey or telescope identifies, and which no survey has."""
    resolved = [
        _by_facility(text, system, facilities)
        for text, (_, system, _, facilities) in zip(texts, parts, strict=True)
    ]
    foreign = []
    for i, (text, (_, _, _, facilities)) in enumerate(zip(texts, parts, strict=True)):
        survey = letters or (facilities[0] if strict and facilities[0] else None)
        single = text is not None and len(text) == 1 and survey is not None
        found = _in_survey(text, survey) if single else (None, False)
        resolved[i] = found[0] if letters and single else resolved[i] or found[0]
        foreign.append((found[1] or bool(letters and single)) and resolved[i] is None)
    return resolved, foreign


def _in_survey(text, survey):
    """Return the band of a known survey, and whether the survey is known and lacks the band."""
    if (survey.lower(), text) in _LETTERS:
        return _LETTERS[survey.lower(), text], False
    try:
        list_bands(survey)
    except ValueError:
        return None, False
    name = canonical_bands([text], survey, ambiguous="unknown")[0]
    return name, name is None


def _points_of(labels, codes):
    """Return the labels of points as a Categorical, from those of their combinations."""
    label_codes, categories = pd.factorize(np.array([*labels, None], dtype=object))
    # A check of the codes would cost more than making them.
    dtype = pd.CategoricalDtype(pd.Index(categories, dtype=object))
    return pd.Categorical.from_codes(label_codes[codes], dtype=dtype, validate=False)


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
    """Return the distinct rows of several columns, and the number of each row.

    A column that is None or a text stands for one value in all rows; the first is an array.
    """
    # The distinct rows so far, as positions in the distinct values of each column.
    combined, rows, tables = np.zeros(len(columns[0]), dtype=np.int64), np.zeros((1, 0), int), []
    for values in columns:
        if values is None or isinstance(values, str):  # one value for all
            tables.append([values])
            rows = np.column_stack([rows, np.zeros(len(rows), int)])
            continue
        distinct, codes, _ = factorize_names(values)
        tables.append([*distinct, None])
        if (len(distinct) == 1 and codes.min(initial=0) == 0) or not len(distinct):
            rows = np.column_stack([rows, np.zeros(len(rows), int)])  # one value for all
            continue
        if len(rows) == 1 and codes.min(initial=0) == 0:  # the first that varies: no product
            combined = codes
            rows = np.column_stack(
                [np.repeat(rows, len(distinct), axis=0), np.arange(len(distinct))]
            )
            continue
        codes = np.where(codes < 0, len(distinct), codes)
        # Renumber after each column, so that the product never overflows.
        size = len(tables[-1])
        used = np.flatnonzero(np.bincount(combined * size + codes, minlength=len(rows) * size))
        number = np.zeros(len(rows) * size, dtype=np.int64)
        number[used] = np.arange(len(used))
        combined = number[combined * size + codes]
        rows = np.column_stack([rows[used // size], used % size])
    return [
        tuple(table[code] for table, code in zip(tables, row, strict=True)) for row in rows
    ], combined


def _label(text, facilities):
    """Return the name, with a prefix if a WISE band would be read as one of Swift's."""
    return f"WISE {text}" if text in ("W1", "W2", "W3", "W4") and "WISE" in facilities else text


def _by_facility(text, system, facilities):
    """Return the canonical name if the telescope identifies it, else None."""
    if text is None:
        return None
    for facility in facilities:
        for survey in (facility, *re.split(r"[/ :,]+", facility)):
            try:
                name = canonical_band(text, survey=_CAMERAS.get(survey.lower(), survey))
            except ValueError:
                continue
            # Catalogues name CSP as the telescope of points in several systems, so that only the
            # survey of a file, or a name such as cspB, means its own optical bands.
            if name.startswith("csp") and canonical_bands([text], ambiguous="unknown")[0] != name:
                continue
            # Swift's U, B, V are its u, b, v; for other surveys the case is significant.
            if name.startswith("uvot") or name.endswith(text):
                return name
    if text in ("G", "Z") and magnitude_system(system) == "AB":
        return canonical_band(text.lower())  # an AB magnitude in G is Sloan's, not Gaia's (Vega)
    return None


def _zero_flux(name, system, facilities, default):
    system = magnitude_system(system, default if as_text(system) is None else "native")
    if system == "native" and any(_PTF.match(facility) for facility in facilities):
        system = "AB"
    if system == "AB":
        return mag_to_flux(0.0)
    try:
        return mag_to_flux([0.0], band=name, system=system)[0] if name else np.nan
    except ValueError:  # a registered band without m_AB - m_Vega
        return np.nan
