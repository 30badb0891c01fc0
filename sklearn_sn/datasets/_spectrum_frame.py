"""Marks in headers which say that the wavelengths of a spectrum are those at rest."""

import re

_REST = re.compile(
    r"\brest[\s_-]*(frame|wave|lambda)|\bde-?redshifted|\bat rest\b|frame\s*[=:]\s*rest"
    r"|(corrected|shifted|converted|brought)\s+(to|into)\s+(the\s+)?(rest|z\s*=\s*0(\.0*)?\b)"
    r"|(redshift|doppler)[\s_-]*correct(ed|ion)\b(?!\s*[=:]\s*(no|n|f|false|none|0)\b)",
    re.IGNORECASE,
)
# Of the other frame, of a denial, of the motion of the Earth, and of other quantities at rest.
_NOT_REST = re.compile(
    r"\bobs|\bnot?\b|\bun|(?<!z)(?<!z )[=:]\s*(no|n|f|false|none|0)\s*$"
    r"|phase|\bday|\bage\b|time|epoch|\bmag|helio|bary|geocent|\blsr",
    re.IGNORECASE,
)
_DOPCOR = re.compile(r"DOPCOR-?\d*$")
_SMALL = 1e-3  # |z| of corrections for the motion of the Earth and the Sun


def names_rest_frame(lines: list[str]) -> bool:
    """Return whether a line of a header says that wavelengths are at rest.

    Parameters
    ----------
    lines : list of str
        Lines above the numbers, without comment signs.

    Returns
    -------
    bool

    Examples
    --------
    >>> from sklearn_sn.datasets._spectrum_frame import names_rest_frame
    >>> names_rest_frame(["wavelength in rest frame"]), names_rest_frame(["phase at rest (d)"])
    (True, False)
    """
    return any(_REST.search(line[:300]) and not _NOT_REST.search(line[:300]) for line in lines)


def is_doppler_corrected(header: dict) -> bool:
    """Return whether IRAF's cards DOPCOR say that a redshift was removed.

    Parameters
    ----------
    header : dict of str to object
        Values by key. DOPCOR01 = '0.02 all' divides the wavelengths by 1.02.

    Returns
    -------
    bool
        False for corrections of less than 300 km/s in all, such as heliocentric ones.

    Examples
    --------
    >>> from sklearn_sn.datasets._spectrum_frame import is_doppler_corrected
    >>> is_doppler_corrected({"DOPCOR01": "0.02 all"}), is_doppler_corrected({"DOPCOR01": "1e-4"})
    (True, False)
    """
    factor = 1.0
    for key, value in header.items():
        if _DOPCOR.match(str(key)):
            words = str(value).split()
            try:
                factor *= 1 + float(words[0])
            except (IndexError, ValueError):
                continue
    return abs(factor - 1) > _SMALL
