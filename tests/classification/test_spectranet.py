"""The convolutional estimators of spectra: what they share, and the classifier."""

from copy import deepcopy

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.svm import SVC
from sklearn.utils.estimator_checks import parametrize_with_checks

from sklearn_sn.classification import SpectraNetClassifier
from sklearn_sn.classification._redshift_weights import at_redshifts, redshift_log_weights
from sklearn_sn.data import DataQualityWarning, as_ragged
from sklearn_sn.datasets import make_supernovae
from sklearn_sn.encoders import GRU, GalSpecNet, SpectralFeatures, SpectraNet
from sklearn_sn.preprocessing import SpectrumResampler
from sklearn_sn.regression import SpectraNetRegressor
from tests.conftest import with_encoder

TINY = {"max_epochs": 2, "batch_size": 16, "random_state": 0}
SIZES = {"latent_dim": 12, "n_bins": 64}


def make(kind=SpectraNetClassifier, *, encoder=SpectraNet, **params):
    """Return a small estimator whose encoder takes the parameters that are its own."""
    sizes = {"widths": (8, 12), "kernels": ((3, 9, 31), (3, 5, 9))}
    if encoder is GalSpecNet:
        sizes = {"widths": (8, 8), "kernels": (5, 5)}
    return with_encoder(kind, encoder, **{**sizes, **SIZES, **TINY, **params})


def expected_failures(estimator):
    return {
        "check_sample_weight_equivalence_on_dense_data": (
            "The batches of an epoch are drawn from the objects that there are: an object that "
            "comes twice is in two batches, one of weight two in one."
        )
    }


@parametrize_with_checks(
    [make(kind, max_epochs=20, lr=0.01)
     for kind in (SpectraNetClassifier, SpectraNetRegressor)],
    expected_failed_checks=expected_failures,
)  # fmt: skip
def test_scikit_learn_checks_them_on_arrays(estimator, check):
    check(estimator)


def two_classes(n=60, n_bins=80, seed=0):
    """Spectra as an array: those of class "b" have a dip at bin 30."""
    rng = np.random.default_rng(seed)
    place = np.arange(n_bins)
    y = np.where(rng.random(n) < 0.5, "a", "b")
    dip = np.exp(-0.5 * ((place - 30) / 3.0) ** 2) * (y == "b")[:, None]
    level = 10.0 ** rng.uniform(-17, -15, (n, 1))
    return level * (2.0 + np.sin(place / 20) - dip + rng.normal(0, 0.1, (n, n_bins))), y


# Arrays ----------------------------------------------------------------------


@pytest.mark.parametrize("encoder", [SpectraNet, GalSpecNet])
def test_arrays_of_any_scale(encoder):
    X, y = two_classes()
    params = {"max_epochs": 15, "lr": 3e-3, "channels": ("flux", "continuum_divided")}
    model = make(encoder=encoder, **params).fit(X, y)
    assert (model.predict(two_classes(seed=1)[0]) == two_classes(seed=1)[1]).mean() > 0.9
    np.testing.assert_allclose(model.predict_proba(X * 1e20), model.predict_proba(X), atol=1e-6)


def test_zeros_are_not_what_is_not_covered():
    X, y = two_classes()
    model = make().fit(X, y)
    hidden, zeroed = X.copy(), X.copy()
    hidden[:, 20:40], zeroed[:, 20:40] = np.nan, 0.0
    assert np.abs(model.predict_proba(hidden) - model.predict_proba(zeroed)).max() > 1e-3


def test_a_row_that_says_nothing_gets_the_prior():
    X, y = two_classes()
    X[:2] = np.nan
    X[1, :2] = 1.0
    model = make().fit(X, y, sample_weight=1.0 + np.arange(60))
    np.testing.assert_array_equal(model.predict_proba(X)[:2], [model.class_prior_] * 2)
    np.testing.assert_array_equal(model.transform(X)[:2], [model.missing_embedding_] * 2)
    weight = 1.0 + np.arange(60)
    assert model.class_prior_[0] == pytest.approx(weight[y == "a"].sum() / weight.sum())
    assert len(model.predict_proba_per_spectrum(X)) == 60


def test_long_grids_are_answered_in_single_precision():
    X, y = two_classes(n_bins=200)
    model = make().fit(X, y)
    assert not model._is_exact
    np.testing.assert_allclose(model.predict_proba(X[:3]), model.predict_proba(X)[:3], atol=1e-5)


