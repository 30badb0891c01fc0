"""Predictions of plain columns across modalities."""

import numpy as np
import pandas as pd
import pytest
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor

from sklearn_sn import load_model, save_model
from sklearn_sn.cross_modal import CrossModalRetriever
from sklearn_sn.data import as_ragged

COLUMNS = ("redshift", "ebv", "survey", "label")


@pytest.fixture(scope="module")
def table(dated):
    rng = np.random.default_rng(0)
    return dated.assign(label=rng.choice(["a", "b", "c"], len(dated)))


@pytest.fixture(scope="module")
def search(table, embedder):
    return CrossModalRetriever(embedder, columns=COLUMNS, n_neighbors=8).fit(table[:40])


def queries(table, modality="light_curve"):
    other = {"light_curve": "spectrum", "spectrum": "light_curve"}[modality]
    return table.drop(columns=[other, "label", "redshift"])[40:]


@pytest.mark.parametrize(
    ("query", "target"),
    [
        ("light_curve", "spectrum"),
        ("spectrum", "light_curve"),
        ("spectrum", "spectrum"),
        ("light_curve", "light_curve"),
    ],
)
def test_all_four_directions(table, embedder, query, target):
    model = CrossModalRetriever(
        embedder, query=query, target=target, columns=COLUMNS, metric="euclidean", n_neighbors=8
    ).fit(table[:40])
    X = queries(table, query)
    gallery = table[:40]
    gallery = gallery[as_ragged(gallery[target], kind=target).lengths > 0]
    train = embedder.encode(gallery, target).astype(float)
    test = embedder.encode(X, query).astype(float)
    found = model.predict_columns(X)
    assert list(found.columns) == list(COLUMNS) and found.index.equals(X.index)
    regressor = KNeighborsRegressor(8, weights="distance")
    expected = regressor.fit(train, gallery[["redshift", "ebv"]]).predict(test)
    np.testing.assert_allclose(found[["redshift", "ebv"]], expected, rtol=1e-6)
    classifier = KNeighborsClassifier(8, weights="distance").fit(train, gallery["label"])
    proba = model.predict_proba(X, "label")
    np.testing.assert_allclose(proba, classifier.predict_proba(test), atol=1e-6)
    assert list(proba.columns) == ["a", "b", "c"] and proba.index.equals(X.index)
    assert list(found["label"]) == list(classifier.predict(test))


def test_the_table_of_neighbours(search, table):
    X = queries(table)
    distance, indices = search.kneighbors(X, 3)
    found = search.neighbors(X, ["redshift", "label"], n_neighbors=3)
    assert list(found) == ["query", "rank", "neighbor", "distance", "redshift", "label"]
    assert list(found["query"]) == list(np.repeat(X.index, 3))
    assert list(found["rank"]) == [1, 2, 3] * 20
    np.testing.assert_array_equal(found["distance"], distance.ravel())
    names = search.gallery_index_[indices.ravel()]
    assert list(found["neighbor"]) == list(names)
    np.testing.assert_array_equal(found["redshift"], table.loc[names, "redshift"])
    assert list(found["label"]) == list(table.loc[names, "label"])
    assert len(search.neighbors(X[:0])) == 0


def test_uniform_weights_are_the_plain_mean(table, embedder):
    model = CrossModalRetriever(embedder, columns=["redshift"], weights="uniform").fit(table[:40])
    X = queries(table)
    found = model.neighbors(X).groupby("query", sort=False)["redshift"].mean()
    np.testing.assert_allclose(model.predict_columns(X)["redshift"], found)


def test_an_object_of_the_gallery_is_not_its_own_neighbour(table, embedder):
    params = {"query": "spectrum", "columns": ["redshift"], "n_neighbors": 5}
    gallery = table[:40][as_ragged(table["spectrum"]).lengths[:40] > 0]
    leaky = CrossModalRetriever(embedder, **params).fit(gallery)
    safe = CrossModalRetriever(embedder, exclude_self=True, **params).fit(gallery)
    own = np.arange(len(gallery))
    np.testing.assert_array_equal(leaky.kneighbors(gallery, 1)[1][:, 0], own)
    np.testing.assert_allclose(
        leaky.predict_columns(gallery)["redshift"], gallery["redshift"], rtol=1e-3
    )
    distance, indices = safe.kneighbors(gallery, 4)
    assert not (indices == own[:, None]).any()
    np.testing.assert_array_equal(indices, leaky.kneighbors(gallery, 5)[1][:, 1:])
    assert (np.diff(distance, axis=1) >= 0).all()
    # Without the object itself, nothing of its own redshift is left.
    shifted = gallery.assign(redshift=gallery["redshift"].where(own != 3, 9.9))
    again = CrossModalRetriever(embedder, exclude_self=True, **params).fit(shifted)
    one = gallery.iloc[[3]]
    assert (
        again.predict_columns(one)["redshift"].item()
        == safe.predict_columns(one)["redshift"].item()
    )
    # Other objects are unaffected, and all possible neighbours are the rest of the gallery.
    X = table[40:]
    np.testing.assert_array_equal(safe.kneighbors(X, 4)[1], leaky.kneighbors(X, 4)[1])
    n_possible = len(gallery) - 1
    assert safe.kneighbors(gallery, n_possible)[1].shape == (len(gallery), n_possible)
    with pytest.raises(ValueError, match=rf"in \[1, {n_possible}\].*exclude_self=True"):
        safe.kneighbors(gallery, n_possible + 1)


