"""The code of the README runs as printed."""

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
    from sklearn_sn.datasets import make_supernovae, write_survey_files

    X, _ = make_supernovae(
        1, surveys=["atlas"], classes=["SN Ia"], redshift_range=(0.02, 0.04), random_state=0
    )
    file = write_survey_files(X, tmp_path / "files", format="atlas")[0]
    file.rename(tmp_path / "my_atlas.txt")
    code = re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)[0]
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    rows = dict(re.findall(r"^(\w+) +(.+)$", done.stdout, re.MULTILINE))
    assert rows["class"] == "SN Ia"
    assert abs(float(rows["redshift"]) - X["redshift"].iloc[0]) < 0.03
