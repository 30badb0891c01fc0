"""An encoder of one modality, and a head that answers for every object."""

import torch
from torch import nn

from sklearn_sn.modules._freezable import FreezableModule


class SupervisedModule(FreezableModule):
    """Encode one modality; a linear head on the encoding gives the outputs.

    Parameters
    ----------
    encoder : torch.nn.Module
        Maps the tensors of the modality to (n_instances, width).
    width : int
    n_outputs : int
        Classes, or numbers to regress.
    dropout : float
    normalize : bool
        Whether a layer norm stands between encoding and latent.

    Notes
    -----
    ``forward`` takes ``chunks``, a list of keyword tensors, and ``owner``, the object that each
    instance belongs to. It returns the latent, (B, width), and the outputs, (B, n_outputs); both
    are those of an encoding of zeros where an object has nothing.
    """

    def __init__(self, encoder, width, n_outputs, *, dropout=0.0, normalize=True):
        super().__init__()
        self.width = width
        self.encoder = encoder
        self.norm = nn.LayerNorm(width) if normalize else nn.Identity()
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(width, n_outputs)

    def forward(self, chunks, owner, n_objects):
        encoded = torch.cat([self.encoder(**tensors) for tensors in chunks])
        count = encoded.new_zeros(n_objects, 1).index_add(0, owner, torch.ones_like(encoded[:, :1]))
        total = encoded.new_zeros(n_objects, self.width).index_add(0, owner, encoded)
        latent = self.norm(total / count.clamp(min=1))
        return latent, self.head(self.dropout(latent))

    def after_each_point(self, tensors):
        """Latent and outputs after every point of one chunk: (B, L, width), (B, L, n_outputs)."""
        latent = self.norm(self.encoder.after_each_point(**tensors))
        return latent, self.head(self.dropout(latent))
