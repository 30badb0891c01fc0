"""Classes whose annotated attributes are their parameters."""

from typing import Annotated, Any, Literal

import pytest
from sklearn.base import BaseEstimator, clone
from sklearn.utils._param_validation import Interval, StrOptions

from sklearn_sn.encoders._parameter_object import (
    PositiveFloat,
    TwoOrMore,
    UnitInterval,
    parameter_object,
)


@parameter_object
class Sizes(BaseEstimator):
    """Sizes of a test.

    Parameters
    ----------
    %(light_curve_window)s
    """

    count: int = 3
    number: float = 0.5
    flag: bool = True
    kind: Literal["a", "b"] = "a"
    pair: tuple[float, float] = (0.0, 1.0)
    part: UnitInterval = 0.1
    positive: PositiveFloat = 2.0
    several: TwoOrMore = 2
    optional: int | None = None
    anything: Any = None
    special: Annotated[str, StrOptions({"x"})] = "x"

    plain = 7  # not annotated: not a parameter


@parameter_object
class More(Sizes):
    number: float = 0.25
    other: int = 1

    _parameter_constraints = {"other": ["array-like"], "count": [StrOptions({"many"})]}


VALID = {
    "count": [1, 10],
    "number": [0.0, 3, 1e9],
    "flag": [True, False],
    "kind": ["a", "b"],
    "pair": [(1, 2), [0.5, 3.0]],
    "part": [0, 0.0, 0.999],
    "positive": [1e-9, 5],
    "several": [2, 8],
    "optional": [None, 4],
    "anything": [None, "text", object()],
    "special": ["x"],
}
INVALID = {
    "count": [0, -1, 1.5, "3", None],
    "number": [-0.1, "1", None],
    "flag": [1.5, "yes", None],
    "kind": ["c", None, 1],
    "pair": [3.0, None],
    "part": [1.0, -0.1, None],
    "positive": [0.0, -1.0],
    "several": [1, 0],
    "optional": [0, 1.5, "4"],
    "special": ["y", None],
}


@pytest.mark.parametrize(("name", "value"), [(n, v) for n in VALID for v in VALID[n]])
def test_an_annotation_states_what_is_accepted(name, value):
    Sizes(**{name: value})._validate_params()


@pytest.mark.parametrize(("name", "value"), [(n, v) for n in INVALID for v in INVALID[n]])
def test_and_what_is_not(name, value):
    with pytest.raises(ValueError, match=f"The '{name}' parameter of Sizes must be"):
        Sizes(**{name: value})._validate_params()


def test_the_constructor_only_stores():
    sizes = Sizes(count=-1, pair=[1, 2])
    assert sizes.count == -1 and sizes.pair == [1, 2]
    assert set(sizes.get_params()) == set(VALID)
    assert clone(sizes).get_params() == sizes.get_params()
    assert repr(Sizes(count=5)) == "Sizes(count=5)"
    assert Sizes() != Sizes()  # as estimators: by identity
    assert len({Sizes(), Sizes()}) == 2
    with pytest.raises(TypeError, match="positional"):
        Sizes(3)


def test_a_subclass_inherits_parameters_and_constraints():
    assert set(More().get_params()) == {*VALID, "other"}
    assert More().number == 0.25 and More().count == 3
    with pytest.raises(ValueError, match="'kind' parameter of More"):
        More(count="many", other=[1], kind="c")._validate_params()


def test_constraints_of_the_class_take_precedence_over_annotations():
    More(count="many", other=[1, 2])._validate_params()
    with pytest.raises(ValueError, match="'other' parameter of More"):
        More(count="many")._validate_params()  # an int is no array
    Sizes(count=3)._validate_params()  # the base is as it was
    assert isinstance(Sizes._parameter_constraints["count"][0], Interval)


def test_shared_documentation_is_filled_in():
    assert "time_window : pair of float" in Sizes.__doc__ and "%(" not in Sizes.__doc__
