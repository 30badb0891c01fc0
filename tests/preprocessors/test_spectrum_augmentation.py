"""What training does to spectra."""

import numpy as np

from sklearn_sn.preprocessors._spectrum_augmentation import augmented, shifted


def spectra(n=400, n_bins=100):
    flux = np.zeros((n, 2, n_bins), dtype=np.float32)
    flux[:, :, 50] = 100.0
    return flux, np.ones((n, n_bins), dtype=bool)


def test_ends_are_cropped_up_to_the_limit():
    _, covered = augmented(*spectra(), np.random.default_rng(0), max_crop=0.25)
    assert covered[:, 26:74].all()
    for end in (covered[:, 0], covered[:, -1]):
        assert 0.2 < (~end).mean() < 0.4
    assert covered.sum(axis=1).min() < 80


def test_what_is_short_keeps_three_bins():
    flux, covered = spectra()
    covered[:, 3:] = False
    _, left = augmented(flux, covered, np.random.default_rng(0), max_crop=0.25, max_shift=30)
    assert (left.sum(axis=1) == 3).all()


def test_spectra_move_by_whole_bins_and_bring_nothing_in():
    flux, covered = spectra()
    moved, left = augmented(flux, covered, np.random.default_rng(0), max_crop=0.0, max_shift=7)
    shift = moved[:, 1].argmax(axis=1) - 50
    assert set(shift) == set(range(-7, 8))
    place = np.arange(100)
    expected = (place >= shift[:, None]) & (place < 100 + shift[:, None])
    np.testing.assert_array_equal(left, expected)


def test_only_the_flux_is_warped():
    flux, covered = spectra()
    out, _ = augmented(flux * 0, covered, np.random.default_rng(0), warped=(0,))
    smooth = out.reshape(400, 2, 10, 10).mean(axis=3).std(axis=2)  # noise averages out
    assert np.median(smooth[:, 0]) > 3 * np.median(smooth[:, 1])


def test_what_would_leave_the_grid_stays_and_says_so():
    flux, covered = np.ones((2, 1, 30), dtype=np.float32), np.zeros((2, 30), dtype=bool)
    covered[:, :4] = True
    _, left, bins = shifted(flux, covered, np.array([-2, -1]))
    assert bins.tolist() == [0, -1]
    assert left.sum(axis=1).tolist() == [4, 3]


def test_noise_is_of_a_level_of_its_own_in_each_spectrum_and_the_same_in_all_channels():
    flux, covered = spectra(n=2000)
    out, _ = augmented(flux * 0, covered, np.random.default_rng(0), max_crop=0.0, warped=())
    level = out.std(axis=2)  # (n, n_channels)
    assert level.max() < 0.2
    np.testing.assert_allclose(
        np.quantile(level, [0.1, 0.5, 0.9]), [0.015, 0.075, 0.135], atol=0.01
    )
    np.testing.assert_allclose(level[:, 0], level[:, 1], atol=0.06)
    assert np.corrcoef(level.T)[0, 1] > 0.95
    assert abs(np.corrcoef(out[:, 0].ravel(), out[:, 1].ravel())[0, 1]) < 0.01


def test_the_warp_is_a_slope_and_a_bend():
    flux, covered = spectra()
    out, _ = augmented(flux * 0, covered, np.random.default_rng(0), max_crop=0.0, warped=(0, 1))
    place = np.linspace(0.0, 1.0, 100)
    basis = np.stack([2 * place - 1, np.cos(2 * np.pi * place)], axis=1)
    fit, *_ = np.linalg.lstsq(basis, out.reshape(-1, 100).T, rcond=None)
    np.testing.assert_allclose(fit.std(axis=1), 0.2, rtol=0.15)
    rest = out.reshape(-1, 100).T - basis @ fit
    assert rest.std() < 0.1  # the noise