def test_wavelengths_of_an_array():
    X, y = two_classes()
    wavelength = np.linspace(4000.0, 8000.0, 80)
    model = make(wavelength=wavelength).fit(X, y)
    np.testing.assert_array_equal(model.preprocessor_.wavelength_, wavelength)
    for wrong in (wavelength[::-1], wavelength[:5]):
        with pytest.raises(ValueError, match="'wavelength' parameter must hold the 80 increasing"):
            clone(model).set_params(wavelength=wrong).fit(X, y)


def test_arrays_and_tables_do_not_mix(supernovae):
    table, y = supernovae
    X, labels = two_classes()
    with pytest.raises(
        ValueError, match=r"fit received a table with a column 'spectrum', and X is an"
    ):
        make().fit(table, y).predict(X)
    with pytest.raises(
        ValueError, match=r"fit received an array of spectra on one grid, and X is a"
    ):
        make().fit(X, labels).predict(table)
    with pytest.raises(ValueError, match="leave frame='observer'"):
        make(frame="rest").fit(X, labels)


def test_in_pipelines_and_searches(supernovae):
    X, y = supernovae
    resampled = make_pipeline(SpectrumResampler(n_bins=64), make())
    assert resampled.fit(X, y).predict_proba(X).shape == (60, 5)
    of_latent = make_pipeline(make(), SVC())
    assert np.isfinite(cross_val_score(of_latent, X, y, cv=2)).all()
    grid = {"encoder__dropout": [0.0, 0.3], "loss": ["focal", "balanced_focal"]}
    search = GridSearchCV(make(), grid, cv=2, error_score="raise")
    assert search.fit(X, y).best_params_.keys() == grid.keys()


def test_names_and_pandas_output(supernovae):
    X, y = supernovae
    model = make().set_output(transform="pandas").fit(X, y)
    Z = model.transform(X)
    assert list(Z.index) == list(X.index)
    assert Z.columns[0] == "spectranetclassifier0" and Z.shape == (60, 12)


# Several spectra of one object -------------------------------------------------


@pytest.fixture(scope="module")
def several():
    X, y = make_supernovae(40, modalities=["spectrum"], n_spectra=(1, 4), random_state=0)
    return X.assign(spectrum=[None, *X["spectrum"].iloc[1:]]), y


@pytest.mark.parametrize("combine", ["mean", "geometric"])
def test_spectra_are_classified_one_by_one_and_combined(several, combine):
    X, y = several
    model = make(combine=combine).fit(X.iloc[1:], y[1:])
    missing = "1 objects have no usable spectrum"
    with pytest.warns(DataQualityWarning, match=missing):
        each = model.predict_proba_per_spectrum(X)
    with pytest.warns(DataQualityWarning, match=missing):
        whole = model.predict_proba(X)
    assert each.index.equals(X.index)
    flat = as_ragged(each)
    proba = np.column_stack([flat[str(name)] for name in model.classes_])
    assert flat.lengths[0] == 0 and flat.lengths.max() > 2
    np.testing.assert_allclose(proba.sum(axis=1), 1.0)
    np.testing.assert_array_equal(whole[0], model.class_prior_)
    for row in range(1, 40):
        own = proba[flat.offsets[row] : flat.offsets[row + 1]]
        expected = own.mean(axis=0)
        if combine == "geometric":
            expected = np.exp(np.log(own).mean(axis=0))
        np.testing.assert_allclose(whole[row], expected / expected.sum(), atol=1e-6)
    # One spectrum alone is answered as it was among the others.
    spectra = as_ragged(X["spectrum"], kind="spectrum")
    row = int(flat.lengths.argmax())
    pixels = spectra.take([row])
    first = pixels.filter(pixels["time"] == pixels["time"].min())
    alone = pd.DataFrame({"spectrum": first.to_nested().to_numpy()})
    np.testing.assert_allclose(model.predict_proba(alone)[0], proba[flat.offsets[row]], atol=1e-6)


