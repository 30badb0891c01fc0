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
CASES = (
    "contrastive",
    "queue",
    "modalities",
    "weights",
    "batches of one",
    "supcon",
    "domains",
    "batch norm",
    "redshift",
    "experts",
    "momentum",
    "unfreezing",
    "autoencoder",
    "hidden points",
    "hidden windows",
)
pytestmark = [
    pytest.mark.skipif(
        not (dist.is_available() and dist.is_gloo_available()) or sys.platform == "win32",
        reason="torch without gloo",
    ),
    pytest.mark.xdist_group("parallel training"),  # of tests that share the two processes
]


@pytest.fixture(scope="module")
def two(tmp_path_factory):
    """Return the folder of the results of two processes, and how torchrun ended."""
    folder = tmp_path_factory.mktemp("parallel")
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2"]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [*command, "-m", "tests.nets.parallel_cases", str(folder)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert (folder / "1.json").exists(), done.stderr
    return folder, done


@pytest.fixture(scope="module")
def one():
    """Return the cases, which one process fits."""
    with parallel_cases.still():
        yield parallel_cases.cases()


def test_all_cases_are_tested(one):
    assert set(one) == set(CASES)


@pytest.mark.parametrize("name", CASES)
def test_losses_weights_and_outputs_are_those_of_one_process(name, one, two):
    expected = parallel_cases.results(one[name])
    folder, _ = two
    found = [np.load(folder / f"{name} {rank}.npz") for rank in (0, 1)]
    for process in found:
        assert process["n_processes"] == 2
        for key, value in expected.items():
            np.testing.assert_allclose(
                process[key], value, rtol=1e-4, atol=2e-5, err_msg=f"{name}: {key}"
            )
    for key in expected:
        np.testing.assert_array_equal(found[0][key], found[1][key], err_msg=f"{name}: {key}")


def test_processes_share_the_seed_and_refuse_different_fits(two):
    folder, done = two
    answers = [json.loads((folder / f"{rank}.json").read_text()) for rank in (0, 1)]
    assert answers[0] == answers[1] and answers[0]["first"] == 0
    for name, part in (("X", "X"), ("y", "y or weights"), ("lr", "parameters")):
        assert f"call fit with different {part}. " in answers[0][name]
    assert done.stdout.count("epoch 1: train_loss") == 1  # process 0 prints


def test_a_process_that_fails_ends_the_others(two):
    _, done = two
    assert done.returncode != 0
    assert "RuntimeError: no more memory" in done.stderr
    assert "Process 1 of 2 in data_parallel ended with this error" in done.stderr


def test_torch_prints_no_hints(two):
    assert "find_unused_parameters" not in two[1].stderr
