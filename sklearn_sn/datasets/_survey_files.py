"""Write light curves in the formats in which surveys, brokers and programs publish them."""

import csv
import io
import os
from pathlib import Path

import numpy as np
import pandas as pd
from astropy.coordinates import Angle
from astropy.time import Time
from sklearn.utils._param_validation import StrOptions, validate_params

from sklearn_sn.data import as_python, check_table, list_bands
from sklearn_sn.datasets._survey_formats import (
    ObjectPoints,
    alerce_tables,
    atlas_text,
    snana_text,
    ztf_forced_text,
)

# Survey whose bands a format has, and the text of one object with the suffix of its file.
_LIGHT_CURVES = {
    "alerce": ("ztf", None, None),
    "atlas": ("atlas", atlas_text, ".txt"),
    "snana": ("ps1", snana_text, ".dat"),
    "ztf-forced": ("ztf", ztf_forced_text, ".txt"),
}
_TNS_NAMES = (
    *("ID", "Name", "RA", "DEC", "Obj. Type", "Redshift", "Host Name", "Disc. Internal Name"),
    "Discovery Date (UT)",
)


@validate_params(
    {
        "X": [pd.DataFrame],
        "folder": [str, os.PathLike],
        "format": [StrOptions({*_LIGHT_CURVES, "tns"})],
    },
    prefer_skip_nested_validation=True,
)
def write_survey_files(X: pd.DataFrame, folder: str | os.PathLike, *, format: str) -> list[Path]:
    """Write a table of objects as files of a survey, for tests and tutorials.

    The files have the columns, units and quirks of real ones, and :func:`read_tables` reads them.
    Only points in the bands of the survey are written, and only objects that have some. Columns
    that `X` does not determine, such as the seeing, hold typical constants.

    Parameters
    ----------
    X : pandas.DataFrame of n_objects rows
        Column light_curve (nested: time in MJD, band, flux and flux_err in µJy) and the plain
        columns ra and dec (degrees) and, optionally, redshift, ebv (mag) and type. The index names
        the objects.
    folder : str or Path
        Folder to write to; it is made if it does not exist. Files of the same names are replaced.
    format : {"alerce", "atlas", "snana", "tns", "ztf-forced"}
        - "alerce": one table of detections and one of non-detections, as of the broker ALeRCE.
          Points below 5 sigma are non-detections, which have a limit and no flux; objects without
          a detection are left out.
        - "atlas": one file per object, as of the forced-photometry server of ATLAS. Fluxes are
          rounded to 1 µJy.
        - "snana": one text file per object with points in bands of Pan-STARRS1.
        - "tns": one table of objects, as of the Transient Name Server; it has no points.
        - "ztf-forced": one file per object, as of the forced-photometry service of ZTF, with one
          exposure that stands twice and one without a flux.

    Returns
    -------
    list of Path
        The files.

    Raises
    ------
    ValueError
        If a column or a flux_err is missing, a name is repeated or cannot be that of a file, or no
        point (for "alerce", no detection) is in the bands of the survey.

    See Also
    --------
    read_tables : Read the files.
    write_tables : Write a table to a Parquet file, which keeps all of it.

    Examples
    --------
    >>> import tempfile
    >>> from sklearn_sn.datasets import make_supernovae, read_tables, write_survey_files
    >>> X, y = make_supernovae(2, surveys="atlas", random_state=0)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     files = write_survey_files(X, folder, format="atlas")
    ...     read_back = read_tables(files[0])
    >>> files[0].name, read_back.attrs["read"]["tables"][0]["dialect"]
    ('sim-000000.txt', 'atlas')
    """
    objects = _objects_of(X, format)
    if format == "tns":
        contents = {"tns.csv": _tns_table(objects)}
    elif format == "alerce":
        contents = alerce_tables(objects)
    else:
        _, text_of, suffix = _LIGHT_CURVES[format]
        contents = {points.name + suffix: text_of(points) for points in objects}
    folder = Path(folder).expanduser()
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in contents.items():
        (folder / name).write_text(text, encoding="utf-8")
    return [folder / name for name in contents]


def _objects_of(X, format):
    """Return the points of every object in the bands of a format."""
    for column in ("light_curve", "ra", "dec"):
        if column not in X:
            raise ValueError(
                f"The 'X' parameter of write_survey_files must have a column {column!r}; it has "
                f"{list(X.columns)}."
            )
    if not X.index.is_unique:
        raise ValueError(
            f"The index of X has {as_python(X.index[X.index.duplicated()][0])!r} more than "
            f"once; it must name "
            "the objects."
        )
    survey = _LIGHT_CURVES.get(format, (None,))[0]
    curves = check_table(X, modalities=["light_curve"]).light_curve
    bands = np.asarray(curves["band"]).astype(str)
    chosen = np.isin(bands, list_bands(survey)) if survey else np.ones(len(bands), dtype=bool)
    objects = []
    for row, name in enumerate(X.index):
        points = np.arange(curves.offsets[row], curves.offsets[row + 1])
        points = points[chosen[points]]
        if len(points) or format == "tns":
            fields = {field: curves[field][points] for field in ("time", "flux", "flux_err")}
            letters = np.array([band.removeprefix(survey or "") for band in bands[points]])
            plain = _plain_values(X.iloc[row], name)
            objects.append(ObjectPoints(_file_name(name), letter=letters, plain=plain, **fields))
            if format != "tns":
                _require_errors(objects[-1])
    bright = [points.detected.any() for points in objects]
    if not objects or (format == "alerce" and not any(bright)):
        raise ValueError(
            f"No light curve of X has a {'detection' if objects else 'point'} in the bands "
            f"{list_bands(survey)} of format={format!r}."
        )
    return objects


def _plain_values(row, name):
    """Return the plain columns of one object that formats have, without missing ones."""
    values = {key: row[key] for key in ("ra", "dec", "redshift", "ebv", "type") if key in row}
    values = {key: value for key, value in values.items() if pd.notna(value)}
    for key in ("ra", "dec"):
        if key not in values:
            raise ValueError(f"Object {name!r} has no {key}; every format has positions.")
    return values


def _file_name(name):
    text = str(name)
    if not text or text.startswith(".") or set(text) & set('/\\,"\n\0'):
        raise ValueError(
            f"Object {name!r} cannot name a file; rename it, as with X.rename(index=...)."
        )
    return text


def _require_errors(points):
    bad = ~(points.flux_err > 0)
    if bad.any():
        raise ValueError(
            f"Object {points.name!r}: flux_err at MJD {points.time[np.argmax(bad)]} is unknown; "
            "every format has errors. Leave out the object."
        )


def _tns_table(objects):
    """Return a table of TNS: positions in hours and degrees, empty text for what is unknown."""
    content = io.StringIO()
    rows = csv.writer(content, quoting=csv.QUOTE_ALL, lineterminator="\n")
    rows.writerow(_TNS_NAMES)
    for number, points in enumerate(objects, 1):
        plain = points.plain
        ra = Angle(plain["ra"], "deg").to_string("hourangle", sep=":", precision=3, pad=True)
        dec = Angle(plain["dec"], "deg").to_string(
            "deg", sep=":", precision=2, pad=True, alwayssign=True
        )
        redshift = f"{plain['redshift']:.6g}" if "redshift" in plain else ""
        found = points.time[points.detected]
        date = Time(found[0], format="mjd").iso[:19] if len(found) else ""
        rows.writerow([number, points.name, ra, dec, plain.get("type", ""), redshift, "", "", date])
    return content.getvalue()
