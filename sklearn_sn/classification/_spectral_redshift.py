"""The classifier of spectra that also estimates their redshift."""

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
import pandas as pd
import torch
from numpy.typing import ArrayLike
from sklearn.utils.validation import check_is_fitted

from sklearn_sn.base import (
    WAVELENGTH_CONSTRAINTS,
    NetworkClassifierMixin,
    SpectrumEstimator,
    check_explanation,
    head_dropout,
    log_odds,
)
from sklearn_sn.classification._redshift_posterior import marginals, redshift_moments
from sklearn_sn.classification._redshift_targets import (
    REDSHIFT_CONSTRAINTS,
    check_gives_features,
    check_redshift_range,
    redshift_targets,
    true_redshifts,
)
from sklearn_sn.data import wavelength_grid
from sklearn_sn.encoders import EncoderLike, SpectralFeatures
from sklearn_sn.losses import ClassShiftLoss
from sklearn_sn.modules import TemplateShiftModule
from sklearn_sn.nets import RedshiftNet

_NAME = "spectrum"


class SpectralRedshiftClassifier(NetworkClassifierMixin, SpectrumEstimator):
    """Estimate class and redshift, with its error, from spectra in the observer frame.

    A convolutional network computes features of every bin of a logarithmic wavelength grid, on
    which a redshift is a shift. The features are correlated with learned templates of each class,
    like fluxes in classical cross-correlation [1]_ [2]_. A softmax over classes and shifts gives
    the posterior of both.

    Parameters
    ----------
    encoder : "auto", SpectralFeatures, torch.nn.Module or callable, default="auto"
        Network of the features, with its sizes, grid and augmentation; "auto" is its defaults.
    redshift_range : pair of float, default=(0.0, 1.0)
        Range of the redshifts.
    redshift_column : str or None, default="redshift"
        Column with the true redshifts in fit, NaN where unknown. Predictions do not use it. None
        uses only the argument `redshift` of `fit`.
    redshift_width : float, default=1.0
        Spread of a true redshift in bins, because published redshifts are not exact.
    n_templates : int, default=3
        Number of templates of each class. A part of each template is common to all.
    template_step : int, default=2
        Bins between the knots of the templates.
    learn_prior : bool, default=True
        Whether to learn the frequency of each redshift in each class.
    wavelength_range : pair of float, default=(3500.0, 9000.0)
        Outer edges of the grid in Å. Spectra are not extrapolated.
    combine : {"geometric", "mean"}, default="geometric"
        Combination of the spectra of an object: mean of the logarithms of their posteriors, or mean
        of the posteriors. Spectra are not independent: errors do not decrease with their number.
    %(class_weighting)s
    %(ema_decay)s
    %(training)s

    Attributes
    ----------
    classes_ : array of shape (n_classes,)
        The classes.
    redshift_grid_ : array of shape (n_shifts,)
        Redshifts of the posterior, in steps of one wavelength bin in ln(1 + z).
    class_log_weights_ : array of shape (n_classes,)
        Logarithms of the weights of the classes in training, by which `prior` divides.
    class_prior_ : array of shape (n_classes,)
        Weighted class frequencies in fit; the probabilities of an object without a spectrum.
    redshift_prior_ : array of shape (n_shifts,)
        Weighted and smoothed frequencies of redshifts in fit; posterior without a spectrum.
    n_redshifts_ : int
        Number of objects of fit with a redshift.
    %(fitted_supervised)s
    %(fitted_network)s

    See Also
    --------
    SpectralRedshiftImputer : Impute redshifts for a classifier of rest-frame spectra.
    SpectraNetClassifier : Classify without an estimate of the redshift.

    Notes
    -----
    X is a table with a column ``spectrum``, or an array of shape (n_objects, n_bins) on the bins of
    ``wavelength_range``, NaN where a spectrum is not covered, such as the output of
    :class:`~sklearn_sn.preprocessing.SpectrumResampler`. `transform` returns the log-evidence of
    each template, summed over shifts. Objects with an unknown redshift, or one outside
    `redshift_range`, are used for the class only.

    References
    ----------
    .. [1] Tonry, J. & Davis, M. (1979). "A survey of galaxy redshifts. I. Data reduction
       techniques". Astronomical Journal 84, 1511.
    .. [2] Blondin, S. & Tonry, J. L. (2007). "Determining the Type, Redshift, and Age of a
       Supernova Spectrum". Astrophysical Journal 666, 1024.

    Examples
    --------
    >>> from sklearn_sn import SpectralRedshiftClassifier
    >>> from sklearn_sn.datasets import make_supernovae
    >>> from sklearn_sn.encoders import SpectralFeatures
    >>> X, y = make_supernovae(60, modalities=["spectrum"], random_state=0)
    >>> encoder = SpectralFeatures(n_bins=128, widths=(8, 8), kernels=(9, 5))
    >>> model = SpectralRedshiftClassifier(encoder=encoder, max_epochs=2, random_state=0)
    >>> redshift, error = model.fit(X, y).predict_redshift(X, return_std=True)
    >>> model.predict(X).shape, redshift.shape, bool((error > 0).all())
    ((60,), (60,), True)
    """

    _encoder_parameters = {"encoder": ("spectrum", SpectralFeatures)}
    _parameter_constraints = {
        **SpectrumEstimator._parameter_constraints,
        **WAVELENGTH_CONSTRAINTS,
        **REDSHIFT_CONSTRAINTS,
    }
    _net_class = RedshiftNet
    _poor_score = True  # classes of arbitrary arrays need not be invariant to shifts
    _large_outputs = True
    _check_encoder = staticmethod(check_gives_features)

    def __init__(
        self,
        *,
        encoder: EncoderLike = "auto",
        redshift_range: tuple[float, float] = (0.0, 1.0),
        redshift_column: str | None = "redshift",
        redshift_width: float = 1.0,
        n_templates: int = 3,
        template_step: int = 2,
        learn_prior: bool = True,
        wavelength_range: tuple[float, float] = (3500.0, 9000.0),
        combine: str = "geometric",
        class_weight: str | dict[Any, float] | None = None,
        prior: str = "auto",
        ema_decay: float | None = 0.995,
        optimizer: str = "adamw",
        lr: float = 2e-3,
        weight_decay: float = 1e-2,
        batch_size: int = 32,
        max_epochs: int = 20,
        lr_schedule: str | None = "one_cycle",
        early_stopping: bool = False,
        validation_fraction: float = 0.15,
        n_iter_no_change: int = 10,
        warm_start: bool = False,
        callbacks: Sequence[Any] | None = None,
        device: str | torch.device = "auto",
        random_state: int | np.random.RandomState | None = None,
        verbose: int = 0,
    ) -> None:
        self.encoder = encoder
        self.redshift_range = redshift_range
        self.redshift_column = redshift_column
        self.redshift_width = redshift_width
        self.n_templates = n_templates
        self.template_step = template_step
        self.learn_prior = learn_prior
        self.wavelength_range = wavelength_range
        self.combine = combine
        self.class_weight = class_weight
        self.prior = prior
        self.ema_decay = ema_decay
        self.optimizer = optimizer
        self.lr = lr
        self.weight_decay = weight_decay
        self.batch_size = batch_size
        self.max_epochs = max_epochs
        self.lr_schedule = lr_schedule
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.n_iter_no_change = n_iter_no_change
        self.warm_start = warm_start
        self.callbacks = callbacks
        self.device = device
        self.random_state = random_state
        self.verbose = verbose

    def fit(
        self,
        X: pd.DataFrame | ArrayLike,
        y: ArrayLike,
        sample_weight: ArrayLike | None = None,
        redshift: ArrayLike | None = None,
    ) -> Self:
        """Train the network.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows, or array of shape (n_objects, n_bins)
            Table with a column ``spectrum``, or spectra on one grid.
            Also files, as :ref:`large_files` describes.
        y : array-like of shape (n_objects,)
            Classes of the objects.
        sample_weight : array-like of shape (n_objects,), optional
            Weights of the objects in the loss. Objects of weight 0 are left out.
        redshift : array-like of shape (n_objects,), optional
            True redshifts to use instead of `redshift_column`; NaN where unknown.

        Returns
        -------
        self

        Raises
        ------
        ValueError
            If parameters, input, labels or redshifts are invalid.

        Warns
        -----
        DataQualityWarning
            If redshifts lie outside `redshift_range`.
        ConvergenceWarning
            If training diverged or was interrupted.
        """
        return self._fit(X, y, sample_weight, redshift=redshift)

    def _check_data_parameters(self):
        super()._check_data_parameters()
        check_redshift_range(self.redshift_range)

    def _array_wavelength(self, n_columns):
        super()._array_wavelength(n_columns)
        return wavelength_grid(*self.wavelength_range, n_columns)

    def _criterion(self, class_weight, counts):
        return {
            "criterion": ClassShiftLoss,
            "criterion__n_classes": len(counts),
            "criterion__width": float(self.redshift_width),
            "criterion__class_weight": class_weight,
        }

    def _extend_task(self, task, X, table, redshift=None):
        n_bins = int(self.n_features_in_) if self._on_array else task.encoder.resolved_n_bins
        column = None if self._on_array else self.redshift_column
        redshift = true_redshifts(X, redshift, column, len(table))
        # The columns of an array are the grid of the estimator's range.
        limits = tuple(self.wavelength_range)
        if not self._on_array:
            limits = task.encoder.resolved_range(limits)
        targets = redshift_targets(
            redshift, task.sample_weight, self.redshift_range, limits, n_bins
        )
        task.targets["shift"] = targets.shift
        task.module_params |= {"n_bins": n_bins, "n_shifts": len(targets.grid)}
        task.attributes |= targets.attributes

    def _build(self, encoder, part, dataset, task):
        return TemplateShiftModule(
            encoder.make_module(self.preprocessor_),
            n_classes=task.n_outputs,
            n_templates=self.n_templates,
            template_step=self.template_step,
            learn_prior=self.learn_prior,
            dropout=head_dropout(encoder),
            **task.module_params,
        )

    def _mean_latent(self, dataset):
        total, count, finite = np.zeros(self.net_.module_.width), 0, True
        for module, batch, _ in self._run(dataset):
            # Batch by batch, because the posteriors of all spectra may be large.
            latent, logits = module(batch.tensors[_NAME], batch.object_index[_NAME], len(batch))
            finite = finite and bool(logits.isfinite().all())
            total += latent.double().sum(0).cpu().numpy()
            count += len(latent)
        return (total / count if finite else np.full_like(total, np.nan)).astype(np.float32)

    def _marginal(self, X, axis, prior):
        """Return the posterior summed over an axis; the prior for objects without a spectrum."""
        table = self._read(X, self.encoder_)
        offsets = np.repeat(self._prior_offsets(), len(self.redshift_grid_)).astype(np.float32)
        blocks = ((logits + offsets, on_grid) for _, logits, on_grid in self._output_blocks(table))
        sizes = (len(self.classes_), len(self.redshift_grid_))
        return marginals(blocks, table.spectrum_offsets, self.combine, prior, sizes, axis)

    def predict_proba(self, X: pd.DataFrame | ArrayLike) -> np.ndarray:
        """Return class probabilities, summed over redshifts, from all spectra of each object.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows, or array of shape (n_objects, n_bins)
            A table or array as in `fit`.

        Returns
        -------
        array of shape (n_objects, n_classes), float64
            Columns as in ``classes_``; rows add up to 1. An object without a spectrum on the grid
            gets ``class_prior_``.
        """
        check_is_fitted(self, "net_")
        return self._marginal(X, 2, self.class_prior_)

    def predict_redshift_proba(self, X: pd.DataFrame | ArrayLike) -> tuple[np.ndarray, np.ndarray]:
        """Return the redshift posterior, summed over classes, from all spectra of each object.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows, or array of shape (n_objects, n_bins)
            A table or array as in `fit`.

        Returns
        -------
        grid : array of shape (n_shifts,)
            Redshifts, equal to ``redshift_grid_``.
        posterior : array of shape (n_objects, n_shifts), float64
            Rows add up to 1. An object without a spectrum on the grid gets ``redshift_prior_``.

        Raises
        ------
        ValueError
            If no object of fit had a redshift.
        """
        check_is_fitted(self, "net_")
        if not self.n_redshifts_:
            raise ValueError(
                "fit had no redshift, so that none can be predicted. Fit on a table with the "
                "column of the 'redshift_column' parameter, or use fit(..., redshift=...)."
            )
        return self.redshift_grid_, self._marginal(X, 1, self.redshift_prior_)

    def predict_redshift(
        self, X: pd.DataFrame | ArrayLike, return_std: bool = False
    ) -> np.ndarray | tuple[np.ndarray, np.ndarray]:
        """Return the redshift of every object.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows, or array of shape (n_objects, n_bins)
            A table or array as in `fit`.
        return_std : bool, default=False
            Whether to return standard errors too.

        Returns
        -------
        redshift : array of shape (n_objects,), float64
            Posterior mean of ln(1 + z) over the bins next to the mode, converted to redshift.
        std : array of shape (n_objects,), float64
            Half-width around it that contains 68.27 % of the posterior; only with `return_std`.
        """
        redshift, std = redshift_moments(*self.predict_redshift_proba(X))
        return (redshift, std) if return_std else redshift

    def explain(
        self,
        X: pd.DataFrame | ArrayLike,
        y: ArrayLike | None = None,
        *,
        of: str = "class",
        method: str = "occlusion",
        window: int | None = None,
    ) -> tuple[np.ndarray, np.ndarray]:
        """Compute how much each wavelength bin supports or opposes a class or the redshift.

        Parameters
        ----------
        X, y, method, window : optional
            As in :meth:`SpectraNetClassifier.explain`.
        of : {"class", "redshift"}, default="class"
            Prediction to explain; "redshift" is the odds of the bins next to the posterior mode.

        Returns
        -------
        wavelength : array of shape (n_bins,)
            Centres of the bins in Å, in the observer frame.
        importance : array of shape (n_objects, n_bins), float64
            Importance of each bin in log-odds; 0 where no spectrum covers the bin.
        """
        if of == "class":
            return super().explain(X, y, method=method, window=window)
        if of != "redshift" or y is not None:
            raise ValueError(
                "The 'of' of explain must be 'class' or, without y, 'redshift'. Got "
                f"{of!r}{'' if y is None else ' and a y'} instead."
            )
        check_is_fitted(self, "net_")
        check_explanation(method, window, self.preprocessor_.n_bins)
        mode = self.predict_redshift_proba(X)[1].argmax(axis=1)
        return self._importances(X, mode, self._explained_shifts, method, window)

    def _explained_values(self, outputs, chosen):
        of_class = outputs.unflatten(1, (len(self.classes_), -1)).logsumexp(dim=2)
        return log_odds(of_class, chosen[:, None])

    def _explained_shifts(self, outputs, chosen):
        """Return the log-odds (N,) of the shifts next to the chosen ones, summed over classes."""
        of_shift = outputs.unflatten(1, (len(self.classes_), -1)).logsumexp(dim=1)
        near = chosen[:, None] + torch.arange(-2, 3, device=chosen.device)
        return log_odds(of_shift, near.clamp(0, of_shift.shape[1] - 1))
