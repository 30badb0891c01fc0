"""Which modalities the objects of a table have."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from sklearn_sn.data import as_ragged, check_table

_CHECKED = ("light_curve", "spectrum", "image")


def column_presence(X: pd.DataFrame, columns: list[str]) -> dict[str, np.ndarray]:
    """Return for each column which objects have something usable in it.

    Parameters
    ----------
    X : pandas.DataFrame of n_objects rows
        Table that has the columns.
    columns : list of str
        Names of the columns. Light curves, spectra and images count by the rules of
        :func:`~sklearn_sn.data.check_table`, other nested columns if they have points, and plain
        columns if their value is not missing.

    Returns
    -------
    dict of str to array of bool, shape (n_objects,)
    """
    checked = [name for name in columns if name in _CHECKED]
    nested = [name for name in columns if name not in checked and _is_nested(X[name])]
    plain = [name for name in columns if name not in checked and name not in nested]
    masks = {name: as_ragged(X[name], kind=None).lengths > 0 for name in nested}
    if checked or plain:
        modalities = [*checked, "metadata"] if plain else checked
        # The members warn about what they repair.
        table = check_table(X, modalities=modalities, metadata_columns=plain, warn=False)
        masks |= {name: table.present(name) for name in checked}
        masks |= {name: table.metadata[name].notna().to_numpy() for name in plain}
    return masks


def member_presence(X: pd.DataFrame, rules: Mapping[str, object]) -> np.ndarray:
    """Return which objects have the modality of each member.

    Parameters
    ----------
    X : pandas.DataFrame of n_objects rows
        Table that has the columns of the rules.
    rules : dict of str to (list of str, dict or callable)
        Per member, the columns of which at least one must hold something, the least numbers of
        points or spectra of columns, of which one must be reached, or a function that returns a
        mask of the objects of a table.

    Returns
    -------
    array of bool, shape (n_members, n_objects)

    Raises
    ------
    ValueError
        If a function does not return one boolean per object.
    """
    needed = [name for rule in rules.values() if isinstance(rule, list) for name in rule]
    masks = column_presence(X, [*dict.fromkeys(needed)])
    present = np.zeros((len(rules), len(X)), dtype=bool)
    for row, (member, rule) in zip(present, rules.items(), strict=True):
        if callable(rule):
            row[:] = _called(rule, X, member)
        elif isinstance(rule, Mapping):
            row[:] = np.any([_counts(X, name) >= least for name, least in rule.items()], axis=0)
        else:
            row[:] = np.any([masks[name] for name in rule], axis=0)
    return present


def _counts(X, name):
    """Return the number of usable points of every object in a column, or of its spectra."""
    if name not in _CHECKED:
        return as_ragged(X[name], kind=None).lengths
    table = check_table(X, modalities=[name], warn=False)
    return table.light_curve.lengths if name == "light_curve" else np.diff(table.spectrum_offsets)


def can_count(column: pd.Series) -> bool:
    """Return whether a column holds light curves, spectra or other nested points."""
    return column.name in ("light_curve", "spectrum") or _is_nested(column)


def _called(rule, X, member):
    mask = np.asarray(rule(X))
    if mask.shape != (len(X),) or mask.dtype != bool:
        raise ValueError(
            f"The function of 'presence' for the member {member!r} must return one boolean per "
            f"object, shape ({len(X)},). Got {mask.dtype} of shape {mask.shape} instead."
        )
    return mask


def _is_nested(column):
    kind = column.dtype
    return hasattr(kind, "pyarrow_dtype") and (
        hasattr(kind, "field_dtype") or str(kind.pyarrow_dtype).startswith(("struct", "list"))
    )
