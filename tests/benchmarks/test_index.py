"""The index of the benchmarks."""

import re
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "benchmarks"


@pytest.mark.parametrize("folder", [FOLDER, FOLDER / "studies"], ids=["speed", "studies"])
class TestIndex:
    def test_every_script_is_listed_once(self, folder):
        listed = re.findall(
            r"^\| `(\w+\.py)` \|", (folder / "README.md").read_text(), flags=re.MULTILINE
        )
        assert sorted(listed) == sorted(file.name for file in folder.glob("[a-z]*.py"))

    def test_pages_exist(self, folder):
        pages = set(re.findall(r"\(([./]*results/\w+\.md)\)", (folder / "README.md").read_text()))
        assert len(pages) > 8 and all((folder / page).is_file() for page in pages)


def test_speed_target_names_scripts():
    makefile = (FOLDER.parent / "Makefile").read_text()
    target = makefile[makefile.index("\nbench-speed:") : makefile.index("# Check every estimator")]
    scripts = re.findall(r'"(\w+\.py)', target)
    assert len(scripts) > 5 and all((FOLDER / script).is_file() for script in scripts)
