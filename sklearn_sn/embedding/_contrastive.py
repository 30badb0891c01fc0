"""Contrastive embedding of two or more modalities of one object."""

from collections.abc import Sequence
from numbers import Integral
from typing import Any, Self

import numpy as np
import pandas as pd
import torch
from numpy.typing import ArrayLike
from sklearn.frozen import FrozenEstimator
from sklearn.utils._param_validation import StrOptions

from sklearn_sn.base import (
    CLASS_WEIGHT,
    PRETRAINING_CONSTRAINTS,
    TRAINABLE,
    TorchEstimator,
    TrainingPlan,
    check_continued,
    chosen_encoder,
    hint_at_pretrained,
    kept_params,
    positive_int,
    positive_number,
    pretrained_encoders,
    pretrained_preprocessor,
    remember_columns,
    weight,
)
from sklearn_sn.data import as_frame, check_table
from sklearn_sn.embedding._checks import (
    check_gives_vector,
    check_learnable,
    check_modalities,
    check_parameters,
    check_validation,
    is_given,
    warn_if_collapsed,
)
from sklearn_sn.embedding._contrastive_network import (
    contrastive_module,
    shared_dim,
    with_range_in_encoder,
)
from sklearn_sn.embedding._multimodal import MultimodalEmbedder
from sklearn_sn.embedding._targets import AuxiliaryTargets, class_labels, number_column, one_column
from sklearn_sn.encoders import DataSettings, EncoderLike
from sklearn_sn.losses import InfoNCELoss
from sklearn_sn.nets import ContrastiveNet, TableDataset

MAX_SCALE = 100.0  # of the logits: a learned temperature stays above 0.01 (Radford et al. 2021)