def test_objects_of_many_spectra_count_once_in_validation(several):
    X, y = several
    model = make(early_stopping=True).fit(X.iloc[1:], y[1:])
    from sklearn_sn.data import check_table
    from sklearn_sn.nets import TableDataset

    table = check_table(X, modalities=["spectrum"])
    prepared = model.preprocessor_.prepare(table)
    rows = np.flatnonzero(prepared.lengths)
    targets = {"targets": np.arange(40)}
    dataset = TableDataset({"spectrum": model.preprocessor_}, {"spectrum": prepared}, targets, rows)
    valid = model._evaluated_part(dataset, np.arange(5, 15))
    batch = valid.gather(np.arange(len(valid)), "cpu")
    weight = np.bincount(batch.targets["targets"], weights=batch.targets["weight"], minlength=40)
    expected = np.zeros(40)
    expected[rows[5:15]] = 1.0
    np.testing.assert_allclose(weight, expected, rtol=1e-6)
    assert len(valid) == prepared.lengths[rows[5:15]].sum() > 10


# Training ----------------------------------------------------------------------


def test_losses_and_weights_of_classes(supernovae):
    X, _ = supernovae
    rare = np.where(np.arange(60) < 6, "rare", "common")
    more = {"max_epochs": 12, "lr": 3e-3, "prior": "weighted"}
    plain, focal, balanced, weighted = (
        make(**more, **params).fit(X, rare).predict_proba(X)[:, 1].mean()
        for params in (
            {},
            {"loss": "focal"},
            {"loss": "balanced_focal"},
            {"class_weight": "balanced"},
        )
    )
    assert plain < 0.25
    assert min(balanced, weighted) > plain + 0.1 and balanced > focal + 0.05


def test_composite_score_stops_and_is_in_the_history(supernovae):
    X, y = supernovae
    params = {"max_epochs": 30, "n_iter_no_change": 2, "lr": 0.02}
    model = make(**params, early_stopping=True, scoring="composite").fit(X, y)
    scores = [row["valid_score"] for row in model.history_]
    assert model.n_iter_ == len(scores) < 30
    # Two epochs without a better score end it.
    assert scores.index(max(scores)) == len(scores) - 3
    assert all(0 <= score <= 1 for score in scores)


def test_the_average_of_the_weights_answers(supernovae):
    X, y = supernovae
    last, average = (make(ema_decay=d).fit(X, y) for d in (None, 0.99))
    assert np.abs(last.predict_proba(X) - average.predict_proba(X)).max() > 1e-4
    for model in (last, average):
        again = clone(model).fit(X, y)
        np.testing.assert_array_equal(again.predict_proba(X), model.predict_proba(X))


def test_warm_start_goes_on(supernovae):
    X, y = supernovae
    model = make(warm_start=True).fit(X, y)
    before = model.history_[0]["train_loss"]
    model.set_params(max_epochs=3).fit(X, y)
    assert model.n_iter_ == 5 and model.history_[-1]["train_loss"] < before
    with pytest.raises(ValueError, match=r"\['encoder'\] have changed"):
        model.set_params(encoder__n_bins=32).fit(X, y)


def test_warm_start_keeps_the_grid_of_an_array():
    X, y = two_classes()
    model = make(warm_start=True).fit(X, y)
    with pytest.raises(ValueError, match="spectra of 80 bins; X has 70"):
        model.fit(X[:, :70], y)


def test_bfloat16_is_nearly_the_same(supernovae):
    X, y = supernovae
    model = make(precision="bfloat16").fit(X, y)
    half = model.predict_proba(X)
    encoder = model.net_.module_.encoder
    encoder.precision = "float32"
    whole = model.predict_proba(X)
    assert 0 < np.abs(half - whole).max() < 0.05
    encoder.precision = "auto"
    assert not encoder.uses_bfloat16("cpu")  # narrow


