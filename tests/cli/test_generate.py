"""The command ``generate``."""

import numpy as np
import pandas as pd
import pytest

from sklearn_sn import save_model
from sklearn_sn.datasets import make_supernovae, read_tables
from tests.conftest import make_mmvae

pytestmark = pytest.mark.filterwarnings("ignore:The time of peak")


@pytest.fixture(scope="module")
def generator(tmp_path_factory):
    X, _ = make_supernovae(40, classes=["SN Ia"], random_state=0)
    model = make_mmvae(max_epochs=1, random_state=0).fit(X[["light_curve", "spectrum"]])
    path = tmp_path_factory.mktemp("model") / "generator.snmodel"
    save_model(model, path)
    return model, path


def test_spectra_are_a_long_table(run, files, generator, tmp_path):
    model, path = generator
    source = files / "atlas"
    phases = ["--phase", -5, "--phase", 10]
    done = run("generate", source, "--model", path, *phases, "-o", tmp_path / "s.csv")
    assert done.exit_code == 0, done.output
    table = pd.read_csv(tmp_path / "s.csv")
    X = read_tables(source)
    n_wavelengths = len(model.wavelength_)
    assert len(table) == len(X) * 2 * n_wavelengths
    expected = model.predict(X.assign(spectrum=None), to="spectrum", phase=[-5.0, 10.0])
    second = table[table["object_id"] == X.index[1]]
    at_ten = second[second["phase"] == 10.0]
    np.testing.assert_allclose(at_ten["wavelength"], model.wavelength_)
    np.testing.assert_allclose(at_ten["flux"], expected[1, 1], rtol=1e-4)
    assert (table["flux_low"] <= table["flux_high"]).all()


def test_a_model_that_generates_nothing_is_wrong_use(run, files):
    done = run("generate", files / "atlas", "--model", "contrastive-sim")
    assert done.exit_code == 2 and "generates no spectra" in done.stderr


def test_a_model_is_needed_and_the_help_says_which(run, files):
    done = run("generate", files / "atlas")
    assert done.exit_code == 2 and "--model" in done.stderr
    text = run("generate", "--help").output
    examples = [line for line in text.splitlines() if "sklearn-sn generate my" in line]
    assert examples and all("--model my_generator.snmodel" in line for line in examples)
    assert "fitted MMVAEEmbedder" in " ".join(text.split())
