"""Search in spectra by light curves."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from sklearn_sn import ContrastiveEmbedder, load_model, save_model
from sklearn_sn.cross_modal import CrossModalRetriever
from sklearn_sn.data import DataQualityWarning, as_ragged
from sklearn_sn.metrics import recall_at_k
from tests.conftest import SMALL


@pytest.fixture(scope="module")
def search(dated, embedder):
    return CrossModalRetriever(embedder, n_neighbors=5).fit(dated[:40])


@pytest.fixture(scope="module")
def curves(dated):
    return dated.drop(columns="spectrum")[40:]


def test_the_gallery_is_what_has_spectra(search, dated):
    has = as_ragged(dated["spectrum"]).lengths[:40] > 0
    assert 0 < has.sum() < 40
    assert list(search.gallery_index_) == list(dated.index[:40][has])
    assert search.n_features_in_ == dated.shape[1]


def test_frozen_embedders_stay_and_others_are_fitted(search, dated, embedder):
    assert search.embedder_ is embedder
    own = ContrastiveEmbedder(**SMALL)
    fitted = CrossModalRetriever(own).fit(dated[:40])
    assert fitted.embedder_ is not own and not hasattr(own, "net_")
    np.testing.assert_array_equal(
        fitted.embedder_.transform(dated[40:]), embedder.transform(dated[40:])
    )


@pytest.mark.parametrize("metric", ["cosine", "euclidean", "frobenius"])
def test_neighbours_are_the_nearest(dated, curves, embedder, metric):
    model = CrossModalRetriever(embedder, metric=metric, n_neighbors=4).fit(dated[:40])
    distance, place = model.kneighbors(curves)
    assert distance.shape == place.shape == (20, 4)
    query = embedder.encode(curves, "light_curve").astype(float)
    has = as_ragged(dated["spectrum"]).lengths[:40] > 0
    target = embedder.encode(dated[:40][has], "spectrum").astype(float)
    if metric == "cosine":
        every = 1.0 - query @ target.T
    else:
        every = np.linalg.norm(query[:, None] - target[None], axis=-1)
    np.testing.assert_allclose(distance, np.sort(every, axis=1)[:, :4], atol=1e-5)
    np.testing.assert_array_equal(model.kneighbors(curves, 2, return_distance=False), place[:, :2])
    # Unit vectors: all metrics give one order.
    cosine = CrossModalRetriever(embedder, n_neighbors=4).fit(dated[:40])
    np.testing.assert_array_equal(cosine.kneighbors(curves, return_distance=False), place)


def test_prediction_is_the_cell_of_the_nearest(search, dated, curves):
    place = search.kneighbors(curves, 1, return_distance=False)[:, 0]
    column = search.predict(curves)
    assert column.index.equals(curves.index) and column.name == "spectrum"
    names = search.gallery_index_[place]
    expected = as_ragged(dated.loc[names, "spectrum"])
    np.testing.assert_array_equal(as_ragged(column)["flux"], expected["flux"])
    assert len(search.predict(curves[:0])) == 0


def test_score_is_recall_among_held_out_pairs(search, dated, embedder):
    held = dated[40:]
    pairs = held[as_ragged(held["spectrum"]).lengths > 0]
    codes = (embedder.encode(pairs, name) for name in ("light_curve", "spectrum"))
    assert search.score(held, n_neighbors=3) == recall_at_k(*codes, k=3)
    euclidean = CrossModalRetriever(embedder, metric="euclidean").fit(dated[:40])
    assert euclidean.score(held, n_neighbors=3) == pytest.approx(search.score(held, n_neighbors=3))
    with pytest.warns(DataQualityWarning, match="any embedding"):
        assert search.score(held, n_neighbors=20) == 1.0
    with pytest.raises(ValueError, match="both"):
        search.score(held[as_ragged(held["spectrum"]).lengths == 0])


def test_a_query_without_light_curve_is_an_average_object(search, curves, embedder):
    cells = as_ragged(curves["light_curve"], kind="light_curve")
    empty = cells.filter(cells.rows != 0).to_nested(index=curves.index)
    distance, _ = search.kneighbors(curves.assign(light_curve=empty))
    assert np.isfinite(distance).all()
    target = search.neighbors_._fit_X
    expected = 1.0 - target @ embedder.missing_embedding_["light_curve"]
    np.testing.assert_allclose(distance[0], np.sort(expected)[:5], atol=1e-5)
    np.testing.assert_allclose(distance[1:], search.kneighbors(curves)[0][1:], atol=1e-5)


def test_laws(search, dated, curves, tmp_path):
    assert str(clone(search).get_params()) == str(search.get_params())
    with pytest.raises(NotFittedError):
        clone(search).kneighbors(curves)
    with pytest.raises(ValueError, match="metric"):
        clone(search).set_params(metric="inner").fit(dated)
    with pytest.raises(ValueError, match="spectrum"):
        clone(search).fit(dated[as_ragged(dated["spectrum"]).lengths == 0])
    save_model(search, tmp_path / "model")
    loaded = load_model(tmp_path / "model")
    for ours, theirs in zip(search.kneighbors(curves), loaded.kneighbors(curves), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    flux = [as_ragged(model.predict(curves))["flux"] for model in (search, loaded)]
    np.testing.assert_array_equal(*flux)
