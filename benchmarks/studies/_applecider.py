"""Reports of the AppleCiDEr benchmarks: JSON per run, and sections of one Markdown file."""

import json
import re
import shlex
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

RESULTS = Path(__file__).parents[1] / "results" / "applecider"
PAGE = RESULTS.parent / "applecider.md"
TITLE = "# AppleCiDEr on simulated alerts\n"


def provenance(arguments):
    """Return date, commit, command and settings of this run."""
    folder = Path(__file__).parent
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=folder, capture_output=True, text=True
    ).stdout.strip()
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "commit": commit,
        "command": shlex.join(
            ["python", f"benchmarks/studies/{Path(sys.argv[0]).name}", *sys.argv[1:]]
        ),
        "settings": {k: v for k, v in vars(arguments).items() if not isinstance(v, Path)},
    }


def write_report(path, report):
    """Write a report as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(report, indent=1) + "\n")


def spread(values, digits=3):
    """Return mean ± standard deviation, without folds that have no value."""
    values = np.asarray(values, dtype=float)
    return f"{np.nanmean(values):.{digits}f} ± {np.nanstd(values):.{digits}f}"


def verdict(values, target):
    """Return whether the mean over folds reaches a target."""
    return f"≥ {target:g}: {'reached' if np.nanmean(values) >= target else '**missed**'}"


def table(header, rows):
    """Return a Markdown table."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


def write_section(title, report, text, page=PAGE, page_title=TITLE):
    """Write a section of the page, in place of an earlier one with this title."""
    runs = [*report.get("earlier runs", []), report["run"]]
    head = [
        f"{run['date']}, commit {run['commit']}, one thread of two shared cores:\n\n"
        f"    {run['command']}\n"
        for run in runs
    ]
    section = "\n".join([f"## {title}\n", *head, f"{text.strip()}\n"])
    old = page.read_text() if page.exists() else page_title
    parts = re.split(r"^(?=## )", old, flags=re.MULTILINE)
    names = [part.splitlines()[0] if part.strip() else "" for part in parts]
    if f"## {title}" in names:
        parts[names.index(f"## {title}")] = section
    else:
        parts.append(section)
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text("\n".join(part.strip() + "\n" for part in parts))
