"""The models that come with the package."""

from importlib.resources import files

import numpy as np
import pytest
from sklearn.frozen import FrozenEstimator
from sklearn.metrics import r2_score
from sklearn.model_selection import cross_val_score
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import Pipeline

from sklearn_sn import (
    ContrastiveEmbedder,
    LightCurveClassifier,
    SpectraNetClassifier,
    load_pretrained,
)
from sklearn_sn.cross_modal import CrossModalRetriever
from sklearn_sn.datasets import make_galaxies, make_supernovae
from sklearn_sn.persistence import list_pretrained
from tests.faults.catalogue import WAVELENGTH, curve, spectrum, table

# The first eight numbers of three embeddings, as the model gave them when it was packaged.
EMBEDDINGS = {
    "light_curve": [
        [0.2194849, 0.116479, -0.0502254, 0.1338213, 0.06225, 0.1416079, 0.0104411, -0.1030448],
        [0.156216, 0.047142, -0.0915338, 0.0753281, 0.3442736, -0.031635, 0.0147513, -0.0579429],
        [0.1381024, 0.056852, -0.1107565, 0.0808401, 0.1364865, 0.006445, 0.0125729, -0.0809356],
    ],
    "spectrum": [
        [0.1558682, 0.1599054, -0.0392837, 0.1674475, 0.0689804, -0.1807192, -0.0423674, 0.212635],
        [0.0129843, 0.1146601, -0.0114672, 0.1619487, 0.0777745, -0.150865, -0.104468, 0.2288315],
        [-0.0656615, -0.0999565, -0.1112266, 0.202775, 0.071961, -0.2229786, 0.0011806, 0.0622571],
    ],
}


@pytest.fixture(scope="module")
def supernovae():
    return make_supernovae(90, classes=("SN Ia", "SN II", "SLSN-I"), random_state=3)


def test_names():
    names = ["contrastive-sim", "galaxies-sim", "maven-sim", "supernova-spectra"]
    assert list_pretrained() == names
    with pytest.raises(ValueError, match=r"'contrastive-sin'.*contrastive-sim"):
        load_pretrained("contrastive-sin")


@pytest.mark.parametrize("name", list_pretrained())
def test_a_small_file_with_a_whole_card(name):
    file = files("sklearn_sn.persistence") / "models" / f"{name}.snmodel"
    assert len(file.read_bytes()) < 5e6
    card = load_pretrained(name, card=True)
    assert {"description", "data", "recipe", "metrics", "limits", "license"} <= set(card)
    assert all(0 < value < 1 for value in card["metrics"].values())


@pytest.mark.parametrize("modality", ["light_curve", "spectrum"])
def test_it_embeds_as_it_did(modality):
    if modality == "light_curve":
        lsst = {"band": np.tile(["lsstg", "lsstz", "lssti"], 4), "flux": curve()["flux"][::-1]}
        cells = [curve(), curve(slice(0, 5)), curve(**lsst)]
    else:
        smooth = spectrum(flux=2.0 + np.sin(WAVELENGTH / 400.0))
        cells = [spectrum(), spectrum(slice(50, 200)), smooth]
    z = load_pretrained("contrastive-sim").encode(table(*cells, column=modality), modality)
    assert z.shape == (3, 64)
    np.testing.assert_allclose(z[:, :8], EMBEDDINGS[modality], rtol=1e-5, atol=1e-6)


def test_it_knows_classes_without_training(supernovae):
    X, y = supernovae
    embedder = FrozenEstimator(load_pretrained("contrastive-sim"))
    pipe = Pipeline([("emb", embedder), ("knn", KNeighborsClassifier())])
    assert cross_val_score(pipe, X[["light_curve"]], y, cv=3).mean() > 0.6


def test_it_finds_partners(supernovae):
    X, _ = supernovae
    # Chance is 10 of 90.
    assert load_pretrained("contrastive-sim").score(X) > 0.4


@pytest.mark.parametrize("kind", [ContrastiveEmbedder, LightCurveClassifier])
def test_training_starts_from_it(supernovae, kind):
    X, y = supernovae
    start = load_pretrained("contrastive-sim")
    model = kind(
        pretrained=FrozenEstimator(start), trainable="head", max_epochs=1, random_state=0
    ).fit(X, y)
    encoder = getattr(start.net_.module_, "encoders", {})["light_curve"]
    module = model.net_.module_
    same = module.encoders["light_curve"] if hasattr(module, "encoders") else module.encoder
    for (name, mine), (_, theirs) in zip(
        encoder.named_parameters(), same.named_parameters(), strict=True
    ):
        np.testing.assert_array_equal(mine.detach(), theirs.detach(), err_msg=name)


def test_redshifts_of_galaxies_across_modalities():
    X, y = make_galaxies(400, random_state=9)
    X["redshift"] = y["redshift"]
    search = CrossModalRetriever(
        FrozenEstimator(load_pretrained("galaxies-sim")),
        query="image",
        target="spectrum",
        columns=["redshift"],
        n_neighbors=16,
    ).fit(X[:300])
    predicted = search.predict_columns(X[["image"]][300:])["redshift"]
    assert r2_score(X["redshift"][300:], predicted) > 0.3
    recall = search.score(X[300:], n_neighbors=(1, 10))
    assert recall[1] > 0.3  # chance is 10 of 100


def test_hidden_segments_of_supernova_spectra(supernovae):
    X, _ = supernovae
    filled = load_pretrained("supernova-spectra").fill(X, random_state=0)
    assert filled.mean_squared_error() < filled.mean_squared_error(filled.interpolated())


def test_a_classifier_starts_from_supernova_spectra(supernovae):
    X, y = supernovae
    start = load_pretrained("supernova-spectra")
    model = SpectraNetClassifier(
        pretrained=FrozenEstimator(start), frame="rest", trainable="none", max_epochs=1
    ).fit(X, y)
    trained = dict(model.net_.module_.encoder.named_parameters())
    for name, value in start.net_.module_.encoder.named_parameters():
        np.testing.assert_array_equal(trained[name].detach(), value.detach(), err_msg=name)
