"""Models as bytes, unpacked once in a process."""

import pickle

import pytest
from sklearn.preprocessing import StandardScaler

from sklearn_sn.distributed import _packed_model
from sklearn_sn.distributed._packed_model import PackedModel

pytest.importorskip("cloudpickle")


def scaler(top):
    return StandardScaler().fit([[0.0], [top]])


def test_copies_of_one_model_are_unpacked_once():
    packed = PackedModel.pack(scaler(2.0))
    received = [pickle.loads(pickle.dumps(packed)) for _ in range(2)]
    first, second = [copy.unpack() for copy in received]
    assert first is second
    assert first.mean_ == 1.0


def test_models_of_equal_class_are_told_apart():
    one, other = PackedModel.pack(scaler(2.0)), PackedModel.pack(scaler(4.0))
    assert one.digest != other.digest
    assert (one.unpack().mean_, other.unpack().mean_) == (1.0, 2.0)


def test_a_process_keeps_few_models():
    packed = [PackedModel.pack(scaler(float(top))) for top in range(2, 7)]
    models = [one.unpack() for one in packed]
    assert len(_packed_model._unpacked) == _packed_model._N_KEPT
    assert packed[-1].unpack() is models[-1]
    assert packed[0].unpack() is not models[0]


def test_classes_of_a_notebook_are_packed():
    space = {"__name__": "__main__", "StandardScaler": StandardScaler}
    exec("class Mine(StandardScaler): pass", space)
    model = space["Mine"]().fit([[0.0], [6.0]])
    assert PackedModel.pack(model).unpack().mean_ == 3.0
