"""A convolutional regressor of spectra."""

import numpy as np

from sklearn_sn.base import NetworkRegressorMixin, SpectrumEstimator
from sklearn_sn.data import Ragged


class SpectraNetRegressor(NetworkRegressorMixin, SpectrumEstimator):
    """Regress a number, such as redshift, on spectra by convolutions of three widths at once.

    The network of :class:`~sklearn_sn.classification.SpectraNetClassifier` [1]_ with another head.

    Parameters
    ----------
    architecture : {"spectranet", "galspecnet"}, default="spectranet"
        "galspecnet" is a plain network of four convolutions, to compare with.
    size : {"small", "base"}, default="small"
        Of a SpectraNet, a million weights, which train on two cores in minutes, or the 25 million
        of the paper, which want a GPU; and 1,024 or 4,096 bins, if `n_bins` does not say.
    widths : sequence of int, default=None
        Channels of each block, in place of those of `size`.
    kernels : sequence, default=None
        Odd widths in bins of the parallel convolutions of each block, ``[(3, 21, 255), …]``; of a
        plain network, one for each layer.
    latent_dim : int, default=256
        Width of the penultimate layer, which `transform` answers.
    channels : sequence of {"flux", "continuum_divided", "amplitude"}, default=None
        What the network sees beside coverage: the flux, standardised within its spectrum; the flux
        over a smooth continuum of five knots; the flux on the scale of all training spectra, which
        tells of brightness where it has units. By default the first two; of an array, which may
        have been scaled, all three.
    wavelength_range : pair of float, default=(3500, 9000)
        Outer edges in Å of the grid to which the spectra of a table are resampled. Nothing is
        extrapolated.
    n_bins : int, default=None
        Bins of the grid of a table, by default as `size` says. An array has those that it has.
    grid : {"log", "linear"}, default="log"
        A redshift shifts a spectrum on a logarithmic grid.
    frame : {"observer", "rest"}, default="observer"
        With "rest", wavelengths are divided by one plus the column ``redshift`` of the table.
        Objects without one stay in the observer frame, with a warning.
    wavelength : array-like of shape (n_bins,), default=None
        Of an array, the wavelengths of its columns in Å; the number of the column by default.
    combine : {"mean", "geometric"}, default="mean"
        How the spectra of one object are combined: as a mixture of their Gaussians, so that spectra
        that disagree give a large standard deviation; or by weights inverse to their variances. No
        standard deviation falls with the number of spectra, whose errors are not independent.
    dropout : float, default=0.0
        Its noise would count as error of the numbers.
    noise_augmentation : bool, default=True
        Add noise by the reported errors, anew each epoch.
    augmentation : bool, default=True
        Crop the ends, shift, add a slope and a bend, and noise of any level, anew each epoch.
    max_crop : float, default=0.25
        Part of the grid that a crop takes from either end, at most.
    max_shift : float, default=0.0
        Part of the grid by which augmentation moves a spectrum, at most; a shift by redshift
        changes what is to be learned, if that is redshift.
    loss : {"gaussian", "squared_error"}, default="gaussian"
        "gaussian" learns a standard deviation for every spectrum beside the mean; then
        ``predict(X, return_std=True)`` answers both.
    ema_decay : float or None, default=0.995
        Validation and predictions are by a moving average of the weights with this decay (less in
        the first steps); None is for the weights themselves.
    precision : {"auto", "float32", "bfloat16"}, default="auto"
        Of products and convolutions. "auto" is bfloat16 for networks of 256 channels or more, on a
        GPU or a processor that has AMX: elsewhere it is slower.
    optimizer : {"adamw", "adam", "radam"}, default="adamw"
    lr : float, default=1e-3
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
    target_mean_, target_scale_ : float
        Weighted mean and standard deviation of `y` in fit; the answer for an object without a
        spectrum.
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
    sklearn_sn.classification.SpectraNetClassifier : Classes instead of numbers.

    Notes
    -----
    X is a table with a column ``spectrum``, or an array of shape (n_objects, n_bins) with NaN where
    a spectrum is not covered: one spectrum per object, on one grid, which is taken as it is. Arrays
    of fewer than 128 bins are answered in double precision.

    Bins that a spectrum does not cover are told to the network by a channel of their own. A
    spectrum that covers fewer than three bins counts as missing.

    The standard deviation is a second output of the network, trained by the Gaussian likelihood. It
    tells of the scatter of objects like those of fit, not of what fit has not seen; check its
    coverage on objects held out.

    References
    ----------
    .. [1] Junell et al. (2025), "AppleCiDEr": classification of transients by photometry, images,
       metadata and spectra.

    Examples
    --------
    >>> from sklearn_sn.datasets import make_supernovae
    >>> from sklearn_sn.regression import SpectraNetRegressor
    >>> X, _ = make_supernovae(60, modalities=["spectrum"], random_state=0)
    >>> few = {"n_bins": 128, "widths": (8, 16), "kernels": ((3, 9, 31), (3, 5, 9))}
    >>> model = SpectraNetRegressor(**few, latent_dim=16, max_epochs=2, random_state=0)
    >>> redshift, error = model.fit(X, X["redshift"]).predict(X, return_std=True)
    >>> redshift.shape, bool((error > 0).all())
    ((60,), True)
    """

    _parameter_constraints = {
        **SpectrumEstimator._parameter_constraints,
        **NetworkRegressorMixin._loss_constraint,
    }

    def __init__(
        self,
        *,
        architecture="spectranet",
        size="small",
        widths=None,
        kernels=None,
        latent_dim=256,
        channels=None,
        wavelength_range=(3500.0, 9000.0),
        n_bins=None,
        grid="log",
        frame="observer",
        wavelength=None,
        combine="mean",
        dropout=0.0,
        noise_augmentation=True,
        augmentation=True,
        max_crop=0.25,
        max_shift=0.0,
        loss="gaussian",
        ema_decay=0.995,
        precision="auto",
        optimizer="adamw",
        lr=1e-3,
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
        self.architecture = architecture
        self.size = size
        self.widths = widths
        self.kernels = kernels
        self.latent_dim = latent_dim
        self.channels = channels
        self.wavelength_range = wavelength_range
        self.n_bins = n_bins
        self.grid = grid
        self.frame = frame
        self.wavelength = wavelength
        self.combine = combine
        self.dropout = dropout
        self.noise_augmentation = noise_augmentation
        self.augmentation = augmentation
        self.max_crop = max_crop
        self.max_shift = max_shift
        self.loss = loss
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

    def predict(self, X, return_std=False):
        """The number of every object, from all of its spectra.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows, or array of shape (n_objects, n_bins)
        return_std : bool, default=False
            Also return standard deviations; for ``loss="gaussian"``.

        Returns
        -------
        mean : array of shape (n_objects,), float64
            ``target_mean_`` for an object without a spectrum that reaches the grid.
        std : array of shape (n_objects,), float64
            Only if ``return_std``; ``target_scale_`` for such an object.

        Raises
        ------
        ValueError
            For ``return_std`` where no standard deviation was learned.
        """
        self._check_std(return_std)
        answers = self._answers(X)
        each, width = self._moments(answers.outputs, answers.found)
        weight = np.ones(len(each))
        if width is not None and self.combine == "geometric":
            weight = width**-2.0
        norm = answers.per_object(weight)
        mean = answers.per_object(weight * each) / norm
        missing = np.isnan(norm)
        mean = np.where(missing, self.target_mean_, mean)
        if not return_std:
            return mean
        if self.combine == "geometric":
            variance = 1.0 / norm
        else:
            owner = np.repeat(np.arange(len(mean)), np.diff(answers.offsets))
            variance = answers.per_object(width**2 + (each - mean[owner]) ** 2)
        return mean, np.where(missing, self.target_scale_, np.sqrt(variance))

    def predict_per_spectrum(self, X):
        """The number from each spectrum by itself.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows, or array of shape (n_objects, n_bins)

        Returns
        -------
        pandas.Series of nested dtype, shape (n_objects,)
            Index as that of `X`. One row per spectrum, in the order of time, with fields ``time``
            (MJD, NaN where unknown), ``mean`` and, with ``loss="gaussian"``, ``std``. A spectrum
            that does not reach the grid has those of the training objects; an object without a
            spectrum has no rows. For flat arrays and offsets, see
            :func:`sklearn_sn.data.as_ragged`.
        """
        answers = self._answers(X)
        mean, std = self._moments(answers.outputs, answers.found)
        fields = {"time": answers.time, "mean": mean}
        fields |= {} if std is None else {"std": std}
        return Ragged(fields, answers.offsets).to_nested(index=answers.index, name="prediction")
