"""Join tables of light curves and spectra by the names of objects."""

import shutil
import tempfile
import warnings
from pathlib import Path


def join_spectra(X, spectra, files, spectrum_files):
    """Add spectra to the objects of a table.

    The spectra of a single object belong to the only object of the table, unless both files state
    a name and the names differ. A name that a file states replaces one that is the name of a file.

    Parameters
    ----------
    X : pandas.DataFrame of n_objects rows
        Objects.
    spectra : pandas.DataFrame of n_spectra rows
        Table with a column spectrum.
    files, spectrum_files : list of str
        Files of `X` and of `spectra`.

    Returns
    -------
    pandas.DataFrame of n_objects rows
        `X` with the cells of `spectra` where it has none.

    Raises
    ------
    ValueError
        If a name occurs twice in a table, no name occurs in both, or an object has spectra in both.

    Warns
    -----
    UserWarning
        If spectra are left out, because they have the name of no object.
    """
    from sklearn_sn.data import warn_user

    where = spectrum_files[0]
    X, spectra = _like_names(X, spectra)
    if len(X) == len(spectra) == 1 and X.index[0] != spectra.index[0]:
        name = _name_of_both(X, spectra, files, spectrum_files)
        X, spectra = (table.set_axis([name]).rename_axis(X.index.name) for table in (X, spectra))
    _raise_on_repeated(X, files[0])
    _raise_on_repeated(spectra, where)
    unmatched = spectra.index.difference(X.index, sort=False)
    if len(unmatched) == len(spectra):
        raise ValueError(
            f"No spectrum of {where} has the name of an object: the spectra are of "
            f"{str(spectra.index[0])!r}, the first object is {str(X.index[0])!r}."
        )
    if len(unmatched):
        noun = "object is" if len(unmatched) == 1 else "objects are"
        warn_user(
            f"The spectra of {len(unmatched)} {noun} left out, because {files[0]} has no object of "
            f"their name (first {str(unmatched[0])!r}).",
            UserWarning,
        )
    return _combine(X, spectra, X.index, where)


def mix_tables(X, spectra, files, spectrum_files):
    """Return the objects of light curves and spectra in one table, joined by name.

    Parameters
    ----------
    X : pandas.DataFrame of n_curves rows
        Light curves.
    spectra : pandas.DataFrame of n_spectra rows
        Spectra.
    files, spectrum_files : list of str
        Files of `X` and of `spectra`.

    Returns
    -------
    pandas.DataFrame of n_objects rows
        The objects of `X`, then the other objects of `spectra`.

    Raises
    ------
    ValueError
        If a name occurs twice in a table, or an object has spectra in both.

    Warns
    -----
    UserWarning
        If no name occurs in both tables.
    """
    from sklearn_sn.data import warn_user

    X, spectra = _like_names(X, spectra)
    _raise_on_repeated(X, files[0])
    _raise_on_repeated(spectra, spectrum_files[0])
    others = spectra.index.difference(X.index, sort=False)
    if len(others) == len(spectra):
        warn_user(
            f"No spectrum has the name of a light curve (first {str(others[0])!r} and "
            f"{str(X.index[0])!r}): each is an object of its own. The option --spectrum joins the "
            "spectrum of one object to its light curve.",
            UserWarning,
        )
    index = X.index.append(others).rename(X.index.name)
    return _combine(X, spectra, index, spectrum_files[0])


def _like_names(X, spectra):
    """Return both tables with names of one type: text, if they differ."""
    if X.index.dtype == spectra.index.dtype:
        return X, spectra
    return tuple(
        table.set_axis(table.index.astype(str)).rename_axis(X.index.name) for table in (X, spectra)
    )


def _name_of_both(X, spectra, files, spectrum_files):
    """Return the name of one object with a light curve and spectra of different names."""
    name, other = X.index[0], spectra.index[0]
    if not _states_name(spectra, spectrum_files):
        return name
    if _states_name(X, files):
        raise ValueError(
            f"{spectrum_files[0]} is of the object {str(other)!r}, and {files[0]} of "
            f"{str(name)!r}. Correct the name in one of the files if they are the same object."
        )
    return other


def _states_name(table, files):
    """Return whether the name of the only object is stated in the file.

    It is not if it changes with the name of the file.
    """
    from sklearn_sn.datasets import read_tables

    path = Path(files[0]).expanduser()
    if len(files) > 1 or not path.is_file():
        read = (table.attrs.get("read") or {}).get("tables") or []
        paths = {str(entry.get("file")) for entry in read}
        path = Path(paths.pop()) if len(paths) == 1 else None
    if path is None or not path.is_file():
        return True  # several files can share a name only if they state it
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        copy = Path(folder) / f"copy-of-{path.name}"
        shutil.copyfile(path, copy)
        try:
            names = read_tables(str(copy)).index
        except ValueError:
            return False  # read with options, or with a file beside it
    return [*map(str, names)] == [str(table.index[0])]


def _raise_on_repeated(table, file):
    if not table.index.is_unique:
        name = table.index[table.index.duplicated()][0]
        raise ValueError(
            f"{file} has several objects of the name {str(name)!r}, so that spectra cannot be "
            "joined by name. Rename them, or use files with one object per name."
        )


def _combine(X, spectra, index, where):
    """Return the cells of X for the names of index, and those of spectra where X has none."""
    joined = X.reindex(index)
    for name in spectra:
        other = spectra[name].reindex(index)
        if name not in joined:
            joined[name] = other
        elif name in ("light_curve", "spectrum"):
            joined[name] = _combine_nested(joined[name], other, where)
        elif not joined[name].notna().all():
            joined[name] = joined[name].astype(object).where(joined[name].notna(), other)
            joined[name] = joined[name].infer_objects()
    joined.attrs = _attrs(X, spectra)
    return joined


def _combine_nested(column, other, where):
    """Return a nested column with the cells of another where it has none."""
    import pandas as pd

    from sklearn_sn.data import as_ragged

    given, added = column.notna(), other.notna()
    if (given & added).any():
        name = column.index[given & added][0]
        raise ValueError(
            f"{where}: the object {str(name)!r} has a {column.name.replace('_', ' ')} in the other "
            "file already. Give the files of one kind together as FILE."
        )
    if not added.any():
        return column
    if not given.any():
        return other
    cells = pd.concat([column[given], other[added]]).astype(object).reindex(column.index)
    cells = cells.where(cells.notna(), None)
    ragged = as_ragged(cells, kind=column.name)
    return ragged.to_nested(index=column.index, name=column.name)


def _attrs(X, spectra):
    """Return the attributes of X, with the record of reading of both."""
    read = [table.attrs.get("read") or {} for table in (X, spectra)]
    counts = {}
    for record in read:
        for name, number in (record.get("counts") or {}).items():
            counts[name] = counts.get(name, 0) + number
    tables = [entry for record in read for entry in record.get("tables") or []]
    return {**X.attrs, "read": {"tables": tables, "counts": counts}}
