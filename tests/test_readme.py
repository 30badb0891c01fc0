"""The code of the README runs as printed."""

import importlib
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"


@pytest.mark.skipif(not README.exists(), reason="no README beside the tests")
def test_the_code_runs_as_printed():
    blocks = re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    assert len(blocks) == 3
    lines = [line for line in blocks[1].splitlines() if line]
    assert len(lines) <= 10
    # A process of its own: nothing that other tests imported or set can help.
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", "".join(blocks[1:])],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    scores = [float(number) for number in re.findall(r"\d\.\d+", done.stdout)]
    # Five classes in equal parts: chance is 0.2.
    assert len(scores) == 6
    assert sum(scores[:3]) / 3 > 0.7
    assert sum(scores[3:]) / 3 > 0.7


@pytest.mark.skipif(not README.exists(), reason="no README beside the tests")
def test_links_lead_somewhere():
    links = re.findall(r"\]\(([^)#:]+)\)", README.read_text(encoding="utf-8"))
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


@pytest.mark.skipif(not README.exists(), reason="no README beside the tests")
def test_the_file_is_classified_as_printed(tmp_path):
    text = README.read_text(encoding="utf-8")
    making = re.findall(r'python -c "\n(.*?)"\nsklearn-sn classify (\S+)\n', text, re.DOTALL)
    ((make_file, name),) = making
    in_python = re.findall(r"```python\n(.*?)```", text, re.DOTALL)[0]
    printed = re.findall(r"```text\n(.*?)```", text, re.DOTALL)[0]
    code = "\n".join(
        [
            make_file,
            f"import shutil; shutil.copy({name!r}, 'my_atlas.txt')",
            in_python,
            f"from sklearn_sn.cli import main; main(['classify', {name!r}])",
        ]
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        cwd=tmp_path,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    in_python_output, _, command_output = done.stdout.partition(Path(name).stem + "\n")
    rows = dict(re.findall(r"^(\w+) +(.+)$", in_python_output, re.MULTILINE))
    assert rows["class"] == "SN Ia"
    assert abs(float(rows["redshift"]) - 0.026) < 0.03
    # The second digit may differ on another processor, and with it the order of classes.
    labels = r"^  (class|90 % set|redshift|anomaly score|similar to|probabilities|from)  "
    assert re.findall(labels, command_output, re.MULTILINE) == re.findall(
        labels, printed, re.MULTILINE
    )
    class_and_probability = r"  class +(.+) \((.+)\)"
    now, then = (re.search(class_and_probability, s).groups() for s in (command_output, printed))
    assert now[0] == then[0]
    assert abs(float(now[1]) - float(then[1])) < 0.02


@pytest.mark.skipif(not README.exists(), reason="no README beside the tests")
def test_the_contents_name_public_objects_and_all_estimators():
    text = README.read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `sklearn_sn\.(\w+)` \| (.+) \|$", text, re.MULTILINE))
    assert len(rows) > 15
    for package, contents in rows.items():
        module = importlib.import_module(f"sklearn_sn.{package}")
        names = set(re.findall(r"`(\w+)`", contents))
        assert names <= set(module.__all__), package
        if package in {"anomaly", "classification", "cross_modal", "embedding", "regression"}:
            assert names >= {
                name for name in module.__all__ if hasattr(getattr(module, name), "fit")
            }
