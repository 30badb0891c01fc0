"""Class and redshift of one spectrum."""

import numpy as np
import pandas as pd
import pytest
import sklearn
from astropy import units as u
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.utils.estimator_checks import parametrize_with_checks

from sklearn_sn.classification import SpectralRedshiftClassifier
from sklearn_sn.data import DataQualityWarning
from sklearn_sn.encoders import SpectralFeatures, SpectraNet
from sklearn_sn.metrics import nmad
from sklearn_sn.persistence import load_model, save_model
from sklearn_sn.preprocessing import SpectrumResampler
from tests.conftest import with_encoder

TINY = {
    "n_bins": 64,
    "widths": (8, 8),
    "kernels": (5, 3),
    "n_features": 4,
    "n_templates": 2,
    "redshift_range": (0.0, 0.4),
    "max_epochs": 2,
    "batch_size": 16,
    "random_state": 0,
}


def make(**params):
    """Return a small classifier whose encoder takes the parameters that are its own."""
    return with_encoder(SpectralRedshiftClassifier, SpectralFeatures, **{**TINY, **params})


LINES = {"a": (3900.0, 5200.0, 6300.0), "b": (4300.0, 4900.0, 6150.0)}
STEP = np.log(9000.0 / 3500.0) / 192


def spectrum(kind, redshift, noise, rng, low=3600.0, high=8900.0):
    """Absorption lines at rest on a curved continuum, on 500 pixels."""
    wavelength = np.linspace(low, high, 500)
    rest = wavelength / (1.0 + redshift)
    depth = sum(np.exp(-0.5 * ((rest - line) / 45.0) ** 2) for line in LINES[kind])
    flux = (1.0 + 0.4 * np.sin(wavelength / 1500.0)) * (1.0 - 0.6 * depth)
    return {"wavelength": wavelength, "flux": flux + noise * rng.normal(size=500)}


def simulated(n, seed, noise=0.1):
    rng = np.random.default_rng(seed)
    y, redshift = rng.choice(["a", "b"], n), rng.uniform(0.01, 0.3, n)
    cells = [spectrum(kind, z, noise, rng) for kind, z in zip(y, redshift, strict=True)]
    return pd.DataFrame({"spectrum": cells, "redshift": redshift}), y


def of(*cells):
    return pd.DataFrame({"spectrum": list(cells)})


@pytest.fixture(scope="module")
def model():
    """Trained for some seconds; not to be changed."""
    more = {"n_bins": 192, "widths": (12, 12), "kernels": (7, 5), "n_features": 8, "lr": 6e-3}
    return make(**more, max_epochs=15).fit(*simulated(150, 0))


@parametrize_with_checks(
    [make()],
    expected_failed_checks=lambda estimator: {
        "check_sample_weight_equivalence_on_dense_data": (
            "The batches of an epoch are drawn from the objects that there are: an object that "
            "comes twice is in two batches, one of weight two in one."
        )
    },
)
def test_scikit_learn_checks_it_on_arrays(estimator, check):
    check(estimator)


# What it finds -----------------------------------------------------------------


def test_class_and_redshift_of_new_spectra(model):
    X, y = simulated(80, 1)
    redshift, std = model.predict_redshift(X.drop(columns="redshift"), return_std=True)
    assert (model.predict(X) == y).mean() > 0.95
    assert nmad(X["redshift"], redshift) < 0.3 * STEP
    off = np.abs(redshift - X["redshift"]) / (1 + X["redshift"])
    assert (off < 2 * STEP).mean() > 0.9
    assert (std > 0).all() and (off < 3 * std).mean() > 0.9


def test_noisy_spectra_have_larger_errors(model):
    errors = [
        np.median(model.predict_redshift(simulated(40, 1, noise=noise)[0], return_std=True)[1])
        for noise in (0.1, 1.5)
    ]
    assert errors[1] > 1.3 * errors[0]


