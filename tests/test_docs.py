"""The reference lists every public name."""

import importlib
import re
from pathlib import Path

import pytest

import sklearn_sn

API = Path(__file__).parents[1] / "docs" / "api.rst"
PACKAGES = sorted(
    path.parent.name for path in Path(sklearn_sn.__file__).parent.glob("[a-z]*/__init__.py")
)


@pytest.mark.skipif(not API.exists(), reason="no docs beside the tests")
@pytest.mark.parametrize("package", PACKAGES)
def test_every_public_name_is_in_the_reference(package):
    module = importlib.import_module(f"sklearn_sn.{package}")
    parts = re.split(r"\.\. currentmodule:: sklearn_sn\.(\w+)\n", API.read_text(encoding="utf-8"))
    listed = dict(zip(parts[1::2], parts[2::2], strict=True))
    names = {name for name in module.__all__ if callable(getattr(module, name))}
    assert set(re.findall(r"^   (\w+)$", listed.get(package, ""), re.MULTILINE)) == names