class ContrastiveEmbedder(MultimodalEmbedder):
    """Embed light curves, spectra, images and metadata of objects in one space.

    One encoder for each modality maps an object to a unit vector. Symmetric InfoNCE pulls the
    vectors of one object together and pushes those of different objects apart [1]_. The embedding
    of one modality is then the input of any scikit-learn estimator.

    Parameters
    ----------
    light_curve, spectrum, image, metadata : str, Encoder, module, callable or None, default="auto"
        Encoder of each modality. A name stands for an encoder with its defaults: "transformer",
        "gru", "deep_sets" or "transceiver" for light curves; "cnn", "transformer", "spectranet",
        "galspecnet" or "transceiver" for spectra; "cnn", "convnext" or "transceiver" for images;
        "mlp", "towers" or "transceiver" for metadata. "auto" means "transformer", "cnn", "cnn" and
        "mlp", if X has the modality. An encoder of :mod:`sklearn_sn.encoders` holds sizes, scaling
        and augmentation; a :class:`torch.nn.Module` of your own is copied in fit, a callable
        returns one. None leaves the modality out.
    metadata_columns : sequence of str, default=()
        Plain columns of the modality "metadata": numbers, or text as categories.
    output : str or sequence of str, default="auto"
        Result of `transform`: the embedding of one modality, those of several concatenated,
        "mean" (the direction of the mean over the modalities that an object has), or "auto", the
        first of light_curve, spectrum, image and metadata that was in fit.
    embedding_dim : int or pair of int, default=128
        Dimension of the shared space, in which embeddings are unit vectors compared by their
        cosine. A pair, such as (4, 8), is the number of tokens and their dimension: embeddings are
        then latent sequences, which are stored flat and compared by their unnormalised Frobenius
        distance. Inherited from the pretrained projections if left at the default.
    temperature : float, default=0.07
        Temperature of InfoNCE, or its start value; Maven's is 1/19.5.
    learn_temperature : bool, default=True
        Whether the temperature is trained. It stays above 0.01.
    queue_size : int, default=0
        Number of objects of earlier batches whose embeddings are further negatives in training; 0
        for none. AstroCLIP's is 512.
    aux_weight : float, default=0.0
        Weight of supervised heads on the embeddings beside InfoNCE, for the classes or numbers in
        `y` and the numbers in `aux_columns`. Objects with a single modality are then used too, and
        `X` need not contain pairs, so that encoders can be pretrained one by one.
    aux_columns : sequence of str, default=()
        Plain columns that the heads predict, such as ("redshift",).
    class_weight : {"balanced"} or dict, default=None
        Weights of the classes in the auxiliary head.
    pretrained : str, FrozenEstimator or dict of str to these, default=None
        Names of packaged models (:func:`~sklearn_sn.persistence.list_pretrained`) or fitted
        estimators, from whose encoders, sizes and input scaling training starts, for all their
        modalities or for the keys of the dict. An explicit encoder must agree with them. The
        wrapper keeps scikit-learn's clone from discarding the weights.
    trainable : {"all", "dense", "first_block", "head", "none"} or dict by modality, default="all"
        Parts of a pretrained encoder to train: everything; its dense layers after the convolutions
        and the projection; its first block and the projection; the projection alone, and of a
        PatchSpectrumTransformer also pooling and output layer; or nothing. The temperature, and a
        projection that is new because `embedding_dim` differs, are always trained.
    pretrained_lr_factor : float, default=1.0
        Learning rate of pretrained encoders, relative to `lr`.
    %(training)s

    Attributes
    ----------
    modalities_ : list of str
        Modalities of the fit.
    encoders_ : dict of str to Encoder
        The encoders that were used, with their parameters.
    preprocessors_ : dict of str to Preprocessor
        Fitted preprocessors, which scale the modalities and gather batches.
    missing_embedding_ : dict of str to array of shape (embedding_dim,) or (n_tokens * token_dim,)
        Embedding of an object that lacks the modality.
    %(fitted_network)s

    See Also
    --------
    sklearn_sn.preprocessing.LightCurveBinner : Merge the points of one night.
    sklearn_sn.nets.MaxSteps : Train for a number of steps instead of epochs.
    sklearn_sn.metrics.recall_at_k : The measure of `score`.

    Notes
    -----
    A linear layer maps the output of an encoder to the shared space. With
    ``embedding_dim=(n_tokens, token_dim)``, a network with one hidden layer maps it to a latent
    sequence instead. The logits of InfoNCE are then minus the Frobenius distances of the sequences
    over the temperature, as in [2]_. Embeddings have any length: search with
    ``metric="frobenius"`` in :class:`~sklearn_sn.cross_modal.CrossModalRetriever`.

    With ``queue_size=K``, the embeddings of the last K objects of earlier batches that have two
    modalities or more join the negatives of both directions [3]_, so that a small batch has as many
    negatives as a large one. They have no gradient, are never used in validation, and are dropped
    when training begins and ends. An object is no negative of itself, even if an earlier epoch left
    it in the queue. The embeddings are those of earlier weights. So that the network cannot tell
    them from the batch by their age, the mean logit of each object with the queue is set to that
    with the batch, unlike in [3]_; :doc:`/contrastive` has the remaining costs.

    If an object has several spectra, each epoch of training uses a random one, and `transform`
    averages the embeddings of all.

    References
    ----------
    .. [1] Zhang, G., Helfer, T., Gagliano, A. T., Mishra-Sharma, S. & Villar, V. A. (2024). "Maven:
       A Multimodal Foundation Model for Supernova Science". Machine Learning: Science and
       Technology 5, 045069.
    .. [2] Shen, Y. & Gagliano, A. T. (2025). "Mixture-of-Expert Variational Autoencoders for
       Cross-Modality Embedding of Type Ia Supernova Data". ML4Astro workshop, ICML.
    .. [3] He, K., Fan, H., Wu, Y., Xie, S. & Girshick, R. (2020). "Momentum Contrast for
       Unsupervised Visual Representation Learning". CVPR.

    Examples
    --------
    >>> from sklearn.neighbors import KNeighborsClassifier
    >>> from sklearn.pipeline import Pipeline
    >>> from sklearn_sn import ContrastiveEmbedder
    >>> from sklearn_sn.datasets import make_supernovae
    >>> from sklearn_sn.encoders import LightCurveTransformer
    >>> X, y = make_supernovae(60, random_state=0)
    >>> encoder = LightCurveTransformer(n_layers=1)
    >>> emb = ContrastiveEmbedder(light_curve=encoder, max_epochs=2, random_state=0)
    >>> pipe = Pipeline([("emb", emb), ("knn", KNeighborsClassifier())]).fit(X, y)
    >>> pipe[:-1].transform(X).shape
    (60, 128)
    >>> pipe.predict(X[["light_curve"]]).shape
    (60,)
    """

    _encoder_parameters = {
        "light_curve": ("light_curve", "transformer"),
        "spectrum": ("spectrum", "cnn"),
        "image": ("image", "cnn"),
        "metadata": ("metadata", "mlp"),
    }
    # Model files of earlier versions have this parameter.
    _former_parameters = ("wavelength_range",)
    _upgraded_params = staticmethod(with_range_in_encoder)
    _parameter_constraints = {
        **TorchEstimator._parameter_constraints,
        "metadata_columns": ["array-like"],
        "output": [str, "array-like"],
        "embedding_dim": [*positive_int(), tuple, list],
        "temperature": positive_number(),
        "learn_temperature": ["boolean"],
        "queue_size": positive_int(0),
        "aux_weight": weight(),
        "aux_columns": ["array-like"],
        "class_weight": CLASS_WEIGHT,
        "pretrained": [*PRETRAINING_CONSTRAINTS["pretrained"], dict],
        "trainable": [StrOptions(set(TRAINABLE)), dict],
        "pretrained_lr_factor": positive_number(),
    }

    def __init__(
        self,
        *,
        light_curve: EncoderLike = "auto",
        spectrum: EncoderLike = "auto",
        image: EncoderLike = "auto",
        metadata: EncoderLike = "auto",
        metadata_columns: Sequence[str] = (),
        output: str | Sequence[str] = "auto",
        embedding_dim: int | tuple[int, int] = 128,
        temperature: float = 0.07,
        learn_temperature: bool = True,
        queue_size: int = 0,
        aux_weight: float = 0.0,
        aux_columns: Sequence[str] = (),
        class_weight: str | dict[Any, float] | None = None,
        pretrained: str | FrozenEstimator | dict[str, str | FrozenEstimator] | None = None,
        trainable: str | dict[str, str] = "all",
        pretrained_lr_factor: float = 1.0,
        optimizer: str = "adamw",
        lr: float = 1e-3,
        weight_decay: float = 1e-4,
        batch_size: int = 64,
        max_epochs: int = 40,
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
        self.output = output
        self.embedding_dim = embedding_dim
        self.temperature = temperature
        self.learn_temperature = learn_temperature
        self.queue_size = queue_size
        self.aux_weight = aux_weight
        self.aux_columns = aux_columns
        self.class_weight = class_weight
        self.pretrained = pretrained
        self.trainable = trainable
        self.pretrained_lr_factor = pretrained_lr_factor
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
        """Train the encoders.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows
            One row for each object; see :func:`sklearn_sn.data.check_table`.
            Also files, as :ref:`large_files` describes.
        y : array-like of shape (n_objects,), optional
            Classes or numbers. Used for the stratified validation part of ``early_stopping`` and,
            with ``aux_weight > 0``, for the auxiliary heads, where None or NaN is an unknown label.

        Returns
        -------
        self

        Raises
        ------
        ValueError
            If a parameter is out of range, the input cannot be repaired, or fewer than two objects
            have two modalities and the auxiliary heads have no targets.

        Warns
        -----
        ConvergenceWarning
            If training diverged or was interrupted; the model then has the best weights so far.
            Also if the embeddings of all objects have become equal by the negatives of a queue.
        """
        self._validate_params()
        params = self.get_params(deep=False)
        check_parameters(self)
        X = as_frame(X)
        table = self._checked_table(X)
        if y is not None and len(y) != len(table):
            raise ValueError(f"X has {len(table)} objects but y has {len(y)} labels.")
        y = one_column(y, learned=self.aux_weight > 0)
        parts = {}
        if self._is_warm_start:
            check_continued(params, self._first_params, self.modalities_, table, self._is_part)
        else:
            modalities = self._present(table)
            check_modalities(params, modalities, table, X.columns)
            parts = pretrained_encoders(self.pretrained, modalities)
            encoders = self._chosen_encoders(modalities, parts)
            self.modalities_, self.encoders_ = modalities, encoders
            self._first_params = kept_params(params)
        self._outputs()
        if not self._is_warm_start:
            self.preprocessors_ = self._fitted_preprocessors(table, parts)
            self.targets_ = AuxiliaryTargets().fit(*self._supervision(table, y))
        prepared = {name: self.preprocessors_[name].prepare(table) for name in self.modalities_}
        targets = self.targets_.encode(*self._supervision(table, y))
        dataset = TableDataset(self.preprocessors_, prepared, targets)
        check_learnable(self, dataset)
        hint_at_pretrained(self, self.encoders_, len(dataset))
        is_normalized = isinstance(shared_dim(self, parts), Integral)
        groups = []
        if parts and self.pretrained_lr_factor != 1.0:
            rate = self.pretrained_lr_factor * self.lr
            groups = [(f"encoders.{name}.*", {"lr": rate}) for name in parts]
        self._train(
            TrainingPlan(
                net_class=ContrastiveNet,
                build=lambda: contrastive_module(self, dataset, parts),
                dataset=dataset,
                evaluate=lambda: {"missing_embedding_": self._mean_directions(dataset)},
                strata=class_labels(y),
                net_params={
                    "criterion": InfoNCELoss,
                    "criterion__align_negatives": True,
                    "criterion__similarity": "cosine" if is_normalized else "frobenius",
                    "max_scale": MAX_SCALE,
                    "queue_size": self.queue_size,
                    "optimizer__param_groups": groups,
                    "aux_weight": self.aux_weight,
                    "class_weight": self.targets_.class_weights(self.class_weight, targets),
                },
            )
        )
        remember_columns(self, X)
        warn_if_collapsed(self)
        return self._remember_range(table, self.encoders_.values())._finish_fit()

    def _checked_table(self, X):
        """Return the checked table with the modalities that are not left out."""
        columns = list(dict.fromkeys([*self.metadata_columns, *self.aux_columns]))
        enabled = [name for name in self._encoder_parameters if getattr(self, name) is not None]
        explicit = [name for name in enabled if is_given(getattr(self, name))]
        needed = None
        if len(enabled) < len(self._encoder_parameters) or explicit:
            needed = [n for n in enabled if n in explicit or n in X.columns or n == "metadata"]
            needed = [n for n in needed if n != "metadata" or self.metadata_columns]
        return check_table(X, metadata_columns=columns, modalities=needed or None, training=True)

    def _present(self, table):
        """Return the modalities that at least one object of the table has."""
        enabled = [name for name in self._encoder_parameters if getattr(self, name) is not None]
        if not self.metadata_columns:
            enabled = [name for name in enabled if name != "metadata"]
        return [name for name in enabled if table.has(name) and table.present(name).any()]

    def _chosen_encoders(self, modalities, parts):
        encoders = {}
        for name in modalities:
            _, default = self._encoder_parameters[name]
            encoders[name] = chosen_encoder(self, name, name, default, parts.get(name))
            check_gives_vector(name, encoders[name])
            for parameter in ("max_shift", "dropout"):
                if getattr(encoders[name], parameter, 0.0) is None:
                    setattr(encoders[name], parameter, 0.0)
        return encoders

    def _fitted_preprocessors(self, table, parts):
        settings = DataSettings(metadata_columns=tuple(self.metadata_columns))
        preprocessors = {}
        for name, encoder in self.encoders_.items():
            fresh = encoder.make_preprocessor(settings).fit(table)
            part = parts.get(name)
            preprocessors[name] = fresh if part is None else pretrained_preprocessor(part, fresh)
        return preprocessors

    def _check_validation(self, valid):
        check_validation(self, valid)

    def _supervision(self, table, y):
        """Return labels and columns for the auxiliary heads; none if `aux_weight` is 0."""
        if self.aux_weight == 0:
            return None, {}
        return y, {name: number_column(table.metadata[name], name) for name in self.aux_columns}
