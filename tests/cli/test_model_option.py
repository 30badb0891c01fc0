"""Model files in place of packaged models."""

import numpy as np
import pytest
from sklearn.decomposition import PCA
from sklearn.dummy import DummyClassifier

from sklearn_sn import save_model
from sklearn_sn.catalog import estimate_redshifts
from sklearn_sn.cli._model_option import METHODS


def test_a_file_replaces_a_model(run, files, packaged, tmp_path):
    model = DummyClassifier().fit(np.zeros((4, 1)), ["AGN", "AGN", "AGN", "SN II"])
    save_model(model, tmp_path / "mine.snmodel")
    path = files / "atlas" / "sim-000000.txt"
    done = run(
        "classify", path, "--neighbors", 0, "--model", f"light-curve-types={tmp_path}/mine.snmodel"
    )
    assert done.exit_code == 0, done.output
    assert "AGN (0.75)" in done.stdout


@pytest.mark.parametrize("command", ["classify", "redshift"])
def test_wrong_use_is_named_before_files_are_read(run, files, command):
    broken, known = files / "broken.txt", "light-curve-redshift"
    for values, message in (
        (["mine.snmodel"], "'mine.snmodel' must be NAME=FILE"),
        ([f"{known}="], "must be NAME=FILE"),
        (["=mine.snmodel"], "must be NAME=FILE"),
        ([f"types={broken}"], "'types' is no model of this command"),
        ([f"types={files}/none"], "'types' is no model of this command"),
        ([f"{known}={broken}", f"{known}={broken}"], f"{known!r} is given twice"),
    ):
        options = [text for value in values for text in ("--model", value)]
        done = run(command, broken, *options)
        assert done.exit_code == 2 and message in " ".join(done.stderr.split())
    done = run("redshift", broken, "--model", f"light-curve-types={broken}")
    assert done.exit_code == 2 and "use one of light-curve-redshift, spectrum-red" in done.stderr


def test_unreadable_model_files_are_unreadable_input(run, files):
    for path in (files / "broken.txt", files / "none.snmodel"):
        for command in ("classify", "redshift"):
            option = f"light-curve-redshift={path}"
            done = run(command, files / "objects.parquet", "--model", option)
            assert done.exit_code == 1 and path.name in done.stderr


def test_a_model_of_another_kind_is_named(run, files, tmp_path):
    path = tmp_path / "mine.snmodel"
    save_model(PCA(1).fit(np.eye(3)), path)
    for name, method in METHODS.items():
        done = run("classify", files / "objects.parquet", "--model", f"{name}={path}")
        assert done.exit_code == 2
        text = " ".join(done.stderr.split())
        assert f"mine.snmodel cannot replace the model {name!r}: PCA has no {method}" in text


def test_the_models_are_those_of_classify():
    with pytest.raises(ValueError) as error:
        estimate_redshifts(None, models={"none": None})
    assert str([*METHODS]) in str(error.value)
