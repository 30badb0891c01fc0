"""Parameters that start at random vectors of about unit length."""

import math

import torch
from torch import nn


def scaled_normal(*shape):
    """Return a parameter of normal numbers with variance 1 / shape[-1].

    Parameters
    ----------
    *shape : int
        Shape; the last is the dimension of the vectors.

    Returns
    -------
    torch.nn.Parameter
    """
    values = torch.empty(shape)
    # load_model builds modules on the meta device, where torch.randn imports torch's compiler: 2 s.
    return nn.Parameter(values if values.is_meta else torch.randn(shape) / math.sqrt(shape[-1]))
