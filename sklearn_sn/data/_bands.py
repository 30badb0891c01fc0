"""Photometric bands: names, aliases, wavelengths and magnitude systems.

A name is resolved in this order:

1. As a canonical name (``ztfg``) or an alias (``orange``, ``UVW1``, ``g'``); case matters.
2. As a band of a named survey: ``DES-g``, ``ZTF_g``, ``ps1::g``, ``bessellb``, ``g_SDSS``,
   ``gSDSS``, ``SLOAN/SDSS.u``. The case of the survey is ignored, and so is that of the band if
   only one band of the survey fits.

Bare names: u, g, r, i, z are SDSS-like (AB); U, B, V, R, I Bessell (Vega); J, H, K 2MASS (Vega);
G Gaia; y and w Pan-STARRS1; Y the near-infrared band of CSP at 1.03 µm; c and o ATLAS; W1, W2, M2
Swift UVOT, as in the Open Supernova Catalog, not WISE; 1, 2, 3 the ``fid`` of ZTF. Lower-case b
and v fit two surveys and are ambiguous. The codes 0 to 5 of PLAsTiCC need ``survey="plasticc"``.
"""

import difflib
import threading
from collections.abc import Iterable, Sequence
from contextlib import contextmanager

import numpy as np
from numpy.typing import ArrayLike

from sklearn_sn.data._band_registry import Band, read_table, validate_band
from sklearn_sn.data._names import as_text, factorize_names

ZTF_CODES = frozenset({"1", "2", "3"})

FEW_NAMES = 32  # what so few names mean is kept from call to call

_registry = read_table()
_lock = threading.RLock()


def canonical_band(name: str | bytes | int, survey: str | None = None) -> str:
    """Return the canonical name of a band.

    Parameters
    ----------
    name : str, bytes or int
        Any known name; surrounding white space is ignored, case matters (``g`` is not ``G``).
    survey : str, optional
        Survey to which the name belongs, such as ``"ztf"``, ``"plasticc"`` or ``"Swift"``.

    Returns
    -------
    str
        Canonical name.

    Raises
    ------
    ValueError
        If the name is missing, unknown or ambiguous, or if the survey is unknown.

    See Also
    --------
    canonical_bands : Vectorised version; unknown names become None.
    register_band : Add a band to the registry.

    Examples
    --------
    >>> from sklearn_sn.data import canonical_band
    >>> [canonical_band(name) for name in ("DES-g", "r'", b"g", "bessellb", 2)]
    ['desg', 'sdssr', 'sdssg', 'bessellB', 'ztfr']
    >>> canonical_band("g", survey="ztf"), canonical_band(4, survey="plasticc")
    ('ztfg', 'lsstz')
    """
    registry = _registry  # one registry for the whole call: threads may replace the global one
    survey = _check_survey(registry, survey)
    text = as_text(name)
    names = registry.candidates(text, survey) if text else ()
    if len(names) == 1:
        return names[0]
    if names:
        raise _ambiguous(registry, text, names)
    if survey is not None:
        present = [band.name for band in registry.bands.values() if band.survey == survey]
        raise ValueError(f"Survey {survey!r} has no band {name!r}; it has {', '.join(present)}.")
    close = difflib.get_close_matches(text or "", [*registry.bands, *registry.names], n=3)
    hint = f"Did you mean {' or '.join(dict.fromkeys(close))}? " if close else ""
    raise ValueError(
        f"Unknown band {name!r}. {hint}list_bands() lists the known ones; register_band adds one."
    )


