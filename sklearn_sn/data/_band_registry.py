"""Look-up of bands: an immutable registry of global names and of names inside surveys."""

from dataclasses import dataclass

import numpy as np

from sklearn_sn.data._band_table import BANDS, SURVEY_NAMES
from sklearn_sn.data._names import as_text

_SEPARATORS = "-_:. "


@dataclass(frozen=True, eq=False)
class Band:
    """One photometric band.

    Two bands are equal if all their attributes are, where NaN equals NaN.

    Attributes
    ----------
    name : str
        Canonical name, such as ``"ztfg"``.
    survey : str
        Survey or system that the band belongs to, such as ``"ztf"``.
    wavelength : float
        Effective (pivot) wavelength in Å.
    vega_ab_offset : float
        m_AB - m_Vega, in magnitudes; NaN if unknown.
    system : {"AB", "Vega"}
        System in which the survey publishes its magnitudes.
    aliases : tuple of str
        Other names of the band that need no survey. Names that include the survey (``ZTF-g``)
        follow a rule and are not listed.
    """

    name: str
    survey: str
    wavelength: float
    vega_ab_offset: float
    system: str
    aliases: tuple[str, ...]

    # The generated __eq__ compares NaN by identity up to Python 3.12 and by value from 3.13 on.
    def __eq__(self, other):
        return self._key() == other._key() if isinstance(other, Band) else NotImplemented

    def __hash__(self):
        return hash(self._key())

    def _key(self):
        offset = None if np.isnan(self.vega_ab_offset) else self.vega_ab_offset
        return self.name, self.survey, self.wavelength, offset, self.system, tuple(self.aliases)


class Registry:
    """Immutable look-up of bands; a change builds another one, so that readers need no lock.

    Parameters
    ----------
    builtin : dict of str to Band
        Built-in bands by canonical name.
    shorts : dict of str to tuple of str
        Names of each built-in band inside its survey.
    registered : dict of str to Band
        Bands added by the user; they take precedence over built-in ones.

    Attributes
    ----------
    bands : dict of str to Band
        All bands by canonical name.
    surveys : dict of str to str
        Survey by each of its names, in lower case.
    names : dict of str to tuple of str
        Canonical names that a global name may mean.
    inside : dict of str to dict
        For each survey, canonical names by the names inside it.
    prefixes : list of str
        Names of surveys, the longest first.
    """

    def __init__(self, builtin, shorts, registered):
        self.builtin, self.shorts, self.registered = builtin, shorts, registered
        self.bands = {**builtin, **registered}
        self.surveys = dict(SURVEY_NAMES)
        self.names = {}
        self.inside = {}
        for band in builtin.values():
            if band.name not in registered:
                for alias in (band.name, *band.aliases):
                    self.names[alias] = (*self.names.get(alias, ()), band.name)
                self._add_inside(band, shorts[band.name])
        for band in registered.values():
            self.names.update(dict.fromkeys((band.name, *band.aliases), (band.name,)))
            short = (band.name[len(band.survey) :].lstrip(_SEPARATORS),)
            is_prefix = band.survey and band.name.lower().startswith(band.survey)
            self._add_inside(band, (*(short if is_prefix else ()), *band.aliases))
        self.prefixes = sorted(self.surveys, key=len, reverse=True)

    def _add_inside(self, band, shorts):
        if band.survey:
            self.surveys.setdefault(band.survey, band.survey)
            self.inside.setdefault(band.survey, {}).update(dict.fromkeys(shorts, band.name))

    def candidates(self, text, survey=None):
        """Return the canonical names that `text` may mean: none, one or several."""
        if survey is None:
            return self.names.get(text) or self._of_named_survey(text)
        names = self._inside_survey(text, survey)
        if not names:
            names = tuple(n for n in self.candidates(text) if self.bands[n].survey == survey)
        return names

    def _inside_survey(self, text, survey):
        shorts = self.inside.get(survey, {})
        if text in shorts:
            return (shorts[text],)
        # Case is ignored only after the exact spelling failed: DES has Y, Rubin y.
        loose = {name for short, name in shorts.items() if short.lower() == text.lower()}
        return tuple(sorted(loose))

    def _of_named_survey(self, text):
        before, _, after = text.rpartition("/")
        # The filter service of the VO writes Facility/Survey.band, SNANA Survey-band/letter, where
        # the letter is that of its list of filters.
        return self._after_survey(after) or (self._after_survey(before) if len(after) == 1 else ())

    def _after_survey(self, text):
        lower = text.lower()
        for prefix in self.prefixes:
            survey = self.surveys[prefix]
            if lower.startswith(prefix):
                rest = text[len(prefix) :].lstrip(_SEPARATORS)
            elif lower.endswith(prefix) and _is_suffix(text, len(prefix)):
                rest = text[: -len(prefix)].rstrip(_SEPARATORS)
            else:
                continue
            names = self._inside_survey(rest, survey) if rest else ()
            if names:
                return names
        return ()

    def survey_names(self):
        """Return all surveys as text for a message, each with its other names."""
        others = {name: [] for name in sorted(set(self.surveys.values()))}
        for other, name in self.surveys.items():
            if other != name:
                others[name].append(other)
        return ", ".join(f"{n} ({', '.join(o)})" if o else n for n, o in others.items())

    def with_registered(self, registered):
        """Return a registry with other registered bands."""
        return Registry(self.builtin, self.shorts, registered)


def _is_suffix(text, length):
    """Return whether a survey at the end of a name stands apart, as in g_SDSS, or in capitals."""
    before, after = text[:-length], text[-length:]
    return before.endswith(tuple(_SEPARATORS)) or (len(before) == 1 and after.isupper())


def read_table():
    """Return the registry of the built-in bands."""
    builtin, shorts = {}, {}
    for name, survey, inside, wavelength, offset, system, aliases in BANDS:
        builtin[name] = Band(name, survey, wavelength, offset, system, tuple(aliases.split()))
        shorts[name] = tuple(inside.split())
    return Registry(builtin, shorts, {})


def validate_band(name, wavelength, survey, vega_ab_offset, system, aliases):
    """Return a band, or raise a ValueError if an argument is out of range."""

    def reject(parameter, wanted, value):
        raise ValueError(
            f"The {parameter!r} parameter of register_band must be {wanted}. Got {value!r} instead."
        )

    def is_real(value):
        return isinstance(value, int | float | np.number) and not isinstance(value, bool)

    if not isinstance(name, str) or not name.strip():
        reject("name", "a non-empty str", name)
    if not is_real(wavelength) or not 1000 <= wavelength <= 1e7:
        reject("wavelength", "a float in the range [1000, 1e7], in Å (10 Å are 1 nm)", wavelength)
    if not isinstance(survey, str):
        reject("survey", "a str", survey)
    if not is_real(vega_ab_offset) or np.isinf(vega_ab_offset):
        reject("vega_ab_offset", "a finite float or NaN", vega_ab_offset)
    if system not in ("AB", "Vega"):
        reject("system", "'AB' or 'Vega'", system)
    if isinstance(aliases, str | bytes):
        reject("aliases", "a sequence of str, not one str", aliases)
    texts = tuple(as_text(alias) for alias in aliases)
    if None in texts:
        reject("aliases", "a sequence of non-empty str", aliases)
    survey = survey.strip().lower()
    survey = SURVEY_NAMES.get(survey, survey)
    return Band(name.strip(), survey, float(wavelength), float(vega_ab_offset), system, texts)