@pytest.mark.parametrize("n", [3, 17])
def test_small_and_odd_batches(n, supernovae):
    X, _ = supernovae
    model = make(batch_size=2).fit(X.iloc[:n], np.arange(n) % 2)
    assert np.isfinite(model.predict_proba(X)).all()


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"widths": (8, 0)}, "'widths' parameter of SpectraNet must hold positive"),
        ({"widths": (8,)}, "'widths' parameter of SpectraNet has 1 blocks and 'kernels' 2"),
        ({"kernels": ((3, 4), (3,))}, "'kernels' parameter of SpectraNet must hold a tuple of odd"),
        ({"kernels": (3, 5)}, "'kernels' parameter of SpectraNet must hold a tuple of odd"),
        ({"encoder": GalSpecNet, "kernels": ((3,), (3,))}, "parameter of GalSpecNet must hold odd"),
        (
            {"channels": "flux"},
            "'channels' parameter of SpectraNet must be",
        ),
        (
            {"channels": ("flux", "time")},
            "'channels' parameter of SpectraNet must be a sequence of names",
        ),
        (
            {"wavelength_range": (350.0, 900.0)},
            r"'wavelength_range' parameter.* must be two increasing",
        ),
        ({"wavelength_range": (3500.0,)}, r"'wavelength_range' parameter.* must be two increasing"),
        ({"max_crop": 0.7}, "'max_crop' parameter of SpectraNet"),
        ({"max_shift": 0.5}, "'max_shift' parameter of SpectraNet"),
        ({"n_bins": 1}, "'n_bins' parameter of SpectraNet"),
        ({"encoder": GalSpecNet, "max_crop": 0.7}, "'max_crop' parameter of GalSpecNet"),
        ({"dropout": 1.0}, "'dropout' parameter of SpectraNet"),
        ({"size": "large"}, "'size' parameter of SpectraNet"),
    ],
)
def test_parameters_that_are_refused(params, message, supernovae):
    with pytest.raises(ValueError, match=message):
        make(**params).fit(*supernovae)


@pytest.mark.parametrize(
    ("encoder", "message"),
    [
        ("lstm", r"'encoder' parameter of SpectraNetClassifier .* Got 'lstm' instead"),
        (None, r"'encoder' parameter of SpectraNetClassifier .* Got None instead"),
        (SpectraNet, r"'encoder' parameter of SpectraNetClassifier .* Got <class"),
        (GRU(), r"must be an encoder of 'spectrum'. Got GRU\(\)"),
        (SpectralFeatures(), r"must give one vector for an instance. Got SpectralFeatures\(\)"),
    ],
)
def test_encoders_that_are_refused(encoder, message, supernovae):
    with pytest.raises(ValueError, match=message):
        SpectraNetClassifier(encoder=encoder, **TINY).fit(*supernovae)


@pytest.mark.parametrize("name", ["cnn", "transformer", "transceiver", "galspecnet"])
def test_every_encoder_learns(supernovae, name):
    X, y = supernovae
    encoder = {"encoder": name, "encoder__n_bins": 64}
    model = SpectraNetClassifier(**{**TINY, "max_epochs": 8}, lr=3e-3).set_params(**encoder)
    assert model.fit(X, y).history_[-1]["train_loss"] < model.history_[0]["train_loss"]
    assert model.encoder_.name == name and model.preprocessor_.n_bins == 64
    np.testing.assert_allclose(model.predict_proba(X).sum(axis=1), 1.0)


# Redshifts -------------------------------------------------------------------


def near_and_far(n=60):
    """Spectra that tell nothing, of class "near" at z = 0.01 and "far" at 0.5."""
    rng = np.random.default_rng(0)
    wavelength = np.linspace(3600.0, 8900.0, 200)
    spectra = [{"wavelength": wavelength, "flux": 1.0 + rng.normal(0, 0.1, 200)} for _ in range(n)]
    y = np.array(["far", "near"])[np.arange(n) % 2]
    redshift = np.where(y == "far", 0.5, 0.01) * rng.uniform(0.8, 1.25, n)
    return pd.DataFrame({"spectrum": spectra, "redshift": redshift}), y


def test_at_rest_classes_are_weighed_by_redshift():
    X, y = near_and_far()
    model = make(max_epochs=1, frame="rest").fit(X, y)
    assert model.score(X, y) == 1.0
    without = model.predict_proba(X)
    model.set_params(learn_prior=False)
    assert model.score(X, y) < 0.9
    by_network = model.predict_proba(X)
    model.set_params(learn_prior=True)
    unknown = X.assign(redshift=np.nan)
    with pytest.warns(UserWarning, match="stay in the observer frame"):
        found = model.predict_proba(unknown)
    assert not np.allclose(found, without)
    np.testing.assert_allclose(found.sum(axis=1), 1.0)
    assert np.abs(by_network - without).max() > 0.3
    per_spectrum = as_ragged(model.predict_proba_per_spectrum(X))
    np.testing.assert_allclose(per_spectrum["far"], without[:, 0])


