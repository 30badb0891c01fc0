import numpy as np
import pytest

from sklearn_sn.data import Ragged
from sklearn_sn.data._resample import resample, wavelength_grid

GRID = wavelength_grid(4000, 8000, 40, spacing="linear")


def _random_spectra(n_rows=12, seed=0):
    rng = np.random.default_rng(seed)
    lengths = rng.integers(0, 400, n_rows)
    lengths[3] = 0
    wavelength = np.concatenate([np.sort(rng.uniform(3500, 9000, size)) for size in lengths])
    flux = np.sin(wavelength / 300) + 2
    fields = {"wavelength": wavelength, "flux": flux, "flux_err": rng.uniform(0.1, 1, len(flux))}
    return Ragged(fields, np.concatenate([[0], np.cumsum(lengths)]))


def _one(wavelength, flux, flux_err=None):
    fields = {"wavelength": np.asarray(wavelength), "flux": np.asarray(flux)}
    if flux_err is not None:
        fields["flux_err"] = np.asarray(flux_err)
    return Ragged(fields, [0, len(wavelength)])


def test_grid_divides_the_range():
    grid = wavelength_grid(3500, 9000, 512)
    np.testing.assert_allclose(np.diff(np.log(grid)), np.log(9000 / 3500) / 512)
    assert 3500 < grid[0] < 3504 and 8990 < grid[-1] < 9000


def test_is_the_mean_of_the_lines_between_the_pixels():
    spectra = _random_spectra()
    flux, _, covered = resample(spectra, GRID, max_gap=1e4)
    fine = GRID[:, None] + (np.arange(2000) + 0.5) / 20 - 50
    for row in range(len(spectra)):
        one = spectra.take([row])
        inside = covered[row] & (GRID > 4100) & (GRID < 7900)
        if one.n_points > 200:
            expected = np.interp(fine, one["wavelength"], one["flux"]).mean(axis=1)
            assert inside.sum() > 25
            np.testing.assert_allclose(flux[row, inside], expected[inside], rtol=1e-4)


def test_straight_line_is_kept_by_wide_and_by_narrow_bins():
    for step in (1.0, 170.0):
        wavelength = np.arange(3000.0, 9000.0, step)
        flux, _, covered = resample(_one(wavelength, 2 * wavelength - 7), GRID, max_gap=200)
        assert covered.all()
        np.testing.assert_allclose(flux[0], 2 * GRID - 7)


def test_mean_of_many_pixels_and_its_error():
    rng = np.random.default_rng(1)
    wavelength = np.arange(3950.0, 8051.0)
    noise = rng.normal(size=(300, len(wavelength)))
    spectra = Ragged(
        {
            "wavelength": np.tile(wavelength, 300),
            "flux": noise.ravel(),
            "flux_err": np.ones(noise.size),
        },
        np.arange(301) * len(wavelength),
    )
    flux, flux_err, _ = resample(spectra, GRID)
    # 100 pixels of error 1 in each bin.
    np.testing.assert_allclose(flux_err, 0.1, rtol=0.01)
    assert np.std(flux / flux_err) == pytest.approx(1, abs=0.02)


def test_error_of_interpolated_bins_is_calibrated():
    rng = np.random.default_rng(2)
    wavelength = np.arange(3800.0, 8300.0, 70.0)
    n_rows = 500
    noise = rng.normal(size=(n_rows, len(wavelength)))
    spectra = Ragged(
        {
            "wavelength": np.tile(wavelength, n_rows),
            "flux": noise.ravel(),
            "flux_err": np.ones(noise.size),
        },
        np.arange(n_rows + 1) * len(wavelength),
    )
    flux, flux_err, _ = resample(spectra, wavelength_grid(4000, 8000, 150))
    assert np.std(flux / flux_err) == pytest.approx(1, abs=0.02)
    assert flux_err.max() < 1


def test_outside_the_spectrum_nothing_is_covered():
    wavelength = np.arange(5000.0, 6001.0)
    flux, flux_err, covered = resample(_one(wavelength, np.ones(1001), np.ones(1001)), GRID)
    np.testing.assert_array_equal(covered[0], (GRID > 5000) & (GRID < 6000))
    np.testing.assert_array_equal(np.isfinite(flux), covered)
    np.testing.assert_array_equal(np.isfinite(flux_err), covered)


