"""What a second fit may change."""

import numpy as np
import pytest

from sklearn_sn.base import check_continued, kept_params, same_parameter
from sklearn_sn.base._warm_start import FREE
from sklearn_sn.encoders import GRU, DeepSets, TransceiverDecoder

SAME = [
    (1, 1),
    ("a", "a"),
    (None, None),
    ((1, 2), [1, 2]),
    (np.array([1.0, 2.0]), (1.0, 2.0)),
    ({"a": np.arange(3)}, {"a": [0, 1, 2]}),
    (DeepSets(d_model=8), DeepSets(d_model=8)),
    (DeepSets(time_window=(-1.0, 2.0)), DeepSets(time_window=[-1.0, 2.0])),
    (TransceiverDecoder(), TransceiverDecoder()),
    ([DeepSets()], [DeepSets()]),
]
OTHER = [
    (1, 2),
    (1, 1.0),
    (1, True),
    ("a", "b"),
    ("a", ["a"]),
    (None, 0),
    ((1, 2), (1, 2, 3)),
    ({"a": 1}, {"a": 1, "b": 2}),
    (DeepSets(d_model=8), DeepSets(d_model=9)),
    (DeepSets(), GRU()),
    (DeepSets(), "deep_sets"),
    (lambda: 1, lambda: 1),
    (np.arange(3), np.arange(1, 4)),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_equal_parameters(one, other):
    assert same_parameter(one, other) and same_parameter(other, one)


@pytest.mark.parametrize(("one", "other"), OTHER)
def test_different_parameters(one, other):
    assert not same_parameter(one, other) and not same_parameter(other, one)


def test_a_callable_is_itself():
    assert same_parameter(test_a_callable_is_itself, test_a_callable_is_itself)


def test_encoders_are_kept_as_they_were():
    encoder = DeepSets(d_model=8)
    kept = kept_params({"encoder": encoder, "loss": "focal", "lr": 1.0, "callbacks": [print]})
    encoder.set_params(d_model=16)
    assert set(kept) == {"encoder", "loss"}
    assert kept["encoder"].d_model == 8
    assert {"lr", "max_epochs", "batch_size", "random_state"} <= FREE


class Table:
    """A table that has light curves, and a column of spectra without any."""

    def has(self, name):
        return name in ("light_curve", "spectrum")

    def present(self, name):
        return np.array([name == "light_curve", False])


def test_a_second_fit_with_equal_parameters_continues():
    first = kept_params({"encoder": DeepSets(), "loss": "focal", "lr": 1.0})
    now = {"encoder": DeepSets(), "loss": "focal", "lr": 0.1}
    check_continued(now, first, ["light_curve"], Table())


def test_a_parameter_that_changed_is_named():
    first = kept_params({"encoder": DeepSets(), "loss": "focal"})
    with pytest.raises(ValueError, match=r"the parameters \['encoder'\] have changed since"):
        check_continued({"encoder": GRU(), "loss": "focal"}, first, ["light_curve"], Table())


@pytest.mark.parametrize("name", ["spectrum", "image"])
def test_a_modality_that_is_missing_is_named(name):
    with pytest.raises(ValueError, match=f"X has no '{name}'"):
        check_continued({}, {}, ["light_curve", name], Table())
