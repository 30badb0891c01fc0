"""Conversion of names of any type to text and to integer codes."""

from functools import lru_cache
from numbers import Complex, Number
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

# Kinds of object arrays, by pandas.api.types.infer_dtype, in which entries that compare equal also
# have the same text. Only a mixture can hold True beside 1, which Python takes for one key.
_UNMIXED = {
    "string",
    "bytes",
    "integer",
    "floating",
    "mixed-integer-float",
    "boolean",
    "categorical",
    "empty",
}

_FEW_NAMES = 32  # so few are encoded without pandas, whose calls cost more
_FEW_CATEGORIES = 16  # so many comparisons of all codes are faster than an index


def as_text(name: Any) -> str | None:
    """Return a name as a stripped string, or None if it is missing.

    Parameters
    ----------
    name : object
        A str, bytes or number; None, NaN and pandas.NA are missing.

    Returns
    -------
    str or None
        A number with an integer value has the text of the integer, for every type of number.
        ``True`` is not a number.

    Examples
    --------
    >>> from sklearn_sn.data import as_text
    >>> as_text(" g"), as_text(b"g"), as_text(2.0), as_text(True), as_text(float("nan"))
    ('g', 'g', '2', 'True', None)
    """
    if name is None or name is pd.NA or name is pd.NaT:
        return None
    if isinstance(name, bytes):
        name = name.decode("utf-8", "replace")
    elif isinstance(name, Number) and not isinstance(name, bool):
        if name != name:  # NaN
            return None
        name = _as_integer(name)
    text = str(name).strip()
    if len(text) > 3 and text[:2] in ("b'", 'b"') and text[-1] == text[1]:
        text = text[2:-1].strip()  # bytes that were turned into str by mistake
    return text or None


def as_python(value: Any) -> Any:
    """Return a scalar of numpy as the Python object of its value, for messages.

    Parameters
    ----------
    value : object
        Any value, such as an entry of an index.

    Returns
    -------
    object
        The value itself if it is no scalar of numpy.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_sn.data import as_python
    >>> f"object {as_python(np.int64(7))!r}, {as_python(np.str_('a'))!r}"
    "object 7, 'a'"
    """
    return value.item() if isinstance(value, np.generic) else value


def _as_integer(number):
    """Return a number as an int if it has an integer value, else unchanged."""
    if isinstance(number, Complex) and number.imag == 0:
        number = number.real
    try:
        return int(number) if number == int(number) else number
    except (TypeError, ValueError, OverflowError):  # complex, NaN or infinite
        return number


def factorize_names(names: ArrayLike) -> tuple[list[Any], np.ndarray, tuple[int, ...]]:
    """Encode names as integer codes.

    Entries are one name if they compare equal and are of one kind: ``True`` and ``1`` are two
    names, ``1`` and ``1.0`` are one. The result for an entry is independent of the others.

    Parameters
    ----------
    names : array-like or Categorical, any shape
        Names of any type; None, NaN and masked entries are missing.

    Returns
    -------
    distinct : list
        The distinct entries.
    codes : ndarray of int, shape (n_entries,)
        Position in `distinct` of every entry of the flattened input; -1 where missing.
    shape : tuple of int
        Shape of `names`.

    Examples
    --------
    >>> from sklearn_sn.data import factorize_names
    >>> factorize_names(["g", None, "r", "g"])
    (['g', 'r'], array([ 0, -1,  1,  0]), (4,))
    """
    if isinstance(getattr(names, "dtype", None), pd.CategoricalDtype):
        return _factorize_categorical(names)
    if isinstance(names, np.ma.MaskedArray) or hasattr(names, "unmasked"):
        names = without_mask(names)
    if isinstance(names, pd.Series | pd.Index) and names.dtype != object:
        codes, distinct = pd.factorize(names)
        return list(distinct), codes, (len(names),)
    array = np.asarray(names, dtype=object)
    distinct, codes = _factorize_objects(array.ravel())
    return distinct, codes, array.shape


