"""Which objects have which modality."""

import numpy as np
import pandas as pd
import pytest

from sklearn_sn.catalog._modalities import Objects
from sklearn_sn.data import as_ragged


def test_models_see_only_objects_with_the_modality(objects):
    checked = Objects(objects)
    seen = []

    def lengths(X, factor):
        seen.append(list(X.columns))
        return X["spectrum"].map(len).to_numpy() * factor

    values = checked.predict("spectrum", lengths, factor=2.0)
    present = objects["spectrum"].notna().to_numpy()
    assert seen == [["spectrum"]]
    np.testing.assert_array_equal(np.isnan(values[:, 0]), ~present)
    assert (values[present] > 0).all()


def test_tuples_become_columns_and_bools_stay_bools(objects):
    checked = Objects(objects)
    pair = checked.predict("light_curve", lambda X: (np.ones(len(X)), np.zeros(len(X))), 2)
    assert pair[0].tolist() == [1.0, 0.0]
    flags = checked.predict("light_curve", lambda X: np.ones((len(X), 3), bool), 3, bool)
    assert flags.dtype == bool and not flags[6].any() and flags[0].all()


def test_only_modalities_that_were_given_are_flagged_as_empty(objects):
    curves = as_ragged(objects["light_curve"], kind="light_curve")
    flux = np.where(curves.rows == 3, np.nan, curves["flux"])
    cells = curves.with_fields(flux=flux).to_nested(objects.index)
    flags = Objects(objects.assign(light_curve=cells)).flags
    assert flags[[0, 4, 5]].tolist() == ["", "", ""]  # both, without spectrum, without curve
    assert flags[6] == "NOTHING"
    assert flags[3].split(",")[0] == "EMPTY" and "EMPTY_SPECTRUM" not in flags[3]


def test_a_spectrum_of_a_few_pixels_is_not_usable(objects):
    wide = np.linspace(4000.0, 8000.0, 9)
    spectra = [
        pd.DataFrame({"wavelength": wavelength, "flux": 1.0})
        for wavelength in (wide, np.append(wide, 8001.0), np.linspace(9001.0, 12000.0, 100), [])
    ]
    X = objects.iloc[:4][["light_curve"]].assign(spectrum=spectra)
    checked = Objects(X)
    assert checked.present["spectrum"].tolist() == [False, True, False, False]
    assert checked.present["light_curve"].all()
    assert checked.flags.tolist() == ["EMPTY_SPECTRUM", "", "EMPTY_SPECTRUM", ""]
    flags = Objects(X[["spectrum"]]).flags
    assert [text.split(",")[-1] for text in flags[:3]] == ["EMPTY_SPECTRUM", "", "EMPTY_SPECTRUM"]


def test_a_table_without_modalities_is_rejected():
    with pytest.raises(
        ValueError, match=r"neither a column.*it has \['mag'\].*read_tables\(None, X\)"
    ):
        Objects(pd.DataFrame({"mag": [1.0]}))