def canonical_bands(
    names: ArrayLike, survey: str | None = None, *, ambiguous: str = "raise"
) -> np.ndarray:
    """Return the canonical names of an array of bands.

    Only the distinct names are looked up. The result for a name is independent of the others.

    Parameters
    ----------
    names : array-like or Categorical of str, bytes or int, any shape
        Names as published. None and NaN are missing names.
    survey : str, optional
        Survey to which all names belong.
    ambiguous : {"raise", "unknown"}, default="raise"
        With "raise", an ambiguous name raises, and so do the codes 1, 2, 3 of ZTF beside other
        codes. With "unknown", an ambiguous name becomes None, and 1, 2, 3 are always those of ZTF.

    Returns
    -------
    ndarray of object, shape of `names`
        Canonical names; None where the name is missing or unknown.

    Raises
    ------
    ValueError
        If `ambiguous` is "raise" and a name fits several bands, or if the codes 1, 2, 3 of ZTF
        are mixed with other codes, which belong to another survey.

    Examples
    --------
    >>> from sklearn_sn.data import canonical_bands
    >>> canonical_bands(["g", "ZTF_r", "clear", None])
    array(['sdssg', 'ztfr', None, None], dtype=object)
    >>> canonical_bands([0, 1, 5], survey="lsst")
    array(['lsstu', 'lsstg', 'lssty'], dtype=object)
    """
    if ambiguous not in ("raise", "unknown"):
        raise ValueError(
            "The 'ambiguous' parameter of canonical_bands must be 'raise' or 'unknown'. "
            f"Got {ambiguous!r} instead."
        )
    distinct, codes, shape = factorize_names(names)
    canonical = np.full(len(distinct) + 1, None, dtype=object)  # the last stands for code -1
    canonical[:-1] = look_up(distinct, survey, ambiguous, _registry)
    return canonical[codes].reshape(shape)


def current_registry():
    """Return the registry of bands; another one replaces it when a band is registered."""
    return _registry


def band_candidates(name, registry=None):
    """Return the canonical names that a name may mean.

    Parameters
    ----------
    name : object
        Name as published, or a missing one.
    registry : Registry, optional
        By default the current one.

    Returns
    -------
    tuple of str
        Empty if the name is missing or unknown; several if it is ambiguous.
    """
    text = as_text(name)
    return (registry or _registry).candidates(text) if text else ()


def get_band(name: str | bytes | int, survey: str | None = None) -> Band:
    """Return the :class:`Band` of a name.

    Parameters
    ----------
    name : str, bytes or int
        Any known name, as for :func:`canonical_band`.
    survey : str, optional
        Survey to which the name belongs.

    Returns
    -------
    Band
        Name, survey, wavelength, m_AB - m_Vega, magnitude system and aliases.

    Raises
    ------
    ValueError
        If :func:`canonical_band` raises.

    Examples
    --------
    >>> from sklearn_sn.data import get_band
    >>> band = get_band("UVW1")
    >>> band.name, band.wavelength, band.vega_ab_offset, band.system
    ('uvotuvw1', 2583.0, 1.51, 'Vega')
    """
    name = canonical_band(name, survey)
    return _registry.bands[name]


def list_bands(survey: str | None = None) -> list[str]:
    """Return the canonical names of all bands.

    Parameters
    ----------
    survey : str, optional
        Survey whose bands are listed; all surveys by default.

    Returns
    -------
    list of str
        Built-in bands first, in the order of their table, then registered ones.

    Raises
    ------
    ValueError
        If the survey is unknown.

    Examples
    --------
    >>> from sklearn_sn.data import list_bands
    >>> list_bands("ZTF")
    ['ztfg', 'ztfr', 'ztfi']
    """
    survey = _check_survey(_registry, survey)
    return [n for n, band in _registry.bands.items() if survey in (None, band.survey)]


