"""Negatives from a queue in the contrastive embedder, and training by steps."""

import pickle
from contextlib import nullcontext

import numpy as np
import pytest
import torch
from sklearn.exceptions import ConvergenceWarning
from skorch.callbacks import Callback

from sklearn_sn import ContrastiveEmbedder, load_model, save_model
from sklearn_sn.datasets import make_supernovae
from sklearn_sn.embedding._checks import warn_if_collapsed
from sklearn_sn.nets import MaxSteps
from tests.conftest import SMALL


def make(**params):
    return ContrastiveEmbedder(**{**SMALL, "queue_size": 32, **params})


class Watch(Callback):
    """Remember the size of the queue at each batch."""

    def on_train_begin(self, net, **kwargs):
        self.sizes, self.losses = [], []

    def on_batch_end(self, net, loss=None, training=False, **kwargs):
        if training:
            self.sizes.append(len(net.queue_))
            self.losses.append(loss.item())


def test_the_queue_fills_and_is_emptied_at_each_fit(supernovae):
    X, _ = supernovae
    watch = Watch()
    model = make(callbacks=[watch], warm_start=True, spectrum=SMALL["spectrum"]).fit(X)
    n_pairs = 15  # objects of a batch
    assert watch.sizes[:3] == [n_pairs, 2 * n_pairs, 32] and set(watch.sizes[2:]) == {32}
    assert len(model.net_.queue_) == 0
    model.fit(X)
    assert watch.sizes[:2] == [n_pairs, 2 * n_pairs]
    assert len(model.net_.queue_) == 0


def test_a_queue_changes_training_after_the_first_batch(supernovae):
    X, _ = supernovae
    with_queue, without = Watch(), Watch()
    a = make(callbacks=[with_queue]).fit(X)
    b = make(callbacks=[without], queue_size=0).fit(X)
    assert with_queue.losses[0] == without.losses[0]
    assert with_queue.losses[1] > without.losses[1] + 0.1
    assert set(without.sizes) == {0}
    assert not np.array_equal(a.transform(X), b.transform(X))


def test_equal_seeds_give_equal_bits_and_the_file_has_no_queue(supernovae, tmp_path):
    X, _ = supernovae
    one, other = make().fit(X), make().fit(X)
    np.testing.assert_array_equal(one.transform(X), other.transform(X))
    save_model(one, tmp_path / "model")
    loaded = load_model(tmp_path / "model")
    assert loaded.queue_size == 32 and len(loaded.net_.queue_) == 0
    np.testing.assert_array_equal(loaded.transform(X), one.transform(X))
    size = {n: len(pickle.dumps(make(queue_size=n).fit(X))) for n in (0, 4096)}
    assert abs(size[4096] - size[0]) < 1000


def test_validation_does_not_use_the_queue(supernovae):
    X, y = supernovae
    losses = {}
    for size in (0, 32):
        # With a learning rate near 0 the weights stay, so that validation losses are comparable.
        model = make(queue_size=size, early_stopping=True, lr=1e-12, weight_decay=0.0).fit(X, y)
        losses[size] = {
            part: [row[part] for row in model.history_] for part in ("train_loss", "valid_loss")
        }
    np.testing.assert_allclose(losses[0]["valid_loss"], losses[32]["valid_loss"], rtol=1e-6)
    assert losses[32]["train_loss"][0] > losses[0]["train_loss"][0] + 0.1


def test_missing_modalities():
    X, _ = make_supernovae(80, missing_fraction=0.5, random_state=1)
    X["spectrum"] = [cell if row % 3 else None for row, cell in enumerate(X["spectrum"])]
    watch = Watch()
    model = make(callbacks=[watch]).fit(X)
    assert np.isfinite(model.transform(X)).all()
    assert 0 < watch.sizes[0] < 16  # only pairs
    assert all(np.isfinite(watch.losses))


def test_a_fixed_temperature_stays(supernovae):
    X, _ = supernovae
    model = make(temperature=1 / 15.5, learn_temperature=False).fit(X)
    module = model.net_.module_
    assert not isinstance(module.log_scale, torch.nn.Parameter)
    assert module.log_scale.exp().item() == pytest.approx(15.5)
    assert "log_scale" not in dict(module.named_parameters())


def test_steps_replace_epochs(supernovae):
    X, y = supernovae
    model = make(callbacks=[MaxSteps(10)]).fit(X)
    assert [row["epoch"] for row in model.history_] == [1, 2, 3]  # 4 + 4 + 2 batches
    assert model.fit_status_ == "completed"
    again = make(callbacks=[MaxSteps(10)]).fit(X)
    np.testing.assert_array_equal(model.transform(X), again.transform(X))
    stopped = make(callbacks=[MaxSteps(400)], early_stopping=True, n_iter_no_change=2, lr=1e-9)
    assert stopped.fit(X, y).fit_status_ == "early_stopping"


@pytest.mark.parametrize("queue_size", [0, 16])
def test_embeddings_that_became_equal(fitted, queue_size):
    model = pickle.loads(pickle.dumps(fitted)).set_params(queue_size=queue_size)
    assert all(0.5 < length < 1.0 for length in model._mean_length.values())
    warn_if_collapsed(model)
    model._mean_length["light_curve"] = 0.9999
    warn_if_collapsed(model)  # one modality is still spread out
    model._mean_length["spectrum"] = 0.9999
    with (
        pytest.warns(ConvergenceWarning, match=r"variance 0.0002.*'queue_size' collapsed")
        if (queue_size)
        else nullcontext()
    ):
        warn_if_collapsed(model)
