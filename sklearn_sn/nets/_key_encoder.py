"""The encoder of keys, whose weights follow those of a trained module."""

import copy

import torch
from torch import nn


class KeyEncoder:
    r"""Copy of a module whose weights follow those of the module.

    Before step :math:`t`, the weights :math:`k` of the copy become

    .. math::

        k \leftarrow m k + (1 - m) w, \qquad m = \min(\text{momentum}, \frac{1 + t}{10 + t})

    with the weights :math:`w` of the module. The momentum is smaller in the first steps, so that
    the keys do not lag behind in a short training.

    Parameters
    ----------
    module : torch.nn.Module
        The module.
    momentum : float
        Largest momentum, in [0, 1).

    Examples
    --------
    >>> import torch
    >>> from sklearn_sn.nets import KeyEncoder
    >>> module = torch.nn.Linear(1, 1, bias=False)
    >>> _ = module.weight.data.fill_(1.0)
    >>> keys = KeyEncoder(module, momentum=0.999)
    >>> _ = module.weight.data.fill_(2.0)
    >>> keys.follow(module)  # the momentum of the first step is 0.1
    >>> keys(torch.ones(1, 1))
    tensor([[1.9000]])
    """

    def __init__(self, module: nn.Module, momentum: float) -> None:
        # In eval mode, because dropout would make keys of one image differ.
        self.module = copy.deepcopy(module).requires_grad_(False).eval()
        self.momentum, self.step = momentum, 0

    @torch.no_grad()
    def __call__(self, *inputs: torch.Tensor) -> torch.Tensor:
        """Return the keys, without gradients."""
        return self.module(*inputs)

    @torch.no_grad()
    def follow(self, module: nn.Module) -> None:
        """Move the weights and statistics towards those of the module."""
        momentum = min(self.momentum, (1 + self.step) / (10 + self.step))
        self.step += 1
        trained = module.state_dict()
        for name, value in self.module.state_dict().items():
            if value.is_floating_point():
                value.lerp_(trained[name], 1.0 - momentum)
            else:
                value.copy_(trained[name])
