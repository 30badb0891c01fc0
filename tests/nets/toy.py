"""A net of a few numbers, for tests of training."""

import numpy as np
import pandas as pd
import torch

from sklearn_sn.data import check_table
from sklearn_sn.encoders._metadata_mlp import MetadataMLPModule
from sklearn_sn.losses import ClassificationLoss
from sklearn_sn.modules import SupervisedModule
from sklearn_sn.nets import Batch, SupervisedNet, TableDataset
from sklearn_sn.preprocessors import MetadataPreprocessor


def toy_dataset(n=40, **targets):
    """Numbers whose sign is the class."""
    value = np.random.default_rng(0).normal(size=n)
    X = pd.DataFrame({"a": value, "b": np.random.default_rng(1).normal(size=n)})
    table = check_table(X, modalities=["metadata"], metadata_columns=["a", "b"])
    preprocessor = MetadataPreprocessor(columns=["a", "b"]).fit(table)
    targets = {"targets": (value > 0).astype(np.int64), **targets}
    return TableDataset(
        {"metadata": preprocessor}, {"metadata": preprocessor.prepare(table)}, targets
    )


def toy_module(n_outputs=2, module_class=SupervisedModule, **params):
    with torch.random.fork_rng():
        torch.manual_seed(0)
        encoder = MetadataMLPModule(n_values=4, d_model=8, output_dim=6)
        return module_class(encoder, 6, n_outputs, **params)


def toy_net(net_class=SupervisedNet, module=None, **params):
    """An initialised net on the CPU."""
    defaults = {
        "modality": "metadata",
        "criterion": ClassificationLoss,
        "optimizer": torch.optim.Adam,
        "lr": 0.01,
        "max_epochs": 5,
        "batch_size": 16,
        "train_split": None,
        "verbose": 0,
        "callbacks__valid_acc": None,
    }
    return net_class(module or toy_module(), **{**defaults, **params}).initialize()


def toy_batch(n=6, present=None, **targets):
    """A batch of random numbers, one instance for each object that has the modality."""
    generator = torch.Generator().manual_seed(0)
    values = torch.randn(n, 4, generator=generator)
    present = torch.ones(n, dtype=torch.bool) if present is None else torch.as_tensor(present)
    index = torch.arange(n)[present]
    tensors = {"metadata": [{"values": values[present]}]}
    targets = {"targets": torch.arange(n) % 2, **targets}
    return Batch(n, tensors, {"metadata": index}, {"metadata": present}, targets)


def repeated(batch, times):
    """The batch with every object as often as `times` says."""
    rows = torch.arange(len(batch)).repeat_interleave(torch.as_tensor(times))
    (chunk,) = batch.tensors["metadata"]
    return Batch(
        len(rows),
        {"metadata": [{name: value[rows] for name, value in chunk.items()}]},
        {"metadata": torch.arange(len(rows))},
        {"metadata": batch.present["metadata"][rows]},
        {name: value[rows] for name, value in batch.targets.items() if name != "weight"},
    )
