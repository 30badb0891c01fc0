"""Spectra with phases and relative fluxes."""

import numpy as np
import pandas as pd
import pytest

from sklearn_sn.data import Ragged, check_table, phase_frame, spectra_with_phase
from sklearn_sn.data._spectra_with_phase import row_median

WAVELENGTH = np.linspace(4000.0, 8000.0, 101)
RANGES = {
    "wavelength_range": (3000.0, 9000.0),
    "phase_range": (-20.0, 100.0),
    "normalization_range": (5000.0, 6000.0),
}


def shape(wavelength=WAVELENGTH):
    return 2.0 + np.sin(wavelength / 300.0)


def run(*cells, rest=False, redshift=0.0, **changes):
    X = pd.DataFrame({"spectrum": list(cells), "t_peak": 59000.0, "redshift": redshift})
    table = check_table(X, metadata_columns=["t_peak", "redshift"])
    return spectra_with_phase(table, phase_frame(table, rest), **{**RANGES, **changes})


def cell(time=59010.0, scale=1.0, flux=None, **fields):
    flux = scale * (shape() if flux is None else flux)
    time = np.full(len(WAVELENGTH), time)
    return {"wavelength": WAVELENGTH, "flux": flux, "time": time, **fields}


def test_phases_and_objects():
    spectra, object_index, phase = run(cell(), None, cell(time=59100.5), cell(time=np.nan))
    assert object_index.tolist() == [0, 3]  # 100.5 days from peak is out of range
    assert phase[0] == 10.0 and np.isnan(phase[1])
    assert spectra.lengths.tolist() == [101, 101]


def test_the_rest_frame_divides_wavelengths_and_phases():
    spectra, _, phase = run(cell(), rest=True, redshift=0.25)
    np.testing.assert_allclose(spectra["wavelength"], WAVELENGTH / 1.25)
    assert phase.tolist() == [8.0]


@pytest.mark.parametrize("scale", [1e-17, 1e-3, 1e20, 1e140])
def test_fluxes_are_relative(scale):
    error = {"flux_err": 0.1 * scale * shape()}
    one, *_ = run(cell(scale=scale, **error))
    other, *_ = run(cell(flux_err=0.1 * shape()))
    np.testing.assert_allclose(one["flux"], other["flux"])
    np.testing.assert_allclose(one["flux_err"], 0.1 * one["flux"])
    inside = (WAVELENGTH >= 5000) & (WAVELENGTH <= 6000)
    assert np.median(one["flux"][inside]) == pytest.approx(1.0)


def test_a_spectrum_off_the_normalization_range_is_scaled_as_a_whole():
    spectra, *_ = run(cell(), normalization_range=(8500.0, 8900.0))
    assert np.median(spectra["flux"]) == pytest.approx(1.0)


def test_spikes_are_clipped():
    flux = shape()
    flux[50] = 1e6
    spectra, *_ = run(cell(flux=flux))
    good, *_ = run(cell())
    np.testing.assert_allclose(
        np.delete(spectra["flux"], 50), np.delete(good["flux"], 50), rtol=0.01
    )
    assert spectra["flux"][50] < 3.0


def test_a_spectrum_of_mostly_zeros_stays_finite():
    flux = np.zeros(101)
    flux[[0, 50, 100]] = 1.0
    spectra, *_ = run(cell(flux=flux))
    assert np.isfinite(spectra["flux"]).all() and np.abs(spectra["flux"]).max() <= 1.0


def test_long_spectra_are_averaged():
    error = {"flux_err": np.ones(101)}
    spectra, *_ = run(cell(**error), max_pixels=25)
    whole, *_ = run(cell(**error))
    assert spectra.lengths.tolist() == [25]
    assert np.all(np.diff(spectra["wavelength"]) > 0)
    assert np.median(spectra["flux_err"]) == pytest.approx(
        np.median(whole["flux_err"]) / 2, rel=0.1
    )
    same, *_ = run(cell(**error), max_pixels=101)
    np.testing.assert_array_equal(same["flux"], whole["flux"])


def test_spectra_of_fewer_than_three_pixels_are_missing():
    short = {"wavelength": WAVELENGTH[:2], "flux": np.ones(2)}
    assert len(run(short)[0]) == 0
    assert len(run(cell(), wavelength_range=(4000.0, 4050.0))[0]) == 0


def test_row_median():
    ragged = Ragged({}, [0, 3, 3, 7])
    assert row_median(ragged, np.array([3.0, 1.0, 2.0, 4.0, 1.0, 2.0, 3.0])).tolist() == [2, 0, 2.5]
