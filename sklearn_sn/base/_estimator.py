"""The base of all estimators that train a torch module by skorch."""

import inspect
import warnings
from typing import Any, Self

import numpy as np
import torch
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator
from skorch.callbacks import Callback, EarlyStopping, GradientNormClipping
from skorch.helper import predefined_split

from sklearn_sn.base._continued_net import continued_net
from sklearn_sn.base._file_input import accept_files
from sklearn_sn.base._fit_status import finish_fit
from sklearn_sn.base._loaded_model import warn_if_from_file
from sklearn_sn.base._named_encoders import with_named_encoders
from sklearn_sn.base._parameters import TRAINING_CONSTRAINTS
from sklearn_sn.base._partial_fit import fit_partially
from sklearn_sn.base._same_fit import check_same_fit
from sklearn_sn.base._splitting import split_rows
from sklearn_sn.base._training import all_finite, draw_seed, seeded, seeded_by_process
from sklearn_sn.data import registered_bands, restore_bands, training_range
from sklearn_sn.encoders import custom_encoder_class, fill_doc, restore_encoder_class
from sklearn_sn.nets import (
    BatchLoader,
    DivergenceGuard,
    Progress,
    Schedule,
    StreamedDataset,
    StreamedLoader,
    current_processes,
)
from sklearn_sn.nets import all_finite as all_weights_finite

_OPTIMIZERS = {
    "adamw": torch.optim.AdamW,
    "adam": torch.optim.Adam,
    "radam": torch.optim.RAdam,
}
_HISTORY = ("train_loss", "valid_loss", "valid_score", "dur")
MAX_GRADIENT_NORM = 5.0
PREDICT_BATCH = 128  # objects in a batch of predictions on a CPU
PREDICT_BATCH_GPU = 1024


