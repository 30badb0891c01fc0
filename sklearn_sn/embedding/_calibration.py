"""Calibration of intervals by split conformal prediction, in bins of phase and wavelength."""

import numpy as np

LEVELS = np.append(np.arange(1, 100) / 100, [0.995, 0.999])
MIN_OBJECTS = 20  # a bin with fewer objects uses the factors of a coarser bin


class IntervalCalibration:
    r"""Factors for predicted widths, so that intervals have the requested coverage.

    The score of a point is :math:`|x - \mu| / \sigma`, with the mean and width of the model.
    Objects are independent, but the points of one object are not. With :math:`n` objects in a bin
    and :math:`n_i` points of object :math:`i`, the factor is therefore the quantile of

    .. math:: \sum_i \frac{1}{(n + 1) n_i} \sum_j \delta_{s_{ij}} + \frac{1}{n + 1} \delta_\infty

    at the requested coverage. A random point of a new object of the same population then lies
    inside with at least this probability, for any model and any finite :math:`n` [1]_ [2]_.

    Bins are phase by wavelength. A bin of fewer than twenty objects uses the factors of its
    wavelength at all phases or, if these are too few, those of all points. The same holds for
    coverages that need more objects than the bin has. Coverages are rounded up to hundredths, and
    above 0.99 to 0.995 and 0.999.

    Attributes
    ----------
    phase_edges_, wavelength_edges_ : array
        Inner edges of the bins in days and in ln(λ / 5000 Å).
    factors_ : array of shape (n_phase_bins, n_wavelength_bins, n_levels)
        Factors for `LEVELS`; infinite where all objects together are too few for the level.
    n_objects_ : array of shape (n_phase_bins, n_wavelength_bins)
        Number of objects in each bin.

    References
    ----------
    .. [1] Vovk, Gammerman & Shafer (2005), "Algorithmic learning in a random world", Springer.
    .. [2] Lee, Barber & Willett (2023), "Distribution-free inference with hierarchical data",
       arXiv:2306.06342.
    """

    _file_kind = "object"

    def fit(self, object_index, log_wavelength, phase, score, phase_bins, wavelength_bins):
        """Fit the factors to the points of the calibration objects.

        Parameters
        ----------
        object_index : array of int, shape (n_points,)
            Object of each point.
        log_wavelength, phase, score : array of shape (n_points,)
            ln(λ / 5000 Å), days from peak, and score of each point.
        phase_bins : int or array
            Number of bins with equal numbers of points, or inner edges in days.
        wavelength_bins : int or array
            Number of bins of equal width in the logarithm, or inner edges in Å.

        Returns
        -------
        self
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
        phase_bin, wavelength_bin = self._bins(log_wavelength, phase)
        shape = len(self.phase_edges_) + 1, len(self.wavelength_edges_) + 1
        self.factors_ = np.empty((*shape, len(LEVELS)))
        self.n_objects_ = np.zeros(shape, dtype=np.int64)
        all_quantiles, _ = hierarchical_quantiles(object_index, score, LEVELS)
        for j in range(shape[1]):
            in_column = wavelength_bin == j
            column = _or_coarser(object_index[in_column], score[in_column], all_quantiles)[0]
            for i in range(shape[0]):
                in_bin = in_column & (phase_bin == i)
                result = _or_coarser(object_index[in_bin], score[in_bin], column)
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
            If the calibration had too few objects for the coverage.
        """
        level = int(np.searchsorted(LEVELS, coverage - 1e-9))
        table = self.factors_[:, :, min(level, len(LEVELS) - 1)]
        if level == len(LEVELS) or not np.isfinite(table).all():
            raise ValueError(
                f"The calibration has too few objects for a coverage of {coverage:g}. Calibrate "
                "with more objects, or reduce 'coverage'."
            )
        return table[self._bins(log_wavelength, phase)]


def hierarchical_quantiles(object_index, score, levels):
    """Return quantiles of the scores at some levels, and the number of objects.

    Each object has the weight 1 / (n + 1), divided among its points. The remaining weight of
    1 / (n + 1) lies at infinity.
    """
    _, code, counts = np.unique(object_index, return_inverse=True, return_counts=True)
    n = len(counts)
    order = np.argsort(score, kind="stable")
    reached = np.cumsum(1.0 / ((n + 1) * counts[code[order]]))
    position = np.searchsorted(reached, np.asarray(levels) - 1e-9)
    return np.append(score[order], np.inf)[position], n


def _or_coarser(object_index, score, coarser):
    """Return the quantiles of a bin, or of a coarser bin if it has too few objects."""
    quantiles, n = hierarchical_quantiles(object_index, score, LEVELS)
    if n < MIN_OBJECTS:
        return coarser, n
    finite = np.isfinite(quantiles)
    # Levels that need more objects come from the coarser bin. They must not fall below the others.
    return np.where(finite, quantiles, np.maximum(coarser, quantiles[finite].max())), n
