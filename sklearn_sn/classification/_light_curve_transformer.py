"""A classifier of light curves, end to end."""

from sklearn_sn.base import (
    CLASS_WEIGHT,
    LightCurveTransformerEstimator,
    NetworkClassifierMixin,
)


class LightCurveTransformerClassifier(NetworkClassifierMixin, LightCurveTransformerEstimator):
    """Classify light curves by a transformer that is trained end to end.

    The encoder is that of :class:`~sklearn_sn.embedding.ContrastiveEmbedder`, with a linear head on
    it and cross-entropy as loss: what Maven is compared with [1]_.

    Parameters
    ----------
    d_model, n_heads, n_layers : int, default=64, 4, 3
        Size of the transformer; Maven's end-to-end models have 32, 2, 9.
    pooling : {"attention", "mean"}, default="attention"
    band_encoding : {"wavelength", "embedding"}, default="wavelength"
        A band enters by its effective wavelength, so that no band is unknown, or as a learned
        vector; then points in bands not seen in fit are left out.
    time_origin : {"peak", "first"}, default="peak"
        Days are counted from the brightest point or from the first.
    time_window : pair of float, default=(-200.0, 400.0)
        Points before and after so many days from the origin are left out.
    amplitude : bool, default=True
        Whether the network sees the peak flux. Fluxes are otherwise relative to it.
    max_points : int, default=200
        A longer light curve is thinned to so many points, evenly.
    dropout : float, default=0.1
    noise_augmentation : bool, default=True
        Add noise by the reported errors, anew each epoch.
    augmentation : bool, default=True
        Thin and cut light curves, and lose bands, anew each epoch.
    class_weight : {"balanced"} or dict, default=None
        Weights of the classes in the loss.
    pretrained : FrozenEstimator, default=None
        A fitted estimator with an encoder of light curves, such as
        :class:`~sklearn_sn.embedding.ContrastiveEmbedder`; the encoder, its sizes and the scaling
        of its input are taken over. The wrapper keeps clones from forgetting.
    trainable : {"all", "first_block", "head", "none"}, default="all"
        What trains beside the head: the whole pretrained encoder, its first block, or nothing. The
        head is always new, so that it trains with "none" too, as with "head".
    pretrained_lr_factor : float, default=1.0
        Learning rate of a pretrained encoder, relative to `lr`.
    optimizer : {"adamw", "adam", "radam"}, default="adamw"
    lr : float, default=1e-3
        Peak learning rate.
    weight_decay : float, default=1e-4
    batch_size : int, default=16
        Few objects need many steps, and on a CPU small batches cost no more. On a GPU, and with
        many thousands of objects, 128 is faster.
    max_epochs : int, default=60
        Half of it is enough from a pretrained encoder, with ``lr=3e-4``.
    lr_schedule : {"one_cycle", "cosine"}, default="one_cycle"
        Over all of `max_epochs`; None keeps the rate.
    early_stopping : bool, default=False
        Hold out a part, stratified by class; stop when its loss has not improved for
        `n_iter_no_change` epochs, and keep the best weights.
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
        Weighted frequencies of the classes in fit; the answer for an object without a light curve.
    net_ : skorch.NeuralNet
        The trained net; ``net_.module_`` is the torch module.
    input_ : input
        How light curves are scaled and batched.
    missing_embedding_ : array of shape (n_features_out,)
        What `transform` answers for an object without a light curve.
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
    sklearn_sn.regression.LightCurveTransformerRegressor : Numbers instead of classes.
    sklearn_sn.embedding.ContrastiveEmbedder : Learn from spectra too.

    References
    ----------
    .. [1] Zhang, Helfer et al. (2024), "Maven: a multimodal foundation model for supernova
       science", MLST 5, 045069.

    Examples
    --------
    >>> from sklearn_sn.classification import LightCurveTransformerClassifier
    >>> from sklearn_sn.datasets import make_supernovae
    >>> X, y = make_supernovae(60, modalities=["light_curve"], random_state=0)
    >>> model = LightCurveTransformerClassifier(max_epochs=2, n_layers=1, random_state=0)
    >>> model.fit(X, y).predict_proba(X).shape
    (60, 5)
    """

    _parameter_constraints = {
        **LightCurveTransformerEstimator._parameter_constraints,
        "class_weight": CLASS_WEIGHT,
    }

    def __init__(
        self,
        *,
        d_model=64,
        n_heads=4,
        n_layers=3,
        pooling="attention",
        band_encoding="wavelength",
        time_origin="peak",
        time_window=(-200.0, 400.0),
        amplitude=True,
        max_points=200,
        dropout=0.1,
        noise_augmentation=True,
        augmentation=True,
        class_weight=None,
        pretrained=None,
        trainable="all",
        pretrained_lr_factor=1.0,
        optimizer="adamw",
        lr=1e-3,
        weight_decay=1e-4,
        batch_size=16,
        max_epochs=60,
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
        self.d_model = d_model
        self.n_heads = n_heads
        self.n_layers = n_layers
        self.pooling = pooling
        self.band_encoding = band_encoding
        self.time_origin = time_origin
        self.time_window = time_window
        self.amplitude = amplitude
        self.max_points = max_points
        self.dropout = dropout
        self.noise_augmentation = noise_augmentation
        self.augmentation = augmentation
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
