"""A table is corrected for extinction once."""

import pandas as pd
import pytest

from sklearn_sn.preprocessing import ExtinctionCorrector

CURVE = {"time": [59000.0, 59001.0], "band": ["ztfg", "ztfr"], "flux": [10.0, 20.0]}


def test_a_second_correction_by_the_same_dust_is_rejected(tmp_path):
    X = pd.DataFrame({"light_curve": [CURVE], "ebv": [0.1], "host": [0.2]}, index=["a"])
    once = ExtinctionCorrector().fit_transform(X)
    assert "extinction_corrected" not in X.attrs
    with pytest.raises(ValueError, match="corrected the column 'light_curve' of X already"):
        ExtinctionCorrector().fit_transform(once.iloc[[0]])
    both = ExtinctionCorrector(ebv="host").fit_transform(once)
    assert len(both.attrs["extinction_corrected"]) == 2
