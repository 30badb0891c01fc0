"""Names of fields that say their unit: Rubin's fluxes in nJy."""

import time

import numpy as np
import pytest
from astropy import units as u

from sklearn_sn.data import Ragged, as_ragged
from sklearn_sn.data._fields import (
    alias_map,
    bare_name,
    bounded,
    floats_from_objects,
    scale_of_name,
)

RUBIN = {
    "midpointMjdTai": [60000.0, 60001.0],
    "band": ["lsstg", "lsstr"],
    "psfFlux": [1000.0, 2000.0],
    "psfFluxErr": [10.0, 20.0],
}


@pytest.mark.parametrize(
    "column",
    [
        lambda: [RUBIN],
        lambda: [{name.lower(): values for name, values in RUBIN.items()}],
        lambda: Ragged({k: np.array(v) for k, v in RUBIN.items()}, [0, 2]).to_nested(),
    ],
    ids=["cells", "lower case", "nested"],
)
def test_psf_fluxes_are_in_nanojansky(column):
    ragged = as_ragged(column(), kind="light_curve")
    assert ragged["flux"] == pytest.approx([1.0, 2.0])
    assert ragged["flux_err"] == pytest.approx([0.01, 0.02])


def test_a_unit_or_a_zero_point_says_otherwise():
    in_units = {**RUBIN, "psfFlux": [3.0, 4.0] * u.uJy}
    ragged = as_ragged([in_units], kind="light_curve")
    assert ragged["flux"].tolist() == [3.0, 4.0]
    assert ragged["flux_err"] == pytest.approx([0.01, 0.02])
    for column in ([{**RUBIN, "zp": [31.4, 31.4]}], [{**RUBIN, "zp": 31.4}]):
        ragged = as_ragged(column, kind="light_curve")
        assert ragged["flux"] == pytest.approx([1.0, 2.0])
        assert ragged["flux_err"] == pytest.approx([0.01, 0.02])


def test_a_bare_error_has_the_scale_of_its_flux():
    points = {name: RUBIN[name] for name in ("midpointMjdTai", "band", "psfFlux")}
    points["flux_err"] = [10.0, 20.0]
    nested = Ragged({k: np.array(v) for k, v in points.items()}, [0, 2]).to_nested()
    for column in ([points], nested):
        ragged = as_ragged(column, kind="light_curve")
        assert ragged["flux"] == pytest.approx([1.0, 2.0])
        assert ragged["flux_err"] == pytest.approx([0.01, 0.02])
    # Names that say a unit keep it, whatever the flux is in.
    for name, scale in (("flux_uJy_err", 1.0), ("psfFluxErr", 1e-3)):
        cell = {**{k: points[k] for k in ("midpointMjdTai", "band")}, name: [10.0, 20.0]}
        for flux in ({"flux": [1.0, 2.0]}, {"psfFlux": [1.0, 2.0] * u.mJy}, points):
            flux = {k: v for k, v in flux.items() if k.endswith(("flux", "Flux"))}
            error = as_ragged([{**cell, **flux}], kind="light_curve")["flux_err"]
            assert error == pytest.approx([10.0 * scale, 20.0 * scale])


@pytest.mark.parametrize("field", ["mjd", "flux", "flux_err"])
def test_empty_fields_of_any_type_are_missing(field):
    """numpy.genfromtxt makes text of an empty file."""
    empty = {"mjd": [], "band": [], "flux": [], "flux_err": [], field: np.array([], "U1")}
    assert as_ragged([empty], kind="light_curve").lengths.tolist() == [0]


def test_other_names_are_in_microjansky():
    cell = {**RUBIN, "flux": [5.0, 6.0]}
    assert as_ragged([cell], kind="light_curve")["flux"].tolist() == [5.0, 6.0]


@pytest.mark.parametrize("name", ["flux (" + " " * 20_000 + "x", "flux" + "_" * 20_000 + "x"])
def test_long_names_are_not_searched_for_units(name):
    start = time.process_time()
    assert bare_name(name) == name and scale_of_name(name) == 1.0
    assert time.process_time() - start < 1.0


def test_numbers_beyond_float64_become_infinite():
    values = np.array([10**400, -(10**400), 2, 1.5, np.longdouble("1e4000")], dtype=object)
    expected = [np.inf, -np.inf, 2.0, 1.5, np.inf]
    assert floats_from_objects(values).tolist() == expected
    assert floats_from_objects(values[1:]).tolist() == expected[1:]
    assert bounded("x") == "x" and bounded(True) is True
    ragged = as_ragged([{"flux": [1.0, 10**400]}])
    assert ragged["flux"].tolist() == [1.0, np.inf]


def test_scale_of_names_with_underscores():
    for name in ("psf_flux", "psfFlux", "psf_diff_flux_err", "psfdifffluxerr"):
        assert scale_of_name(name) == 1e-3
    assert scale_of_name("flux_cal") == scale_of_name("FLUXCAL_ERR") == scale_of_name("fluxcal")


def test_the_map_of_aliases_may_be_changed():
    alias_map(["mjd", "flux"], "light_curve").clear()
    assert alias_map(["mjd", "flux"], "light_curve") == {"mjd": "time", "flux": "flux"}
