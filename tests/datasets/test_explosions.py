import numpy as np
import pytest
from scipy.stats import spearmanr

from sklearn_sn.datasets._explosions import complete_explosions, draw_peaks
from sklearn_sn.datasets._populations import POPULATIONS


def _draw(name, n=4000):
    rng = np.random.default_rng(0)
    drawn = draw_peaks(name, n, rng)
    complete_explosions(name, drawn, rng)
    return drawn


def test_sn_ia_are_brighter_when_slow_and_blue():
    drawn = _draw("SN Ia")
    x1, mag = drawn["x1"], drawn["peak_abs_mag"]
    # The relation of Tripp with the slopes of Betoule et al. (2014) and Brout & Scolnic (2021),
    # except for fast decliners, which are intrinsically red.
    slow = drawn["stretch"] > 1.0
    colour = drawn["colour"]
    design = np.stack([np.ones(slow.sum()), x1[slow], colour[slow]], axis=1)
    solution, residuals, _, _ = np.linalg.lstsq(design, mag[slow], rcond=None)
    assert solution[1] == pytest.approx(-0.14, abs=0.02)
    assert solution[2] == pytest.approx(1.98, abs=0.2)
    assert np.sqrt(residuals[0] / slow.sum()) == pytest.approx(0.1, abs=0.01)
    assert spearmanr(drawn["stretch"], mag).statistic < -0.5
    fast = x1 < -2
    assert colour[fast].mean() > colour[~fast].mean() + 0.05


def test_masses_and_energies_of_sn_ia_are_those_of_white_dwarfs():
    drawn = _draw("SN Ia")
    nickel, mass, energy = (drawn[k] for k in ("nickel_mass", "ejecta_mass", "kinetic_energy"))
    # Scalzo et al. (2014): 0.3 to 0.8 and 0.9 to 1.5 solar masses; energies near 1.3e51 erg.
    assert 0.45 < np.median(nickel) < 0.75
    assert np.quantile(mass, 0.05) > 0.8 and np.quantile(mass, 0.95) < 1.75
    assert 1.0 < np.median(energy) < 1.6
    assert np.all(nickel <= 0.8 * mass + 1e-12)
    # Bright SN Ia have more nickel, slow ones more mass, energetic ones higher velocity.
    assert spearmanr(nickel, drawn["peak_abs_mag"]).statistic < -0.9
    assert np.corrcoef(mass, drawn["x1"])[0, 1] > 0.85
    slope = np.polyfit(drawn["x1"], mass, 1)[0]
    assert slope == pytest.approx(0.185, abs=0.02)
    assert spearmanr(drawn["velocity"], energy / mass).statistic > 0.15
    assert np.median(drawn["velocity"]) == pytest.approx(1.0, abs=0.03)


@pytest.mark.parametrize(
    ("name", "nickel", "mass"),
    # Taubenberger (2017); Foley et al. (2013); Lyman et al. (2016, MNRAS 457, 328).
    [
        ("SN Ia-91bg", (0.05, 0.2), (0.5, 1.8)),
        ("SN Iax", (0.01, 0.15), (0.3, 1.2)),
        ("SN Ib/c", (0.05, 0.35), (1.0, 4.0)),
    ],
)
def test_masses_of_other_classes_without_hydrogen(name, nickel, mass):
    drawn = _draw(name)
    assert nickel[0] < np.median(drawn["nickel_mass"]) < nickel[1]
    assert mass[0] < np.median(drawn["ejecta_mass"]) < mass[1]


def test_bright_sn_ii_are_fast_and_decline_fast():
    drawn = _draw("SN II")
    assert spearmanr(drawn["peak_abs_mag"], drawn["plateau_slope"]).statistic < -0.4
    assert spearmanr(drawn["peak_abs_mag"], drawn["velocity"]).statistic < -0.4


def test_faint_sn_iax_are_slow():
    drawn = _draw("SN Iax")
    assert spearmanr(drawn["peak_abs_mag"], drawn["velocity"]).statistic < -0.3


@pytest.mark.parametrize("name", list(POPULATIONS))
def test_peaks_follow_the_distribution_of_the_table(name):
    drawn, population = _draw(name), POPULATIONS[name]
    assert drawn["peak_abs_mag"].mean() == pytest.approx(population.peak_mag, abs=0.06)
    assert drawn["peak_abs_mag"].std() >= 0.95 * population.peak_scatter
    assert all(np.isfinite(values).all() for values in drawn.values())
    assert (drawn["rise"] > 0).all()
