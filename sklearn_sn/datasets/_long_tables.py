"""Load long tables of any type (file, pandas, astropy, Arrow) as named columns."""

from pathlib import Path

import numpy as np
import pandas as pd
from astropy import units as u
from astropy.table import Table

from sklearn_sn.datasets._sources import is_table, open_sources


def load_columns(table, parameter, choose=None):
    """Load a table as a dict of column name to values, with units.

    Parameters
    ----------
    table : DataFrame, astropy Table, pyarrow Table, str or Path
        Table or path of a file with one table.
    parameter : str
        Name of the parameter of read_tables, for messages.
    choose : callable, optional
        Function from the list of all column names to the list of names to load.

    Returns
    -------
    dict of str to array-like of shape (n_rows,)
        The loaded columns. Integers with missing values are nullable, never floats.

    Raises
    ------
    ValueError
        If the table or file is of an unsupported type.
    """
    if not is_table(table):
        table = open_sources(table, parameter)[0].table
    if isinstance(table, Path):
        return _read_parquet(table, choose)
    if isinstance(table, pd.DataFrame):
        named = [name for name in table.index.names if name is not None]
        table = table.reset_index(level=[n for n in named if n not in table.columns])
        columns = {str(name): table[name] for name in table.columns}
    elif isinstance(table, Table):
        columns = {name: table[name] for name in table.colnames}
    else:
        wanted = list(table.schema.names) if choose is None else choose(list(table.schema.names))
        return _of_arrow(table.select(wanted), choose is not None)
    wanted = columns if choose is None else choose(list(columns))
    return {name: columns[name] for name in wanted}


def _read_parquet(path, choose):
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = pq.read_schema(path)
    names = [name for name in schema.names if not name.startswith("__index_level_")]
    wanted = names if choose is None else choose(names)
    # Read text as dictionary codes, so that repeated names are stored once.
    text = [name for name in wanted if is_text(schema.field(name).type)]
    try:
        table = pq.read_table(path, columns=wanted, read_dictionary=text if choose else None)
    except (pa.ArrowException, OSError) as error:
        raise ValueError(f"{path} is a damaged parquet file: {error}.") from error
    return _of_arrow(table, choose is not None)


def is_text(dtype):
    """Return whether an Arrow type is that of text.

    Parameters
    ----------
    dtype : pyarrow.DataType
        Type of a column; pandas writes large strings, and other libraries string views.

    Returns
    -------
    bool
    """
    import pyarrow as pa

    # Older versions of pyarrow have no test of string views.
    is_string = pa.types.is_string(dtype) or pa.types.is_large_string(dtype)
    return is_string or str(dtype) == "string_view"


def _of_arrow(table, categories):
    """Return the columns of an Arrow table; integers with nulls are nullable."""
    import pyarrow as pa

    columns = {}
    for name, values in zip(table.column_names, table.columns, strict=True):
        if pa.types.is_integer(values.type) and values.null_count:
            array = pd.array(values.to_pandas(types_mapper=pd.ArrowDtype))
            columns[name] = pd.Series(array).astype(
                f"{'U' if 'u' in str(values.type) else ''}Int64"
            )
        else:
            columns[name] = values.to_pandas(strings_to_categorical=categories)
    return columns


def plain_column(values, name):
    """Convert one column of the table of objects to a Series without units, masks or bytes."""
    if isinstance(values, pd.Series):
        return values.reset_index(drop=True)
    unit = getattr(values, "unit", None)
    if unit is not None and name in ("ra", "dec"):
        values = u.Quantity(values).to_value(u.deg)
    if isinstance(values, np.ma.MaskedArray) or hasattr(values, "unmasked"):
        return _without_mask(values)
    array = np.asarray(getattr(values, "value", values))
    if array.dtype.kind == "S":
        array = np.char.decode(array, "utf-8")
    if array.dtype.byteorder == ">":
        array = array.astype(array.dtype.newbyteorder("="))
    return pd.Series(list(array) if array.ndim > 1 else array)


def _without_mask(values):
    """Return a masked column as a Series with missing values, in which integers stay exact."""
    mask = np.asarray(values.mask)
    data = np.asarray(values.unmasked if hasattr(values, "unmasked") else values.data)
    if data.dtype.kind in "iu":
        if not mask.any():
            return pd.Series(data.astype(data.dtype.newbyteorder("=")))
        if np.abs(data[~mask]).max(initial=0) < 2**53:
            return pd.Series(np.where(mask, np.nan, data.astype(np.float64)))
        return pd.Series(pd.array(data.astype(np.int64), dtype="Int64")).mask(mask)
    if data.dtype.kind == "f":
        return pd.Series(np.where(mask, np.nan, data).astype(np.float64))
    data = np.char.decode(data, "utf-8") if data.dtype.kind == "S" else data
    out = data.astype(object)
    out[mask] = None
    return pd.Series(out)