def test_wide_gaps_are_not_covered_but_coarse_spectra_are():
    wavelength = np.concatenate([np.arange(3900.0, 5001.0, 2), np.arange(6000.0, 8101.0, 2)])
    _, _, covered = resample(_one(wavelength, np.ones(len(wavelength))), GRID)
    np.testing.assert_array_equal(covered[0], (GRID < 5000) | (GRID > 6000))
    coarse = np.arange(3500.0, 9000.0, 250.0)
    _, _, covered = resample(_one(coarse, np.ones(len(coarse))), GRID)
    assert covered.all()


def test_shift_moves_the_lines():
    wavelength = np.arange(3000.0, 12000.0, 2.0)
    flux = np.exp(-0.5 * ((wavelength - 6000) / 30) ** 2)
    spectra = Ragged.concatenate([_one(wavelength, flux)] * 2)
    out, _, _ = resample(spectra, GRID, shifts=np.array([1.0, 1.2]))
    assert GRID[out[0].argmax()] == pytest.approx(6000, abs=51)
    assert GRID[out[1].argmax()] == pytest.approx(5000, abs=51)


def test_order_of_pixels_and_other_rows_do_not_matter():
    spectra = _random_spectra()
    expected = resample(spectra, GRID)
    rng = np.random.default_rng(3)
    shuffled = spectra.reorder(np.lexsort([rng.random(spectra.n_points), spectra.rows]))
    for a, b in zip(resample(shuffled, GRID), expected, strict=True):
        np.testing.assert_array_equal(a, b)
    for row in range(len(spectra)):
        for a, b in zip(resample(spectra.take([row]), GRID), expected, strict=True):
            np.testing.assert_array_equal(a[0], b[row])


def test_blocks_do_not_change_the_answer(monkeypatch):
    spectra = _random_spectra(40)
    expected = resample(spectra, GRID)
    monkeypatch.setattr("sklearn_sn.data._resample._BLOCK", 100)
    for a, b in zip(resample(spectra, GRID), expected, strict=True):
        np.testing.assert_array_equal(a, b)


def test_bad_pixels_are_as_if_absent():
    wavelength = np.arange(4000.0, 8000.0, 5.0)
    flux = np.sin(wavelength / 200)
    bad_wavelength, bad_flux = wavelength.copy(), flux.copy()
    bad_flux[[5, 99]] = np.nan, np.inf
    bad_wavelength[300] = np.nan
    good = np.delete(np.arange(len(flux)), [5, 99, 300])
    for a, b in zip(
        resample(_one(bad_wavelength, bad_flux), GRID),
        resample(_one(wavelength[good], flux[good]), GRID),
        strict=True,
    ):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("n_pixels", [0, 1])
def test_no_spectrum_to_speak_of(n_pixels):
    spectra = _one(np.full(n_pixels, 5000.0), np.ones(n_pixels))
    flux, flux_err, covered = resample(spectra, GRID)
    assert not covered.any() and np.isnan(flux).all() and np.isnan(flux_err).all()
    assert resample(spectra.take([]), GRID)[0].shape == (0, 40)


@pytest.mark.parametrize("scale", [1e-300, 1e-17, 1e200])
def test_any_scale_of_flux(scale):
    spectra = _random_spectra()
    scaled = spectra.with_fields(flux=spectra["flux"] * scale, flux_err=spectra["flux_err"] * scale)
    for a, b in zip(resample(scaled, GRID)[:2], resample(spectra, GRID)[:2], strict=True):
        np.testing.assert_allclose(a / scale, b)


def test_repeated_wavelengths_keep_the_answer_independent_of_order():
    wavelength = np.repeat(np.arange(4000.0, 8000.0, 50.0), 2)
    flux = np.tile([1.0, 3.0], len(wavelength) // 2)
    a = resample(_one(wavelength, flux), GRID)[0]
    b = resample(_one(wavelength[::-1], flux[::-1]), GRID)[0]
    np.testing.assert_array_equal(a, b)
    np.testing.assert_allclose(a[np.isfinite(a)], 2.0)


def test_errors_name_the_cause():
    spectra = _random_spectra()
    with pytest.raises(ValueError, match="increasing wavelengths"):
        resample(spectra, [5000.0, 4000.0])
    with pytest.raises(ValueError, match="12 positive numbers"):
        resample(spectra, GRID, shifts=np.ones(3))
    with pytest.raises(ValueError, match="positive numbers"):
        resample(spectra, GRID, shifts=np.full(12, np.nan))
