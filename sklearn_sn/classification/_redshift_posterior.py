"""Combine the posteriors of the spectra of an object, and compute moments of the redshift."""

import numpy as np

NEAR = 4  # bins on either side of the mode that contribute to the mean
N_BISECTIONS = 30  # the width is exact to 1e-6 of a bin
ONE_SIGMA = 0.6827  # probability of a normal distribution within one standard deviation


class PosteriorSum:
    """Combine the posteriors of spectra by object, in the order of the objects.

    Parameters
    ----------
    combine : {"mean", "geometric"}
        Whether to average the posteriors or their logarithms.
    """

    def __init__(self, combine):
        self.combine = combine
        self.row, self.total, self.count = -1, None, 0

    def add(self, rows, logits):
        """Add spectra, and return the objects that are complete.

        Parameters
        ----------
        rows : array of int, shape (n_spectra,)
            Object of each spectrum, sorted, also from call to call.
        logits : array of shape (n_spectra, n_cells)
            Logits of all cells of class and shift.

        Returns
        -------
        rows : array of int, shape (n_complete,)
            Objects to which no later spectrum belongs.
        posterior : array of shape (n_complete, n_cells), float64
            Posterior of each object; rows add up to 1.
        """
        values = logits - logits.max(axis=1, keepdims=True)
        norm = np.log(np.exp(values).sum(axis=1, keepdims=True, dtype=np.float64))
        values = values - norm  # float64
        if self.combine == "mean":
            values = np.exp(values)
        counts = np.ones(len(rows), dtype=int)
        if self.row >= 0:
            rows = np.append(self.row, rows)
            values = np.concatenate([self.total[None], values])
            counts = np.append(self.count, counts)
        starts = np.flatnonzero(np.diff(rows, prepend=-1))
        if not len(starts):
            return rows, values
        rows, total = rows[starts], np.add.reduceat(values, starts, axis=0)
        counts = np.add.reduceat(counts, starts)
        # The next call may add spectra to the last object.
        self.row, self.total, self.count = rows[-1], total[-1], counts[-1]
        return rows[:-1], self._posterior(total[:-1], counts[:-1])

    def rest(self):
        """Return the last object in the form of :meth:`add`."""
        if self.row < 0:
            return np.empty(0, dtype=int), np.empty((0, 0))
        return np.array([self.row]), self._posterior(self.total[None], np.array([self.count]))

    def _posterior(self, total, counts):
        mean = total / counts[:, None]
        if self.combine == "geometric":
            mean = np.exp(mean - mean.max(axis=1, keepdims=True, initial=-np.inf))
        return mean / mean.sum(axis=1, keepdims=True)


def redshift_moments(grid, posterior):
    """Return the most probable redshift, interpolated between bins, and its standard error.

    Parameters
    ----------
    grid : array of shape (n_shifts,)
        Redshifts at equal steps of ln(1 + z).
    posterior : array of shape (n, n_shifts)
        Posterior of each object; rows add up to 1.

    Returns
    -------
    redshift : array of shape (n,)
        Posterior mean of ln(1 + z) over the bins next to the mode, four on either side.
    std : array of shape (n,)
        Half-width of the interval around this redshift, symmetric in ln(1 + z), that contains
        68.27 % of the posterior; large if the rest of the posterior has more than 31.73 %. For a
        normal distribution, this is the standard deviation. A small second peak has no effect,
        while it would dominate the root mean square.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_sn.classification._redshift_posterior import redshift_moments
    >>> grid = np.expm1(0.001 * np.arange(100))
    >>> posterior = np.zeros((1, 100))
    >>> posterior[0, 49:52] = 0.2, 0.6, 0.2
    >>> redshift, std = redshift_moments(grid, posterior)
    >>> redshift.round(4), std.round(4)
    (array([0.0513]), array([0.0007]))
    """
    log_redshift = np.log1p(grid)
    bins = posterior.argmax(axis=1)[:, None] + np.arange(-NEAR, NEAR + 1)  # (n, 2 NEAR + 1)
    inside = (bins >= 0) & (bins < len(grid))
    bins = np.clip(bins, 0, len(grid) - 1)
    weight = np.take_along_axis(posterior, bins, axis=1) * inside
    redshift = np.expm1((weight * log_redshift[bins]).sum(axis=1) / weight.sum(axis=1))
    return redshift, (1.0 + redshift) * np.sinh(_half_widths(log_redshift, posterior, redshift))


def _half_widths(log_redshift, posterior, redshift):
    """Return the half-widths of the intervals of :func:`redshift_moments`, by bisection."""
    step = log_redshift[1] - log_redshift[0]
    centre = (np.log1p(redshift) - log_redshift[0]) / step + 0.5  # in bins, from the first edge
    n_bins = posterior.shape[1]
    cumulative = np.zeros((len(posterior), n_bins + 1))
    np.cumsum(posterior, axis=1, out=cumulative[:, 1:])
    low, high = np.zeros(len(posterior)), np.full(len(posterior), float(n_bins))
    for _ in range(N_BISECTIONS):
        middle = 0.5 * (low + high)
        inside = _probability_below(cumulative, centre + middle)
        inside -= _probability_below(cumulative, centre - middle)
        enough = inside >= ONE_SIGMA
        low, high = np.where(enough, low, middle), np.where(enough, middle, high)
    return high * step


def _probability_below(cumulative, position):
    """Return the posterior below a position in bins; it is uniform within a bin."""
    position = np.clip(position, 0.0, cumulative.shape[1] - 1)
    lower = np.minimum(position.astype(np.int64), cumulative.shape[1] - 2)
    rows = np.arange(len(cumulative))
    left, right = cumulative[rows, lower], cumulative[rows, lower + 1]
    return left + (position - lower) * (right - left)


def object_posteriors(blocks, object_index, combine):
    """Yield posteriors of objects from the logits of their spectra, in blocks of objects.

    Parameters
    ----------
    blocks : iterable of (logits, on_grid)
        Logits (n_spectra, n_cells) and the mask of usable spectra, in the order of the objects.
    object_index : array of int
        Object of each spectrum.
    combine : {"mean", "geometric"}
        As in :class:`PosteriorSum`.

    Yields
    ------
    rows : array of int, shape (n,)
        Objects with a usable spectrum, in order.
    posterior : array of shape (n, n_cells), float64
        Posterior of each object; rows add up to 1.
    """
    combined, start = PosteriorSum(combine), 0
    for logits, on_grid in blocks:
        rows = object_index[start : start + len(on_grid)][on_grid]
        start += len(on_grid)
        yield combined.add(rows, logits[on_grid])
    rows, posterior = combined.rest()
    if len(rows):
        yield rows, posterior


def marginals(blocks, offsets, combine, prior, sizes, axis):
    """Return the posterior of every object, summed over classes or shifts.

    Parameters
    ----------
    blocks, combine
        As for :func:`object_posteriors`.
    offsets : array of int, shape (n_objects + 1,)
        Offsets of the spectra of each object.
    prior : array of shape (n,)
        What an object without a usable spectrum gets.
    sizes : pair of int
        Numbers of classes and shifts.
    axis : {1, 2}
        Sum over classes (1) or shifts (2).

    Returns
    -------
    array of shape (n_objects, n)
    """
    n_objects = len(offsets) - 1
    out = np.tile(prior, (n_objects, 1))
    object_index = np.repeat(np.arange(n_objects), np.diff(offsets))
    for rows, posterior in object_posteriors(blocks, object_index, combine):
        out[rows] = posterior.reshape(-1, *sizes).sum(axis=axis)
    return out
