"""Systems and zero points of light curves."""

import numpy as np
import pandas as pd
import pytest
from astropy import units as u
from astropy.table import QTable, Table

from sklearn_sn.data import as_ragged, band_wavelength, flux_to_mag, mag_to_flux
from sklearn_sn.datasets import read_tables

COLUMNS = {"object_id": ["a", "a"], "mjd": [59000.0, 59001.0], "band": ["U", "V"]}


def fluxes(points, **parameters):
    return as_ragged(read_tables(None, points, **parameters)["light_curve"])["flux"]


def magnitudes(unit, kind, **columns):
    mag = np.array([18.5, 18.5])
    if kind == "quantity":
        return QTable({**COLUMNS, "mag": mag * unit, **columns})
    points = Table({**COLUMNS, "mag": mag, **columns})
    points["mag"].unit = unit
    return points


@pytest.mark.parametrize("kind", ["quantity", "column"])
def test_the_unit_of_magnitudes_names_their_system(kind, tmp_path):
    ab = mag_to_flux([18.5, 18.5])
    points = magnitudes(u.ABmag, kind)
    assert fluxes(points) == pytest.approx(ab)
    assert fluxes(points, system="AB") == pytest.approx(ab)
    assert fluxes(magnitudes(u.ABmag, kind, magsys=["AB", ""])) == pytest.approx(ab)
    native = mag_to_flux([18.5, 18.5], band=["U", "V"], system="native")
    assert fluxes(magnitudes(u.mag, kind)) == pytest.approx(native)
    if kind == "column":
        points.write(tmp_path / "points.ecsv", format="ascii.ecsv")
        assert fluxes(tmp_path / "points.ecsv") == pytest.approx(ab)


@pytest.mark.parametrize("kind", ["quantity", "column"])
def test_a_unit_against_a_system_is_rejected(kind):
    points = magnitudes(u.ABmag, kind, magsys=["AB", "Vega"])
    with pytest.raises(ValueError, match=r"'mag' has the unit mag\(AB\), but system='Vega'"):
        fluxes(points, system="Vega")
    with pytest.raises(ValueError, match=r"column 'magsys' is 'Vega' for object 'a' \(row 1\)"):
        fluxes(points)


@pytest.mark.parametrize("kind", ["quantity", "column"])
def test_st_magnitudes_are_rejected_with_a_remedy_that_works(kind):
    points = magnitudes(u.STmag, kind)
    with pytest.raises(ValueError, match=r"'mag': magnitudes in mag\(ST\).*spectral_density"):
        fluxes(points)
    band, mag = points["band"], u.Magnitude(points["mag"])
    converted = mag.to(u.ABmag, u.spectral_density(band_wavelength(band) * u.AA))
    flux = fluxes(QTable({**COLUMNS, "mag": converted}))
    # m_ST is -21.1 - 2.5 log10 of erg/s/cm²/Å (Stone 1996).
    per_wavelength = flux * u.uJy
    st = per_wavelength.to(u.STmag, u.spectral_density(band_wavelength(band) * u.AA))
    assert st.value == pytest.approx([18.5, 18.5], abs=1e-3)
    assert flux_to_mag(flux) == pytest.approx(converted.value, abs=1e-3)


def test_zero_points_may_have_units_too():
    points = QTable({**COLUMNS, "flux": [1.0, 2.0], "zp": [27.5, 27.5] * u.ABmag})
    assert fluxes(points) == pytest.approx(mag_to_flux(27.5) * np.array([1.0, 2.0]))
    with pytest.raises(ValueError, match="column 'zp' has the unit"):
        fluxes(points, system="Vega")


