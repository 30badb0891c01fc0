"""A multimodal variational autoencoder of light curves, spectra, images and metadata."""

import copy
from collections.abc import Sequence
from typing import Any, Self

import numpy as np
import pandas as pd
import torch
from numpy.typing import ArrayLike
from sklearn.utils import check_random_state
from sklearn.utils._param_validation import StrOptions

from sklearn_sn.base import (
    TorchEstimator,
    TrainingPlan,
    check_continued,
    kept_params,
    mixture_mean,
    positive_int,
    remember_columns,
    unit_interval,
)
from sklearn_sn.data import as_frame, phase_frame, warn_estimated, warn_unknown_phase
from sklearn_sn.embedding._autoencoder import (
    balanced_weights,
    build_module,
    check_inside,
    check_not_coordinates,
    check_parameters,
    chosen_encoders,
    fitted_preprocessors,
    prepare,
    requested_modalities,
)
from sklearn_sn.embedding._decoding import check_table_with_phase, with_light_curve
from sklearn_sn.embedding._generation import GenerativeEmbedder
from sklearn_sn.encoders import MODALITIES, EncoderLike, TransceiverDecoder
from sklearn_sn.losses import MMVAELoss
from sklearn_sn.nets import MMVAENet, TableDataset

N_WAVELENGTHS = 256  # of the default grid of generated spectra
MIN_HELD_OUT = 9  # objects with which a calibration can guarantee 90 %
CALIBRATED = ("spectrum", "light_curve", "image", "metadata")  # the first in fit is calibrated


