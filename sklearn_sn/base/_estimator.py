"""What all network estimators share: parameters in, one skorch net inside fit, numpy out."""

import warnings
from contextlib import contextmanager

import numpy as np
import torch
from sklearn.base import BaseEstimator
from sklearn.utils import check_random_state
from skorch.callbacks import Callback, EarlyStopping, GradientNormClipping
from skorch.helper import predefined_split

from sklearn_sn.base._parameters import TRAINING_CONSTRAINTS
from sklearn_sn.base._splitting import split_rows
from sklearn_sn.data import registered_bands, restore_bands
from sklearn_sn.nets import BatchLoader, Progress, Schedule

_OPTIMIZERS = {
    "adamw": torch.optim.AdamW,
    "adam": torch.optim.Adam,
    "radam": torch.optim.RAdam,
}
_HISTORY = ("train_loss", "valid_loss", "valid_score", "dur")
MAX_GRADIENT_NORM = 5.0
PREDICT_BATCH = 128


class TorchEstimator(BaseEstimator):
    """Base of the estimators: trains a module through skorch, and runs it.

    Subclasses check their table, fit their inputs, and hand a dataset and a way to build the module
    to :meth:`_train`; :meth:`_run` yields what the module answers, batch by batch.
    """

    _parameter_constraints = TRAINING_CONSTRAINTS
    _stopping = {}  # what early stopping looks at, where it is not the loss
    _predict_limit = PREDICT_BATCH  # objects in a batch of predictions, where they are large

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        tags.input_tags.string = True
        tags.input_tags.allow_nan = True
        tags.non_deterministic = False
        return tags

    def __getstate__(self):
        # A worker or another process knows the bands that the caller registered.
        return {**super().__getstate__(), "_registered_bands": registered_bands()}

    def __setstate__(self, state):
        restore_bands(state.pop("_registered_bands", ()))
        super().__setstate__(state)

    @property
    def _continues(self):
        return self.warm_start and hasattr(self, "net_")

    def _train(self, net_class, build, dataset, labels=None, **net_params):
        """Train a module on a dataset; sets net_, history_ and n_iter_.

        Parameters
        ----------
        net_class : type
            The skorch net.
        build : callable
            Returns the module; called under the seed.
        dataset : TableDataset
        labels : array of shape (n_objects,), optional
            Classes to stratify the validation part by.
        **net_params : dict
            Further parameters of the net.
        """
        seed = _draw_seed(self.random_state)
        train, valid = dataset, None
        if self.early_stopping:
            # Pairs are as rare as a class may be: both parts get their share of them.
            known = [""] * len(dataset) if labels is None else labels
            strata = [f"{label}|{pair}" for label, pair in zip(known, dataset.paired, strict=True)]
            kept, held = split_rows(
                len(dataset), self.validation_fraction, strata, np.random.default_rng(seed)
            )
            train, valid = dataset.subset(kept), self._evaluated_part(dataset, held)
            self._check_validation(valid)
        with _seeded(seed):
            if self._continues:
                net = self._prepare_again(train, seed)
            else:
                self._net_recipe = {"net": net_class, "steps": self._steps(train), **net_params}
                net = self._make_net(build(), seed=seed, device=self._device(), **self._net_recipe)
            net.train_split = None if valid is None else predefined_split(valid)
            net.partial_fit(train)
        # The net must not carry the validation objects into a pickle, nor what only training needs.
        net.train_split = None
        if not self.warm_start:
            net.optimizer_.state.clear()
        self.net_ = net
        self.history_ = [
            {"epoch": row["epoch"], **{key: float(row[key]) for key in _HISTORY if key in row}}
            for row in net.history
        ]
        self.n_iter_ = len(self.history_)
        return self

    def _prepare_again(self, train, seed):
        """The net of an earlier fit, set for another one: rates, schedule, batches."""
        net = self.net_
        if self.lr != net.lr:
            # Groups keep their ratio to the rate.
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
        """Some objects of a dataset as they are evaluated, by their positions in it."""
        return dataset.subset(positions)

    def _check_validation(self, valid):
        """Refuse a validation part that cannot tell anything; for subclasses."""

    def _steps(self, train):
        return len(BatchLoader(train, self.batch_size)) * self.max_epochs

    def _make_net(self, module, *, net, steps, seed, device, **net_params):
        """A net around a module, ready to train or to answer."""
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
        """Put a trained module that comes from a file in place: sets net_.

        Training may go on from it; the optimizer's moments start anew.
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
        callbacks += self._own_callbacks()
        if self.early_stopping:
            how = {"patience": self.n_iter_no_change, "load_best": True, "sink": _silent}
            stop = EarlyStopping(**how, **self._stopping)
            callbacks.append(("early_stopping", stop))
        if self.verbose:
            callbacks.append(("progress", Progress(int(self.verbose), type(self).__name__)))
        for callback in self.callbacks or []:
            own = callback[1] if isinstance(callback, tuple) else callback
            if not isinstance(own, Callback) and not (
                isinstance(own, type) and issubclass(own, Callback)
            ):
                raise ValueError(
                    f"The 'callbacks' parameter of {type(self).__name__} must hold skorch "
                    f"callbacks, or pairs of a name and one. Got {callback!r} instead."
                )
            callbacks.append(callback)
        return callbacks

    def _own_callbacks(self):
        """Further callbacks, which come before early stopping; for subclasses."""
        return []

    def _device(self):
        if self.device == "auto":
            return "cuda" if torch.cuda.is_available() else "cpu"
        try:
            # An allocation is the only test that holds for every kind of device.
            torch.empty(0, device=self.device)
        except (RuntimeError, AssertionError) as error:
            raise ValueError(
                f"The 'device' parameter of {type(self).__name__} must be 'auto' or a device that "
                f"torch finds here, such as 'cpu'. Got {self.device!r} instead ({error})."
            ) from error
        return self.device

    def _run(self, dataset):
        """Yield (module, batch, positions) over a dataset, without gradients, in eval mode."""
        module = self.net_.module_
        module.eval()
        with torch.inference_mode():
            size = min(PREDICT_BATCH, self._predict_limit)
            for batch, positions in BatchLoader(dataset, size, device=self.net_.device):
                yield module, batch, positions


def _draw_seed(random_state):
    """An integer; with None a fresh one, that is not numpy's global generator's."""
    if random_state is None:
        return int(np.random.default_rng().integers(2**31 - 1))
    return int(check_random_state(random_state).randint(2**31 - 1))


@contextmanager
def _seeded(seed):
    """Seed torch inside, and leave the caller's generators as they were."""
    devices = list(range(torch.cuda.device_count())) if torch.cuda.is_available() else []
    with torch.random.fork_rng(devices=devices):
        torch.manual_seed(seed)
        yield


def _silent(text):
    """Where skorch's early stopping prints to."""
