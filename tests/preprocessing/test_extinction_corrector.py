import sys

import numpy as np
import pytest
from astropy import units
from sklearn.pipeline import make_pipeline

from sklearn_sn.data import DataQualityWarning, as_ragged, band_wavelength
from sklearn_sn.preprocessing import ExtinctionCorrector

parameter_averages = pytest.importorskip("dust_extinction.parameter_averages")
MODELS = ["CCM89", "O94", "F99", "F04", "F19", "G23"]
BANDS = ["ztfg", "ztfr", "ztfi"]
CURVE = {"time": [0.0, 1, 2], "band": BANDS, "flux": [1.0, -2, 3], "flux_err": [0.1, 0.2, 0.3]}


def _factor(model, wavelength, ebv, r_v=3.1):
    """Expected values, directly from dust_extinction."""
    law = getattr(parameter_averages, model)(Rv=r_v)
    return 1 / law.extinguish(np.asarray(wavelength) * units.AA, Ebv=ebv)


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("r_v", [2.7, 3.1])
def test_bands(model, r_v, curve_table):
    X = curve_table(CURVE, CURVE, ebv=[0.3, 0.0])
    out = as_ragged(ExtinctionCorrector(model=model, r_v=r_v).fit_transform(X)["light_curve"])
    factor = np.concatenate([_factor(model, band_wavelength(BANDS), 0.3, r_v), np.ones(3)])
    np.testing.assert_allclose(out["flux"], np.tile(CURVE["flux"], 2) * factor)
    np.testing.assert_allclose(out["flux_err"], np.tile(CURVE["flux_err"], 2) * factor)


@pytest.mark.parametrize("model", MODELS)
def test_pixels(model, spectrum_table):
    wavelength = np.linspace(1200, 25000, 3000)
    X = spectrum_table({"wavelength": wavelength, "flux": np.ones(3000)}, ebv=[0.5])
    out = as_ragged(ExtinctionCorrector(model=model).fit_transform(X)["spectrum"])
    np.testing.assert_allclose(out["flux"], _factor(model, wavelength, 0.5), rtol=1e-4)


def test_undoes_extinction_known_from_the_maps(curve_table):
    # Schlafly & Finkbeiner 2011, table 6: A / E(B-V)_SFD = 3.303 in SDSS g, R_V = 3.1, where
    # E(B-V)_SFD is 1 / 0.86 of the true one.
    X = curve_table({"time": [0.0], "band": ["sdssg"], "flux": [1.0]})
    flux = as_ragged(ExtinctionCorrector(0.86).fit_transform(X)["light_curve"])["flux"]
    assert 2.5 * np.log10(flux[0]) == pytest.approx(3.303, abs=0.1)


@pytest.mark.parametrize("model", MODELS)
def test_outside_the_law_its_border_is_used(model, spectrum_table):
    wavelength = np.array([1000.0, 1001.0, 29000.0, 29999.0])
    X = spectrum_table({"wavelength": wavelength, "flux": np.ones(4)})
    out = as_ragged(ExtinctionCorrector(0.1, model=model).fit_transform(X)["spectrum"])["flux"]
    assert np.isfinite(out).all() and out[0] > out[-1] >= 1


def test_unknown_ebv_is_kept_with_one_warning(curve_table):
    X = curve_table(CURVE, CURVE, ebv=[0.3, np.nan])
    with pytest.warns(DataQualityWarning, match="1 objects without 'ebv'.*'SN1'") as record:
        out = ExtinctionCorrector().fit_transform(X)
    assert [warning.filename for warning in record] == [__file__]
    with pytest.warns(DataQualityWarning, match="without 'ebv'") as record:
        make_pipeline(ExtinctionCorrector()).fit_transform(X)
    assert [warning.filename for warning in record] == [__file__]
    curves = as_ragged(out["light_curve"])
    np.testing.assert_array_equal(curves.take([1])["flux"], CURVE["flux"])
    assert curves.take([0])["flux"][0] > 2


def test_only_the_wanted_columns(X):
    out = ExtinctionCorrector(columns=["spectrum"]).fit_transform(X)
    assert out["light_curve"].equals(X["light_curve"])
    with pytest.raises(ValueError, match="needs the column 'light_curve'"):
        ExtinctionCorrector(columns=["light_curve"]).fit(X[["spectrum", "ebv"]])
    assert list(ExtinctionCorrector().fit_transform(X[["spectrum", "ebv"]])) == ["spectrum", "ebv"]


@pytest.mark.parametrize("ebv", [-0.1, 1e9])
def test_ebv_out_of_range_is_rejected(ebv, curve_table):
    with pytest.raises(ValueError, match="'SN0': ebv"):
        ExtinctionCorrector().fit_transform(curve_table(CURVE, ebv=[ebv]))


def test_column_of_another_name(curve_table):
    X = curve_table(CURVE, mwebv=[0.3])
    with pytest.raises(ValueError, match="'ebv'"):
        ExtinctionCorrector().fit(X)
    assert ExtinctionCorrector("mwebv").fit_transform(X).shape == (1, 2)


def test_without_dust_extinction_the_remedy_is_named(curve_table, monkeypatch):
    monkeypatch.setitem(sys.modules, "dust_extinction", None)
    with pytest.raises(ImportError, match=r"sklearn-sn\[preprocessing\]"):
        ExtinctionCorrector(0.1).fit_transform(curve_table(CURVE))
