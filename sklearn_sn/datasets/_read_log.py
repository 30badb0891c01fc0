"""Log of a call of read_tables: what was left out, and the record in X.attrs["read"]."""

import numpy as np

from sklearn_sn.data import AB_ZERO_POINT, as_python, warn_quality
from sklearn_sn.datasets._columns import error_formula
from sklearn_sn.datasets._remarks import Remarks

_IN_FIRST_LINE = ("kind", "file", "columns")


class ReadLog:
    """Log of one call of read_tables, reported in a single warning and in a record.

    What the format of a recognised dialect says itself, such as a limit that it writes as text, is
    counted in the record but is no reason to warn.

    Attributes
    ----------
    left_out, doubtful : Remarks
        Rows that were left out, and values that are doubtful, for the warning.
    record : dict
        What was read: files, dialects, columns, scale, unused columns and counts.
    """

    def __init__(self):
        self.left_out, self.doubtful = Remarks(), Remarks()
        self.record = {"tables": [], "counts": {}}

    def count(self, name, mask):
        """Add the number of points of a mask to a count of the record."""
        if np.any(mask):
            counts = self.record["counts"]
            counts[name] = counts.get(name, 0) + int(np.count_nonzero(mask))

    def warn(self):
        """Emit one warning about everything that was left out or is doubtful."""
        sentences = [f"Rows were left out: {'; '.join(self.remarks)}."] if self.left_out else []
        sentences += self.doubts
        if sentences:
            warn_quality(" ".join(sentences))

    @property
    def remarks(self):
        """Return descriptions of rows that were left out, for the warning."""
        return self.left_out.texts()

    @property
    def doubts(self):
        """Return descriptions of values that are doubtful, for the warning."""
        return self.doubtful.texts()

    def unmeasured(self, points, mask):
        """Record points that are not measured."""
        self.count("not_measured", mask)
        if mask.any() and points.dialect is None:
            self._left_out(
                points,
                mask,
                "{n} points of {objects} objects that are not measured (magnitudes outside -5 to "
                "30, or fluxes that are fill values such as -999; first "
                f"{points.object_of(int(np.argmax(mask)))})",
                "unmeasured",
            )

    def absurd_fluxes(self, points, mask, rows, index):
        """Record fluxes beyond 1e9 µJy."""
        self.count("not_measured", mask)
        if mask.any():
            self.left_out.add(
                "absurd",
                "{n} points of {objects} objects with |flux| > 1e9 µJy (magnitude 1.4; first "
                f"{as_python(index[rows[mask][0]])!r})",
                int(mask.sum()),
                np.unique(rows[mask]).tolist(),
                file=points.label,
            )

    def unknown_errors(self, points, field, mask):
        """Record errors that are fill values."""
        self.count("unknown_errors", mask)
        if mask.any() and points.dialect is None:
            row = int(np.argmax(mask))
            value = as_python(np.asarray(points[field], dtype=object)[row])
            self._doubt(
                points,
                mask,
                f"{{n}} values of {points.location(field)}, that are no errors were taken as "
                f"unknown (first {value!r} of object {points.object_of(row)}).",
                ("unknown_errors", points.names[field]),
            )

    def copied_errors(self, points, field, mask):
        """Record errors that repeat the values."""
        self.count("unknown_errors", mask)
        if mask.any():
            row = int(np.argmax(mask))
            self._doubt(
                points,
                mask,
                f"{points.location(field)}, repeats the values of {{objects}} objects (first "
                f"{points.object_of(row)}); their errors were taken as unknown.",
                ("copied_errors", points.names[field]),
            )

    def written_limits(self, points, mask, field):
        """Record upper limits that are written as text."""
        if mask.any() and points.dialect is None:
            self._left_out(
                points,
                mask,
                "{n} upper limits of {objects} objects, written as text in column "
                f"{points.names[field]!r} (first {points.object_of(int(np.argmax(mask)))})",
                ("written_limits", points.names[field]),
            )

    def unreadable(self, points, bands, mask, rows, index, survey=None):
        """Record points in bands that are unknown or ambiguous.

        Parameters
        ----------
        points : LongTable
            Table of points.
        bands : Categorical of shape (n_points,)
            Names as published.
        mask : ndarray of bool, shape (n_points,)
            Points that are left out.
        rows : ndarray of int, shape (n_points,)
            Row of the object of each point.
        index : pandas.Index
            Object names.
        survey : str, optional
            Survey of bands with names of one character.
        """
        self.count("unknown_band", mask)
        if not mask.any():
            return
        counts = bands[mask].value_counts()
        names = {str(name): int(n) for name, n in counts[counts > 0].items()}
        remedy = "add bands with register_band, or name the survey with survey="
        if survey is not None and any(len(name) == 1 for name in names):
            remedy = (
                f"bands of one letter are those of the survey {survey!r} of the file, and none of "
                "another; if they are, name it, as in survey='sdss', else add them with "
                f"register_band(..., survey={survey.lower()!r})"
            )
        else:
            survey = None
        missing = int(bands[mask].isna().sum())
        names |= {"points without a name": missing} if missing else {}
        self.left_out.add(
            ("unreadable", survey),
            "{n} points of {objects} objects in {n_bands} unknown or ambiguous bands ({bands}; "
            f"first object {as_python(index[rows[mask][0]])!r}; {remedy})",
            int(mask.sum()),
            np.unique(rows[mask]).tolist(),
            bands=names,
            file=points.label,
        )

    def unused_errors(self, points, columns):
        """Record columns that may hold errors, and are not used."""
        if columns and points.dialect is None:
            listed = " and ".join(map(repr, columns))
            fields = [field for field in ("flux", "mag") if field in points.names]
            field = f"{fields[-1]}_err"
            formula = error_formula(fields[-1], columns[0])
            remedy = f"Name it, as in light_curve_columns={{{field!r}: {columns[0]!r}}}"
            if formula is not None:
                remedy = f"Compute a column {field!r} from it, as {formula}"
            self.doubtful.add(
                ("unused errors", tuple(columns)),
                f"The table {points.label or points.parameter} has fluxes or magnitudes without "
                f"errors, and its {listed} may be of any quantity; it was not used. {remedy}.",
                file=points.label,
            )

    def unknown_marks(self, points, field, mask):
        """Record marks of limits or detections that say neither yes nor no."""
        if mask.any():
            row = int(np.argmax(mask))
            value = as_python(np.asarray(points[field], dtype=object)[row])
            self._doubt(
                points,
                mask,
                f"{{n}} values of {points.location(field)}, say neither yes nor no (first "
                f"{value!r} of object {points.object_of(row)}); their points were taken as "
                "measurements. Give True or False.",
                ("unknown_marks", points.names[field]),
            )

    def taken_as_mjd(self, points, column, value):
        """Record times in a column of Julian dates that have the size of MJD."""
        self.doubtful.add(
            ("mjd", column),
            f"The times of {points.location('time')}, are too small for Julian dates (first "
            f"{value:.10g}), and were taken as MJD. If they are JD - 2400000, pass "
            "time_offset=2400000; if they are MJD, pass time_offset=0 or rename the column.",
            file=points.label,
        )

    def suspect_scale(self, points, offset):
        """Record fluxes, taken as µJy, that disagree with the magnitudes beside them."""
        self.doubtful.add(
            ("scale", points.names["flux"]),
            f"{points.location('flux')}, was taken as µJy, but column {points.names['mag']!r} "
            f"implies a zero point near {AB_ZERO_POINT - offset:.2f} instead of {AB_ZERO_POINT:g}: "
            "pass the right one as zero_point.",
            file=points.label,
        )

    def suspect_times(self, points, column, value):
        """Record times that are no MJD or JD of a survey."""
        self.doubtful.add(
            ("times", column),
            f"The times of {points.location('time')}, are no MJD of 1900-2100 (first {value:g}). "
            "If days were subtracted, pass them as time_offset.",
            file=points.label,
        )

    def suspect_units_of_times(self, points, column, value, unit, time_format):
        """Record times that look like years, or like seconds since 1970."""
        remedy = "values" if time_format != "datetime64" else "values.astype('datetime64[ms]')"
        self.doubtful.add(
            ("units of times", column, unit),
            f"The times of {points.location('time')}, look like {unit}, not like days (first "
            f"{value:.10g}). Convert them with astropy.time.Time({remedy}, "
            f"format={time_format!r}).mjd; if they are days, pass time_offset=0.",
            file=points.label,
        )

    def _left_out(self, points, mask, text, kind):
        self.left_out.add(kind, text, int(mask.sum()), _objects_of(points, mask), file=points.label)

    def _doubt(self, points, mask, text, kind):
        self.doubtful.add(kind, text, int(mask.sum()), _objects_of(points, mask), file=points.label)

    def text(self, quality_cut=False):
        """Return the record as text, one line for each table.

        Parameters
        ----------
        quality_cut : bool, default=False
            Whether points were dropped that the survey calls unusable.
        """
        lines = []
        counts = dict(self.record["counts"])
        kept = 0 if quality_cut else counts.pop("bad_quality", 0)
        for entry in self.record["tables"]:
            columns = ", ".join(
                f"{field} from {name!r}" for field, name in entry["columns"].items()
            )
            lines.append(f"{entry['kind']} of {entry['file'] or 'memory'}: {columns}")
            lines += [f"  {key}: {entry[key]}" for key in entry if key not in _IN_FIRST_LINE]
        lines.append(f"left out: {counts or 'nothing'}")
        if kept:
            lines.append(f"kept, but unusable as the survey says: {kept} (see quality_cut)")
        return "\n".join(lines)

    def add_table(self, **entry):
        """Add a table to the record."""
        self.record["tables"].append(entry)


def _objects_of(points, mask):
    return [points.objects[code] for code in np.unique(points.codes[mask]) if code >= 0]
