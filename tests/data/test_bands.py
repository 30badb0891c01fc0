"""The band registry: every way to write a name, arrays, registration, and the numbers."""

import os
import re
import string
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from sklearn_sn.data import band_wavelength
from sklearn_sn.data._bands import (
    canonical_band,
    canonical_bands,
    get_band,
    list_bands,
    register_band,
    temporary_bands,
    unregister_band,
)

# The curve of each band; where two are given, the registry must fit both.
CURVES = {
    **{f"ztf{b}": (f"ztf-{b}", f"ztf-p48{b}") for b in "gri"},
    **{f"lsst{b}": (f"lsst2016-{b}", f"lsst2023-{b}") for b in "ugrizy"},
    **{f"ps1{b}": (f"panstarrs-{b}",) for b in "grizyw"},
    **{f"sdss{b}": (f"sdss2010-{b}",) for b in "ugriz"},
    **{f"des{b}": (f"decam2014-{b}",) for b in "ugrizY"},
    **{f"bessell{b}": (f"bessell-{b}",) for b in "UBVRI"},
    **{f"atlas{b}": (f"atlas-{b}",) for b in "co"},
    **{f"uvot{b}": (f"swift-photon{b.upper()}",) for b in ("uvw1", "uvm2", "uvw2")},
    **{f"uvot{b}": (f"swift-photon{b.upper()}_UVOT",) for b in "ubv"},
    **{f"2mass{b}": (f"twomass-{b}",) for b in ("J", "H", "Ks")},
    **{f"gaia{b}": (f"gaiadr3-{b}",) for b in ("G", "BP", "RP")},
    **{f"galex{b}": (f"galex-{b}",) for b in ("fuv", "nuv")},
}


@pytest.fixture(scope="module")
def data():
    default = Path(__file__).resolve().parents[3] / "shared" / "data"
    folder = Path(os.environ.get("SKLEARN_SN_DATA", default))
    if not (folder / "filter_curves.parquet").exists():
        pytest.skip("no real data: set SKLEARN_SN_DATA")
    return folder


@pytest.fixture(autouse=True)
def registry_unchanged():
    before = list_bands()
    with temporary_bands():
        yield
    assert list_bands() == before


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("ztfg", "ztfg"),
        ("ZTF_g", "ztfg"),
        ("ztf-g", "ztfg"),
        ("ZTFG", "ztfg"),
        ("ztf g", "ztfg"),
        ("zr", "ztfr"),
        (1, "ztfg"),
        ("2", "ztfr"),
        (np.int64(3), "ztfi"),
        (3.0, "ztfi"),
        ("DES-g", "desg"),
        ("desy", "desY"),
        ("LSST-g", "lsstg"),
        ("PS1-g", "ps1g"),
        ("ps1::g", "ps1g"),
        ("zP1", "ps1z"),
        ("SDSS-g", "sdssg"),
        ("g_SDSS", "sdssg"),
        ("SLOAN/SDSS.u", "sdssu"),
        ("PAN-STARRS/PS1.g", "ps1g"),
        ("g'", "sdssg"),
        ("g", "sdssg"),
        ("  r\n", "sdssr"),
        (b"g", "sdssg"),
        ("b'g'", "sdssg"),
        (np.str_("i"), "sdssi"),
        (np.bytes_(b"z"), "sdssz"),
        ("G", "gaiaG"),
        ("gaia::gbp", "gaiaBP"),
        ("Gaia-G", "gaiaG"),
        ("U", "bessellU"),
        ("R", "bessellR"),
        ("Rc", "bessellR"),
        ("Ic", "bessellI"),
        ("bessellb", "bessellB"),
        ("bessellux", "bessellU"),
        ("Johnson V", "bessellV"),
        ("orange", "atlaso"),
        ("cyan", "atlasc"),
        ("UVW1", "uvotuvw1"),
        ("W1", "uvotuvw1"),
        ("M2", "uvotuvm2"),
        ("uvot::uvw1", "uvotuvw1"),
        ("Swift/UVOT.UVW2", "uvotuvw2"),
        ("Swift-B", "uvotb"),
        ("K", "2massKs"),
        ("KS", "2massKs"),
        ("Js", "2massJ"),
        ("2massj", "2massJ"),
        ("y", "ps1y"),
        ("Y", "cspY"),
        ("CSP-g", "cspg"),
        ("swope2::v1", "cspV"),
        ("csphs", "cspH"),
        ("CSP2-B", "cspB"),
        ("keplercam::us", "keplercamu"),
        ("Subaru/HSC.i2", "hsci2"),
        ("hsc2017-r2", "hscr"),
        ("TESS/TESS.Red", "tess"),
        ("TESS", "tess"),
        ("gotol", "gotoL"),
        ("GOTO-R", "gotoR"),
        ("BG-q", "blackgemq"),
        ("BlackGEM.u", "blackgemu"),
        ("HST/WFC3_UVIS2.F475W", "wfc3F475W"),
        ("HST/ACS_WFC.F475W", "acsF475W"),
        ("uvf475w", "wfc3F475W"),
        ("f475w", "acsF475W"),
        ("F160W", "wfc3F160W"),
        ("JWST/NIRCam.F115W", "nircamF115W"),
        ("nircam F444W", "nircamF444W"),
        ("f150w", "nircamF150W"),
        ("Ydw", "cspY"),
        ("V0", "cspV"),
        ("V1", "cspV"),
        ("Jrc2", "cspJ"),
        ("SWOPE2::r", "cspr"),
        ("SWOPE2::B", "cspB"),
        ("cspv9844", "cspV"),
        ("FOUND-g/P", "ps1g"),
        ("CSP-B/u", "cspB"),
        ("ASAS-SN V", "asassnV"),
        ("BG_q", "blackgemq"),
        ("u_BG", "blackgemu"),
        ("um2", "uvotuvm2"),
        ("UVM2", "uvotuvm2"),
        ("SDSS-up", "sdssu"),
        ("sdss_up", "sdssu"),
        ("gSDSS", "sdssg"),
        ("rPS1", "ps1r"),
        ("Bessel-B", "bessellB"),
    ],
)
def test_names(name, expected):
    assert canonical_band(name) == expected


