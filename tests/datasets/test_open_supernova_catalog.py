"""Fetch supernovae by name from a local server."""

import json
import shutil
import warnings

import numpy as np
import pytest

from sklearn_sn.data import DataQualityWarning, as_ragged, check_table
from sklearn_sn.datasets import _open_supernova_catalog as catalog
from sklearn_sn.datasets import fetch_open_supernova_catalog

EVENT = {
    "SN2099zz": {
        "name": "SN2099zz",
        "sources": [{"name": "Nobody et al.", "bibcode": "2099Nowhere....1N", "alias": "1"}],
        "claimedtype": [{"value": "Ia", "source": "1"}],
        "redshift": [{"value": "0.05", "source": "1"}],
        "photometry": [
            {"time": "59001", "u_time": "MJD", "band": "V", "magnitude": "18", "source": "1"},
            {"time": "59000", "u_time": "MJD", "band": "g", "magnitude": "19", "source": "1"},
            {"time": "58990", "band": "g", "magnitude": "21", "upperlimit": True, "source": "1"},
        ],
        "spectra": [
            {"time": "59000", "u_wavelengths": "Angstrom", "u_fluxes": "Uncalibrated",
             "data": [["4000", "1"], ["5000", "2"]]},
            {"time": "59000", "u_wavelengths": "Angstrom", "u_fluxes": "Uncalibrated",
             "data": [["6000", "3"]]},
        ],
    }
}  # fmt: skip


@pytest.fixture
def web(tmp_path, monkeypatch):
    """Folder that replaces the web: REPOSITORY/NAME.json and api/NAME."""
    folder = tmp_path / "web"
    monkeypatch.setattr(catalog, "_REPOSITORY_URL", folder.as_uri() + "/{repository}/{name}.json")
    monkeypatch.setattr(catalog, "_API_URL", folder.as_uri() + "/api/{name}")

    def put(place, content=EVENT):
        (folder / place).parent.mkdir(parents=True, exist_ok=True)
        text = content if isinstance(content, str) else json.dumps(content)
        (folder / place).write_text(text)

    return put


def test_downloads_once_and_keeps(web, tmp_path):
    web("sne-2010-2014/SN2099zz.json")
    dataset = fetch_open_supernova_catalog("SN 2099zz", tmp_path)
    shutil.rmtree(tmp_path / "web")
    again = fetch_open_supernova_catalog(["2099zz"], tmp_path, download_if_missing=False)
    assert (tmp_path / "open_supernova_catalog" / "SN2099zz.json").exists()
    X = dataset.data
    assert list(X.index) == ["SN 2099zz"] and list(again.data.index) == ["2099zz"]
    assert X.loc["SN 2099zz", "redshift"] == 0.05
    assert dataset.target.tolist() == ["Ia"] and dataset.target_names == ["Ia"]
    curve = as_ragged(X["light_curve"], kind="light_curve")
    assert list(curve["band"]) == ["sdssg", "bessellV"]
    assert dataset.dropped.loc["SN 2099zz", "points: limit"] == 1
    assert dataset.sources == {"SN 2099zz": ["2099Nowhere....1N"]}
    assert "Guillochon" in dataset.DESCR
    assert check_table(X).spectrum.lengths.tolist() == [2, 1]


def test_api_is_queried_if_the_repositories_have_no_object(web, tmp_path):
    web("api/SN2099zz")
    X, y = fetch_open_supernova_catalog(["SN2099zz"], tmp_path, return_X_y=True)
    assert X.shape[0] == 1 and y.tolist() == ["Ia"]


@pytest.mark.parametrize("content", ['{"message": "Event not found"}', "<html>", "[]", ""])
def test_what_is_no_object_is_not_kept(web, tmp_path, content):
    web("api/SN2099zz", content)
    with pytest.raises(OSError, match="no object 'SN2099zz'"):
        fetch_open_supernova_catalog("SN2099zz", tmp_path)
    assert not (tmp_path / "open_supernova_catalog").exists()


def test_missing_without_download_names_the_file(tmp_path):
    with pytest.raises(OSError, match=r"SN2011fe\.json"):
        fetch_open_supernova_catalog("SN2011fe", tmp_path, download_if_missing=False)


