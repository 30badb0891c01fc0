"""Spectra with predictions in hidden segments."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class FilledSpectra:
    """Spectra on a grid, and predictions of their hidden bins.

    Attributes
    ----------
    wavelength : array of shape (n_bins,)
        Centres of the bins in Å, at rest with ``frame="rest"``.
    flux : array of shape (n_spectra, n_bins), float32
        First channel of the input of the network, in general the standardised flux; 0 where not
        covered.
    filled : array of shape (n_spectra, n_bins), float32
        The same with predictions in the hidden bins.
    hidden, covered : array of bool, shape (n_spectra, n_bins)
        Hidden bins, which are covered, and covered bins.
    object_index : array of int, shape (n_spectra,)
        Row of the table that a spectrum belongs to.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_sn.embedding import FilledSpectra
    >>> covered, hidden = np.full((1, 4), True), np.array([[False, True, True, False]])
    >>> flux = np.array([[1.0, 2.5, 2.5, 4.0]])
    >>> filled = np.array([[1.0, 2.5, 2.0, 4.0]])
    >>> spectra = FilledSpectra(np.arange(4.0), flux, filled, hidden, covered, np.array([0]))
    >>> spectra.interpolated()
    array([[1., 2., 3., 4.]])
    >>> spectra.mean_squared_error(), spectra.mean_squared_error(spectra.interpolated())
    (0.125, 0.25)
    """

    wavelength: np.ndarray
    flux: np.ndarray
    filled: np.ndarray
    hidden: np.ndarray
    covered: np.ndarray
    object_index: np.ndarray

    def interpolated(self) -> np.ndarray:
        """Return the fluxes with a linear interpolation in the hidden bins, for comparison.

        Returns
        -------
        array of shape (n_spectra, n_bins)
            Beyond the first and last visible bin, the flux of that bin is repeated; 0 if no bin is
            visible.
        """
        visible = self.covered & ~self.hidden
        n_bins = visible.shape[1]
        number = np.broadcast_to(np.arange(n_bins), visible.shape)
        left = np.maximum.accumulate(np.where(visible, number, -1), axis=1)
        right = np.minimum.accumulate(np.where(visible, number, n_bins)[:, ::-1], axis=1)[:, ::-1]
        left = np.where(left < 0, right, left)
        right = np.where(right == n_bins, left, right)
        some = visible.any(axis=1, keepdims=True)
        left, right = np.where(some, left, 0), np.where(some, right, 0)
        low, high = (np.take_along_axis(self.flux, ends, axis=1) for ends in (left, right))
        start, end = self.wavelength[left], self.wavelength[right]
        part = (self.wavelength - start) / np.where(end > start, end - start, 1.0)
        line = low + np.where(end > start, part, 0.0) * (high - low)
        return np.where(self.hidden, np.where(some, line, 0.0), self.flux)

    def mean_squared_error(self, filled: np.ndarray | None = None) -> float:
        """Return the mean squared error over all hidden bins.

        Parameters
        ----------
        filled : array of shape (n_spectra, n_bins), optional
            Other predictions, such as ``interpolated()``; by default ``filled``.

        Returns
        -------
        float
            The error in the unit of ``flux``, squared; NaN if no bin is hidden.
        """
        filled = self.filled if filled is None else filled
        errors = (filled - self.flux)[self.hidden]
        return float(np.mean(errors**2)) if errors.size else float("nan")
