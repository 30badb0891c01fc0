"""Known objects: their file, the search, and whether they belong to the packaged embedder."""

import dataclasses

import numpy as np
import pytest

from sklearn_sn import load_pretrained
from sklearn_sn.catalog._fingerprint import fingerprint
from sklearn_sn.catalog._known_objects import KnownObjects, known_objects, matching


def test_the_file_keeps_everything_in_half_precision(known, tmp_path):
    known.save(tmp_path / "known.npz")
    read = KnownObjects.load(tmp_path / "known.npz")
    for name in ("names", "classes", "redshift"):
        np.testing.assert_array_equal(getattr(read, name), getattr(known, name))
    for name in known.rows:
        np.testing.assert_array_equal(read.rows[name], known.rows[name])
        np.testing.assert_allclose(read.codes[name], known.codes[name], atol=5e-4)
    assert read.embedder == known.embedder and read.card == known.card


@pytest.mark.parametrize("names", [["light_curve"], ["spectrum"], ["light_curve", "spectrum"]])
def test_distances_are_means_over_the_modalities(known, names):
    rows = np.arange(20, 60)  # objects with both
    rng = np.random.default_rng(0)
    codes = {name: rng.normal(size=(5, known.codes[name].shape[1])) for name in names}
    distance, index = known.nearest(codes, 4)
    everything = known.rows["light_curve"] if names == ["light_curve"] else rows
    expected = np.zeros((5, len(everything)))
    for name in names:
        gallery = known.codes[name][np.searchsorted(known.rows[name], everything)]
        unit = codes[name] / np.linalg.norm(codes[name], axis=1, keepdims=True)
        expected += (1.0 - unit @ gallery.T) / len(names)
    order = np.argsort(expected, axis=1)[:, :4]
    np.testing.assert_array_equal(index, everything[order])
    np.testing.assert_allclose(distance, np.take_along_axis(expected, order, 1), atol=1e-5)


def test_more_neighbours_than_objects_are_missing(known):
    codes = {"spectrum": known.codes["spectrum"][:2]}
    distance, index = known.nearest(codes, 50)
    assert (index[:, 40:] == -1).all() and np.isinf(distance[:, 40:]).all()
    assert index[:, 0].tolist() == [20, 21]


def test_known_objects_of_another_embedder_are_not_used(known):
    embedder = load_pretrained("contrastive-sim")
    assert matching(embedder, known)
    with pytest.warns(UserWarning, match="do not belong to the embedder"):
        assert not matching(embedder, dataclasses.replace(known, embedder="0" * 64))
    with pytest.warns(UserWarning, match="does not contain the file of known supernovae"):
        assert not matching(embedder, None)


def test_the_packaged_objects_belong_to_the_packaged_embedder():
    """If it fails: python benchmarks/studies/known_supernovae.py."""
    known = known_objects()
    assert known.embedder == fingerprint(load_pretrained("contrastive-sim"))
    assert len(known.names) > 2000 and len(set(known.names)) == len(known.names)
    assert {"SN Ia", "SN II", "SN Ib/c", "SN IIn", "SLSN-I"} == set(known.classes)
    for name in known.rows:
        np.testing.assert_allclose(np.linalg.norm(known.codes[name], axis=1), 1.0, atol=2e-3)
        assert (np.diff(known.rows[name]) > 0).all()
    assert known.positions.shape == (len(known.names), 2)
    assert known.positions.min() >= 0 and known.positions.max() <= 1
    assert "sources" in known.card