def test_posteriors_agree(model):
    X, _ = simulated(20, 2)
    grid, posterior = model.predict_redshift_proba(X)
    np.testing.assert_array_equal(grid, model.redshift_grid_)
    np.testing.assert_allclose(np.diff(np.log1p(grid)), STEP)
    assert grid[0] == 0.0 and 0.4 <= grid[-1] < 0.4 + 2 * STEP
    np.testing.assert_allclose(posterior.sum(axis=1), 1.0)
    np.testing.assert_allclose(model.predict_proba(X).sum(axis=1), 1.0)
    inside = np.abs(grid - model.predict_redshift(X)[:, None]) < 3 * STEP
    assert (posterior * inside).sum(axis=1).mean() > 0.5


@pytest.mark.parametrize("bins", [1, 7, 20])
def test_a_redshifted_copy_moves_the_posterior_by_its_bins(model, bins):
    cell = spectrum("a", 0.05, 0.02, np.random.default_rng(0), low=3900.0, high=7500.0)
    factor = np.exp(bins * STEP)
    moved = {**cell, "wavelength": cell["wavelength"] * factor}
    here, there = model.predict_redshift(of(cell, moved))
    assert np.log1p(there) - np.log1p(here) == pytest.approx(bins * STEP, abs=0.5 * STEP)
    _, posterior = model.predict_redshift_proba(of(cell, moved))
    assert posterior[1].argmax() - posterior[0].argmax() == bins


def test_partly_covered_spectra(model):
    rng = np.random.default_rng(0)
    cells = [spectrum("b", z, 0.05, rng, low=4000.0, high=6800.0) for z in (0.05, 0.1, 0.2)]
    np.testing.assert_allclose(model.predict_redshift(of(*cells)), [0.05, 0.1, 0.2], atol=0.01)
    assert (model.predict(of(*cells)) == "b").all()


# Several spectra, and none --------------------------------------------------------


def joint_posterior(model, X):
    """Return probabilities of class and redshift of the only spectrum of X."""
    ((_, logits, _),) = model._output_blocks(model._read(X, model.encoder_))
    p = np.exp(logits[0] - logits[0].max()).reshape(len(model.classes_), -1)
    return p / p.sum()


@pytest.mark.parametrize("combine", ["geometric", "mean"])
def test_spectra_of_one_object_are_combined(model, combine):
    rng = np.random.default_rng(0)
    one, two = (spectrum("a", 0.1, noise, rng) for noise in (0.3, 0.6))
    both = {key: np.concatenate([one[key], two[key]]) for key in one}
    both["time"] = np.repeat([59000.0, 59010.0], 500)
    own = clone(model).set_params(combine=combine)
    vars(own).update({k: v for k, v in vars(model).items() if k.endswith("_")}, _on_array=False)
    _, p = own.predict_redshift_proba(of(one, two, both))
    joint = [joint_posterior(own, of(cell)) for cell in (one, two)]
    expected = sum(joint) if combine == "mean" else np.sqrt(joint[0] * joint[1])
    expected = expected.sum(axis=0) / expected.sum()
    np.testing.assert_allclose(p[2], expected, atol=1e-5)
    latent = own.transform(of(one, two, both))
    np.testing.assert_allclose(latent[2], latent[:2].mean(axis=0), rtol=1e-5)


def test_what_has_no_spectrum_gets_the_prior(model):
    good = spectrum("a", 0.1, 0.1, np.random.default_rng(0))
    pixel = {key: values[:1] for key, values in good.items()}
    X = of(good, None, pixel, {key: values[:0] for key, values in good.items()}, good)
    with _quiet():
        proba, (_, posterior) = model.predict_proba(X), model.predict_redshift_proba(X)
        redshift, std = model.predict_redshift(X, return_std=True)
    for row in (1, 2, 3):
        np.testing.assert_array_equal(proba[row], model.class_prior_)
        np.testing.assert_array_equal(posterior[row], model.redshift_prior_)
        assert 0.0 < redshift[row] < 0.3 and std[row] > 0.05
    np.testing.assert_array_equal(posterior[0], posterior[4])
    assert model.redshift_prior_.sum() == pytest.approx(1.0)


