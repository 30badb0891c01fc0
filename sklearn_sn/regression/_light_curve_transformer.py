"""A regressor of light curves, end to end."""

from sklearn.utils._param_validation import StrOptions

from sklearn_sn.base import LightCurveTransformerEstimator, NetworkRegressorMixin


class LightCurveTransformerRegressor(NetworkRegressorMixin, LightCurveTransformerEstimator):
    """Regress a number, such as redshift, on light curves by a transformer trained end to end.

    The encoder is that of :class:`~sklearn_sn.embedding.ContrastiveEmbedder`, with a linear head on
    it: what Maven is compared with [1]_.

    Parameters
    ----------
    encoder : {"transformer", "transceiver"}, default="transformer"
        "transceiver" reads the points by a few learned queries, as
        :class:`~sklearn_sn.embedding.MMVAEEmbedder` does [2]_; it has no `pooling`, and bands enter
        by wavelength.
    d_model, n_heads, n_layers : int, default=64, 4, 3
        Size of the encoder; Maven's end-to-end models have 32, 2, 9.
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
    loss : {"squared_error", "gaussian"}, default="squared_error"
        "gaussian" learns a standard deviation for every object beside the mean; then
        ``predict(X, return_std=True)`` answers both.
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
        Hold out a part; stop when its loss has not improved for
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
    target_mean_, target_scale_ : float
        Weighted mean and standard deviation of `y` in fit; the answer for an object without a
        light curve.
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
    sklearn_sn.classification.LightCurveTransformerClassifier : Classes instead of numbers.

    Notes
    -----
    Several numbers, such as the physical parameters of an explosion, take a model each:
    :class:`sklearn.multioutput.MultiOutputRegressor` fits them.

    Redshifts span decades: regress ``log1p(z)`` by way of
    :class:`sklearn.compose.TransformedTargetRegressor` where small ones matter.

    References
    ----------
    .. [1] Zhang, Helfer et al. (2024), "Maven: a multimodal foundation model for supernova
       science", MLST 5, 045069.
    .. [2] Shen & Gagliano (2025), "Variational diffusion transformers for conditional sampling of
       supernovae spectra and multimodal variational autoencoders", ML4Astro workshop at ICML.

    Examples
    --------
    >>> from sklearn_sn.datasets import make_supernovae
    >>> from sklearn_sn.regression import LightCurveTransformerRegressor
    >>> X, _ = make_supernovae(60, modalities=["light_curve"], random_state=0)
    >>> model = LightCurveTransformerRegressor(max_epochs=2, n_layers=1, random_state=0)
    >>> model.fit(X, X["redshift"]).predict(X).shape
    (60,)
    """

    _parameter_constraints = {
        **LightCurveTransformerEstimator._parameter_constraints,
        "encoder": [StrOptions({"transformer", "transceiver"})],
        **NetworkRegressorMixin._loss_constraint,
    }

    def __init__(
        self,
        *,
        encoder="transformer",
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
        loss="squared_error",
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
        self.encoder = encoder
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
        self.loss = loss
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
