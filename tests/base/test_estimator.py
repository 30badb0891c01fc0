"""How every estimator trains: clipping, rates, early stopping, ends that are not well."""

import pickle

import numpy as np
import pytest
import torch
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import cross_val_score
from sklearn.semi_supervised import SelfTrainingClassifier
from skorch.callbacks import Callback, GradientNormClipping

from sklearn_sn import ContrastiveEmbedder
from sklearn_sn.base._estimator import MAX_GRADIENT_NORM
from sklearn_sn.encoders import DeepSets, LightCurveTransformer
from sklearn_sn.nets import DivergenceGuard, Schedule
from tests.base.tiny import classifier


def weights_of(model):
    return {name: value.clone() for name, value in model.net_.module_.state_dict().items()}


def same(one, other):
    return all(torch.equal(one[name], other[name]) for name in one)


# Gradients -------------------------------------------------------------------


class Norms(Callback):
    """The norm of the gradients at every step."""

    def __init__(self):
        self.norms = []

    def on_grad_computed(self, net, named_parameters, **kwargs):
        grads = [p.grad.norm() for _, p in named_parameters if p.grad is not None]
        self.norms.append(torch.stack(grads).norm().item())


def norms_of(supernovae, weight, **params):
    norms = Norms()
    y = supernovae[1]
    model = classifier(
        class_weight=dict.fromkeys(np.unique(y), weight), callbacks=[("norms", norms)], **params
    )
    model.fit(*supernovae)
    return model, dict(model.net_.callbacks_)["norms"].norms


def test_gradients_are_clipped(supernovae):
    model, norms = norms_of(supernovae, 1e4)
    clip = dict(model.net_.callbacks_)["clip"]
    assert isinstance(clip, GradientNormClipping)
    assert clip.gradient_clip_value == MAX_GRADIENT_NORM == 5.0
    assert max(norms) <= 5.0 + 1e-4 and min(norms) > 4.9  # all of them were far above


def test_small_gradients_are_left_alone(supernovae):
    _, one = norms_of(supernovae, 1e-3, max_epochs=1)
    _, half = norms_of(supernovae, 0.5e-3, max_epochs=1)
    assert max(one) < 0.1
    assert half[0] == pytest.approx(0.5 * one[0], rel=1e-4)


# Learning rates --------------------------------------------------------------


def rates(net):
    return [group["lr"] for group in net.optimizer_.param_groups]


@pytest.mark.parametrize("schedule", [None, "one_cycle", "cosine"])
def test_a_second_fit_has_the_new_rate(schedule, supernovae):
    model = classifier(warm_start=True, lr=1e-2, lr_schedule=schedule).fit(*supernovae)
    net, before = model.net_, weights_of(model)
    assert rates(net) == [1e-2]
    model.set_params(lr=1e-4, max_epochs=1, batch_size=30).fit(*supernovae)
    assert model.net_ is net and net.lr == 1e-4 and rates(net) == [1e-4]
    assert model.n_iter_ == 3
    # Two steps of at most that rate, by an optimiser whose steps are as large as the rate.
    moved = max((weights_of(model)[name] - before[name]).abs().max() for name in before)
    assert 0 < moved < 1e-3
    if schedule is not None:
        assert dict(net.callbacks_)["schedule"].total_steps == 2
    # Without a new rate, it stays.
    model.fit(*supernovae)
    assert rates(net) == [1e-4]


def test_a_second_fit_keeps_the_ratio_of_a_pretrained_encoder(supernovae):
    from sklearn.frozen import FrozenEstimator

    first = classifier(max_epochs=1).fit(*supernovae)
    model = classifier(
        encoder="auto",
        pretrained=FrozenEstimator(first),
        pretrained_lr_factor=0.1,
        warm_start=True,
        lr=1e-2,
    ).fit(*supernovae)
    assert sorted(rates(model.net_)) == pytest.approx([1e-3, 1e-2])
    n_encoder = sum(p.numel() for p in model.net_.module_.encoder.parameters())
    slow = min(model.net_.optimizer_.param_groups, key=lambda group: group["lr"])
    assert sum(p.numel() for p in slow["params"]) == n_encoder
    model.set_params(lr=1e-3).fit(*supernovae)
    assert sorted(rates(model.net_)) == pytest.approx([1e-4, 1e-3])


# Seeds and state -------------------------------------------------------------


def test_the_same_seed_gives_the_same_model_and_leaves_no_trace(supernovae):
    torch_state, state = torch.get_rng_state(), np.random.get_state()  # noqa: NPY002
    one, other = (classifier().fit(*supernovae) for _ in range(2))
    assert same(weights_of(one), weights_of(other))
    assert one.history_[0]["train_loss"] == other.history_[0]["train_loss"]
    third = classifier(random_state=1).fit(*supernovae)
    assert not same(weights_of(one), weights_of(third))
    assert torch.equal(torch.get_rng_state(), torch_state)
    assert np.array_equal(np.random.get_state()[1], state[1])  # noqa: NPY002


