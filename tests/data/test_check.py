"""The table that passed the check; what the check does to bad input is in tests/faults."""

import numpy as np
import pandas as pd

from sklearn_sn.data import CheckedTable, check_table

CURVE = {"time": [1.0, 2.0, 3.0], "band": ["g", "r", "g"], "flux": [1.0, 2.0, 3.0]}
SPECTRUM = {"wavelength": [4000.0, 5000.0], "flux": [1.0, 2.0]}


def test_repr_is_short_and_counts():
    n = 5000
    X = pd.DataFrame(
        {
            "light_curve": [CURVE | {"flux_err": [1.0, 1.0, 1.0]}] * (n - 1) + [None],
            "spectrum": [None] * 10 + [SPECTRUM] * (n - 10),
            "redshift": np.linspace(0.0, 1.0, n),
        }
    )
    table = check_table(X, metadata_columns=["redshift"])
    assert repr(table) == (
        "CheckedTable(5000 objects: 4999 light_curve, 4990 spectrum, 5000 metadata; 11 flagged)"
    )
    assert repr(CheckedTable(X.index)) == "CheckedTable(5000 objects: nothing)"
