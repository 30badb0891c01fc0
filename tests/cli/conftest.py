"""Fixtures of the command line: files of objects, and stand-ins of the packaged models."""

import pytest
from click.testing import CliRunner

from sklearn_sn import load_pretrained
from sklearn_sn.cli._main import command
from sklearn_sn.datasets import Survey, make_supernovae, write_survey_files, write_tables
from tests.catalog.stand_ins import stand_ins


@pytest.fixture(scope="session")
def simulated():
    """Six objects in the bands of ATLAS and ZTF."""
    bands = ("ztfg", "ztfr", "atlasc", "atlaso")
    survey = Survey(
        "joint",
        bands,
        (20.7, 20.6, 19.7, 19.7),
        cadences=4.0,
        min_detections=10,
        declinations=(-30, 90),
    )
    return make_supernovae(6, surveys=[survey], random_state=1)[0]


@pytest.fixture(scope="session")
def files(simulated, tmp_path_factory):
    """Folder with the objects as survey files, as nested Parquet, and one spectrum as text."""
    folder = tmp_path_factory.mktemp("files")
    for name in ("atlas", "ztf-forced"):
        write_survey_files(simulated, folder / name, format=name)
    write_tables(simulated, folder / "objects.parquet")
    pixels = simulated["spectrum"].iloc[0][["wavelength", "flux"]]
    pixels.to_csv(folder / "spectrum.ascii", sep=" ", index=False, header=False)
    (folder / "broken.txt").write_text("no table\nat all\n")
    return folder


@pytest.fixture
def run():
    """Run the command line in this process; return exit code, standard output and error."""

    def call(*args):
        return CliRunner().invoke(command, [str(arg) for arg in args], prog_name="sklearn-sn")

    return call


@pytest.fixture
def packaged(monkeypatch):
    """Let the stand-ins be the packaged models."""
    models = stand_ins() | {"contrastive-sim": load_pretrained("contrastive-sim")}
    where = "sklearn_sn.catalog._ready_models."
    monkeypatch.setattr(where + "list_pretrained", lambda: sorted(models))
    monkeypatch.setattr(where + "_load", models.__getitem__)
    return models
