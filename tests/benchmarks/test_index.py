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

    def test_every_script_states_its_minutes(self, folder):
        text = (folder / "README.md").read_text()
        rows = [line.strip("|").split("|") for line in text.splitlines() if line.startswith("| ")]
        headers = [[cell.strip() for cell in row] for row in rows if row[0].strip() == "script"]
        assert headers and all(
            row == ["script", "what", "needs", "minutes", "page"] for row in headers
        )
        minutes = [row[3].strip() for row in rows if row[0].strip() != "script"]
        assert all(re.fullmatch(r"\d+|< 1|minutes|an hour|hours|a day", entry) for entry in minutes)
        assert 'column "minutes" is the CPU time' in text

    def test_pages_exist(self, folder):
        pages = set(re.findall(r"\(([./]*results/\w+\.md)\)", (folder / "README.md").read_text()))
        assert len(pages) > 8 and all((folder / page).is_file() for page in pages)


def test_speed_target_names_scripts():
    makefile = (FOLDER.parent / "Makefile").read_text()
    target = makefile[makefile.index("\nbench-speed:") : makefile.index("# Check every estimator")]
    scripts = re.findall(r'"(\w+\.py)', target)
    assert len(scripts) > 5 and all((FOLDER / script).is_file() for script in scripts)
