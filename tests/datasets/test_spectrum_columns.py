"""Columns of a spectrum."""

import numpy as np
import pytest
from astropy import units as u

from sklearn_sn.data import DataQualityWarning
from sklearn_sn.datasets import read_spectra
from sklearn_sn.datasets._spectrum_columns import (
    AT_REST,
    LOG_WAVELENGTH,
    SpectrumColumn,
    errors_of,
    record_from_columns,
)

WAVELENGTH = [4000.0, 4010.0, 4020.0]


def columns(**values):
    return [SpectrumColumn(n, None, np.array(v), i + 1) for i, (n, v) in enumerate(values.items())]


def unnamed(*values):
    return [SpectrumColumn(None, None, np.array(v), i + 1) for i, v in enumerate(values)]


def test_errors_from_variances_and_weights():
    assert errors_of([2.0, -1.0], "flux_err").tolist() == [2, -1]
    np.testing.assert_array_equal(errors_of([4.0, 0.0, -1.0], "variance"), [2, np.nan, np.nan])
    np.testing.assert_array_equal(errors_of([4.0, 0.0, -1.0], "ivar"), [0.5, np.nan, np.nan])


def test_columns_go_by_name_and_pixels_without_weight_or_masked_are_left_out():
    found = columns(
        ivar=[4.0, 0.0, 4.0], flux=[1.0, 2.0, 3.0], mask=[0, 0, 1], rest_wavelength=WAVELENGTH
    )
    record = record_from_columns("text", found)
    assert record.wavelength.tolist() == [4000] and record.flux.tolist() == [1]
    assert record.flux_err.tolist() == [0.5] and record.n_masked == 2
    assert record.sources["flux_err"] == "column 1 'ivar', taken as ivar"
    assert record.notes == [AT_REST] and record.not_used == []


def test_units_and_logarithms():
    found = columns(loglam=[3.6, 3.61, 3.62], flux=[1.0, 2.0, 3.0])
    found[0].unit, found[1].unit = u.kg, u.mJy
    units = record_from_columns("text", found).units
    assert units == {"wavelength": LOG_WAVELENGTH, "flux": u.mJy}


def test_columns_without_names_go_by_position_and_value():
    record = record_from_columns("text", unnamed([0, 1, 2], WAVELENGTH, [5.0, 6.0, 7.0]))
    assert record.wavelength.tolist() == WAVELENGTH and record.flux.tolist() == [5, 6, 7]
    assert record.not_used == ["column 1"]
    copied = record_from_columns("text", unnamed(WAVELENGTH, [5.0, 6.0, 7.0], [5.0, 6.0, 7.0]))
    assert copied.flux_err is None


@pytest.mark.parametrize(
    "chosen, message",
    [
        ({"fluxes": "flux"}, "The keys of the 'columns' parameter"),
        ({"flux": "f2"}, "there is no column 'f2'; there are"),
        ({"flux": None}, "no column is named as flux"),
        ({"flux_err": "note"}, "column 3 'note' does not hold numbers"),
    ],
)
def test_wrong_choices_are_rejected(chosen, message):
    found = columns(wave=WAVELENGTH, flux=[1.0, 2.0, 3.0], note=["a", "b", "c"])
    with pytest.raises(ValueError, match=message):
        record_from_columns("text", found, chosen)


def _text(tmp_path, names, *columns):
    path = tmp_path / "a.txt"
    rows = [" ".join(f"{value:.9g}" for value in row) for row in zip(*columns, strict=True)]
    path.write_text("\n".join([names, *rows]) + "\n")
    return path


@pytest.mark.parametrize("name", ["fnu", "f_nu", "flux_nu", "flux_mJy", "flux_uJy", "flux_Jy"])
def test_names_of_fluxes_per_frequency(tmp_path, name):
    wavelength = np.linspace(4000, 8000, 5)
    path = _text(tmp_path, f"wavelength {name}", wavelength, wavelength**2)
    flux = read_spectra(path)["spectrum"].iloc[0]["flux"].to_numpy()
    np.testing.assert_allclose(flux / flux[0], 1.0, rtol=1e-6)


@pytest.mark.parametrize("name", ["mag", "AB_mag", "magnitude", "log_flux", "logf", "transmission"])
def test_other_quantities_are_no_fluxes(tmp_path, name):
    path = _text(tmp_path, f"wavelength {name}", np.linspace(4000, 8000, 5), np.full(5, 18.0))
    with pytest.raises(ValueError, match=r"no column is named as flux|holds magnitudes, and"):
        read_spectra(path)


@pytest.mark.parametrize(
    "names",
    ["wavelength counts", "wave flux_adu", "# BUNIT = 'counts'", "# YUNITS: electrons/s"],
)
def test_counts_are_remarked(tmp_path, names):
    path = _text(tmp_path, names, np.linspace(4000, 8000, 5), np.arange(5) + 1.0)
    with pytest.warns(DataQualityWarning, match="the flux is in counts, and not calibrated"):
        assert len(read_spectra(path)["spectrum"].iloc[0]) == 5
