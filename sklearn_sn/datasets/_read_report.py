"""Report how each file was read."""

_PLURALS = {"spectrum": "spectra"}


def counted(number, noun):
    """Return a number with its noun, in the plural if it is not 1.

    Parameters
    ----------
    number : int
        The number.
    noun : str
        The noun in the singular.

    Returns
    -------
    str

    Examples
    --------
    >>> from sklearn_sn.datasets._read_report import counted
    >>> counted(1, "spectrum"), counted(2, "spectrum"), counted(0, "pixel")
    ('1 spectrum', '2 spectra', '0 pixels')
    """
    return f"{number} {noun if number == 1 else _PLURALS.get(noun, noun + 's')}"


class ReadReport(tuple):
    """Report of a reader: one dict for each file.

    It is a tuple of plain dicts, so that pandas can compare, copy and save the attributes of a
    table that holds it. ``print`` shows it as text.
    """

    __slots__ = ()

    def __deepcopy__(self, memo):
        return self  # pandas copies the attributes of a table in every operation

    def __str__(self):
        return "\n".join(_lines(self))


def _lines(entries):
    for entry in entries:
        yield str(entry.get("file", ""))
        for key, value in entry.items():
            if key in ("kind", "file") or value in (None, "", [], {}):
                continue
            if isinstance(value, dict):
                value = "; ".join(f"{name}: {text}" for name, text in value.items())
            elif isinstance(value, list):
                value = "; ".join(map(str, value))
            yield f"    {key.replace('_', ' ')}: {value}"
