"""Training chunk by chunk."""

import numpy as np
import pytest

from sklearn_sn.datasets import TableWriter, make_supernovae
from sklearn_sn.embedding import ContrastiveEmbedder
from sklearn_sn.encoders import DeepSets
from tests.base.tiny import STILL, classifier, regressor
from tests.conftest import SMALL


@pytest.fixture(scope="module")
def X():
    X, y = make_supernovae(40, modalities=["light_curve"], random_state=0)
    return X.assign(type=np.asarray(y))


def still():
    return DeepSets(d_model=8, latent_dim=6, **STILL)


def test_calls_are_the_epochs_of_fit(X):
    together = classifier(encoder=still(), max_epochs=3, lr_schedule=None).fit(X, X["type"])
    model = classifier(encoder=still(), max_epochs=50)
    for _ in range(3):
        assert model.partial_fit(X, X["type"]) is model
    assert model.n_iter_ == 3 and model.n_samples_seen_ == 120
    assert np.array_equal(model.predict_proba(X), together.predict_proba(X))


def test_chunks_are_the_steps_of_one_epoch(X):
    # Batches of all objects of a chunk leave nothing to the shuffling.
    encoder = still().set_params(time_window=(-30.0, 100.0))
    chunks = classifier(encoder=encoder, batch_size=20)
    first, second = X[:20], X[20:]
    chunks.partial_fit(first, first["type"], classes=np.unique(X["type"]))
    before = [w.detach().clone() for w in chunks.net_.module_.parameters()]
    chunks.partial_fit(second, second["type"])
    # The second call has the moments of the first: its step is not that of a new optimizer.
    steps = {int(state["step"]) for state in chunks.net_.optimizer_.state.values()}
    assert steps == {2}
    assert any(
        not np.array_equal(old.numpy(), new.detach().numpy())
        for old, new in zip(before, chunks.net_.module_.parameters(), strict=True)
    )


def test_a_chunk_may_lack_classes(X):
    names = np.unique(X["type"])
    one = X[X["type"] == names[0]]
    model = classifier().partial_fit(one, one["type"], classes=names)
    assert model.classes_.tolist() == names.tolist() and model.class_prior_[0] == 1.0
    rest = X[X["type"] != names[0]]
    model.partial_fit(rest, rest["type"])
    np.testing.assert_allclose(model.class_prior_, [(X["type"] == name).mean() for name in names])
    with pytest.raises(ValueError, match="class 'new', which is none of"):
        model.partial_fit(one, ["new"] * len(one))
    with pytest.raises(ValueError, match="'classes' parameter of partial_fit"):
        model.partial_fit(one, one["type"], classes=names[1:])


def test_fit_begins_anew_and_partial_fit_goes_on(X):
    model = classifier().fit(X, X["type"])
    assert model.n_iter_ == 2
    assert model.partial_fit(X, X["type"]).n_iter_ == 3
    assert model.fit(X, X["type"]).n_iter_ == 2


def test_other_estimators(X, tmp_path):
    model = regressor(encoder=still(), lr_schedule=None).fit(X, X["redshift"])
    calls = regressor(encoder=still())
    calls.partial_fit(X, X["redshift"]).partial_fit(X, X["redshift"])
    assert np.array_equal(calls.predict(X), model.predict(X))
    both, _ = make_supernovae(20, random_state=0)
    with TableWriter(tmp_path / "objects.parquet") as writer:
        writer.write(both)
    of_table = ContrastiveEmbedder(**SMALL).partial_fit(both)
    of_file = ContrastiveEmbedder(**SMALL).partial_fit(tmp_path / "objects.parquet")
    assert np.array_equal(of_table.transform(both), of_file.transform(both))
    assert of_file.n_samples_seen_ == 20


def test_conflicting_parameters_are_rejected(X):
    with pytest.raises(ValueError, match="early_stopping=False"):
        classifier(early_stopping=True).partial_fit(X, X["type"])
    with pytest.raises(ValueError, match="'class_weight' parameter"):
        classifier(class_weight="balanced").partial_fit(X, X["type"])
    with pytest.raises(ValueError, match="has no classes"):
        regressor().partial_fit(X, X["redshift"], classes=[0, 1])


def test_a_later_array_has_the_columns_of_the_first():
    values = np.random.default_rng(0).normal(size=(20, 6))
    model = regressor(encoder=still()).partial_fit(values, values[:, 0])
    with pytest.raises(ValueError, match="X has 5 features"):
        model.partial_fit(values[:, 1:], values[:, 0])
    assert model.partial_fit(values, values[:, 0]).n_iter_ == 2


def test_a_fit_counts_before_partial_fit(X):
    model = classifier(max_epochs=1).fit(X, X["type"])
    name = model.classes_[0]
    model.partial_fit(X[:10], np.full(10, name, dtype=object))
    expected = (np.array([np.sum(X["type"] == one) for one in model.classes_]) + 0.0) / 50
    expected[0] += 0.2
    np.testing.assert_allclose(model.class_prior_, expected)
    assert model.n_samples_seen_ == 50
    # A fit from the beginning forgets what was before.
    assert model.fit(X, X["type"]).n_samples_seen_ == 40
