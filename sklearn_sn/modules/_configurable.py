"""Modules that can be built again."""

import inspect

from torch import nn


class ConfigurableModule(nn.Module):
    """A module that stores its constructor's arguments in ``config``.

    A file of weights does not hold the numbers of heads, layers or the pooling. A file of a model
    therefore stores the configuration beside the weights. A method that changes a size must also
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
        # nn.Module.__setattr__ works only after nn.Module.__init__.
        module.__dict__["config"] = dict(
            zip(inspect.signature(cls).parameters, args, strict=False), **config
        )
        return module
