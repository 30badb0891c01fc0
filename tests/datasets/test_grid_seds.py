import numpy as np
import pandas as pd
import pytest

from sklearn_sn.data import as_ragged
from sklearn_sn.datasets import make_supernovae
from sklearn_sn.datasets._candidates import draw_candidates, scale_to_magnitude
from sklearn_sn.datasets._grid_seds import GridSed, grid_seds
from sklearn_sn.datasets._passbands import mean_flux_density
from sklearn_sn.datasets._seds import REST_BANDS
from sklearn_sn.datasets._simulation import observed_flux
from sklearn_sn.datasets._surveys import get_survey

PHASE = np.arange(-15.0, 61.0, 3.0)
WAVELENGTH = np.linspace(2000.0, 12000.0, 600)


def _flux(peak=0.0):
    """A blackbody that cools, with a box carved out at 6000 Å; brightest in blue near `peak`."""
    temperature = 9000.0 - 60.0 * (PHASE - peak)[:, None]
    shape = WAVELENGTH**-5.0 / np.expm1(1.438776877e8 / (WAVELENGTH * temperature))
    shape *= np.exp(-0.5 * ((PHASE - peak)[:, None] / 12.0) ** 2)
    return shape * np.where(np.abs(WAVELENGTH - 6000.0) < 100, 0.3, 1.0)


class Source:
    """The interface of sncosmo.Source."""

    name = "stand-in"

    def minphase(self):
        return PHASE[0]

    def maxphase(self):
        return PHASE[-1]

    def minwave(self):
        return WAVELENGTH[0]

    def maxwave(self):
        return WAVELENGTH[-1]

    def flux(self, phase, wave):
        rows = np.stack([np.interp(wave, WAVELENGTH, row) for row in _flux()])
        return np.stack([np.interp(phase, PHASE, column) for column in rows.T], axis=1)


def _table(flux, **columns):
    phase, wavelength = np.meshgrid(PHASE, WAVELENGTH, indexing="ij")
    cells = {"phase": phase.ravel(), "wavelength": wavelength.ravel(), "flux": flux.ravel()}
    return pd.DataFrame(cells | columns)


def _objects(sed, n=20):
    objects = draw_candidates(sed, get_survey("ztf"), (0.02, 0.1), n, np.random.default_rng(0))
    scale_to_magnitude(sed, objects)
    objects["ebv"] = objects["ebv_host"] = np.zeros(n)
    return objects


def test_flux_is_that_of_the_grid():
    sed = GridSed("SN Ib/c", "mine", PHASE, WAVELENGTH, _flux())
    assert sed._first == pytest.approx(-15.0, abs=3.0)
    zero = -15.0 - sed._first  # the grid's own phase of the blue peak
    objects = {"stretch": np.ones(1), "rise": np.full(1, 20.0), "colour": np.zeros(1)}
    wavelength = np.linspace(3500.0, 9000.0, 50)[None]
    own = np.stack([np.interp(wavelength[0], WAVELENGTH, row) for row in _flux()])
    scale = None
    for phase in (-9.0, 0.0, 20.0, 44.0):
        flux = sed.flux(objects, np.zeros(1, dtype=int), np.array([phase]), wavelength)[0]
        expected = [np.interp(phase + zero, PHASE, column) for column in own.T]
        scale = scale or np.sum(flux) / np.sum(expected)
        # The edges of the box are smeared over a sample of the grid.
        assert np.median(np.abs(flux / (scale * np.array(expected)) - 1)) < 0.01


def test_peak_is_at_phase_zero_whatever_the_zero_of_the_table():
    shifted = GridSed("SN Ib/c", "x", PHASE + 1000.0, WAVELENGTH, _flux())
    plain = GridSed("SN Ib/c", "x", PHASE, WAVELENGTH, _flux())
    assert shifted._first == pytest.approx(plain._first)
    objects = _objects(plain)
    rows = np.arange(20)
    wavelength = REST_BANDS["B"] * (1 + objects["redshift"][:, None])
    flux = mean_flux_density(
        observed_flux(plain, objects, rows, np.zeros(20), wavelength), wavelength
    )
    magnitude = 23.9 - 2.5 * np.log10(flux) - objects["distance_modulus"]
    magnitude += 2.5 * np.log10(1 + objects["redshift"])
    np.testing.assert_allclose(magnitude, objects["peak_abs_mag"], atol=1e-6)


def test_light_begins_at_the_explosion_and_fades_after_the_last_phase():
    sed = GridSed("SN II", "x", PHASE, WAVELENGTH, _flux())
    objects = _objects(sed, 1)
    phase = np.array([-objects["rise"][0] - 1.0, -objects["rise"][0] + 0.5, 300.0, 400.0])
    rows, wavelength = np.zeros(4, dtype=int), np.full((4, 2), 5000.0)
    flux = sed.flux(objects, rows, phase, wavelength)[:, 0]
    assert flux[0] == 0 < flux[1]
    assert 0 < flux[3] < flux[2]


