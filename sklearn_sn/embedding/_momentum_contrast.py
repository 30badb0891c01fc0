"""Pretrain an encoder of images by momentum contrast."""

from collections.abc import Sequence
from numbers import Real
from typing import Any, Self

import numpy as np
import pandas as pd
import torch
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.validation import check_is_fitted

from sklearn_sn.base import (
    TorchEstimator,
    encoder_width,
    positive_int,
    positive_number,
    unit_interval,
    weight,
)
from sklearn_sn.data import band_wavelength
from sklearn_sn.embedding._self_supervised import SelfSupervisedEmbedder
from sklearn_sn.encoders import DataSettings, EncoderLike
from sklearn_sn.losses import MomentumContrastLoss
from sklearn_sn.metrics import recall_at_k
from sklearn_sn.modules import MomentumContrastModule
from sklearn_sn.nets import MomentumContrastNet, TableDataset
from sklearn_sn.preprocessors import (
    FluxImagePreprocessor,
    ImagePreprocessor,
    ImageViewsPreprocessor,
)

NAME = "image"


class ImageEmbedder(SelfSupervisedEmbedder):
    """Embed images by an encoder that was trained by momentum contrast, without labels.

    Two augmented views of an image should have similar vectors, and views of different images
    different ones. A slowly changing copy of the encoder computes the vector of the second view,
    the key, and the keys of earlier batches serve as further negatives [1]_. The projection and
    the schedule are those of MoCo v2 [2]_, and the augmentations those of AstroCLIP [3]_.

    A fitted embedder is the start of another estimator:
    ``ContrastiveEmbedder(pretrained={"image": FrozenEstimator(embedder)})``.

    Parameters
    ----------
    encoder : str or Encoder, default="auto"
        Encoder of images: "resnet", which "auto" stands for, or "cnn"; or such an encoder with its
        sizes. All images are on one flux scale for each channel, also for "cnn".
    bands : sequence of str, default=("g", "r", "z")
        Bands of the channels, whose extinction the reddening needs; not used if `reddening` is 0.
    reddening : float, default=0.1
        Largest E(B−V) in mag by which a view is reddened, drawn evenly from 0.
    rotation : {"any", "right_angles"} or None, default="any"
        Rotations of the views, by any angle or by multiples of 90°. With either, half of the views
        are flipped.
    size_scaling : float, default=0.1
        Views are scaled in size by a factor between 1 / (1 + size_scaling) and 1 + size_scaling, at
        constant surface brightness.
    blur : float, default=1.0
        Largest standard deviation in pixels of the Gaussian by which a view is blurred.
    jitter : float, default=3.0
        Largest shift of a view in pixels along each axis, before the crop of the encoder.
    noise : float, default=0.5
        Largest standard deviation of the noise added to a view, in units of the noise of the
        training images.
    projection_dim : int, default=64
        Width of the vectors that are compared. A hidden layer projects the output of the encoder.
    temperature : float, default=0.2
        Temperature of the loss.
    momentum : float, default=0.999
        Largest momentum of the encoder of keys, in [0, 1). At step t it is at most
        (1 + t) / (10 + t).
    queue_size : int, default=0
        Number of earlier keys that are negatives, besides the keys of the batch; at most the number
        of training objects. Keys of the same object are left out. The queue is empty at the start
        of `fit`. Short trainings were better without one, see Notes.
    %(training)s

    Attributes
    ----------
    encoder_ : Encoder
        The encoder that was used, with its parameters.
    preprocessor_ : Preprocessor
        Fitted preprocessor of the encoder.
    missing_embedding_ : array of shape (n_features_out,)
        Output of `transform` for an object without an image: the mean over the training objects.
    %(fitted_network)s

    See Also
    --------
    sklearn_sn.encoders.ResNetImage : The default encoder.
    ContrastiveEmbedder : Learn from pairs of modalities.

    Notes
    -----
    An augmentation removes from the embedding what it changes: reddening by much more than dust
    causes removes colours. In 94 steps on 3,000 simulated galaxies, the R² of redshift from 30
    neighbours was 0.63 without a queue and 0.45 with a queue of 1,024.

    References
    ----------
    .. [1] He, K., Fan, H., Wu, Y., Xie, S. & Girshick, R. (2020). "Momentum Contrast for
       Unsupervised Visual Representation Learning". CVPR.
    .. [2] Chen, X., Fan, H., Girshick, R. & He, K. (2020). "Improved Baselines with Momentum
       Contrastive Learning".
    .. [3] Lanusse, F., Parker, L., Golkar, S., Cranmer, M. et al. (2023). "AstroCLIP: Cross-Modal
       Pre-Training for Astronomical Foundation Models".

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> from sklearn_sn.embedding import ImageEmbedder
    >>> images = np.random.default_rng(0).normal(size=(20, 3, 16, 16))
    >>> X = pd.DataFrame({"image": list(images)})
    >>> embedder = ImageEmbedder(max_epochs=1, random_state=0).fit(X)
    >>> embedder.transform(X).shape
    (20, 128)
    """

    _net_class = MomentumContrastNet
    _encoder_parameters = {"encoder": (NAME, "resnet")}
    _parameter_constraints = {
        **TorchEstimator._parameter_constraints,
        "bands": ["array-like"],
        "reddening": weight(),
        "rotation": [StrOptions({"any", "right_angles"}), None],
        "size_scaling": [Interval(Real, 0, 1, closed="left")],
        "blur": weight(),
        "jitter": weight(),
        "noise": weight(),
        "projection_dim": positive_int(),
        "temperature": positive_number(),
        "momentum": unit_interval(),
        "queue_size": positive_int(0),
    }

    def __init__(
        self,
        *,
        encoder: EncoderLike = "auto",
        bands: Sequence[str] = ("g", "r", "z"),
        reddening: float = 0.1,
        rotation: str | None = "any",
        size_scaling: float = 0.1,
        blur: float = 1.0,
        jitter: float = 3.0,
        noise: float = 0.5,
        projection_dim: int = 64,
        temperature: float = 0.2,
        momentum: float = 0.999,
        queue_size: int = 0,
        optimizer: str = "adamw",
        lr: float = 1e-3,
        weight_decay: float = 1e-4,
        batch_size: int = 128,
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
        self.bands = bands
        self.reddening = reddening
        self.rotation = rotation
        self.size_scaling = size_scaling
        self.blur = blur
        self.jitter = jitter
        self.noise = noise
        self.projection_dim = projection_dim
        self.temperature = temperature
        self.momentum = momentum
        self.queue_size = queue_size
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

    def fit(self, X: pd.DataFrame, y: Any = None) -> Self:
        """Train the encoder on pairs of views.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows
            Table with ``image`` (:func:`sklearn_sn.data.check_table`), or :ref:`large_files`.
        y : ignored
            Not used; present for scikit-learn.

        Returns
        -------
        self

        Raises
        ------
        ValueError
            If a parameter is out of range, the input cannot be repaired, the encoder reads more
            than the image, or `bands` does not name every channel.

        Warns
        -----
        ConvergenceWarning
            If training diverged or was interrupted; the model then has the best weights so far.
        """
        return self._fit(X)

    def _check_encoder(self, encoder):
        if _flux_preprocessor(encoder) is None:
            raise ValueError(
                "The 'encoder' parameter of ImageEmbedder must be an encoder that reads the image "
                f"alone, such as ResNetImage and ImageCNN. Got {encoder!r} instead."
            )

    def _new_preprocessor(self, encoder):
        return _flux_preprocessor(encoder)

    def _net_params(self):
        return {
            "criterion": MomentumContrastLoss,
            "criterion__temperature": float(self.temperature),
            "momentum": float(self.momentum),
            "queue_size": int(self.queue_size),
        }

    def _training_set(self, prepared):
        """Return the dataset of the objects with an image, whose preprocessor makes views."""
        rows = np.flatnonzero(prepared.lengths > 0)
        return TableDataset({NAME: self._views()}, {NAME: prepared}, rows=rows)

    def _encoding_width(self):
        return self.net_.module_.projection[0].in_features

    def _views(self):
        n_channels = self.preprocessor_.n_channels_
        coefficients = np.zeros(n_channels)
        if self.reddening:
            if len(self.bands) != n_channels:
                raise ValueError(
                    f"The 'bands' parameter of ImageEmbedder names {len(self.bands)} bands, "
                    f"{list(self.bands)}, and the images have {n_channels} channels. Name the band "
                    "of each channel, or set reddening=0."
                )
            from sklearn_sn.datasets import extinction  # late, since readers load slowly

            coefficients = extinction(band_wavelength(list(self.bands)))
        return ImageViewsPreprocessor(
            self.preprocessor_,
            extinction=coefficients,
            reddening=self.reddening,
            rotation=self.rotation,
            size_scaling=self.size_scaling,
            blur=self.blur,
            jitter=self.jitter,
            noise=self.noise,
        )

    def _build(self):
        network, preprocessor = self.encoder_.make_module(self.preprocessor_), self.preprocessor_
        side = preprocessor.size_
        image = torch.zeros(1, preprocessor.n_channels_, side, side)
        width = encoder_width(network, {"image": image})
        return MomentumContrastModule(network, width, self.projection_dim)

    def score(self, X: pd.DataFrame, y: Any = None) -> float:
        """Return the fraction of objects that are found by an augmented view of their image.

        All views have the same augmentation: a rotation, and half of the other strengths. The
        vector of the view is the query, and the vectors of the images of X are the candidates.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows
            A table as in `fit`.
        y : ignored
            Not used; present for scikit-learn.

        Returns
        -------
        float
            Fraction of the views whose own image is the nearest, in [0, 1].

        Raises
        ------
        ValueError
            If no object has an image.
        """
        check_is_fitted(self, "net_")
        dataset = self._training_set(self._prepared(X))
        if not len(dataset):
            raise ValueError("X has no object with an image, so that the score is undefined.")
        images, views = [], []
        for module, batch, _ in self._run(dataset):
            pair = batch.tensors[NAME][0]
            images.append(module(pair["query"]).cpu())
            views.append(module(pair["key"]).cpu())
        return float(recall_at_k(torch.cat(views).numpy(), torch.cat(images).numpy(), k=1))


def _flux_preprocessor(encoder):
    """Return a preprocessor of fluxes for an encoder; None if it reads more than the image."""
    preprocessor = encoder.make_preprocessor(DataSettings())
    if isinstance(preprocessor, FluxImagePreprocessor):
        return preprocessor
    if not isinstance(preprocessor, ImagePreprocessor):
        return None
    return FluxImagePreprocessor(rotation=encoder.rotation, augmentation=encoder.augmentation)
