"""A recurrent classifier with a latent that hides the survey."""

import warnings
from numbers import Real

import numpy as np
from scipy.stats import entropy
from sklearn.utils._param_validation import Interval

from sklearn_sn.base import size
from sklearn_sn.classification._gru import GRUClassifier
from sklearn_sn.modules import DomainAdversarialModule
from sklearn_sn.nets import DomainAdversarialNet


class DomainAdversarialClassifier(GRUClassifier):
    """Classify light curves, with a latent from which their survey cannot be guessed.

    A :class:`GRUClassifier` beside which a discriminator learns to guess the domain, such as the
    survey, from the latent. The discriminator minimises its cross-entropy :math:`H(D(L), d)`, the
    classifier :math:`H(C(X), y) - w H(D(L), d)`, in alternate steps [1]_. A discriminator that lags
    behind is fooled while nothing is hidden: it takes several steps for each of the classifier.
    And what the classifier gains ends at the entropy of guessing by the shares of the domains,
    beyond which the latent would tell the domain again, by the discriminator's errors.

    Parameters
    ----------
    adversarial_weight : float or pair of float, default=1.0
        The :math:`w` above; a pair gives that of the first and of the last epoch of `max_epochs`,
        and it changes linearly between them.
    discriminator_steps : int, default=5
        Steps of the discriminator for each of the classifier; they cost little.
    domain : str, default="survey"
        Column of X that names the domain of each object in fit; null where it is unknown.
    d_model, n_layers, latent_dim, amplitude, max_points, dropout, noise_augmentation, \
augmentation, class_weight, batch_balance, pretrained, trainable, pretrained_lr_factor, \
optimizer, lr, weight_decay, batch_size, max_epochs, lr_schedule, early_stopping, \
validation_fraction, n_iter_no_change, warm_start, callbacks, device, random_state, verbose
        As in :class:`GRUClassifier`. Early stopping looks at the classifier's loss alone.

    Attributes
    ----------
    domains_ : array of str, shape (n_domains,)
        The domains in fit.
    classes_, class_prior_, net_, input_, missing_embedding_, history_, n_iter_, feature_names_in_, \
n_features_in_
        As in :class:`GRUClassifier`.

    Warns
    -----
    UserWarning
        If a table holds one domain only: nothing is there to hide.

    See Also
    --------
    GRUClassifier : Without a discriminator.
    SupConClassifier : A latent that is ordered by class.

    References
    ----------
    .. [1] Gupta, Muthukrishna et al. (2025), ICML workshop on machine learning for astrophysics.

    Examples
    --------
    >>> from sklearn_sn.classification import DomainAdversarialClassifier
    >>> from sklearn_sn.datasets import make_supernovae
    >>> X, y = make_supernovae(60, modalities=["light_curve"], random_state=0)
    >>> model = DomainAdversarialClassifier(
    ...     adversarial_weight=(0.0, 1.0), max_epochs=2, d_model=16, random_state=0
    ... )
    >>> model.fit(X, y).domains_
    array(['lsst', 'ztf'], dtype=object)
    """

    _parameter_constraints = {
        **GRUClassifier._parameter_constraints,
        "adversarial_weight": [Interval(Real, 0, None, closed="left"), tuple, list],
        "discriminator_steps": size(),
    }
    _net_class = DomainAdversarialNet
    _module_class = DomainAdversarialModule

    def __init__(
        self,
        *,
        adversarial_weight=1.0,
        discriminator_steps=5,
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
        self.adversarial_weight = adversarial_weight
        self.discriminator_steps = discriminator_steps

    def _learn_domains(self, X, targets):
        codes, names = self._domains(X, len(targets))
        _, groups, _, _ = super()._learn_domains(X, targets)
        if self._continues and not np.array_equal(names, self.domains_):
            raise ValueError(
                f"X holds the domains {names.tolist()}, the first fit knew "
                f"{self.domains_.tolist()}; set warm_start=False."
            )
        if len(names) < 2 and not self._on_array:
            warnings.warn(
                f"All objects have one domain in the column {self.domain!r} "
                f"({names.tolist()}): there is none to hide, and this is a GRUClassifier.",
                UserWarning,
                stacklevel=4,
            )
        self.domains_ = names
        net_params = {
            "adversarial_weight": self._weights_of_epochs(),
            "discriminator_steps": self.discriminator_steps,
        }
        if self.batch_balance not in ("domain", "both"):
            share = np.bincount(codes[codes >= 0], minlength=1) / max((codes >= 0).sum(), 1)
            net_params["guessing"] = float(entropy(share)) if share.any() else 0.0
        return {"domain": codes}, groups, {"n_domains": max(len(names), 1)}, net_params

    def _weights_of_epochs(self):
        given = self.adversarial_weight
        pair = (given, given) if isinstance(given, Real) else tuple(given)
        if len(pair) != 2 or not all(isinstance(w, Real) and w >= 0 for w in pair):
            raise ValueError(
                "The 'adversarial_weight' parameter of DomainAdversarialClassifier must be a "
                f"number from 0 on, or a pair of such. Got {given!r} instead."
            )
        return tuple(map(float, pair))