class MMVAEEmbedder(GenerativeEmbedder):
    """Embed modalities in one latent distribution, and generate any modality from any other.

    The model is a variational autoencoder with one expert for each modality [1]_. An expert is an
    encoder with a Laplace posterior, and the posterior of an object is the mixture of its experts.
    Transceiver decoders predict at any wavelength, phase and band. The model can thus predict, with
    an interval, the spectrum of a supernova at any phase from its light curve.

    The decoders represent a modality as a set of points in the plane of wavelength and phase. A
    photometric point is at the effective wavelength of its band, a pixel at its own. Pixels of
    cutouts and columns of numbers are points in separate planes. Phase is counted from the peak,
    which is the column ``t_peak`` (MJD) if `X` has it, and otherwise the brightest point of the
    smoothed light curve. `fit` warns about the latter.

    Parameters
    ----------
    light_curve, spectrum, image, metadata : str, Encoder, module, callable or None, default="auto"
        Encoder of each modality, as in :class:`ContrastiveEmbedder`. "auto" means "transceiver" if
        `X` has the modality; transceivers read the target points of the decoder, with their phases.
        None leaves the modality out. With spectra alone the model is a plain VAE.
    metadata_columns : sequence of str, default=()
        Plain columns of numbers to embed and to generate, NaN where missing. In the rest frame, the
        coordinates of all points depend on the redshift, so that columns that follow from it (a
        distance, a luminosity) can be read from them. Generate such columns with frame="observer".
        The redshift itself is rejected in the rest frame, and ``t_peak`` in both frames.
    decoder : "transceiver" or TransceiverDecoder, default="transceiver"
        Sizes of the decoders, and their target points.
    latent_tokens, latent_dim : int, default=4, 4
        Number of tokens of the latent, and dimensions of each token.
    frame : {"rest", "observer"}, default="rest"
        "rest" divides times and wavelengths, including those of bands, by 1 + ``redshift`` if `X`
        has this column in fit; see ``frame_``.
    phase_range : pair of float, default=(-30.0, 100.0)
        Days from peak; points and spectra outside are dropped.
    wavelength_range : pair of float, default=(2500.0, 10000.0)
        Wavelengths in Å; pixels outside are dropped.
    objective : {"iwae", "iwae_joint", "elbo"}, default="iwae"
        Bound to maximise; see :class:`~sklearn_sn.losses.MMVAELoss`.
    n_samples : int, default=2
        Number K of samples of each expert in training.
    likelihood_weights : "balanced" or dict of str to float or "balanced", default="balanced"
        Weight of the log-likelihood of each modality, by default 1 for spectra. "balanced" weights
        another modality by the ratio of the mean number of pixels to that of its points, if it is
        above 1. Without spectra, the modality with most points takes their place.
    calibration_fraction : float, default=0.0
        Fraction of the objects to hold out of training, to calibrate the intervals of spectra (or,
        without spectra, of light curves, images or metadata); see :meth:`calibrate`.
    %(training)s

    Attributes
    ----------
    modalities_ : list of str
        Modalities of the fit.
    encoders_ : dict of str to Encoder
        The encoders that were used, with their parameters.
    decoder_ : TransceiverDecoder
        The decoder that was used, with its parameters.
    frame_ : {"rest", "observer"}
        Frame of phases and wavelengths; "rest" only if `X` had redshifts in fit.
    estimates_peak_ : bool
        Whether the peak of some object of fit was estimated from its light curve.
    wavelength_ : array of shape (256,)
        Default grid of generated spectra in Å; it spans the central 96 % of the pixels of fit. Only
        with spectra.
    preprocessors_ : dict of str to Preprocessor
        Fitted preprocessors, which scale the modalities and gather batches.
    calibrations_ : dict of str to IntervalCalibration
        Results of :meth:`calibrate` by direction of prediction.
    missing_embedding_ : array of shape (n_features_out,)
        Embedding of an object without usable data: the mean of the prior, 0.
    %(fitted_network)s

    See Also
    --------
    ContrastiveEmbedder : Align modalities without generating them.

    Notes
    -----
    The model differs from the paper in four points. Fluxes are relative to the object (asinh of the
    flux over its peak, spectra over their median) before they are standardised. Each pixel carries
    the phase of its spectrum, so that several spectra share one context. The queries of the decoder
    do not attend to each other, so that a result does not depend on the other queries. The scale of
    the decoder is learned, and reported errors are added to it.

    References
    ----------
    .. [1] Shen, Y. & Gagliano, A. T. (2025). "Mixture-of-Expert Variational Autoencoders for
       Cross-Modality Embedding of Type Ia Supernova Data". ML4Astro workshop, ICML.

    Examples
    --------
    >>> from sklearn_sn import MMVAEEmbedder
    >>> from sklearn_sn.datasets import make_supernovae
    >>> X, y, truth = make_supernovae(60, return_truth=True, random_state=0)
    >>> X["t_peak"] = truth["t_peak"]
    >>> model = MMVAEEmbedder(max_epochs=2, random_state=0).set_params(decoder__n_layers=1).fit(X)
    >>> model.transform(X).shape
    (60, 16)
    >>> light_curves = X.drop(columns="spectrum")
    >>> model.generate(light_curves, phase=[-5.0, 0.0, 10.0], n_samples=4, random_state=0).shape
    (60, 4, 3, 256)
    >>> lower, upper = model.predict_interval(light_curves, phase=0.0, wavelength=[5000.0, 6150.0])
    >>> bool((lower < upper).all())
    True
    """

    _encoder_parameters = {
        **{name: (name, "transceiver") for name in MODALITIES},
        "decoder": ("decoder", "transceiver"),
    }
    _parameter_constraints = {
        **TorchEstimator._parameter_constraints,
        "metadata_columns": ["array-like"],
        "decoder": [StrOptions({"transceiver"}), TransceiverDecoder],
        "latent_tokens": positive_int(),
        "latent_dim": positive_int(),
        "frame": [StrOptions({"rest", "observer"})],
        "phase_range": ["array-like"],
        "wavelength_range": ["array-like"],
        "objective": [StrOptions({"iwae", "iwae_joint", "elbo"})],
        "n_samples": positive_int(),
        "likelihood_weights": [StrOptions({"balanced"}), dict],
        "calibration_fraction": unit_interval(),
    }

    def __init__(
        self,
        *,
        light_curve: EncoderLike = "auto",
        spectrum: EncoderLike = "auto",
        image: EncoderLike = "auto",
        metadata: EncoderLike = "auto",
        metadata_columns: Sequence[str] = (),
        decoder: str | TransceiverDecoder = "transceiver",
        latent_tokens: int = 4,
        latent_dim: int = 4,
        frame: str = "rest",
        phase_range: tuple[float, float] = (-30.0, 100.0),
        wavelength_range: tuple[float, float] = (2500.0, 10000.0),
        objective: str = "iwae",
        n_samples: int = 2,
        likelihood_weights: str | dict[str, float | str] = "balanced",
        calibration_fraction: float = 0.0,
        optimizer: str = "adamw",
        lr: float = 1e-3,
        weight_decay: float = 1e-4,
        batch_size: int = 32,
        max_epochs: int = 100,
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
        self.light_curve = light_curve
        self.spectrum = spectrum
        self.image = image
        self.metadata = metadata
        self.metadata_columns = metadata_columns
        self.decoder = decoder
        self.latent_tokens = latent_tokens
        self.latent_dim = latent_dim
        self.frame = frame
        self.phase_range = phase_range
        self.wavelength_range = wavelength_range
        self.objective = objective
        self.n_samples = n_samples
        self.likelihood_weights = likelihood_weights
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

    def fit(self, X: pd.DataFrame, y: ArrayLike | None = None) -> Self:
        """Train encoders and decoders.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows
            One row for each object; see :func:`sklearn_sn.data.check_table`. The columns ``t_peak``
            and ``redshift`` are used if `X` has them. An object may lack modalities.
            Also files, as :ref:`large_files` describes.
        y : ignored
            Not used; present for scikit-learn.

        Returns
        -------
        self

        Raises
        ------
        ValueError
            If a parameter is out of range or the input cannot be repaired.

        Warns
        -----
        DataQualityWarning
            If peaks are estimated from the light curves.
        ConvergenceWarning
            If training diverged or was interrupted; the model then has the best weights so far.
        """
        self._validate_params()
        check_parameters(self)
        X = as_frame(X)
        held_out = None
        if self.calibration_fraction > 0:
            X, held_out = self._hold_out(X)
        table = self._start(X)
        frame = phase_frame(table, self.frame_ == "rest")
        self.estimates_peak_ = bool(frame.estimated.any())
        if self.estimates_peak_:
            warn_estimated(frame)
        warn_unknown_phase(frame)
        if not self._is_warm_start:
            self.preprocessors_ = fitted_preprocessors(
                self, self.encoders_, self.decoder_, table, frame, self.frame_ == "rest"
            )
        prepared = prepare(self.preprocessors_, table, frame)
        if not self._is_part:  # other parts may have it
            check_inside(self.preprocessors_, prepared)
        dataset = TableDataset(self.preprocessors_, prepared)
        # An object without data has no posterior to train.
        dataset = dataset.subset(np.flatnonzero(self._has_data(dataset)))
        if "spectrum" in self.modalities_:
            covered = self.preprocessors_["spectrum"].covered_
            self.wavelength_ = np.geomspace(*covered, N_WAVELENGTHS)
        self._train(
            TrainingPlan(
                net_class=MMVAENet,
                build=lambda: build_module(self, self.encoders_, self.decoder_, dataset),
                dataset=dataset,
                evaluate=lambda: {"missing_embedding_": self._prior_mean(dataset)},
                net_params={
                    "criterion": MMVAELoss,
                    "criterion__objective": self.objective,
                    "n_samples": self.n_samples,
                    "n_targets": self.decoder_.points_per_step,
                    **(
                        {}
                        if self._is_part
                        else balanced_weights(self, self.preprocessors_, prepared)
                    ),
                },
            )
        )
        remember_columns(self, X)
        self._remember_range(table, self.encoders_.values())
        # Calibrations of an earlier fit are not valid for the new weights.
        self.calibrations_ = {}
        if held_out is not None:
            self.calibrate(held_out, next(n for n in CALIBRATED if n in self.modalities_))
        return self._finish_fit()

    def _start(self, X):
        """Return the checked table; set modalities_, encoders_, decoder_ and frame_."""
        params = self.get_params(deep=False)
        requested = requested_modalities(self, X)
        columns = self.metadata_columns
        table = check_table_with_phase(
            X, with_light_curve(X, requested or MODALITIES[:2]), True, columns
        )
        if self._is_warm_start:
            check_continued(params, self._first_params, self.modalities_, table, self._is_part)
            return table
        modalities = [name for name in requested if table.present(name).any()]
        if not modalities:
            raise ValueError(
                "MMVAEEmbedder needs a modality that X has and no parameter leaves out. X has the "
                f"columns {list(X.columns)[:10]}."
            )
        encoders = chosen_encoders(self, modalities)
        decoder = TransceiverDecoder() if isinstance(self.decoder, str) else self.decoder
        decoder.check()
        # Without redshifts, the rest frame cannot be computed: fall back to the observer frame.
        rest = self.frame == "rest" and "redshift" in X.columns
        if "metadata" in modalities:
            check_not_coordinates(columns, "rest" if rest else "observer")
        self._first_params = kept_params(params)
        self.modalities_, self.encoders_ = modalities, encoders
        self.decoder_, self.frame_ = copy.deepcopy(decoder), "rest" if rest else "observer"
        return table

    def _prior_mean(self, dataset):
        """Return the mean of the prior; NaN if a posterior or decoded value is not finite."""
        mean, scale, present = self._posteriors(dataset)
        finite = np.isfinite(mean).all() and np.isfinite(scale).all()
        z = mixture_mean(mean, present)[None]
        # Decode one coordinate of each modality, because finite posteriors may decode to NaN.
        for name in self.modalities_:
            for _, *decoded in self._decoded(name, z, np.zeros((1, 1)), np.zeros((1, 1))):
                finite = finite and all(np.isfinite(part).all() for part in decoded)
        return np.full(z.shape[2], 0.0 if finite else np.nan, dtype=np.float32)

    def _hold_out(self, X):
        """Return the objects to train on, and those to calibrate on."""
        n_held_out = int(np.ceil(self.calibration_fraction * len(X)))
        if n_held_out < MIN_HELD_OUT:
            raise ValueError(
                f"calibration_fraction={self.calibration_fraction!r} holds out {n_held_out} of "
                f"{len(X)} objects, but intervals of 90 % need at least {MIN_HELD_OUT}."
            )
        if len(X) - n_held_out < 2:
            raise ValueError(
                f"calibration_fraction={self.calibration_fraction!r} leaves {len(X) - n_held_out} "
                f"of {len(X)} objects to train on. Use more objects, or a smaller fraction."
            )
        if not (self._is_warm_start and hasattr(self, "_held_seed")):
            self._held_seed = int(check_random_state(self.random_state).randint(2**31 - 1))
        # Hold out the same objects in every continued fit, so that none of them was trained on.
        order = np.random.default_rng([self._held_seed, 1]).permutation(len(X))
        return X.iloc[np.sort(order[n_held_out:])], X.iloc[np.sort(order[:n_held_out])]
