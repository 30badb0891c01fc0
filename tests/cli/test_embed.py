"""The command ``embed``."""

import numpy as np
import pandas as pd

from sklearn_sn import load_pretrained, save_model
from sklearn_sn.datasets import read_tables


def test_embeddings_are_those_of_transform(run, files, tmp_path):
    source = files / "objects.parquet"
    done = run("embed", source, "--batch-size", 4, "-o", tmp_path / "e.parquet")
    assert done.exit_code == 0, done.output
    table = pd.read_parquet(tmp_path / "e.parquet").set_index("object_id")
    Z = load_pretrained("contrastive-sim").transform(read_tables(source))
    np.testing.assert_allclose(table.to_numpy(), Z, atol=1e-5)
    assert list(table.columns[:2]) == ["embedding_0", "embedding_1"]


def test_a_spectrum_alone_and_a_model_file(run, files, fitted, tmp_path):
    save_model(fitted, tmp_path / "mine.snmodel")
    done = run("embed", files / "spectrum.ascii", "--model", tmp_path / "mine.snmodel")
    assert done.exit_code == 0, done.output
    assert "embedding_7" in done.stdout


def test_an_unknown_model_is_named(run, files):
    done = run("embed", files / "objects.parquet", "--model", "nothing")
    assert done.exit_code == 2 and "contrastive-sim" in done.stderr
