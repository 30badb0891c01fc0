"""Bands of optional packages: stand-ins with their interface, and the real ones if installed."""

import os
import sys
import warnings
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest

from sklearn_sn.data import DataQualityWarning, canonical_band, get_band, register_bands_from
from sklearn_sn.data._bands import temporary_bands

WAVE = np.linspace(5500.0, 9100.0, 50)
VIS = (WAVE, np.where((WAVE > 5600) & (WAVE < 9000), 0.7, 0.0))
SDSS_G = (np.linspace(4000.0, 5440.0, 9), np.array([0, 1, 1, 1, 1, 1, 1, 1, 0.0]))


@pytest.fixture(autouse=True)
def registry_unchanged():
    with temporary_bands():
        yield


@pytest.fixture
def speclite(monkeypatch):
    curves = {"Euclid-VIS": VIS, "sdss2010-g": SDSS_G, "gaiadr2-G": SDSS_G}
    filters = ModuleType("speclite.filters")
    filters.filter_group_names = ["Euclid", "sdss2010", "gaiadr2"]
    filters.load_filters = lambda pattern: [
        SimpleNamespace(
            meta={"band_name": name.partition("-")[2]}, wavelength=curve[0], response=curve[1]
        )
        for name, curve in curves.items()
        if name.startswith(pattern.rstrip("*"))
    ]
    monkeypatch.setitem(sys.modules, "speclite", ModuleType("speclite"))
    monkeypatch.setitem(sys.modules, "speclite.filters", filters)


class Mirror:
    """Stand-in for the DataMirror of sncosmo, which must never download."""

    def __init__(self, folder):
        self.folder = folder

    def rootdir(self):
        return str(self.folder)

    def abspath(self, relpath, isdir=False):
        raise AssertionError("a download")


@pytest.fixture
def sncosmo(monkeypatch, tmp_path):
    (tmp_path / "vis.dat").write_text("here")
    mirror = Mirror(tmp_path)

    def get_bandpass(name):
        if name == "f115w_radial":
            return SimpleNamespace(families={})
        if name != "bundled":
            assert os.path.exists(mirror.abspath({"there": "vis.dat"}.get(name, "absent.dat")))
        return SimpleNamespace(wave=VIS[0], trans=VIS[1])

    meta = [
        {"name": "bundled", "filterset": "mytel"},
        {"name": "there"},
        {"name": "not_here"},
        {"name": "f115w_radial"},
    ]
    package, bandpasses = ModuleType("sncosmo"), ModuleType("sncosmo.bandpasses")
    package.get_bandpass = get_bandpass
    bandpasses._BANDPASSES = SimpleNamespace(get_loaders_metadata=lambda: meta)
    builtins = ModuleType("sncosmo.builtins")
    builtins.DATADIR = mirror
    for module in (package, bandpasses, builtins):
        monkeypatch.setitem(sys.modules, module.__name__, module)
    return mirror


def test_speclite_adds_new_bands_only(speclite):
    with pytest.warns(DataQualityWarning, match="other wavelengths were left out: gaiadr2-G"):
        assert register_bands_from("speclite") == ["Euclid-VIS"]
    band = get_band("Euclid-VIS")
    low, high = 5600.0, 9000.0
    expected = np.sqrt(0.5 * (high**2 - low**2) / np.log(high / low))
    assert band.wavelength == pytest.approx(expected, rel=0.005)
    assert 0.2 < band.vega_ab_offset < 0.35 and band.system == "AB" and band.survey == "euclid"
    assert canonical_band("VIS", survey="euclid") == "Euclid-VIS"
    assert canonical_band("sdss2010-g") == "sdssg" and canonical_band("gaiadr2-G") == "gaiaG"


def test_a_second_call_adds_nothing(speclite):
    assert register_bands_from("speclite", ["Euclid-VIS"]) == ["Euclid-VIS"]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert register_bands_from("speclite", ["Euclid-VIS", "sdss2010-g"]) == []


def test_sncosmo_reads_the_curves_of_this_machine(sncosmo):
    with pytest.warns(DataQualityWarning, match="left out: not_here, f115w_radial"):
        assert register_bands_from("sncosmo") == ["bundled", "there"]
    assert canonical_band("bundled") == "bundled" and get_band("bundled").survey == "mytel"
    with pytest.raises(AssertionError, match="a download"):
        sncosmo.abspath("absent.dat")  # the method of the package is back in place


def test_a_missing_package_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "sncosmo", None)
    with pytest.raises(ImportError, match=r"of sncosmo .* pip install 'sklearn-sn\[sim\]'"):
        register_bands_from("sncosmo")


def test_wrong_arguments_are_rejected(speclite):
    with pytest.raises(ValueError, match="'sncosmo' or 'speclite'"):
        register_bands_from("pyphot")
    with pytest.raises(ValueError, match="speclite has no band 'Euclid-Q'"):
        register_bands_from("speclite", ["Euclid-Q"])
    with pytest.raises(ValueError, match="a sequence of str, not one str"):
        register_bands_from("speclite", "Euclid-VIS")


def test_the_real_speclite():
    pytest.importorskip("speclite")
    assert register_bands_from("speclite", ["wise2010-W1", "lsst2023-r"]) == ["wise2010-W1"]
    band = get_band("wise2010-W1")  # Jarrett et al. (2011): 2.699 mag
    assert band.wavelength == pytest.approx(33682, abs=30)
    assert band.vega_ab_offset == pytest.approx(2.69, abs=0.02)


def test_the_real_sncosmo():
    pytest.importorskip("sncosmo")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataQualityWarning)
        names = register_bands_from("sncosmo")
    assert "bessellb" not in names and canonical_band("bessellb") == "bessellB"
    assert all(np.isfinite(get_band(name).wavelength) for name in names)
