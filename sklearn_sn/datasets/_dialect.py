"""One survey dialect: how the columns of a survey map to fields."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Dialect:
    """Meaning of the columns of one survey or broker.

    Attributes
    ----------
    name : str
        Name of the dialect, as in the parameter of read_tables.
    columns : tuple of str
        Columns that identify it, in lower case; ``a|b`` is one of two.
    without : tuple of str
        Columns that it does not have.
    kind : {"light_curves", "objects"}
        Kind of the table.
    fields : dict of str to str
        Column of each field; alternatives are separated by ``|``. Other fields are found by their
        usual names. An empty name means that the dialect lacks the field.
    survey : str or None
        Survey of bands with names of one character. None leaves them to the general rules.
    band : str or None
        Band of all points.
    zero_point : float or None
        AB magnitude of flux 1, if fluxes have neither a unit nor a column of zero points.
    missing : tuple of str
        Text that stands for a missing number.
    limits : tuple of (str, str)
        Column and pattern of the values that mark upper limits; the pattern ``""`` marks empty
        values.
    limit_sign : str
        Sign besides ``>`` before a magnitude that is an upper limit.
    snr : str
        Column of the signal-to-noise ratio, from which errors of magnitudes follow.
    signed_magnitudes : bool
        Whether a negative magnitude stands for a negative flux.
    quality : tuple of (str, callable)
        Column, and function of its values that is true for bad points.
    objects : dict of str to str
        Column of each plain column of the table of objects, with alternatives.
    joined : bool
        Whether one source has several identifiers, one per band, to be joined by position.
    time_offset : float
        Days to add to the times.
    """

    name: str
    columns: tuple
    without: tuple = ()
    kind: str = "light_curves"
    fields: dict = field(default_factory=dict)
    survey: str | None = None
    band: str | None = None
    zero_point: float | None = None
    missing: tuple = ()
    limits: tuple = ()
    limit_sign: str = ""
    snr: str = ""
    signed_magnitudes: bool = False
    quality: tuple = ()
    objects: dict = field(default_factory=dict)
    joined: bool = False
    time_offset: float = 0.0

    def matches(self, names):
        """Return whether a set of lower-case column names identifies the dialect."""
        return names.isdisjoint(self.without) and all(
            any(one in names for one in wanted.split("|")) for wanted in self.columns
        )

    def joins(self, id_column):
        """Return whether names of a column are identifiers that are to be joined by position."""
        return self.joined and (id_column or "").lower() == self.fields["object_id"]
