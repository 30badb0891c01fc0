"""Model files in place of packaged models."""

import numpy as np
from sklearn.decomposition import PCA
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


def test_a_model_of_another_kind_is_named(run, files, tmp_path):
    path = tmp_path / "mine.snmodel"
    save_model(PCA(1).fit(np.eye(3)), path)
    for name, member in (
        ("light-curve-types", "predict_proba"),
        ("light-curve-redshift", "predict"),
        ("spectrum-redshift", "predict_redshift"),
        ("contrastive-sim", "encode"),
    ):
        done = run("classify", files / "objects.parquet", "--model", f"{name}={path}")
        assert done.exit_code == 1
        assert f"{name!r}, which" in done.stderr and f"with {member}. Got PCA" in done.stderr
