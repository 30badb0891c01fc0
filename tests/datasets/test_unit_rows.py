"""A row of units below the names of the columns is recognised, and its units are used."""

import io

import numpy as np
import pytest

from sklearn_sn.datasets import read_tables
from sklearn_sn.datasets._unit_rows import take_commented_units, take_unit_row


def read(text, **options):
    X = read_tables(light_curves=io.StringIO(text), object_id="a", **options)
    return X["light_curve"].iloc[0]


def test_units_of_magnitudes_are_skipped():
    text = "mjd,band,mag,magerr\nd,,mag,mag\n59000,g,18.9,0.1\n59001,g,18.9,0.1\n"
    np.testing.assert_allclose(read(text)["flux"], 100.0)
    vega = read(text.replace("d,,mag", "d,,mag(Vega)").replace(",g,", ",V,"))
    ab = read(text.replace("d,,mag", "d,,ABmag").replace(",g,", ",V,"))
    assert not np.allclose(vega["flux"], ab["flux"])
    np.testing.assert_allclose(ab["flux"], 100.0)


@pytest.mark.parametrize(
    "text",
    [
        "mjd,band,flux,fluxerr\nd,,mJy,mJy\n59000,g,0.1,0.01\n",
        "mjd,band,flux,fluxerr\n[d],[],[mJy],[mJy]\n59000,g,0.1,0.01\n",
        "#mjd,band,flux,fluxerr\n#d,,mJy,mJy\n59000,g,0.1,0.01\n",
        "mjd band flux fluxerr\nd - mJy mJy\n59000 g 0.1 0.01\n",
        "# mjd band flux fluxerr\n# d - mJy mJy\n59000 g 0.1 0.01\n",
        "mjd\tband\tflux\tfluxerr\nMJD-0\tname\terg/s/cm2/Hz\terg/s/cm2/Hz\n59000\tg\t1e-27\t1e-28\n",
        "mjd,g,g_err,r,r_err\nd,mJy,mJy,mJy,mJy\n59000,0.1,0.01,0.1,0.01\n",
    ],
)
def test_units_of_fluxes_are_used(text):
    curve = read(text)
    np.testing.assert_allclose(curve["flux"], 100.0)
    np.testing.assert_allclose(curve["flux_err"], 10.0)
    assert curve["time"].unique().tolist() == [59000.0]


def test_origin_of_times():
    text = "jd,band,flux,fluxerr\nJD-2400000.5,,uJy,uJy\n59000,g,1.0,0.1\n"
    assert read(text)["time"].tolist() == [59000.0]


def test_spectra():
    rows = "".join(f"{name},{400 + i},1.0\n" for name in "ab" for i in range(3))
    text = f"object_id,wavelength,flux\n,nm,mJy\n{rows}"
    X = read_tables(spectra=io.StringIO(text))
    np.testing.assert_allclose(X["spectrum"].iloc[0]["wavelength"], [4000.0, 4010.0, 4020.0])


def test_objects():
    text = "object_id,ra,dec,type\n,deg,deg,\nx,10.5,-3.0,Ia\n"
    assert read_tables(io.StringIO(text)).loc["x", "ra"] == 10.5
    with pytest.raises(ValueError, match="column 'ra' is in hours"):
        read_tables(io.StringIO(text.replace("deg,deg", "h,deg")))


def test_rows_of_data_are_kept():
    assert take_unit_row(["name", "type"], [(2, ["d", "s"]), (3, ["a", "b"])], "f") == {}
    assert take_unit_row(["mjd", "band"], [(2, ["59000", "mag"]), (3, ["1", "g"])], "f") == {}
    assert take_unit_row(["mjd", "band"], [(2, ["d", ""])], "f") == {}
    row = [(3, ["59000", "18.1"])]
    assert take_commented_units(["some", "data"], ["mjd", "mag"], row, "f") == {}
    assert take_commented_units(["mjd", "mag"], ["d", "mag"], row, "f") == {
        "mjd": "d",
        "mag": "mag",
    }


def test_unknown_and_contradicting_units_raise():
    text = "mjd,band,flux,fluxerr\nd,,furlong,furlong\n59000,g,0.1,0.01\n"
    with pytest.raises(ValueError, match="line 2, holds units, but 'furlong' of column 'flux'"):
        read(text)
    with pytest.raises(ValueError, match="'mag' is no unit of a flux"):
        read(text.replace("furlong", "mag"))
    with pytest.raises(ValueError, match="the flux is in counts"):
        read(text.replace("furlong", "ADU"))
    np.testing.assert_allclose(read(text.replace("furlong", "ADU"), zero_point=23.9)["flux"], 0.1)
    wide = "mjd,g,g_err,r,r_err\nd,mJy,mJy,uJy,uJy\n59000,0.1,0.01,0.1,0.01\n"
    with pytest.raises(ValueError, match="bands have different units"):
        read(wide)
