"""Gather spectra of files into a table, through read_tables."""

import numpy as np
import pandas as pd

from sklearn_sn.data import Ragged, is_masked_pixel
from sklearn_sn.datasets._read_report import counted
from sklearn_sn.datasets._tables import read_tables


def spectrum_table(records):
    """Return the table of some spectra.

    Parameters
    ----------
    records : list of SpectrumRecord
        Spectra with names, in Å and one unit of flux.

    Returns
    -------
    X : pandas.DataFrame of n_objects rows
        Column spectrum and the columns of metadata.
    n_unmeasured : int
        Number of pixels that were not measured and were left out.
    remark : str
        What was left out; empty if nothing was.

    Raises
    ------
    ValueError
        If there is no spectrum.
    """
    if not records:
        raise ValueError("There is no spectrum to make a table of.")
    lengths = np.array([len(record.flux) for record in records])
    fields = {
        name: np.concatenate([np.asarray(getattr(r, name), dtype=np.float64) for r in records])
        for name in ("wavelength", "flux")
    }
    errors = np.concatenate(
        [np.full(len(r.flux), np.nan) if r.flux_err is None else r.flux_err for r in records]
    )
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    bad = is_masked_pixel(Ragged({**fields, "flux_err": errors}, offsets))
    if any(record.flux_err is not None for record in records):
        fields["flux_err"] = errors
    remark = ""
    names = list(dict.fromkeys(record.name for record in records))
    position = {name: i for i, name in enumerate(names)}
    spectrum = np.repeat(np.arange(len(records)), lengths)
    if bad.any():
        first = records[spectrum[np.argmax(bad)]].name
        remark = (
            f"{counted(int(bad.sum()), 'pixel')} not measured (flux = error = 0, or fill values "
            f"such as -999) left out (first object {first!r})"
        )
    codes = np.repeat([position[record.name] for record in records], lengths)
    pixels = {"object_id": pd.Categorical.from_codes(codes, names), "spectrum_id": spectrum}
    times = np.array([record.time for record in records])
    if np.isfinite(times).any():
        fields["time"] = np.repeat(times, lengths)
    table = pd.DataFrame({**pixels, **fields})[~bad]
    return read_tables(_objects(records, names), spectra=table), int(bad.sum()), remark


def _objects(records, names):
    """Return one row of metadata for each object."""
    rows = {name: {} for name in names}
    for record in records:
        row = rows[record.name]
        for key, value in record.metadata.items():
            known = row.get(key)
            if isinstance(value, str) and known and value not in known.split(", "):
                row[key] = f"{known}, {value}"
            elif known is None:
                row[key] = value
    keys = dict.fromkeys(key for row in rows.values() for key in row)
    columns = {key: [row.get(key) for row in rows.values()] for key in keys}
    return pd.DataFrame({"object_id": names, **columns})
