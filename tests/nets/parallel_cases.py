"""Fits that two processes share, without the random numbers that differ between processes.

Run by torchrun, it writes the results of every process to a folder. Then one process fails.
"""

import json
import sys
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

import numpy as np
import pandas as pd
import torch
from sklearn.base import clone
from sklearn.frozen import FrozenEstimator

from sklearn_sn.base import _estimator, _file_input, _file_training, _pretrained_hint
from sklearn_sn.classification import (
    AstroMiNNClassifier,
    DomainAdversarialClassifier,
    LightCurveClassifier,
    SpectralRedshiftClassifier,
    SpectraNetClassifier,
    SupConClassifier,
)
from sklearn_sn.data import as_ragged
from sklearn_sn.datasets import make_supernovae, write_tables
from sklearn_sn.embedding import (
    ContrastiveEmbedder,
    ImageEmbedder,
    MaskedEventEmbedder,
    MaskedSpectrumEmbedder,
    MMVAEEmbedder,
)
from sklearn_sn.encoders import (
    GRU,
    DeepSets,
    EventTransformer,
    ImageCNN,
    LightCurveTransceiver,
    MetadataMLP,
    PatchSpectrumTransformer,
    SpectralFeatures,
    SpectraNet,
    SpectrumCNN,
    SpectrumTransceiver,
    TransceiverDecoder,
)
from sklearn_sn.modules import MMVAEModule
from sklearn_sn.nets import TableDataset, data_parallel, from_first_process

STEPS = {"max_epochs": 2, "batch_size": 12, "random_state": 0, "lr": 3e-3}
CURVES = DeepSets(d_model=8, latent_dim=6, dropout=0.0)
SPECTRA = SpectrumCNN(d_model=8, n_layers=2, n_bins=64, dropout=0.0)
EMBEDDER = {"light_curve": CURVES, "spectrum": SPECTRA, "embedding_dim": 8, **STEPS}
NETWORK = {"widths": (4, 6), "kernels": ((3, 9, 31), (3, 5, 9)), "n_bins": 64, "latent_dim": 6}
TRANSCEIVER = {"d_model": 8, "n_heads": 2, "n_layers": 1, "n_frequencies": 4}


def table():
    """Light curves, spectra (some lack one), images of five objects, numbers and some labels."""
    X, y, truth = make_supernovae(41, missing_fraction=0.3, return_truth=True, random_state=0)
    X["t_peak"] = truth["t_peak"]
    rng = np.random.default_rng(0)
    images = rng.normal(size=(41, 2, 8, 8)).astype(np.float32)
    X["image"] = pd.Series([i if n < 5 else None for n, i in enumerate(images)], index=X.index)
    X["label"] = np.where(rng.random(41) < 0.8, y, None)
    return X, y


