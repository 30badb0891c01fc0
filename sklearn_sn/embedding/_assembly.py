"""Put the module of a contrastive embedder together, with what arrives pretrained."""

import numpy as np

from sklearn_sn.base import (
    add_bands,
    build_encoder,
    build_input,
    encoder_width,
    frozen_modules,
    pretrained_parts,
)
from sklearn_sn.modules import ContrastiveModule


def fit_inputs(params, table, modalities):
    """Fit the input of every modality; pretrained ones bring theirs.

    Returns
    -------
    inputs : dict of str to input
    parts : dict of str to PretrainedPart
    """
    parts = pretrained_parts(params["pretrained"], modalities)
    inputs = {}
    for name in modalities:
        source = build_input(name, params).fit(table)
        if name in parts:
            if name == "light_curve":
                add_bands(parts[name], source)
            trained = parts[name].source
            # What an encoder sees stays as it was trained; how a batch is disturbed is new.
            for attribute in ("noise", "augmentation", "max_points"):
                if hasattr(trained, attribute):
                    setattr(trained, attribute, getattr(source, attribute))
            source = trained
        inputs[name] = source
    return inputs, parts


def embedding_width(params, parts, default):
    """Numbers of an embedding: those of the pretrained projections, unless others are asked for."""
    widths = {
        part.projection.out_features for part in parts.values() if part.projection is not None
    }
    asked = params["embedding_dim"]
    return widths.pop() if asked == default and len(widths) == 1 else asked


def build_module(params, inputs, parts, dataset, n_classes, n_targets):
    """The module, with pretrained encoders in place and frozen as `trainable` says."""
    encoders, widths = {}, {}
    for name, source in inputs.items():
        encoders[name] = (
            parts[name].encoder if name in parts else build_encoder(name, source, params)
        )
        first = np.flatnonzero(dataset.prepared[name].lengths > 0)[:1]
        sample = dataset.gather(np.searchsorted(dataset.rows, first), "cpu").tensors
        widths[name] = encoder_width(encoders[name], sample[name][0])
    module = ContrastiveModule(
        encoders,
        widths,
        embedding_dim=params["embedding_dim"],
        temperature=params["temperature"],
        learn_temperature=params["learn_temperature"],
        n_classes=n_classes,
        n_targets=n_targets,
    )
    frozen = []
    for name in inputs:
        part = parts.get(name)
        trained = None if part is None else part.projection
        if trained is not None and trained.weight.shape == module.projections[name].weight.shape:
            module.projections[name] = trained
        how = params["trainable"]
        how = how.get(name, "all") if isinstance(how, dict) else how
        frozen += frozen_modules(part, encoders[name], module.projections[name], how)
    module.freeze(frozen)
    if not any(weight.requires_grad for weight in module.parameters()):
        raise ValueError(
            "Nothing is left to train: 'trainable' is 'none', 'learn_temperature' is False, and no "
            "projection or head is new. The pretrained estimator itself answers the same."
        )
    return module
