"""Training batches to which every group of objects gives an equal share."""

import numpy as np


def balanced_batches(groups, lengths, n_batches, pool, rng):
    """Draw an epoch of batches in which all groups are as frequent.

    The epoch has as many places as there are objects, and each group fills an equal share of them:
    a small group comes several times, of a large one a part is drawn anew each epoch. Batches hold
    objects of like length.

    Parameters
    ----------
    groups : array of int, shape (n,)
        Group of each object, 0 … n_groups - 1, such as class, survey, or both.
    lengths : array of shape (n,)
        Sort key, maybe noisy.
    n_batches : int
    pool : int
        Number of batches that are sorted by length together.
    rng : numpy.random.Generator

    Returns
    -------
    list of array of int
        Positions of the objects of each batch.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_sn.nets import balanced_batches
    >>> groups = np.repeat([0, 1], [90, 10])
    >>> batches = balanced_batches(groups, np.ones(100), 5, 2, np.random.default_rng(0))
    >>> [int(groups[batch].sum()) for batch in batches]
    [10, 10, 10, 10, 10]
    """
    found = np.unique(groups)
    drawn, rounds = [], []
    for i, group in enumerate(found):
        members = np.flatnonzero(groups == group)
        # The places that do not divide go to the first groups.
        share = len(groups) // len(found) + (i < len(groups) % len(found))
        times = -(-share // len(members))
        own = np.concatenate([rng.permutation(members) for _ in range(times)])[:share]
        place = (np.arange(share) + 0.5) / share
        pools = (place * n_batches).astype(int) // pool
        drawn.append(own[np.lexsort((lengths[own], pools))])
        rounds.append(np.arange(share))
    # In rounds of one of each group, in any order: with more groups than a batch holds, the same
    # would always meet.
    rounds = np.concatenate(rounds)
    order = np.lexsort((rng.random(len(rounds)), rounds))
    return np.array_split(np.concatenate(drawn)[order], n_batches)
