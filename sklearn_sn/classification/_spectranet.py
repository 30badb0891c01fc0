"""A convolutional classifier of spectra."""

from dataclasses import replace
from numbers import Real

import numpy as np
import torch
from sklearn.utils._param_validation import Interval, StrOptions

from sklearn_sn.base import CLASS_WEIGHT, NetworkClassifierMixin, SpectrumEstimator, softmax
from sklearn_sn.classification._redshift_weights import at_redshifts, redshift_log_weights
from sklearn_sn.data import Ragged
from sklearn_sn.losses import FocalLoss, effective_number_weights
from sklearn_sn.nets import CompositeScore


class SpectraNetClassifier(NetworkClassifierMixin, SpectrumEstimator):
    """Classify spectra by convolutions of three widths at once (SpectraNet).

    The network of AppleCiDEr [1]_: five blocks of parallel wide, medium and narrow convolutions.
    Spectra are classified one by one, in the frame of the observer or at rest, and the
    probabilities of those of one object combined.

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
    learn_prior : bool, default=True
        At rest, also weigh the classes by how often each has such a redshift in fit: what is seen
        at z = 0.5 is no faint supernova. Objects without a positive redshift are not weighed.
        Another survey reaches other redshifts: set it to False, before or after fit, where those of
        fit are not like those to come.
    wavelength : array-like of shape (n_bins,), default=None
        Of an array, the wavelengths of its columns in Å; the number of the column by default.
    combine : {"mean", "geometric"}, default="mean"
        How the spectra of one object are combined: by the mean of their probabilities, or of the
        logarithms of these.
    dropout : float, default=0.2
    noise_augmentation : bool, default=True
        Add noise by the reported errors, anew each epoch.
    augmentation : bool, default=True
        Crop the ends, shift, add a slope and a bend, and noise of any level, anew each epoch.
    max_crop : float, default=0.25
        Part of the grid that a crop takes from either end, at most.
    max_shift : float, default=None
        Part of the grid by which augmentation moves a spectrum, at most: by default 0.1 (on the
        default grid 102 bins, or 0.094 in ln(1 + z)) for spectra of a table in the frame of the
        observer on a logarithmic grid, and 0.003 elsewhere.
    loss : {"cross_entropy", "focal", "balanced_focal"}, default="cross_entropy"
        "focal" gives examples that are classified well less weight [2]_; "balanced_focal" also
        weights classes by their effective numbers of examples [3]_. What they find of rare classes
        costs accuracy, and their probabilities are less calibrated.
    focal_gamma : float, default=2.0
    balance_beta : float, default=0.999
        0 gives classes equal weights; near 1, weights inverse to their frequencies.
    class_weight : {"balanced"} or dict, default=None
        Weights of the classes in the loss.
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
        Hold out a part of the objects, stratified by class; stop when the `scoring` has not
        improved for `n_iter_no_change` epochs, and keep the best weights. Small data does better
        with a fixed schedule.
    scoring : {"loss", "composite"}, default="loss"
        What stops: the loss, or the mean of accuracy, macro-F1 and top-3 accuracy.
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
    class_prior_ : array of shape (n_classes,)
        Weighted frequencies of the classes in fit; the answer for an object without a spectrum.
    net_ : skorch.NeuralNet
        The trained net; ``net_.module_`` is the torch module.
    input_ : input
        How spectra are resampled, scaled and batched; ``input_.wavelength_`` are the bins.
    redshift_log_weights_ : array of shape (n_classes, 128)
        With ``frame="rest"``, ln p(z | class) / p(z) in fit, from z = 0.001 to 10 at equal steps of
        ln z; 0 where fit was told not to learn it. The network has learned the rest.
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
    sklearn_sn.regression.SpectraNetRegressor : Numbers, such as redshift, instead of classes.

    Notes
    -----
    X is a table with a column ``spectrum``, or an array of shape (n_objects, n_bins) with NaN where
    a spectrum is not covered: one spectrum per object, on one grid, which is taken as it is. Arrays
    of fewer than 128 bins are answered in double precision.

    Bins that a spectrum does not cover are told to the network by a channel of their own. A
    spectrum that covers fewer than three bins counts as missing.

    References
    ----------
    .. [1] Junell et al. (2025), "AppleCiDEr": classification of transients by photometry, images,
       metadata and spectra.
    .. [2] Lin et al. (2017), "Focal loss for dense object detection", ICCV.
    .. [3] Cui et al. (2019), "Class-balanced loss based on effective number of samples", CVPR.

    Examples
    --------
    >>> from sklearn_sn.classification import SpectraNetClassifier
    >>> from sklearn_sn.datasets import make_supernovae
    >>> X, y = make_supernovae(60, modalities=["spectrum"], random_state=0)
    >>> few = {"n_bins": 128, "widths": (8, 16), "kernels": ((3, 9, 31), (3, 5, 9))}
    >>> model = SpectraNetClassifier(**few, latent_dim=16, max_epochs=2, random_state=0).fit(X, y)
    >>> model.predict_proba(X).shape, model.transform(X).shape
    ((60, 5), (60, 16))
    >>> model.predict_proba_per_spectrum(X).iloc[0].columns.tolist()
    ['time', 'SLSN-I', 'SN II', 'SN IIn', 'SN Ia', 'SN Ib/c']
    """

    _parameter_constraints = {
        **SpectrumEstimator._parameter_constraints,
        "learn_prior": ["boolean"],
        "loss": [StrOptions({"cross_entropy", "focal", "balanced_focal"})],
        "focal_gamma": [Interval(Real, 0, None, closed="left")],
        "balance_beta": [Interval(Real, 0, 1, closed="left")],
        "class_weight": CLASS_WEIGHT,
        "scoring": [StrOptions({"loss", "composite"})],
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
        learn_prior=True,
        wavelength=None,
        combine="mean",
        dropout=0.2,
        noise_augmentation=True,
        augmentation=True,
        max_crop=0.25,
        max_shift=None,
        loss="cross_entropy",
        focal_gamma=2.0,
        balance_beta=0.999,
        class_weight=None,
        ema_decay=0.995,
        precision="auto",
        optimizer="adamw",
        lr=1e-3,
        weight_decay=1e-2,
        batch_size=32,
        max_epochs=20,
        lr_schedule="one_cycle",
        early_stopping=False,
        scoring="loss",
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
        self.learn_prior = learn_prior
        self.wavelength = wavelength
        self.combine = combine
        self.dropout = dropout
        self.noise_augmentation = noise_augmentation
        self.augmentation = augmentation
        self.max_crop = max_crop
        self.max_shift = max_shift
        self.loss = loss
        self.focal_gamma = focal_gamma
        self.balance_beta = balance_beta
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
        self.scoring = scoring
        self.validation_fraction = validation_fraction
        self.n_iter_no_change = n_iter_no_change
        self.warm_start = warm_start
        self.callbacks = callbacks
        self.device = device
        self.random_state = random_state
        self.verbose = verbose

    @property
    def _stopping(self):
        if self.scoring == "loss":
            return {}
        return {"monitor": "valid_score", "lower_is_better": False}

    def _own_callbacks(self):
        callbacks = super()._own_callbacks()
        if self.early_stopping:
            callbacks.append(("score", CompositeScore()))
        return callbacks

    def _criterion(self, class_weight, counts):
        if self.loss == "cross_entropy":
            return super()._criterion(class_weight, counts)
        if self.loss == "balanced_focal":
            balance = effective_number_weights(torch.from_numpy(counts), self.balance_beta)
            class_weight = balance if class_weight is None else balance * class_weight
        return {
            "criterion": FocalLoss,
            "criterion__gamma": self.focal_gamma,
            "criterion__class_weight": class_weight,
        }

    def _learn_frequencies(self, table, targets, sample_weight, n_outputs):
        if self.frame != "rest":
            return {}, {}
        redshift = table.metadata["redshift"].to_numpy()
        if self._continues:  # what the network has learned goes with the weights of the first fit
            weights = self.redshift_log_weights_
        else:
            weights = redshift_log_weights(redshift, targets, sample_weight, n_outputs)
        if not self.learn_prior:
            return {}, {"redshift_log_weights_": np.zeros_like(weights)}
        # As an offset in training, or a network that guesses redshifts would count them twice.
        offset = at_redshifts(weights, redshift).astype(np.float32)
        return {"offset": offset}, {"redshift_log_weights_": weights}

    def _offsets(self, table):
        """What redshifts say of the classes, (n_objects, n_classes); or None."""
        if self.frame != "rest" or not self.learn_prior:
            return None
        return at_redshifts(self.redshift_log_weights_, table.metadata["redshift"].to_numpy())

    def _answers_of(self, table):
        answers = super()._answers_of(table)
        offsets = self._offsets(table)
        prior = np.tile(self.class_prior_, (len(table), 1))
        if offsets is not None:
            answers.outputs[:] += np.repeat(offsets, np.diff(table.spectrum_offsets), axis=0)
            prior = softmax(np.log(prior) + offsets)
        return replace(answers, prior=prior)

    def predict_proba(self, X):
        """Probabilities of the classes, from all spectra of each object.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows, or array of shape (n_objects, n_bins)

        Returns
        -------
        array of shape (n_objects, n_classes), float64
            Columns as in ``classes_``; rows add up to 1. They are the mean over the spectra that
            reach the grid, of the probabilities or, with ``combine="geometric"``, of their
            logarithms. An object without such a spectrum gets ``class_prior_``, at rest weighed by
            its redshift.
        """
        answers = self._answers(X)
        proba = softmax(answers.outputs)
        if self.combine == "mean":
            proba = answers.per_object(proba)
        else:
            # A product of probabilities is a sum of logits; a floor keeps one 0 from ruling all.
            proba = softmax(answers.per_object(np.log(np.maximum(proba, 1e-30))))
        return np.where(np.isnan(proba), answers.prior, proba)

    def predict_proba_per_spectrum(self, X):
        """Probabilities of the classes from each spectrum by itself.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows, or array of shape (n_objects, n_bins)

        Returns
        -------
        pandas.Series of nested dtype, shape (n_objects,)
            Index as that of `X`. One row per spectrum, in the order of time, with fields ``time``
            (MJD, NaN where unknown) and one by the name of each class. A spectrum that does not
            reach the grid has what an object without one gets; such an object has no rows. For flat
            arrays and offsets, see :func:`sklearn_sn.data.as_ragged`.

        Raises
        ------
        ValueError
            If a class is called "time".
        """
        if "time" in map(str, getattr(self, "classes_", ())):
            raise ValueError("A class is called 'time', as the field of the times is: rename it.")
        answers = self._answers(X)
        proba = softmax(answers.outputs)
        each = np.repeat(answers.prior, np.diff(answers.offsets), axis=0)
        proba = np.where(answers.found[:, None], proba, each)
        fields = {str(name): proba[:, i] for i, name in enumerate(self.classes_)}
        nested = Ragged({"time": answers.time, **fields}, answers.offsets)
        return nested.to_nested(index=answers.index, name="proba")