def test_every_canonical_name_and_alias_finds_its_band():
    for name in list_bands():
        assert canonical_band(name) == name
        for alias in set(get_band(name).aliases) - {"b", "v"}:
            assert canonical_band(alias) == name


def test_within_survey():
    assert canonical_band("g", survey="ZTF") == "ztfg"
    assert canonical_band(1, survey="plasticc") == "lsstg"
    assert canonical_band("b", survey="Swift") == "uvotb"
    assert canonical_band("ztfg", survey="ztf") == "ztfg"
    assert canonical_band("V", survey="asassn") == "asassnV"
    with pytest.raises(ValueError, match="Survey 'ztf' has no band 'V'; it has ztfg, ztfr, ztfi"):
        canonical_band("V", survey="ztf")
    with pytest.raises(ValueError, match=r"Unknown survey 'nope'.*lsst \(.*plasticc.*\(swift,"):
        canonical_band("V", survey="nope")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("b", "ambiguous.*bessellB or uvotb"),
        ("v", "ambiguous.*bessellV or uvotv"),
        ("clear", "Unknown band 'clear'"),
        ("ztfq", "Did you mean ztf"),
        (None, "Unknown band None"),
        (float("nan"), "Unknown band nan"),
        ("", "Unknown band ''"),
        (0, "Unknown band 0"),
        ("ztf", "Unknown band 'ztf'"),
        ("V/R", "Unknown band 'V/R'"),
    ],
)
def test_refused(name, message):
    with pytest.raises(ValueError, match=message):
        canonical_band(name)


def test_arrays_of_every_kind():
    expected = ["ztfg", None, "sdssr", "ztfg"]
    names = ["ztfg", None, "r", "ZTF-g"]
    for array in (
        names,
        np.array(names, dtype=object),
        np.array(["ztfg", pd.NA, "r", "ZTF-g"], dtype=object),
        pd.Series(names, dtype=pd.ArrowDtype(pa.string())),
        pd.Series(names),
        pd.Series(names, dtype="category"),
        pd.Categorical(names),
        pd.CategoricalIndex(names),
        [b"ztfg", np.nan, np.str_("r"), "ZTF_g"],
        np.ma.MaskedArray(["ztfg", "g", "r", "ztfg"], mask=[0, 1, 0, 0]),
    ):
        found = canonical_bands(array)
        assert isinstance(found, np.ndarray) and found.dtype == object
        assert found.tolist() == expected
    assert canonical_bands(np.array([b"g", b"r"])).tolist() == ["sdssg", "sdssr"]
    assert canonical_bands(np.array([["g", "r"]])).shape == (1, 2)
    assert canonical_bands([]).shape == (0,)
    assert canonical_bands([1, 2.0, np.nan]).tolist() == ["ztfg", "ztfr", None]
    assert names == ["ztfg", None, "r", "ZTF-g"]