def _quiet():
    import warnings

    return warnings.catch_warnings(action="ignore", category=DataQualityWarning)


def test_units_and_order_of_pixels(model):
    cell = spectrum("a", 0.1, 0.1, np.random.default_rng(0))
    backwards = {key: values[::-1] for key, values in cell.items()}
    nm = {**cell, "wavelength": cell["wavelength"] / 10 * u.nm}
    scaled = {**cell, "flux": 1e-16 * cell["flux"]}
    with _quiet():
        answers = [model.predict_redshift(of(c, cell)) for c in (cell, backwards, nm, scaled)]
    for answer in answers[1:]:
        np.testing.assert_allclose(answer, answers[0], atol=1e-5)


# What fit is told ------------------------------------------------------------------


def test_predictions_ignore_the_column_of_redshifts(model):
    X, _ = simulated(5, 3)
    expected = model.predict_redshift(X)
    for other in (X.drop(columns="redshift"), X.assign(redshift="near")):
        np.testing.assert_array_equal(model.predict_redshift(other), expected)


def test_redshifts_come_by_column_or_by_argument():
    X, y = simulated(30, 0)
    by_column = make().fit(X, y)
    renamed = X.rename(columns={"redshift": "z"})
    named = make(redshift_column="z").fit(renamed, y)
    bare = X.drop(columns="redshift")
    given = make().fit(bare, y, redshift=X["redshift"])
    for other in (named, given):
        np.testing.assert_array_equal(other.predict_redshift(X), by_column.predict_redshift(X))
    assert by_column.n_redshifts_ == 30
    with pytest.raises(ValueError, match=r"lacks the column 'redshift'.*'redshift_column'"):
        make().fit(bare, y)
    with pytest.raises(ValueError, match="30 objects but redshift has 3"):
        make().fit(bare, y, redshift=[0.1, 0.2, 0.3])
    with pytest.raises(ValueError, match="redshift is 999"):
        make().fit(X.assign(redshift=999.0), y)
    with pytest.raises(ValueError, match="must hold numbers"):
        make().fit(X.assign(redshift="near"), y)


def test_objects_without_a_redshift_teach_their_class():
    X, y = simulated(30, 0)
    some = X.assign(redshift=X["redshift"].where(np.arange(30) % 2 == 0))
    model = make().fit(some, y)
    assert model.n_redshifts_ == 15
    none = make(redshift_column=None).fit(X, y)
    assert none.predict_proba(X).shape == (30, 2)
    with pytest.raises(ValueError, match="fit had no redshift"):
        none.predict_redshift(X)
    far = X.assign(redshift=[0.9, *X["redshift"].iloc[1:]])
    with pytest.warns(DataQualityWarning, match=r"1 objects have a redshift outside"):
        model = make().fit(far, y)
    assert model.n_redshifts_ == 29


def test_weights_count_in_the_priors():
    X, y = simulated(30, 0)
    weight = np.where(X["redshift"] < 0.1, 1.0, 0.0)
    model = make().fit(X, y, sample_weight=weight)
    assert model.n_redshifts_ == (weight > 0).sum()
    assert model.redshift_grid_ @ model.redshift_prior_ < 0.12


def test_arrays_on_the_grid():
    X, y = simulated(40, 0)
    flux = SpectrumResampler(n_bins=64).fit_transform(X)
    model = make().fit(flux, y, redshift=X["redshift"])
    np.testing.assert_allclose(
        model.preprocessor_.wavelength_[0], 3500 * np.exp(STEP * 3 / 2), rtol=1e-6
    )
    assert model.predict_redshift(flux).shape == (40,)
    with sklearn.config_context(enable_metadata_routing=True):
        own = make().set_fit_request(redshift=True)
        pipe = make_pipeline(SpectrumResampler(n_bins=64), own)
        pipe.fit(X, y, redshift=X["redshift"])
        np.testing.assert_array_equal(pipe.predict_proba(X), model.predict_proba(flux))


