"""Photometric bands: one registry of names, aliases, wavelengths and magnitude systems.

How a name is read, in this order:

1. exactly, as a canonical name (``ztfg``) or an alias (``orange``, ``UVW1``, ``g'``), case counts;
2. as a band of a named survey: ``DES-g``, ``ZTF_g``, ``ps1::g``, ``bessellb``, ``g_SDSS``,
   ``SLOAN/SDSS.u``. The survey may be in any case; so may the band where only one of it fits.

Bare names: u g r i z are SDSS-like (AB); U B V R I Bessell's and J H K 2MASS's (Vega); G Gaia's;
y and w those of Pan-STARRS1; Y the near-infrared band at 1.03 µm that CSP observes; c and o those
of ATLAS; W1, W2, M2 those of Swift UVOT, as in the Open Supernova Catalog, not of WISE; 1, 2, 3 the
``fid`` of ZTF. Lower-case b and v fit two surveys and need one named. The codes 0 to 5 of PLAsTiCC
are read only inside ``survey="plasticc"``.
"""

import difflib
import threading
from contextlib import contextmanager

import numpy as np
import pandas as pd

from sklearn_sn.data._band_registry import Band, as_text, read_table
from sklearn_sn.data._band_table import SURVEY_NAMES

_ZTF_CODES = {"1", "2", "3"}

_registry = read_table()
_lock = threading.RLock()


def canonical_band(name, survey=None):
    """Return the canonical name of a band.

    Parameters
    ----------
    name : str, bytes or int
        Any known name; white space around it is ignored, case counts (``g`` is not ``G``).
    survey : str, optional
        Survey to which the name belongs, such as ``"ztf"``, ``"plasticc"`` or ``"Swift"``.

    Returns
    -------
    str

    Raises
    ------
    ValueError
        If the name is missing, unknown, or fits several bands; if the survey is unknown.

    See Also
    --------
    canonical_bands : The same for arrays; unknown names become None.
    register_band : Add a band of your own.

    Examples
    --------
    >>> from sklearn_sn.data import canonical_band
    >>> [canonical_band(name) for name in ("DES-g", "r'", b"g", "bessellb", 2)]
    ['desg', 'sdssr', 'sdssg', 'bessellB', 'ztfr']
    >>> canonical_band("g", survey="ztf"), canonical_band(4, survey="plasticc")
    ('ztfg', 'lsstz')
    """
    registry = _registry
    survey = _check_survey(registry, survey)
    text = as_text(name)
    found = registry.candidates(text, survey) if text else ()
    if len(found) == 1:
        return found[0]
    if found:
        raise _ambiguous(registry, text, found)
    if survey is not None:
        known = [band.name for band in registry.bands.values() if band.survey == survey]
        raise ValueError(f"Survey {survey!r} has no band {name!r}; it has {', '.join(known)}.")
    close = difflib.get_close_matches(text or "", [*registry.bands, *registry.names], n=3)
    hint = f"Did you mean {' or '.join(dict.fromkeys(close))}? " if close else ""
    raise ValueError(
        f"Unknown band {name!r}. {hint}list_bands() names the known ones; register_band adds one."
    )


