"""Points of one band that are merged."""

import numpy as np
import pandas as pd

from sklearn_sn.data import Ragged, merge_points


def curves(time, band, flux, error, offsets):
    bands = pd.Categorical(band, categories=["ztfg", "ztfr"])
    fields = {"time": time, "band": bands, "flux": flux, "flux_err": error}
    return Ragged({k: np.asarray(v) if k != "band" else v for k, v in fields.items()}, offsets)


def test_points_within_twelve_hours_are_averaged_by_inverse_variance():
    ragged = curves(
        [0.0, 0.4, 0.45, 0.0],
        ["ztfg", "ztfg", "ztfr", "ztfg"],
        [1.0, 5, 7, 9],
        [1.0, 2, 3, 4],
        [0, 3, 4],
    )
    merged = merge_points(ragged)
    np.testing.assert_array_equal(merged.offsets, [0, 2, 3])
    np.testing.assert_allclose(merged["flux"], [(1 + 5 / 4) / (1 + 1 / 4), 7, 9])
    np.testing.assert_allclose(merged["flux_err"], [1 / np.sqrt(1 + 1 / 4), 3, 4])
    np.testing.assert_allclose(merged["time"], [0.4 / 4 / 1.25, 0.45, 0.0])
    assert list(merged["band"]) == ["ztfg", "ztfr", "ztfg"]


def test_a_group_does_not_grow_beyond_its_width():
    time = np.arange(6) * 0.4
    ragged = curves(time, ["ztfg"] * 6, np.ones(6), np.ones(6), [0, 6])
    np.testing.assert_allclose(merge_points(ragged)["time"], [0.2, 1.0, 1.8])
    assert merge_points(ragged, width=0.1).n_points == 6


def test_unknown_errors_and_empty_rows():
    ragged = curves([0.0, 0.1], ["ztfg"] * 2, [1.0, 3.0], [np.nan, np.nan], [0, 0, 2])
    merged = merge_points(ragged)
    assert merged["flux"] == [2.0] and np.isnan(merged["flux_err"]).all()
    assert merge_points(ragged.take([0])).n_points == 0
