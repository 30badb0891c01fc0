"""The base of all network estimators: parameters in, one skorch net inside fit, numpy out."""

import inspect
import sys
import warnings
from typing import Any, Self

import numpy as np
import torch
from sklearn.base import BaseEstimator
from sklearn.exceptions import ConvergenceWarning
from skorch.callbacks import Callback, EarlyStopping, GradientNormClipping
from skorch.helper import predefined_split

from sklearn_sn.base._parameters import TRAINING_CONSTRAINTS
from sklearn_sn.base._splitting import split_rows
from sklearn_sn.base._training import all_finite, draw_seed, seeded
from sklearn_sn.data import registered_bands, restore_bands
from sklearn_sn.encoders import fill_doc, named_encoder
from sklearn_sn.nets import BatchLoader, DivergenceGuard, Progress, Schedule

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
    """Base of the estimators: trains a module through skorch, and runs it.

    Subclasses check their table, fit their preprocessors, and pass a :class:`TrainingPlan` to
    :meth:`_train`; :meth:`_run` yields the module with every batch.
    """

    _file_kind = "object"
    _parameter_constraints = TRAINING_CONSTRAINTS
    _stopping: dict[str, Any] = {}  # arguments of early stopping, if it does not monitor the loss
    _predict_limit = PREDICT_BATCH_GPU  # objects in a batch of predictions, if they are large
    # Parameters that hold encoders: modality and the name that "auto" stands for.
    _encoder_parameters: dict[str, tuple[str, str]] = {}

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        parameters = inspect.signature(cls.__init__).parameters
        cls.__doc__ = fill_doc(cls.__doc__, **{n: repr(p.default) for n, p in parameters.items()})

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        tags.input_tags.string = True
        tags.input_tags.allow_nan = True
        tags.non_deterministic = False
        return tags

    def __getstate__(self):
        # A worker or another process then knows the bands that the caller registered.
        return {**super().__getstate__(), "_registered_bands": registered_bands()}

    def __setstate__(self, state):
        restore_bands(state.pop("_registered_bands", ()))
        super().__setstate__(state)

    def set_params(self, **params: Any) -> Self:
        """Set parameters of the estimator and of its encoders.

        A nested parameter of an encoder that is given by a name, or as "auto", first replaces the
        name by that encoder: ``set_params(light_curve__d_model=32)`` works on
        ``ContrastiveEmbedder()``.

        Parameters
        ----------
        **params : dict
            Parameters, nested ones as ``name__parameter``.

        Returns
        -------
        self
        """
        for name, (modality, default) in self._encoder_parameters.items():
            nested = [key for key in params if key.startswith(name + "__")]
            value = params.get(name, getattr(self, name))
            if not nested:
                continue
            if isinstance(value, str):
                name_of_encoder = default if value == "auto" else value
                params = {**params, name: named_encoder(modality, name_of_encoder)}
            elif value is None:
                raise ValueError(
                    f"The {name!r} parameter of {type(self).__name__} is None, so that {nested[0]} "
                    "has no meaning; set it to an encoder or its name."
                )
        return super().set_params(**params)

    @property
    def _is_warm_start(self):
        return self.warm_start and hasattr(self, "net_")

    # Training -------------------------------------------------------------------

    def _train(self, plan):
        """Train a module as a :class:`TrainingPlan` says.

        Sets net_, history_, n_iter_, fit_status_ and what ``plan.evaluate`` returns.
        """
        seed, device = draw_seed(self.random_state), self._device()
        train, valid = plan.dataset, None
        if self.early_stopping:
            train, valid = self._split(plan, seed)
        with seeded(seed, device):
            if self._is_warm_start:
                net = self._continued_net(train, seed)
            else:
                self._net_recipe = {
                    "net": plan.net_class,
                    "steps": self._steps(train),
                    **plan.net_params,
                }
                net = self._make_net(plan.build(), seed=seed, device=device, **self._net_recipe)
            net.train_split = None if valid is None else predefined_split(valid)
            net.partial_fit(train)
        # Neither a pickle nor a prediction needs the validation objects.
        net.train_split = None
        self.net_ = net
        status = net.stop_reason_ or "completed"
        attributes, status = self._evaluated(plan, status)
        if not self.warm_start or status == "diverged":
            net.optimizer_.state.clear()
        if net.history and "train_loss" not in net.history[-1]:
            net.history.pop()  # an epoch that was interrupted
        self.history_ = [
            {"epoch": row["epoch"], **{key: float(row[key]) for key in _HISTORY if key in row}}
            for row in net.history
        ]
        self.n_iter_, self.fit_status_ = len(self.history_), status
        for name, value in attributes.items():
            setattr(self, name, value)

    def _split(self, plan, seed):
        """Return the training and the validation part of a dataset."""
        dataset = plan.dataset
        labels = [""] * len(dataset) if plan.strata is None else plan.strata
        # Objects with two modalities may be rare: both parts get their share of them.
        strata = [f"{label}|{pair}" for label, pair in zip(labels, dataset.paired, strict=True)]
        rng = np.random.default_rng(seed)
        kept, held_out = split_rows(len(dataset), self.validation_fraction, strata, rng)
        valid = self._evaluated_part(dataset, held_out)
        self._check_validation(valid)
        return dataset.subset(kept), valid

    def _evaluated(self, plan, status):
        """Return fitted attributes and status; replace weights whose outputs are not finite."""
        guard = dict(self.net_.callbacks_)["divergence_guard"]
        attributes = plan.evaluate()
        for weights in (guard.best_weights_, guard.first_weights_):
            if all_finite(attributes):
                break
            status = "diverged"
            self.net_.module_.load_state_dict(weights)
            attributes = plan.evaluate()
        guard.release()
        return attributes, status

    def _finish_fit(self):
        """Report a training that did not end well; the last step of every fit.

        Raises
        ------
        KeyboardInterrupt
            If the training was interrupted inside a search or cross-validation.
        """
        name = type(self).__name__
        if self.fit_status_ == "diverged":
            warnings.warn(
                f"The training of {name} diverged after {self.n_iter_} of {self.max_epochs} epochs "
                "(the loss, a weight or an output is NaN or infinite). The best finite weights "
                f"are kept. Lower 'lr' (it is {self.lr!r}), or check X and y for extreme values.",
                ConvergenceWarning,
                stacklevel=3,
            )
        elif self.fit_status_ == "interrupted":
            warnings.warn(
                f"The training of {name} was interrupted after {self.n_iter_} of "
                f"{self.max_epochs} epochs; the model has the weights so far.",
                ConvergenceWarning,
                stacklevel=3,
            )
            if _inside_model_selection():
                raise KeyboardInterrupt
        return self

    def _continued_net(self, train, seed):
        """Return the net of an earlier fit, with the new rate, schedule and batch size."""
        net = self.net_
        if self.lr != net.lr:
            # Parameter groups keep their ratio to the rate.
            ratios = [group["lr"] / net.lr for group in net.optimizer_.param_groups]
            net.set_params(lr=self.lr)
            for group, ratio in zip(net.optimizer_.param_groups, ratios, strict=True):
                group["lr"] = self.lr * ratio
        net.set_params(max_epochs=self.max_epochs, batch_size=self.batch_size, seed=seed)
        for _, callback in net.callbacks_:
            if isinstance(callback, Schedule):
                callback.total_steps = self._steps(train)
        return net

    def _evaluated_part(self, dataset, positions):
        """Return some objects of a dataset as they are evaluated, by their positions."""
        return dataset.subset(positions)

    def _check_validation(self, valid):
        """Raise a ValueError for a validation part without a loss; for subclasses."""

    def _steps(self, train):
        return len(BatchLoader(train, self.batch_size)) * self.max_epochs

    def _make_net(self, module, *, net, steps, seed, device, **net_params):
        """Return a net around a module, ready to train or to predict."""
        return net(
            module,
            optimizer=_OPTIMIZERS[self.optimizer],
            optimizer__weight_decay=self.weight_decay,
            lr=self.lr,
            max_epochs=self.max_epochs,
            batch_size=self.batch_size,
            device=device,
            seed=seed,
            verbose=0,
            callbacks=self._callbacks(steps),
            callbacks__valid_acc=None,
            **net_params,
        ).initialize()

    def _restore_net(self, module, device=None):
        """Set net_ to a net around a trained module from a file.

        Training may continue from it; the optimizer's moments start anew.
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
        self.net_ = self._make_net(module, seed=0, device=device, **self._net_recipe)
        for row in self.history_:
            self.net_.history.new_epoch()
            for key, value in row.items():
                self.net_.history.record(key, value)

    def _callbacks(self, steps):
        callbacks = [("clip", GradientNormClipping(MAX_GRADIENT_NORM))]
        if self.lr_schedule is not None:
            callbacks.append(("schedule", Schedule(self.lr_schedule, steps)))
        callbacks += self._extra_callbacks()
        callbacks.append(("divergence_guard", DivergenceGuard()))
        if self.early_stopping:
            params = {"patience": self.n_iter_no_change, "load_best": True, "sink": _silent}
            callbacks.append(("early_stopping", EarlyStopping(**params, **self._stopping)))
        if self.verbose:
            callbacks.append(("progress", Progress(int(self.verbose), type(self).__name__)))
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
        return callbacks

    def _extra_callbacks(self):
        """Return further callbacks, which come before early stopping; for subclasses."""
        return []

    # Prediction -----------------------------------------------------------------

    def _device(self):
        if isinstance(self.device, str) and self.device == "auto":
            return "cuda" if torch.cuda.is_available() else "cpu"
        try:
            # An allocation is the only test that works for every kind of device.
            torch.empty(0, device=self.device)
        except (RuntimeError, AssertionError) as error:
            raise ValueError(
                f"The 'device' parameter of {type(self).__name__} must be 'auto' or a device that "
                f"torch has here, such as 'cpu'. Got {self.device!r} instead ({error})."
            ) from error
        return self.device

    def _run(self, dataset):
        """Yield (module, batch, positions) over a dataset, without gradients, in eval mode."""
        module = self.net_.module_.eval()
        device = next(module.parameters()).device
        size = PREDICT_BATCH if device.type == "cpu" else PREDICT_BATCH_GPU
        size = max(1, min(size, self._predict_limit))
        with torch.inference_mode():
            for batch, positions in BatchLoader(dataset, size, device=device):
                yield module, batch, positions


def _inside_model_selection():
    """Return whether a search or cross-validation of scikit-learn calls."""
    frame = sys._getframe(1)
    while frame is not None:
        if frame.f_globals.get("__name__", "").startswith("sklearn.model_selection."):
            return True
        frame = frame.f_back
    return False


def _silent(text):
    """Discard what skorch's early stopping would print."""