def canonical_bands(names, survey=None, *, ambiguous="raise"):
    """Return the canonical names of an array of bands.

    Only the distinct names are looked up, so that a million points cost little.

    Parameters
    ----------
    names : array-like or Categorical of str, bytes or int, any shape
        Names as published; may hold None or NaN.
    survey : str, optional
        Survey to which all names belong.
    ambiguous : {"raise", "unknown"}, default="raise"
        What becomes of a name that fits several bands: an error, or None.

    Returns
    -------
    ndarray of object, shape of `names`
        Canonical names; None where the name is missing or unknown.

    Raises
    ------
    ValueError
        If a name fits several bands, or if integer codes other than the 1, 2, 3 of ZTF stand beside
        these: they are another survey's, so name it.

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
    found = np.full(len(distinct) + 1, None, dtype=object)  # the last stands for code -1
    found[:-1] = _look_up(distinct, survey, ambiguous)
    return found[codes].reshape(shape)


def get_band(name, survey=None):
    """Return the :class:`Band` that a name means.

    Parameters
    ----------
    name, survey
        As in :func:`canonical_band`.

    Returns
    -------
    Band

    Raises
    ------
    ValueError
        As :func:`canonical_band`.

    Examples
    --------
    >>> from sklearn_sn.data import get_band
    >>> band = get_band("UVW1")
    >>> band.name, band.wavelength, band.vega_ab_offset, band.system
    ('uvotuvw1', 2583.0, 1.51, 'Vega')
    """
    name = canonical_band(name, survey)
    return _registry.bands[name]


def band_wavelength(names, survey=None):
    """Return effective (pivot) wavelengths of bands.

    Parameters
    ----------
    names : array-like or Categorical of str, bytes or int, any shape
        Names as published.
    survey : str, optional
        Survey to which all names belong.

    Returns
    -------
    ndarray of float64, shape of `names`
        Wavelengths in Å; NaN where the name is missing or unknown.

    Raises
    ------
    ValueError
        As :func:`canonical_bands`.

    Examples
    --------
    >>> from sklearn_sn.data import band_wavelength
    >>> band_wavelength(["lsstu", "orange", "clear"])
    array([3716., 6827.,   nan])
    """
    distinct, codes, shape = factorize_names(names)
    bands = _registry.bands
    values = [bands[n].wavelength if n else np.nan for n in _look_up(distinct, survey, "raise")]
    return np.array([*values, np.nan])[codes].reshape(shape)


def list_bands(survey=None):
    """List canonical band names.

    Parameters
    ----------
    survey : str, optional
        Only those of this survey.

    Returns
    -------
    list of str

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
    name, wavelength, *, survey="", vega_ab_offset=np.nan, system="AB", aliases=(), overwrite=False
):
    """Add a band to the registry of this process.

    Parameters
    ----------
    name : str
        Canonical name. If it starts with `survey`, the rest is its name inside the survey:
        ``"hscg"`` of survey ``"hsc"`` also answers to ``"HSC-g"``.
    wavelength : float
        Effective wavelength in Å, in [1000, 1e7].
    survey : str, default=""
        Survey, in any case.
    vega_ab_offset : float, default=nan
        m_AB - m_Vega in magnitudes; NaN where unknown.
    system : {"AB", "Vega"}, default="AB"
        System in which magnitudes of this band are published.
    aliases : sequence of str, default=()
        Other names.
    overwrite : bool, default=False
        Take the name and the aliases even if other bands have them.

    Returns
    -------
    Band

    Raises
    ------
    ValueError
        If an argument is out of range, or a name belongs to another band and `overwrite` is False.
        To register the same band again is no error.

    See Also
    --------
    unregister_band : Undo.

    Examples
    --------
    >>> from sklearn_sn.data import canonical_band, register_band, unregister_band
    >>> band = register_band("hscg", 4817.0, survey="hsc", aliases=["HSC g-band"])
    >>> canonical_band("HSC-g")
    'hscg'
    >>> unregister_band("hscg")
    """
    global _registry
    band = _checked_band(name, wavelength, survey, vega_ab_offset, system, aliases)
    with _lock:
        # As text: a missing offset is NaN, which equals nothing.
        if not overwrite and repr(_registry.registered.get(band.name)) != repr(band):
            for text in (band.name, *band.aliases):
                found = _registry.candidates(text)
                if found:
                    raise ValueError(
                        f"The name {text!r} already means {' or '.join(found)}; choose another, or "
                        "pass overwrite=True to take it."
                    )
        _registry = _registry.with_registered({**_registry.registered, band.name: band})
    return band


def unregister_band(name):
    """Remove a band that was registered; what it had overwritten comes back.

    Parameters
    ----------
    name : str
        Its canonical name.

    Raises
    ------
    ValueError
        If no band of this name was registered; the built-in ones stay.
    """
    global _registry
    with _lock:
        registered = dict(_registry.registered)
        if registered.pop(name, None) is None:
            raise ValueError(f"No band {name!r} was registered.")
        _registry = _registry.with_registered(registered)


