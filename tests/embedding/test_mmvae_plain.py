"""The multimodal autoencoder with cutouts and columns of numbers."""

import numpy as np
import pandas as pd
import pytest

from sklearn_sn import MMVAEEmbedder, load_model, save_model
from sklearn_sn.datasets import make_supernovae
from sklearn_sn.encoders import (
    ImageTransceiver,
    LightCurveTransceiver,
    MetadataTransceiver,
    SpectrumTransceiver,
    TransceiverDecoder,
)

SIZES = {"d_model": 16, "n_layers": 1, "d_feedforward": 16, "n_frequencies": 8}
ENCODERS = {
    "light_curve": LightCurveTransceiver(**SIZES),
    "spectrum": SpectrumTransceiver(**SIZES),
    "image": ImageTransceiver(**SIZES, size=6),
    "metadata": MetadataTransceiver(**SIZES),
}
TINY = {
    "decoder": TransceiverDecoder(**SIZES, image_size=6),
    "latent_tokens": 2,
    "latent_dim": 2,
    "batch_size": 16,
    "random_state": 0,
}
COLUMNS = ("redshift", "brightness")


def make(*modalities, **params):
    """Return a small embedder of these modalities, and no other."""
    encoders = {name: ENCODERS[name] if name in modalities else None for name in ENCODERS}
    return MMVAEEmbedder(**{**TINY, **encoders, **params})


@pytest.fixture(scope="module")
def X():
    """Ninety objects; the brightness of a cutout is that of the metadata."""
    X, _, truth = make_supernovae(90, return_truth=True, n_pixels=64, random_state=0)
    rng = np.random.default_rng(0)
    brightness = rng.uniform(2.0, 20.0, len(X))
    y, x = np.mgrid[:12, :12] - 5.5
    spot = np.exp(-(x**2 + y**2) / 8.0)
    noise = rng.normal(size=(len(X), 2, 12, 12))
    images = (noise + brightness[:, None, None, None] * spot).astype(np.float32)
    cells = pd.Series(list(images), index=X.index, dtype=object)
    cells.iloc[:5] = None
    values = pd.Series(brightness, index=X.index)
    values.iloc[3:8] = np.nan
    return X[["light_curve", "spectrum", "redshift"]].assign(
        t_peak=truth["t_peak"], image=cells, brightness=values
    )


@pytest.fixture(scope="module")
def model(X):
    return make(*ENCODERS, metadata_columns=COLUMNS, max_epochs=2, frame="observer").fit(X)


@pytest.fixture(scope="module")
def images_and_numbers(X):
    some = X[["image", "brightness"]]
    params = {"metadata_columns": ("brightness",), "lr": 1e-2, "max_epochs": 60}
    return make("image", "metadata", **params, frame="observer").fit(some.iloc[8:70])


def test_all_modalities_are_embedded_and_generated(model, X):
    assert model.modalities_ == ["light_curve", "spectrum", "image", "metadata"]
    assert model.generate(X, "image", n_samples=3, random_state=0).shape == (90, 3, 2, 6, 6)
    assert model.generate(X, "metadata", n_samples=3, random_state=0).shape == (90, 3, 2)
    assert model.predict(X, "image").shape == (90, 2, 6, 6)
    assert np.isfinite(model.predict(X, "spectrum", source="image")).all()
    assert np.isfinite(model.transform(X)).all()


@pytest.mark.parametrize("lacking", ["image", "brightness", "spectrum"])
def test_any_part_may_be_lacking_at_predict(model, X, lacking):
    answer = model.transform(X.drop(columns=lacking))
    assert answer.shape == (90, 4) and np.isfinite(answer).all()


def test_an_object_whose_numbers_are_all_missing_has_no_such_expert(model, X):
    bare = X.assign(brightness=np.nan, redshift=X["redshift"])
    alone = model.encode(bare.assign(redshift=np.nan), "metadata")
    assert (alone == 0).all()
    assert (model.encode(bare, "metadata") != 0).any(axis=1).all()


