"""The command line as a whole: a process, its help, its exit codes."""

import subprocess
import sys

import pandas as pd
import pytest

import sklearn_sn
from sklearn_sn.cli._main import COMMANDS, SUMMARIES


def process(*args, code="from sklearn_sn.cli import main; main()"):
    return subprocess.run(
        [sys.executable, "-c", code, *map(str, args)],
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


def test_a_process_reads_a_file_without_a_network(files):
    # A socket would raise.
    code = (
        "import socket, sys; socket.socket.connect = None; from sklearn_sn.cli import main; main()"
    )
    done = process("info", files / "atlas" / "sim-000000.txt", code=code)
    assert done.returncode == 0, done.stderr
    assert "atlasc (" in done.stdout and done.stderr == ""


def test_an_unreadable_file_is_one_sentence_and_code_1(files):
    done = process("classify", files / "broken.txt")
    assert done.returncode == 1 and done.stdout == ""
    assert done.stderr.startswith("Error: ") and done.stderr.count("\n") == 1
    assert "broken.txt" in done.stderr and "Traceback" not in done.stderr


def test_help_imports_nothing_heavy():
    code = (
        "import sys\nfrom sklearn_sn.cli import main\ntry:\n    main(['--help'])\n"
        "except SystemExit:\n    print(*{'numpy', 'torch', 'pandas'} & set(sys.modules), '.')"
    )
    done = process(code=code)
    assert done.stdout.splitlines()[-1].strip() == "."
    assert all(name in done.stdout for name in COMMANDS)


def test_version_and_wrong_use(run):
    assert run("--version").output == f"sklearn-sn {sklearn_sn.__version__}\n"
    for args in (["clasify"], ["classify"], ["classify", "a", "--coverage", "2"], ["--no"]):
        done = run(*args)
        assert done.exit_code == 2 and "Usage:" in done.stderr


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_teaches_by_examples(run, name):
    text = run(name, "--help").output
    assert f"sklearn-sn {name}" in text.split("Examples:")[1]
    assert SUMMARIES[name].endswith(".")


def test_an_interruption_is_code_130_and_leaves_no_file(run, files, tmp_path, monkeypatch):
    def interrupt(*args, **params):
        raise KeyboardInterrupt

    monkeypatch.setattr("sklearn_sn.cli._embed.embed", interrupt)
    done = run("embed", files / "objects.parquet", "-o", tmp_path / "e.csv")
    assert done.exit_code == 130 and done.stderr.endswith("Interrupted.\n")
    assert not list(tmp_path.iterdir())


def test_a_process_classifies_with_the_packaged_models(files, tmp_path):
    path = files / "atlas" / "sim-000000.txt"
    done = process("classify", path, "-o", tmp_path / "classes.csv")
    assert done.returncode == 0, done.stderr
    assert done.stdout == "" and "Warning" not in done.stderr
    table = pd.read_csv(tmp_path / "classes.csv")
    assert table["object_id"].tolist() == ["sim-000000"]
    assert table["modalities"].tolist() == ["light_curve"]
    assert table[["class", "redshift", "anomaly_score", "neighbor_1"]].notna().all(axis=None)
    chances = table.filter(like="p_").sum(axis=1)
    assert chances[0] == pytest.approx(1.0)


def test_debug_shows_the_traceback(run, files):
    done = run("--debug", "info", files / "broken.txt")
    assert isinstance(done.exception, ValueError)
