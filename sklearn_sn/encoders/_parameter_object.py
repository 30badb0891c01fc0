"""Classes whose annotated attributes are the keyword parameters of the constructor."""

import inspect
import types
from dataclasses import dataclass, fields
from numbers import Integral, Real
from typing import Annotated, Literal, Union, get_args, get_origin

from sklearn.utils._param_validation import Interval, StrOptions

from sklearn_sn.encoders._docs import fill_doc

# Types for annotations, with the interval of accepted values.
UnitInterval = Annotated[float, Interval(Real, 0, 1, closed="left")]
PositiveFloat = Annotated[float, Interval(Real, 0, None, closed="neither")]
BelowHalf = Annotated[float, Interval(Real, 0, 0.5, closed="left")]
TwoOrMore = Annotated[int, Interval(Integral, 2, None, closed="left")]


def parameter_object(cls):
    """Turn a class into a parameter object: a dataclass with scikit-learn's validation.

    The class gets a keyword-only constructor that stores its annotated attributes, and parameter
    constraints of scikit-learn from the annotations. An attribute ``_parameter_constraints`` of the
    class takes precedence. Placeholders in the docstring are replaced by shared documentation.

    Parameters
    ----------
    cls : type
        Subclass of :class:`sklearn.base.BaseEstimator`, changed in place.

    Returns
    -------
    type
        The same class.
    """
    dataclass(kw_only=True, eq=False, repr=False)(cls)
    # Constraints of a base class apply to its own annotations, unless a subclass changes them.
    inherited = {}
    for base in reversed(cls.__mro__):
        inherited |= base.__dict__.get("_own_constraints", {})
    declared = cls.__dict__.get("_parameter_constraints", {})
    cls._own_constraints = {**_annotated_constraints(cls), **declared}
    cls._parameter_constraints = {**inherited, **cls._own_constraints}
    defaults = {field.name: repr(field.default) for field in fields(cls)}
    cls.__doc__ = fill_doc(cls.__doc__, **defaults)
    return cls


def _annotated_constraints(cls):
    """Return the constraints from the annotations in the body of the class itself."""
    names = inspect.get_annotations(cls)
    return {field.name: _constraint(field.type) for field in fields(cls) if field.name in names}


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
    # A plain float is >= 0; other ranges need an Annotated type.
    if kind is float:
        return [Interval(Real, 0, None, closed="left")]
    if origin in (tuple, list) or kind in (tuple, list):
        return ["array-like"]
    return [object]
