"""Two processes of torchrun train as one does."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch.distributed as dist

from tests.nets import parallel_cases

ROOT = Path(parallel_cases.__file__).parents[2]


@pytest.mark.skipif(
    not (dist.is_available() and dist.is_gloo_available()) or sys.platform == "win32",
    reason="torch without gloo",
)
def test_two_processes_train_as_one(tmp_path):
    # One test, because starting the processes takes longer than all the fits.
    done = by_two_processes(tmp_path)
    with parallel_cases.still():
        for name, case in parallel_cases.cases().items():
            check_case(name, parallel_cases.results(case), tmp_path)
    # Statistics of parts differ, and the model is the same in all processes.
    first, second = (np.load(tmp_path / f"norms of parts {rank}.npz") for rank in (0, 1))
    for key in first:
        np.testing.assert_array_equal(first[key], second[key], err_msg=key)
    # Processes share the seed, and refuse fits that differ.
    answers = [json.loads((tmp_path / f"{rank}.json").read_text()) for rank in (0, 1)]
    assert answers[0] == answers[1] and answers[0]["first"] == 0
    for name, part in {
        "X": "X. ",
        "values": "X. ",
        "y": "y or weights. ",
        "lr": "parameters or labels: lr is 0.1 in process 0 and 1.1 in process 1. ",
        "schedule": "parameters or labels: lr_schedule is 'one_cycle' in process 0 and None in ",
        "classes": "parameters or labels: classes of y is ['0', 'SLSN-I', ",
    }.items():
        assert f"call fit with different {part}" in answers[0][name]
    # A fit on files that are read in parts is divided too.
    files = [answer["files"] for answer in answers]
    assert files[0] == files[1] and len(files[0]) == 2 and np.isfinite(files[0]).all()
    # Process 0 prints, and torch gives no hints.
    assert done.stdout.count("epoch 1: train_loss") == 1
    assert "find_unused_parameters" not in done.stderr
    # A process that fails ends the others.
    assert done.returncode != 0
    assert "RuntimeError: no more memory" in done.stderr
    assert "Process 1 of 2 in data_parallel ended with this error" in done.stderr


def by_two_processes(folder):
    """Fit the cases by two processes, which write to a folder; return how torchrun ended."""
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2"]
    done = subprocess.run(
        [*command, "-m", "tests.nets.parallel_cases", str(folder)],
        cwd=ROOT,
        env={**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert (folder / "1.json").exists(), done.stderr
    return done


def check_case(name, expected, folder):
    """Losses, weights and outputs are those of one process, and equal in both."""
    found = [np.load(folder / f"{name} {rank}.npz") for rank in (0, 1)]
    assert [process["n_processes"] for process in found] == [2, 2]
    for key, value in expected.items():
        message = f"{name}: {key}"
        np.testing.assert_allclose(found[0][key], value, rtol=1e-4, atol=2e-5, err_msg=message)
        np.testing.assert_array_equal(found[0][key], found[1][key], err_msg=message)
