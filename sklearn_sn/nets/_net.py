"""The base of all nets."""

from collections.abc import Callable
from typing import Any, Self

import torch
from skorch import NeuralNet
from skorch.callbacks import EarlyStopping
from torch import nn

from sklearn_sn import import_quickly
from sklearn_sn.nets._batch import Batch, BatchLoader, TableDataset
from sklearn_sn.nets._data_parallel import current_processes
from sklearn_sn.nets._parallel_training import ParallelTraining
from sklearn_sn.nets._streamed_dataset import StreamedDataset, StreamedLoader


class BatchNet(NeuralNet):
    """Base of skorch nets that read batches from :class:`BatchLoader`; subclasses set the loss.

    Parameters
    ----------
    seed : int
        Seed of shuffling and augmentation.
    defer_optimizer : bool
        Whether the optimizer is made when training begins instead of at initialization.

    Attributes
    ----------
    max_steps : int or None
        Number of batches after which the training iterator ends; see :class:`MaxSteps`.
    stop_reason_ : {None, "early_stopping", "diverged", "interrupted"}
        Reason why the last training ended early; None if it completed all epochs.
    """

    _file_kind = "type"
    _compares_objects = True  # whether the loss compares the objects of a batch with each other
    has_mean_loss = False  # whether the loss is a mean over the objects of independent terms
    has_output_per_object = True  # whether tensors of the outputs have one row per object
    _parallel = None  # the ParallelTraining while a divided training runs

    def __init__(
        self,
        module: nn.Module | type[nn.Module],
        *,
        seed: int = 0,
        defer_optimizer: bool = False,
        **kwargs: Any,
    ) -> None:
        self.seed, self.max_steps, self.defer_optimizer = seed, None, defer_optimizer
        super().__init__(module, **kwargs)

    def get_iterator(
        self, dataset: TableDataset | StreamedDataset, training: bool = False
    ) -> BatchLoader | StreamedLoader:
        processes = None if self._parallel is None else self._parallel.processes
        if isinstance(dataset, StreamedDataset):
            return StreamedLoader(
                dataset,
                self.batch_size,
                device=self.device,
                seed=self.seed,
                epoch=len(getattr(self, "history_", ())),
                max_batches=self.max_steps,
                noisy=self._compares_objects,
                processes=processes,
            )
        return BatchLoader(
            dataset,
            self.batch_size,
            training=training,
            device=self.device,
            seed=self.seed,
            epoch=len(getattr(self, "history_", ())),
            max_batches=self.max_steps if training else None,
            noisy=self._compares_objects,
            processes=processes,
        )

    def infer(self, x: Batch, **fit_params: Any) -> Any:
        return self.module_(x.tensors, x.object_index, x.n_objects)

    def complete_outputs(self, y_pred: Any, x: Batch) -> Any:
        """Return the outputs with zeros for modalities that only other processes have."""
        return y_pred

    def augmented_targets(self, x: Batch) -> dict[str, torch.Tensor]:
        """Return the targets that depend on the tensors of a batch; for subclasses."""
        return {}

    def all_targets(self, x: Batch) -> dict[str, torch.Tensor]:
        """Return the targets of a batch, or of the batch of all processes."""
        # The batch of all processes has no tensors, and its targets are complete.
        return {**x.targets, **self.augmented_targets(x)} if x.tensors else x.targets

    def check_data(self, X: Any, y: Any = None) -> None:
        """Do nothing, because tables are checked before they are passed to the net."""

    def initialize_optimizer(self, *args: Any) -> Self:
        """Make the optimizer, or leave that to the first training.

        The first optimizer imports torch's compiler, which takes longer than loading a model.
        """
        if self.defer_optimizer:
            self.optimizer_ = _NoOptimizer()
            return self
        _import_compiler()
        return super().initialize_optimizer(*args)

    def make_optimizer(self) -> None:
        """Make the optimizer if that was deferred."""
        if isinstance(self.optimizer_, _NoOptimizer):
            _import_compiler()
            NeuralNet.initialize_optimizer(self)

    def partial_fit(self, *args: Any, **kwargs: Any) -> Self:
        """Continue training from the current weights."""
        self.make_optimizer()  # callbacks read it before the first epoch
        return super().partial_fit(*args, **kwargs)

    def forget_moments(self) -> None:
        """Reset the state of the optimizers, such as the moments of Adam."""
        self.optimizer_.state.clear()

    def fit_loop(self, X: TableDataset, *args: Any, **kwargs: Any) -> Self:
        """Run the epochs, and set ``stop_reason_`` if they end early.

        Within :func:`data_parallel`, the batches are divided over the processes.
        """
        processes = current_processes()
        if processes is None:
            return self._fit_loop(X, *args, **kwargs)
        self._parallel = ParallelTraining(self, X, processes)
        try:
            return self._fit_loop(X, *args, **kwargs)
        finally:
            self._parallel = None

    def _fit_loop(self, *args, **kwargs):
        self.stop_reason_ = None
        try:
            return super().fit_loop(*args, **kwargs)
        except KeyboardInterrupt as error:
            # skorch ends training by a KeyboardInterrupt, which it catches in partial_fit.
            if self.stop_reason_ is None:
                early = _raised_by_early_stopping(error.__traceback__)
                self.stop_reason_ = "early_stopping" if early else "interrupted"
            raise

    def train_step_single(self, batch: Any, **fit_params: Any) -> dict[str, Any]:
        """Compute loss and gradients of a batch."""
        if self._parallel is None:
            return super().train_step_single(batch, **fit_params)
        self._set_training(True)
        return self._parallel.train_step(batch)

    def validation_step(self, batch: Any, **fit_params: Any) -> dict[str, Any]:
        """Compute the loss of a batch of the validation part."""
        if self._parallel is None:
            return super().validation_step(batch, **fit_params)
        self._set_training(False)
        return self._parallel.validation_step(batch)

    def run_single_epoch(
        self,
        iterator: BatchLoader | None,
        training: bool,
        prefix: str,
        step_fn: Callable[..., dict[str, Any]],
        **fit_params: Any,
    ) -> None:
        is_parallel = self._parallel is not None
        if iterator is None or (torch.device(self.device).type == "cpu" and not is_parallel):
            super().run_single_epoch(iterator, training, prefix, step_fn, **fit_params)
            return
        # skorch converts every loss to a number, which waits for the device after each batch. This
        # method keeps the losses on the device until the end of the epoch.
        losses = []
        if is_parallel and training:
            self._parallel.begin_epoch()
        for batch in iterator:
            self.notify("on_batch_begin", batch=batch, training=training)
            step = step_fn(batch, **fit_params)
            losses.append(step["loss"].detach())
            batch = step.pop("batch", batch)  # that of all processes
            self.history.record_batch(prefix + "_batch_size", len(batch[0]))
            self.notify("on_batch_end", batch=batch, training=training, **step)
        losses = torch.stack(losses)
        if is_parallel:
            losses = self._parallel.mean(losses)
            self._parallel.end_epoch()
        rows = [row for row in self.history[-1]["batches"] if prefix + "_batch_size" in row]
        for row, loss in zip(rows, losses.tolist(), strict=True):
            row[prefix + "_loss"] = loss
        self.history.record(prefix + "_batch_count", len(losses))


def _import_compiler():
    """Import torch's compiler, as the first optimizer does, in three quarters of the time."""
    import_quickly("torch._dynamo")


class _NoOptimizer(torch.optim.Optimizer):
    """Stands for the optimizer of a net that was not trained since it was loaded."""

    def __init__(self):
        self.defaults, self.state, self.param_groups = {}, {}, []


def _raised_by_early_stopping(traceback):
    while traceback.tb_next is not None:
        traceback = traceback.tb_next
    return isinstance(traceback.tb_frame.f_locals.get("self"), EarlyStopping)