@pytest.mark.parametrize("device", ["cpu", torch.device("cpu")])
def test_a_device_may_be_a_name_or_a_torch_device(device, supernovae):
    model = classifier(device=device, max_epochs=1).fit(*supernovae)
    assert next(model.net_.module_.parameters()).device == torch.device("cpu")
    assert clone(model).device == device
    again = pickle.loads(pickle.dumps(model))
    np.testing.assert_array_equal(
        again.predict_proba(supernovae[0]), model.predict_proba(supernovae[0])
    )


@pytest.mark.parametrize("device", ["quantum", "cuda:99", torch.device("cuda", 99)])
def test_a_device_that_is_not_there(device, supernovae):
    with pytest.raises(
        ValueError, match=r"'device' parameter of LightCurveClassifier must be 'aut"
    ):
        classifier(device=device).fit(*supernovae)


@pytest.mark.parametrize("available", [True, False])
def test_auto_is_a_gpu_if_there_is_one(available, monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: available)
    assert classifier()._device() == ("cuda" if available else "cpu")


def test_the_history_has_a_row_for_each_epoch(supernovae):
    model = classifier(early_stopping=True, max_epochs=3).fit(*supernovae)
    assert [row["epoch"] for row in model.history_] == [1, 2, 3] and model.n_iter_ == 3
    for row in model.history_:
        assert set(row) == {"epoch", "train_loss", "valid_loss", "dur"}
        assert all(isinstance(value, float) for name, value in row.items() if name != "epoch")
    assert model.fit_status_ == "completed"


def test_neither_optimiser_moments_nor_validation_objects_are_kept(supernovae):
    model = classifier(early_stopping=True).fit(*supernovae)
    assert model.net_.train_split is None and not model.net_.optimizer_.state
    guard = dict(model.net_.callbacks_)["divergence_guard"]
    assert guard.best_weights_ is None and guard.first_weights_ is None
    assert classifier(warm_start=True).fit(*supernovae).net_.optimizer_.state


# Callbacks -------------------------------------------------------------------


def test_callbacks_come_in_order():
    model = classifier(early_stopping=True, verbose=2, callbacks=[Norms(), ("own", Norms)])
    callbacks = model._callbacks(10)
    names = [c[0] if isinstance(c, tuple) else type(c).__name__ for c in callbacks]
    expected = [
        "clip",
        "schedule",
        "divergence_guard",
        "early_stopping",
        "Norms",
        "own",
        "progress",
    ]
    assert names == expected
    by_name = dict(c for c in callbacks if isinstance(c, tuple))
    assert isinstance(by_name["schedule"], Schedule) and by_name["schedule"].total_steps == 10
    assert isinstance(by_name["divergence_guard"], DivergenceGuard)
    assert by_name["early_stopping"].patience == model.n_iter_no_change
    names = [c[0] for c in classifier(lr_schedule=None)._callbacks(10)]
    assert names == ["clip", "divergence_guard"]


@pytest.mark.parametrize("callback", [print, "clip", ("own", 3)])
def test_what_is_no_callback(callback, supernovae):
    with pytest.raises(ValueError, match="'callbacks' parameter of LightCurveClassifier must hold"):
        classifier(callbacks=[callback]).fit(*supernovae)


# Ends that are not well ------------------------------------------------------


class Stop(Callback):
    def on_epoch_end(self, net, **kwargs):
        if len(net.history) == 2:
            raise KeyboardInterrupt


class StopEverySecond(Callback):
    def on_epoch_end(self, net, **kwargs):
        if len(net.history) % 2 == 0:
            raise KeyboardInterrupt


class Break(Callback):
    """A weight that becomes infinite in the third epoch."""

    def on_epoch_begin(self, net, **kwargs):
        if len(net.history) == 3:
            with torch.no_grad():
                net.module_.head.weight[0, 0] = torch.inf


class StopInside(Callback):
    def on_batch_end(self, net, **kwargs):
        if len(net.history) == 2:
            raise KeyboardInterrupt


def test_an_interrupted_fit_keeps_the_weights_and_says_so(supernovae):
    model = classifier(callbacks=[Stop()], max_epochs=9)
    with pytest.warns(ConvergenceWarning, match="was interrupted after 2 of 9 epochs"):
        model.fit(*supernovae)
    assert model.fit_status_ == "interrupted" and model.n_iter_ == 2
    assert model.predict(supernovae[0]).shape == (60,)


def test_an_epoch_that_was_interrupted_does_not_count(supernovae):
    model = classifier(callbacks=[StopInside()], max_epochs=9)
    with pytest.warns(ConvergenceWarning, match="after 1 of 9 epochs"):
        model.fit(*supernovae)
    assert model.n_iter_ == len(model.net_.history) == 1


def test_an_interrupt_ends_a_search_too(supernovae):
    model = classifier(callbacks=[Stop()], max_epochs=9)
    with pytest.warns(ConvergenceWarning), pytest.raises(KeyboardInterrupt):
        cross_val_score(model, *supernovae, cv=2)


