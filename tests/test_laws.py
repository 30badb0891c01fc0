"""Laws that every estimator, transformer and encoder obeys; discovery finds them."""

import pickle
import random
import warnings
from functools import cache

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.base import clone, is_regressor
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV, cross_val_predict
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.utils import estimator_html_repr
from sklearn.utils._param_validation import Interval

from sklearn_sn import ContrastiveEmbedder, SupConClassifier
from sklearn_sn.data import as_ragged
from sklearn_sn.datasets import make_supernovae
from sklearn_sn.persistence import load_model, save_model
from tests.discovery import all_encoders, learned, shrunk, small, transformers

VARIANTS = [
    clone(small(ContrastiveEmbedder)).set_params(
        output="mean", spectrum="transformer", spectrum__n_layers=1, light_curve__pooling="max"
    ),
]


def with_encoder(encoder):
    """Return an estimator that trains one encoder."""
    if encoder.modality == "metadata":
        return ContrastiveEmbedder(
            light_curve=None,
            spectrum=None,
            metadata=encoder,
            metadata_columns=["redshift", "ra"],
            aux_weight=1.0,
            max_epochs=2,
            batch_size=16,
            random_state=0,
        )
    return SupConClassifier(encoder=encoder, max_epochs=2, batch_size=16, random_state=0)


LEARNED = [*learned(), *VARIANTS, *map(with_encoder, all_encoders())]
TRANSFORMERS = transformers()


def name_of(estimator):
    text = type(estimator).__name__
    own = getattr(estimator, "encoder", getattr(estimator, "metadata", None))
    return text if own is None or isinstance(own, str) else f"{text}-{type(own).__name__}"


every = pytest.mark.parametrize("estimator", LEARNED + TRANSFORMERS, ids=name_of)
learns = pytest.mark.parametrize("estimator", LEARNED, ids=name_of)


def simulated(n_samples, **kwargs):
    """X, y with the time of peak, which some estimators would otherwise warn that they estimate."""
    X, y, truth = make_supernovae(n_samples, return_truth=True, **kwargs)
    rng = np.random.default_rng(0)
    images = [rng.normal(size=(1, 12, 12)).astype(np.float32) + (label == "SN Ia") for label in y]
    classtar = rng.normal(size=len(y)) + 4.0 * (y == "SN Ia")
    image = pd.Series(images, index=X.index)
    return X.assign(t_peak=truth["t_peak"], image=image, classtar=classtar), y


@cache
def supernovae():
    return simulated(60, random_state=0)


def given(estimator):
    """X and what the estimator learns: numbers for a regressor."""
    X, y = supernovae()
    return X, X["redshift"].to_numpy() if is_regressor(estimator) else y


_FITTED = {}


def fitted(estimator):
    """The estimator, fitted once for all laws that do not change it."""
    if id(estimator) not in _FITTED:
        _FITTED[id(estimator)] = clone(estimator).fit(*given(estimator))
    return _FITTED[id(estimator)]


def numbers(output):
    """All numbers of an output, whatever its kind, as one dict of arrays."""
    if isinstance(output, np.ndarray):
        return {"": output}
    out = {}
    for name in ("light_curve", "spectrum"):
        if name in output:
            ragged = as_ragged(output[name], kind=name)
            out |= {f"{name}_{f}": v for f, v in ragged.fields.items() if f != "band"}
            out[f"{name}_offsets"] = ragged.offsets
    return out


def assert_same(left, right, **tolerance):
    left, right = numbers(left), numbers(right)
    assert left.keys() == right.keys()
    for name, values in left.items():
        np.testing.assert_allclose(values, right[name], **{"rtol": 1e-9, **tolerance})


def shuffled_points(X, seed=0):
    rng = np.random.default_rng(seed)
    out = X.copy()
    for name in ("light_curve", "spectrum"):
        ragged = as_ragged(X[name], kind=name)
        order = np.lexsort((rng.random(ragged.n_points), ragged.rows))
        out[name] = ragged.reorder(order).to_nested(index=X.index)
    return out


def changed_columns(estimator):
    """Nested columns that a transformer changes."""
    names = ("light_curve", "spectrum")
    X = supernovae()[0]
    out = fitted(estimator).transform(X)
    if isinstance(out, np.ndarray):
        return []
    return [n for n in names if n in out and pickle.dumps(out[n]) != pickle.dumps(X[n])]