def cases():
    """Return the estimator, X, y and the arguments of fit of every case, by name."""
    X, y = table()
    images = np.random.default_rng(2).normal(size=(24, 2, 12, 12)).astype(np.float32)
    curves, pairs = (
        X[["light_curve", "survey"]],
        X[["light_curve", "spectrum", "t_peak", "redshift"]],
    )
    has_spectrum = as_ragged(X["spectrum"]).lengths > 0
    spectra = X.loc[has_spectrum, ["spectrum", "redshift"]]
    weight = np.random.default_rng(1).uniform(0.2, 3.0, len(X))
    aux = {"aux_weight": 0.5, "aux_columns": ("redshift",), "class_weight": "balanced"}
    held = {"early_stopping": True, "validation_fraction": 0.3, "n_iter_no_change": 1}
    metadata = {"metadata": MetadataMLP(d_model=8, latent_dim=6, dropout=0.0)}
    image = {"image": ImageCNN(d_model=4, latent_dim=6, dropout=0.0)}
    events = EventTransformer(
        d_model=8, n_heads=2, n_layers=1, d_feedforward=8, latent_dim=6, dropout=0.0
    )
    patches = PatchSpectrumTransformer(
        d_model=8, n_heads=2, n_layers=1, n_bins=128, latent_dim=6, dropout=0.0
    )
    gru = GRU(d_model=8, n_layers=1, latent_dim=6, dropout=0.0)
    redshift = SpectralFeatures(widths=(4, 4), kernels=(7, 5), n_bins=64, n_features=4, dropout=0.0)
    vae = MMVAEEmbedder(
        light_curve=LightCurveTransceiver(**TRANSCEIVER, dropout=0.0),
        spectrum=SpectrumTransceiver(**TRANSCEIVER, dropout=0.0),
        decoder=TransceiverDecoder(**TRANSCEIVER, max_pixels=32, points_per_step=10_000),
        **STEPS,
    )
    return {
        "contrastive": (ContrastiveEmbedder(**EMBEDDER, early_stopping=True), pairs, None, {}),
        "queue": (ContrastiveEmbedder(**EMBEDDER, queue_size=20), pairs, None, {}),
        "modalities": (
            ContrastiveEmbedder(
                **EMBEDDER, **metadata, **image, metadata_columns=("redshift",), **aux
            ),
            X.drop(columns="label"),
            X["label"],
            {},
        ),
        "weights": (
            LightCurveClassifier(encoder=CURVES, class_weight="balanced", **STEPS, **held),
            curves,
            y,
            {"sample_weight": weight},
        ),
        "a batch of one": (
            LightCurveClassifier(encoder=CURVES, **{**STEPS, "batch_size": 2}),
            curves[:9],
            y[:9],
            {},
        ),
        "supcon": (SupConClassifier(encoder=gru, **STEPS), curves, y, {}),
        "domains": (DomainAdversarialClassifier(encoder=gru, **STEPS), curves, y, {}),
        "batch norm": (
            SpectraNetClassifier(
                encoder=SpectraNet(**NETWORK, dropout=0.0), scoring="composite", **STEPS, **held
            ),
            spectra,
            y[has_spectrum],
            {},
        ),
        "redshift": (
            SpectralRedshiftClassifier(encoder=redshift, **STEPS),
            spectra,
            y[has_spectrum],
            {},
        ),
        "experts": (
            AstroMiNNClassifier(
                metadata=metadata["metadata"],
                **image,
                metadata_columns=["redshift"],
                expert_width=8,
                modality_dropout=0.0,
                **STEPS,
            ),
            X.drop(columns="label"),
            y,
            {},
        ),
        "momentum": (
            ImageEmbedder(encoder=image["image"], bands=("g", "r"), **STEPS),
            pd.DataFrame({"image": list(images)}),
            None,
            {},
        ),
        "unfreezing": (
            LightCurveClassifier(
                pretrained=FrozenEstimator(SupConClassifier(encoder=gru, **STEPS).fit(curves, y)),
                unfreezing="gradual",
                **STEPS,
            ),
            curves,
            y,
            {},
        ),
        "autoencoder": (vae, pairs, None, {}),
        "hidden points": (MaskedEventEmbedder(encoder=events, **STEPS), curves, None, {}),
        "hidden windows": (MaskedSpectrumEmbedder(encoder=patches, **STEPS), spectra, None, {}),
    }


