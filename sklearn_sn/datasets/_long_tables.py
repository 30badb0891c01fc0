"""Load long tables of any type (file, pandas, astropy, Arrow) as named columns."""

from pathlib import Path

import numpy as np
import pandas as pd
from astropy import units as u
from astropy.table import Table

_FORMATS = "(.parquet, .csv, .csv.gz or .ecsv)"


def load_columns(table, parameter, choose=None):
    """Load a table as a dict of column name to values, with units.

    Parameters
    ----------
    table : DataFrame, astropy Table, pyarrow Table, str or Path
        Table or path of a file.
    parameter : str
        Name of the parameter of read_tables, for messages.
    choose : callable, optional
        Function from the list of all column names to the list of names to load.

    Returns
    -------
    dict of str to array-like of shape (n_rows,)
        The loaded columns.

    Raises
    ------
    ValueError
        If the table or file is of an unsupported type.
    """
    if isinstance(table, str | Path):
        table = _read_file(Path(table).expanduser(), parameter, choose)
    if isinstance(table, pd.DataFrame):
        named = [name for name in table.index.names if name is not None]
        table = table.reset_index(level=[n for n in named if n not in table.columns])
        columns = {str(name): table[name] for name in table.columns}
    elif isinstance(table, Table):
        columns = {name: table[name] for name in table.colnames}
    elif hasattr(table, "schema") and hasattr(table, "to_pandas"):
        columns = dict(table.to_pandas(strings_to_categorical=choose is not None).items())
    else:
        raise ValueError(
            f"The '{parameter}' parameter of read_tables must be a pandas DataFrame, an astropy or "
            f"pyarrow Table, or the path of a file {_FORMATS}. Got {type(table).__name__} instead."
        )
    wanted = columns if choose is None else choose(list(columns))
    return {name: columns[name] for name in wanted}


def plain_column(values, name):
    """Convert one column of the table of objects to a Series without units, masks or bytes."""
    if isinstance(values, pd.Series):
        return values.reset_index(drop=True)
    unit = getattr(values, "unit", None)
    if unit is not None and name in ("ra", "dec"):
        values = u.Quantity(values).to_value(u.deg)
    if isinstance(values, np.ma.MaskedArray):
        values = values.astype(float if values.dtype.kind in "iuf" else object)
        values = values.filled(np.nan if values.dtype.kind == "f" else None)
    array = np.asarray(getattr(values, "value", values))
    if array.dtype.kind == "S":
        array = np.char.decode(array, "utf-8")
    if array.dtype.byteorder == ">":
        array = array.astype(array.dtype.newbyteorder("="))
    return pd.Series(list(array) if array.ndim > 1 else array)


def _read_file(path, parameter, choose):
    name = path.name.lower()
    if name.endswith((".parquet", ".pq")):
        return _read_parquet(path, choose)
    if name.endswith((".csv", ".csv.gz", ".csv.bz2", ".csv.xz", ".csv.zst")):
        return _read_csv(path, choose)
    if name.endswith(".ecsv"):
        return Table.read(path, format="ascii.ecsv")
    raise ValueError(
        f"The '{parameter}' parameter of read_tables must name a file of a supported format "
        f"{_FORMATS}. Got {str(path)!r} instead."
    )


def _read_csv(path, choose):
    for separator in (",", ";", "\t"):
        header = list(pd.read_csv(path, sep=separator, nrows=0).columns)
        if len(header) > 1:
            break
    wanted = None if choose is None else choose(header)
    return pd.read_csv(path, sep=separator, usecols=wanted, low_memory=False)


def _read_parquet(path, choose):
    import pyarrow as pa
    import pyarrow.parquet as pq

    if choose is None:
        return pd.read_parquet(path)
    schema = pq.read_schema(path)
    wanted = choose([name for name in schema.names if not name.startswith("__index_level_")])
    # Read text as dictionary codes, so that repeated names are stored once.
    text = [n for n in wanted if pa.types.is_string(schema.field(n).type)]
    table = pq.read_table(path, columns=wanted, read_dictionary=text)
    return table.to_pandas(
        strings_to_categorical=True, ignore_metadata=True, split_blocks=True, self_destruct=True
    )
