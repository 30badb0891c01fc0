"""Which wavelengths of a spectrum an answer rests on."""

from numbers import Integral

import numpy as np
import torch
from sklearn.utils.validation import check_is_fitted

from sklearn_sn.base._estimator import PREDICT_BATCH
from sklearn_sn.nets import BatchLoader, TableDataset

METHODS = ("occlusion", "gradient")
WINDOWS = 32  # into which occlusion divides the grid by default


class SpectrumExplanationMixin:
    """The method ``explain`` of estimators of spectra.

    Subclasses say what is explained: ``_chosen`` one number of each object, such as the code of its
    class; ``_measured`` what the outputs of the network say of it, one value per spectrum; and
    ``_offsets`` what is added to the outputs of each object.
    """

    def _offsets(self, table):
        return None

    def explain(self, X, y=None, *, method="occlusion", window=None):
        """Which wavelengths speak for an answer, and which against it.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows, or array of shape (n_objects, n_bins)
        y : label or array-like of shape (n_objects,), optional
            Classes to explain, by default those predicted. For classifiers.
        method : {"occlusion", "gradient"}, default="occlusion"
            "occlusion" hides a window of the spectrum, as if it had not been observed, and asks by
            how much the answer falls; windows overlap by half, and a bin gets the mean over those
            that hold it. "gradient" multiplies the derivative of the answer by the input, which is
            quick and fine but noisy.
        window : int, default=None
            Bins that occlusion hides at once; by default a thirty-second of the grid.

        Returns
        -------
        wavelength : array of shape (n_bins,)
            Å, in the frame that the network sees: at rest with ``frame="rest"``.
        importance : array of shape (n_objects, n_bins), float64
            For classifiers in the logarithm of the odds, ln p / (1 - p), for regressors in the unit
            of the number: positive where the bin makes the answer more probable, or the number
            larger. The mean over the spectra of an object; 0 where none covers the bin.

        Raises
        ------
        ValueError
            For an unknown `method` or label, or a `window` that is not a number of bins.

        Notes
        -----
        What network and data make of a bin, not physics: where features come in pairs, hiding
        either may change nothing.
        """
        check_is_fitted(self, "net_")
        self._check_explain(method, window)
        return self._importances(X, self._chosen(X, y), self._measured, method, window)

    def _importances(self, X, chosen, measured, method, window):
        """As `explain`, of what `measured` says of the outputs and the choice of each spectrum."""
        table = self._checked(X)
        offsets = self._offsets(table)
        owner = np.repeat(np.arange(len(table)), np.diff(table.spectrum_offsets))
        total = np.zeros((len(table), self.input_.n_bins))
        count = np.zeros((len(table), 1))
        start = 0
        for block in self.input_.blocks(table):
            own = owner[start : start + len(block.lengths)]
            start += len(own)
            dataset = TableDataset({"spectrum": self.input_}, {"spectrum": block})
            loader = BatchLoader(dataset, self._explain_batch, device=self.net_.device)
            for batch, positions in loader:
                for tensors in batch.tensors.get("spectrum", ()):
                    rows = own[positions[batch.owners["spectrum"].cpu().numpy()]]
                    wanted = torch.as_tensor(chosen[rows], device=self.net_.device)
                    offset = None if offsets is None else offsets[rows].astype(np.float32)
                    found = self._important(tensors, wanted, measured, method, window, offset)
                    np.add.at(total, rows, found)
                    np.add.at(count, rows, 1.0)
        return self.input_.wavelength_, total / np.maximum(count, 1.0)

    def _check_explain(self, method, window):
        if method not in METHODS:
            raise ValueError(f"The 'method' of explain must be one of {METHODS}. Got {method!r}.")
        whole = isinstance(window, Integral) and not isinstance(window, bool)
        if window is not None and not (whole and 1 <= window <= self.input_.n_bins):
            raise ValueError(
                f"The 'window' of explain must be a number of bins in [1, {self.input_.n_bins}]. "
                f"Got {window!r} instead."
            )

    @property
    def _explain_batch(self):
        return min(PREDICT_BATCH, self._predict_limit)

    def _important(self, tensors, chosen, measured, method, window, offset=None):
        """Importance of every bin of the spectra of one chunk, (N, P)."""
        module = self.net_.module_.eval()
        module.encoder.mixed = self._mixed(self.net_.device)
        if offset is not None:
            offset = torch.as_tensor(offset, device=chosen.device)

        def measure(flux, pad_mask, rows):
            parts = {**tensors, "flux": flux, "pad_mask": pad_mask}
            if "moved" in parts:
                parts["moved"] = parts["moved"][rows]
            owner = torch.arange(len(flux), device=flux.device)
            _, outputs = module([parts], owner, len(flux))
            outputs = outputs.float()
            if offset is not None:
                outputs = outputs + offset[rows]
            return measured(outputs, chosen[rows])

        if method == "gradient":
            found = _gradient(measure, **_seen(tensors))
        else:
            window = window or max(1, self.input_.n_bins // WINDOWS)
            found = _occlusion(measure, window, self._explain_batch, **_seen(tensors))
        return (found * ~tensors["pad_mask"]).double().cpu().numpy()


def _seen(tensors):
    return {"flux": tensors["flux"], "pad_mask": tensors["pad_mask"]}


def _gradient(measure, flux, pad_mask):
    flux = flux.detach().requires_grad_(True)
    value = measure(flux, pad_mask, torch.arange(len(flux), device=flux.device))
    (slope,) = torch.autograd.grad(value.sum(), flux)
    return (slope * flux.detach()).sum(dim=1)


def _occlusion(measure, window, limit, flux, pad_mask):
    """By how much a value falls when windows are hidden: every pair of spectrum and window."""
    n, n_bins = pad_mask.shape
    place = torch.arange(n_bins, device=flux.device)
    starts = torch.arange(0, n_bins, max(1, window // 2), device=flux.device)
    hidden = (place >= starts[:, None]) & (place < starts[:, None] + window)  # (W, P)
    with torch.inference_mode():
        whole = measure(flux, pad_mask, torch.arange(n, device=flux.device))
        falls = []
        pairs = torch.arange(n * len(starts), device=flux.device)
        for part in pairs.split(limit):
            rows, windows = part // len(starts), part % len(starts)
            mask = pad_mask[rows] | hidden[windows]
            value = measure(flux[rows] * ~mask[:, None], mask, rows)
            falls.append(whole[rows] - value)
        fall = torch.cat(falls).view(n, len(starts))
        share = hidden.to(fall.dtype)
        return fall @ (share / share.sum(dim=0))
