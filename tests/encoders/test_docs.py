"""Documentation of shared parameters."""

import ast
import inspect
import re

import pytest

from sklearn_sn.encoders import SpectralFeatures, fill_doc
from sklearn_sn.encoders._encoder import ENCODERS

CLASSES = [*(cls for group in ENCODERS.values() for cls in group.values()), SpectralFeatures]


def test_a_placeholder_is_replaced_and_indented():
    doc = "First.\n\n    Parameters\n    ----------\n    %(light_curve_window)s\n    other : int\n"
    lines = fill_doc(doc).splitlines()
    assert lines[4].startswith("    time_origin : {") and lines[-1] == "    other : int"
    assert lines[5].startswith("        Origin of times")
    assert "%(" not in fill_doc(doc)


def test_values_fill_the_shared_text():
    doc = fill_doc("    %(training)s", optimizer="'adam'", lr="0.5", batch_size=7)
    assert "default='adam'" in doc and "lr : float, default=0.5" in doc
    assert "batch_size : int, default=7" in doc


@pytest.mark.parametrize("doc", [None, "", "Nothing to replace.", "10 % (of all) %(unknown)s"])
def test_other_text_is_left_alone(doc):
    assert fill_doc(doc) == doc


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_every_parameter_of_an_encoder_is_documented(cls):
    doc = inspect.getdoc(cls)
    assert "%(" not in doc
    text = doc.split("Parameters\n")[1].split("\n\n")[0]
    names = [
        name.strip()
        for line in re.findall(r"^(\w[\w, ]*) : ", text, flags=re.M)
        for name in line.split(",")
    ]
    parameters = [p for p in inspect.signature(cls).parameters]
    assert sorted(names) == sorted(parameters)


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_documented_defaults_are_the_defaults(cls):
    text = inspect.getdoc(cls).split("Parameters\n")[1].split("\n\n")[0]
    defaults = {n: p.default for n, p in inspect.signature(cls).parameters.items()}
    found = re.findall(r"^(\w[\w, ]*) : .*default=(.*)$", text, flags=re.M)
    for line, documented in found:
        names = [name.strip() for name in line.split(",")]
        values = ast.literal_eval(documented)
        if len(names) == 1 or values is None:
            values = [values] * len(names)
        assert [defaults[name] for name in names] == list(values)
    named = [name.strip() for line, _ in found for name in line.split(",")]
    assert sorted(named) == sorted(defaults)