def test_frequencies_of_redshifts_are_ratios_of_smooth_densities():
    rng = np.random.default_rng(0)
    redshift = np.exp(rng.normal(np.log(0.1), 0.3, 4000))
    codes = np.zeros(4000, dtype=int)
    codes[:2000] = 1
    redshift[:2000] *= 2.0
    weights = redshift_log_weights(redshift, codes, None, 2)
    z = np.array([0.03, 0.1, 0.2, 0.5, np.nan, 0.0, -0.001])
    found = at_redshifts(weights, z)
    assert weights.shape == (2, 128)
    assert np.all(found[:2, 0] > found[:2, 1])
    assert np.all(found[2:4, 0] < found[2:4, 1])
    np.testing.assert_array_equal(found[4:], 0.0)
    # Equal frequencies: the mean of the ratios is one, wherever there are objects.
    np.testing.assert_allclose(np.exp(found[:4]).mean(axis=1), 1.0, atol=0.01)
    # The scale of weights means nothing, and the unknown, or weightless, do not count.
    scaled = redshift_log_weights(redshift, codes, np.full(4000, 7.0), 2)
    np.testing.assert_allclose(scaled, weights)
    more = redshift_log_weights(
        np.append(redshift, [np.nan, 0.0, 9.0]),
        np.append(codes, [0, 0, 0]),
        np.repeat([1, 0], [4002, 1]),
        2,
    )
    np.testing.assert_allclose(more, weights)


def test_few_redshifts_say_little():
    one = redshift_log_weights(np.array([0.1, 0.01]), np.array([0, 1]), None, 2)
    assert np.abs(one).max() < 0.6
    assert not redshift_log_weights(np.full(2, np.nan), np.array([0, 1]), None, 2).any()
    none_of_one = redshift_log_weights(np.array([0.1, np.nan]), np.array([0, 1]), None, 2)
    assert np.isfinite(none_of_one).all() and np.allclose(none_of_one[1], 0.0)


def test_redshifts_do_not_count_twice():
    """What spectra at rest cover tells their redshift: the network must leave it to the weights."""
    X, y = near_and_far(200)
    rng = np.random.default_rng(1)
    X["redshift"] = np.where(y == "far", 0.3, 0.15) * np.exp(rng.normal(0.0, 0.5, len(X)))
    sizes = {"max_epochs": 10, "lr": 5e-3, "frame": "rest"}

    def slope(model):
        proba = model.predict_proba(X)
        return np.polyfit(np.log(X["redshift"]), np.log(proba[:, 0] / proba[:, 1]), 1)[0]

    without = slope(make(**sizes, learn_prior=False).fit(X, y))
    model = make(**sizes).fit(X, y)
    both = slope(model)
    by_network = slope(model.set_params(learn_prior=False))
    assert by_network < 0.7 * without
    assert 0.8 * without < both < 1.2 * without


def test_one_stray_redshift_says_little():
    rng = np.random.default_rng(0)
    redshift = np.exp(rng.normal(np.log(0.03), 0.3, 2000))
    redshift[0] = 1.0
    weights = redshift_log_weights(redshift, np.arange(2000) % 2, None, 2)
    far = at_redshifts(weights, np.array([0.5, 1.0, 3.0, 9.0]))
    assert np.abs(far[:, 0] - far[:, 1]).max() < 1.0


def test_explains_the_odds_that_it_answers():
    X, y = near_and_far(40)
    X["redshift"] = 0.2  # one offset for all, which the head may as well have
    X.loc[::4, "redshift"] = 0.02
    model = make(n_bins=128, frame="rest").fit(X, y)
    X = X[X["redshift"] == 0.2]
    same = deepcopy(model).set_params(learn_prior=False)
    offset = at_redshifts(model.redshift_log_weights_, np.array([0.2]))[0] + [1.0, 0.0]
    model.redshift_log_weights_[0] += 1.0
    with torch.no_grad():
        same.net_.module_.head.bias += torch.as_tensor(offset, dtype=torch.float32)
    np.testing.assert_allclose(same.predict_proba(X), model.predict_proba(X), atol=1e-6)
    for method in ("occlusion", "gradient"):
        found, expected = (m.explain(X, method=method)[1] for m in (model, same))
        np.testing.assert_allclose(found, expected, atol=1e-5)