def only(output, columns):
    return output if isinstance(output, np.ndarray) else output[columns]


@every
def test_clone_has_equal_parameters(estimator):
    assert str(clone(estimator).get_params()) == str(estimator.get_params())
    assert estimator_html_repr(estimator)


@every
def test_fit_returns_self_and_changes_neither_table_nor_parameters(estimator):
    X, y = given(estimator)
    before, params = pickle.dumps(X), str(estimator.get_params())
    model = clone(estimator)
    assert model.fit(X, y) is model
    model.transform(X)
    assert pickle.dumps(X) == before
    assert str(model.get_params()) == params


@learns
def test_not_fitted(estimator):
    with pytest.raises(NotFittedError):
        clone(estimator).transform(supernovae()[0])
    with pytest.raises(NotFittedError):
        clone(estimator).get_feature_names_out()


def numeric_parameters(estimator):
    """Parameters that must lie in an interval."""
    for name, constraints in type(estimator)._parameter_constraints.items():
        if name in estimator.get_params(deep=False) and any(
            isinstance(c, Interval) and (c.left is None or c.left >= 0) for c in constraints
        ):
            yield name


@every
def test_bad_parameter_is_named(estimator):
    names = [*numeric_parameters(estimator), *own_strings(estimator)]
    assert names
    for name in names:
        with pytest.raises(ValueError, match=name):
            clone(estimator).set_params(**{name: -1}).fit(*given(estimator))


def own_strings(estimator):
    """Parameters with a fixed set of values, for estimators without numeric ones."""
    for name, constraints in type(estimator)._parameter_constraints.items():
        if any(type(c).__name__ == "StrOptions" for c in constraints):
            yield name
            return


@pytest.mark.parametrize("encoder", all_encoders(), ids=lambda e: type(e).__name__)
def test_bad_parameter_of_an_encoder_is_named(encoder):
    names = list(numeric_parameters(encoder))
    assert names or encoder.modality == "image"
    for name in names:
        with pytest.raises(ValueError, match=f"'{name}' parameter of {type(encoder).__name__}"):
            clone(encoder).set_params(**{name: -1}).check()


@learns
def test_same_seed_same_output_bit_for_bit(estimator):
    X, y = given(estimator)
    first = fitted(estimator).transform(X)
    np.testing.assert_array_equal(clone(estimator).fit(X, y).transform(X), first)
    other = clone(estimator).set_params(random_state=1).fit(X, y).transform(X)
    assert np.abs(other - first).max() > 1e-3


@every
def test_global_random_state_is_untouched(estimator):
    X, y = given(estimator)

    def states():
        numpy = [str(part) for part in np.random.get_state(legacy=False)["state"].values()]  # noqa: NPY002
        return numpy, torch.get_rng_state().tolist(), random.getstate()

    for random_state in (0, None):
        model = clone(estimator)
        if "random_state" in model.get_params():
            model.set_params(random_state=random_state)
        before = states()
        model.fit(X, y).transform(X)
        assert states() == before


@every
def test_order_of_points_does_not_matter(estimator):
    X, model = supernovae()[0], fitted(estimator)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", ".*unsorted")
        answer = model.transform(shuffled_points(X))
    # What a transformer leaves alone stays unsorted: only the columns that it changes count.
    own = changed_columns(estimator)
    assert_same(only(answer, own), only(model.transform(X), own))


@every
def test_order_of_rows_does_not_matter(estimator):
    X, model = supernovae()[0], fitted(estimator)
    order = np.random.default_rng(0).permutation(len(X))
    whole = model.transform(X)
    expected = whole[order] if isinstance(whole, np.ndarray) else whole.iloc[order]
    assert_same(model.transform(X.iloc[order]), expected, atol=2e-6, rtol=1e-5)


@every
def test_one_row_alone_equals_the_row_in_a_batch(estimator):
    X, model = supernovae()[0], fitted(estimator)
    whole = model.transform(X)
    for row in (0, 7, 59):
        alone = model.transform(X.iloc[[row]])
        expected = whole[[row]] if isinstance(whole, np.ndarray) else whole.iloc[[row]]
        assert_same(alone, expected, atol=2e-6, rtol=1e-5)


