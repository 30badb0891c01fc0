"""Names of objects: text or exact integers, from the file to the index."""

import re

import numpy as np
import pandas as pd

from sklearn_sn.data import factorize_names

# Columns that hold names of objects, in order of preference.
ID_ALIASES = (
    *("object_id", "objectid", "object_name", "objid", "obj_id", "oid", "diaobjectid", "snid"),
    *("cid", "ztfid", "ztf_id", "object", "source_id", "sourceid", "objname", "name", "sn", "id"),
)
# Text that stands for no object, in lower case.
NO_OBJECT = {"", "nan", "none", "null", "n/a", "na", "<na>", "nat", "-", "--", "---", "unknown"}
_NO_NUMBER = {-1, -9, -99, -999, -9999}
_LARGEST_EXACT = 2**53  # above, float64 cannot hold every integer
_INTEGER = re.compile(r"0|-?[1-9]\d*")
_WRITTEN_AS_FLOAT = re.compile(r"(0|-?[1-9]\d*)(\.0*)?")
_ROUNDED = re.compile(r"\d\.\d+[eE]\+?\d\d")  # as large floats are written
_ANY_ROUNDED = re.compile(r"\d\.\d+[eE]\+?\d\d\s*$", re.MULTILINE)


def is_name_column(name):
    """Return whether a column may hold names of objects, which must be read as text.

    Parameters
    ----------
    name : str
        Name of the column, perhaps with a prefix as in Fink's tables.

    Returns
    -------
    bool
    """
    lower = str(name).lower().strip()
    return re.sub(r"^[a-z]:", "", lower) in ID_ALIASES or lower.endswith(("id", "_id"))


def read_names(values, where):
    """Return the distinct names of objects and the code of every row.

    Parameters
    ----------
    values : array-like of shape (n_rows,)
        Column of names.
    where : str
        Location of the column, for messages.

    Returns
    -------
    names : list of str or int
        Distinct names, as the file wrote them.
    codes : ndarray of int, shape (n_rows,)
        Position in `names`; -1 for rows without an object.

    Raises
    ------
    ValueError
        If names are floats above 2**53, which have lost digits, or floats with a fraction.

    Examples
    --------
    >>> from sklearn_sn.datasets._identity import read_names
    >>> read_names(["007", "none", "007"], "light_curves")
    (['007'], array([ 0, -1,  0]))
    >>> read_names([12.0, float("nan")], "light_curves")
    ([12], array([ 0, -1]))
    """
    names, codes, _ = factorize_names(values)
    kinds = set(map(type, names))
    if not kinds <= {str} and not kinds <= {int}:
        names = list(map(_plain, names))
        kinds = set(map(type, names))
    if kinds != {int}:
        names = _exact(names, kinds, where)
    none = _no_objects(names, kinds)
    if not any(none) and len(set(names)) == len(names):
        return names, codes
    # Different spellings, such as the bytes and the text of a name, become one.
    kept = list(dict.fromkeys(name for name, no in zip(names, none, strict=True) if not no))
    position = {name: i for i, name in enumerate(kept)}
    lookup = np.array([*(position.get(name, -1) for name in names), -1], dtype=np.int64)
    return kept, lookup[codes]


def _plain(name):
    if isinstance(name, bytes):
        return name.decode("utf-8", "replace").rstrip(" \0")
    if isinstance(name, np.str_):
        return str(name)
    return name.item() if isinstance(name, np.generic) else name


def _exact(names, kinds, where):
    """Return numbers as exact integers, and raise if they, or their text, have lost digits."""
    texts = names if kinds == {str} else [name for name in names if isinstance(name, str)]
    # One search in all names is much faster than one in each.
    if _ANY_ROUNDED.search("\n".join(texts)):
        for name in texts:
            if _ROUNDED.fullmatch(name.strip()):
                _integer_of(float(name), where)
    if len(texts) == len(names):
        return names
    return [_integer_of(name, where) if isinstance(name, float) else name for name in names]


def _integer_of(number, where):
    if abs(number) >= _LARGEST_EXACT:
        raise ValueError(
            f"{where}: the object name {number:.17g} is a float above 2**53 and has lost digits, "
            "so that different objects may share it. Read the column as integers or as text, as in "
            "pandas.read_csv(..., dtype={'object_id': 'Int64'})."
        )
    if number != int(number):
        raise ValueError(
            f"{where}: the object name {number!r} is a number with a fraction; names must be text "
            "or integers."
        )
    return int(number)


def exact_integers(column):
    """Return a column of text as nullable integers if it holds nothing else, else unchanged.

    Parameters
    ----------
    column : pandas.Series of str, shape (n_rows,)
        Column of a CSV file. ``007`` is a text, and ``12.0`` the integer of a file that was written
        from floats.

    Returns
    -------
    pandas.Series
    """
    distinct = [text.strip() for text in column.dropna().unique()]
    texts = [text for text in distinct if text.lower() not in NO_OBJECT]
    if not texts or not all(_WRITTEN_AS_FLOAT.fullmatch(text) for text in texts):
        return column
    integers = {text: int(text.partition(".")[0]) for text in texts}
    if max(map(abs, integers.values())) >= 2**63:
        return column
    if any("." in text and abs(n) >= _LARGEST_EXACT for text, n in integers.items()):
        return column.astype(float)  # has lost digits; rejected if it is the column of names
    values = [
        integers.get(text.strip(), pd.NA) if isinstance(text, str) else pd.NA for text in column
    ]
    return pd.Series(pd.array(values, dtype="Int64"), index=column.index, name=column.name)


def _no_objects(names, kinds):
    """Return for each name whether it stands for no object."""
    if kinds == {str}:
        plain = map(str.lower, map(str.strip, names))  # a third of the cost of a loop
        return list(map(NO_OBJECT.__contains__, plain))
    if kinds == {int} and _NO_NUMBER.isdisjoint(names):
        return [False] * len(names)
    return [_is_none(name, names) for name in names]


def _is_none(name, names):
    if isinstance(name, str):
        return name.strip().lower() in NO_OBJECT
    if isinstance(name, int) and not isinstance(name, bool) and name in _NO_NUMBER:
        # Negative names may be real, if there are others.
        return all(not isinstance(n, int) or n >= 0 or n in _NO_NUMBER for n in names)
    return False


def names_index(values, id_column, where):
    """Return the index of objects of a column of names.

    Parameters
    ----------
    values : array-like of shape (n_objects,)
        Column of names.
    id_column : str
        Name of the index.
    where : str
        Location of the column, for messages.

    Returns
    -------
    pandas.Index of shape (n_objects,)
        Missing names are None.
    """
    names, codes = read_names(values, where)
    if (codes < 0).any():
        values = np.array([*names, None], dtype=object)[codes]
        return pd.Index(values, name=id_column, dtype=object)
    return pd.Index(pd.Series(names).to_numpy()[codes] if names else [], name=id_column)