@contextmanager
def temporary_bands():
    """Context in which bands may be registered; the registry is as before when it ends.

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


def factorize_names(names):
    """Distinct entries, the code of every entry (-1 where missing), and the shape."""
    if isinstance(getattr(names, "dtype", None), pd.CategoricalDtype):
        values = names if isinstance(names, pd.Categorical) else pd.Categorical(names)
        used = np.zeros(len(values.categories) + 1, dtype=bool)
        used[values.codes] = True  # an unused category must not raise
        number = np.append(np.cumsum(used[:-1]) - 1, -1)
        return list(values.categories[used[:-1]]), number[values.codes], (len(values),)
    if isinstance(names, np.ma.MaskedArray):
        names = np.ma.filled(names.astype(object), None)
    if isinstance(names, pd.Series | pd.Index):
        codes, distinct = pd.factorize(names)
        return list(distinct), codes, (len(names),)
    array = np.asarray(names, dtype=object)
    codes, distinct = pd.factorize(array.ravel())
    return list(distinct), codes, array.shape


def _look_up(distinct, survey, ambiguous):
    registry = _registry
    survey = _check_survey(registry, survey)
    texts = [as_text(name) for name in distinct]
    found = [registry.candidates(text, survey) if text else () for text in texts]
    for text, names in zip(texts, found, strict=True):
        if len(names) > 1 and ambiguous == "raise":
            raise _ambiguous(registry, text, names)
    pairs = zip(texts, found, strict=True)
    strange = {t for t, names in pairs if t and len(t) == 1 and t.isdigit() and not names}
    fids = _ZTF_CODES.intersection(filter(None, texts))
    if strange and fids and survey is None:
        raise ValueError(
            f"The band codes {', '.join(sorted(strange | fids))} are ambiguous: 1, 2, 3 alone are "
            "ZTF's, the others are not. Name the survey, as in "
            'canonical_bands(codes, survey="plasticc").'
        )
    return [names[0] if len(names) == 1 else None for names in found]


def _ambiguous(registry, text, found):
    survey = registry.bands[found[0]].survey
    return ValueError(
        f"The band {text!r} is ambiguous: it may be {' or '.join(found)}. Use one of these names, "
        f"or name the survey, as in canonical_band({text!r}, survey={survey!r})."
    )


def _check_survey(registry, survey):
    if survey is None:
        return None
    name = registry.surveys.get(str(survey).strip().lower())
    if name is None:
        raise ValueError(f"Unknown survey {survey!r}; known are {registry.survey_names()}.")
    return name


def _checked_band(name, wavelength, survey, vega_ab_offset, system, aliases):
    def refuse(parameter, wanted, value):
        raise ValueError(
            f"The {parameter!r} parameter of register_band must be {wanted}. Got {value!r} instead."
        )

    def is_real(value):
        return isinstance(value, int | float | np.number) and not isinstance(value, bool)

    if not isinstance(name, str) or not name.strip():
        refuse("name", "a non-empty str", name)
    if not is_real(wavelength) or not 1000 <= wavelength <= 1e7:
        refuse("wavelength", "a float in the range [1000, 1e7], in Å (10 Å are 1 nm)", wavelength)
    if not isinstance(survey, str):
        refuse("survey", "a str", survey)
    if not is_real(vega_ab_offset) or np.isinf(vega_ab_offset):
        refuse("vega_ab_offset", "a finite float or NaN", vega_ab_offset)
    if system not in ("AB", "Vega"):
        refuse("system", "'AB' or 'Vega'", system)
    if isinstance(aliases, str | bytes):
        refuse("aliases", "a sequence of str, not one str", aliases)
    texts = tuple(as_text(alias) for alias in aliases)
    if None in texts:
        refuse("aliases", "a sequence of non-empty str", aliases)
    survey = survey.strip().lower()
    survey = SURVEY_NAMES.get(survey, survey)
    return Band(name.strip(), survey, float(wavelength), float(vega_ab_offset), system, texts)
