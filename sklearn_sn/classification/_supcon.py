"""A recurrent classifier with a supervised contrastive loss on its latent."""

from numbers import Real

from sklearn.utils._param_validation import Interval

from sklearn_sn.classification._gru import GRUClassifier
from sklearn_sn.nets import SupConNet


class SupConClassifier(GRUClassifier):
    """Classify light curves, with a latent in which objects of one class are near each other.

    A :class:`GRUClassifier` whose loss is cross-entropy plus that of supervised contrast [1]_. It
    pulls objects of one class together, whatever the survey, so that the latent serves surveys,
    tasks and anomalies that training has not seen [2]_.

    Parameters
    ----------
    contrastive_weight : float, default=1.0
        Weight of the contrastive loss beside cross-entropy.
    temperature : float, default=0.5
        Of the contrastive loss: small values press on the nearest objects of other classes.
    d_model, n_layers, latent_dim, amplitude, max_points, dropout, noise_augmentation, \
augmentation, class_weight, batch_balance, domain, pretrained, trainable, pretrained_lr_factor, \
optimizer, lr, weight_decay, batch_size, max_epochs, lr_schedule, early_stopping, \
validation_fraction, n_iter_no_change, warm_start, callbacks, device, random_state, verbose
        As in :class:`GRUClassifier`. ``batch_balance="both"`` gives every batch pairs of one class
        across surveys. Weights of classes and samples are those of cross-entropy alone.

    Attributes
    ----------
    classes_, class_prior_, net_, input_, missing_embedding_, history_, n_iter_, feature_names_in_, \
n_features_in_
        As in :class:`GRUClassifier`.

    See Also
    --------
    GRUClassifier : Cross-entropy alone.
    DomainAdversarialClassifier : A latent that is made to hide the survey.
    sklearn_sn.losses.SupConLoss : The equation.

    References
    ----------
    .. [1] Khosla et al. (2020), "Supervised contrastive learning", NeurIPS 33.
    .. [2] Gupta, Muthukrishna et al. (2025), ICML workshop on machine learning for astrophysics.

    Examples
    --------
    >>> from sklearn_sn import SupConClassifier
    >>> from sklearn_sn.datasets import make_supernovae
    >>> X, y = make_supernovae(60, modalities=["light_curve"], random_state=0)
    >>> model = SupConClassifier(max_epochs=2, d_model=16, batch_balance="both", random_state=0)
    >>> model.fit(X, y).transform(X).shape
    (60, 100)
    """

    _parameter_constraints = {
        **GRUClassifier._parameter_constraints,
        "contrastive_weight": [Interval(Real, 0, None, closed="left")],
        "temperature": [Interval(Real, 0, None, closed="neither")],
    }
    _net_class = SupConNet

    def __init__(
        self,
        *,
        contrastive_weight=1.0,
        temperature=0.5,
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
        super().__init__(
            d_model=d_model,
            n_layers=n_layers,
            latent_dim=latent_dim,
            amplitude=amplitude,
            max_points=max_points,
            dropout=dropout,
            noise_augmentation=noise_augmentation,
            augmentation=augmentation,
            class_weight=class_weight,
            batch_balance=batch_balance,
            domain=domain,
            pretrained=pretrained,
            trainable=trainable,
            pretrained_lr_factor=pretrained_lr_factor,
            optimizer=optimizer,
            lr=lr,
            weight_decay=weight_decay,
            batch_size=batch_size,
            max_epochs=max_epochs,
            lr_schedule=lr_schedule,
            early_stopping=early_stopping,
            validation_fraction=validation_fraction,
            n_iter_no_change=n_iter_no_change,
            warm_start=warm_start,
            callbacks=callbacks,
            device=device,
            random_state=random_state,
            verbose=verbose,
        )
        self.contrastive_weight = contrastive_weight
        self.temperature = temperature

    def _learn_domains(self, X, targets):
        extras, groups, module_params, _ = super()._learn_domains(X, targets)
        own = {"contrastive_weight": self.contrastive_weight, "temperature": self.temperature}
        return extras, groups, module_params, own