def test_composes_and_is_saved(tmp_path):
    X, y = simulated(40, 0)
    own = make()
    assert np.isfinite(cross_val_score(own, X, y, cv=2)).all()
    with pytest.raises(NotFittedError):
        own.predict_redshift(X)
    fitted = clone(own).fit(X, y)
    save_model(fitted, tmp_path / "model")
    loaded = load_model(tmp_path / "model")
    for one, other in zip(
        loaded.predict_redshift_proba(X), fitted.predict_redshift_proba(X), strict=True
    ):
        np.testing.assert_array_equal(one, other)
    again = clone(own).set_params(warm_start=True).fit(X, y)
    np.testing.assert_array_equal(again.predict_proba(X), fitted.predict_proba(X))
    assert again.fit(X, y).n_iter_ == 4
    with pytest.raises(ValueError, match="redshift_range"):
        again.set_params(redshift_range=(0, 0.5)).fit(X, y)


def test_stops_early_and_computes_in_half_the_bits():
    X, y = simulated(40, 0)
    own = make(max_epochs=4, early_stopping=True)
    fitted = own.fit(X, y)
    assert all(np.isfinite(row["valid_loss"]) for row in fitted.history_)
    whole = fitted.predict_proba(X)
    fitted.net_.module_.encoder.precision = "bfloat16"
    half = fitted.predict_proba(X)
    assert 0 < np.abs(half - whole).max() < 0.05


def test_of_no_objects(model):
    X, _ = simulated(3, 0)
    assert model.predict_proba(X.iloc[:0]).shape == (0, 2)
    assert model.predict_redshift(X.iloc[:0], return_std=True)[1].shape == (0,)


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"redshift_range": (0.5, 0.1)}, "'redshift_range' parameter must be two increasing"),
        ({"redshift_range": (0.1,)}, "'redshift_range' parameter must be two increasing"),
        ({"widths": (8, 0)}, "'widths' parameter of SpectralFeatures must hold positive"),
        ({"widths": (8,)}, "'widths' parameter of SpectralFeatures has 1 blocks and 'kernels' 2"),
        ({"kernels": (4, 3)}, "'kernels' parameter of SpectralFeatures must hold odd"),
        (
            {"wavelength_range": (350.0, 900.0)},
            r"'wavelength_range' parameter.* must be two increasing",
        ),
        ({"redshift_width": 0.0}, "redshift_width"),
        ({"n_templates": 0}, "n_templates"),
        ({"n_features": 0}, "'n_features' parameter of SpectralFeatures"),
        ({"max_crop": 0.5}, "'max_crop' parameter of SpectralFeatures"),
    ],
)
def test_parameters_that_are_refused(params, message):
    X, y = simulated(8, 0)
    with pytest.raises(ValueError, match=message):
        make(**params).fit(X, y)


def test_one_weight_for_all_is_none():
    X, y = simulated(20, 0)
    models = [make().fit(X, y, w) for w in (None, 2.0)]
    np.testing.assert_allclose(models[0].redshift_prior_, models[1].redshift_prior_)
    assert models[1].n_redshifts_ == 20


@pytest.mark.parametrize("encoder", ["spectranet", SpectraNet(), "cnn", np.exp, None])
def test_encoders_without_features_of_every_bin_are_refused(encoder):
    X, y = simulated(8, 0)
    with pytest.raises(ValueError, match=r"'encoder' parameter of SpectralRedshiftClassifier must"):
        SpectralRedshiftClassifier(encoder=encoder, max_epochs=1).fit(X, y)
