"""One object of a table, by its name or its position."""

from numbers import Integral

import numpy as np

from sklearn_sn.data import check_table


def take_object(X, name, modality):
    """The checked table of one object.

    Parameters
    ----------
    X : pandas.DataFrame of n_objects rows
    name : label or int
        Label in the index of `X`; else, where the index does not hold integers, a position.
    modality : {"light_curve", "spectrum"}

    Returns
    -------
    row : pandas.DataFrame of one row
    table : CheckedTable of one object

    Raises
    ------
    KeyError
        If no object has this name, or several have it.
    ValueError
        If the object has nothing usable of the modality.
    """
    row = X.iloc[find_positions(X, [name])]
    table = check_table(row, modalities=[modality])
    if not table.present(modality)[0]:
        raise ValueError(f"Object {row.index[0]!r} has no usable {modality.replace('_', ' ')}.")
    return row, table


def find_positions(X, names):
    """Positions of objects by their names, or by position; see :func:`take_object`.

    Raises
    ------
    KeyError
        If no object has a name, or several have it.
    ValueError
        For no name at all.
    """
    if len(names) == 0:
        raise ValueError("objects must name at least one object.")
    return np.concatenate([_position(X, name) for name in names])


def _position(X, name):
    positions = np.flatnonzero(X.index == name)
    if len(positions) == 0 and isinstance(name, Integral) and X.index.inferred_type != "integer":
        if not -len(X) <= name < len(X):
            raise KeyError(f"X has {len(X)} objects; there is none at position {name}.")
        positions = np.arange(len(X))[[name]]
    if len(positions) != 1:
        found = "no object" if len(positions) == 0 else f"{len(positions)} objects"
        raise KeyError(f"X has {found} named {name!r}; its index starts with {list(X.index[:3])}.")
    return positions
