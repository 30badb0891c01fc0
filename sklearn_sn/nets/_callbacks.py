"""Learning-rate schedules and progress as skorch callbacks."""

import math
from typing import Any

from skorch import NeuralNet
from skorch.callbacks import Callback
from tqdm.auto import tqdm


class Schedule(Callback):
    """Set the learning rate of every parameter group before each batch.

    Parameters
    ----------
    kind : {"one_cycle", "cosine"} or None
        "one_cycle" rises linearly for a tenth of the steps, then falls as a cosine (after Smith &
        Topin 2019). "cosine" only falls. None leaves the rate as it is.
    total_steps : int
        Number of steps of the training.
    """

    def __init__(self, kind: str | None, total_steps: int) -> None:
        self.kind, self.total_steps = kind, total_steps

    def on_train_begin(self, net: NeuralNet, **kwargs: Any) -> None:
        self.step_ = 0
        self.peaks_ = [group["lr"] for group in net.optimizer_.param_groups]

    def factor(self, step: int) -> float:
        """Return the fraction of the peak learning rate at a step."""
        if self.kind is None:
            return 1.0
        warm = max(1, self.total_steps // 10) if self.kind == "one_cycle" else 0
        if step < warm:
            return (step + 1) / (warm + 1)
        done = (step - warm) / max(1, self.total_steps - warm)
        return 0.5 * (1.0 + math.cos(math.pi * min(done, 1.0)))

    def on_batch_begin(self, net: NeuralNet, training: bool = False, **kwargs: Any) -> None:
        if training:
            for group, peak in zip(net.optimizer_.param_groups, self.peaks_, strict=True):
                group["lr"] = peak * self.factor(self.step_)
            self.step_ += 1

    def on_train_end(self, net: NeuralNet, **kwargs: Any) -> None:
        for group, peak in zip(net.optimizer_.param_groups, self.peaks_, strict=True):
            group["lr"] = peak


class Progress(Callback):
    """Show a progress bar over the epochs, or print one line per epoch.

    Parameters
    ----------
    verbose : int
        1 shows a bar, 2 prints one line for each epoch.
    name : str
        Label of the bar.
    """

    def __init__(self, verbose: int, name: str) -> None:
        self.verbose, self.name = verbose, name

    def on_train_begin(self, net: NeuralNet, **kwargs: Any) -> None:
        if self.verbose == 1:
            self.bar_ = tqdm(total=net.max_epochs, desc=self.name, unit="epoch")

    def on_epoch_end(self, net: NeuralNet, **kwargs: Any) -> None:
        last = net.history[-1]
        losses = {k: f"{last[k]:.4f}" for k in ("train_loss", "valid_loss") if k in last}
        if self.verbose == 1:
            self.bar_.set_postfix(losses)
            self.bar_.update()
        else:
            text = ", ".join(f"{name} {loss}" for name, loss in losses.items())
            print(f"{self.name} epoch {last['epoch']}: {text} in {last['dur']:.1f} s")

    def on_train_end(self, net: NeuralNet, **kwargs: Any) -> None:
        if self.verbose == 1 and hasattr(self, "bar_"):
            self.bar_.close()
            del self.bar_