class Steady(torch.optim.AdamW):
    """AdamW that does not turn the rounding errors of a zero gradient into steps."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs, eps=1e-3)


@contextmanager
def still():
    """Switch off augmentation, masking at random, and the noise of the autoencoder."""
    gather, forward = TableDataset.gather, MMVAEModule.forward

    def gather_still(self, positions, device, rng=None):
        return gather(self, positions, device)

    def forward_still(self, tensors, index, n_objects, n_samples, noise=None, targets=None):
        generator = torch.Generator().manual_seed(0)
        shape = (len(self.encoders), n_samples, 1, *self.latent_shape)
        noise = torch.randn(shape, generator=generator)
        return forward(self, tensors, index, n_objects, n_samples, noise, targets)

    with (
        mock.patch.object(TableDataset, "gather", gather_still),
        mock.patch.object(MMVAEModule, "forward", forward_still),
        mock.patch.object(_pretrained_hint, "FEW_OBJECTS", 0),
        mock.patch.dict(_estimator._OPTIMIZERS, adamw=Steady),
    ):
        yield


def results(case):
    """Fit a case, and return its losses, its weights and what it gives for the training objects."""
    model, X, y, params = case
    model.fit(X, y, **params)
    state = {
        f"weight {name}": value.numpy() for name, value in model.net_.module_.state_dict().items()
    }
    losses = {
        f"{name} of epochs": np.array([row[name] for row in model.history_])
        for name in ("train_loss", "valid_loss", "valid_score")
        if name in model.history_[0]
    }
    return {**losses, **state, "transform": np.asarray(model.transform(X))}


def main(folder):
    """Fit all cases by all processes, and write the results of this one."""
    with still(), data_parallel(timeout=300.0) as processes:
        for name, case in cases().items():
            path = Path(folder) / f"{name} {processes.rank}.npz"
            np.savez(path, n_processes=processes.count, **results(case))
        path = Path(folder) / f"norms of parts {processes.rank}.npz"
        np.savez(path, **results(parts()))
        answers = {"first": from_first_process(processes.rank), **refusals(processes)}
        answers["unseeded"] = unseeded()
        answers["files"] = losses_of_files(Path(folder) / f"{processes.rank}.parquet")
        (Path(folder) / f"{processes.rank}.json").write_text(json.dumps(answers))
        if not processes.is_first:
            raise RuntimeError("no more memory")
        unseeded()  # waits for a process that has failed


def parts():
    """Return a case whose batch norms have the statistics of the part of a process."""
    X, _ = table()
    norms = SpectraNet(**NETWORK, dropout=0.0)
    model = ContrastiveEmbedder(**{**EMBEDDER, "spectrum": norms})
    return model, X[["light_curve", "spectrum"]], None, {}


def refusals(processes):
    """Return the errors of fits that differ between the processes."""
    X, y = make_supernovae(20, modalities=["light_curve"], random_state=0)
    model = LightCurveClassifier(encoder=CURVES, **STEPS)
    own = 20 - processes.rank
    schedule = {"lr_schedule": None if processes.rank else "one_cycle"}
    fits = {
        "X": lambda: model.fit(X[:own], y[:own]),
        "y": lambda: model.fit(X, np.roll(y, processes.rank)),
        "lr": lambda: clone(model).set_params(lr=0.1 + processes.rank).fit(X, y),
        "values": lambda: model.fit(brighter(X, 1.0 + processes.rank), y),
        "schedule": lambda: clone(model).set_params(**schedule).fit(X, y),
        "classes": lambda: model.fit(X, np.where(y == "SN Ia", f"{processes.rank}", y)),
    }
    messages = {}
    for name, fit in fits.items():
        try:
            fit()
        except ValueError as error:
            messages[name] = str(error)
    return messages


def brighter(X, factor):
    """Return light curves with fluxes multiplied by a factor."""
    curves = as_ragged(X["light_curve"], kind="light_curve")
    cells = curves.with_fields(flux=factor * curves["flux"]).to_nested(X.index)
    return X.assign(light_curve=cells)


def losses_of_files(path):
    """Return the losses of a fit on a file that is read in parts."""
    X, y = make_supernovae(40, modalities=["light_curve"], random_state=0)
    write_tables(X.assign(type=y), path)
    with (
        mock.patch.object(_file_input, "SAMPLE_OBJECTS", 20),
        mock.patch.object(_file_training, "BUFFER_OBJECTS", 16),
    ):
        model = LightCurveClassifier(encoder=CURVES, **STEPS).fit(path, "type")
    return [row["train_loss"] for row in model.history_]


def unseeded():
    """Return the loss of a fit without a seed that prints a line."""
    X, y = make_supernovae(20, modalities=["light_curve"], random_state=0)
    params = {**STEPS, "max_epochs": 1, "random_state": None, "verbose": 2}
    return LightCurveClassifier(encoder=CURVES, **params).fit(X, y).history_[0]["train_loss"]


if __name__ == "__main__":
    main(*sys.argv[1:])