def test_damaged_cache_is_rejected(tmp_path):
    folder = tmp_path / "open_supernova_catalog"
    folder.mkdir()
    (folder / "SN2011fe.json").write_text('{"SN2011fe": {"name"')
    with pytest.raises(ValueError, match="delete it and fetch again"):
        fetch_open_supernova_catalog("SN2011fe", tmp_path)


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "/etc", "a\\b", "a\0", "é", "x" * 200, 5])
def test_names_never_leave_the_folder(tmp_path, name):
    with pytest.raises(ValueError, match="not a name"):
        fetch_open_supernova_catalog([name], tmp_path, download_if_missing=False)


def test_names_are_files_on_every_system(tmp_path):
    with pytest.raises(OSError, match=r"catalog.MLS110321_163505-0_15\.json"):
        fetch_open_supernova_catalog(["MLS110321:163505-0/15"], tmp_path, False)
    with pytest.raises(ValueError, match="more than once"):
        fetch_open_supernova_catalog(["SN 2011fe", "SN2011fe"], tmp_path, False)


@pytest.mark.parametrize(
    ("name", "repository"),
    [
        ("SN2011fe", "sne-2010-2014"),
        ("SN1987A", "sne-pre-1990"),
        ("PS1-12sk", "sne-2010-2014"),
        ("PS15abc", "sne-2015-2019"),
        ("iPTF13ebh", "sne-2010-2014"),
        ("ASASSN-15lh", "sne-2015-2019"),
        ("OGLE-2009-SN-002", "sne-2005-2009"),
        ("SN2020abc", "sne-2020-2024"),
    ],
)
def test_the_year_selects_the_repository(name, repository):
    assert f"/{repository}/" in catalog._urls(name)[0]
    assert len(catalog._urls(name)) == len(catalog._REPOSITORIES) + 1


def test_unknown_bands_and_shifts_are_reported_once(web, tmp_path):
    event = json.loads(json.dumps(EVENT))
    event["SN2099zz"]["photometry"][0]["band"] = "clear"
    event["SN2099zz"]["spectra"][0]["deredshifted"] = True
    web("api/SN2099zz", event)
    with pytest.warns(DataQualityWarning) as caught:
        X = fetch_open_supernova_catalog("SN2099zz", tmp_path).data
    assert len(caught) == 1 and caught[0].filename == __file__
    assert "1 rest-frame spectra" in str(caught[0].message)
    assert as_ragged(X["spectrum"])["wavelength"][0] == pytest.approx(4200.0)


def test_the_warning_is_of_the_caller_also_from_inside(web, tmp_path):
    event = json.loads(json.dumps(EVENT))
    event["SN2099zz"]["photometry"][0]["band"] = "clear"
    web("api/SN2099zz", event)
    with pytest.warns(DataQualityWarning, match="^Open Supernova Catalog: 1 points") as caught:
        fetch_open_supernova_catalog.__wrapped__("SN2099zz", tmp_path)
    assert [one.filename for one in caught] == [__file__]


def test_no_names_give_an_empty_table(tmp_path):
    dataset = fetch_open_supernova_catalog([], tmp_path)
    assert dataset.data.shape[0] == 0 and len(dataset.target) == 0
    assert {"light_curve", "spectrum", "redshift"} <= set(dataset.data.columns)


def test_real_files(real_data, tmp_path):
    files = sorted((real_data / "osc_json").glob("*.json"))
    shutil.copytree(real_data / "osc_json", tmp_path / "open_supernova_catalog")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataQualityWarning)
        dataset = fetch_open_supernova_catalog([f.stem for f in files], tmp_path, False)
        table = check_table(dataset.data)
    events = [next(iter(json.loads(f.read_text()).values())) for f in files]
    curves = as_ragged(dataset.data["light_curve"], kind="light_curve")
    lost = dataset.dropped.filter(like="points:").sum(axis=1)
    assert (curves.lengths + lost == [len(event["photometry"]) for event in events]).all()
    assert (np.isfinite(curves["flux"]) & (curves["flux"] > 0.1) & (curves["flux"] < 1e5)).all()
    assert curves.n_points > 2300 and not curves["band"].isna().any()
    spectra = table.spectrum
    assert len(spectra) == sum(len(event["spectra"]) for event in events)
    assert spectra["wavelength"].min() > 3000 and spectra["wavelength"].max() < 11000
    assert np.isfinite(spectra["flux"]).all()
    assert table.present("light_curve").all() and table.present("spectrum").all()
    assert dataset.data["redshift"].between(0.001, 0.4).all()
    assert set(dataset.target) <= {"Ia", "II", "II P", "IIn", "Ibn", "SLSN-I", "Ib/c"}
