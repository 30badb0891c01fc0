"""The HTML of a page about classified objects."""

from dataclasses import dataclass
from html import escape
from importlib.resources import files
from string import Template

import numpy as np
import pandas as pd

from sklearn_sn import __version__
from sklearn_sn.catalog._figures import MAP_LIMITS, map_colours

_MIN_SHOWN = 0.005  # probability from which a class gets a bar


@dataclass(frozen=True)
class Entry:
    """One object of a page.

    Parameters
    ----------
    name : str
        Name of the object.
    row : pandas.Series
        Its row of the table of ``classify``.
    light_curve, spectrum : str or None
        Sources of its images.
    place : tuple of float or None
        Position on the map, in [0, 1].
    """

    name: str
    row: pd.Series
    light_curve: str | None
    spectrum: str | None
    place: tuple[float, float] | None


def page(entries, title, n_objects, known, map_image, coverage=None):
    """Return the text of a page.

    Parameters
    ----------
    entries : list of Entry
        The objects.
    title : str
        Title of the page.
    n_objects : int
        Number of all objects, of which the entries may be the first.
    known : KnownObjects or None
        Known objects of the map.
    map_image : str or None
        Source of the image of the map.
    coverage : float, optional
        Coverage of the sets.

    Returns
    -------
    str
        HTML without references to other files. All texts of the user are escaped.
    """
    template = Template((files("sklearn_sn.catalog") / "page.html").read_text(encoding="utf-8"))
    shown = f"{n_objects} objects" if n_objects != 1 else "1 object"
    if len(entries) < n_objects:
        shown = f"the first {len(entries)} of {n_objects} objects"
    set_title = "Set" if coverage is None else f"{100 * coverage:.3g} % set"
    return template.substitute(
        title=escape(title),
        subtitle=f"{shown}, classified by sklearn-sn {escape(__version__)}",
        map=f"url({map_image})" if map_image else "none",
        counts=_counts(entries),
        head="".join(f"<th>{set_title if name == 'Set' else name}</th>" for name in _HEAD),
        rows="\n".join(_table_row(number, entry) for number, entry in enumerate(entries)),
        objects="\n".join(
            _object(number, entry, known, map_image, set_title)
            for number, entry in enumerate(entries)
        ),
    )


_HEAD = ("Object", "Class", "Probability", "Set", "Redshift", "Anomaly", "Similar to", "Flags")


def _counts(entries):
    """Return the number of objects of each class."""
    classes = pd.Series([_text(entry.row.get("class")) or "unknown" for entry in entries])
    return " ".join(
        f'<span class="count"><b>{count}</b> {escape(name)}</span>'
        for name, count in classes.value_counts().items()
    )


def _table_row(number, entry):
    row = entry.row
    cells = [
        f'<a href="#object-{number}">{escape(entry.name)}</a>',
        escape(_text(row.get("class"))),
        _probability(row),
        escape(_class_set(row)),
        _redshift(row),
        _number(row.get("anomaly_score"), ".2f"),
        escape(_text(row.get("neighbor_1"))),
        escape(_text(row.get("quality_flags"))),
    ]
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"


def _object(number, entry, known, map_image, set_title):
    """Return the section of one object."""
    row = entry.row
    name = _text(row.get("class")) or "Class unknown"
    if _text(row.get("subtype")) not in ("", _text(row.get("class"))):
        name += f" (subtype {_text(row.get('subtype'))})"
    if _is_uncertain(row):
        name += ", uncertain"
    figures = [
        f'<img src="{source}" alt="{kind} of {escape(entry.name, quote=True)}">'
        for kind, source in (("Light curve", entry.light_curve), ("Spectra", entry.spectrum))
        if source
    ]
    facts = [
        ("Probability", _probability(row)),
        (set_title, escape(_class_set(row))),
        ("Redshift", _redshift(row)),
        ("Anomaly score", _number(row.get("anomaly_score"), ".3f")),
        ("Similar to", _neighbors(row)),
        ("From", escape(_text(row.get("modalities")).replace("|", " and ").replace("_", " "))),
        ("Flags", escape(_text(row.get("quality_flags")))),
    ]
    facts = "".join(f"<dt>{title}</dt><dd>{text}</dd>" for title, text in facts if text)
    return (
        f'<section id="object-{number}"><h2>{escape(entry.name)}<small>{escape(name)}</small></h2>'
        f'<div class="columns"><div class="facts"><dl>{facts}</dl>{_bars(row)}</div>'
        f'<div class="figures">{"".join(figures)}</div>'
        f"{_map(entry, known) if map_image else ''}</div></section>"
    )


