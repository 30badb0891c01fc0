"""The example of a training by several processes, by one."""

import runpy
import sys
from pathlib import Path

from sklearn_sn import load_model

EXAMPLE = Path(__file__).parents[2] / "examples" / "train_parallel.py"
SMALLER = {"make_supernovae(2000": "make_supernovae(40", "max_epochs=20": "max_epochs=1"}


def test_it_saves_the_model(tmp_path, monkeypatch, capsys):
    source = EXAMPLE.read_text()
    for given, smaller in SMALLER.items():
        assert given in source
        source = source.replace(given, smaller)
    script, path = tmp_path / "train.py", tmp_path / "embedder.snmodel"
    script.write_text(source)
    monkeypatch.setattr(sys, "argv", ["train.py", str(path)])
    runpy.run_path(str(script))
    assert "1 processes, loss" in capsys.readouterr().out
    assert load_model(path).n_iter_ == 1