def test_plasticc_has_its_own_zero_point():
    points = pd.DataFrame(
        {**COLUMNS, "band": [1, 2], "flux": [100.0, 10.0], "flux_err": [1.0, 2.0]}
    )
    expected = np.array([3.631, 0.3631])
    for survey in ("plasticc", "PLAsTiCC"):
        X = read_tables(None, points, survey=survey)
        curve = as_ragged(X["light_curve"])
        assert curve["flux"] == pytest.approx(expected, rel=1e-3)
        assert curve["flux_err"] == pytest.approx([0.03631, 0.07262], rel=1e-3)
    given = points.assign(zp=27.5)
    assert fluxes(given, survey="plasticc") == pytest.approx(expected, rel=1e-3)
    by_row = points.assign(survey=["PLAsTiCC", "LSST"])
    assert fluxes(by_row) == pytest.approx([expected[0], 10.0], rel=1e-3)
    # Columns with a scale of their own keep it, and so do other surveys.
    assert fluxes(points.assign(zp=23.9), survey="plasticc") == pytest.approx([100.0, 10.0])
    named = points.rename(columns={"flux": "flux_ujy", "flux_err": "flux_ujy_err"})
    assert fluxes(named, survey="plasticc").tolist() == [100.0, 10.0]
    with_unit = QTable({**COLUMNS, "band": [1, 2], "flux": [100.0, 10.0] * u.uJy})
    assert fluxes(with_unit, survey="plasticc").tolist() == [100.0, 10.0]
    assert fluxes(points, survey="lsst").tolist() == [100.0, 10.0]


def test_a_zero_point_for_all():
    points = pd.DataFrame({**COLUMNS, "flux": [1000.0, 2000.0]})
    assert fluxes(points, zero_point=31.4) == pytest.approx([1.0, 2.0])
    assert fluxes(points, zero_point=23.9).tolist() == [1000.0, 2000.0]
    lsst = points.assign(band=[1, 2])
    assert fluxes(lsst, survey="plasticc", zero_point=31.4) == pytest.approx([1.0, 2.0])
    for other in (
        points.assign(zp=27.5),
        points.rename(columns={"flux": "mag"}),
        QTable({**COLUMNS, "flux": [1.0, 2.0] * u.nJy}),
    ):
        with pytest.raises(ValueError, match="applies only to a flux column without a unit"):
            fluxes(other, zero_point=31.4)
    with pytest.raises(ValueError, match="'zero_point' parameter of read_tables"):
        fluxes(points, zero_point=np.nan)


@pytest.mark.parametrize("system", ["Vega", "native", "AB"])
def test_the_system_is_of_magnitudes_whatever_zero_points_there_are(system):
    points = pd.DataFrame({**COLUMNS, "mag": [20.0, 20.0], "mag_err": 0.1})
    expected = mag_to_flux([20.0, 20.0], band=["U", "V"], system=system)
    assert fluxes(points, system=system) == pytest.approx(expected)
    with_column = points.assign(zero_point=np.nan)
    assert fluxes(with_column, system=system) == pytest.approx(expected)
    # A flux with a zero point is AB, and the magnitude beside it is not.
    mixed = points.assign(mag=[np.nan, 20.0], flux=[100.0, np.nan], zero_point=[25.0, np.nan])
    assert fluxes(mixed, system=system) == pytest.approx([mag_to_flux(20.0), expected[1]])
    named = mixed.assign(zpsys=["vega", "ab"])
    u_vega = mag_to_flux([20.0], band=["U"], system="Vega")[0]
    assert fluxes(named, system=system) == pytest.approx([u_vega, mag_to_flux(20.0)])


def test_zero_points_in_ab_beside_vega_magnitudes():
    points = Table({**COLUMNS, "mag": [np.nan, 20.0], "flux": [100.0, np.nan], "zp": [25.0, 25.0]})
    points["zp"].unit = u.ABmag
    vega = mag_to_flux([20.0], band=["V"], system="Vega")[0]
    assert fluxes(points, system="Vega") == pytest.approx([mag_to_flux(20.0), vega])