def test_rows_of_one_name_are_all_excluded(table, embedder):
    gallery = table[as_ragged(table["spectrum"]).lengths > 0][:20]
    twice = pd.concat([gallery, gallery[:6]])
    model = CrossModalRetriever(embedder, query="spectrum", exclude_self=True).fit(twice)
    indices = model.kneighbors(gallery, 10, return_distance=False)
    assert not (model.gallery_index_[indices] == np.asarray(gallery.index)[:, None]).any()


def test_missing_values_never_become_nan(table, embedder):
    label = pd.Series(None, index=table.index, dtype=object)
    label.iloc[5] = "b"
    redshift = table["redshift"].where(np.arange(60) == 2)
    sparse = table.assign(redshift=redshift, label=label)
    columns = ["redshift", "label"]
    model = CrossModalRetriever(
        embedder, query="spectrum", target="light_curve", columns=columns, n_neighbors=2
    ).fit(sparse[:40])
    found = model.predict_columns(queries(table, "spectrum"))
    np.testing.assert_allclose(found["redshift"], table["redshift"].iloc[2])
    assert set(found["label"]) == {"b"}


def test_several_k_in_one_pass(search, table):
    held = table[40:]
    found = search.score(held, n_neighbors=(1, 3, 10))
    assert found.shape == (3,) and (np.diff(found) >= 0).all()
    np.testing.assert_array_equal(found, [search.score(held, n_neighbors=k) for k in (1, 3, 10)])


def test_rejected_columns(search, table, embedder):
    X = queries(table)
    with pytest.raises(ValueError, match=r"no column 'mass', but \['redshift', 'ebv'"):
        search.predict_columns(X, ["mass"])
    with pytest.raises(ValueError, match="'redshift' holds numbers"):
        search.predict_proba(X, "redshift")
    with pytest.raises(ValueError, match=r"such as \['redshift'\]"):
        CrossModalRetriever(embedder, columns="redshift").fit(table[:40])
    with pytest.raises(ValueError, match="names 'mass', which X lacks"):
        CrossModalRetriever(embedder, columns=["mass"]).fit(table[:40])


def test_the_file_holds_the_columns(search, table, tmp_path):
    save_model(search, tmp_path / "model")
    loaded = load_model(tmp_path / "model")
    X = queries(table)
    pd.testing.assert_frame_equal(loaded.predict_columns(X), search.predict_columns(X))
    pd.testing.assert_frame_equal(loaded.neighbors(X), search.neighbors(X))


def test_faiss_gives_the_same_predictions(search, table, embedder, tmp_path):
    pytest.importorskip("faiss")
    X = queries(table)
    model = CrossModalRetriever(embedder, columns=COLUMNS, n_neighbors=8, algorithm="faiss")
    model.fit(table[:40])
    np.testing.assert_array_equal(model.kneighbors(X)[1], search.kneighbors(X)[1])
    numbers = ["redshift", "ebv"]
    np.testing.assert_allclose(
        model.predict_columns(X, numbers), search.predict_columns(X, numbers), rtol=1e-4
    )
    save_model(model, tmp_path / "model")
    loaded = load_model(tmp_path / "model")
    pd.testing.assert_frame_equal(loaded.predict_columns(X), model.predict_columns(X))


def test_auto_uses_faiss_for_large_galleries(table, embedder, monkeypatch):
    module = "sklearn_sn.cross_modal._retriever"
    assert "FaissNeighbors" not in type(_auto(table, embedder)).__name__
    monkeypatch.setattr(f"{module}.FAISS_ROWS", 10)
    monkeypatch.setattr(f"{module}.has_faiss", lambda: False)
    assert type(_auto(table, embedder)).__name__ == "NearestNeighbors"
    pytest.importorskip("faiss")
    monkeypatch.setattr(f"{module}.has_faiss", lambda: True)
    assert type(_auto(table, embedder)).__name__ == "FaissNeighbors"


def _auto(table, embedder):
    return CrossModalRetriever(embedder).fit(table[:40]).neighbors_
