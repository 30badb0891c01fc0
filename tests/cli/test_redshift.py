"""The command ``redshift``."""

import numpy as np
import pandas as pd

from sklearn_sn.catalog import estimate_redshifts
from sklearn_sn.datasets import read_tables


def test_redshifts_are_written_and_printed(run, files, packaged, tmp_path):
    source = files / "objects.parquet"
    assert run("redshift", source, "-o", tmp_path / "z.csv").exit_code == 0
    table = pd.read_csv(tmp_path / "z.csv")
    expected = estimate_redshifts(read_tables(source), models=packaged)
    np.testing.assert_allclose(table["redshift"], expected["redshift"], rtol=1e-5)
    done = run("redshift", source)
    assert done.stdout.count(" ± 0.020") == 6


def test_without_a_model_it_is_code_1(run, files, monkeypatch):
    monkeypatch.setattr("sklearn_sn.catalog._ready_models.list_pretrained", lambda: [])
    done = run("redshift", files / "atlas" / "sim-000000.txt")
    assert done.exit_code == 1 and "no redshift could be estimated" in done.stderr
