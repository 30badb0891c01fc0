"""Read the fields of the DESI-Legacy sample from HDF5 and Parquet files, in chunks."""

from contextlib import contextmanager

import numpy as np
import pandas as pd

# Names of a field in files: of the HDF5 file, then of the rows of the Hugging Face data set.
_FIELDS = {"image": ("images", "image"), "spectrum": ("spectra", "spectrum")}
_FIELDS |= {"redshift": ("redshifts", "redshift"), "targetid": ("targetids", "targetid")}
_HDF5_START = b"\x89HDF\r\n\x1a\n"


def _part(n, split):
    """Return the first and last row of a split of n rows."""
    n_train = int(0.8 * n)
    return {"train": (0, n_train), "test": (n_train, n), "all": (0, n)}[split]


def is_hdf5(path):
    """Return whether a path is that of an HDF5 file."""
    if path.is_dir():
        return False
    with open(path, "rb") as file:
        return file.read(len(_HDF5_START)) == _HDF5_START


@contextmanager
def open_hdf5(path):
    """Open an HDF5 file, or raise an ImportError that names the extra."""
    try:
        import h5py
    except ImportError as error:
        raise ImportError(
            "Reading HDF5 files needs h5py. Install it with pip install 'sklearn-sn[hdf5]'."
        ) from error
    with h5py.File(path, "r") as file:
        yield file


def read_hdf5(path, names, split, chunk_size):
    """Yield fields of at most `chunk_size` galaxies, group by group.

    Parameters
    ----------
    path : Path
        File.
    names : list of str
        Fields to read, out of image, spectrum, redshift and targetid.
    split : {"train", "test", "all"}
        The first 80 %, the rest, or all, of each group.
    chunk_size : int
        Maximum number of galaxies.

    Yields
    ------
    fields : dict of str to ndarray
        Values of consecutive galaxies.
    label : str
        Name of the group, for messages.

    Raises
    ------
    ValueError
        If a field is missing, or fields differ in length.
    """
    with open_hdf5(path) as file:
        groups = [file[key] for key in sorted(file, key=_natural) if hasattr(file[key], "keys")]
        for group in groups or [file]:
            label = f"{path}{'' if group.name == '/' else group.name}"
            data = {name: group[find_name(_FIELDS[name], group, label)] for name in names}
            lengths = {name: len(values) for name, values in data.items()}
            if len(set(lengths.values())) > 1:
                raise ValueError(f"Fields of {label} differ in length: {lengths}.")
            first, last = _part(lengths["targetid"], split)
            for start in range(first, last, chunk_size):
                rows = slice(start, min(start + chunk_size, last))
                yield {name: values[rows] for name, values in data.items()}, label


def read_parquet(path, names, split, chunk_size):
    """Yield fields of at most `chunk_size` galaxies, file by file.

    Parameters
    ----------
    path : Path
        File or folder.
    names : list of str
        Fields to read, out of image, spectrum, redshift and targetid.
    split : {"train", "test", "all"}
        The first 80 %, the rest, or all, of each file.
    chunk_size : int
        Maximum number of galaxies.

    Yields
    ------
    fields : dict of str to ndarray
        Values of consecutive galaxies.
    label : str
        Name of the file, for messages.

    Raises
    ------
    ValueError
        If a field is missing, or fields differ in length.
    """
    import pyarrow.parquet as pq

    files = sorted(path.glob("**/*.parquet")) if path.is_dir() else [path]
    if not files:
        raise FileNotFoundError(f"The folder {path} has no Parquet file.")
    for single in files:
        with pq.ParquetFile(single) as file:
            available = file.schema_arrow.names
            columns = {name: find_name(_FIELDS[name], available, single) for name in names}
            first, last = _part(file.metadata.num_rows, split)
            start = 0
            for batch in file.iter_batches(chunk_size, columns=list(columns.values())):
                rows = slice(max(first - start, 0), max(last - start, 0))
                start += len(batch)
                batch = batch.slice(rows.start, max(rows.stop - rows.start, 0))
                if len(batch):
                    arrays = {key: _dense(batch.column(column)) for key, column in columns.items()}
                    yield arrays, str(single)


def _dense(column):
    """Return an Arrow column of numbers or of nested lists of equal lengths as an array."""
    import pyarrow as pa

    shape = [len(column)]
    if isinstance(column, pa.ExtensionArray):
        column = column.storage
    while pa.types.is_nested(column.type):
        column = column.flatten()
        shape.append(len(column) // max(int(np.prod(shape)), 1))
    values = column.to_numpy(zero_copy_only=False)
    if len(values) != np.prod(shape):
        raise ValueError("Images and spectra of one file must have equal shapes.")
    return values.reshape(shape)


def find_name(candidates, available, label):
    """Return the first of several names that exists.

    Parameters
    ----------
    candidates : sequence of str
        Names of one field.
    available : container of str
        Names in the file.
    label : str or Path
        Name of the file, for messages.

    Returns
    -------
    str

    Raises
    ------
    ValueError
        If none exists.
    """
    for candidate in candidates:
        if candidate in available:
            return candidate
    raise ValueError(
        f"{label} has no field {' or '.join(map(repr, candidates))}. It has {sorted(available)}."
    )


def _natural(key):
    """Sort the groups 0, 1, … 10 as numbers."""
    return (0, int(key), key) if key.isdecimal() else (1, 0, key)


def hdf5_columns(path, wanted):
    """Return columns of an HDF5 table, such as astropy writes, as far as they exist.

    Parameters
    ----------
    path : Path
        HDF5 file with a compound data set, or with one data set per column.
    wanted : list of str
        Names of columns of one value per row.

    Returns
    -------
    pandas.DataFrame
    """
    with open_hdf5(path) as file:
        source = file
        tables = [file[key] for key in file if getattr(file[key], "dtype", None) is not None]
        compound = [table for table in tables if table.dtype.names]
        if compound:
            source = compound[0]
        names = source.dtype.names if compound else list(source)
        columns = {name: np.asarray(source[name]) for name in wanted if name in names}
    return pd.DataFrame({name: v.reshape(len(v), -1)[:, 0] for name, v in columns.items()})
