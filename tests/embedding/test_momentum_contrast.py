"""ImageEmbedder: pretraining of images without labels."""

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.base import clone
from sklearn.frozen import FrozenEstimator
from sklearn.neighbors import NearestNeighbors

from sklearn_sn import ContrastiveEmbedder, SupConClassifier
from sklearn_sn.data import DataQualityWarning, check_table
from sklearn_sn.datasets import extinction, make_supernovae
from sklearn_sn.embedding import ImageEmbedder
from sklearn_sn.encoders import ConvNeXtImage, ImageCNN, ResNetImage
from sklearn_sn.persistence import load_model, save_model

TRAINING = {"max_epochs": 2, "batch_size": 16, "random_state": 0}


def galaxies(n, side=24, seed=0):
    """Inclined exponential discs in three bands with noise of 1."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:side, :side] - (side - 1) / 2
    axis_ratio, angle = rng.uniform(0.2, 1.0, (n, 1, 1)), rng.uniform(0, np.pi, (n, 1, 1))
    radius, flux = rng.uniform(1.5, 4.0, (n, 1, 1)), 10 ** rng.uniform(1.2, 2.2, (n, 1, 1, 1))
    color = 10 ** rng.normal(0, 0.15, (n, 3, 1, 1))
    along = np.cos(angle) * x + np.sin(angle) * y
    across = (np.cos(angle) * y - np.sin(angle) * x) / axis_ratio
    light = np.exp(-np.hypot(along, across) / radius)[:, None]
    image = flux * color * light + rng.normal(size=(n, 3, side, side))
    return pd.DataFrame({"image": list(image.astype(np.float32))})


def make(**params):
    return ImageEmbedder(**{"encoder": ResNetImage(latent_dim=16), **TRAINING, **params})


@pytest.fixture(scope="module")
def X():
    return galaxies(60)


@pytest.fixture(scope="module")
def fitted(X):
    return make().fit(X)


def test_the_embedding_is_the_output_of_the_encoder(fitted, X):
    Z = fitted.transform(X)
    assert Z.shape == (60, 16) and Z.dtype == np.float32
    assert len(fitted.get_feature_names_out()) == 16
    prepared = fitted.preprocessor_.prepare(check_table(X, modalities=["image"]))
    arrays, _ = fitted.preprocessor_.gather(prepared, np.arange(3))
    with torch.no_grad():
        expected = fitted.net_.module_.encoder.eval()(torch.from_numpy(arrays["image"]))
    np.testing.assert_allclose(Z[:3], expected, atol=1e-5)
    np.testing.assert_allclose(fitted.missing_embedding_, Z.mean(axis=0), atol=1e-5)


def test_missing_images_and_missing_pixels(fitted, X):
    images = [image.copy() for image in X["image"]]
    images[0] = None
    images[1][1] = np.nan
    images[2][:, :3] = np.nan
    with pytest.warns(DataQualityWarning, match="1 objects have no usable image"):
        Z = fitted.transform(X.assign(image=images))
    np.testing.assert_array_equal(Z[0], fitted.missing_embedding_)
    assert np.isfinite(Z).all()
    np.testing.assert_allclose(Z[3:], fitted.transform(X)[3:], atol=1e-5)
    gap = make(max_epochs=1).fit(X.assign(image=images)[1:])
    assert np.isfinite(gap.transform(X)).all()


def test_rotated_copies_find_their_original_better_than_by_pixels():
    train, test = galaxies(300, seed=1), galaxies(100, seed=2)
    off = dict.fromkeys(["reddening", "size_scaling", "blur", "jitter", "noise"], 0.0)
    model = make(max_epochs=20, batch_size=32, lr=2e-3, queue_size=0, **off).fit(train)
    turned = test.assign(image=[np.rot90(image, axes=(1, 2)) for image in test["image"]])

    def recall(originals, copies):
        nearest = NearestNeighbors(n_neighbors=1).fit(originals).kneighbors(copies)[1][:, 0]
        return np.mean(nearest == np.arange(100))

    pixels = [np.arcsinh(np.stack(table["image"])).reshape(100, -1) for table in (test, turned)]
    embeddings = [model.transform(table) for table in (test, turned)]
    assert recall(*embeddings) > recall(*pixels) + 0.1


def test_reddening_uses_the_extinction_of_the_bands(X):
    views = make(bands=["r", "z", "g"]).fit(X)._views()
    np.testing.assert_allclose(views.extinction, extinction(np.array([6177.0, 8904, 4701])))
    with pytest.raises(ValueError, match=r"'bands' .* names 2 bands, .* images have 3 channels"):
        make(bands=["g", "r"]).fit(X)
    off = make(bands=[], reddening=0.0, max_epochs=1).fit(X)
    assert np.isfinite(off.transform(X)).all()


def test_any_number_of_bands(X):
    one = X.assign(image=[image[:1] for image in X["image"]])
    model = make(bands=["r"], encoder=ImageCNN(d_model=4, n_layers=1)).fit(one)
    assert model.transform(one).shape == (60, 32)


@pytest.mark.parametrize("rotation", ["right_angles", None])
def test_augmentations_can_be_turned_off(X, rotation):
    off = dict.fromkeys(["reddening", "size_scaling", "blur", "jitter", "noise"], 0.0)
    model = make(rotation=rotation, queue_size=0, max_epochs=1, **off).fit(X)
    assert np.isfinite(model.history_[0]["train_loss"])
    if rotation is None:
        assert model.score(X) == 1.0  # both views are the image


def test_neither_queue_nor_encoder_of_keys_stays_in_the_model(fitted):
    assert fitted.net_.queue_ is None and fitted.net_.key_encoder_ is None
    assert not any("key" in name for name in fitted.net_.module_.state_dict())


def test_early_stopping_holds_out_images(X):
    model = make(early_stopping=True).fit(X)
    assert all(np.isfinite(row["valid_loss"]) for row in model.history_)


def test_warm_start_continues(X, tmp_path):
    model = make(warm_start=True).fit(X)
    model.set_params(max_epochs=3).fit(X)
    assert model.n_iter_ == 5
    save_model(model, tmp_path / "model")
    assert load_model(tmp_path / "model").set_params(max_epochs=1).fit(X).n_iter_ == 6
    with pytest.raises(ValueError, match="queue_size"):
        model.set_params(queue_size=7).fit(X)


def test_encoders_that_read_more_than_the_image_are_rejected(X):
    for encoder in (ConvNeXtImage(), "transceiver"):
        with pytest.raises(ValueError, match="'encoder' parameter of ImageEmbedder must be an"):
            make(encoder=encoder).fit(X)


def test_a_score_needs_an_image(fitted, X):
    with pytest.raises(ValueError, match="no object with an image"):
        fitted.score(X.iloc[:0])


# Other estimators start from it ------------------------------------------------


@pytest.fixture(scope="module")
def supernovae():
    X, y = make_supernovae(40, modalities=["light_curve"], random_state=0)
    return X.assign(image=galaxies(40)["image"].to_numpy()), y


def weights_of(module):
    return {name: value.clone() for name, value in module.state_dict().items()}


@pytest.mark.parametrize("encoder", [ResNetImage(latent_dim=8), ImageCNN(d_model=4, n_layers=2)])
@pytest.mark.parametrize("estimator", [ContrastiveEmbedder, SupConClassifier])
def test_dense_layers_train_while_convolutions_are_frozen(supernovae, encoder, estimator):
    X, y = supernovae
    pretrained = make(encoder=encoder, max_epochs=1).fit(X)
    start = weights_of(pretrained.net_.module_.encoder)
    frozen = FrozenEstimator(pretrained)
    if estimator is ContrastiveEmbedder:
        model = ContrastiveEmbedder(
            light_curve="deep_sets",
            pretrained={"image": frozen},
            trainable={"image": "dense"},
            **TRAINING,
        )
    else:
        model = SupConClassifier(encoder=encoder, pretrained=frozen, trainable="dense", **TRAINING)
    model = clone(model).fit(X, y)
    module = model.net_.module_
    after = module.encoders["image"] if estimator is ContrastiveEmbedder else module.encoder
    same = {n for n, v in after.state_dict().items() if torch.equal(v, start[n])}
    dense = {"dense", "head"}
    assert same == {name for name in start if name.split(".")[0] not in dense}
    assert same != set(start) and same


def test_dense_needs_a_convolutional_encoder(supernovae):
    X, y = supernovae
    pretrained = SupConClassifier(encoder="gru", max_epochs=1, random_state=0).fit(X, y)
    with pytest.raises(ValueError, match=r"trainable='dense' needs a convolutional encoder with"):
        SupConClassifier(pretrained=FrozenEstimator(pretrained), trainable="dense").fit(X, y)


def test_rotation_may_differ_from_that_of_the_pretraining(supernovae):
    X, _ = supernovae
    pretrained = FrozenEstimator(make(max_epochs=1).fit(X))
    encoder = ResNetImage(latent_dim=16, rotation="right_angles", augmentation=False)
    model = ContrastiveEmbedder(
        light_curve="deep_sets", image=encoder, pretrained={"image": pretrained}, **TRAINING
    ).fit(X)
    assert model.preprocessors_["image"].rotation == "right_angles"
    assert not model.preprocessors_["image"].augmentation
    scale = pretrained.estimator.preprocessor_.scale_
    np.testing.assert_array_equal(model.preprocessors_["image"].scale_, scale)
