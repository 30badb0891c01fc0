"""Which wavelengths a class or a redshift rests on."""

import torch
from sklearn.utils.validation import check_is_fitted

from sklearn_sn.base import log_odds


class RedshiftExplanationMixin:
    """``explain`` of classes and redshifts; to stand left of a NetworkClassifierMixin."""

    def explain(self, X, y=None, *, of="class", method="occlusion", window=None):
        """Which wavelengths speak for a class or for the redshift, and which against it.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows, or array of shape (n_objects, n_bins)
        y : label or array-like of shape (n_objects,), optional
            Classes to explain, by default those predicted.
        of : {"class", "redshift"}, default="class"
            With "redshift", the odds of the bins next to the highest of its posterior.
        method : {"occlusion", "gradient"}, default="occlusion"
            As in :meth:`SpectraNetClassifier.explain`.
        window : int, default=None
            Bins that occlusion hides at once; by default a thirty-second of the grid.

        Returns
        -------
        wavelength : array of shape (n_bins,)
            Å, in the frame of the observer.
        importance : array of shape (n_objects, n_bins), float64
            Positive where the bin makes the answer more probable; 0 where nothing is covered.

        Raises
        ------
        ValueError
            For an unknown `of`, `method` or label, or a `window` that is not a number of bins.
        """
        if of == "class":
            return super().explain(X, y, method=method, window=window)
        if of != "redshift" or y is not None:
            raise ValueError(
                "The 'of' of explain must be 'class' or, without y, 'redshift'. Got "
                f"{of!r}{'' if y is None else ' and a y'} instead."
            )
        check_is_fitted(self, "net_")
        self._check_explain(method, window)
        mode = self.predict_redshift_proba(X)[1].argmax(axis=1)
        return self._importances(X, mode, self._measured_shift, method, window)

    def _measured(self, outputs, chosen):
        of_class = outputs.unflatten(1, (len(self.classes_), -1)).logsumexp(dim=2)
        return log_odds(of_class, chosen[:, None])

    def _measured_shift(self, outputs, chosen):
        """Log-odds (N,) of the shifts next to some, whatever the class."""
        of_shift = outputs.unflatten(1, (len(self.classes_), -1)).logsumexp(dim=1)
        near = chosen[:, None] + torch.arange(-2, 3, device=chosen.device)
        return log_odds(of_shift, near.clamp(0, of_shift.shape[1] - 1))