@pytest.mark.parametrize("kind", ["table", "arrays", "source"])
def test_all_kinds_give_the_same_sed(kind):
    given = {
        "table": _table(2.0 * _flux(), flux_scale=3.0),
        "arrays": (PHASE, WAVELENGTH, _flux()),
        "source": Source(),
    }[kind]
    (sed,) = grid_seds("SN Ib/c", given)
    reference = GridSed("SN Ib/c", "x", PHASE, WAVELENGTH, _flux())
    objects = _objects(reference, 5)
    rows, phase = np.arange(5), np.linspace(-10, 30, 5)
    wavelength = np.tile(np.geomspace(3500.0, 5800.0, 40), (5, 1))
    np.testing.assert_allclose(
        sed.flux(objects, rows, phase, wavelength),
        reference.flux(objects, rows, phase, wavelength),
        rtol=0.01,
    )


def test_real_sncosmo_sources_are_taken():
    sncosmo = pytest.importorskip("sncosmo")
    phase, wavelength = np.linspace(-20, 50, 71), np.linspace(2500, 9500, 200)
    flux = np.exp(-0.5 * (phase[:, None] / 15) ** 2) * (wavelength / 5000.0) ** -2
    source = sncosmo.TimeSeriesSource(phase, wavelength, flux, name="made-up")
    X, _, truth = make_supernovae(
        20, classes=["SN Ib/c"], seds={"SN Ib/c": source}, random_state=0, return_truth=True
    )
    assert set(truth["sed"]) == {"made-up"}
    assert len(X) == 20


def test_seds_replace_or_join_the_built_in_ones():
    two = pd.concat([_table(_flux(), template="a"), _table(_flux(3.0), template="b")])
    options = {"classes": ["SN Ia", "SN Ib/c"], "random_state": 0, "return_truth": True}
    X, y, truth = make_supernovae(60, seds={"SN Ib/c": two}, **options)
    assert set(truth["sed"][y == "SN Ib/c"]) == {"a", "b"}
    assert set(truth["sed"][y == "SN Ia"]) == {"built-in"}
    # The box at 6000 Å is visible in the spectra.
    spectra = as_ragged(X["spectrum"])
    rest = spectra["wavelength"] / (1 + X["redshift"].to_numpy()[spectra.rows])
    inside = spectra.filter(np.abs(rest - 6000) < 70).reduce("mean", "flux")
    beside = spectra.filter(np.abs(rest - 6250) < 100).reduce("mean", "flux")
    assert np.median((inside / beside)[y == "SN Ib/c"]) < 0.5
    _, y, truth = make_supernovae(90, seds={"SN Ib/c": ["built-in", two]}, **options)
    assert set(truth["sed"][y == "SN Ib/c"]) == {"a", "b", "built-in"}


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        (pd.DataFrame({"phase": [0.0], "flux": [1.0]}), ValueError, "lacks \\['wavelength'\\]"),
        ("hsiao", TypeError, "must be a DataFrame"),
        ((PHASE, WAVELENGTH, _flux()[:, :-1]), ValueError, "must be finite and of shape"),
        (
            (PHASE, WAVELENGTH, np.full_like(_flux(), np.nan)),
            ValueError,
            "must be finite and of shape",
        ),
        ((PHASE[::-1], WAVELENGTH, _flux()), ValueError, "must increase"),
        ((PHASE, WAVELENGTH + 2500.0, _flux()), ValueError, "must cover"),
        ((PHASE, WAVELENGTH, np.zeros_like(_flux())), ValueError, "no flux in the B band"),
    ],
)
def test_bad_seds_are_rejected(given, error, message):
    with pytest.raises(error, match=message):
        make_supernovae(5, classes=["SN II"], seds={"SN II": given})


def test_seds_of_unknown_classes_are_rejected():
    with pytest.raises(ValueError, match="'seds' parameter of make_supernovae"):
        make_supernovae(5, seds={"kilonova": Source()})


def test_seds_of_classes_that_are_not_simulated_are_rejected():
    with pytest.raises(ValueError, match="class 'TDE', which is not among the classes"):
        make_supernovae(5, classes=["SN Ia"], seds={"TDE": Source()})


def test_phases_of_different_wavelengths_are_completed_by_wavelength():
    # Flux in proportion to the wavelength; one phase is coarse and uneven.
    fine, coarse = np.linspace(3000.0, 9000.0, 301), np.array([3000.0, 3200.0, 8000.0, 9000.0])
    parts = [
        pd.DataFrame({"phase": phase, "wavelength": grid, "flux": grid / 1e4})
        for phase, grid in ((-5.0, fine), (0.0, coarse), (5.0, fine))
    ]
    (sed,) = grid_seds("SN II", pd.concat(parts))
    objects = {"stretch": np.ones(1), "rise": np.full(1, 20.0), "colour": np.zeros(1)}
    wavelength = np.linspace(3100.0, 8900.0, 60)[None]
    for phase in (0.0, 5.0):
        args = (objects, np.zeros(1, dtype=int), np.array([phase]), wavelength)
        ratio = sed.flux(*args)[0] / wavelength[0]
        np.testing.assert_allclose(ratio, ratio[0], rtol=1e-3)


def test_templates_of_the_shared_data(real_data):
    table = pd.read_parquet(real_data / "sed_templates.parquet")
    table = table[table["type"].isin(["SN Ib", "SN Ic"])]
    X, _, truth = make_supernovae(
        40, classes=["SN Ib/c"], seds={"SN Ib/c": table}, random_state=0, return_truth=True
    )
    assert truth["sed"].nunique() > 5
    assert np.isfinite(as_ragged(X["light_curve"])["flux"]).all()
