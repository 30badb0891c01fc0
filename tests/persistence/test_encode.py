"""Values come back with the type they had."""

import json

import numpy as np
import pytest
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import FunctionTransformer

from sklearn_sn.persistence import load_model, save_model
from sklearn_sn.persistence._decode import Decoder
from sklearn_sn.persistence._encode import Encoder

VALUES = [
    None,
    True,
    -3,
    2**70,
    0.1,
    float("inf"),
    float("-inf"),
    "",
    "ä\n",
    [],
    (),
    [1, (2, [3.0, "a"])],
    (("a", 1), ["b"]),
    {},
    {"SN Ia": 2.0, 1: "a", (1, "b"): None, None: [1], False: 0},
    {"kind": "object", "class": "posix.system"},
    {1, 2, 3},
    frozenset({"a"}),
    slice(0, 3, None),
    np.float64(0.25),
    np.float32(0.1),
    np.int64(-5),
    np.uint64(2**63 + 1),
    np.bool_(True),
    np.str_("Ia"),
    np.bytes_(b"g"),
    np.datetime64("2011-08-24"),
    np.dtype("float32"),
    np.dtype("<U7"),
    np.float64,
    float,
    str,
    object,
]


def back(value):
    encoder = Encoder()
    node = json.loads(json.dumps(encoder.encode(value, "value"), allow_nan=False))
    decoder = Decoder(encoder.arrays.data())
    found = decoder.decode(node, "value")
    decoder.arrays.check_all_used()
    return found


def same(value, found):
    assert type(found) is type(value)
    if isinstance(value, dict):
        assert [*found] == [*value]
        assert [type(key) for key in found] == [type(key) for key in value]
        value, found = list(value.values()), list(found.values())
    if isinstance(value, list | tuple):
        assert len(value) == len(found)
        for one, other in zip(value, found, strict=True):
            same(one, other)
    else:
        assert found == value


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_round_trip(value):
    same(value, back(value))


def test_not_a_number():
    assert np.isnan(back(float("nan")))
    assert np.isnan(back(np.float32("nan")))


def test_arrays_of_objects():
    array = np.array([["a", None], [1.5, np.int64(3)]], dtype=object)
    found = back(array)
    assert found.shape == (2, 2)
    assert [type(x) for x in found.flat] == [str, type(None), float, np.int64]
    lists = np.empty(2, dtype=object)
    lists[:] = [[1, 2], [3, 4]]
    assert back(lists).tolist() == [[1, 2], [3, 4]]
    assert back(lists).shape == (2,)


def test_every_type_as_a_parameter(tmp_path):
    model = FunctionTransformer(
        kw_args={"a": (1, [2]), "b": None, "c": np.float32(1), "d": {"e": (True, 2.0)}}
    ).fit([[1.0]])
    save_model(model, tmp_path / "a")
    same(model.get_params(), load_model(tmp_path / "a").get_params())


def test_one_object_in_two_places_stays_one():
    state = np.random.RandomState(0)
    model = LogisticRegression(random_state=state)
    found = back([model, state, model, {"a": state}])
    assert found[2] is found[0]
    assert found[1] is found[3]["a"] is found[0].random_state
    array = np.arange(3.0)
    one, other = back((array, [array]))
    assert one is other[0]


def test_numbers_of_references_agree_through_every_kind(fitted, supernovae):
    from sklearn.frozen import FrozenEstimator

    state = np.random.RandomState(1)
    frozen = FrozenEstimator(fitted)
    dummy = DummyClassifier(random_state=state).fit(*supernovae)
    found = back([state, frozen, np.random.default_rng(0), dummy, [frozen, dummy, fitted, state]])
    assert found[4][0] is found[1]
    assert found[4][1] is found[3]
    assert found[4][2] is found[1].estimator
    assert found[4][3] is found[0] is found[3].random_state


def test_what_contains_itself_is_refused():
    model = LogisticRegression()
    model.random_state = [model]
    with pytest.raises(TypeError, match="contains itself"):
        Encoder().encode(model, "m")


@pytest.mark.parametrize(
    ("value", "match"),
    [
        (lambda: 0, "functions and classes"),
        (print, "functions and classes"),
        (Encoder, "functions and classes"),
        (b"bytes", "objects of builtins.bytes"),
        (1j, "objects of builtins.complex"),
        (range(3), "objects of builtins.range"),
        (np.ma.array([1.0]), "MaskedArray are not stored"),
        (np.zeros(2, dtype="V3"), "raw bytes"),
        (np.zeros(2, dtype=[("a", object)]), "are not stored"),
        (np.random.RandomState(np.random.PCG64(0)), "RandomState are not stored"),
        (np.random.Generator(np.random.MT19937(0)), "Generator are not stored"),
    ],
    ids=lambda v: type(v).__name__,
)
def test_what_cannot_be_stored_is_named(value, match):
    with pytest.raises(TypeError, match=match) as caught:
        Encoder().encode({"there": [value]}, "here")
    assert str(caught.value).startswith("Cannot save here/there/0: ")


def test_sparse_arrays_are_refused():
    from scipy.sparse import csr_matrix

    with pytest.raises(TypeError, match="sparse arrays are not stored"):
        Encoder().encode(csr_matrix(np.eye(2)), "x")