def test_a_diverged_fit_keeps_the_best_weights_and_says_so(supernovae):
    model = classifier(callbacks=[("break", Break())], max_epochs=9)
    with pytest.warns(
        ConvergenceWarning, match=r"diverged after 3 of 9 epochs.*Lower 'lr' \(it is"
    ):
        model.fit(*supernovae)
    assert model.fit_status_ == "diverged"
    assert all(value.isfinite().all() for value in weights_of(model).values())
    assert np.isfinite(model.predict_proba(supernovae[0])).all()
    good = classifier(max_epochs=9, callbacks=[Stop()])
    with pytest.warns(ConvergenceWarning):
        good.fit(*supernovae)
    assert same(weights_of(model), weights_of(good))  # those of the second epoch


def test_outputs_that_are_not_finite_count_as_divergence(supernovae, monkeypatch):
    """Weights may be finite, and what they compute not."""
    model = classifier(max_epochs=2)
    whole, calls = type(model)._mean_latent, []

    def first_is_infinite(self, dataset):
        calls.append(weights_of_net(self))
        mean = whole(self, dataset)
        return np.full_like(mean, np.nan) if len(calls) == 1 else mean

    def weights_of_net(self):
        return {k: v.clone() for k, v in self.net_.module_.state_dict().items()}

    monkeypatch.setattr(type(model), "_mean_latent", first_is_infinite)
    with pytest.warns(ConvergenceWarning, match="diverged"):
        model.fit(*supernovae)
    assert len(calls) == 2 and model.fit_status_ == "diverged"
    assert np.isfinite(model.missing_embedding_).all()


def test_early_stopping_restores_the_best_weights(supernovae):
    model = classifier(
        early_stopping=True, n_iter_no_change=2, max_epochs=60, lr=0.3, lr_schedule=None
    ).fit(*supernovae)
    losses = [row["valid_loss"] for row in model.history_]
    assert model.fit_status_ == "early_stopping"
    assert len(losses) - 1 - int(np.argmin(losses)) == 2 and len(losses) < 60


# Parameters ------------------------------------------------------------------


def test_a_nested_parameter_replaces_a_name_by_its_encoder():
    model = ContrastiveEmbedder().set_params(light_curve__d_model=32)
    assert isinstance(model.light_curve, LightCurveTransformer) and model.light_curve.d_model == 32
    model = ContrastiveEmbedder(light_curve="deep_sets").set_params(light_curve__d_model=32)
    assert isinstance(model.light_curve, DeepSets) and model.light_curve.d_model == 32
    model.set_params(light_curve="transformer", light_curve__n_layers=1)
    assert isinstance(model.light_curve, LightCurveTransformer) and model.light_curve.n_layers == 1
    assert model.spectrum == "auto"


def test_a_nested_parameter_of_nothing():
    with pytest.raises(ValueError, match="'image' parameter of ContrastiveEmbedder is None"):
        ContrastiveEmbedder(image=None).set_params(image__d_model=8)
    with pytest.raises(ValueError, match="Invalid parameter 'width'"):
        ContrastiveEmbedder().set_params(light_curve__width=8)


def test_documentation_has_the_defaults_of_the_class():
    doc = type(classifier()).__doc__
    assert "%(" not in doc and "batch_size : int, default=16" in doc
    assert "n_iter_no_change : int, default=10" in doc


def test_an_interrupt_ends_self_training_too():
    X, codes = np.random.default_rng(0).normal(size=(30, 8)), np.arange(30) % 3 - 1
    model = SelfTrainingClassifier(classifier(callbacks=[Stop()], max_epochs=9))
    with pytest.warns(ConvergenceWarning), pytest.raises(KeyboardInterrupt):
        model.fit(X, codes)


def test_after_a_warm_start_the_epochs_of_all_fits_are_reported(supernovae):
    model = classifier(max_epochs=3, warm_start=True, callbacks=[StopEverySecond()])
    for n in (2, 4):
        with pytest.warns(ConvergenceWarning, match=f"after {n} epochs"):
            model.fit(*supernovae)


@pytest.mark.parametrize("optimizer", ["adam", "adamw", "radam"])
def test_a_fused_optimizer_gives_the_weights_of_a_plain_one(optimizer, supernovae, monkeypatch):
    fused = classifier(optimizer=optimizer, max_epochs=2).fit(*supernovae)
    assert bool(fused.net_.optimizer_.defaults.get("fused")) == (optimizer != "radam")
    monkeypatch.setattr(type(fused), "_fused", lambda *arguments: {})
    plain = classifier(optimizer=optimizer, max_epochs=2).fit(*supernovae)
    for name, value in weights_of(plain).items():
        torch.testing.assert_close(weights_of(fused)[name], value, atol=1e-5, rtol=1e-4)


def test_a_fused_optimizer_survives_pickle_and_warm_start(supernovae):
    model = classifier(max_epochs=1, warm_start=True).fit(*supernovae)
    copy = pickle.loads(pickle.dumps(model))
    assert same(weights_of(model.fit(*supernovae)), weights_of(copy.fit(*supernovae)))
