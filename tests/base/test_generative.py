"""Mixtures of experts: samples, means and moments."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch

from sklearn_sn.base import (
    GenerativeEstimator,
    laplace_moments,
    mixture_mean,
    mixture_samples,
)
from sklearn_sn.data import check_table, phase_frame
from sklearn_sn.encoders import LightCurveTransceiver, MetadataTransceiver, TransceiverDecoder
from sklearn_sn.losses import MMVAELoss
from sklearn_sn.modules import MMVAEModule
from sklearn_sn.nets import TableDataset, log_likelihood
from sklearn_sn.preprocessors import LightCurvePoints, MetadataNumbers


@pytest.fixture
def experts():
    """Two experts of three objects; the second object has one, the third none."""
    mean = np.array([[[0.0], [5.0], [0.0]], [[10.0], [0.0], [0.0]]])
    scale = np.array([[[0.1], [0.2], [1.0]], [[0.3], [1.0], [1.0]]])
    present = np.array([[True, True, False], [True, False, False]])
    return mean, scale, present


def test_samples_come_evenly_from_the_experts_that_an_object_has(experts):
    samples = mixture_samples(*experts, 2000, np.random.RandomState(0))[..., 0]
    assert samples.shape == (2000, 3) and samples.dtype == np.float32
    first = samples[:, 0] < 5.0
    assert first.sum() == 1000
    for chosen, mean, scale in (
        (samples[first, 0], 0.0, 0.1),
        (samples[~first, 0], 10.0, 0.3),
        (samples[:, 1], 5.0, 0.2),
        (samples[:, 2], 0.0, 1.0),  # the prior
    ):
        assert chosen.mean() == pytest.approx(mean, abs=6 * scale / np.sqrt(1000))
        assert np.abs(chosen - mean).mean() == pytest.approx(scale, rel=0.1)  # of a Laplace


def test_an_object_has_the_same_samples_whatever_is_beside_it(experts):
    whole = mixture_samples(*experts, 50, np.random.RandomState(3))
    for rows in ([1], [2, 0]):
        part = [array[:, rows] for array in experts]
        np.testing.assert_array_equal(
            mixture_samples(*part, 50, np.random.RandomState(3)), whole[:, rows]
        )


def test_the_order_of_experts_that_are_missing_does_not_matter(experts):
    mean, scale, present = experts
    with_gap = [np.insert(part, 0, prior, axis=0) for part, prior in ((mean, 0), (scale, 1))]
    gap = np.insert(present, 0, False, axis=0)
    np.testing.assert_array_equal(
        mixture_samples(*with_gap, gap, 50, np.random.RandomState(3)),
        mixture_samples(*experts, 50, np.random.RandomState(3)),
    )


def test_the_mean_is_that_of_the_experts_present(experts):
    mean, _, present = experts
    assert mixture_mean(mean, present).tolist() == [[5.0], [5.0], [0.0]]


def test_moments_of_an_equal_mixture():
    rng = np.random.default_rng(0)
    mean, scale = np.array([[0.0], [4.0], [-1.0]]), np.array([[1.0], [0.5], [2.0]])
    centre, std = laplace_moments(mean, scale)
    samples = rng.laplace(mean, scale, size=(3, 200_000)).ravel()
    assert centre[0] == pytest.approx(samples.mean(), abs=0.02)
    assert std[0] == pytest.approx(samples.std(), rel=0.01)


# Estimators ------------------------------------------------------------------

SIZES = {"d_model": 8, "n_heads": 2, "n_layers": 1, "d_feedforward": 8, "n_frequencies": 4}
LATENT = {"n_tokens": 2, "latent_dim": 3, "time_span": 120.0}


class Estimator(GenerativeEstimator):
    """An estimator with a network, and nothing else."""

    def __init__(self):
        pass


@pytest.fixture(scope="module")
def assembled(supernovae):
    """An estimator of light curves and redshifts, and a dataset where some objects lack one."""
    X = supernovae[0].iloc[:20]
    redshift = np.where(np.arange(20) % 4 == 0, np.nan, X["redshift"])
    light_curve = [None if i % 7 == 2 else v for i, v in enumerate(X["light_curve"])]
    X = X.assign(redshift=redshift, light_curve=light_curve)
    table = check_table(X, metadata_columns=["redshift"], warn=False)
    frame = phase_frame(table, rest=False)
    parts = {
        "light_curve": LightCurvePoints(
            phase_range=(-30.0, 100.0), max_points=20, amplitude=True, augmentation=True
        ),
        "metadata": MetadataNumbers(columns=["redshift"], augmentation=True),
    }
    prepared = {name: part.fit(table, frame).prepare(table, frame) for name, part in parts.items()}
    encoders = {"light_curve": LightCurveTransceiver, "metadata": MetadataTransceiver}
    with torch.random.fork_rng():
        torch.manual_seed(0)
        module = MMVAEModule(
            {n: encoders[n](**SIZES).make_expert(part, **LATENT) for n, part in parts.items()},
            {name: TransceiverDecoder(**SIZES).make_module(**LATENT) for name in parts},
            latent_tokens=2,
            latent_dim=3,
        )
    estimator = Estimator()
    estimator.net_ = SimpleNamespace(module_=module)
    return estimator, TableDataset(parts, prepared)


def test_posteriors_are_those_of_the_experts_and_of_the_prior_without(assembled):
    estimator, dataset = assembled
    mean, scale, present = estimator._posteriors(dataset)
    assert mean.shape == scale.shape == (2, 20, 6)
    expected = np.stack([dataset.prepared[name].lengths > 0 for name in dataset.preprocessors])
    np.testing.assert_array_equal(present, expected)
    assert not present.all() and present.any(axis=1).all()
    assert (mean[~present] == 0).all() and (scale[~present] == 1).all()
    batch = dataset.gather(np.arange(20), "cpu")
    module = estimator.net_.module_
    with torch.no_grad():
        for m, name in enumerate(module.encoders):
            parts = module.encode(name, batch.tensors[name], batch.object_index[name], 20)
            np.testing.assert_allclose(mean[m], parts[0].flatten(1), atol=1e-5)
            np.testing.assert_allclose(scale[m], parts[1].flatten(1), atol=1e-5)
    assert not module.training


@pytest.mark.parametrize("n_coordinates", [1, 20])
def test_chunks_of_what_is_decoded_are_the_whole(assembled, n_coordinates, monkeypatch):
    estimator, _ = assembled
    rng = np.random.default_rng(0)
    z = rng.normal(size=(3, 20, 6))
    where = 0.1 * rng.normal(size=(n_coordinates, 5)), rng.normal(size=(n_coordinates, 5))
    ((rows, mean, scale),) = estimator._decoded("light_curve", z, *where)
    assert rows == slice(0, 20) and mean.shape == scale.shape == (3, 20, 5) and (scale > 0).all()
    monkeypatch.setattr("sklearn_sn.base._generative.CHUNK_NUMBERS", 3 * 5 * 8)
    chunks = list(estimator._decoded("light_curve", z, *where))
    assert [rows for rows, _, _ in chunks] == [slice(0, 8), slice(8, 16), slice(16, 20)]
    np.testing.assert_allclose(np.concatenate([c[1] for c in chunks], axis=1), mean, atol=1e-5)
    np.testing.assert_allclose(np.concatenate([c[2] for c in chunks], axis=1), scale, atol=1e-5)


def test_a_bound_does_not_depend_on_the_objects_beside_it(assembled):
    estimator, dataset = assembled
    whole = estimator._bounds(dataset, 8, np.random.default_rng(1))
    assert whole.shape == (20,) and np.isfinite(whole).all()
    rows = np.array([13, 4, 5])
    some = estimator._bounds(dataset.subset(rows), 8, np.random.default_rng(1))
    np.testing.assert_allclose(some, whole[rows], rtol=1e-4, atol=1e-4)


def test_a_bound_is_the_tightest_of_the_loss(assembled):
    estimator, dataset = assembled
    module = estimator.net_.module_.eval()
    found = estimator._bounds(dataset, 8, np.random.default_rng(1))
    noise = np.random.default_rng(1).laplace(size=(2, 8, 1, 2, 3)).astype(np.float32)
    batch = dataset.gather(np.arange(20), "cpu")
    with torch.no_grad():
        out = module(batch.tensors, batch.object_index, 20, 8, torch.from_numpy(noise))
        flat = [out[name].flatten(-2) for name in ("z", "mean", "scale")]
        loss = MMVAELoss("iwae_joint")(*flat, out["present"], log_likelihood(out, batch, {}))
    np.testing.assert_allclose(found, -loss, rtol=1e-4, atol=1e-4)
