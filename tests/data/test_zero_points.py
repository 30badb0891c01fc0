"""Zero points of fluxes, in their systems."""

import numpy as np
import pandas as pd
import pytest

from sklearn_sn.data import Ragged, as_ragged, check_table, mag_to_flux, register_band
from sklearn_sn.data._bands import temporary_bands
from sklearn_sn.data._zero_points import magnitude_system
from sklearn_sn.datasets import read_tables

BANDS = ["bessellU", "bessellV", "ztfg"]
POINTS = {
    "time": [59000.0, 59001.0, 59002.0],
    "band": BANDS,
    "flux": [100.0, 100.0, 100.0],
    "fluxerr": [1.0, 1.0, 1.0],
    "zp": [25.0, 25.0, 25.0],
}


def ragged(container, **changes):
    points = {**POINTS, **changes}
    if container == "nested":
        frame = pd.DataFrame(points)
        fields = {name: frame[name].to_numpy() for name in frame}
        return as_ragged(Ragged(fields, [0, 3]).to_nested(), kind="light_curve")
    return as_ragged([points], kind="light_curve")


@pytest.mark.parametrize("container", ["cells", "nested"])
@pytest.mark.parametrize(
    ("names", "system"),
    [
        (["ab"] * 3, "AB"),
        (["vega"] * 3, "Vega"),
        (["VEGA", "ab", "Vega"], ["Vega", "AB", "Vega"]),
        (["ab", "AB_B12", "Landolt"], ["AB", "AB", "Vega"]),
    ],
)
def test_the_system_of_zero_points(container, names, system):
    found = ragged(container, zpsys=names)
    # A flux 100 with zero point 25 is the magnitude 20.
    expected = mag_to_flux([20.0] * 3, band=BANDS, system=system)
    assert found["flux"] == pytest.approx(expected)
    assert found["flux_err"] == pytest.approx(0.01 * expected)
    assert list(found.fields) == ["time", "band", "flux", "flux_err"]


def test_cells_agree_with_read_tables():
    names = ["vega", "ab", "vega"]
    table = pd.DataFrame({"object_id": "a", **POINTS, "zpsys": names})
    read = as_ragged(read_tables(None, table)["light_curve"])
    assert ragged("cells", zpsys=names)["flux"] == pytest.approx(read["flux"])


def test_a_missing_system_is_ab():
    other = {**POINTS, "zpsys": ["vega", None, "ab"]}
    found = as_ragged([POINTS, other, {**POINTS, "zp": None}], kind="light_curve")
    vega = mag_to_flux([20.0], band=["bessellU"], system="Vega")[0]
    ab = mag_to_flux(20.0)
    assert found["flux"] == pytest.approx([ab, ab, ab, vega, ab, ab, 100.0, 100.0, 100.0])


@pytest.mark.parametrize("container", ["cells", "nested"])
def test_unknown_systems_are_refused(container):
    with pytest.raises(
        ValueError, match=r"Object 0: the system of the zero point is 'bd17', which .* vega"
    ):
        ragged(container, zpsys=["ab", "bd17", "ab"])


def test_a_band_without_an_offset_is_refused_by_object():
    with temporary_bands():
        register_band("mytel_w", 6100.0)
        column = pd.Series(
            [POINTS, {**POINTS, "band": ["mytel_w"] * 3, "zpsys": ["ab", "vega", "ab"]}],
            index=["SN0", "SN1"],
        )
        with pytest.raises(ValueError, match=r"'SN1': m_AB - m_Vega is unknown .*'mytel_w'"):
            as_ragged(column, kind="light_curve")


def test_points_in_unknown_bands_do_not_stop_the_others():
    column = [{**POINTS, "band": ["clear", "bessellV", "bessellU"], "zpsys": ["vega"] * 3}]
    with pytest.warns(match="unknown bands"):
        kept = check_table(pd.DataFrame({"light_curve": column})).light_curve
    expected = mag_to_flux([20.0] * 2, band=["bessellV", "bessellU"], system="Vega")
    assert kept["flux"] == pytest.approx(expected)


def test_systems_are_looked_up_by_distinct_name(monkeypatch):
    calls = []
    monkeypatch.setattr(
        "sklearn_sn.data._zero_points.as_text", lambda name: calls.append(name) or name
    )
    n = 10_000
    fields = {"time": np.arange(n, dtype=float), "flux": np.ones(n), "zp": np.full(n, 25.0)}
    fields |= {"band": np.tile(["bessellU", "bessellV"], n // 2), "zpsys": np.array(["vega"] * n)}
    found = as_ragged([fields], kind="light_curve")
    assert found.n_points == n and len(calls) == 1


def test_names_of_systems():
    known = {None: "AB", "ab-b12": "AB", "SDSS": "AB", b"vega": "Vega", "Natural": "native"}
    assert {name: magnitude_system(name, "AB") for name in known} == known
    assert magnitude_system("Swope", unknown=None) is None
