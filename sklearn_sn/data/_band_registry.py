"""How a band's name is found: an immutable registry of exact names and of names inside surveys."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from sklearn_sn.data._band_table import BANDS, SURVEY_NAMES

_SEPARATORS = "-_:. "


@dataclass(frozen=True)
class Band:
    """One photometric band.

    Attributes
    ----------
    name : str
        Canonical name, such as ``"ztfg"``.
    survey : str
        Survey or system that the band belongs to, such as ``"ztf"``.
    wavelength : float
        Effective (pivot) wavelength in Å.
    vega_ab_offset : float
        m_AB - m_Vega, in magnitudes; NaN where unknown.
    system : {"AB", "Vega"}
        System in which the survey publishes its magnitudes.
    aliases : tuple of str
        Other names that mean this band wherever they stand. Names that name the survey too
        (``ZTF-g``) follow a rule and are not listed.
    """

    name: str
    survey: str
    wavelength: float
    vega_ab_offset: float
    system: str
    aliases: tuple


class Registry:
    """An immutable look-up; a change builds another, so that readers need no lock."""

    def __init__(self, builtin, shorts, registered):
        self.builtin, self.shorts, self.registered = builtin, shorts, registered
        self.bands = {**builtin, **registered}
        self.surveys = dict(SURVEY_NAMES)
        self.names = {}  # name anywhere -> tuple of candidates
        self.inside = {}  # survey -> {name inside the survey: canonical name}
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
        """Canonical names that `text` may mean: none, one, or several."""
        if survey is None:
            return self.names.get(text) or self._of_named_survey(text)
        found = self._inside_survey(text, survey)
        if not found:
            found = tuple(n for n in self.candidates(text) if self.bands[n].survey == survey)
        return found

    def _inside_survey(self, text, survey):
        shorts = self.inside.get(survey, {})
        if text in shorts:
            return (shorts[text],)
        loose = {name for short, name in shorts.items() if short.lower() == text.lower()}
        return tuple(sorted(loose))

    def _of_named_survey(self, text):
        text = text.rpartition("/")[2]  # the filter service of the VO writes Facility/Survey.band
        lower = text.lower()
        for prefix in self.prefixes:
            survey = self.surveys[prefix]
            if lower.startswith(prefix):
                rest = text[len(prefix) :].lstrip(_SEPARATORS)
            elif lower.endswith(prefix) and lower[: -len(prefix)].endswith(tuple(_SEPARATORS)):
                rest = text[: -len(prefix)].rstrip(_SEPARATORS)
            else:
                continue
            found = self._inside_survey(rest, survey) if rest else ()
            if found:
                return found
        return ()

    def survey_names(self):
        """All surveys for a message, each with the other names that it goes by."""
        others = {name: [] for name in sorted(set(self.surveys.values()))}
        for other, name in self.surveys.items():
            if other != name:
                others[name].append(other)
        return ", ".join(f"{n} ({', '.join(o)})" if o else n for n, o in others.items())

    def with_registered(self, registered):
        return Registry(self.builtin, self.shorts, registered)


def read_table():
    builtin, shorts = {}, {}
    for name, survey, inside, wavelength, offset, system, aliases in BANDS:
        builtin[name] = Band(name, survey, wavelength, offset, system, tuple(aliases.split()))
        shorts[name] = tuple(inside.split())
    return Registry(builtin, shorts, {})


def as_text(name):
    """The name as a stripped string; None where it is missing."""
    if name is None or name is pd.NA or (isinstance(name, float | np.floating) and np.isnan(name)):
        return None
    if isinstance(name, bytes):
        name = name.decode("utf-8", "replace")
    elif isinstance(name, float | np.floating) and float(name).is_integer():
        name = int(name)  # integer codes become floats where a column has gaps
    text = str(name).strip()
    if len(text) > 3 and text[:2] in ("b'", 'b"') and text[-1] == text[1]:
        text = text[2:-1].strip()  # bytes that somebody turned into str
    return text or None
