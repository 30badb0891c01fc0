"""Random states go on where they were."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from sklearn_sn.persistence import ModelFileError, load_model, save_model
from sklearn_sn.persistence._decode import Decoder
from tests.persistence.tampering import described


def test_random_state_as_a_parameter(tmp_path):
    state = np.random.RandomState(3)
    state.standard_normal(7)
    model = LogisticRegression(random_state=state).fit([[0.0], [1.0]], [0, 1])
    save_model(model, tmp_path / "a")
    found = load_model(tmp_path / "a").random_state
    assert type(found) is np.random.RandomState
    np.testing.assert_array_equal(found.standard_normal(9), state.standard_normal(9))


def test_generator():
    rng = np.random.default_rng(3)
    rng.random(5, dtype=np.float32)
    node, data = described(rng)
    found = Decoder(data).decode(node, "x")
    assert found.integers(0, 9, 50).tolist() == rng.integers(0, 9, 50).tolist()


def test_the_global_state_is_not_carried_away():
    node, data = described(np.random.mtrand._rand)
    assert node == {"kind": "global_random_state"}
    assert Decoder(data).decode(node, "x") is np.random.mtrand._rand


@pytest.mark.parametrize(
    "changes",
    [{"pos": 10**9}, {"pos": -1}, {"pos": 625}, {"pos": 1.0}, {"has_gauss": 7}, {"pos": True}],
)
def test_positions_outside_of_the_state(changes):
    node, data = described(np.random.RandomState(0))
    with pytest.raises(ModelFileError, match="out of range"):
        Decoder(data).decode(node | changes, "x")


def test_states_of_another_size():
    node, _ = described(np.random.RandomState(0))
    key, data = described(np.zeros(3, dtype=np.uint32), "value/key")
    with pytest.raises(ModelFileError, match="wrong size"):
        Decoder(data).decode(node | {"key": key}, "x")


def test_generators_out_of_range():
    node, data = described(np.random.default_rng(0))
    with pytest.raises(ModelFileError, match="out of range"):
        Decoder(data).decode(node | {"state": 2**128}, "x")
