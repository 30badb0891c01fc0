"""Model files in place of packaged models."""

import numpy as np
from sklearn.dummy import DummyClassifier

from sklearn_sn import save_model


def test_a_file_replaces_a_model(run, files, packaged, tmp_path):
    model = DummyClassifier().fit(np.zeros((4, 1)), ["AGN", "AGN", "AGN", "SN II"])
    save_model(model, tmp_path / "mine.snmodel")
    path = files / "atlas" / "sim-000000.txt"
    done = run(
        "classify", path, "--neighbors", 0, "--model", f"light-curve-types={tmp_path}/mine.snmodel"
    )
    assert done.exit_code == 0, done.output
    assert "AGN (0.75)" in done.stdout


def test_wrong_forms_are_named(run, files):
    done = run("classify", files / "objects.parquet", "--model", "mine.snmodel")
    assert done.exit_code == 2 and "NAME=FILE" in done.stderr
    done = run("redshift", files / "objects.parquet", "--model", f"types={files}/broken.txt")
    assert done.exit_code == 1
