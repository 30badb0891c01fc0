"""What all network estimators share: parameters in, one skorch net inside fit, numpy out."""

import warnings
from contextlib import contextmanager

import numpy as np
import torch
from sklearn.base import BaseEstimator
from sklearn.utils import check_random_state
from skorch.callbacks import EarlyStopping, GradientNormClipping
from skorch.helper import predefined_split

from sklearn_sn.base._parameters import TRAINING_CONSTRAINTS
from sklearn_sn.base._splitting import split_rows
from sklearn_sn.nets import BatchLoader, Progress, Schedule

_OPTIMIZERS = {
    "adamw": torch.optim.AdamW,
    "adam": torch.optim.Adam,
    "radam": torch.optim.RAdam,
}
_HISTORY = ("train_loss", "valid_loss", "dur")
MAX_GRADIENT_NORM = 5.0
PREDICT_BATCH = 128


class TorchEstimator(BaseEstimator):
    """Base of the estimators: trains a module through skorch, and runs it.

    Subclasses check their table, fit their inputs, and hand a dataset and a way to build the module
    to :meth:`_train`; :meth:`_run` yields what the module answers, batch by batch.
    """

    _parameter_constraints = TRAINING_CONSTRAINTS

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        tags.input_tags.string = True
        tags.input_tags.allow_nan = True
        tags.non_deterministic = False
        return tags

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
        random_state = check_random_state(self.random_state)
        seed = int(random_state.randint(2**31 - 1))
        train, valid = dataset, None
        if self.early_stopping:
            kept, held = split_rows(
                len(dataset), self.validation_fraction, labels, np.random.default_rng(seed)
            )
            train, valid = dataset.subset(kept), dataset.subset(held)
        with _seeded(seed):
            if self._continues:
                net = self.net_
                net.set_params(max_epochs=self.max_epochs, lr=self.lr, seed=seed)
            else:
                steps = len(BatchLoader(train, self.batch_size)) * self.max_epochs
                self._net_recipe = {"net": net_class, "steps": steps, **net_params}
                net = self._make_net(build(), seed=seed, device=self._device(), **self._net_recipe)
            net.train_split = None if valid is None else predefined_split(valid)
            net.partial_fit(train)
        # The net must not carry the validation objects into a pickle.
        net.train_split = None
        self.net_ = net
        self.history_ = [
            {"epoch": row["epoch"], **{key: float(row[key]) for key in _HISTORY if key in row}}
            for row in net.history
        ]
        self.n_iter_ = len(self.history_)
        return self

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
        device = device or self._device()
        try:
            torch.empty(0, device=device)
        except (RuntimeError, AssertionError) as error:
            warnings.warn(
                f"The model was saved with device={device!r}, which this machine does not have "
                f"({str(error).splitlines()[0]}); it runs on the CPU.",
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
        if self.early_stopping:
            stop = EarlyStopping(patience=self.n_iter_no_change, load_best=True, sink=_silent)
            callbacks.append(("early_stopping", stop))
        if self.verbose:
            callbacks.append(("progress", Progress(int(self.verbose), type(self).__name__)))
        return callbacks + list(self.callbacks or [])

    def _device(self):
        if self.device == "auto":
            return "cuda" if torch.cuda.is_available() else "cpu"
        return self.device

    def _run(self, dataset):
        """Yield (module, batch, positions) over a dataset, without gradients, in eval mode."""
        module = self.net_.module_
        module.eval()
        with torch.inference_mode():
            loader = BatchLoader(dataset, PREDICT_BATCH, device=self.net_.device)
            for batch, positions in loader:
                yield module, batch, positions


@contextmanager
def _seeded(seed):
    """Seed torch inside, and leave the caller's generators as they were."""
    devices = list(range(torch.cuda.device_count())) if torch.cuda.is_available() else []
    with torch.random.fork_rng(devices=devices):
        torch.manual_seed(seed)
        yield


def _silent(text):
    """Where skorch's early stopping prints to."""