def _probability(row):
    """Return the probability of the class, with a mark where the class is uncertain."""
    mark = " <small>uncertain</small>" if _is_uncertain(row) else ""
    return _number(row.get("probability"), ".2f") + mark


def _is_uncertain(row):
    return "UNCERTAIN" in _text(row.get("quality_flags")).split(",")


def _class_set(row):
    """Return the classes of the set with their probabilities."""
    names = [name for name in _text(row.get("class_set")).split("|") if name]
    chances = _chances(row)
    if "normal SN Ia" in chances:
        names = ["normal SN Ia" if name == "SN Ia" else name for name in names]
    return ", ".join(f"{name} {_number(chances.get(name), '.2f')}".strip() for name in names)


def _chances(row):
    """Return the probabilities of the classes and subtypes."""
    chances = {str(key)[2:]: row[key] for key in row.index if str(key).startswith("p_")}
    if "SN Ia" in chances and "SN Ia-91bg" in chances:
        # The class SN Ia in the heading includes the subtypes.
        chances["normal SN Ia"] = chances.pop("SN Ia")
    return chances


def _bars(row):
    """Return the probabilities as bars, the largest first."""
    chances = _chances(row)
    ranked = sorted(chances.items(), key=lambda item: -np.nan_to_num(item[1]))
    bars = [
        f'<div class="bar"><span>{escape(name)}</span>'
        f'<i><b style="width:{100 * value:.1f}%"></b></i><em>{value:.2f}</em></div>'
        for name, value in ranked
        if value >= _MIN_SHOWN
    ]
    return f'<div class="bars">{"".join(bars)}</div>' if bars else ""


def _neighbors(row):
    """Return the nearest known objects with their classes and distances."""
    parts, number = [], 1
    while _text(row.get(f"neighbor_{number}")):
        name, kind = (_text(row[f"neighbor_{number}{end}"]) for end in ("", "_class"))
        distance = _number(row[f"neighbor_{number}_distance"], ".3f")
        parts.append(f"{escape(name)} <small>{escape(kind)}, {distance}</small>")
        number += 1
    return "<br>".join(parts)


def _map(entry, known):
    """Return the map with the object marked, and the legend."""
    legend = "".join(
        f'<span><i style="background:{colour}"></i>{escape(str(name))}</span>'
        for name, colour in map_colours(known).items()
    )
    mark = ""
    if entry.place is not None:
        low, high = MAP_LIMITS
        left, up = (100 * (value - low) / (high - low) for value in entry.place)
        mark = f'<div class="mark" style="left:{left:.2f}%;bottom:{up:.2f}%"></div>'
    return (
        f'<div class="place"><div class="map">{mark}</div><div class="legend">{legend}</div></div>'
    )


def _redshift(row):
    value, error = _number(row.get("redshift"), ".4f"), _number(row.get("redshift_err"), ".4f")
    return f"{value} ± {error}" if value and error else value


def _number(value, digits):
    """Return a number as text; empty if it is missing."""
    return "" if value is None or pd.isna(value) else format(float(value), digits)


def _text(value):
    """Return a text; empty if it is missing."""
    return "" if value is None or pd.isna(value) else str(value)
