"""Tables of spectra."""

import numpy as np
import pytest

from sklearn_sn.data import as_ragged
from sklearn_sn.datasets._spectrum_record import SpectrumRecord
from sklearn_sn.datasets._spectrum_table import spectrum_table

WAVELENGTH = np.array([4000.0, 5000.0, 6000.0])


def record(name, flux=(1.0, 2.0, 3.0), **fields):
    return SpectrumRecord("text", WAVELENGTH, np.array(flux), name=name, **fields)


def test_spectra_of_one_object_share_a_row():
    records = [
        record("b", time=59000.0, metadata={"telescope": "NTT", "redshift": 0.1}),
        record("a", (7.0, 8.0, 9.0)),
        record("b", (4.0, 5.0, 6.0), time=59010.0, metadata={"telescope": "VLT", "redshift": 0.2}),
    ]
    X, n_unmeasured, remark = spectrum_table(records)
    assert X.index.tolist() == ["b", "a"] and (n_unmeasured, remark) == (0, "")
    assert X.loc["b", "telescope"] == "NTT, VLT" and X.loc["b", "redshift"] == 0.1
    found = as_ragged(X["spectrum"])
    assert found["flux"].tolist() == [1, 2, 3, 4, 5, 6, 7, 8, 9]
    np.testing.assert_array_equal(found["time"][[0, 3, 6]], [59000, 59010, np.nan])
    assert "flux_err" not in found


def test_pixels_that_were_not_measured_are_left_out():
    records = [
        record("a", flux_err=np.full(3, 0.1)),
        record("b", (1.0, 0.0, 3.0), flux_err=np.array([0.1, 0.0, 0.1])),
    ]
    X, n_unmeasured, remark = spectrum_table(records)
    assert n_unmeasured == 1 and remark.startswith("1 pixel not measured")
    assert remark.endswith("(first object 'b')")
    found = as_ragged(X["spectrum"])
    assert found["flux"].tolist() == [1, 2, 3, 1, 3] and set(found["flux_err"]) == {0.1}
    assert found["wavelength"].tolist() == [4000, 5000, 6000, 4000, 6000]


def test_no_spectrum_is_rejected():
    with pytest.raises(ValueError, match="There is no spectrum"):
        spectrum_table([])


def test_errors_that_some_spectra_lack_are_missing():
    X, _, _ = spectrum_table([record("a"), record("b", flux_err=np.full(3, 0.1))])
    errors = as_ragged(X["spectrum"])["flux_err"]
    np.testing.assert_array_equal(errors, [np.nan] * 3 + [0.1] * 3)
