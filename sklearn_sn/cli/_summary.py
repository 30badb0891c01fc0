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
        parts.append(f"{items['class']:<27}")
    if "redshift" in items:
        parts.append(f"z {items['redshift']:<18}")
    if items.get(set_title):
        parts.append(f"{set_title}: {items[set_title]}")
    if items.get("flags"):
        parts.append(items["flags"])
    return "  ".join(parts).rstrip()


def _items(row, set_title):
    """Yield titles and texts of the columns that a person reads first."""
    flags = str(row.get("quality_flags", ""))
    chances = _chances(row)
    if "class" in row:
        mark = ", uncertain" if "UNCERTAIN" in flags.split(",") else ""
        known = _given(row["class"])
        yield "class", f"{row['class']} ({row['probability']:.2f}{mark})" if known else "unknown"
    if "subtype" in row and row["subtype"] != row["class"] and _given(row["subtype"]):
        yield "subtype", str(row["subtype"])
    if "class_set" in row:
        yield set_title, _class_set(row, chances)
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
    chances = {key: value for key, value in chances.items() if value >= 0.01}
    ranked = sorted(chances.items(), key=lambda item: -item[1])
    yield "probabilities", ", ".join(f"{key} {value:.2f}" for key, value in ranked)
    if "modalities" in row:
        yield "from", str(row["modalities"]).replace("|", " and ").replace("_", " ")
    yield "flags", flags


def _chances(row):
    """Return the probabilities of the classes and subtypes."""
    chances = {str(key)[2:]: row[key] for key in row.index if str(key).startswith("p_")}
    if "SN Ia" in chances and "SN Ia-91bg" in chances:
        # The class SN Ia of the first line includes the subtypes.
        chances["normal SN Ia"] = chances.pop("SN Ia")
    return chances


def _class_set(row, chances):
    """Return the classes of the set with their probabilities."""
    names = str(row["class_set"]).split("|") if _given(row["class_set"]) else []
    if "normal SN Ia" in chances:
        names = ["normal SN Ia" if name == "SN Ia" else name for name in names]
    return ", ".join(f"{name} {chances[name]:.2f}" if name in chances else name for name in names)


def _redshift(row):
    if not _given(row["redshift"]):
        return ""
    error = f" ± {row['redshift_err']:.3f}" if _given(row["redshift_err"]) else ""
    return f"{row['redshift']:.3f}{error}"


def _given(value):
    return value is not None and value == value and value != ""
