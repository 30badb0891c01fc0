"""Docstrings: every public object documents all of its parameters, each with a text."""

import importlib
import inspect
import pkgutil
import re

import pytest

import sklearn_sn

PACKAGES = sorted(m.name for m in pkgutil.iter_modules(sklearn_sn.__path__) if m.ispkg)
SECTIONS = (
    "Parameters",
    "Attributes",
    "Returns",
    "Yields",
    "Raises",
    "Warns",
    "See Also",
    "Notes",
    "References",
    "Examples",
)


def public_objects():
    """Public functions, classes and methods of ours, by full name."""
    found = {}
    for package in PACKAGES:
        module = importlib.import_module(f"sklearn_sn.{package}")
        for name in module.__all__:
            value = getattr(module, name)
            if inspect.isfunction(value):
                found[f"{package}.{name}"] = value
            elif isinstance(value, type):
                found[f"{package}.{name}"] = value
                for method, member in vars(value).items():
                    if inspect.isfunction(member) and not method.startswith("_"):
                        found[f"{package}.{name}.{method}"] = member
    return found


OBJECTS = public_objects()


def entries(doc, section):
    """Entries of a section of a numpydoc docstring: names and whether a text follows."""
    found = re.search(rf"^{section}\n-+\n(.*?)(?=^\S[^\n]*\n-{{3,}}\n|\Z)", doc, re.M | re.S)
    if not found:
        return {}
    parts = re.split(r"^(?=\S)", found[1], flags=re.M)
    out = {}
    for part in filter(str.strip, parts):
        head, _, body = part.partition("\n")
        for name in head.partition(" :")[0].split(","):
            out[name.strip().lstrip("*")] = bool(body.strip())
    return out


def parameters_of(value):
    """Names of the parameters that must be documented."""
    if isinstance(value, type) and value.__init__ is object.__init__:
        return set()
    signature = inspect.signature(value)
    return {name for name in signature.parameters if name not in ("self", "cls")}


def documented(value):
    """Whether the object is one that users call with its documentation at hand."""
    doc = inspect.getdoc(value)
    return doc and "Parameters\n----" in doc


def test_every_public_object_has_a_docstring():
    assert [name for name, value in OBJECTS.items() if not inspect.getdoc(value)] == []


def is_private_kind(name):
    """torch modules, nets and preprocessors document shapes instead of every argument."""
    return name.split(".")[0] in ("modules", "nets", "losses", "preprocessors", "base")


@pytest.mark.parametrize("package", PACKAGES)
def test_every_documented_parameter_has_a_text(package):
    empty = []
    for name, value in OBJECTS.items():
        if name.split(".")[0] == package and documented(value):
            for section in ("Parameters", "Attributes"):
                found = entries(inspect.getdoc(value), section)
                empty += [f"{name}: {entry}" for entry, text in found.items() if not text]
    assert empty == []


@pytest.mark.parametrize("package", PACKAGES)
def test_documented_parameters_are_those_of_the_signature(package):
    wrong = []
    for name, value in OBJECTS.items():
        if name.split(".")[0] != package or not documented(value):
            continue
        listed, wanted = set(entries(inspect.getdoc(value), "Parameters")), parameters_of(value)
        if listed != wanted and not (is_private_kind(name) and listed <= wanted):
            wrong.append(f"{name}: documented {sorted(listed - wanted)}, lacks {wanted - listed}")
    assert wrong == []


def test_sections_stand_in_the_order_of_numpydoc():
    wrong = []
    for name, value in OBJECTS.items():
        heads = re.findall(r"^(\S[^\n]*)\n-{3,}$", inspect.getdoc(value) or "", re.M)
        known = [SECTIONS.index(head) for head in heads if head in SECTIONS]
        if known != sorted(known):
            wrong.append(name)
    assert wrong == []


def test_no_placeholder_is_left():
    left = [n for n, v in OBJECTS.items() if re.search(r"%\(\w+\)s", inspect.getdoc(v) or "")]
    assert left == ["encoders.fill_doc"]  # which explains them