def test_a_cutout_tells_the_number_that_goes_with_it(images_and_numbers, X):
    held = X[["image", "brightness"]].iloc[70:]
    predicted = images_and_numbers.predict(held[["image"]], "metadata")[:, 0]
    residual = predicted - held["brightness"]
    assert np.mean(residual**2) < 0.3 * held["brightness"].var()


def test_a_number_tells_the_cutout_that_goes_with_it(images_and_numbers, X):
    held = X[["brightness"]].iloc[70:]
    centre = images_and_numbers.predict(held, "image")[:, :, 2:4, 2:4].mean(axis=(1, 2, 3))
    assert np.corrcoef(centre, held["brightness"])[0, 1] > 0.8


def test_generated_pixels_lie_where_they_belong(images_and_numbers, X):
    image = images_and_numbers.predict(X[["brightness"]].iloc[70:], "image").mean(axis=0)
    middle, edge = image[:, 2:4, 2:4].mean(), image[:, [0, -1]].mean()
    assert middle > edge + 1.0


def test_intervals_of_numbers_are_calibrated_by_column(images_and_numbers, X):
    held = X[["image", "brightness"]].iloc[8:]
    images_and_numbers.calibrate(held, "metadata")
    lower, upper = images_and_numbers.predict_interval(held[["image"]], "metadata", coverage=0.8)
    inside = (held["brightness"] >= lower[:, 0]) & (held["brightness"] <= upper[:, 0])
    assert 0.75 <= inside.mean() <= 0.9


def test_images_are_calibrated_by_channel(images_and_numbers, X):
    held = X[["image", "brightness"]].iloc[8:]
    images_and_numbers.calibrate(held, "image")
    calibration = images_and_numbers.calibrations_["image from metadata"]
    assert calibration.factors_.shape[:2] == (1, 2)


def test_places_are_refused_where_there_are_none(model, X):
    with pytest.raises(ValueError, match="phase, wavelength and band do not go with"):
        model.predict(X, "metadata", phase=0.0)
    with pytest.raises(ValueError, match="as_nested"):
        model.generate(X, "image", as_nested=True)


def test_text_is_refused(X):
    with pytest.raises(ValueError, match="OneHotEncoder"):
        make(*ENCODERS, metadata_columns=("survey",), max_epochs=1).fit(X.assign(survey="a"))


@pytest.mark.parametrize(
    ("columns", "frame"),
    [(("redshift",), "rest"), (("t_peak",), "rest"), (("t_peak",), "observer")],
)
def test_what_places_the_points_is_not_generated_from_them(X, columns, frame):
    with pytest.raises(ValueError, match=f"holds '{columns[0]}'"):
        make(*ENCODERS, metadata_columns=columns, frame=frame).fit(X)


def test_unknown_redshifts_are_said_in_fit(X):
    with pytest.warns(UserWarning, match="5 of 90 objects have no redshift"):
        make("spectrum", max_epochs=1).fit(
            X.assign(redshift=X["redshift"].where(np.arange(90) >= 5))
        )


def test_columns_and_modality_go_together(X):
    # None leaves the columns unused, even those that place the points.
    left_out = make("spectrum", metadata_columns=("redshift",), max_epochs=1).fit(X)
    assert left_out.modalities_ == ["spectrum"]
    with pytest.raises(ValueError, match="gives an encoder, but 'metadata_columns' names no"):
        make("spectrum", "metadata").fit(X)
    with pytest.raises(ValueError, match="lacks the column 'nothing'"):
        make("metadata", metadata_columns=("nothing",)).fit(X)
    with pytest.raises(ValueError, match="'image'"):
        make("image", "spectrum").fit(X.drop(columns="image"))


def test_a_saved_model_generates_the_same(model, X, tmp_path):
    save_model(model, tmp_path / "m.snmodel")
    again = load_model(tmp_path / "m.snmodel")
    for to in ("image", "metadata"):
        assert (again.predict(X, to) == model.predict(X, to)).all()
