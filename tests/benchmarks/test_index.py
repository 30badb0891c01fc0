"""The index of the benchmarks."""

import re
from pathlib import Path

FOLDER = Path(__file__).parents[2] / "benchmarks"
INDEX = (FOLDER / "README.md").read_text()


def test_every_script_is_listed_once():
    listed = re.findall(r"^\| `(\w+\.py)` \|", INDEX, flags=re.MULTILINE)
    assert sorted(listed) == sorted(file.name for file in FOLDER.glob("[a-z]*.py"))


def test_pages_exist():
    pages = set(re.findall(r"\((results/\w+\.md)\)", INDEX))
    assert len(pages) > 20 and all((FOLDER / page).is_file() for page in pages)


def test_speed_target_names_scripts():
    makefile = (FOLDER.parent / "Makefile").read_text()
    target = makefile[makefile.index("\nbench-speed:") : makefile.index("# Check every estimator")]
    scripts = re.findall(r'"(\w+\.py)', target)
    assert len(scripts) > 5 and all((FOLDER / script).is_file() for script in scripts)
