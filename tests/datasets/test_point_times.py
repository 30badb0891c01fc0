"""Times of points: subtracted origins, and times that are no MJD."""

import numpy as np
import pandas as pd
import pytest

from sklearn_sn.datasets import read_tables
from sklearn_sn.datasets._long_numbers import LongTable
from sklearn_sn.datasets._point_times import point_times
from sklearn_sn.datasets._read_log import ReadLog


def times(values, column, *, used=None, offset=None, **parameters):
    values, log = np.array(values, float), ReadLog()
    names, codes = {"time": column}, np.zeros(len(values), dtype=int)
    points = LongTable("light_curves", {"time": values}, names, ["a"], codes, **parameters)
    used = np.ones(len(values), dtype=bool) if used is None else np.array(used)
    return point_times(points, values, used, offset, log).tolist(), log


def test_origins_are_added():
    # JD - 2450000 of the name of the column
    assert times([9000.5], "JD-2450000", time_offset=2450000.0)[0] == [59000.0]
    # What the user gives comes before the name; 0 leaves the times as they are.
    assert times([100.0], "JD-2450000", time_offset=2450000.0, offset=59000.0)[0] == [59100.0]
    assert times([9000.5], "JD-2450000", time_offset=2450000.0, offset=0.0)[0] == [9000.5]


def test_times_that_are_no_mjd_are_doubted():
    values, log = times([5.0, 6.0, 59000.0], "mjd")
    assert values == [5.0, 6.0, 59000.0]
    assert log.doubts == [
        "The times of light_curves, column 'mjd', are no MJD of 1900-2100 (first 5). If days were "
        "subtracted, pass them as time_offset."
    ]
    # Not of points that are left out, nor of columns that may be phases, nor of a minority
    assert not times([5.0, 6.0, 59000.0], "mjd", used=[False, False, True])[1].doubts
    assert not times([5.0, 6.0], "phase")[1].doubts
    assert not times([5.0, 59000.0], "mjd")[1].doubts
    assert not times([np.nan], "mjd")[1].doubts


def test_snoopy_leaves_the_origin_open():
    assert times([53000.5], "snoopy_time")[0] == [53000.5]
    with pytest.raises(ValueError, match=r"f\.txt: .*450 is no MJD .*time_offset=2453000"):
        times([450.0], "snoopy_time", label="f.txt")
    assert times([450.5], "snoopy_time", offset=2453000.0)[0] == [53450.0]


@pytest.mark.parametrize(
    ("values", "unit"),
    [
        ([2020.5, 2020.6], "years"),
        ([1590969600.0, 1590970600.0], "seconds since 1970"),
        ([1590969600e3, 1590970600e3], "milliseconds or nanoseconds since 1970"),
    ],
)
def test_times_that_are_no_days_are_doubted(values, unit):
    same, log = times(values, "time")
    assert same == values
    assert f"column 'time', look like {unit}, not like days (first" in log.doubts[0]
    assert not times(values, "time", offset=0.0)[1].doubts


def test_days_from_any_origin_are_not_doubted():
    for values in ([1990.0, 2010.0], [1850.5, 2200.5], [0.0, 1e5], [59000.5, 59001.5]):
        assert not times(values, "time")[1].doubts


@pytest.mark.parametrize("column", ["JD", "hjd", "julian_date"])
def test_julian_dates_of_the_size_of_mjd_warn(column):
    columns = {column: [59000.0, 59001.0], "band": "g", "mag": 18.0, "mag_err": 0.1}
    given = {"light_curve_columns": {"time": column}, "object_id": "a"}
    with pytest.warns(UserWarning, match="too small for Julian dates .first 59000., and were"):
        X = read_tables(light_curves=pd.DataFrame(columns), **given)
    assert X["light_curve"].iloc[0]["time"].tolist() == [59000.0, 59001.0]
    read_tables(light_curves=pd.DataFrame(columns), time_offset=0, **given)
    X = read_tables(light_curves=pd.DataFrame(columns), time_offset=2400000, **given)
    assert X["light_curve"].iloc[0]["time"].tolist() == [58999.5, 59000.5]
    columns[column] = [2459000.5, 2459001.5]
    X = read_tables(light_curves=pd.DataFrame(columns), **given)
    assert X["light_curve"].iloc[0]["time"].tolist() == [59000.0, 59001.0]
