"""Times: Julian dates, MJD, and what no network can carry."""

import numpy as np
import pandas as pd
import pytest

from sklearn_sn.data import MAX_ABS_TIME, DataQualityWarning, Ragged, check_table, to_mjd
from sklearn_sn.data._quality import QualityLog
from sklearn_sn.data._times import is_valid_time, jd_to_mjd, looks_like_jd

ABSURD = [1e300, -1e300, np.finfo(np.float32).max, np.finfo(np.float64).max, 1.7e9, 2.4e9, -2e6]


def test_julian_dates():
    time = np.array([0.0, 59000.0, 2.4e6, 2459000.5, 3e6, np.nan])
    assert looks_like_jd(time).tolist() == [False, False, True, True, False, False]
    np.testing.assert_array_equal(to_mjd(time), [0.0, 59000.0, -0.5, 59000.0, 3e6, np.nan])


def test_valid_times():
    time = np.array([-MAX_ABS_TIME, 0.0, MAX_ABS_TIME, 1.1e6, np.inf, np.nan])
    assert is_valid_time(time).tolist() == [True, True, True, False, False, False]


def test_conversion_is_a_repair_only_beside_mjd():
    for time, n_sentences in (([2459000.5, 2459001.5], 0), ([2459000.5, 59001.0], 1)):
        log = QualityLog(pd.Index(["a"]))
        points = jd_to_mjd(Ragged({"time": np.array(time)}, [0, 2]), log)
        assert points["time"].tolist() == [59000.0, 59001.0]
        assert log.summary().count("JD converted") == n_sentences
        assert log.report()["flag"].tolist() == ["JD"]
    untimed = Ragged({"flux": np.ones(2)}, [0, 2])
    assert jd_to_mjd(untimed, log) is untimed


@pytest.mark.parametrize("value", ABSURD)
@pytest.mark.parametrize("training", [False, True])
def test_points_with_absurd_times_are_dropped(value, training):
    good = {"time": [1.0, 2.0, 3.0], "band": ["ztfg"] * 3, "flux": [5e3, 6e3, 7e3]}
    X = pd.DataFrame({"light_curve": [good, {**good, "time": [1.0, value, 3.0]}]}, index=["a", "b"])
    with pytest.warns(DataQualityWarning, match=r"\|time\| > 1e\+06 .*\(1 in 1 .* 'b'\)") as caught:
        table = check_table(X, training=training)
    assert len(caught) == 1
    assert table.light_curve["time"].tolist() == [1.0, 2.0, 3.0, 1.0, 3.0]


@pytest.mark.parametrize("value", [*ABSURD, np.inf, -np.inf])
def test_spectra_with_absurd_times_are_undated_and_stay_apart(value):
    wavelength = np.tile(np.linspace(4000.0, 5000.0, 5), 3)
    time = np.repeat([value, 59000.0, np.nan], 5)
    cell = {"wavelength": wavelength, "flux": np.arange(15) + 1.0, "time": time}
    X = pd.DataFrame({"spectrum": [cell]})
    with pytest.warns(DataQualityWarning, match=r"taken as undated \(5 in 1 objects") as caught:
        table = check_table(X)
    assert len(caught) == 1
    assert table.spectrum.lengths.tolist() == [5, 5, 5]
    assert table.spectrum.reduce("first", "flux").tolist() == [6.0, 1.0, 11.0]
    np.testing.assert_array_equal(table.spectrum.reduce("first", "time"), [59000.0, np.nan, np.nan])
