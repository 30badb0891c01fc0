"""Log of a call of read_tables: what was left out, and the record in X.attrs["read"]."""

import numpy as np

from sklearn_sn.data import warn_quality

_IN_FIRST_LINE = ("kind", "file", "columns")


class ReadLog:
    """Log of one call of read_tables, reported in a single warning and in a record.

    What the format of a recognised dialect says itself, such as a limit that it writes as text, is
    counted in the record but is no reason to warn.

    Attributes
    ----------
    remarks : list of str
        Descriptions of rows that were left out, for the warning.
    record : dict
        What was read: files, dialects, columns, scale, unused columns and counts.
    """

    def __init__(self):
        self.remarks = []
        self.doubts = []
        self.record = {"tables": [], "counts": {}}

    def count(self, name, mask):
        """Add the number of points of a mask to a count of the record."""
        if np.any(mask):
            counts = self.record["counts"]
            counts[name] = counts.get(name, 0) + int(np.count_nonzero(mask))

    def warn(self):
        """Emit one warning about everything that was left out or is doubtful."""
        sentences = [f"Rows were left out: {'; '.join(self.remarks)}."] if self.remarks else []
        sentences += self.doubts
        if sentences:
            warn_quality(" ".join(sentences))

    def _remark(self, points, text):
        if points.dialect is None:
            self.remarks.append(text)

    def unmeasured(self, points, mask):
        """Record points that are not measured."""
        self.count("not_measured", mask)
        if mask.any():
            self._remark(
                points,
                f"{int(mask.sum())} points of {_n_objects(points, mask)} objects that are not "
                "measured (magnitudes outside -5 to 30, or fluxes that are fill values such as "
                f"-999; first {points.object_of(int(np.argmax(mask)))})",
            )

    def absurd_fluxes(self, mask, rows, index):
        """Record fluxes beyond 1e9 µJy."""
        self.count("not_measured", mask)
        if mask.any():
            self.remarks.append(
                f"{int(mask.sum())} points of {len(np.unique(rows[mask]))} objects with |flux| > "
                f"1e9 µJy (magnitude 1.4; first {index[rows[mask][0]]!r})"
            )

    def unknown_errors(self, points, field, mask):
        """Record errors that are fill values."""
        self.count("unknown_errors", mask)
        if mask.any() and points.dialect is None:
            row = int(np.argmax(mask))
            value = np.asarray(points[field], dtype=object)[row]
            self.doubts.append(
                f"{int(mask.sum())} values of {points.location(field)}, that are no errors were "
                f"taken as unknown (first {value!r} of object {points.object_of(row)})."
            )

    def copied_errors(self, points, field, mask):
        """Record errors that repeat the values."""
        self.count("unknown_errors", mask)
        if mask.any():
            row = int(np.argmax(mask))
            self.doubts.append(
                f"{points.location(field)}, repeats the values of {_n_objects(points, mask)} "
                f"objects (first {points.object_of(row)}); their errors were taken as unknown."
            )

    def written_limits(self, points, mask, field):
        """Record upper limits that are written as text."""
        if mask.any():
            self._remark(
                points,
                f"{int(mask.sum())} upper limits of {_n_objects(points, mask)} objects, written as "
                f"text in column {points.names[field]!r} (first "
                f"{points.object_of(int(np.argmax(mask)))})",
            )

    def unreadable(self, points, bands, mask, rows, index):
        """Record points in bands that are unknown or ambiguous."""
        self.count("unknown_band", mask)
        if not mask.any():
            return
        counts = bands[mask].value_counts().sort_values(ascending=False)
        names = [str(name) for name in counts.index[counts > 0]]
        names += ["points without a name"] if bands[mask].isna().any() else []
        listed = ", ".join(names[:6]) + (" …" if len(names) > 6 else "")
        self.remarks.append(
            f"{int(mask.sum())} points of {len(np.unique(rows[mask]))} objects in {len(names)} "
            f"unknown or ambiguous bands ({listed}; first object {index[rows[mask][0]]!r}; "
            "add bands with register_band, or name the survey with survey=)"
        )

    def suspect_times(self, points, column, value):
        """Record times that are no MJD or JD of a survey."""
        self.doubts.append(
            f"The times of {points.location('time')}, are no MJD of 1900-2100 (first {value:g}). "
            "If days were subtracted, pass them as time_offset."
        )

    def text(self):
        """Return the record as text, one line for each table."""
        lines = []
        for entry in self.record["tables"]:
            columns = ", ".join(
                f"{field} from {name!r}" for field, name in entry["columns"].items()
            )
            lines.append(f"{entry['kind']} of {entry['file'] or 'memory'}: {columns}")
            lines += [f"  {key}: {entry[key]}" for key in entry if key not in _IN_FIRST_LINE]
        return "\n".join([*lines, f"left out: {self.record['counts'] or 'nothing'}"])

    def add_table(self, **entry):
        """Add a table to the record."""
        self.record["tables"].append(entry)


def _n_objects(points, mask):
    return len(np.unique(points.codes[mask]))
