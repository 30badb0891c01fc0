"""Resolve types that differ between the sources of the real spectra."""

import re

import numpy as np

# Types in the sources that are consistent with a class: its own names, and less specific ones.
CONSISTENT = {
    "SN Ia": r"\.?Ia ?(Pec)?|\.IaPec",
    "SN II": r"II( ?[PL])?",
    "SN IIn": r"II|II/?n|IIn.*|SLSN-II",
    "SN Ib/c": r"(BL-)?I(b|c|b/c)\b.*|Ib\|c|c|LGRB",
}
IIB = r"II|IIb|II/IIb"  # the class SN Ib/c includes SN IIb, whose early spectra show hydrogen


def usable_types(objects):
    """Return a mask of the objects without a conflict, or whose conflict is resolved.

    A class of the catalogue of superluminous supernovae, which is based on all spectra of an
    object, is preferred to all others. A conflict is resolved if every other source gives a less
    specific form of the same type, such as "II" for an SN IIb. Conflicts between types remain.

    Parameters
    ----------
    objects : pandas.DataFrame
        Columns "class", "subtype", "type_all_osc", "type_source", "type_conflict".

    Returns
    -------
    array of bool, shape (n_objects,)
    """
    columns = zip(
        objects["class"],
        objects["subtype"].fillna(""),
        objects["type_all_osc"].fillna(""),
        objects["type_source"],
        objects["type_conflict"].astype(bool),
        strict=True,
    )
    return np.array(
        [
            not conflict or source == "slsne" or _is_consistent(label, subtype, claims)
            for label, subtype, claims, source, conflict in columns
        ]
    )


def _is_consistent(label, subtype, claims):
    pattern = IIB if subtype == "IIb" else CONSISTENT.get(label, "(?!)")
    names = [claim.strip().rstrip("?") for claim in re.split(r"\|(?!c\b)", claims)]
    return bool(claims) and all(re.fullmatch(pattern, name) for name in names)
