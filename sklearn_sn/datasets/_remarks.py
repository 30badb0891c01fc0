"""Remarks about several files: those of one kind are added up to one."""

from dataclasses import dataclass, field


@dataclass
class _Remark:
    """One kind of remark, with what its files add up to."""

    text: str
    n: int = 0
    objects: set = field(default_factory=set)
    bands: dict = field(default_factory=dict)
    files: list = field(default_factory=list)


class Remarks:
    """Remarks of a call that reads several files, each kind once.

    Examples
    --------
    >>> from sklearn_sn.datasets._remarks import Remarks
    >>> remarks = Remarks()
    >>> remarks.add("limits", "{n} limits of {objects} objects", 2, ["a"], file="a.csv")
    >>> remarks.add("limits", "{n} limits of {objects} objects", 1, ["b"], file="b.csv")
    >>> remarks.texts()
    ['3 limits of 2 objects (2 files, first a.csv)']
    """

    def __init__(self):
        self._by_kind = {}

    def add(self, kind, text, n=0, objects=(), *, bands=None, file=None):
        """Add a remark; the text of the first of its kind is kept.

        Parameters
        ----------
        kind : hashable
            Remarks of one kind are added up.
        text : str
            Text, in which ``{n}``, ``{objects}`` and ``{bands}`` stand for the sums.
        n : int, default=0
            Number of rows.
        objects : iterable of hashable
            Names of the objects concerned.
        bands : dict of str to int, optional
            Numbers of points by band.
        file : str, optional
            Path of the file.
        """
        remark = self._by_kind.setdefault(kind, _Remark(text))
        remark.n += n
        remark.objects.update(objects)
        for name, count in (bands or {}).items():
            remark.bands[name] = remark.bands.get(name, 0) + count
        if file not in remark.files[-1:]:
            remark.files.append(file)

    def __bool__(self):
        return bool(self._by_kind)

    def texts(self):
        """Return the text of every kind, in order of appearance."""
        return [_text_of(remark) for remark in self._by_kind.values()]


def _text_of(remark):
    names = sorted(remark.bands, key=lambda name: -remark.bands[name])
    listed = ", ".join(names[:6]) + (" …" if len(names) > 6 else "")
    text = remark.text
    for key, value in (
        ("{n}", remark.n),
        ("{objects}", len(remark.objects)),
        ("{n_bands}", len(names)),
        ("{bands}", listed),
    ):
        text = text.replace(key, str(value))
    if len(remark.files) == 1:
        return text
    end = "." if text.endswith(".") else ""
    return f"{text.removesuffix('.')} ({len(remark.files)} files, first {remark.files[0]}){end}"
