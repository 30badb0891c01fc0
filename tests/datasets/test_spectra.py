"""Spectra of one object stay separate."""

import numpy as np

from sklearn_sn.data import check_table
from sklearn_sn.datasets._spectra import TIME_STEP, gather_spectra


def gather(rows, times, spectrum):
    fields = {"wavelength": np.full(len(rows), 5000.0), "flux": np.arange(len(rows), dtype=float)}
    if times is not None:
        fields["time"] = np.array(times)
    return gather_spectra(np.array(rows), max(rows) + 1, fields, np.array(spectrum))


def test_only_what_is_too_close_moves():
    pixels = gather([0] * 4, [10.0, 10.0, 20.0, 10.0], [0, 1, 2, 3])
    np.testing.assert_allclose(pixels["time"], [10, 10 + TIME_STEP, 10 + 2 * TIME_STEP, 20])
    assert pixels["time"][0] == 10.0 and pixels["time"][3] == 20.0
    assert pixels["flux"].tolist() == [0.0, 1.0, 3.0, 2.0]


def test_a_moved_spectrum_never_meets_the_next():
    pixels = gather([0] * 3, [10.0, 10.0, 10.0 + TIME_STEP], [0, 1, 2])
    np.testing.assert_allclose(np.diff(pixels["time"]), TIME_STEP, rtol=1e-3)


def test_undated_spectra():
    pixels = gather([0, 1, 1, 1], [np.nan] * 3 + [59000.0], [0, 0, 1, 2])
    assert np.isnan(pixels["time"][0]) and np.isnan(pixels["time"][3])
    assert pixels["time"][1:3].tolist() == [0.0, 59000.0]
    assert gather([0, 0, 0], None, [5, 6, 7]).lengths.tolist() == [3]
    X = {
        "spectrum": [
            {
                "wavelength": [4e3, 4e3, 4e3],
                "flux": [1.0, 2.0, 3.0],
                "time": gather([0, 0, 0], None, [5, 6, 7])["time"],
            }
        ]
    }
    assert len(check_table(X).spectrum) == 3


def test_pixels_of_mixed_spectra_are_gathered():
    pixels = gather([0, 0, 0, 0], [2.0, 1.0, 2.0, 1.0], [0, 1, 0, 1])
    assert pixels["flux"].tolist() == [1.0, 3.0, 0.0, 2.0]
