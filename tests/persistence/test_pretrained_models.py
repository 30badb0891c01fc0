"""The models that come with the package."""

import pickle
import subprocess
import sys
from importlib.resources import files

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.frozen import FrozenEstimator
from sklearn.metrics import r2_score
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import Pipeline, make_pipeline

from sklearn_sn import (
    ContrastiveEmbedder,
    LightCurveClassifier,
    SpectraNetClassifier,
    load_model,
    load_pretrained,
    save_model,
)
from sklearn_sn.cross_modal import CrossModalRetriever
from sklearn_sn.data import quality_report
from sklearn_sn.datasets import make_galaxies, make_supernovae
from sklearn_sn.persistence import list_pretrained, read_card
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
    assert list_pretrained() == [
        "contrastive-sim",
        "galaxies-sim",
        "light-curve-redshift",
        "light-curve-types",
        "maven-sim",
        "spectrum-redshift",
        "spectrum-types",
        "supernova-spectra",
        "transceiver-ia",
    ]
    with pytest.raises(ValueError, match=r"'contrastive-sin'.*contrastive-sim"):
        load_pretrained("contrastive-sin")


@pytest.mark.parametrize("name", list_pretrained())
def test_a_small_file_with_a_whole_card(name):
    file = files("sklearn_sn.persistence") / "models" / f"{name}.snmodel"
    assert len(file.read_bytes()) < 6e6
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
    embedder = load_pretrained("contrastive-sim")
    Z = embedder.transform(X[["light_curve"]])
    expected = cross_val_score(KNeighborsClassifier(), Z, y, cv=3)
    assert expected.mean() > 0.6
    pipe = Pipeline([("emb", embedder), ("knn", KNeighborsClassifier())])
    # A Pipeline that trained the embedder anew would have other scores.
    np.testing.assert_array_equal(cross_val_score(pipe, X[["light_curve"]], y, cv=3), expected)


@pytest.mark.parametrize("wrap", [lambda model: model, FrozenEstimator], ids=["as is", "wrapped"])
def test_it_is_frozen(supernovae, wrap, tmp_path):
    X, y = (part[:40] for part in supernovae)
    model = wrap(load_pretrained("contrastive-sim"))
    assert clone(model) is model and model.fit(X, y) is model
    expected = model.encode(X, "spectrum")
    pipe = make_pipeline(model, KNeighborsClassifier()).set_output(transform="pandas")
    grid = {"kneighborsclassifier__n_neighbors": [1, 3]}
    search = GridSearchCV(pipe, grid, cv=2).fit(X[["light_curve"]], y)
    frame = search.best_estimator_[:-1].transform(X[["light_curve"]])
    assert list(frame.columns) == list(pipe[:-1].get_feature_names_out())
    save_model(search.best_estimator_, tmp_path / "pipe")
    pickled = pickle.loads(pickle.dumps(search.best_estimator_))
    for copy in (search.best_estimator_, load_model(tmp_path / "pipe"), pickled):
        np.testing.assert_array_equal(copy[0].encode(X, "spectrum"), expected)
    retriever = CrossModalRetriever(model, query="light_curve", target="spectrum").fit(X)
    assert retriever.score(X) > 0.3  # chance is 10 of 40
    assert not quality_report(X, estimator=model).empty


def test_it_finds_partners(supernovae):
    X, _ = supernovae
    # Chance is 10 of 90.
    assert load_pretrained("contrastive-sim").score(X) > 0.4


@pytest.mark.parametrize("kind", [ContrastiveEmbedder, LightCurveClassifier])
def test_training_starts_from_it(supernovae, kind, tmp_path):
    X, y = supernovae
    start = load_pretrained("contrastive-sim")
    params = {"trainable": "head", "max_epochs": 1, "random_state": 0}
    model = kind(pretrained=start, **params).fit(X, y)
    named = kind(pretrained="contrastive-sim", **params).fit(X, y)
    save_model(named, tmp_path / "named")
    loaded = load_model(tmp_path / "named")
    assert loaded.pretrained == named.pretrained == "contrastive-sim"
    for same in (named, loaded):
        np.testing.assert_array_equal(same.transform(X), model.transform(X))
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
        load_pretrained("galaxies-sim"),
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
        pretrained=start, frame="rest", trainable="none", max_epochs=1
    ).fit(X, y)
    trained = dict(model.net_.module_.encoder.named_parameters())
    for name, value in start.net_.module_.encoder.named_parameters():
        np.testing.assert_array_equal(trained[name].detach(), value.detach(), err_msg=name)


@pytest.fixture(scope="module")
def bright_spectra():
    return make_supernovae(
        60,
        classes=("SN Ia", "SN II"),
        redshift_range=(0.02, 0.08),
        modalities=["spectrum"],
        random_state=5,
    )


def test_types_of_spectra(bright_spectra):
    X, y = bright_spectra
    model = load_pretrained("spectrum-types")
    unknown = X[["spectrum"]]
    assert model.classes_.tolist() == ["SLSN-I", "SN II", "SN IIn", "SN Ia", "SN Ib/c"]
    proba = model.predict_proba(unknown)
    np.testing.assert_allclose(proba.sum(axis=1), 1.0)
    assert np.mean(model.predict(unknown) == y) > 0.7
    sets = model.predict_set(unknown, coverage=0.9)
    assert sets.shape == (60, 5) and sets.dtype == bool
    assert sets.sum() < model.predict_set(unknown, coverage=0.99).sum()


def test_redshifts_of_spectra(bright_spectra):
    X, y = bright_spectra
    model = load_pretrained("spectrum-redshift")
    z, z_err = model.predict_redshift(X[["spectrum"]], return_std=True)
    ia = y == "SN Ia"
    off = np.abs(z - X["redshift"].to_numpy())[ia]
    assert np.mean(off < 0.01) > 0.8
    assert np.median(z_err) < 0.01
    assert np.mean(model.predict(X[["spectrum"]])[ia] == "SN Ia") > 0.6


def test_loading_leaves_the_compiler_of_torch_alone():
    # torch._dynamo takes longer to import than a model to load.
    code = "import sys; from sklearn_sn import load_pretrained; load_pretrained('contrastive-sim');"
    code += "assert not {'torch._dynamo', 'sympy'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_read_card_takes_names_of_packaged_models():
    assert read_card("light-curve-types") == load_pretrained("light-curve-types", card=True)
    with pytest.raises(FileNotFoundError):
        read_card("light-curve-typos")
