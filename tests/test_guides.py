"""The code of the guides: what is printed as a session runs; the rest names what there is."""

import ast
import doctest
import importlib
import inspect
import re
from pathlib import Path
from textwrap import dedent

import pytest

DOCS = Path(__file__).parents[1] / "docs"
GUIDES = sorted(DOCS.glob("*.rst"))
SESSIONS = [path for path in GUIDES if ">>> " in path.read_text(encoding="utf-8")]

pytestmark = pytest.mark.skipif(not GUIDES, reason="no docs beside the tests")


def blocks(path):
    text = path.read_text(encoding="utf-8")
    return [
        dedent(block)
        for block in re.findall(
            r"^\.\. code-block:: python\n\n((?: {4}.*\n|\n)+)", text + "\n", re.MULTILINE
        )
    ]


@pytest.mark.parametrize("path", SESSIONS, ids=lambda path: path.stem)
def test_sessions_run_as_printed(path, tmp_path, monkeypatch):
    pytest.importorskip("mapie")
    monkeypatch.chdir(tmp_path)
    flags = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS
    found = doctest.testfile(str(path), module_relative=False, optionflags=flags)
    assert found.attempted > 10
    assert found.failed == 0


def test_there_are_blocks_of_code():
    assert sum(len(blocks(path)) for path in GUIDES) > 30


@pytest.mark.parametrize("path", GUIDES, ids=lambda path: path.stem)
def test_what_blocks_of_code_call_is_there(path):
    known = {}
    for block in blocks(path):
        tree = ast.parse(block)
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module.startswith("sklearn_sn"):
                module = importlib.import_module(node.module)
                known |= {
                    name.asname or name.name: getattr(module, name.name) for name in node.names
                }
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and getattr(node.func, "id", None) in known:
                keywords = {word.arg: None for word in node.keywords if word.arg}
                values = [None for value in node.args if not isinstance(value, ast.Starred)]
                inspect.signature(known[node.func.id]).bind_partial(*values, **keywords)