def test_explains_in_the_precision_that_is_asked_for(supernovae):
    X, y = supernovae
    model = make(precision="bfloat16").fit(X, y)
    model.net_.module_.encoder.precision = "float32"
    before = model.explain(X, y)[1]
    model.predict(X)
    np.testing.assert_array_equal(model.explain(X, y)[1], before)
    for window in ("a", 2.5, True, 0):
        with pytest.raises(ValueError, match="'window' of explain"):
            model.explain(X, window=window)


def test_a_refused_fit_leaves_the_model_as_it_was():
    X, y = near_and_far()
    model = make(frame="rest", warm_start=True).fit(X, y)
    before = model.predict_proba(X)
    with pytest.raises(ValueError, match="warm_start"):
        model.set_params(encoder__n_bins=32).fit(X.assign(redshift=0.3), y)
    np.testing.assert_array_equal(model.set_params(encoder__n_bins=64).predict_proba(X), before)


def test_spectra_move_far_where_a_shift_is_an_unknown_redshift(supernovae):
    X, y = supernovae
    flux, labels = two_classes(20)
    quick = {"max_epochs": 1}
    for model, shift in (
        (make(**quick).fit(X, y), 0.1),
        (make(**quick, grid="linear").fit(X, y), 0.003),
        (make(**quick, frame="rest").fit(X, y), 0.003),
        (make(**quick).fit(flux, labels), 0.003),
        (make(**quick, max_shift=0.2).fit(flux, labels), 0.2),
    ):
        assert model.preprocessor_.max_shift == model.encoder_.max_shift == shift
        assert model.encoder.max_shift in (None, 0.2)  # the parameter stays as it was


def test_a_class_called_time_has_no_field(supernovae):
    X, y = supernovae
    model = make(max_epochs=1).fit(X, np.where(y == "SN Ia", "time", y))
    with pytest.raises(ValueError, match="A class is called 'time'"):
        model.predict_proba_per_spectrum(X)


def test_what_is_no_table_is_told_how_to_be_one(supernovae):
    X, y = supernovae
    model = make(max_epochs=1).fit(X, y)
    for given in (X["spectrum"], X.iloc[0]):
        with pytest.raises(ValueError, match="X is a Series; give a table"):
            model.predict(given)
    flat = pd.DataFrame({"wavelength": [4000.0, 5000.0], "flux": [1.0, 2.0]})
    with pytest.raises(ValueError, match="of a single spectrum"):
        model.predict(flat)
    with pytest.raises(ValueError, match="must be in Å"):
        make(wavelength=np.linspace(350, 900, 80)).fit(*two_classes())
    with pytest.raises(ValueError, match=r"must hold numbers: object '.*' has 'near'"):
        make(frame="rest").fit(X.assign(redshift="near"), y)


def test_without_a_spectrum_the_redshift_speaks():
    X, y = near_and_far()
    model = make(max_epochs=1, frame="rest").fit(X, y)
    bare = pd.DataFrame({"spectrum": [None] * 3, "redshift": [0.01, 0.5, 0.0]})
    with pytest.warns(DataQualityWarning, match="3 objects have no usable spectrum"):
        proba = model.predict_proba(bare)
    assert proba[0, 1] > 0.8 and proba[1, 0] > 0.8
    np.testing.assert_allclose(proba[2], model.class_prior_)
    far = X.iloc[:1].assign(redshift=5.0)  # beyond the grid at rest
    with (
        pytest.warns(DataQualityWarning, match="column 'redshift' 5, in training"),
        pytest.warns(UserWarning, match="at rest, and count as missing"),
    ):
        np.testing.assert_allclose(
            as_ragged(model.predict_proba_per_spectrum(far))["far"], model.predict_proba(far)[:, 0]
        )


def test_a_table_may_have_columns_of_any_name(supernovae):
    X, y = supernovae
    model = make(max_epochs=1).fit(X, y)
    more = X.assign(wavelength=5000.0, flux=1.0)
    np.testing.assert_array_equal(model.predict(more), model.predict(X))


def test_a_second_fit_keeps_the_weights_that_the_network_has_learned_with():
    X, y = near_and_far()
    sizes = {"max_epochs": 1, "frame": "rest", "warm_start": True}
    model = make(**sizes).fit(X, y)
    first = model.redshift_log_weights_.copy()
    model.fit(X.assign(redshift=0.3), y)
    np.testing.assert_array_equal(model.redshift_log_weights_, first)
