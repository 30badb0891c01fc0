"""Exponents of Fortran are read as those of C."""

import io

import numpy as np
import pandas as pd
import pytest

from sklearn_sn.datasets import read_spectra, read_tables
from sklearn_sn.datasets._fortran_numbers import is_number, numeric_columns, with_exponents_of_c


@pytest.mark.parametrize("separator", [",", "\t", " "])
def test_light_curves(separator):
    rows = [["mjd", "band", "flux", "fluxerr"], ["5.9D+04", "g", "1.2D+02", "1.0d1"]]
    rows.append(["59001.0", "g", "110", "10"])
    text = "".join(separator.join(row) + "\n" for row in rows)
    curve = read_tables(light_curves=io.StringIO(text), object_id="a")["light_curve"].iloc[0]
    assert curve["time"].tolist() == [59000.0, 59001.0]
    assert curve["flux"].tolist() == [120.0, 110.0]
    assert curve["flux_err"].tolist() == [10.0, 10.0]


def test_limits_objects_and_spectra():
    text = "mjd,band,mag,magerr\n5.9D+04,g,>1.9D+01,\n59001,g,1.89D+01,1.0D-01\n"
    with pytest.warns(UserWarning, match="1 upper limits"):
        X = read_tables(light_curves=io.StringIO(text), object_id="a")
    np.testing.assert_allclose(X["light_curve"].iloc[0]["flux"], [100.0])
    objects = read_tables(io.StringIO("object_id,redshift,note\n1D2,1.5D-02,a\n2D2,0.1,b\n"))
    assert objects.index.tolist() == ["1D2", "2D2"]
    assert objects["redshift"].tolist() == [0.015, 0.1]
    X = read_spectra(io.StringIO("4.0D+03 1.0D-15\n4.1D+03 2.0D-15\n"), object_id="a")
    assert X["spectrum"].iloc[0]["wavelength"].tolist() == [4000.0, 4100.0]


def test_texts_are_no_numbers():
    assert is_number("1.2D+02") and is_number(" .5d3 ") and is_number("-1e5")
    assert not is_number("2011D") and not is_number("nan") and not is_number("D2")
    assert with_exponents_of_c("2011D") == "2011D" and with_exponents_of_c(None) is None
    frame = numeric_columns(pd.DataFrame({"a": ["1D1", "x"], "b": ["1D1", None]}), ["a", "b"])
    assert frame["a"].tolist() == ["1D1", "x"]
    assert frame["b"].dtype == np.float64 and frame["b"][0] == 10.0
