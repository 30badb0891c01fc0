"""A recurrent classifier of light curves, and what its kin share."""

import numpy as np
from sklearn.utils._param_validation import StrOptions
from sklearn.utils.validation import check_is_fitted

from sklearn_sn.base import (
    CLASS_WEIGHT,
    ArrayInputMixin,
    LightCurveEstimator,
    NetworkClassifierMixin,
    size,
    softmax,
)
from sklearn_sn.classification._domains import balance_groups, domain_codes
from sklearn_sn.data import Ragged, as_frame, series_table
from sklearn_sn.modules import GRUEncoder
from sklearn_sn.nets import LightCurveSequenceInput, TableDataset

_NAME = "light_curve"


class GRUClassifier(NetworkClassifierMixin, ArrayInputMixin, LightCurveEstimator):
    """Classify light curves of any survey by a recurrent network, after each of their points.

    Points of all bands enter in the order of time, each with its band's effective wavelength, so
    that any survey will do whose bands have one (:func:`~sklearn_sn.data.register_band`). The
    network and its training are those that Gupta et al. pretrain on simulations [1]_: two GRU
    layers of 100 and three dense ones, of which the last is the latent that `transform` answers.

    Parameters
    ----------
    d_model, n_layers : int, default=100, 2
        Width of the recurrent and dense layers; number of recurrent ones.
    latent_dim : int, default=100
    amplitude : bool, default=True
        Whether the network sees the flux itself, in units of a typical error. A flux is otherwise
        relative to the brightest detection so far, which does not tell distance.
    max_points : int, default=400
        A longer light curve is thinned to so many points, evenly.
    dropout : float, default=0.0
    noise_augmentation : bool, default=True
        Add noise by the reported errors, anew each epoch.
    augmentation : bool, default=True
        Thin and cut light curves, and lose bands, anew each epoch.
    class_weight : {"balanced"} or dict, default=None
        Weights of the classes in the loss.
    batch_balance : {"class", "domain", "both"}, default=None
        Training batches hold equal numbers of each class, of each domain, or of each class in each
        domain. Rare objects then come several times an epoch, and probabilities lose the
        frequencies of the classes.
    domain : str, default="survey"
        Column of X that names the domain; looked at in fit alone, where it is needed.
    pretrained : FrozenEstimator, default=None
        A fitted recurrent classifier (this or its kin); encoder, sizes and the scaling of its input
        are taken over, and the head starts anew. The wrapper keeps clones from forgetting.
    trainable : {"all", "first_layer", "head"}, default="all"
        What trains beside the head: the whole pretrained encoder, its first layer (for another
        instrument), or nothing.
    pretrained_lr_factor : float, default=1.0
        Learning rate of a pretrained encoder, relative to `lr`.
    optimizer : {"adam", "adamw", "radam"}, default="adam"
    lr : float, default=1e-3
        Peak learning rate.
    weight_decay : float, default=0.0
    batch_size : int, default=128
        With a few hundred objects, 16 or 32 gives the steps that training needs.
    max_epochs : int, default=40
    lr_schedule : {"one_cycle", "cosine"}, default="one_cycle"
        Over all of `max_epochs`; None keeps the rate.
    early_stopping : bool, default=False
        Hold out a part, stratified by class; stop when its loss has not improved for
        `n_iter_no_change` epochs, and keep the best weights. With ``lr_schedule=None`` that is the
        paper's training; small data does better without.
    validation_fraction : float, default=0.15
    n_iter_no_change : int, default=5
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
    SupConClassifier : With a latent of which objects of one class are near each other.
    DomainAdversarialClassifier : With a latent that does not tell the survey.
    LightCurveTransformerClassifier : A transformer, which sees whole light curves.

    Notes
    -----
    X may also be an array of shape (n_objects, n_points): evenly sampled series of one band, a day
    apart, NaN where there is no point. These are answered in double precision.

    References
    ----------
    .. [1] Gupta, Muthukrishna et al. (2025), ICML workshop on machine learning for astrophysics:
       a recurrent classifier pretrained on simulations as a foundation model of transients.

    Examples
    --------
    >>> from sklearn_sn.classification import GRUClassifier
    >>> from sklearn_sn.datasets import make_supernovae
    >>> X, y = make_supernovae(60, modalities=["light_curve"], random_state=0)
    >>> model = GRUClassifier(max_epochs=2, d_model=16, random_state=0).fit(X, y)
    >>> model.predict_proba(X).shape, model.transform(X).shape
    ((60, 5), (60, 100))
    >>> model.predict_proba_history(X).iloc[0].columns.tolist()
    ['time', 'SLSN-I', 'SN II', 'SN IIn', 'SN Ia', 'SN Ib/c']
    """

    _parameter_constraints = {
        **LightCurveEstimator._parameter_constraints,
        "d_model": size(),
        "latent_dim": size(),
        "class_weight": CLASS_WEIGHT,
        "batch_balance": [StrOptions({"class", "domain", "both"}), None],
        "domain": [str],
        "trainable": [StrOptions({"all", "first_layer", "head"})],
    }
    _normalize = False

    def __init__(
        self,
        *,
        d_model=100,
        n_layers=2,
        latent_dim=100,
        amplitude=True,
        max_points=400,
        dropout=0.0,
        noise_augmentation=True,
        augmentation=True,
        class_weight=None,
        batch_balance=None,
        domain="survey",
        pretrained=None,
        trainable="all",
        pretrained_lr_factor=1.0,
        optimizer="adam",
        lr=1e-3,
        weight_decay=0.0,
        batch_size=128,
        max_epochs=40,
        lr_schedule="one_cycle",
        early_stopping=False,
        validation_fraction=0.15,
        n_iter_no_change=5,
        warm_start=False,
        callbacks=None,
        device="auto",
        random_state=None,
        verbose=0,
    ):
        self.d_model = d_model
        self.n_layers = n_layers
        self.latent_dim = latent_dim
        self.amplitude = amplitude
        self.max_points = max_points
        self.dropout = dropout
        self.noise_augmentation = noise_augmentation
        self.augmentation = augmentation
        self.class_weight = class_weight
        self.batch_balance = batch_balance
        self.domain = domain
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

    def predict_proba_history(self, X):
        """Probabilities of the classes after each point, in one pass through the network.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows

        Returns
        -------
        pandas.Series of nested dtype, shape (n_objects,)
            Index as that of `X`. One row per usable point, in the order of time, with fields
            ``time`` (MJD) and one by the name of each class. A row is what `predict_proba` answers
            for the light curve up to there, the last row for all of it. An object without a light
            curve has no rows. For flat arrays and offsets, see :func:`sklearn_sn.data.as_ragged`.

        Raises
        ------
        ValueError
            If a class is called "time".

        Notes
        -----
        Beyond `max_points` points, `predict_proba` thins a light curve, and the history does not:
        no row may know how many points will come.
        """
        check_is_fitted(self, "net_")
        if "time" in map(str, self.classes_):
            raise ValueError("A class is called 'time', as the field of the times is: rename it.")
        table = self._checked(X)
        prepared = self.input_.prepare(table, whole=True)
        points = prepared.ragged
        proba = np.empty((points.n_points, len(self.classes_)))
        for module, batch, positions in self._run(
            TableDataset({_NAME: self.input_}, {_NAME: prepared})
        ):
            if _NAME not in batch.tensors:
                continue
            rows = positions[batch.owners[_NAME].cpu().numpy()]
            for chunk in batch.tensors[_NAME]:
                here, rows = np.split(rows, [len(chunk["pad_mask"])])
                _, logits = module.after_each_point(chunk)  # (B, L, n_classes)
                proba[points.points_of(here)[0]] = logits[~chunk["pad_mask"]].cpu().numpy()
        proba = softmax(proba)
        fields = {str(name): proba[:, i] for i, name in enumerate(self.classes_)}
        history = Ragged({"time": points["time"], **fields}, points.offsets)
        return history.to_nested(index=table.index, name="proba")

    _of_encoder = {"d_model": "d_model", "n_layers": "n_layers", "latent_dim": "output_dim"}
    _of_input = ("amplitude",)

    def _new_input(self, params):
        return LightCurveSequenceInput(
            amplitude=self.amplitude,
            max_points=self.max_points,
            noise=self.noise_augmentation,
            augmentation=self.augmentation,
        )

    def _new_encoder(self, params):
        return GRUEncoder(
            n_values=self.input_.n_values,
            d_model=self.d_model,
            n_layers=self.n_layers,
            output_dim=self.latent_dim,
            dropout=self.dropout,
        )

    def _check_part(self, part):
        if not isinstance(part.encoder, GRUEncoder):
            raise ValueError(
                f"The 'pretrained' parameter of {type(self).__name__} must hold a recurrent "
                f"classifier such as GRUClassifier; its encoder is a {type(part.encoder).__name__}."
            )

    def _learn_domains(self, X, targets):
        if self.batch_balance is None:
            return {}, None, {}, {}
        domains = None
        if self.batch_balance != "class":
            domains, _ = self._domains(X, len(targets))
        return {}, balance_groups(self.batch_balance, targets, domains), {}, {}

    def _domains(self, X, n_objects):
        return domain_codes(None if self._on_array else as_frame(X), self.domain, n_objects)

    _array_kind = "an array of evenly sampled series"

    def _from_array(self, values, index):
        return series_table(values, index)
