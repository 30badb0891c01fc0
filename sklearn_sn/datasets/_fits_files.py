"""Read FITS tables, among them the HEAD and PHOT files of SNANA."""

import io
import re
from pathlib import Path

import numpy as np
import pandas as pd
from astropy.io import fits
from astropy.table import Table

from sklearn_sn.datasets._other_readers import OtherReaderError

_KINDS = re.compile(r"_(HEAD|PHOT)\.FITS", re.IGNORECASE)


def parse_fits(data, label, where):
    """Parse the tables of a FITS file.

    Parameters
    ----------
    data : bytes
        Content of the file.
    label : str or None
        Path of the file, to find its companion: SNANA's HEAD and PHOT files are read together.
    where : str
        Name of the file, for messages.

    Returns
    -------
    list of dict
        Arguments of Source.

    Raises
    ------
    ValueError
        If the file is damaged, holds no table, or lacks its companion.
    """
    header, table = _first_table(data, where)
    if {"PTROBS_MIN", "PTROBS_MAX"} <= set(table.colnames):
        phot = _companion(label, "PHOT", header.get("photfile"), where)
        _, points = _first_table(phot.read_bytes(), str(phot))
        return _snana(header, table, points, where)
    if "FLUXCAL" in table.colnames and "SNID" not in table.colnames:
        head = _companion(label, "HEAD", None, where)
        header, table, points = *_first_table(head.read_bytes(), str(head)), table
        return _snana(header, table, points, where)
    _reject_time_series(table, where)
    return [{"table": table, "header": header}]


def _reject_time_series(table, where):
    """Raise if the times of a table are pairs of numbers, as astropy writes its TimeSeries."""
    for name in table.colnames:
        if name.lower() in ("time", "time_bin_start") and table[name].shape[1:] == (2,):
            raise ValueError(
                f"{where} is a TimeSeries of astropy, whose times are pairs of numbers; read it "
                "with astropy.table.Table.read(path, astropy_native=True) and pass that table."
            )


def _first_table(data, where):
    """Return the header of the file and its first table."""
    if data[:2] == b"\x1f\x8b":
        import gzip

        data = gzip.decompress(data)
    try:
        with fits.open(io.BytesIO(data)) as hdus:
            tables = [hdu for hdu in hdus if isinstance(hdu, fits.BinTableHDU | fits.TableHDU)]
            if tables:
                cards = {**hdus[0].header, **tables[0].header}
                header = {str(k).lower(): v for k, v in cards.items() if k and k != "COMMENT"}
                return header, Table.read(tables[0])
    except Exception as error:  # astropy raises many types for damaged files
        raise ValueError(f"{where} is a damaged FITS file: {error}") from error
    raise OtherReaderError(
        f"{where} holds images but no table. If it is a spectrum, read it with "
        "sklearn_sn.datasets.read_spectra."
    )


def _companion(label, kind, name, where):
    """Return the path of the PHOT file of a HEAD file, or of the HEAD file of a PHOT file."""
    path = None if label is None else Path(label)
    candidates = []
    if path is not None:
        candidates += [path.with_name(str(name).strip())] if name else []
        candidates += [path.with_name(_KINDS.sub(lambda m: m[0].replace(m[1], kind), path.name))]
        candidates += [one.with_name(one.name + ".gz") for one in candidates]
        candidates += [one.with_name(one.name.removesuffix(".gz")) for one in candidates]
    found = next((one for one in candidates if one != path and one.is_file()), None)
    if found is None:
        raise ValueError(
            f"{where} is one of two files of SNANA; the {kind} file is needed too, beside it."
        )
    return found


def _snana(header, head, points, where):
    """Return the points of SNANA with the names of their objects, and the objects."""
    for name in ("SNID", "PTROBS_MIN", "PTROBS_MAX"):
        if name not in head.colnames or head[name].ndim != 1:
            raise ValueError(
                f"{where}: the HEAD file of SNANA has no column {name!r} of one value."
            )
    names = np.array([_text(name) for name in head["SNID"]], dtype=object)
    first = np.asarray(head["PTROBS_MIN"], dtype=np.int64) - 1  # counts from 1
    last = np.asarray(head["PTROBS_MAX"], dtype=np.int64)  # inclusive
    sizes = np.maximum(last - first, 0)
    if len(head) and (first.min() < 0 or last.max() > len(points)):
        raise ValueError(
            f"{where}: PTROBS_MAX is {last.max()}, but the PHOT file has {len(points)} rows; the "
            "two files do not belong together."
        )
    starts = np.repeat(first - np.concatenate([[0], np.cumsum(sizes)[:-1]]), sizes)
    rows = starts + np.arange(sizes.sum())
    # Rows between two objects, with MJD -777, separate them.
    frame = pd.DataFrame({name: _native(points[name])[rows] for name in points.colnames})
    frame.insert(0, "SNID", np.repeat(names, sizes))
    objects = pd.DataFrame({name: _native(head[name]) for name in head.colnames}).assign(SNID=names)
    objects = objects.drop(columns=["PTROBS_MIN", "PTROBS_MAX"])
    return [
        {"table": frame, "header": header, "kind": "light_curves"},
        {"table": objects, "header": header, "kind": "objects"},
    ]


def _text(name):
    return name.decode("utf-8", "replace").strip() if isinstance(name, bytes) else str(name).strip()


def _native(column):
    array = np.asarray(np.ma.filled(column, np.nan) if column.dtype.kind == "f" else column)
    if array.dtype.kind == "S":
        return np.char.strip(np.char.decode(array, "utf-8", "replace"))
    return array.astype(array.dtype.newbyteorder("="))
