"""Checks of the parameters and data of embedders before training."""

from numbers import Integral, Real

import numpy as np
from sklearn.exceptions import ConvergenceWarning

from sklearn_sn.base import TRAINABLE
from sklearn_sn.data import warn_user
from sklearn_sn.encoders import MODALITIES

_LEAST_VARIANCE = 3e-3  # of the unit vectors of objects; without training it is about 0.1


def check_parameters(embedder):
    """Raise a ValueError if parameters of a ContrastiveEmbedder are invalid or conflict."""
    check_columns(embedder, ("metadata_columns", "aux_columns"))
    if is_given(embedder.metadata) and not len(embedder.metadata_columns):
        raise ValueError(
            "The 'metadata' parameter gives an encoder, but 'metadata_columns' names no column."
        )
    shape = embedder.embedding_dim
    if not isinstance(shape, Integral) and (
        len(shape) != 2 or not all(isinstance(n, Integral) and n >= 1 for n in shape)
    ):
        raise ValueError(
            "The 'embedding_dim' parameter must be an int or a pair of int, the number of tokens "
            f"and their dimension, all at least 1. Got {shape!r} instead."
        )
    # A learned logit scale is clamped at 100 (see ContrastiveNet).
    if embedder.learn_temperature and embedder.temperature < 0.01:
        raise ValueError(
            "The 'temperature' parameter must be at least 0.01 if it is learned. Got "
            f"{embedder.temperature!r} instead."
        )
    trainable = embedder.trainable
    if trainable != "all" and embedder.pretrained is None:
        raise ValueError(
            f"The 'trainable' parameter is {trainable!r}, but nothing is 'pretrained', and other "
            "encoders are always trained. Set pretrained to the name of a packaged model or a "
            "fitted FrozenEstimator."
        )
    for name in trainable if isinstance(trainable, dict) else ():
        if name not in MODALITIES:
            raise ValueError(
                f"The 'trainable' parameter must hold names of {list(MODALITIES)}. Got {name!r} "
                "instead."
            )
    for value in trainable.values() if isinstance(trainable, dict) else [trainable]:
        if value not in TRAINABLE:
            raise ValueError(
                f"The 'trainable' parameter must be one of {list(TRAINABLE)}, or a dict of them by "
                f"modality. Got {value!r} instead."
            )


def is_given(value):
    """Return whether a parameter sets an encoder explicitly, unlike None and "auto"."""
    return value is not None and not (isinstance(value, str) and value == "auto")


def check_columns(embedder, parameters):
    """Raise a ValueError unless parameters are sequences of names of plain columns."""
    for parameter in parameters:
        columns = getattr(embedder, parameter)
        if isinstance(columns, str):
            raise ValueError(
                f"The {parameter!r} parameter must be a sequence of names, such as [{columns!r}]."
            )
        taken = [name for name in columns if name in MODALITIES]
        if taken:
            raise ValueError(
                f"The {parameter!r} parameter must name plain columns; {taken[0]!r} is a modality."
            )


def check_range(name, value, lowest, highest, unit):
    """Raise a ValueError unless a range is two increasing numbers within limits."""
    ends = tuple(value)
    numbers = len(ends) == 2 and all(isinstance(end, Real) for end in ends)
    if not numbers or not lowest <= ends[0] < ends[1] <= highest:
        raise ValueError(
            f"The {name!r} parameter must be two increasing numbers in [{lowest:g}, {highest:g}] "
            f"{unit}. Got {ends!r} instead."
        )


def check_modalities(params, modalities, table, columns):
    """Raise a ValueError if a table has too few modalities for contrastive learning."""
    if len(modalities) >= 2 or (modalities and params["aux_weight"] > 0):
        return
    report = table.report
    empty = [
        f"{name} has nothing usable in any of {len(table)} objects ({_reason(report, name)})"
        for name in ("light_curve", "spectrum", "image")
        if name in columns and table.has(name) and not table.present(name).any()
    ]
    has_text = f"has {' and '.join(modalities) or 'none'} (columns: {', '.join(map(str, columns))})"
    raise ValueError(
        f"Contrastive learning needs two modalities; X {'; '.join([has_text, *empty])}. Add a "
        "column to X (light_curve, spectrum, image), name metadata_columns, or train one encoder "
        "by its auxiliary heads with aux_weight > 0 and y."
    )


def _reason(report, name):
    if f"{name}_given" in report and report[f"{name}_given"].sum():
        return f"{int(report[f'{name}_given'].sum())} given, none left; see quality_report"
    return "all cells are empty"


def check_gives_vector(name, encoder):
    """Raise a ValueError for an encoder that gives features of every bin."""
    if encoder.gives_features_per_bin:
        raise ValueError(
            f"The {name!r} parameter of ContrastiveEmbedder must give one vector for an "
            f"instance. Got {encoder!r} instead."
        )


def check_trainable(module):
    """Raise a ValueError if all weights of a module are frozen."""
    if not any(weight.requires_grad for weight in module.parameters()):
        raise ValueError(
            "Nothing is left to train: 'trainable' is 'none', 'learn_temperature' is False, "
            "and no projection or head is new. Use the pretrained estimator itself."
        )


def check_learnable(embedder, dataset):
    """Raise a ValueError if there is no pair to contrast and no label to learn."""
    targets = dataset.targets
    if embedder.aux_weight > 0 and not targets:
        raise ValueError(
            "aux_weight > 0 adds auxiliary heads, but there is nothing for them to learn. Pass y "
            "with known labels to fit, name aux_columns, or set aux_weight=0."
        )
    if embedder._is_part:  # others may have the pairs
        return
    for name, part in dataset.prepared.items():
        if not (part.lengths > 0).any():
            raise ValueError(
                f"No {name} lies within {_range(dataset.preprocessors[name])}. Change it, or leave "
                f"the modality out by {name}=None."
            )
    present = np.stack([part.lengths > 0 for part in dataset.prepared.values()])
    if (present.sum(axis=0) >= 2).sum() < 2 and not targets:
        raise ValueError(
            "Fewer than two objects of X have two modalities, so that there are no pairs to "
            "contrast. Train single encoders with aux_weight > 0 and y."
        )


def warn_if_collapsed(embedder):
    """Warn if stale negatives let the embeddings of all objects become equal.

    The network then tells the queue from the batch by moving all embeddings away from the queue,
    instead of telling objects apart.
    """
    # The squared length of the mean of unit vectors is 1 minus their variance.
    variance = max(1.0 - length**2 for length in embedder._mean_length.values())
    if embedder.queue_size and variance < _LEAST_VARIANCE:
        warn_user(
            f"The embeddings of all objects are nearly equal (variance {variance:.1g}): training "
            "with the negatives of 'queue_size' collapsed. Lower 'lr', train only the heads of "
            "pretrained encoders, or replace the queue by a larger 'batch_size'.",
            ConvergenceWarning,
        )


def _range(preprocessor):
    if hasattr(preprocessor, "wavelength_range"):
        low, high = preprocessor.wavelength_range
        return f"wavelength_range, {low:.0f}–{high:.0f} Å"
    return "the range of its encoder"


def check_validation(embedder, valid):
    """Raise a ValueError if early stopping would monitor a loss that is always 0."""
    pairs = int(valid.paired.sum())
    if pairs < 2 and not embedder.aux_weight > 0:
        raise ValueError(
            f"early_stopping holds out {len(valid)} objects, of which {pairs} have two modalities; "
            "two are needed for a loss. Raise validation_fraction, or set early_stopping=False."
        )
