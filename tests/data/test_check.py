"""The table that passed the check; what the check does to bad input is in tests/faults."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sklearn_sn.data import CheckedTable, DataQualityWarning, as_frame, check_table
from sklearn_sn.datasets import read_tables

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


@pytest.mark.parametrize("modalities", [None, ["light_curve"], ["spectrum"]])
def test_long_tables_are_refused_with_the_remedy(modalities):
    points = pd.DataFrame({"object_id": ["a", "a"], **{k: v[:2] for k, v in CURVE.items()}})
    with pytest.raises(ValueError, match=r"one row per point: .*datasets\.read_tables\(None, X\)"):
        check_table(points, modalities=modalities)
    pixels = pd.DataFrame({"object_id": ["a", "a"], "wave": [4000.0, 5000.0], "flux": 1.0})
    with pytest.raises(ValueError, match=r"one row per pixel: .*read_tables\(None, None, X\)"):
        check_table(pixels, modalities=modalities)
    X = read_tables(None, points)
    assert check_table(X).light_curve.n_points == 2


@pytest.mark.parametrize("path", ["my_atlas.txt", Path("my_atlas.txt")])
def test_paths_are_refused_with_the_remedy(path):
    with pytest.raises(ValueError, match=r"Read the file with .*read_tables\('my_atlas.txt'\)"):
        as_frame(path)


def test_other_tables_are_refused_without_it():
    X = pd.DataFrame({"redshift": [0.1], "flux": [1.0]})
    with pytest.raises(ValueError, match="has none of the columns") as caught:
        check_table(X)
    assert "read_tables" not in str(caught.value)
    with pytest.raises(ValueError, match="a null cell"):
        check_table(X, modalities=["light_curve"])


@pytest.mark.parametrize("name", ["lightcurve", "LightCurve", "light_curves", "light curve"])
@pytest.mark.parametrize("modalities", [None, ["light_curve"]])
def test_a_misspelled_column_is_named(name, modalities):
    X = pd.DataFrame({"redshift": [0.1], name: [None]})
    with pytest.raises(ValueError, match=f"Rename '{name}' if it is this column"):
        check_table(X, modalities=modalities)


@pytest.mark.parametrize("training", [False, True])
def test_pixels_with_a_negative_error_are_dropped_at_fit_too(training):
    X = pd.DataFrame({"spectrum": [{**SPECTRUM, "flux_err": [0.1, -0.1]}]})
    with pytest.warns(DataQualityWarning, match="wavelength, flux or error dropped"):
        table = check_table(X, training=training)
    assert table.spectrum["wavelength"].tolist() == [4000.0]
