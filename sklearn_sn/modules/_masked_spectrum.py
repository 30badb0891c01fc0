"""The module of masked pretraining of spectra: an encoder and a linear decoder of its states."""

import torch
from torch import nn

from sklearn_sn.modules._freezable import FreezableModule
from sklearn_sn.modules._windows import from_windows, to_windows

# What a chunk holds besides the inputs of the encoder.
_TARGETS = ("hidden", "target")


class MaskedSpectrumModule(FreezableModule):
    """Predict the flux in hidden bins of spectra from the other bins.

    Parameters
    ----------
    encoder : torch.nn.Module
        Encoder with ``window_states(hidden, **inputs)``, which returns (B, L, ``state_dim``); the
        numbers of bins ``state_window`` and ``state_stride`` of the window of a state and from one
        window to the next; and ``whole_windows``, whether a window counts as hidden only if all
        its bins are hidden.
    n_channels : int
        Channels of the flux.

    Notes
    -----
    ``forward`` returns the predicted windows, (B, C, L, W), of all states.
    """

    def __init__(self, encoder: nn.Module, n_channels: int) -> None:
        super().__init__()
        self.encoder, self.n_channels = encoder, n_channels
        self.decoder = nn.Linear(encoder.state_dim, n_channels * encoder.state_window)

    def forward(self, chunks: list[dict[str, torch.Tensor]]) -> torch.Tensor:
        return torch.cat([self._decoded(chunk) for chunk in chunks])

    def _decoded(self, chunk):
        inputs = {name: value for name, value in chunk.items() if name not in _TARGETS}
        windows = self.decoder(self.encoder.window_states(hidden=chunk["hidden"], **inputs))
        # (B, L, C W) -> (B, C, L, W)
        return windows.unflatten(2, (self.n_channels, -1)).transpose(1, 2)

    def targets(self, chunks: list[dict[str, torch.Tensor]]) -> dict[str, torch.Tensor]:
        """Return the target (B, C, L, W), and the mask of entries that count, (B, L, W)."""
        return {
            "target": torch.cat([self._windows(chunk["target"]) for chunk in chunks]),
            "counted": torch.cat([self._counted(chunk) for chunk in chunks]),
        }

    def _windows(self, values, fill=0.0):
        return to_windows(values, self.encoder.state_window, self.encoder.state_stride, fill)

    def _counted(self, chunk):
        hidden = self._windows(chunk["hidden"].to(torch.uint8), 0).bool()
        if self.encoder.whole_windows:
            visible = self._windows((~chunk["hidden"] & ~chunk["pad_mask"]).to(torch.uint8), 0)
            hidden = hidden & ~visible.bool().any(-1, keepdim=True)
        return hidden

    def fill(self, chunk: dict[str, torch.Tensor]) -> torch.Tensor:
        """Return the flux with predictions in the hidden bins, (B, C, P)."""
        predicted = from_windows(
            self._decoded(chunk),
            self._counted(chunk),
            chunk["flux"].shape[-1],
            self.encoder.state_stride,
        )
        return torch.where(chunk["hidden"][:, None], predicted, chunk["flux"])
