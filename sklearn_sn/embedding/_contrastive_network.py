"""Assemble the module of a contrastive embedder."""

import numpy as np

from sklearn_sn.base import encoder_width, frozen_modules
from sklearn_sn.embedding._checks import check_trainable, is_given
from sklearn_sn.encoders import named_encoder
from sklearn_sn.modules import ContrastiveModule, SequenceProjection


def contrastive_module(embedder, dataset, parts):
    """Return the module with pretrained encoders, frozen according to `trainable`.

    Parameters
    ----------
    embedder : ContrastiveEmbedder
        Embedder with fitted encoders_, preprocessors_ and targets_.
    dataset : TableDataset
        The training objects.
    parts : dict of str to PretrainedEncoder
        Pretrained encoders by modality.

    Returns
    -------
    ContrastiveModule
        A new module.
    """
    networks, widths = {}, {}
    for name, encoder in embedder.encoders_.items():
        part = parts.get(name)
        fresh = part is None
        network = encoder.make_module(embedder.preprocessors_[name]) if fresh else part.module
        first = np.flatnonzero(dataset.prepared[name].lengths > 0)[:1]
        sample = dataset.gather(np.searchsorted(dataset.rows, first), "cpu").tensors
        networks[name], widths[name] = network, encoder_width(network, sample[name][0])
    module = ContrastiveModule(
        networks,
        widths,
        embedding_dim=shared_dim(embedder, parts),
        temperature=embedder.temperature,
        learn_temperature=embedder.learn_temperature,
        n_classes=len(embedder.targets_.classes_),
        n_targets=len(embedder.targets_.names_),
    )
    frozen = []
    for name, part in parts.items():
        trained, new = part.projection, module.projections[name]
        if trained is not None and _shapes(trained) == _shapes(new):
            module.projections[name] = trained
        level = embedder.trainable
        level = level.get(name, "all") if isinstance(level, dict) else level
        frozen += frozen_modules(part, module.projections[name], level)
    module.freeze(frozen)
    check_trainable(module)
    return module


def _shapes(projection):
    """Return the shape of each weight of a projection, by name."""
    return {name: weight.shape for name, weight in projection.named_parameters()}


def shared_dim(embedder, parts):
    """Return the dimension of the shared space, an int, or a pair of int for latent sequences.

    Parameters
    ----------
    embedder : ContrastiveEmbedder
        Embedder whose `embedding_dim` counts, unless it is the default.
    parts : dict of str to PretrainedEncoder
        Pretrained encoders by modality, whose projections count for the default.
    """
    trained = [p.projection for p in parts.values() if p.projection is not None]
    dims = {p.shape if isinstance(p, SequenceProjection) else p.out_features for p in trained}
    default = embedder.embedding_dim == 128
    return dims.pop() if default and len(dims) == 1 else embedder.embedding_dim


def with_range_in_encoder(params):
    """Return parameters with a former `wavelength_range` of the embedder moved to its encoder.

    Parameters
    ----------
    params : dict
        Parameters of a ContrastiveEmbedder from a model file.

    Returns
    -------
    dict
        Parameters without `wavelength_range`. A range that is the default of encoders is dropped.
    """
    params = dict(params)
    limits = tuple(params.pop("wavelength_range", (3500.0, 9000.0)))
    encoder = params.get("spectrum", "auto")
    if limits == (3500.0, 9000.0) or encoder is None:
        return params
    if isinstance(encoder, str):
        encoder = named_encoder("spectrum", encoder if is_given(encoder) else "cnn")
    if hasattr(encoder, "resolved_range"):
        params["spectrum"] = encoder.set_params(wavelength_range=limits)
    return params