def register_band(
    name: str,
    wavelength: float,
    *,
    survey: str = "",
    vega_ab_offset: float = np.nan,
    system: str = "AB",
    aliases: Sequence[str] = (),
    overwrite: bool = False,
) -> Band:
    """Add a band to the registry of this process.

    Parameters
    ----------
    name : str
        Canonical name. If it starts with `survey`, the rest is its name inside the survey:
        ``"vstg"`` of survey ``"vst"`` is also found as ``"VST-g"``.
    wavelength : float
        Effective wavelength in Å, in [1000, 1e7].
    survey : str, default=""
        Survey of the band; case is ignored.
    vega_ab_offset : float, default=nan
        m_AB - m_Vega in magnitudes; NaN if unknown.
    system : {"AB", "Vega"}, default="AB"
        System in which the magnitudes of this band are published.
    aliases : sequence of str, default=()
        Other names of the band.
    overwrite : bool, default=False
        Whether to take the name and the aliases from the bands that have them.

    Returns
    -------
    Band
        The registered band.

    Raises
    ------
    ValueError
        If an argument is out of range, or if a name belongs to another band and `overwrite` is
        False. Registering the same band again does not raise.

    See Also
    --------
    unregister_band : Remove a registered band.

    Examples
    --------
    >>> from sklearn_sn.data import canonical_band, register_band, unregister_band
    >>> band = register_band("vstg", 4817.0, survey="vst", aliases=["VST g-band"])
    >>> canonical_band("VST-g")
    'vstg'
    >>> unregister_band("vstg")
    """
    global _registry
    band = validate_band(name, wavelength, survey, vega_ab_offset, system, aliases)
    # The lock serialises writers only. Readers see the old registry or the new one, both complete.
    with _lock:
        if not overwrite and _registry.registered.get(band.name) != band:
            for text in (band.name, *band.aliases):
                names = _registry.candidates(text)
                if names:
                    raise ValueError(
                        f"The name {text!r} already means {' or '.join(names)}; choose another, or "
                        "pass overwrite=True to take it."
                    )
        _registry = _registry.with_registered({**_registry.registered, band.name: band})
    return band


def unregister_band(name: str) -> None:
    """Remove a registered band and restore the names that it had overwritten.

    Parameters
    ----------
    name : str
        Canonical name of the band.

    Raises
    ------
    ValueError
        If no band of this name is registered. Built-in bands cannot be removed.
    """
    global _registry
    with _lock:
        registered = dict(_registry.registered)
        if registered.pop(name, None) is None:
            raise ValueError(f"No band {name!r} was registered; built-in bands cannot be removed.")
        _registry = _registry.with_registered(registered)


@contextmanager
def temporary_bands():
    """Restore the registry of bands when the context ends.

    Examples
    --------
    >>> from sklearn_sn.data import list_bands, register_band
    >>> from sklearn_sn.data._bands import temporary_bands
    >>> with temporary_bands():
    ...     band = register_band("mine", 5000.0)
    >>> "mine" in list_bands()
    False
    """
    global _registry
    before = _registry
    try:
        yield
    finally:
        with _lock:
            _registry = before


def look_up(distinct, survey, ambiguous, registry):
    """Return the canonical names of distinct names, None where unknown."""
    survey = _check_survey(registry, survey)
    texts = [as_text(name) for name in distinct]
    candidates = [registry.candidates(text, survey) if text else () for text in texts]
    if ambiguous == "raise":
        for text, names in zip(texts, candidates, strict=True):
            if len(names) > 1:
                raise _ambiguous(registry, text, names)
        if survey is None:
            _check_codes(texts, candidates)
    return [names[0] if len(names) == 1 else None for names in candidates]


def _check_codes(texts, candidates):
    """Raise if the codes of ZTF stand beside other codes: all belong to another survey then."""
    pairs = zip(texts, candidates, strict=True)
    others = {t for t, names in pairs if t and len(t) == 1 and t.isdigit() and not names}
    ztf = ZTF_CODES.intersection(filter(None, texts))
    if others and ztf:
        raise mixed_codes(others | ztf)


def mixed_codes(codes: Iterable[str]) -> ValueError:
    """Return the error for codes of bands that cannot all be those of ZTF."""
    return ValueError(
        f"The band codes {', '.join(sorted(codes))} are ambiguous: ZTF has the codes 1, 2, 3 only. "
        'Name the survey, as in canonical_bands(codes, survey="plasticc").'
    )


def _ambiguous(registry, text, names):
    survey = registry.bands[names[0]].survey
    return ValueError(
        f"The band {text!r} is ambiguous: it may be {' or '.join(names)}. Use one of these names, "
        f"or name the survey, as in canonical_band({text!r}, survey={survey!r})."
    )


def _check_survey(registry, survey):
    if survey is None:
        return None
    name = registry.surveys.get(str(survey).strip().lower())
    if name is None:
        raise ValueError(f"Unknown survey {survey!r}; known are {registry.survey_names()}.")
    return name
