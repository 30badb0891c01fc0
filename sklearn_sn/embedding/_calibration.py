"""Calibrated intervals: split conformal prediction by phase and wavelength."""

import numpy as np

LEVELS = np.append(np.arange(1, 100) / 100, [0.995, 0.999])
MIN_OBJECTS = 20  # a bin with fewer takes the factors of a coarser one


class IntervalCalibration:
    r"""Factors for predicted widths, so that intervals have the requested coverage.

    The score of a point is :math:`|x - \mu| / \sigma`, with the model's mean and width. Objects are
    independent, points of one object are not: with :math:`n` objects in a bin, and
    :math:`n_i` points of object :math:`i`, the factor is the quantile of

    .. math:: \sum_i \frac{1}{(n + 1) n_i} \sum_j \delta_{s_{ij}} + \frac{1}{n + 1} \delta_\infty

    at the coverage asked for. Then a point drawn from a new object of the same population lies
    inside with at least that probability, whatever the model is and for any finite :math:`n`
    [1]_ [2]_.

    Bins are phase by wavelength. A bin of fewer than twenty objects takes the factors of its
    wavelength at all phases, and then those of all points; so does one for coverages that its
    objects are too few to promise. Coverages are rounded up to hundredths (0.995 and 0.999 beyond).

    Attributes
    ----------
    phase_edges_, wavelength_edges_ : array
        Inner edges of the bins, days and ln(λ / 5000 Å).
    factors_ : array of shape (n_phase_bins, n_wavelength_bins, n_levels)
        Infinite where all objects together are too few for the level.
    n_objects_ : array of shape (n_phase_bins, n_wavelength_bins)

    References
    ----------
    .. [1] Vovk, Gammerman & Shafer (2005), "Algorithmic learning in a random world", Springer.
    .. [2] Lee, Barber & Willett (2023), "Distribution-free inference with hierarchical data",
       arXiv:2306.06342.
    """

    _file_kind = "object"

    def fit(self, object_index, log_wavelength, phase, score, phase_bins, wavelength_bins):
        """Learn from flat arrays over the points of the calibration objects.

        Parameters
        ----------
        object_index : array of int, shape (n_points,)
            Object of each point.
        log_wavelength, phase, score : array of shape (n_points,)
        phase_bins : int or array of inner edges
            A number makes bins of equal numbers of points.
        wavelength_bins : int or array of inner edges, Å
            A number makes bins of equal width in the logarithm.
        """
        if np.ndim(phase_bins) == 0:
            shares = np.arange(1, phase_bins) / phase_bins
            phase_bins = np.unique(np.quantile(phase, shares))
        self.phase_edges_ = np.asarray(phase_bins, dtype=np.float64)
        if np.ndim(wavelength_bins) == 0:
            low, high = log_wavelength.min(), log_wavelength.max()
            self.wavelength_edges_ = np.linspace(low, high, wavelength_bins + 1)[1:-1]
        else:
            self.wavelength_edges_ = np.log(np.asarray(wavelength_bins, dtype=np.float64) / 5000.0)
        p, w = self._bins(log_wavelength, phase)
        shape = len(self.phase_edges_) + 1, len(self.wavelength_edges_) + 1
        self.factors_ = np.empty((*shape, len(LEVELS)))
        self.n_objects_ = np.zeros(shape, dtype=np.int64)
        every, _ = hierarchical_quantiles(object_index, score, LEVELS)
        for j in range(shape[1]):
            column = _or_coarser(object_index[w == j], score[w == j], every)[0]
            for i in range(shape[0]):
                here = (w == j) & (p == i)
                result = _or_coarser(object_index[here], score[here], column)
                self.factors_[i, j], self.n_objects_[i, j] = result
        return self

    def _bins(self, log_wavelength, phase):
        return (
            np.searchsorted(self.phase_edges_, phase, side="right"),
            np.searchsorted(self.wavelength_edges_, log_wavelength, side="right"),
        )

    def factors(self, log_wavelength, phase, coverage):
        """Return the factor of every point, in the shape of the arrays.

        Raises
        ------
        ValueError
            If there were too few objects for the coverage.
        """
        level = int(np.searchsorted(LEVELS, coverage - 1e-9))
        table = self.factors_[:, :, min(level, len(LEVELS) - 1)]
        if level == len(LEVELS) or not np.isfinite(table).all():
            raise ValueError(
                f"The calibration has too few objects for a coverage of {coverage:g}; calibrate "
                "with more objects, or request less."
            )
        return table[self._bins(log_wavelength, phase)]


def hierarchical_quantiles(object_index, score, levels):
    """Return quantiles of scores at some levels, and the number of objects.

    Each object weighs 1 / (n + 1), shared among its points; the last share lies at infinity.
    """
    _, code, counts = np.unique(object_index, return_inverse=True, return_counts=True)
    n = len(counts)
    order = np.argsort(score, kind="stable")
    reached = np.cumsum(1.0 / ((n + 1) * counts[code[order]]))
    place = np.searchsorted(reached, np.asarray(levels) - 1e-9)
    return np.append(score[order], np.inf)[place], n


def _or_coarser(object_index, score, coarser):
    """Return quantiles of a bin, or of a coarser one if it has too few objects."""
    quantiles, n = hierarchical_quantiles(object_index, score, LEVELS)
    if n < MIN_OBJECTS:
        return coarser, n
    finite = np.isfinite(quantiles)
    # Levels beyond its objects come from the coarser bin, but are never below those it has.
    return np.where(finite, quantiles, np.maximum(coarser, quantiles[finite].max())), n
