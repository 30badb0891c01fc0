"""Peak and redshift of every object."""

import numpy as np
import pandas as pd
import pytest

from sklearn_sn.data import Ragged, check_table
from sklearn_sn.data._phase_frame import phase_frame


def table(t_peak=None, redshift=None):
    """Two light curves that peak at 60010 and 60012, the second with a bright outlier at 60030."""
    time = np.arange(60000.0, 60040.0, 2.0)
    shape = [100 * np.exp(-0.5 * ((time - peak) / 8) ** 2) for peak in (60010.0, 60012.0)]
    shape[1][15] = 130.0
    n = len(time)
    curves = Ragged(
        {
            "time": np.tile(time, 2),
            "band": pd.Categorical(["ztfg"] * 2 * n),
            "flux": np.concatenate(shape),
            "flux_err": np.ones(2 * n),
        },
        [0, n, 2 * n],
    )
    X = pd.DataFrame({"light_curve": curves.to_nested()})
    columns = {"t_peak": t_peak, "redshift": redshift}
    columns = {name: values for name, values in columns.items() if values is not None}
    return check_table(X.assign(**columns), metadata_columns=list(columns))


def test_peak_is_the_brightest_smoothed_point_not_the_brightest():
    frame = phase_frame(table(), rest=False)
    np.testing.assert_array_equal(frame.origin, [60010.0, 60012.0])
    assert frame.estimated.all() and (frame.stretch == 1).all()


def test_a_given_peak_wins_where_it_is_known():
    frame = phase_frame(table(t_peak=[60009.5, np.nan]), rest=False)
    np.testing.assert_array_equal(frame.origin, [60009.5, 60012.0])
    assert frame.estimated.tolist() == [False, True]


def test_julian_dates_become_mjd():
    frame = phase_frame(table(t_peak=[2460010.0, 2460010.25]), rest=False)
    np.testing.assert_allclose(frame.origin, [60009.5, 60009.75])


def test_rest_frame_divides_by_one_plus_redshift_and_marks_what_it_lacks():
    frame = phase_frame(table(redshift=[1.0, np.nan]), rest=True)
    assert frame.stretch.tolist() == [2.0, 1.0]
    assert frame.unplaced.tolist() == [False, True]
    np.testing.assert_allclose(frame.phase(frame.origin + 8.0, np.arange(2)), [4.0, 8.0])


def test_a_column_of_text_is_refused():
    with pytest.raises(ValueError, match="'t_peak'"):
        phase_frame(table(t_peak=["soon", "late"]), rest=False)


def test_no_light_curve_and_no_column_leave_the_phase_unknown():
    spectra = Ragged({"wavelength": np.linspace(4e3, 7e3, 5), "flux": np.ones(5)}, [0, 5])
    X = pd.DataFrame({"spectrum": spectra.to_nested()})
    assert np.isnan(phase_frame(check_table(X), rest=False).origin).all()
