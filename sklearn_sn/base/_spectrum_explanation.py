"""Importance of wavelengths for the output of a network of spectra."""

from dataclasses import dataclass
from numbers import Integral
from typing import Any

import numpy as np
import torch

from sklearn_sn.nets import BatchLoader, TableDataset

METHODS = ("occlusion", "gradient")
N_WINDOWS = 32  # default number of windows of occlusion in the grid


@dataclass
class Explanation:
    """Settings of an explanation.

    Attributes
    ----------
    module : torch.nn.Module
        The trained network.
    values : callable
        Maps outputs (N, n_outputs) and chosen outputs (N,) to explained values (N,), as tensors.
    method : {"occlusion", "gradient"}
        How importance is computed.
    window : int
        Bins that occlusion hides at once.
    batch_size : int
        Spectra in a batch.
    """

    module: torch.nn.Module
    values: Any
    method: str
    window: int
    batch_size: int


def check_explanation(method: str, window: int | None, n_bins: int) -> int:
    """Return the window of an explanation, or raise a ValueError for invalid arguments."""
    if method not in METHODS:
        raise ValueError(f"The 'method' of explain must be one of {METHODS}. Got {method!r}.")
    is_int = isinstance(window, Integral) and not isinstance(window, bool)
    if window is not None and not (is_int and 1 <= window <= n_bins):
        raise ValueError(
            f"The 'window' of explain must be a number of bins in [1, {n_bins}]. Got {window!r} "
            "instead."
        )
    return window or max(1, n_bins // N_WINDOWS)


def importances(explanation, preprocessor, table, chosen, offsets=None):
    """Return the importance of every bin for every object, (n_objects, n_bins).

    Parameters
    ----------
    explanation : Explanation
        Settings of the explanation.
    preprocessor : SpectrumPreprocessor
        Fitted preprocessor.
    table : CheckedTable or FluxArray
        Objects with spectra.
    chosen : array of shape (n_objects,)
        Number of the output to explain for each object, such as the code of a class.
    offsets : array of shape (n_objects, n_outputs), optional
        Offsets to add to the outputs of each object.
    """
    object_index = np.repeat(np.arange(len(table)), np.diff(table.spectrum_offsets))
    total = np.zeros((len(table), preprocessor.n_bins))
    count = np.zeros((len(table), 1))
    device = next(explanation.module.parameters()).device
    start = 0
    for block in preprocessor.blocks(table):
        index = object_index[start : start + len(block.lengths)]
        start += len(index)
        dataset = TableDataset({"spectrum": preprocessor}, {"spectrum": block})
        for batch, positions in BatchLoader(dataset, explanation.batch_size, device=device):
            for tensors in batch.tensors.get("spectrum", ()):
                rows = index[positions[batch.object_index["spectrum"].cpu().numpy()]]
                choice = torch.as_tensor(chosen[rows], device=device)
                offset = None
                if offsets is not None:
                    offset = torch.as_tensor(offsets[rows].astype(np.float32), device=device)
                np.add.at(total, rows, _of_spectra(explanation, tensors, choice, offset))
                np.add.at(count, rows, 1.0)
    return total / np.maximum(count, 1.0)


def _of_spectra(explanation, tensors, chosen, offset):
    """Return the importance of every bin of the spectra of one chunk, (N, P)."""
    module = explanation.module.eval()

    def evaluate(flux, pad_mask, rows):
        parts = {**tensors, "flux": flux, "pad_mask": pad_mask}
        if "moved" in parts:
            parts["moved"] = parts["moved"][rows]
        _, outputs = module([parts], torch.arange(len(flux), device=flux.device), len(flux))
        outputs = outputs.float()
        if offset is not None:
            outputs = outputs + offset[rows]
        return explanation.values(outputs, chosen[rows])

    flux, pad_mask = tensors["flux"], tensors["pad_mask"]
    if explanation.method == "gradient":
        importance = _gradient(evaluate, flux, pad_mask)
    else:
        importance = _occlusion(evaluate, explanation, flux, pad_mask)
    return (importance * ~pad_mask).double().cpu().numpy()


def _gradient(evaluate, flux, pad_mask):
    flux = flux.detach().requires_grad_(True)
    value = evaluate(flux, pad_mask, torch.arange(len(flux), device=flux.device))
    (slope,) = torch.autograd.grad(value.sum(), flux)
    # Gradient times input, summed over the channels.
    return (slope * flux.detach()).sum(dim=1)


def _occlusion(evaluate, explanation, flux, pad_mask):
    """Return how much the value falls when a bin is hidden, averaged over windows."""
    n, n_bins = pad_mask.shape
    window = explanation.window
    position = torch.arange(n_bins, device=flux.device)
    starts = torch.arange(0, n_bins, max(1, window // 2), device=flux.device)
    hidden = (position >= starts[:, None]) & (position < starts[:, None] + window)  # (W, P)
    with torch.inference_mode():
        unhidden = evaluate(flux, pad_mask, torch.arange(n, device=flux.device))
        falls = []
        pairs = torch.arange(n * len(starts), device=flux.device)  # of spectrum and window
        for part in pairs.split(explanation.batch_size):
            rows, windows = part // len(starts), part % len(starts)
            mask = pad_mask[rows] | hidden[windows]
            falls.append(unhidden[rows] - evaluate(flux[rows] * ~mask[:, None], mask, rows))
        fall = torch.cat(falls).view(n, len(starts))
        # A bin gets the mean over the windows that contain it.
        share = hidden.to(fall.dtype)
        return fall @ (share / share.sum(dim=0))
