"""A multimodal variational autoencoder of light curves and spectra."""

import numpy as np
from sklearn.utils import check_random_state

from sklearn_sn.base import TorchEstimator, check_continued, kept_params
from sklearn_sn.data import as_frame
from sklearn_sn.embedding._autoencoder import (
    MODALITIES,
    balance,
    build_module,
    build_points,
    check_columns,
    check_inside,
    check_parameters,
    modalities_of,
)
from sklearn_sn.embedding._decoding import (
    check_table_with_phase,
    seen_of,
    warn_estimated,
    warn_unknown_phase,
)
from sklearn_sn.embedding._generation import GenerativeEmbedder
from sklearn_sn.embedding._parameters import MMVAE_CONSTRAINTS
from sklearn_sn.losses import MMVAELoss
from sklearn_sn.nets import MMVAENet, TableDataset, phase_frame

N_WAVELENGTHS = 256  # of the default grid
MIN_HELD = 9  # objects with which a calibration can promise 90 %
CALIBRATED = ("spectrum", "light_curve", "image", "metadata")  # the first that there is


class MMVAEEmbedder(GenerativeEmbedder):
    """Embed light curves and spectra in one latent distribution, and generate either from either.

    A variational autoencoder with one expert per modality [1]_: a transceiver encoder, whose
    learned queries read any number of points, gives a Laplace posterior; the mixture of an object's
    experts is its posterior; transceiver decoders answer at any wavelength, phase and band. From a
    light curve comes the spectrum that the supernova would show at any phase, with an interval.

    A modality is a set of points in the plane of wavelength and phase: a photometric point stands
    at its band's effective wavelength, a pixel at its own, with all spectra of an object in one
    set. Pixels of cutouts and columns of numbers are points of planes of their own. Phase is
    counted from the peak: the column ``t_peak`` (MJD) where `X` has it, else the brightest point of
    the smoothed light curve, which fit says in a warning.

    Parameters
    ----------
    modalities : sequence of str, default=None
        Of "light_curve", "spectrum", "image" and "metadata"; None takes those that `X` has, and
        metadata where `metadata_columns` names any. With "spectrum" alone this is the plain VAE of
        spectra.
    metadata_columns : sequence of str, default=()
        Plain columns of numbers to embed and to generate; a missing value is NaN. The rest frame
        places every point by the redshift: what follows it (a distance, a luminosity) is then read
        from it, not from the light curve; generate such columns with frame="observer". So the
        redshift itself is refused in the rest frame, and ``t_peak`` in any.
    latent_tokens, latent_dim : int, default=4, 4
        The latent is a table of so many tokens of so many numbers.
    d_model, n_heads, n_layers, d_feedforward : int, default=32, 4, 4, 32
        Of encoders and decoders.
    dropout : float, default=0.1
        Of the encoders.
    n_frequencies : int, default=16
        Frequencies of the encoding of wavelength, and of that of phase.
    velocity_resolution : float, default=1000.0
        Width in km/s of the narrowest lines that the encoding of wavelength resolves.
    phase_resolution : float, default=2.0
        Days of the fastest change that the encoding of phase resolves.
    frame : {"rest", "observer"}, default="rest"
        "rest" divides times and wavelengths (those of bands too) by 1 + ``redshift`` where `X` has
        that column in fit; see ``frame_``.
    phase_range : pair of float, default=(-30.0, 100.0)
        Days from peak; points and spectra outside are left out.
    wavelength_range : pair of float, default=(2500.0, 10000.0)
        Å; pixels outside are left out.
    normalization_range : pair of float, default=(4000.0, 7000.0)
        Å; a spectrum is divided by its median flux inside.
    amplitude : bool, default=True
        Whether the encoder sees the peak flux. Fluxes are otherwise relative to it.
    max_points : int, default=200
        A longer light curve is thinned to so many points, evenly.
    max_pixels : int, default=512
        Neighbouring pixels of a longer spectrum are averaged.
    spectra_per_object : int, default=2
        Spectra that one training step sees of an object, drawn anew each epoch.
    image_size : int, default=16
        Cutouts are averaged to so many pixels a side.
    augmentation : bool, default=True
        Hide a part of the points from the encoders in training, so that little data widens the
        posterior; all points are still to be explained.
    objective : {"iwae", "iwae_joint", "elbo"}, default="iwae"
        See :class:`~sklearn_sn.losses.MMVAELoss`.
    n_samples : int, default=2
        Samples of each expert in training, K.
    light_curve_weight, image_weight, metadata_weight : float or "balanced", default="balanced"
        Weight of each modality's log-likelihood; "balanced" makes up for the points that it has
        fewer than the spectra (than the largest modality, without spectra), for an average object.
    spectrum_weight : float, default=1.0
    calibration_fraction : float, default=0.0
        Part of the objects to hold out of training and to calibrate the intervals of spectra on
        (without spectra of light curves, else of what there is); see :meth:`calibrate`.
    optimizer : {"adamw", "adam", "radam"}, default="adamw"
    lr : float, default=1e-3
        Peak learning rate.
    weight_decay : float, default=1e-4
    batch_size : int, default=32
    max_epochs : int, default=100
        The paper has 500.
    lr_schedule : {"one_cycle", "cosine"}, default="one_cycle"
        Over all of `max_epochs`; None keeps the rate.
    early_stopping : bool, default=False
        Hold out a part; stop when its loss has not improved for `n_iter_no_change` epochs, and keep
        the best weights.
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
    modalities_ : list of str
    frame_ : {"rest", "observer"}
        The frame of phases and wavelengths: "rest" only where `X` had redshifts in fit.
    estimates_peak_ : bool
        Whether the peak of some object of fit came from its light curve.
    wavelength_ : array of shape (256,)
        Å; the default grid of generated spectra, where 96 % of the pixels of fit lie. Absent
        without spectra.
    net_ : skorch.NeuralNet
        The trained net; ``net_.module_`` is the torch module.
    inputs_ : dict of str to input
        How each modality is scaled and batched.
    calibrations_ : dict of str to object
        What :meth:`calibrate` has learned.
    history_ : list of dict
        Losses and seconds of every epoch.
    n_iter_ : int
        Epochs trained.
    feature_names_in_ : array of str
        Columns of the table in fit.
    n_features_in_ : int
        Number of these columns.

    See Also
    --------
    ContrastiveEmbedder : Aligns modalities without generating them.

    Notes
    -----
    Departures from the paper: fluxes are relative to the object (asinh of the flux over its peak,
    spectra over their median) before they are standardised; the phase of a spectrum goes with each
    of its pixels, so that several share one context; the decoder's queries do not attend to each
    other, so that an answer does not depend on what else is asked; the decoder's scale is learned,
    and reported errors add to it.

    References
    ----------
    .. [1] Shen & Gagliano (2025), "Variational diffusion transformers for conditional sampling of
       supernovae spectra and multimodal variational autoencoders", ML4Astro workshop at ICML.

    Examples
    --------
    >>> from sklearn_sn import MMVAEEmbedder
    >>> from sklearn_sn.datasets import make_supernovae
    >>> X, y, truth = make_supernovae(60, return_truth=True, random_state=0)
    >>> X["t_peak"] = truth["t_peak"]
    >>> model = MMVAEEmbedder(max_epochs=2, n_layers=1, random_state=0).fit(X)
    >>> model.transform(X).shape
    (60, 16)
    >>> light_curves = X.drop(columns="spectrum")
    >>> model.generate(light_curves, phase=[-5.0, 0.0, 10.0], n_samples=4, random_state=0).shape
    (60, 4, 3, 256)
    >>> lower, upper = model.predict_interval(light_curves, phase=0.0, wavelength=[5000.0, 6150.0])
    >>> bool((lower < upper).all())
    True
    """

    _parameter_constraints = {
        **TorchEstimator._parameter_constraints,
        **MMVAE_CONSTRAINTS,
    }

    def __init__(
        self,
        *,
        modalities=None,
        metadata_columns=(),
        latent_tokens=4,
        latent_dim=4,
        d_model=32,
        n_heads=4,
        n_layers=4,
        d_feedforward=32,
        dropout=0.1,
        n_frequencies=16,
        velocity_resolution=1000.0,
        phase_resolution=2.0,
        frame="rest",
        phase_range=(-30.0, 100.0),
        wavelength_range=(2500.0, 10000.0),
        normalization_range=(4000.0, 7000.0),
        amplitude=True,
        max_points=200,
        max_pixels=512,
        spectra_per_object=2,
        image_size=16,
        augmentation=True,
        objective="iwae",
        n_samples=2,
        light_curve_weight="balanced",
        spectrum_weight=1.0,
        image_weight="balanced",
        metadata_weight="balanced",
        calibration_fraction=0.0,
        optimizer="adamw",
        lr=1e-3,
        weight_decay=1e-4,
        batch_size=32,
        max_epochs=100,
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
        self.modalities = modalities
        self.metadata_columns = metadata_columns
        self.latent_tokens = latent_tokens
        self.latent_dim = latent_dim
        self.d_model = d_model
        self.n_heads = n_heads
        self.n_layers = n_layers
        self.d_feedforward = d_feedforward
        self.dropout = dropout
        self.n_frequencies = n_frequencies
        self.velocity_resolution = velocity_resolution
        self.phase_resolution = phase_resolution
        self.frame = frame
        self.phase_range = phase_range
        self.wavelength_range = wavelength_range
        self.normalization_range = normalization_range
        self.amplitude = amplitude
        self.max_points = max_points
        self.max_pixels = max_pixels
        self.spectra_per_object = spectra_per_object
        self.image_size = image_size
        self.augmentation = augmentation
        self.objective = objective
        self.n_samples = n_samples
        self.light_curve_weight = light_curve_weight
        self.spectrum_weight = spectrum_weight
        self.image_weight = image_weight
        self.metadata_weight = metadata_weight
        self.calibration_fraction = calibration_fraction
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

    def fit(self, X, y=None):
        """Train encoders and decoders.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows
            One row per object; see :func:`sklearn_sn.data.check_table`. The columns ``t_peak`` and
            ``redshift`` are used where `X` has them. An object may lack modalities.
        y : ignored

        Returns
        -------
        self

        Raises
        ------
        ValueError
            For parameters out of range, and for input that cannot be mended.

        Warns
        -----
        DataQualityWarning
            If peaks are estimated from the light curves.
        """
        self._validate_params()
        params = self.get_params(deep=False)
        check_parameters(params)
        X = as_frame(X)
        held = None
        if self.calibration_fraction > 0:
            X, held = self._hold_out(X)
        asked = modalities_of(X, params)
        columns = self.metadata_columns
        table = check_table_with_phase(X, seen_of(X, asked or MODALITIES[:2]), True, columns)
        if self._continues:
            check_continued(params, self._first_params, self.modalities_, table)
        else:
            self._first_params = kept_params(params)
            self.modalities_ = [name for name in asked if table.present(name).any()]
            rest = self.frame == "rest" and "redshift" in X.columns
            self.frame_ = "rest" if rest else "observer"
            check_columns(columns, self.frame_)
        frame = phase_frame(table, self.frame_ == "rest")
        self.estimates_peak_ = bool(frame.estimated.any())
        if self.estimates_peak_:
            warn_estimated(frame)
        warn_unknown_phase(frame)
        if not self._continues:
            self.inputs_ = {
                name: build_points(name, params).fit(table, frame) for name in self.modalities_
            }
        prepared = {name: self.inputs_[name].prepare(table, frame) for name in self.modalities_}
        check_inside(self.inputs_, prepared)
        dataset = TableDataset(self.inputs_, prepared)
        dataset = dataset.subset(np.flatnonzero(self._found(dataset)))
        if "spectrum" in self.modalities_:
            self.wavelength_ = np.geomspace(*self.inputs_["spectrum"].covered_, N_WAVELENGTHS)
        self._train(
            MMVAENet,
            lambda: build_module(params, self.inputs_),
            dataset,
            criterion=MMVAELoss,
            criterion__objective=self.objective,
            n_samples=self.n_samples,
            **balance(params, self.inputs_, prepared),
        )
        self.n_features_in_ = X.shape[1]
        if all(isinstance(name, str) for name in X.columns):
            self.feature_names_in_ = np.array(X.columns, dtype=object)
        self.calibrations_ = {}
        if held is not None:
            self.calibrate(held, next(n for n in CALIBRATED if n in self.modalities_))
        return self

    def _hold_out(self, X):
        """Objects to train on, and those to calibrate on."""
        n_held = int(np.ceil(self.calibration_fraction * len(X)))
        if n_held < MIN_HELD:
            raise ValueError(
                f"calibration_fraction={self.calibration_fraction!r} holds out {n_held} of "
                f"{len(X)} objects; intervals of 90 % take {MIN_HELD} at least."
            )
        if len(X) - n_held < 2:
            raise ValueError(
                f"calibration_fraction={self.calibration_fraction!r} leaves {len(X) - n_held} of "
                f"{len(X)} objects to train on; give more objects, or a smaller fraction."
            )
        if not (self._continues and hasattr(self, "_held_seed")):
            self._held_seed = int(check_random_state(self.random_state).randint(2**31 - 1))
        # The same objects each time that a fit goes on: none was ever trained on.
        order = np.random.default_rng([self._held_seed, 1]).permutation(len(X))
        return X.iloc[np.sort(order[n_held:])], X.iloc[np.sort(order[:n_held])]
