"""Read the properties of galaxies in the catalogue PROVABGS."""

from pathlib import Path

import numpy as np
import pandas as pd

from sklearn_sn.datasets._desi_legacy_files import find_name, hdf5_columns, is_hdf5

# Columns of PROVABGS and their names here. The first that exists is used.
_PROPERTIES = {
    "log_stellar_mass": ("PROVABGS_LOGMSTAR_BF", "LOG_MSTAR"),
    "sfr": ("AVG_SFR",),
    "age": ("TAGE_MW",),
    "stellar_metallicity": ("Z_MW",),
}
MAGNITUDES = {"g": ("MAG_G",), "r": ("MAG_R",), "z": ("MAG_Z",)}
_TARGETID = ("TARGETID", "targetid", "object_id")
_WANTED = [*_TARGETID, *(c for names in (_PROPERTIES | MAGNITUDES).values() for c in names)]


def read_properties(source):
    """Return the catalogue of properties of galaxies.

    Parameters
    ----------
    source : str, Path or DataFrame
        HDF5 or Parquet file, or table, with the columns of PROVABGS.

    Returns
    -------
    pandas.DataFrame
        Indexed by TARGETID, without repetitions; unknown values are NaN.

    Raises
    ------
    FileNotFoundError
        If the file does not exist.
    ValueError
        If it has no TARGETID or none of the properties.
    """
    label = "properties"
    if not isinstance(source, pd.DataFrame):
        path = Path(source).expanduser()
        if not path.exists():
            raise FileNotFoundError(f"{path} does not exist.")
        label = str(path)
        source = hdf5_columns(path, _WANTED) if is_hdf5(path) else pd.read_parquet(path)
    key = source[find_name(_TARGETID, source.columns, label)].to_numpy()
    table = {}
    for name, candidates in (_PROPERTIES | MAGNITUDES).items():
        column = next((candidate for candidate in candidates if candidate in source), None)
        if column is not None:
            values = source[column].to_numpy(dtype=np.float64)
            # 0 and -99 stand for "no fit".
            table[name] = np.where(values > 0.0, values, np.nan)
    if not table:
        raise ValueError(f"{label} has none of the columns of PROVABGS, such as 'LOG_MSTAR'.")
    if "sfr" in table:
        table["log_sfr"] = np.log10(table.pop("sfr"))
    table = pd.DataFrame(table, index=targetid_index(key, label))
    return table[~table.index.duplicated()]


def targetid_index(targetid, label):
    """Return TARGETIDs as an index of exact integers.

    Parameters
    ----------
    targetid : array-like of int
        Identifiers.
    label : str
        Name of the file, for messages.

    Returns
    -------
    pandas.Index

    Raises
    ------
    ValueError
        If they are not integers.
    """
    targetid = np.asarray(targetid).reshape(-1)
    if targetid.dtype.kind not in "iu":
        raise ValueError(
            f"targetid of {label} is of type {targetid.dtype}, which may have lost digits. Store "
            "it as 64-bit integers."
        )
    return pd.Index(targetid.astype(np.int64), name="targetid")
