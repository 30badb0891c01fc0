"""Docstrings, guides and CITATION.cff cite works of the bibliography, docs/references.rst."""

import ast
import importlib
import inspect
import re
from pathlib import Path

import pytest

import sklearn_sn

ROOT = Path(__file__).parents[1]
BIBLIOGRAPHY = ROOT / "docs" / "references.rst"
PACKAGE = Path(sklearn_sn.__file__).parent
SYSTEMS = ("Zhang2024", "Shen2025", "SimPretrained2025", "Junell2025", "Lanusse2023")

pytestmark = pytest.mark.skipif(not BIBLIOGRAPHY.exists(), reason="no docs beside the tests")


def normalized(title):
    """Letters and digits only, in lower case: line breaks and hyphens do not matter."""
    return re.sub(r"[\W_]+", "", title.replace("&", "and")).casefold()


def work(text):
    """Return the normalised title and the year of a citation, or None if it lacks either."""
    title, year = re.search(r'"([^"]+)"', text), re.search(r"\(((?:19|20)\d\d)\)", text)
    return (normalized(title[1]), year[1]) if title and year else None


def bibliography():
    """Return {key: (title, year)} of docs/references.rst."""
    parts = re.split(r"^\.\. \[(\w+)\] ", BIBLIOGRAPHY.read_text(encoding="utf-8"), flags=re.M)
    # An entry ends at the first empty line.
    entries = [re.split(r"\n\s*\n", body)[0] for body in parts[2::2]]
    return dict(zip(parts[1::2], map(work, entries), strict=True))


def references(docstring):
    """Return the entries of a docstring's References section, each on one line."""
    found = re.search(
        r"^References\n-{3,}\n(.*?)(?=\n[A-Z][\w ]+\n-{3,}\n|\Z)", docstring, re.M | re.S
    )
    if not found:
        return []
    entries = re.split(r"^\s*(?:\.\. \[\w+\]|-|\*) +", found[1], flags=re.M)
    return [" ".join(entry.split()) for entry in entries if entry.strip()]


def written_docstrings():
    """Yield (place, docstring) of everything that the source documents, private or not."""
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, kinds) and (text := ast.get_docstring(node)):
                name = getattr(node, "name", "module")
                yield f"{path.relative_to(PACKAGE.parent)}::{name}", text


def public_docstrings():
    """Yield (name, docstring) of public objects, whose docstrings may be made when imported."""
    for init in sorted(PACKAGE.glob("[a-z]*/__init__.py")):
        module = importlib.import_module(f"sklearn_sn.{init.parent.name}")
        for name in module.__all__:
            yield f"{module.__name__}.{name}", inspect.getdoc(getattr(module, name)) or ""


def check(place, docstring, known):
    for entry in references(docstring):
        cited = work(entry)
        assert cited is not None, (
            f"{place} cites {entry!r}: give the year in parentheses and the title in double quotes."
        )
        assert cited in known, (
            f"{place} cites {entry!r}, which is not in docs/references.rst: add it there, or "
            "correct the title or the year."
        )


CITING = [case for case in written_docstrings() if references(case[1])]


@pytest.mark.parametrize(("place", "docstring"), CITING, ids=[place for place, _ in CITING])
def test_docstrings_cite_the_bibliography(place, docstring):
    check(place, docstring, set(bibliography().values()))


def test_public_objects_cite_the_bibliography():
    known = set(bibliography().values())
    for name, docstring in public_docstrings():
        check(name, docstring, known)


def test_every_entry_has_a_title_and_a_year():
    entries = bibliography()
    assert len(entries) > 20
    assert [key for key, cited in entries.items() if cited is None] == []
    assert len(set(entries.values())) == len(entries)


def test_keys_that_pages_and_docstrings_cite_are_there():
    texts = {
        str(path.relative_to(ROOT)): path.read_text("utf-8")
        for path in (ROOT / "docs").glob("*.rst")
    }
    known = set(bibliography())
    for place, text in [*texts.items(), *written_docstrings()]:
        cited = set(re.findall(r"\[([A-Z]\w*\d{4})\]_", text))
        assert cited <= known, f"{place} cites {sorted(cited - known)}: not in docs/references.rst"


def test_citation_file_lists_the_five_systems():
    text = (ROOT / "CITATION.cff").read_text(encoding="utf-8").partition("\nreferences:\n")[2]
    titles = re.findall(r'^    title: "([^"]+)"$|^  - title: "([^"]+)"$', text, re.M)
    years = re.findall(r"^    year: (\d{4})$", text, re.M)
    listed = {(normalized(a or b), year) for (a, b), year in zip(titles, years, strict=True)}
    entries = bibliography()
    assert listed == {entries[key] for key in SYSTEMS}
