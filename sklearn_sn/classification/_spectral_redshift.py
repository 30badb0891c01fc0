"""A classifier of spectra that also tells their redshift."""

from numbers import Real

import numpy as np
from sklearn.utils._param_validation import Interval
from sklearn.utils.validation import check_is_fitted

from sklearn_sn.base import CLASS_WEIGHT, NetworkClassifierMixin, SpectrumEstimator, size
from sklearn_sn.classification._redshift_explanation import RedshiftExplanationMixin
from sklearn_sn.classification._redshift_posterior import redshift_moments
from sklearn_sn.classification._redshift_templates import TemplateShiftEstimator
from sklearn_sn.losses import ClassShiftLoss

_NOT_OURS = ("architecture", "size", "latent_dim", "grid", "frame", "wavelength")


class SpectralRedshiftClassifier(
    RedshiftExplanationMixin, NetworkClassifierMixin, TemplateShiftEstimator
):
    """Class and redshift, with its error, from spectra in the frame of the observer.

    A convolutional network makes features of each spectrum, bin by bin of a logarithmic grid of
    wavelengths, on which a redshift is a shift. They are correlated with learned templates of each
    class, as in classical cross-correlation [1]_ but with features instead of fluxes, and a softmax
    over classes and shifts gives the posterior of both.

    Parameters
    ----------
    redshift_range : pair of float, default=(0, 1)
        Redshifts that are considered.
    redshift_column : str or None, default="redshift"
        Column of the table that holds the true redshifts in fit, NaN where unknown. Predictions
        never look at it. With None, only `redshift` of `fit` is known.
    redshift_width : float, default=1.0
        Bins over which a true redshift is spread, as published ones are not exact.
    n_templates : int, default=3
        Templates of each class. Part of each is common to all.
    template_step : int, default=2
        Bins from knot to knot of the templates.
    n_features : int, default=32
        Features of each bin.
    widths : sequence of int, default=(32, 32, 32, 32)
        Channels of each block of the network.
    kernels : sequence of int, default=(15, 9, 9, 9)
        Odd widths in bins of the convolution of each block, which is dilated by 1, 1, 2, 4, …
    learn_prior : bool, default=True
        Learn how often each redshift occurs in each class.
    channels : sequence of {"flux", "continuum_divided", "amplitude"}, default=None
        What the network sees beside coverage: the flux, standardised within its spectrum; the flux
        over a smooth continuum of five knots; the flux on the scale of all training spectra, which
        tells of brightness where it has units. By default the first two; of an array, which may
        have been scaled, all three.
    wavelength_range : pair of float, default=(3500, 9000)
        Outer edges of the grid in Å. Nothing is extrapolated.
    n_bins : int, default=1024
        Bins of the grid, equal in log wavelength: by default 277 km/s each.
    combine : {"geometric", "mean"}, default="geometric"
        How the spectra of one object are combined: by the mean of the logarithms of their
        posteriors, so that all must allow a redshift, or of the posteriors. Neither counts them as
        independent witnesses: errors do not fall with their number.
    dropout : float, default=0.2
        Of whole features.
    noise_augmentation : bool, default=True
        Add noise by the reported errors, anew each epoch.
    augmentation : bool, default=True
        Crop the ends, move to other redshifts, add a slope and a bend, and noise of any level, anew
        each epoch.
    max_crop : float, default=0.25
        Part of the grid that a crop takes from either end, at most.
    max_shift : float, default=0.1
        Part of the grid by which augmentation moves a spectrum, and with it the redshift to be
        found, at most; on the default grid 102 bins, or 0.094 in ln(1 + z).
    class_weight : {"balanced"} or dict, default=None
        Weights of the classes in the loss.
    ema_decay : float or None, default=0.995
        Predictions are by a moving average of the weights with this decay; None is for the weights
        themselves.
    precision : {"auto", "float32", "bfloat16"}, default="auto"
        Of the convolutions; the correlation is in single precision.
    optimizer : {"adamw", "adam", "radam"}, default="adamw"
    lr : float, default=2e-3
        Peak learning rate.
    weight_decay : float, default=0.01
    batch_size : int, default=32
    max_epochs : int, default=20
        An epoch sees one spectrum of each object.
    lr_schedule : {"one_cycle", "cosine"}, default="one_cycle"
        Linear warm-up over a tenth of all steps, then a cosine; or the cosine alone; None keeps the
        rate.
    early_stopping : bool, default=False
        Hold out a part of the objects; stop when its loss has not improved for `n_iter_no_change`
        epochs, and keep the best weights.
    validation_fraction : float, default=0.15
    n_iter_no_change : int, default=10
    warm_start : bool, default=False
        Whether a second `fit` goes on from the first; `max_epochs`, `lr`, `batch_size` and
        `random_state` may then differ.
    callbacks : sequence of skorch callbacks, default=None
    device : str, default="auto"
        "auto" is CUDA where there is one, else the CPU.
    random_state : int, RandomState or None, default=None
        An integer makes fit repeatable, bit for bit on the CPU.
    verbose : int, default=0
        1: a progress bar; 2: a line an epoch.

    Attributes
    ----------
    classes_ : array of shape (n_classes,)
    redshift_grid_ : array of shape (n_shifts,)
        Redshifts of the posterior, one bin of the wavelengths apart in ln(1 + z).
    class_prior_ : array of shape (n_classes,)
        Weighted frequencies of the classes in fit; the answer for an object without a spectrum.
    redshift_prior_ : array of shape (n_shifts,)
        Weighted frequencies of the redshifts in fit, smoothed; the same.
    n_redshifts_ : int
        Objects whose redshift `fit` knew.
    net_ : skorch.NeuralNet
        The trained net; ``net_.module_`` is the torch module.
    input_ : input
        How spectra are resampled, scaled and batched; ``input_.wavelength_`` are the bins.
    missing_embedding_ : array of shape (n_features_out,)
        What `transform` answers for an object without a spectrum.
    history_ : list of dict
        Losses and seconds of every epoch.
    n_iter_ : int
        Epochs trained.
    feature_names_in_ : array of str
        Columns of the table in fit.
    n_features_in_ : int
        Number of these columns, or of bins of the array.

    See Also
    --------
    SpectralRedshiftImputer : Puts the redshifts found into the table, for classes at rest.
    SpectraNetClassifier : Classes alone.
    sklearn_sn.regression.SpectraNetRegressor : Redshift as a number.

    Notes
    -----
    X is a table with a column ``spectrum``, or an array of shape (n_objects, n_bins) with NaN where
    a spectrum is not covered, on the bins that ``wavelength_range`` gives, as
    :class:`~sklearn_sn.preprocessing.SpectrumResampler` makes it.

    `transform` answers the logarithm of the evidence for each template, whatever the shift.

    Objects whose redshift is unknown or beyond `redshift_range` teach their class, at whatever
    redshift the templates find.

    References
    ----------
    .. [1] Tonry & Davis (1979), AJ 84, 1511; Blondin & Tonry (2007), ApJ 666, 1024, for supernovae.

    Examples
    --------
    >>> from sklearn_sn.classification import SpectralRedshiftClassifier
    >>> from sklearn_sn.datasets import make_supernovae
    >>> X, y = make_supernovae(60, modalities=["spectrum"], random_state=0)
    >>> few = {"n_bins": 128, "widths": (8, 8), "kernels": (9, 5), "redshift_range": (0, 0.5)}
    >>> model = SpectralRedshiftClassifier(**few, max_epochs=2, random_state=0).fit(X, y)
    >>> redshift, error = model.predict_redshift(X, return_std=True)
    >>> model.predict(X).shape, redshift.shape, bool((error > 0).all())
    ((60,), (60,), True)
    """

    _parameter_constraints = {
        **{k: v for k, v in SpectrumEstimator._parameter_constraints.items() if k not in _NOT_OURS},
        "redshift_range": ["array-like"],
        "redshift_column": [str, None],
        "redshift_width": [Interval(Real, 0, None, closed="neither")],
        "n_templates": size(),
        "template_step": size(),
        "n_features": size(),
        "widths": ["array-like"],
        "kernels": ["array-like"],
        "n_bins": size(2),
        "learn_prior": ["boolean"],
        "max_shift": [Interval(Real, 0, 0.5, closed="left")],
        "class_weight": CLASS_WEIGHT,
    }

    def __init__(
        self,
        *,
        redshift_range=(0.0, 1.0),
        redshift_column="redshift",
        redshift_width=1.0,
        n_templates=3,
        template_step=2,
        n_features=32,
        widths=(32, 32, 32, 32),
        kernels=(15, 9, 9, 9),
        learn_prior=True,
        channels=None,
        wavelength_range=(3500.0, 9000.0),
        n_bins=1024,
        combine="geometric",
        dropout=0.2,
        noise_augmentation=True,
        augmentation=True,
        max_crop=0.25,
        max_shift=0.1,
        class_weight=None,
        ema_decay=0.995,
        precision="auto",
        optimizer="adamw",
        lr=2e-3,
        weight_decay=1e-2,
        batch_size=32,
        max_epochs=20,
        lr_schedule="one_cycle",
        early_stopping=False,
        validation_fraction=0.15,
        n_iter_no_change=10,
        warm_start=False,
        callbacks=None,
        device="auto",
        random_state=None,
        verbose=0,
    ):
        self.redshift_range = redshift_range
        self.redshift_column = redshift_column
        self.redshift_width = redshift_width
        self.n_templates = n_templates
        self.template_step = template_step
        self.n_features = n_features
        self.widths = widths
        self.kernels = kernels
        self.learn_prior = learn_prior
        self.channels = channels
        self.wavelength_range = wavelength_range
        self.n_bins = n_bins
        self.combine = combine
        self.dropout = dropout
        self.noise_augmentation = noise_augmentation
        self.augmentation = augmentation
        self.max_crop = max_crop
        self.max_shift = max_shift
        self.class_weight = class_weight
        self.ema_decay = ema_decay
        self.precision = precision
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

    def fit(self, X, y, sample_weight=None, redshift=None):
        """Train the network.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows, or array of shape (n_objects, n_bins)
        y : array-like of shape (n_objects,)
            Classes.
        sample_weight : array-like of shape (n_objects,), optional
            An object of weight 0 is as if it were not there.
        redshift : array-like of shape (n_objects,), optional
            True redshifts, NaN where unknown, in place of those of `redshift_column`.

        Returns
        -------
        self

        Raises
        ------
        ValueError
            For parameters out of range, input that cannot be mended, unknown labels, a single
            class, or impossible redshifts.

        Warns
        -----
        DataQualityWarning
            If known redshifts lie beyond `redshift_range`.
        """
        self._told = redshift, sample_weight
        try:
            return super().fit(X, y, sample_weight)
        finally:
            del self._told

    def _criterion(self, class_weight, counts):
        return {
            "criterion": ClassShiftLoss,
            "criterion__n_classes": len(counts),
            "criterion__width": float(self.redshift_width),
            "criterion__class_weight": class_weight,
        }

    def predict_proba(self, X):
        """Probabilities of the classes, whatever the redshift, from all spectra of each object.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows, or array of shape (n_objects, n_bins)

        Returns
        -------
        array of shape (n_objects, n_classes), float64
            Columns as in ``classes_``; rows add up to 1. An object without a spectrum that reaches
            the grid gets ``class_prior_``.
        """
        return self._marginal(X, 2, lambda: self.class_prior_)

    def predict_redshift_proba(self, X):
        """Posterior of the redshift, whatever the class, from all spectra of each object.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows, or array of shape (n_objects, n_bins)

        Returns
        -------
        grid : array of shape (n_shifts,)
            ``redshift_grid_``.
        posterior : array of shape (n_objects, n_shifts), float64
            Rows add up to 1. An object without a spectrum that reaches the grid gets
            ``redshift_prior_``.

        Raises
        ------
        ValueError
            If `fit` knew no redshift at all.
        """
        check_is_fitted(self, "net_")
        if not self.n_redshifts_:
            raise ValueError(
                "fit knew no redshift, so that none can be told; give a table with the column that "
                "the 'redshift_column' parameter names, or fit(..., redshift=...)."
            )
        return self.redshift_grid_, self._marginal(X, 1, lambda: self.redshift_prior_)

    def predict_redshift(self, X, return_std=False):
        """The redshift of every object.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows, or array of shape (n_objects, n_bins)
        return_std : bool, default=False
            Also return standard deviations.

        Returns
        -------
        redshift : array of shape (n_objects,), float64
            The posterior mean of ln(1 + z) over the bins next to the highest of the posterior, as a
            redshift.
        std : array of shape (n_objects,), float64
            Only if ``return_std``: the root of the mean square distance of the whole posterior from
            it. Where a second peak is possible it is much larger than the width of the first.

        Raises
        ------
        ValueError
            If `fit` knew no redshift at all.
        """
        redshift, std = redshift_moments(*self.predict_redshift_proba(X))
        return (redshift, std) if return_std else redshift

    def _marginal(self, X, axis, prior):
        """The posterior summed over an axis; the prior where there is no spectrum."""
        check_is_fitted(self, "net_")
        table = self._checked(X)
        out = np.tile(prior(), (len(table), 1))
        for rows, posterior in self._posteriors(table):
            out[rows] = posterior.sum(axis=axis)
        return out
