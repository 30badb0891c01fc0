"""Select objects of a table by name or position."""

from numbers import Integral

import numpy as np

from sklearn_sn.data import as_python, check_table


def take_object(X, name, modality):
    """Return one object as a row and as a validated table.

    Parameters
    ----------
    X : pandas.DataFrame of n_objects rows
        Table.
    name : label or int
        Label in the index of `X`. If the index does not hold integers, an int is a position.
    modality : {"light_curve", "spectrum"}
        Modality that the object must have.

    Returns
    -------
    row : pandas.DataFrame of one row
        Row of the object.
    table : CheckedTable of one object
        Validated table.

    Raises
    ------
    KeyError
        If no object or more than one object has this name.
    ValueError
        If the object has no usable data of the modality.
    """
    row = X.iloc[find_positions(X, [name])]
    table = check_table(row, modalities=[modality])
    if not table.present(modality)[0]:
        raise ValueError(
            f"Object {as_python(row.index[0])!r} has no usable {modality.replace('_', ' ')}."
        )
    return row, table


def find_positions(X, names):
    """Return the positions of objects, given by name or position; see :func:`take_object`.

    Raises
    ------
    KeyError
        If no object or more than one object has a name.
    ValueError
        If there are no names.
    """
    if len(names) == 0:
        raise ValueError("The 'objects' parameter must hold at least one object. Got none.")
    return np.concatenate([_position(X, name) for name in names])


def _position(X, name):
    positions = np.flatnonzero(X.index == name)
    if len(positions) == 0 and isinstance(name, Integral) and X.index.inferred_type != "integer":
        if not -len(X) <= name < len(X):
            raise KeyError(f"X has no object at position {name}; it has {len(X)} objects.")
        positions = np.arange(len(X))[[name]]
    if len(positions) != 1:
        count = "no object" if len(positions) == 0 else f"{len(positions)} objects"
        raise KeyError(
            f"X has {count} named {name!r}; its index starts with {X.index[:3].tolist()}."
        )
    return positions