class TorchEstimator(BaseEstimator):
    """Base of estimators that train a torch module by skorch and run it on batches.

    Subclasses check their table, fit their preprocessors and pass a :class:`TrainingPlan` to
    :meth:`_train`. For predictions, :meth:`_run` yields the module and each batch.
    """

    _file_kind = "object"
    _parameter_constraints = TRAINING_CONSTRAINTS
    _stopping = {}  # arguments of early stopping, if it does not monitor the loss
    _predict_limit = PREDICT_BATCH_GPU  # lower it where the outputs of an object are large
    # Modality, and name that "auto" stands for, of each parameter that holds an encoder.
    _encoder_parameters = {}
    _from_file = False  # set by loading
    _file_training = None  # set during a fit on files
    _is_part = False  # set on the copy that makes the dataset of a part of files
    _partial = None  # set during partial_fit

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        parameters = inspect.signature(cls.__init__).parameters
        cls.__doc__ = fill_doc(cls.__doc__, **{n: repr(p.default) for n, p in parameters.items()})
        accept_files(cls)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        tags.input_tags.string = True
        tags.input_tags.allow_nan = True
        tags.non_deterministic = False
        return tags

    def __getstate__(self):
        # Registered bands and named encoders travel with the pickle, so that worker processes know
        # them.
        names = [
            (modality, getattr(self, parameter))
            for parameter, (modality, _) in self._encoder_parameters.items()
        ]
        classes = [custom_encoder_class(m, name) for m, name in names if isinstance(name, str)]
        return {
            **super().__getstate__(),
            "_registered_bands": registered_bands(),
            "_encoder_classes": [cls for cls in classes if cls is not None],
        }

    def __setstate__(self, state):
        restore_bands(state.pop("_registered_bands", ()))
        for cls in state.pop("_encoder_classes", ()):
            restore_encoder_class(cls)
        super().__setstate__(state)

    def __sklearn_clone__(self):
        # A Pipeline, search or cross-validation trains a clone, which must warn like the model.
        clone = super().__sklearn_clone__()
        if self._from_file:
            clone._from_file = True
        return clone

    def set_params(self, **params: Any) -> Self:
        """Set parameters of the estimator and of its encoders.

        If an encoder is given by its name or as "auto", a nested parameter first replaces the name
        by that encoder. ``set_params(light_curve__d_model=32)`` therefore works on
        ``ContrastiveEmbedder()``.

        Parameters
        ----------
        **params : dict
            Parameters by name; a nested parameter as ``name__parameter``.

        Returns
        -------
        self
        """
        return super().set_params(**with_named_encoders(self, params))

    @property
    def _is_warm_start(self):
        return (self.warm_start or self._partial is not None) and hasattr(self, "net_")

    # Training -------------------------------------------------------------------

    def partial_fit(
        self,
        X: Any,
        y: ArrayLike | str | None = None,
        *,
        classes: ArrayLike | None = None,
        **fit_params: Any,
    ) -> Self:
        """Continue training for one epoch over the objects of `X`.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows, array or files
            As in `fit`. The first call determines sizes, bands and scales.
        y : array-like of shape (n_objects,), optional
            As in `fit`.
        classes : array-like of shape (n_classes,), optional
            All classes, for the first call of a classifier; by default those of `y`.
        **fit_params
            Further arguments of `fit`, such as sample_weight.

        Returns
        -------
        self

        Raises
        ------
        ValueError
            If `fit` would raise, `y` holds a class that the first call did not have, or
            ``early_stopping`` or ``class_weight="balanced"`` is set.

        Notes
        -----
        The learning rate is `lr`, without a schedule, and the optimizer keeps its moments between
        the calls. n calls with all objects are the steps of `fit` with ``max_epochs=n`` and
        ``lr_schedule=None``, up to the masks of dropout. ``missing_embedding_`` is that of the last
        call, and ``class_prior_`` that of all calls.
        """
        return fit_partially(self, X, y, classes, fit_params)

    def _train(self, plan):
        """Train the module of a :class:`TrainingPlan`.

        Set net_, history_, n_iter_, fit_status_ and the attributes that ``plan.evaluate`` returns.
        """
        if not self._is_warm_start:
            warn_if_from_file(self)
        check_same_fit(self, plan.attributes)
        seed, device = draw_seed(self.random_state), self._device()
        train, valid = self._split(plan, seed) if self.early_stopping else (plan.dataset, None)
        if self._file_training is not None:
            train = self._file_training.dataset(self, plan, train)
        # In partial_fit, dropout must not repeat its masks in every call.
        n_done = self.n_iter_ if self._partial is not None and self._is_warm_start else 0
        with seeded(seed + n_done, device):
            if self._is_warm_start:
                net = continued_net(self, train, seed)
            else:
                self._net_recipe = {
                    "net": plan.net_class,
                    "steps": self._steps(train),
                    **plan.net_params,
                }
                net = self._make_net(plan.build(), seed=seed, device=device, **self._net_recipe)
            net.train_split = None if valid is None else predefined_split(valid)
            with seeded_by_process(seed, device):
                net.partial_fit(train)
        # Drop the validation objects: neither a pickle nor a prediction needs them.
        net.train_split = None
        self.net_ = net
        status = net.stop_reason_ or "completed"
        attributes, status = self._evaluated(plan, status)
        if not (self.warm_start or self._partial is not None) or status == "diverged":
            net.forget_moments()
        if net.history and "train_loss" not in net.history[-1]:
            net.history.pop()  # an epoch that was interrupted
        self.history_ = [
            {"epoch": row["epoch"], **{key: float(row[key]) for key in _HISTORY if key in row}}
            for row in net.history
        ]
        self.n_iter_, self.fit_status_ = len(self.history_), status
        self.n_samples_seen_ = getattr(self._file_training, "n_objects", plan.dataset.n_rows)
        for name, value in attributes.items():
            setattr(self, name, value)

    def _split(self, plan, seed):
        """Return the training part and the validation part of a dataset."""
        dataset = plan.dataset
        labels = [""] * len(dataset) if plan.strata is None else plan.strata
        # Objects with two modalities may be rare: stratify by them too.
        strata = [f"{label}|{pair}" for label, pair in zip(labels, dataset.paired, strict=True)]
        rng = np.random.default_rng(seed)
        kept, held_out = split_rows(len(dataset), self.validation_fraction, strata, rng)
        valid = self._evaluated_part(dataset, held_out)
        self._check_validation(valid)
        return dataset.subset(kept), valid

    def _evaluated(self, plan, status):
        """Return fitted attributes and status; replace weights whose outputs are not finite."""
        guard = dict(self.net_.callbacks_)["divergence_guard"]
        # A finite loss does not imply finite outputs. Fall back to the best weights, then to those
        # before training.
        attributes = plan.evaluate()
        for weights in (guard.best_weights_, guard.first_weights_):
            if all_finite(attributes) and all_weights_finite(self.net_.module_):
                break
            status = "diverged"
            self.net_.module_.load_state_dict(weights)
            attributes = plan.evaluate()
        guard.release()
        if not all_finite(attributes):
            raise ValueError(
                f"The network of {type(self).__name__} gives NaN or infinite outputs even with the "
                "weights before training. Check X for extreme values, and your own module if the "
                "encoder is one."
            )
        return attributes, status

    def _finish_fit(self):
        """Return self, and warn if training diverged or was interrupted; the last step of fit.

        Raises
        ------
        KeyboardInterrupt
            If training was interrupted inside a search, cross-validation or ensemble, which
            would go on with the next fit.
        """
        return finish_fit(self)

    def _remember_range(self, table, encoders, rows=None):
        """Set training_range_ from the training objects in the table of fit, and return self."""
        earlier = getattr(self, "training_range_", None) if self._is_warm_start else None
        amplitude = all(getattr(encoder, "amplitude", True) for encoder in encoders)
        self.training_range_ = training_range(table, earlier, rows=rows, amplitude=amplitude)
        return self

    def _prediction_checks(self, warn_missing=True):
        """Return the arguments of check_table for a table that is to be predicted."""
        # A model of an earlier version has no range.
        ranges = getattr(self, "training_range_", None)
        return {"training_range": ranges, "warn_missing": warn_missing}

    def _evaluated_part(self, dataset, positions):
        """Return the objects at `positions` in the form in which they are evaluated."""
        return dataset.subset(positions)

    def _check_validation(self, valid):
        """Raise a ValueError if the loss of the validation part is undefined; for subclasses."""

    @property
    def _n_epochs(self):
        return self.max_epochs if self._partial is None else 1

    def _steps(self, train):
        if isinstance(train, StreamedDataset):
            return len(StreamedLoader(train, self.batch_size)) * self._n_epochs
        return len(BatchLoader(train, self.batch_size, training=True)) * self._n_epochs

    def _make_net(self, module, *, net, steps, seed, device, **net_params):
        """Return a net around a module, ready to train or to predict."""
        return net(
            module,
            optimizer=_OPTIMIZERS[self.optimizer],
            optimizer__weight_decay=self.weight_decay,
            **self._fused(module, device),
            lr=self.lr,
            max_epochs=self._n_epochs,
            batch_size=self.batch_size,
            device=device,
            seed=seed,
            verbose=0,
            callbacks=self._callbacks(steps),
            callbacks__valid_acc=None,
            **net_params,
        ).initialize()

    def _fused(self, module, device):
        """Return the optimizer's argument for one kernel of all weights, where torch has one."""
        is_supported = torch.device(device).type in ("cpu", "cuda")
        is_real = all(weight.is_floating_point() for weight in module.parameters())
        is_fused = self.optimizer != "radam" and is_supported and is_real
        return {"optimizer__fused": True} if is_fused else {}

    def _restore_net(self, module, device=None):
        """Set net_ to a net around a trained module from a file.

        Training can continue from it, but the moments of the optimizer are lost.
        """
        try:
            device = device or self._device()
            torch.empty(0, device=device)
        except (RuntimeError, AssertionError, ValueError) as error:
            warnings.warn(
                f"The model was saved with device={device or self.device!r}, which this machine "
                f"does not have ({str(error).splitlines()[0]}); it runs on the CPU.",
                UserWarning,
                stacklevel=2,
            )
            device = "cpu"
        recipe = {**self._net_recipe, "defer_optimizer": True}
        self.net_ = self._make_net(module, seed=0, device=device, **recipe)
        for row in self.history_:
            self.net_.history.new_epoch()
            for key, value in row.items():
                self.net_.history.record(key, value)

    def _callbacks(self, steps):
        callbacks = [("clip", GradientNormClipping(MAX_GRADIENT_NORM))]
        if self.lr_schedule is not None and self._partial is None:
            callbacks.append(("schedule", Schedule(self.lr_schedule, steps)))
        callbacks += self._extra_callbacks()
        callbacks.append(("divergence_guard", DivergenceGuard()))
        if self.early_stopping:
            params = {"patience": self.n_iter_no_change, "load_best": True, "sink": _silent}
            callbacks.append(("early_stopping", EarlyStopping(**params, **self._stopping)))
        for callback in self.callbacks or []:
            value = callback[1] if isinstance(callback, tuple) else callback
            if not isinstance(value, Callback) and not (
                isinstance(value, type) and issubclass(value, Callback)
            ):
                raise ValueError(
                    f"The 'callbacks' parameter of {type(self).__name__} must hold skorch "
                    f"callbacks, or pairs of a name and a callback. Got {callback!r} instead."
                )
            callbacks.append(callback)
        processes = current_processes()
        if self.verbose and (processes is None or processes.is_first):
            # Last, because MaxSteps changes the number of epochs.
            callbacks.append(("progress", Progress(int(self.verbose), type(self).__name__)))
        return callbacks

    def _extra_callbacks(self):
        """Return further callbacks, which come before early stopping; for subclasses."""
        return []

    # Prediction -----------------------------------------------------------------

    def _device(self):
        if isinstance(self.device, str) and self.device == "auto":
            if (processes := current_processes()) is not None:
                return processes.device
            return "cuda" if torch.cuda.is_available() else "cpu"
        try:
            # An allocation is the only test that works for every kind of device.
            torch.empty(0, device=self.device)
        except (RuntimeError, AssertionError) as error:
            raise ValueError(
                f"The 'device' parameter of {type(self).__name__} must be 'auto' or a device that "
                f"torch has on this machine, such as 'cpu'. Got {self.device!r} instead ({error})."
            ) from error
        return self.device

    def _run(self, dataset):
        """Yield (module, batch, positions) over a dataset, in eval mode and without gradients."""
        module = self.net_.module_
        if module.training:  # eval visits every submodule, which is slow for a single object
            module.eval()
        device = next(module.parameters()).device
        size, limit = PREDICT_BATCH, self._predict_limit
        if device.type != "cpu":
            # Larger batches keep an accelerator busy.
            size, limit = PREDICT_BATCH_GPU, limit * (PREDICT_BATCH_GPU // PREDICT_BATCH)
        size = max(1, min(size, limit))
        with torch.inference_mode():
            for batch, positions in BatchLoader(dataset, size, device=device):
                yield module, batch, positions


def _silent(text):
    """Discard the messages of skorch's early stopping."""