def as_categorical(values):
    """Encode an array of text or objects as a Categorical.

    Parameters
    ----------
    values : ndarray of str, bytes or object, shape (n_points,)
        A mixture of types is stored as text.

    Returns
    -------
    Categorical of shape (n_points,)
    """
    if values.dtype.kind != "O" or is_unmixed(values):
        return pd.Categorical(values)
    distinct, codes = _factorize_objects(values)
    texts = np.array([*map(as_text, distinct), None], dtype=object)
    return pd.Categorical(texts[codes])


@lru_cache(maxsize=256, typed=True)  # 1, 1.0 and True are different names
def names_dtype(*names):
    """Return the dtype of a Categorical; tables of single objects repeat the same few names.

    Parameters
    ----------
    *names : str
        The categories.

    Returns
    -------
    pandas.CategoricalDtype
    """
    return pd.CategoricalDtype(pd.Index(names, dtype=object))


def without_mask(values):
    """Return a masked array of names as an array of objects, None where masked.

    Parameters
    ----------
    values : numpy.ma.MaskedArray or astropy Masked array
        Names of any type.

    Returns
    -------
    ndarray of object
    """
    if hasattr(values, "unmasked"):
        out, mask = np.asarray(values.unmasked).astype(object), np.asarray(values.mask)
    else:
        out, mask = values.data.astype(object), np.ma.getmaskarray(values)
    out[mask] = None  # filled(None) would insert numpy's own fill value
    return out


def _factorize_categorical(names):
    values = names if isinstance(names, pd.Categorical) else pd.Categorical(names)
    distinct, codes = used_categories(values)
    return distinct, codes.astype(np.int64), (len(values),)


def used_categories(values):
    """Return the categories that occur, and the codes of the entries among them.

    Parameters
    ----------
    values : Categorical of shape (n,)
        Names of any type.

    Returns
    -------
    distinct : list
        The categories that occur.
    codes : ndarray of int, shape (n,)
        Position in `distinct` of every entry, in the dtype of the codes of `values`; -1 where
        missing.
    """
    codes = values.codes
    if len(values.categories) <= _FEW_CATEGORIES:
        used = np.array([(codes == i).any() for i in range(len(values.categories))], dtype=bool)
    else:
        # The last entry is that of missing names, of code -1.
        used = np.zeros(len(values.categories) + 1, dtype=bool)
        used[codes] = True
        used = used[:-1]
    distinct = values.categories if used.all() else values.categories[used]
    # Iterating over the categories themselves is slow if they are text of Arrow.
    distinct = distinct.to_numpy(dtype=object).tolist() if _is_text(distinct) else list(distinct)
    if not used.all():  # an unused category must not raise
        codes = np.append(np.cumsum(used) - 1, -1).astype(codes.dtype)[codes]
    return distinct, codes


def _is_text(index):
    return isinstance(index.dtype, pd.StringDtype)


def is_unmixed(values):
    """Return whether entries of an object array that compare equal have the same text.

    Parameters
    ----------
    values : ndarray of object
        Names of any type.

    Returns
    -------
    bool
    """
    return pd.api.types.infer_dtype(values, skipna=True) in _UNMIXED


def _factorize_objects(values):
    """Return the distinct entries and the codes of a 1-D array of objects."""
    if len(values) <= _FEW_NAMES and all(type(name) is str for name in values):
        distinct = {name: code for code, name in enumerate(dict.fromkeys(values))}
        return list(distinct), np.array([distinct[name] for name in values], dtype=np.int64)
    if is_unmixed(values):
        codes, distinct = pd.factorize(values)
        return list(distinct), codes
    # Python hashes True and 1 alike, so booleans are encoded apart from all other entries.
    is_bool = np.array([isinstance(value, bool | np.bool_) for value in values], dtype=bool)
    codes = np.empty(len(values), dtype=np.int64)
    codes[~is_bool], distinct = pd.factorize(_hashable(values[~is_bool]))
    bool_codes, bools = pd.factorize(values[is_bool])
    codes[is_bool] = len(distinct) + bool_codes
    return [*distinct, *bools], codes


def _hashable(values):
    """Return the entries, with lists and other containers as text."""
    out = values.copy()
    for i, value in enumerate(values):
        if pd.api.types.is_list_like(value):
            out[i] = str(value)
    return out
