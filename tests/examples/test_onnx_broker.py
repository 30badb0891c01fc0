"""The example of a broker: a program without torch gives the probabilities of the classifier."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from sklearn_sn import LightCurveClassifier
from sklearn_sn.data import as_ragged, band_wavelength
from sklearn_sn.datasets import make_supernovae
from sklearn_sn.encoders import GRU
from sklearn_sn.onnx import export_onnx, onnx_arrays

EXAMPLE = Path(__file__).parents[2] / "examples" / "onnx_broker.py"
CHECK = """
import runpy, sys
example = sys.argv.pop(1)
runpy.run_path(example, run_name="__main__")
assert not {"torch", "sklearn_sn", "sklearn", "pandas"} & set(sys.modules)
"""


def test_it_classifies_without_torch(tmp_path):
    pytest.importorskip("onnxscript")
    pytest.importorskip("onnxruntime")
    X, y = make_supernovae(40, modalities=["light_curve"], random_state=0)
    encoder = GRU(d_model=8, n_layers=1)
    model = LightCurveClassifier(encoder=encoder, max_epochs=1, random_state=0).fit(X, y)
    export_onnx(model, tmp_path / "model.onnx")
    curves = as_ragged(X["light_curve"])
    arrays, object_index = onnx_arrays(model, X)
    # The program expects light curves of the event alone.
    kept = (~arrays["pad_mask"]).sum(axis=1)
    rows = object_index[kept == curves.lengths[object_index]]
    assert len(rows) > 5
    with open(tmp_path / "curves.jsonl", "w") as file:
        for row in rows:
            points = X["light_curve"].iloc[row]
            lists = {name: points[name].tolist() for name in ("time", "flux", "flux_err")}
            lists["wavelength"] = band_wavelength(points["band"].to_numpy(dtype=object)).tolist()
            file.write(json.dumps(lists) + "\n")
    command = [sys.executable, "-c", CHECK, str(EXAMPLE), "model.onnx", "curves.jsonl"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, timeout=120)
    assert done.returncode == 0, done.stderr
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    proba = [[answer[name] for name in model.classes_] for answer in answers]
    np.testing.assert_allclose(proba, model.predict_proba(X.iloc[rows]), atol=1e-5)
