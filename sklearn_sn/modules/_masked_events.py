"""The module of masked pretraining: an encoder of points and heads for hidden points."""

import torch
from torch import nn

from sklearn_sn.modules._freezable import FreezableModule

MAX_RUN = 16  # hidden points in a row that have vectors of their own
# What a chunk holds besides the inputs of the encoder.
_TARGETS = ("hidden", "run", "target_flux", "target_band", "target_step", "has_step")


class MaskedEventModule(FreezableModule):
    """Predict flux, time step and band of hidden points from the visible ones.

    Parameters
    ----------
    encoder : torch.nn.Module
        Encoder with ``point_tokens``, ``point_states``, ``d_model`` and ``output_dim``.
    n_bands : int
        Number of bands.

    Notes
    -----
    A learned vector, and one for the number of hidden points in a row, mark the token of a hidden
    point. The heads read the state of the point and the output of the encoder, so that the output
    is trained too. ``forward`` returns (n_hidden, 2 + n_bands): flux, step and logits of the bands.
    """

    def __init__(self, encoder: nn.Module, n_bands: int) -> None:
        super().__init__()
        d_model, width = encoder.d_model, encoder.output_dim
        self.encoder = encoder
        self.mark = nn.Embedding(MAX_RUN + 1, d_model)
        self.heads = nn.Sequential(
            nn.Linear(d_model + width, d_model), nn.GELU(), nn.Linear(d_model, 2 + n_bands)
        )

    def forward(self, chunks: list[dict[str, torch.Tensor]]) -> torch.Tensor:
        outputs = []
        for chunk in chunks:
            hidden, pad_mask = chunk["hidden"], chunk["pad_mask"]
            inputs = {name: value for name, value in chunk.items() if name not in _TARGETS}
            tokens = self.encoder.point_tokens(**inputs)  # (B, L, d)
            tokens = torch.where(
                hidden[..., None], tokens + self.mark(chunk["run"].clamp(max=MAX_RUN)), tokens
            )
            states, encoding = self.encoder.point_states(tokens, pad_mask)
            encoding = encoding[:, None].expand(-1, states.shape[1], -1)
            outputs.append(torch.cat([states[hidden], encoding[hidden]], dim=-1))
        return self.heads(torch.cat(outputs))

    @staticmethod
    def targets(chunks: list[dict[str, torch.Tensor]]) -> dict[str, torch.Tensor]:
        """Return the targets of the hidden points, in the order of the outputs."""
        names = ("target_flux", "target_band", "target_step", "has_step")
        return {
            name.removeprefix("target_"): torch.cat([c[name][c["hidden"]] for c in chunks])
            for name in names
        }
