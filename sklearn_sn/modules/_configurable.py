"""Modules that store their configuration."""

import inspect

from torch import nn


class ConfigurableModule(nn.Module):
    """Module that stores the arguments of its constructor in ``config``.

    The weights alone do not determine the number of heads or the pooling. The file of a model
    therefore stores the configuration with the weights. A method that changes a size must also
    change ``config``.

    Examples
    --------
    >>> from sklearn_sn.modules import ConfigurableModule
    >>> class Scale(ConfigurableModule):
    ...     def __init__(self, factor, offset=0.0):
    ...         super().__init__()
    >>> Scale(2.0, offset=1.0).config
    {'factor': 2.0, 'offset': 1.0}
    """

    _file_kind = "module"

    def __new__(cls, *args, **config):
        module = super().__new__(cls)
        # Write to __dict__, because nn.Module.__setattr__ works only after nn.Module.__init__.
        module.__dict__["config"] = dict(
            zip(inspect.signature(cls).parameters, args, strict=False), **config
        )
        return module
