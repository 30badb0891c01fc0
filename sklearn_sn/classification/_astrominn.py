"""The classifier of images and metadata by a mixture of experts."""

from collections.abc import Sequence
from numbers import Real
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import torch
from numpy.typing import ArrayLike
from sklearn.frozen import FrozenEstimator
from sklearn.utils._param_validation import Interval

from sklearn_sn.base import (
    FOCAL_CONSTRAINTS,
    PRETRAINING_CONSTRAINTS,
    PRIOR_CONSTRAINTS,
    FusionEstimator,
    NetworkClassifierMixin,
    head_dropout,
    positive_int,
    softmax,
)
from sklearn_sn.encoders import EncoderLike, MetadataTowers
from sklearn_sn.modules import AstroMiNNModule
from sklearn_sn.nets import AstroMiNNNet


class AstroMiNNClassifier(NetworkClassifierMixin, FusionEstimator):
    """Classify alerts by cutouts and metadata with a mixture of experts, AstroMiNN [1]_.

    The outputs of an encoder of images and an encoder of metadata are concatenated. A router
    chooses the `top_k` of `n_experts` small networks for each object, and their class logits are
    added with the weights of the router. Either modality may be missing, for all objects or some.

    Parameters
    ----------
    image : str, ImageEncoder, torch.nn.Module, callable or None, default="auto"
        Encoder of the column ``image``: "convnext", "cnn" or "transceiver"; an encoder of
        :mod:`sklearn_sn.encoders` with its sizes; or a torch module of your own, which is copied in
        fit. "auto" is "convnext" if X has images. None leaves images out.
    metadata : str, MetadataEncoder, torch.nn.Module, callable or None, default="auto"
        Encoder of the plain columns: "towers", "mlp" or "transceiver", or an encoder or module as
        for `image`. "auto" is "towers" if X has any of the columns. None leaves metadata out.
    metadata_columns : sequence of str, default=None
        Plain columns to read. None means those of the towers, see
        :class:`~sklearn_sn.encoders.MetadataTowers`, that X has in fit.
    n_experts : int, default=4
        Number K of experts. With 1 there is no router.
    top_k : int, default=2
        Number of experts that contribute to an object, at most `n_experts`.
    expert_width : int, default=128
        Width of the hidden layer of each expert.
    router_loss_weights : pair of float, default=(0.01, 0.1)
        Weights of two losses of the router, numbers >= 0. The first loss keeps the experts equally
        used. The second is the squared difference between the probabilities of the router and the
        expert (number of the class) mod K.
    modality_dropout : float, default=0.1
        Probability that the image, and likewise the metadata, of a training object with both is
        hidden, from which the network learns to classify objects with one.
    loss : {"focal", "cross_entropy", "balanced_focal"}, default="focal"
        "focal" down-weights objects that are classified well [2]_. "balanced_focal" also weights
        classes by their effective number of objects [3]_.
    focal_gamma : float, default=2.0
        Exponent of the focal losses.
    balance_beta : float, default=0.999
        Parameter of the effective number of objects: 0 gives equal weights; near 1, weights are
        inverse to the class frequencies.
    %(class_weighting)s
    %(pretraining)s
    %(training)s

    Attributes
    ----------
    classes_ : array of shape (n_classes,)
        The classes.
    class_log_weights_ : array of shape (n_classes,)
        Logarithms of the weights of the classes in training, by which `prior` divides.
    class_prior_ : array of shape (n_classes,)
        Weighted class frequencies in fit; the probabilities of an object without any modality.
    modalities_ : list of str
        Modalities of the fit, "image", "metadata" or both.
    encoders_ : dict of str to Encoder
        The encoders that were used, with their parameters.
    preprocessors_ : dict of str to Preprocessor
        Fitted preprocessors, which scale the modalities and gather batches.
    metadata_columns_ : list of str
        Columns of metadata in fit.
    sky_columns_ : list of str
        "ra" and "dec", if the encoder of images reads them.
    expert_load_ : array of shape (n_experts,)
        Mean share of each expert in the outputs for the training objects.
    missing_embedding_ : array of shape (n_features_out,)
        Output of `transform` for an object without any modality.
    %(fitted_network)s

    See Also
    --------
    sklearn_sn.papers.astrominn : The configuration of the paper.
    sklearn_sn.papers.btsbot : A network of two branches without experts, for comparison.

    Notes
    -----
    Missing values are inputs of the network: a mask of covered pixels for an image, a flag for a
    number, a learned vector for a whole modality. A column that X has in fit and not in predict
    counts as missing, with a warning.

    References
    ----------
    .. [1] Junell, A., Sasli, A., Fontinele Nunes, F., Xu, M., Border, B., Rehemtulla, N. et al.
       (2025). "Applying multimodal learning to Classify transient Detections Early (AppleCiDEr) I:
       Data set, methods, and infrastructure".
    .. [2] Lin, T.-Y. et al. (2017). "Focal Loss for Dense Object Detection". IEEE International
       Conference on Computer Vision.
    .. [3] Cui, Y. et al. (2019). "Class-Balanced Loss Based on Effective Number of Samples". IEEE
       Conference on Computer Vision and Pattern Recognition.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> from sklearn_sn import AstroMiNNClassifier
    >>> rng = np.random.default_rng(0)
    >>> y = np.repeat(["AGN", "SN"], 20)
    >>> X = pd.DataFrame({"magpsf": rng.normal(18, 1, 40), "sgscore1": 0.5 * (y == "SN")})
    >>> X["image"] = list(rng.normal(size=(40, 3, 15, 15)).astype("float32"))
    >>> model = AstroMiNNClassifier(max_epochs=2, random_state=0).fit(X, y)
    >>> model.predict_proba(X).shape, model.expert_load(X).shape
    ((40, 2), (40, 4))
    """

    _encoder_parameters = {"image": ("image", "convnext"), "metadata": ("metadata", "towers")}
    _net_class = AstroMiNNNet
    _parameter_constraints = {
        **FusionEstimator._parameter_constraints,
        **FOCAL_CONSTRAINTS,
        **PRETRAINING_CONSTRAINTS,
        **PRIOR_CONSTRAINTS,
        "pretrained": [*PRETRAINING_CONSTRAINTS["pretrained"], dict],
        "metadata_columns": ["array-like", None],
        "n_experts": positive_int(),
        "top_k": positive_int(),
        "expert_width": positive_int(),
        "router_loss_weights": ["array-like"],
        "modality_dropout": [Interval(Real, 0, 0.5, closed="both")],
    }

    def __init__(
        self,
        *,
        image: EncoderLike = "auto",
        metadata: EncoderLike = "auto",
        metadata_columns: Sequence[str] | None = None,
        n_experts: int = 4,
        top_k: int = 2,
        expert_width: int = 128,
        router_loss_weights: tuple[float, float] = (0.01, 0.1),
        modality_dropout: float = 0.1,
        loss: str = "focal",
        focal_gamma: float = 2.0,
        balance_beta: float = 0.999,
        class_weight: str | dict[Any, float] | None = None,
        prior: str = "auto",
        pretrained: str | FrozenEstimator | dict[str, str | FrozenEstimator] | None = None,
        trainable: str = "all",
        pretrained_lr_factor: float = 1.0,
        optimizer: str = "adamw",
        lr: float = 1e-3,
        weight_decay: float = 1e-2,
        batch_size: int = 64,
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
        self.image = image
        self.metadata = metadata
        self.metadata_columns = metadata_columns
        self.n_experts = n_experts
        self.top_k = top_k
        self.expert_width = expert_width
        self.router_loss_weights = router_loss_weights
        self.modality_dropout = modality_dropout
        self.loss = loss
        self.focal_gamma = focal_gamma
        self.balance_beta = balance_beta
        self.class_weight = class_weight
        self.prior = prior
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

    def _default_columns(self, encoder):
        return encoder.default_columns or MetadataTowers().default_columns

    def _label_task(self, y, sample_weight):
        weights = tuple(self.router_loss_weights)
        valid = all(isinstance(weight, Real) and 0 <= weight < np.inf for weight in weights)
        if len(weights) != 2 or not valid:
            raise ValueError(
                "The 'router_loss_weights' parameter of AstroMiNNClassifier must be two numbers "
                f">= 0, for equal use and for specialisation. Got {weights!r} instead."
            )
        task = super()._label_task(y, sample_weight)
        names = ("balance_weight", "specialization_weight")
        task.net_params |= dict(zip(names, map(float, weights), strict=True))
        return task

    def _build_module(self, networks, widths, task):
        encoders = self.encoders_
        return AstroMiNNModule(
            networks,
            widths,
            normalized=tuple(name for name in encoders if encoders[name].normalize_latent),
            n_outputs=task.n_outputs,
            n_experts=self.n_experts,
            top_k=self.top_k,
            expert_width=self.expert_width,
            modality_dropout=self.modality_dropout,
            dropout=max(map(head_dropout, encoders.values())),
        )

    def _means(self, dataset):
        load = self._named_outputs(dataset, ["shares"])["shares"].mean(axis=0)
        return {**super()._means(dataset), "expert_load_": load}

    def predict_proba(self, X: pd.DataFrame | ArrayLike) -> npt.NDArray[np.float64]:
        """Return probabilities of the classes.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows
            A table as in `fit`; columns and cells may be missing.

        Returns
        -------
        array of shape (n_objects, n_classes), float64
            Columns as in ``classes_``; rows add up to 1. An object without any modality gets
            ``class_prior_``.
        """
        results = self._forward(X, ["outputs"])
        proba = softmax(results["outputs"].reshape(-1, len(self.classes_)) + self._prior_offsets())
        proba[~results["present"]] = self.class_prior_
        return proba

    def expert_load(self, X: pd.DataFrame) -> np.ndarray:
        """Return the share of each expert in each prediction.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows
            A table as in `fit`; columns and cells may be missing.

        Returns
        -------
        array of shape (n_objects, n_experts), float32
            Weights of the experts, of which `top_k` are not 0; rows add up to 1. The mean over the
            rows is the load of each expert. An object without any modality uses no expert, and its
            weights are 0.
        """
        results = self._forward(X, ["shares"])
        results["shares"][~results["present"]] = 0.0
        return results["shares"]
