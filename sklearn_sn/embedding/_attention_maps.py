"""Attention over wavelength of a fitted encoder of spectra."""

from numbers import Integral

import numpy as np
import pandas as pd
import torch
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from sklearn_sn.base import TorchEstimator
from sklearn_sn.data import as_frame, check_table
from sklearn_sn.nets import TableDataset

_NAME = "spectrum"


def attention_maps(
    estimator: BaseEstimator, X: pd.DataFrame, *, layer: int | str = -1
) -> tuple[np.ndarray, np.ndarray]:
    """Compute the attention over wavelength in each head of a patch transformer.

    Parameters
    ----------
    estimator : estimator
        Fitted estimator with a :class:`~sklearn_sn.encoders.PatchSpectrumTransformer`, such as
        ``MaskedSpectrumEmbedder``, ``ContrastiveEmbedder`` or ``SpectraNetClassifier``.
    X : pandas.DataFrame of n_objects rows
        Table with a column ``spectrum``.
    layer : int or "pooling", default=-1
        Number of a block, from 0, or from -1 for the last; or "pooling" for the query of
        ``pooling="cross_attention"``.

    Returns
    -------
    wavelength : array of shape (n_windows,)
        Central wavelengths of the windows in Å, at rest if the estimator uses the rest frame.
    attention : array of shape (n_objects, n_heads, n_windows), float32
        Weights >= 0. Those of a block are averaged over the tokens that attend. The sum over the
        windows, and the weight of the first token, which is left out, is 1. The weights are
        averaged over the spectra of an object, and 0 in windows without a covered bin and for
        objects without a spectrum.

    Raises
    ------
    ValueError
        If the estimator has no patch transformer, or the encoder no such layer.

    Examples
    --------
    >>> from sklearn_sn.datasets import make_supernovae
    >>> from sklearn_sn.embedding import MaskedSpectrumEmbedder, attention_maps
    >>> from sklearn_sn.encoders import PatchSpectrumTransformer
    >>> X, _ = make_supernovae(20, modalities=["spectrum"], random_state=0)
    >>> encoder = PatchSpectrumTransformer(d_model=16, n_heads=2, n_layers=1, n_bins=256)
    >>> embedder = MaskedSpectrumEmbedder(encoder=encoder, max_epochs=1, random_state=0).fit(X)
    >>> wavelength, attention = attention_maps(embedder, X)
    >>> wavelength.shape, attention.shape
    ((25,), (20, 2, 25))
    """
    check_is_fitted(estimator, "net_")
    encoder, preprocessor, module = _patch_transformer(estimator)
    layer = _block_number(encoder, module, layer)
    columns = ("redshift",) if preprocessor.rest else ()
    table = check_table(as_frame(X), modalities=[_NAME], metadata_columns=columns)
    dataset = TableDataset({_NAME: preprocessor}, {_NAME: preprocessor.prepare(table)})
    wavelength = module.window_wavelength(torch.as_tensor(preprocessor.wavelength_)).numpy()
    n_heads = module.pool.n_heads if layer is None else module.stack.blocks[0].attention.n_heads
    total = np.zeros((len(dataset), n_heads, len(wavelength)), dtype=np.float32)
    for _, batch, positions in TorchEstimator._run(estimator, dataset):
        for chunk in batch.tensors.get(_NAME, ()):
            maps = module.attention_maps(**chunk, layer=layer).float().cpu().numpy()
            # add.at, because an object occurs once for each of its spectra.
            np.add.at(total, positions[batch.object_index[_NAME].cpu().numpy()], maps)
    counts = np.maximum(dataset.prepared[_NAME].lengths, 1)
    return wavelength, total / counts[:, None, None].astype(np.float32)


def _patch_transformer(estimator):
    """Return the encoder of spectra of an estimator, its preprocessor and its module."""
    part = None
    if _NAME in getattr(estimator, "modalities_", ()):
        part = estimator._pretrained_encoder(_NAME)
    if part is None or not hasattr(part.module, "attention_maps"):
        raise ValueError(
            "attention_maps needs a fitted estimator with a PatchSpectrumTransformer. Got "
            f"{type(estimator).__name__}"
            + (" without spectra." if part is None else f" with {part.encoder!r}.")
        )
    return part.encoder, part.preprocessor, part.module


def _block_number(encoder, module, layer):
    """Return the number of the block, or None for the cross-attention."""
    n_layers = len(module.stack.blocks)
    if layer == "pooling" and module.pooling == "cross_attention":
        return None
    if isinstance(layer, Integral) and -n_layers <= layer < n_layers:
        return int(layer)
    raise ValueError(
        f"The 'layer' parameter must be a number of one of the {n_layers} blocks, from 0 or from "
        f"-1, or 'pooling' with pooling='cross_attention'. Got {layer!r} and {encoder!r} instead."
    )