def test_ambiguous_in_arrays():
    with pytest.raises(ValueError, match="bessellV or uvotv"):
        canonical_bands(["g", "v"])
    assert canonical_bands(["g", "v"], ambiguous="unknown").tolist() == ["sdssg", None]
    unused = pd.Categorical(["g"], categories=["v", "g"])
    assert canonical_bands(unused).tolist() == ["sdssg"]
    with pytest.raises(ValueError, match="'ambiguous' parameter"):
        canonical_bands(["g"], ambiguous="first")


def test_plasticc_codes_are_not_taken_for_ztf():
    with pytest.raises(ValueError, match='survey="plasticc"'):
        canonical_bands(np.arange(6))
    assert canonical_bands(np.arange(6), survey="plasticc").tolist() == list_bands("lsst")


def test_a_million_points_look_up_few_names(monkeypatch):
    import sklearn_sn.data._bands as bands

    seen = []
    monkeypatch.setattr(bands, "as_text", lambda name: seen.append(name) or name)
    names = np.array(["ztfg", "ztfr", "clear"], dtype=object)[np.arange(1_000_000) % 3]
    found = canonical_bands(names)
    assert len(seen) == 3
    assert found[:4].tolist() == ["ztfg", "ztfr", None, "ztfg"]


def test_wavelength():
    values = band_wavelength(pd.Categorical(["V", "clear", None, "B"]))
    assert values.dtype == np.float64
    np.testing.assert_array_equal(values, [5478.0, np.nan, np.nan, 4371.0])


def test_register_and_unregister():
    band = register_band("vstg", 4817, survey="VST", aliases=["VST g-band"], vega_ab_offset=-0.09)
    assert get_band("VST-g") == band == get_band("VST g-band")
    assert canonical_band("g", survey="vst") == "vstg"
    assert canonical_band("g") == "sdssg"
    assert list_bands("vst") == ["vstg"]
    unregister_band("vstg")
    assert "vstg" not in list_bands()
    with pytest.raises(ValueError, match="No band 'ztfg' was registered"):
        unregister_band("ztfg")


def test_clash_names_the_owner_and_overwrite_takes_the_name():
    with pytest.raises(ValueError, match="'g' already means sdssg"):
        register_band("mine", 4800.0, aliases=["g"])
    with pytest.raises(ValueError, match="'DES-g' already means desg"):
        register_band("DES-g", 4800.0)
    with pytest.raises(ValueError, match="'b' already means bessellB or uvotb"):
        register_band("mine", 4800.0, aliases=["b"])
    assert "mine" not in list_bands()
    register_band("mine", 4800.0, aliases=["g", "b"], overwrite=True)
    register_band("ztfg", 4000.0, survey="ztf", overwrite=True)
    assert canonical_bands(["g", "b"]).tolist() == ["mine", "mine"]
    assert get_band("ZTF-g").wavelength == 4000.0
    unregister_band("mine")
    unregister_band("ztfg")
    assert canonical_band("g") == "sdssg"
    assert get_band("ZTF-g").wavelength == 4799.0


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        ("name", ""),
        ("name", 3),
        ("wavelength", 0.5),
        ("wavelength", np.nan),
        ("wavelength", "5000"),
        ("wavelength", True),
        ("survey", None),
        ("vega_ab_offset", np.inf),
        ("vega_ab_offset", "0.1"),
        ("system", "ab"),
        ("aliases", "gg"),
        ("aliases", ["gg", ""]),
    ],
)
def test_register_refuses(parameter, value):
    arguments = {"name": "mine", "wavelength": 5000.0, parameter: value}
    with pytest.raises(ValueError, match=f"The '{parameter}' parameter of register_band"):
        register_band(**arguments)


def test_registration_from_threads():
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda k: register_band(f"thread{k}", 5000.0 + k), range(40)))
    assert sum(name.startswith("thread") for name in list_bands()) == 40


