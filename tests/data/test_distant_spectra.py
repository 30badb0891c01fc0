"""Spectra dated far from the light curve are flagged."""

import warnings

import numpy as np
import pandas as pd
import pytest

from sklearn_sn.data import DataQualityWarning, check_table, quality_report

TIME = np.linspace(59000.0, 59060.0, 12)
CURVE = {"time": TIME, "band": ["ztfg"] * 12, "flux": np.ones(12), "flux_err": np.full(12, 0.1)}


def table(*times):
    spectra = [
        {"wavelength": np.linspace(4000, 7000, 50), "flux": np.ones(50), "time": np.full(50, time)}
        for time in times
    ]
    names = [f"SN {i}" for i in range(len(times))]
    return pd.DataFrame({"light_curve": [CURVE] * len(times), "spectrum": spectra}, index=names)


@pytest.mark.parametrize("time", [59000 - 1090.0, 59060 + 1090.0])
def test_a_spectrum_years_off_is_named(time):
    X = table(59010.0, time)
    assert quality_report(X)["flag"].tolist() == ["", "SPECTRUM_DATE"]
    with pytest.warns(DataQualityWarning, match="SN 1") as seen:
        check_table(X)
    assert len(seen) == 1


@pytest.mark.parametrize("time", [58990.0, 59400.0, np.nan, 0.0, 1.0])
def test_other_dates_are_not_flagged(time):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert quality_report(table(time))["flag"].tolist() == [""]