@learns
def test_batches_of_prediction_do_not_matter(estimator, monkeypatch):
    X, model = supernovae()[0], fitted(estimator)
    whole = model.transform(X)
    monkeypatch.setattr("sklearn_sn.base._estimator.PREDICT_BATCH", 7)
    assert_same(model.transform(X), whole, atol=2e-6, rtol=1e-5)


@every
def test_no_rows(estimator):
    assert len(fitted(estimator).transform(supernovae()[0].iloc[:0])) == 0


@every
def test_pickle_round_trip(estimator):
    X, model = supernovae()[0], fitted(estimator)
    assert_same(pickle.loads(pickle.dumps(model)).transform(X), model.transform(X), rtol=0)


@every
def test_save_model_round_trip(estimator, tmp_path):
    X, model = supernovae()[0], fitted(estimator)
    save_model(model, tmp_path / "model")
    loaded = load_model(tmp_path / "model")
    answer, expected = numbers(loaded.transform(X)), numbers(model.transform(X))
    assert answer.keys() == expected.keys()
    for name, values in expected.items():
        np.testing.assert_array_equal(answer[name], values)
    assert str(loaded.get_params()) == str(model.get_params())
    # The mark of a loaded model is not a part of it.
    assert vars(loaded).keys() - {"_from_file"} == vars(model).keys()


@learns
def test_model_does_not_carry_the_data(estimator):
    X, y = given(estimator)
    few = pickle.dumps(clone(estimator).fit(X.iloc[:30], y[:30]))
    many = pickle.dumps(clone(estimator).fit(pd.concat([X] * 4), np.tile(y, 4)))
    assert len(many) < 1.2 * len(few)


@learns
def test_fit_reports_how_training_ended(estimator):
    model = fitted(estimator)
    assert model.fit_status_ == "completed"
    assert model.n_iter_ == len(model.history_) == 2


@pytest.mark.parametrize("encoder", all_encoders(), ids=lambda e: type(e).__name__)
def test_search_reaches_the_sizes_of_an_encoder(encoder):
    sizes = [n for n in ("latent_dim", "token_dim") if n in encoder.get_params(deep=False)]
    X, y = supernovae()
    estimator = with_encoder(encoder).set_params(max_epochs=1)
    name = "metadata" if encoder.modality == "metadata" else "encoder"
    grid = {f"{name}__{sizes[-1]}": [4, 8]}
    search = GridSearchCV(
        estimator, grid, cv=2, scoring=lambda model, X, y=None: 0.0, error_score="raise"
    )
    best = search.fit(X, y).best_estimator_
    assert getattr(getattr(best, name), sizes[-1]) == 4


@pytest.mark.parametrize("estimator", learned(), ids=name_of)
def test_separates_two_classes_far_above_chance(estimator):
    X, y = simulated(240, classes=("SN Ia", "SLSN-I"), random_state=1)
    if getattr(estimator, "modalities_", None) != ("image",):
        X = X.drop(columns="image")
    model = clone(estimator).set_params(max_epochs=16, lr=3e-3)
    if is_regressor(model):
        answer = cross_val_predict(model, X, (y == "SN Ia") * 2.0 - 1.0, cv=2)
        assert np.mean((answer > 0) == (y == "SN Ia")) > 0.8
        return
    if "embedding_dim" in model.get_params():
        model.set_params(embedding_dim=16)
    pipe = make_pipeline(model, KNeighborsClassifier())
    assert np.mean(cross_val_predict(pipe, X, y, cv=2) == y) > 0.8


@pytest.mark.parametrize(
    "encoder",
    [e for e in all_encoders() if e.modality in ("light_curve", "spectrum")],
    ids=lambda e: type(e).__name__,
)
def test_encoders_separate_two_classes_far_above_chance(encoder):
    X, y = simulated(240, classes=("SN Ia", "SLSN-I"), random_state=1)
    model = SupConClassifier(
        encoder=shrunk(encoder), max_epochs=16, batch_size=16, lr=3e-3, random_state=0
    )
    assert np.mean(cross_val_predict(model, X, y, cv=2) == y) > 0.8
