"""Types: every public signature is annotated, for type checkers read them (py.typed)."""

import ast
import functools
import importlib
import inspect
import pkgutil
import typing
from pathlib import Path

import pytest

import sklearn_sn
from sklearn_sn.encoders import EncoderLike
from tests.discovery import PACKAGES, public_classes

ALL = sorted(m.name for m in pkgutil.iter_modules(sklearn_sn.__path__) if m.ispkg)
# Quoted, because these are imported only where a type checker reads.
LATE = {"Axes", "UnitBase", "dd", "nn"}
SHARED = {
    "optimizer": str,
    "lr": float,
    "weight_decay": float,
    "batch_size": int,
    "max_epochs": int,
    "lr_schedule": str | None,
    "early_stopping": bool,
    "validation_fraction": float,
    "n_iter_no_change": int,
    "warm_start": bool,
    "verbose": int,
}
ENCODER_PARAMETERS = ("encoder", "light_curve", "spectrum", "image", "metadata")


def function_of(member):
    """The function behind a member of a class, or None."""
    if isinstance(member, staticmethod | classmethod):
        member = member.__func__
    elif isinstance(member, property):
        member = member.fget
    elif isinstance(member, functools.cached_property):
        member = member.func
    elif hasattr(member, "fn"):  # scikit-learn's available_if
        member = member.fn
    member = inspect.unwrap(member) if callable(member) else None
    ours = inspect.isfunction(member) and member.__module__.startswith("sklearn_sn.")
    # The constructor of a dataclass is made of its fields, which always have a type.
    return member if ours and member.__code__.co_filename != "<string>" else None


def signatures(package):
    """Public functions, constructors, methods and properties, inherited ones of ours included."""
    module = importlib.import_module(f"sklearn_sn.{package}")
    for name in module.__all__:
        value = getattr(module, name)
        if not isinstance(value, type):
            function = function_of(value)
            if function is not None:
                yield name, function
            continue
        for cls in value.__mro__:
            for method, member in vars(cls).items():
                if method == "__init__" or not method.startswith("_"):
                    function = function_of(member)
                    if function is not None:
                        yield f"{name}.{method}", function


def parameters_of(function):
    """Parameters besides the object or class of a method."""
    parameters = list(inspect.signature(function).parameters.values())
    is_method = "." in function.__qualname__ and parameters
    return parameters[is_method and parameters[0].name in ("self", "cls") :]


@pytest.mark.parametrize("package", ALL)
def test_every_public_signature_is_annotated(package):
    lacking = []
    for name, function in signatures(package):
        empty = [p.name for p in parameters_of(function) if p.annotation is p.empty]
        if inspect.signature(function).return_annotation is inspect.Signature.empty:
            empty.append("return")
        lacking += [f"{name}: {part}" for part in empty]
    assert lacking == []


@pytest.mark.parametrize("package", ALL)
def test_annotations_resolve(package):
    wrong = []
    for name, function in signatures(package):
        try:
            typing.get_type_hints(function)
        except NameError as error:
            if error.name not in LATE:
                wrong.append(f"{name}: {error}")
    assert wrong == []


@pytest.mark.parametrize("cls", [c for p in PACKAGES for c in public_classes(p)])
def test_estimators_agree_on_the_types_of_shared_parameters(cls):
    hints = typing.get_type_hints(cls.__init__)
    assert {name: hints[name] for name in SHARED if name in hints} == {
        name: kind for name, kind in SHARED.items() if name in hints
    }
    if hasattr(cls, "_train"):
        assert set(SHARED) <= set(hints)
        encoders = [name for name in ENCODER_PARAMETERS if name in hints]
        assert encoders
        assert {hints[name] for name in encoders} == {EncoderLike}


@pytest.mark.parametrize("cls", [c for p in ALL for c in public_classes(p)])
def test_fit_returns_the_type_of_the_object(cls):
    fit = getattr(cls, "fit", None)
    if getattr(fit, "__module__", "").startswith("sklearn_sn."):
        assert inspect.signature(fit).return_annotation is typing.Self


def test_type_checkers_see_what_the_top_level_imports_late():
    tree = ast.parse(Path(sklearn_sn.__file__).read_text(encoding="utf-8"))
    block = next(node for node in tree.body if isinstance(node, ast.If))
    seen = {alias.name: node.module for node in block.body for alias in node.names}
    assert seen == sklearn_sn._LAZY


def test_the_package_says_that_it_is_typed():
    assert (Path(sklearn_sn.__file__).parent / "py.typed").exists()
