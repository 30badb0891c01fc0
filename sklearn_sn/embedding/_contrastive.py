"""Contrastive embedding of two or more modalities of one object."""

from sklearn_sn.base import TorchEstimator, check_continued, defaults_of, kept_params
from sklearn_sn.data import as_frame, check_table
from sklearn_sn.embedding._assembly import build_module, embedding_width, fit_inputs
from sklearn_sn.embedding._checks import (
    check_learnable,
    check_modalities,
    check_names,
    check_pretrained_compatible,
    check_validation,
)
from sklearn_sn.embedding._multimodal import MultimodalEmbedder
from sklearn_sn.embedding._parameters import CONTRASTIVE_CONSTRAINTS
from sklearn_sn.embedding._targets import AuxiliaryTargets, class_labels, number_column, one_column
from sklearn_sn.losses import InfoNCELoss
from sklearn_sn.nets import ContrastiveNet, TableDataset


class ContrastiveEmbedder(MultimodalEmbedder):
    """Embed light curves, spectra, images and metadata of objects in one space.

    One encoder per modality maps an object to a unit vector; symmetric InfoNCE pulls the vectors of
    one object together and pushes those of different objects apart [1]_. What comes out serves any
    scikit-learn head, from one modality alone: a class or a redshift from the light curve.

    Parameters
    ----------
    modalities : sequence of str, default=None
        Columns to align, of "light_curve", "spectrum", "image" and "metadata"; None takes those
        that `X` has.
    metadata_columns : sequence of str, default=()
        Plain columns that form the modality "metadata": numbers, or text as categories.
    encoders : str, or dict of str to str, module or callable, default=None
        Encoder of each modality, or one name for all that have it: "transformer" (default) or
        "transceiver" for light curves; "cnn" (default), "transformer" or "transceiver" for spectra;
        "cnn" for images; "mlp" for metadata; a :class:`torch.nn.Module`, copied in fit; or a
        callable that returns one. Notes say which tensors a module gets.
    output : str or sequence of str, default="auto"
        What `transform` answers: one modality's embedding, several side by side, "mean" (the
        direction of the mean over the modalities that an object has), or "auto", the first of
        light_curve, spectrum, image and metadata that was there in fit.
    embedding_dim : int, default=128
        Left at its default, it is that of the pretrained projections, where there are any.
        Dimension of the common space.
    light_curve_d_model, light_curve_n_heads, light_curve_n_layers : int, default=64, 4, 3
        Size of the light-curve transformer; Maven's is 64, 8, 5.
    light_curve_pooling : {"attention", "mean"}, default="attention"
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
    spectrum_d_model, spectrum_n_heads, spectrum_n_layers : int, default=16, 2, 4
        Size of the spectrum encoder; Maven's transformer has 32, 2, 13. The convolutional network
        has no heads and doubles its width from layer to layer, up to 8 times.
    spectrum_pooling : {"mean", "attention"}, default="mean"
        Of the transformer.
    spectrum_patch : int, default=4
        Bins in a token of the transformer.
    spectrum_range : pair of float, default=(3500.0, 9000.0)
        Ends of the wavelength grid, Å, observer frame.
    spectrum_n_bins : int, default=256
        Bins of the grid, equal in the logarithm.
    image_d_model, image_n_layers : int, default=16, 3
    metadata_d_model, metadata_n_layers : int, default=64, 2
    dropout : float, default=0.1
    temperature : float, default=0.07
        Start value; Maven's is 1/19.5.
    learn_temperature : bool, default=True
        False keeps the temperature as it is.
    min_temperature : float, default=0.01
        A learned temperature is clamped here.
    noise_augmentation : bool, default=True
        Add noise by the reported errors, anew each epoch, to fluxes of points and pixels.
    augmentation : bool, default=True
        Thin, cut and lose bands of light curves; crop, warp and roughen spectra; flip and turn
        images.
    aux_weight : float, default=0.0
        Weight of supervised heads on the embeddings beside InfoNCE: the classes or numbers in `y`
        and the numbers in `aux_columns`. With it, objects of a single modality are worth having in
        `X`, and `X` may hold no pair at all: that is how encoders are pretrained one by one.
    aux_columns : sequence of str, default=()
        Plain columns that the heads regress, for example ("redshift",).
    class_weight : {"balanced"} or dict, default=None
        Weights of the classes in the auxiliary head.
    pretrained : FrozenEstimator or dict of str to FrozenEstimator, default=None
        Fitted estimators whose encoders, sizes included, and input scaling are taken over, for all
        modalities that they have or for those named; sizes given here that contradict them are
        refused. The wrapper keeps clones from forgetting.
    trainable : {"all", "first_block", "head", "none"} or dict by modality, default="all"
        What trains of a pretrained encoder: everything; its first block and the projection; only
        the projection; nothing. A projection that is new, because `embedding_dim` differs from the
        pretrained one's, trains in any case.
    pretrained_lr_factor : float, default=1.0
        Learning rate of pretrained encoders, relative to `lr`.
    optimizer : {"adamw", "adam", "radam"}, default="adamw"
    lr : float, default=1e-3
        Peak learning rate.
    weight_decay : float, default=1e-4
    batch_size : int, default=64
        Objects in a batch; each has the others as negatives.
    max_epochs : int, default=40
    lr_schedule : {"one_cycle", "cosine"}, default="one_cycle"
        Over all of `max_epochs`; None keeps the rate.
    early_stopping : bool, default=False
        Hold out a part, stratified by `y` where it holds classes; stop when its loss has not
        improved for `n_iter_no_change` epochs, and keep the best weights. On fewer than a thousand
        objects a fixed schedule is safer.
    validation_fraction : float, default=0.15
    n_iter_no_change : int, default=10
    warm_start : bool, default=False
        Whether a second `fit` goes on from the first; `max_epochs`, `lr`, `batch_size` and
        `random_state` may then differ.
    callbacks : sequence of skorch callbacks, default=None
    device : str, default="auto"
        "auto" is CUDA where there is one, else the CPU.
    random_state : int, RandomState or None, default=None
        An integer makes fit repeatable, bit for bit on the CPU. The global generators are left
        alone.
    verbose : int, default=0
        1: a progress bar; 2: a line an epoch.

    Attributes
    ----------
    modalities_ : list of str
        The modalities that were aligned.
    net_ : skorch.NeuralNet
        The trained net; ``net_.module_`` is the torch module.
    inputs_ : dict of str to input
        How each modality is scaled and batched.
    missing_embedding_ : dict of str to array of shape (n_dimensions,)
        What a missing modality is answered with.
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
    sklearn_sn.preprocessing.LightCurveBinner : Merge points of one night before it.
    sklearn_sn.metrics.recall_at_k : What `score` measures.

    Notes
    -----
    A module given in `encoders` gets keyword tensors and answers (B, width). Light curve:
    ``values`` (B, L, n_values), ``time`` (B, L) in days, ``log_wavelength`` (B, L) or ``band``
    (B, L), ``pad_mask`` (B, L), True at padding. Spectrum: ``flux`` (B, 2, P), flux and
    continuum-divided flux; ``pad_mask`` (B, P); ``wavelength`` (P,). Image: ``image``
    (B, C, H, W). Metadata: ``values`` (B, n_values).

    A "transceiver" reads its points into a latent sequence of 4 tokens, which a linear layer maps
    to the common space [2]_. For unit vectors InfoNCE on the cosine is InfoNCE on minus half the
    squared Frobenius distance of the sequences. Its sizes are those of the transformer.

    Where an object has several spectra, training draws one of them each epoch, and `transform`
    averages the embeddings of all.

    References
    ----------
    .. [1] Zhang, Helfer et al. (2024), "Maven: a multimodal foundation model for supernova
       science", MLST 5, 045069.
    .. [2] Shen & Gagliano (2025), "Variational diffusion transformers for conditional sampling of
       supernovae spectra and multimodal variational autoencoders", ML4Astro workshop at ICML.

    Examples
    --------
    >>> from sklearn.neighbors import KNeighborsClassifier
    >>> from sklearn.pipeline import Pipeline
    >>> from sklearn_sn import ContrastiveEmbedder
    >>> from sklearn_sn.datasets import make_supernovae
    >>> X, y = make_supernovae(60, random_state=0)
    >>> emb = ContrastiveEmbedder(max_epochs=2, light_curve_n_layers=1, random_state=0)
    >>> pipe = Pipeline([("emb", emb), ("knn", KNeighborsClassifier())]).fit(X, y)
    >>> pipe[:-1].transform(X).shape
    (60, 128)
    >>> pipe.predict(X[["light_curve"]]).shape
    (60,)
    """

    _parameter_constraints = {
        **TorchEstimator._parameter_constraints,
        **CONTRASTIVE_CONSTRAINTS,
    }

    def __init__(
        self,
        *,
        modalities=None,
        metadata_columns=(),
        encoders=None,
        output="auto",
        embedding_dim=128,
        light_curve_d_model=64,
        light_curve_n_heads=4,
        light_curve_n_layers=3,
        light_curve_pooling="attention",
        band_encoding="wavelength",
        time_origin="peak",
        time_window=(-200.0, 400.0),
        amplitude=True,
        max_points=200,
        spectrum_d_model=16,
        spectrum_n_heads=2,
        spectrum_n_layers=4,
        spectrum_pooling="mean",
        spectrum_patch=4,
        spectrum_range=(3500.0, 9000.0),
        spectrum_n_bins=256,
        image_d_model=16,
        image_n_layers=3,
        metadata_d_model=64,
        metadata_n_layers=2,
        dropout=0.1,
        temperature=0.07,
        learn_temperature=True,
        min_temperature=0.01,
        noise_augmentation=True,
        augmentation=True,
        aux_weight=0.0,
        aux_columns=(),
        class_weight=None,
        pretrained=None,
        trainable="all",
        pretrained_lr_factor=1.0,
        optimizer="adamw",
        lr=1e-3,
        weight_decay=1e-4,
        batch_size=64,
        max_epochs=40,
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
        self.encoders = encoders
        self.output = output
        self.embedding_dim = embedding_dim
        self.light_curve_d_model = light_curve_d_model
        self.light_curve_n_heads = light_curve_n_heads
        self.light_curve_n_layers = light_curve_n_layers
        self.light_curve_pooling = light_curve_pooling
        self.band_encoding = band_encoding
        self.time_origin = time_origin
        self.time_window = time_window
        self.amplitude = amplitude
        self.max_points = max_points
        self.spectrum_d_model = spectrum_d_model
        self.spectrum_n_heads = spectrum_n_heads
        self.spectrum_n_layers = spectrum_n_layers
        self.spectrum_pooling = spectrum_pooling
        self.spectrum_patch = spectrum_patch
        self.spectrum_range = spectrum_range
        self.spectrum_n_bins = spectrum_n_bins
        self.image_d_model = image_d_model
        self.image_n_layers = image_n_layers
        self.metadata_d_model = metadata_d_model
        self.metadata_n_layers = metadata_n_layers
        self.dropout = dropout
        self.temperature = temperature
        self.learn_temperature = learn_temperature
        self.min_temperature = min_temperature
        self.noise_augmentation = noise_augmentation
        self.augmentation = augmentation
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

    def fit(self, X, y=None):
        """Train the encoders.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows
            One row per object; see :func:`sklearn_sn.data.check_table`.
        y : array-like of shape (n_objects,), optional
            Classes or numbers. Ignored, but for the stratified validation part of
            ``early_stopping`` and, with ``aux_weight > 0``, the auxiliary heads; there, None or NaN
            is an unknown label.

        Returns
        -------
        self

        Raises
        ------
        ValueError
            For parameters out of range, for input that cannot be mended, and when no two objects
            have the same two modalities and no auxiliary head has anything to learn.
        """
        self._validate_params()
        params = self.get_params(deep=False)
        check_names(params)
        columns = list(dict.fromkeys([*self.metadata_columns, *self.aux_columns]))
        X = as_frame(X)
        table = check_table(X, metadata_columns=columns, modalities=self.modalities, training=True)
        if y is not None and len(y) != len(table):
            raise ValueError(f"X has {len(table)} objects but y has {len(y)} labels.")
        y = one_column(y, learned=self.aux_weight > 0)
        if self._continues:
            check_continued(params, self._first_params, self.modalities_, table)
        else:
            self.modalities_ = self._present(table)
            check_modalities(params, self.modalities_, table, X.columns)
            check_pretrained_compatible(params, self.modalities_, defaults_of(type(self)))
            self._first_params = kept_params(params)
        self._outputs()
        if not self._continues:
            self.inputs_, parts = fit_inputs(params, table, self.modalities_)
            self.targets_ = AuxiliaryTargets().fit(*self._supervision(table, y))
        prepared = {name: self.inputs_[name].prepare(table) for name in self.modalities_}
        extras = self.targets_.encode(*self._supervision(table, y))
        dataset = TableDataset(self.inputs_, prepared, extras)
        check_learnable(params, self.inputs_, prepared, table, extras)

        default = defaults_of(type(self))["embedding_dim"]

        def build():
            sized = {**params, "embedding_dim": embedding_width(params, parts, default)}
            n_targets = len(self.targets_.names_)
            return build_module(
                sized, self.inputs_, parts, dataset, len(self.targets_.classes_), n_targets
            )

        factor = self.pretrained_lr_factor
        groups = (
            []
            if self._continues or factor == 1.0
            else [(f"encoders.{name}.*", {"lr": factor * self.lr}) for name in parts]
        )
        self._train(
            ContrastiveNet,
            build,
            dataset,
            class_labels(y),
            criterion=InfoNCELoss,
            max_scale=1.0 / self.min_temperature,
            optimizer__param_groups=groups,
            aux_weight=self.aux_weight,
            class_weight=self.targets_.class_weights(self.class_weight, extras),
        )
        self._set_names(X)
        self._learn_nothing(dataset)
        return self

    def _check_validation(self, valid):
        check_validation(self.get_params(deep=False), valid)

    def _present(self, table):
        """The modalities of the table that some object has."""
        asked = self.modalities or ("light_curve", "spectrum", "image", "metadata")
        if not self.metadata_columns:
            asked = [name for name in asked if name != "metadata"]
        return [name for name in asked if table.has(name) and table.present(name).any()]

    def _supervision(self, table, y):
        """Labels and columns for the auxiliary heads; nothing unless they are asked for."""
        if self.aux_weight == 0:
            return None, {}
        return y, {name: number_column(table.metadata[name], name) for name in self.aux_columns}
