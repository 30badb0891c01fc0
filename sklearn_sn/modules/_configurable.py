"""Modules that can be built again."""

import inspect

from torch import nn


class ConfigurableModule(nn.Module):
    """A module that remembers, in ``sizes``, the arguments it was built with.

    A file of weights says nothing of heads, layers or pooling: who stores a module stores its sizes
    beside its weights. A method that changes a size later changes ``sizes`` too.

    Examples
    --------
    >>> from sklearn_sn.modules import MetadataMLP
    >>> MetadataMLP(n_values=3, d_model=8).sizes
    {'n_values': 3, 'd_model': 8}
    """

    def __new__(cls, *args, **sizes):
        module = super().__new__(cls)
        # Before nn.Module.__init__, attributes must go past its __setattr__.
        module.__dict__["sizes"] = dict(
            zip(inspect.signature(cls).parameters, args, strict=False), **sizes
        )
        return module