def test_fluxes_of_rubin_are_in_nanojansky():
    columns = {"object_id": ["a", "a"], "midpointMjdTai": [60000.0, 60001.0], "band": ["g", "r"]}
    points = pd.DataFrame({**columns, "psfFlux": [1000.0, 2000.0], "psfFluxErr": [10.0, 20.0]})

    def read(points, **parameters):
        curve = as_ragged(read_tables(None, points, **parameters)["light_curve"])
        return [*curve["flux"], *curve["flux_err"]]

    expected = pytest.approx([1.0, 2.0, 0.01, 0.02])
    assert read(points) == expected
    assert read(points, survey="lsst") == expected
    assert read(points, survey="plasticc") == expected
    assert read(points.assign(survey="PLAsTiCC")) == expected
    assert read(points, zero_point=31.4) == expected
    assert read(points.assign(zp=31.4)) == expected
    with_units = Table.from_pandas(points)
    with_units["psfFlux"].unit = with_units["psfFluxErr"].unit = u.nJy
    assert read(with_units) == expected
    with_units["psfFlux"].unit = u.uJy
    assert read(with_units) == pytest.approx([1000.0, 2000.0, 0.01, 0.02])
    other = points.rename(columns={"psfFlux": "flux", "psfFluxErr": "fluxerr"})
    assert read(other) == pytest.approx([1000.0, 2000.0, 10.0, 20.0])


def test_a_unit_of_flux_wins_over_a_zero_point():
    points = QTable({**COLUMNS, "flux": [1000.0, 2000.0] * u.nJy, "zp": [31.4, 31.4]})
    assert fluxes(points) == pytest.approx([1.0, 2.0])


@pytest.mark.parametrize("kind", [Table, QTable])
def test_a_bare_error_has_the_scale_of_its_flux(kind):
    points = kind({**COLUMNS, "flux": [1.0, 2.0] * u.mJy, "flux_err": [0.1, 0.2], "zp": [25, 25]})
    for survey in (None, "plasticc"):
        columns = {"band": ["g", "r"]} if survey else {}
        for name, values in columns.items():
            points[name] = values
        curve = as_ragged(read_tables(None, points, survey=survey)["light_curve"])
        assert curve["flux"] == pytest.approx([1000.0, 2000.0])
        assert curve["flux_err"] == pytest.approx([100.0, 200.0])
    rubin = pd.DataFrame({**COLUMNS, "psfFlux": [1000.0, 2000.0], "flux_err": [10.0, 20.0]})
    curve = as_ragged(read_tables(None, rubin)["light_curve"])
    assert curve["flux_err"] == pytest.approx([0.01, 0.02])


def test_errors_of_magnitudes_are_rejected_with_their_column():
    mag = u.Magnitude([20.0, 21.0], u.ABmag)
    remedy = r"light_curves, column 'fluxerr': .*columns mag and mag_err"
    for columns in (
        {"flux": mag, "fluxerr": [0.1, 0.1]},
        {"flux": [1.0, 2.0], "fluxerr": [0.1, 0.1] * u.mag},
        {"flux": [1.0, 2.0], "fluxerr": u.Magnitude([0.1, 0.1], u.ABmag)},
    ):
        with pytest.raises(ValueError, match=remedy):
            fluxes(QTable({**COLUMNS, **columns}))
    assert fluxes(QTable({**COLUMNS, "flux": mag})) == pytest.approx(mag.physical.to_value(u.uJy))


def test_unknown_systems_of_zero_points_are_rejected():
    points = pd.DataFrame({**COLUMNS, "flux": [100.0, 100.0], "zp": 25.0, "zpsys": ["ab", "JLA"]})
    with pytest.raises(
        ValueError, match=r"'zpsys', object 'a' \(row 1\): the system .* 'JLA', which is unknown"
    ):
        fluxes(points)
    # Where no zero point is used, its system is of no concern; of magnitudes it is the band's.
    assert fluxes(points.drop(columns="zp")).tolist() == [100.0, 100.0]
    other = points.assign(mag=20.0, flux=[100.0, np.nan])
    native = mag_to_flux([20.0], band=["V"], system="native")[0]
    assert fluxes(other) == pytest.approx([mag_to_flux(20.0), native])
    with pytest.warns(match="1 objects that are not in objects"):
        points["object_id"] = ["a", "b"]
        X = read_tables(pd.DataFrame({"object_id": ["a"]}), points)
    assert as_ragged(X["light_curve"])["flux"] == pytest.approx([mag_to_flux(20.0)])
