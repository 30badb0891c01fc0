"""The command ``generate``."""

import numpy as np
import pandas as pd
import pytest

from sklearn_sn import load_pretrained, save_model
from sklearn_sn.cli._generate import with_known_redshift, with_redshift
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


def test_the_packaged_generator_needs_a_redshift_or_estimates_it(run, files, tmp_path):
    wanted = ["--phase", 0, "-o", tmp_path / "s.csv"]
    done = run("generate", files / "atlas", *wanted, "--redshift", 0.03)
    assert done.exit_code == 0, done.output
    assert "--redshift sets it" not in done.stderr
    table = pd.read_csv(tmp_path / "s.csv")
    assert (table["flux_low"] <= table["flux_high"]).all()
    # Flux is relative to its median.
    inside = table["wavelength"].between(4000, 7000)
    assert table.loc[inside, "flux"].abs().median() == pytest.approx(1.0, abs=0.5)
    X = read_tables(files / "atlas")
    expected = load_pretrained("transceiver-ia").predict(
        X.assign(spectrum=None, redshift=0.03), to="spectrum", phase=[0.0]
    )
    np.testing.assert_allclose(table["flux"], np.ravel(expected), rtol=1e-3, atol=1e-4)
    done = run("generate", files / "atlas", "--phase", 0, "-o", tmp_path / "e.csv")
    assert done.exit_code == 0, done.output
    assert f"of {len(X)} objects is estimated; --redshift sets it." in done.stderr
    assert not np.allclose(pd.read_csv(tmp_path / "e.csv")["flux"], table["flux"])


def test_known_redshifts_are_kept():
    X, _ = make_supernovae(3, modalities=["light_curve"], random_state=0)
    known = X["redshift"].to_numpy()
    assert with_redshift(X, 0.5) is X
    given = with_redshift(X.assign(redshift=[known[0], np.nan, known[2]]), 0.5)
    np.testing.assert_array_equal(given["redshift"], [known[0], 0.5, known[2]])
    np.testing.assert_array_equal(with_redshift(X.drop(columns="redshift"), 0.1)["redshift"], 0.1)


def test_objects_without_redshift_are_left_out(capsys):
    X, _ = make_supernovae(3, modalities=["light_curve"], random_state=0)
    assert with_known_redshift(X) is X
    X["redshift"] = [0.1, np.nan, 0.2]
    assert with_known_redshift(X).index.tolist() == [X.index[0], X.index[2]]
    assert f"Left out: 1 of 3 objects, first '{X.index[1]}'" in capsys.readouterr().err
    assert with_known_redshift(X.iloc[[1]]).empty


def test_a_file_without_usable_points_fails(run, tmp_path):
    points = {"object_id": ["a", "a"], "mjd": [60000.0, 60001.0], "band": "atlaso"}
    flux = {"flux": [np.nan, np.nan], "flux_err": 1.0}
    pd.DataFrame({**points, **flux}).to_csv(tmp_path / "points.csv", index=False)
    done = run("generate", tmp_path / "points.csv", "-o", tmp_path / "s.csv")
    assert done.exit_code == 1 and not (tmp_path / "s.csv").exists()


def test_the_help_teaches_by_examples(run):
    text = " ".join(run("generate", "--help").output.split())
    assert "sklearn-sn generate my_ia.txt --redshift 0.03 -o spectra.csv" in text
    assert "one of SN Ia" in text and "fitted MMVAEEmbedder" in text
