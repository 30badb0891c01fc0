"""Split off the validation part of a fit."""

import numpy as np


def split_rows(n_rows, fraction, labels, rng):
    """Hold out a part of the rows, stratified by label.

    Parameters
    ----------
    n_rows : int
        Number of rows.
    fraction : float
        Fraction to hold out. At least one row is held out, and at least two are kept.
    labels : array of shape (n_rows,) or None
        Classes of the rows. Each class contributes its share; a class of one row is kept.
    rng : numpy.random.Generator
        Source of random numbers.

    Returns
    -------
    kept, held : array of int
        Sorted positions of the rows.

    Raises
    ------
    ValueError
        If there are fewer than four rows.
    """
    if n_rows < 4:
        raise ValueError(
            f"early_stopping needs at least 4 objects to hold some out; got {n_rows}. "
            "Use early_stopping=False."
        )
    # Permute first, so that the stable sort below takes random rows of each class.
    order = rng.permutation(n_rows)
    n_held = int(np.clip(round(fraction * n_rows), 1, n_rows - 2))
    if labels is not None:
        # Spread each class evenly over [0, 1), so that any leading part holds its share of each.
        _, codes = np.unique(np.asarray(labels)[order].astype(str), return_inverse=True)
        counts = np.bincount(codes)
        by_class = np.argsort(codes, kind="stable")
        rank = np.empty(n_rows)
        rank[by_class] = np.arange(n_rows) - np.repeat(np.cumsum(counts) - counts, counts)
        position = (rank + 0.5) / counts[codes]
        position[counts[codes] == 1] = 1.0  # last, so that a class of one row is kept
        order = order[np.argsort(position, kind="stable")]
    return np.sort(order[n_held:]), np.sort(order[:n_held])