def test_offsets_follow_vegas_spectrum():
    # Beyond the Balmer jump Vega's AB magnitude rises smoothly, like a hot star's.
    bands = [get_band(name) for name in list_bands()]
    red = [b for b in bands if 5300 < b.wavelength < 22000 and b.survey != "gaia"]
    x = np.log([b.wavelength for b in red])
    y = np.array([b.vega_ab_offset for b in red])
    assert np.abs(y - np.polyval(np.polyfit(x, y, 3), x)).max() < 0.07
    blue = [b.vega_ab_offset for b in bands if 4300 < b.wavelength < 5000]
    assert min(blue) > -0.17 and max(blue) < -0.07


@pytest.mark.parametrize("name", CURVES)
def test_wavelength_agrees_with_the_curve(name, data):
    curves = pd.read_parquet(data / "filter_curves.parquet").groupby("filter")
    for curve in CURVES[name]:
        group = curves.get_group(curve).sort_values("wavelength")
        wave, response = group["wavelength"].to_numpy(), group["transmission"].to_numpy()
        pivot = np.sqrt(np.trapezoid(response * wave, wave) / np.trapezoid(response / wave, wave))
        assert get_band(name).wavelength == pytest.approx(pivot, rel=0.02)
        assert canonical_band(curve) == name


def test_every_curve_is_known(data):
    names = pd.read_parquet(data / "filter_curves.parquet", columns=["filter"])["filter"].unique()
    assert not [n for n in names if n not in {c for curves in CURVES.values() for c in curves}]


def test_names_of_the_open_supernova_catalog(data):
    columns = ["band", "band_norm", "telescope"]
    table = pd.concat(
        pd.read_parquet(data / f"{name}.parquet", columns=columns)
        for name in ("osc_pairs_lightcurves", "osc_lc_extra_lightcurves")
    )
    for column in ("band", "band_norm"):
        found = canonical_bands(table[column], ambiguous="unknown")
        assert pd.notna(found).mean() > 0.97
    for name in ("clear", "CR", "gr", "g+r", "pg", "555", "0", "I2"):
        assert canonical_bands([name]).tolist() == [None]


def test_names_of_plasticc(data):
    bands = pd.read_parquet(data / "plasticc_lightcurves.parquet", columns=["band"])["band"]
    assert set(canonical_bands(bands)) == set(list_bands("lsst"))


def test_the_table_of_bare_names_in_the_docs_is_true():
    path = Path(__file__).parents[2] / "docs" / "bands.rst"
    if not path.exists():
        pytest.skip("no docs beside the tests")
    text = path.read_text(encoding="utf-8")
    table = {}
    for names, survey, meant in re.findall(r"^``(.+?)`` +(\w+) +``(.+)``$", text, re.MULTILINE):
        for name, canonical in zip(names.split(), meant.split(), strict=True):
            assert get_band(canonical).survey == survey
            table[name] = canonical
    assert len(table) == 25
    single = [*string.ascii_letters, *string.digits[1:4]]
    read = dict(zip(single, canonical_bands(single, ambiguous="unknown"), strict=True))
    assert {name: band for name, band in read.items() if band} == {
        name: band for name, band in table.items() if len(name) == 1
    }
    assert all(canonical_band(name) == band for name, band in table.items())
    ambiguous = re.search(r"(``.``(?: and ``.``)+) are ambiguous", text).group(1)
    unknown = {name for name, band in read.items() if band is None}
    for name in re.findall(r"``(.)``", ambiguous):
        with pytest.raises(ValueError, match=f"'{name}' is ambiguous.*bessell.* or uvot"):
            canonical_band(name)
        unknown.remove(name)
    for name in unknown:
        with pytest.raises(ValueError, match=f"Unknown band '{name}'"):
            canonical_band(name)


def test_docstrings_import_public_names():
    for function in (canonical_band, canonical_bands, register_band, list_bands, get_band):
        assert "import" in function.__doc__
        assert "sklearn_sn.data._" not in function.__doc__


def test_the_same_band_again_is_no_error():
    with temporary_bands():
        band = register_band("mineg", 4800.0, survey="mine", aliases=["my g"])
        assert register_band("mineg", 4800.0, survey="mine", aliases=["my g"]) == band
        with pytest.raises(ValueError, match="already means mineg"):
            register_band("mineg", 4810.0, survey="mine", aliases=["my g"])


def test_wavelengths_in_nm_are_refused():
    with pytest.raises(ValueError, match="in Å"):
        register_band("minex", 477.0)
