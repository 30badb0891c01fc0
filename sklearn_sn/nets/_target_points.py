"""Random draws of the points that a decoder predicts in one training step."""

import torch

_FIELDS = ("log_wavelength", "phase", "target", "error", "pad_mask")


def drawn_targets(
    tensors: dict[str, list[dict[str, torch.Tensor]]], n_points: int
) -> dict[str, list[dict[str, torch.Tensor]]]:
    """Draw points of every set at random, for an unbiased estimate of its log-likelihood.

    The cost of a step is mainly that of decoding, which grows with the number of points, whereas
    neighbouring pixels of a spectrum teach nearly the same.

    Parameters
    ----------
    tensors : dict of str to list of dict
        By modality, chunks of sets of points. Tensors that are not sets of points are left out.
    n_points : int
        Number of points to draw from each set, without replacement. Smaller sets stay whole.

    Returns
    -------
    dict of str to list of dict
        Chunks with log_wavelength, phase, target, error and pad_mask of the drawn points (N, L),
        and factor (N,), the number of points of the set over that of the drawn ones.
    """
    return {
        name: [_drawn(chunk, n_points) for chunk in chunks]
        for name, chunks in tensors.items()
        if "target" in chunks[0]
    }


def _drawn(chunk, n_points):
    known = ~chunk["pad_mask"]  # (N, L)
    factor = (known.sum(1) / n_points).clamp(min=1.0)
    fields = {name: chunk[name] for name in _FIELDS}
    if known.shape[1] > n_points:
        # Padding comes last in the random order, so that it is drawn only if points are lacking.
        order = torch.rand(known.shape, device=known.device) + chunk["pad_mask"]
        columns = order.topk(n_points, dim=1, largest=False).indices
        fields = {name: value.gather(1, columns) for name, value in fields.items()}
    return {**fields, "factor": factor}
