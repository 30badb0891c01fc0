"""Classes whose annotated attributes are their constructor's keyword parameters."""

import inspect
import types
from dataclasses import dataclass, fields
from numbers import Integral, Real
from typing import Annotated, Literal, Union, get_args, get_origin

from sklearn.utils._param_validation import Interval, StrOptions

from sklearn_sn.encoders._docs import fill_doc

# Types of parameters: an annotation states what the parameter accepts.
UnitInterval = Annotated[float, Interval(Real, 0, 1, closed="left")]
PositiveFloat = Annotated[float, Interval(Real, 0, None, closed="neither")]
BelowHalf = Annotated[float, Interval(Real, 0, 0.5, closed="left")]
TwoOrMore = Annotated[int, Interval(Integral, 2, None, closed="left")]


def parameter_object(cls):
    """Turn a class into a parameter object: a dataclass with scikit-learn's validation.

    The class gets a keyword-only constructor that stores its annotated attributes, scikit-learn's
    parameter constraints from the annotations (an attribute ``_parameter_constraints`` of the class
    takes precedence), and shared documentation in place of placeholders.

    Parameters
    ----------
    cls : type
        A subclass of :class:`sklearn.base.BaseEstimator`; changed in place.

    Returns
    -------
    type
    """
    dataclass(kw_only=True, eq=False, repr=False)(cls)
    inherited = {}
    for base in reversed(cls.__mro__):
        inherited |= base.__dict__.get("_own_constraints", {})
    own = cls.__dict__.get("_parameter_constraints", {})
    cls._own_constraints = {**_annotated_constraints(cls), **own}
    cls._parameter_constraints = {**inherited, **cls._own_constraints}
    cls.__doc__ = fill_doc(cls.__doc__)
    return cls


def _annotated_constraints(cls):
    """Return constraints from the annotations of the attributes that the class itself defines."""
    own = inspect.get_annotations(cls)
    return {field.name: _constraint(field.type) for field in fields(cls) if field.name in own}


def _constraint(kind):
    origin, args = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return list(args[1:])
    if origin in (Union, types.UnionType):
        return [constraint for arg in args for constraint in _constraint(arg)]
    if kind in (None, type(None)):
        return [None]
    if origin is Literal:
        return [StrOptions(set(args))]
    if kind is bool:
        return ["boolean"]
    if kind is int:
        return [Interval(Integral, 1, None, closed="left")]
    if kind is float:
        return [Interval(Real, 0, None, closed="left")]
    if origin in (tuple, list) or kind in (tuple, list):
        return ["array-like"]
    return [object]
