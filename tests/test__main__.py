"""``python -m sklearn_sn`` is the command line."""

import subprocess
import sys

import sklearn_sn


def test_the_module_runs_the_command_line():
    done = subprocess.run(
        [sys.executable, "-m", "sklearn_sn", "--version"],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stdout == f"sklearn-sn {sklearn_sn.__version__}\n"
