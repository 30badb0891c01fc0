"""Training batches with equal shares of every group of objects."""

import numpy as np


def balanced_batches(
    groups: np.ndarray, lengths: np.ndarray, n_batches: int, pool: int, rng: np.random.Generator
) -> list[np.ndarray]:
    """Draw an epoch of batches in which all groups are equally frequent.

    An epoch has as many positions as there are objects, and each group fills an equal share. The
    objects of a small group are repeated, and a new part of a large group is drawn in each epoch.
    Batches contain objects of similar length.

    Parameters
    ----------
    groups : array of int, shape (n,)
        Group of each object, 0 … n_groups - 1, such as class, survey, or both.
    lengths : array of shape (n,)
        Lengths by which objects are sorted, possibly noisy.
    n_batches : int
        Number of batches.
    pool : int
        Number of batches in a pool, in which objects are sorted by length.
    rng : numpy.random.Generator
        Source of random numbers.

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
    unique_groups = np.unique(groups)
    drawn, rounds = [], []
    for i, group in enumerate(unique_groups):
        members = np.flatnonzero(groups == group)
        # The remainder goes to the first groups.
        share, remainder = divmod(len(groups), len(unique_groups))
        share += i < remainder
        times = -(-share // len(members))
        sample = np.concatenate([rng.permutation(members) for _ in range(times)])[:share]
        # Spread the sample evenly over the epoch, so that each pool gets its share of the group.
        position = (np.arange(share) + 0.5) / share
        pools = (position * n_batches).astype(int) // pool
        drawn.append(sample[np.lexsort((lengths[sample], pools))])
        rounds.append(np.arange(share))
    # Rounds with one object of each group, in random order: with more groups than a batch holds,
    # the same groups would otherwise always share a batch.
    rounds = np.concatenate(rounds)
    order = np.lexsort((rng.random(len(rounds)), rounds))
    return np.array_split(np.concatenate(drawn)[order], n_batches)
