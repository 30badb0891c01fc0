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
    >>> from sklearn_sn.encoders._metadata_mlp import MetadataMLPModule
    >>> MetadataMLPModule(n_values=3, d_model=8).config
    {'n_values': 3, 'd_model': 8}
    """

    _file_kind = "module"

    def __new__(cls, *args, **config):
        module = super().__new__(cls)
        # nn.Module.__setattr__ works only after nn.Module.__init__.
        module.__dict__["config"] = dict(
            zip(inspect.signature(cls).parameters, args, strict=False), **config
        )
        return module
