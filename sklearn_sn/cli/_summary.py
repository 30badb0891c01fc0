"""Print a table of classes or redshifts for reading."""

import click

_BLOCKS = 3  # objects up to which each gets a paragraph instead of a line


def print_summary(table, n_objects):
    """Print the most important columns.

    Parameters
    ----------
    table : pandas.DataFrame of n_rows rows
        Table of ``classify`` or ``estimate_redshifts``, or a part of it.
    n_objects : int
        Number of objects of all parts.
    """
    coverage = table.attrs.get("coverage")
    set_title = "set" if coverage is None else f"{100 * coverage:.3g} % set"
    for name, row in table.iterrows():
        if n_objects <= _BLOCKS:
            click.echo(_block(name, row, set_title))
        else:
            click.echo(_line(name, row, set_title))


def _block(name, row, set_title):
    """Return one object as a paragraph."""
    lines = [str(name)]
    for title, text in _items(row, set_title):
        if text:
            lines.append(f"  {title:<14} {text}")
    return "\n".join(lines) + "\n"


def _line(name, row, set_title):
    """Return one object as a line of aligned columns."""
    items = dict(_items(row, set_title))
    parts = [f"{name!s:<16}"]
    if "class" in items:
        parts.append(f"{items['class']:<16}")
    if "redshift" in items:
        parts.append(f"z {items['redshift']:<18}")
    if items.get(set_title):
        parts.append(f"{set_title}: {items[set_title]}")
    if items.get("flags"):
        parts.append(items["flags"])
    return "  ".join(parts).rstrip()


def _items(row, set_title):
    """Yield titles and texts of the columns that a person reads first."""
    if "class" in row:
        yield "class", _with_number(row["class"], row["probability"], "unknown")
    if "subtype" in row and row["subtype"] != row["class"] and _given(row["subtype"]):
        yield "subtype", str(row["subtype"])
    if "class_set" in row:
        yield set_title, str(row["class_set"]).replace("|", ", ")
    if "redshift" in row:
        yield "redshift", _redshift(row)
    if _given(row.get("anomaly_score")):
        yield "anomaly score", f"{row['anomaly_score']:.3f} (lower is more unusual)"
    neighbors = []
    number = 1
    while _given(row.get(f"neighbor_{number}")):
        known = row[f"neighbor_{number}"], row[f"neighbor_{number}_class"]
        distance = row[f"neighbor_{number}_distance"]
        neighbors.append(f"{known[0]} ({known[1]}, distance {distance:.3f})")
        number += 1
    yield "similar to", ", ".join(neighbors)
    chances = {str(key)[2:]: row[key] for key in row.index if str(key).startswith("p_")}
    chances = {key: value for key, value in chances.items() if value >= 0.01}
    if "p_SN Ia-91bg" in row.index and "SN Ia" in chances:
        # The class SN Ia above includes the subtypes.
        chances["normal SN Ia"] = chances.pop("SN Ia")
    ranked = sorted(chances.items(), key=lambda item: -item[1])
    yield "probabilities", ", ".join(f"{key} {value:.2f}" for key, value in ranked)
    if "modalities" in row:
        yield "from", str(row["modalities"]).replace("|", " and ").replace("_", " ")
    yield "flags", str(row.get("quality_flags", ""))


def _redshift(row):
    if not _given(row["redshift"]):
        return ""
    error = f" ± {row['redshift_err']:.3f}" if _given(row["redshift_err"]) else ""
    return f"{row['redshift']:.3f}{error}"


def _with_number(text, number, missing):
    return f"{text} ({number:.2f})" if _given(text) else missing


def _given(value):
    return value is not None and value == value and value != ""
