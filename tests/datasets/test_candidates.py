from dataclasses import replace

import numpy as np
import pytest

from sklearn_sn.datasets._candidates import (
    draw_candidates,
    draw_visible,
    faintest_peak,
    scale_to_magnitude,
)
from sklearn_sn.datasets._photosphere import Photosphere
from sklearn_sn.datasets._simulation import draw_light_curves, triggered
from sklearn_sn.datasets._surveys import get_survey
from sklearn_sn.datasets._variables import ActiveNucleus, DwarfNova

ZTF = get_survey("ztf")


@pytest.mark.parametrize(
    ("sed", "redshifts", "changes", "min_points"),
    [
        (Photosphere("SN II"), (0.05, 0.1), {}, 4),
        (Photosphere("SN II"), (0.05, 0.1), {}, 1),
        (Photosphere("SN II"), (0.05, 0.1), {"detection_snr": 2.0}, 4),
        (Photosphere("SN II"), (0.05, 0.1), {"detection_snr": 4.0}, 4),
        (Photosphere("SN II"), (0.02, 0.06), {"detection_snr": 10.0}, 4),
        (Photosphere("SN II"), (0.05, 0.1), {"detection_snr": -100.0}, 4),
        (Photosphere("SN II"), (0.05, 0.1), {"depth_scatter": 1.0}, 4),
        (Photosphere("SN Ia-91bg"), (0.05, 0.12), {}, 4),
        (Photosphere("SLSN-I"), (1.0, 1.5), {"depths": 23.0}, 4),
        (ActiveNucleus(), (0.3, 0.8), {}, 4),
    ],
    ids=lambda value: getattr(value, "name", None),
)
def test_what_is_spared_would_not_trigger(sed, redshifts, changes, min_points):
    survey, rng = replace(ZTF, **changes), np.random.default_rng(1)
    objects = draw_candidates(sed, survey, redshifts, 600, rng)
    scale_to_magnitude(sed, objects)
    good = triggered(survey, draw_light_curves(sed, objects, survey, rng), min_points)
    # Wavelength intervals stretch by 1 + z.
    peak = objects["peak_abs_mag"] + objects["distance_modulus"]
    peak += 1.2 * (objects["ebv"] + objects["ebv_host"]) - 2.5 * np.log10(1 + objects["redshift"])
    spared = peak >= faintest_peak(sed, survey, min_points)
    assert good.sum() > 20
    assert (good & spared).sum() <= 0.01 * good.sum()


@pytest.mark.parametrize(
    "sed", [Photosphere("SN II"), ActiveNucleus(), DwarfNova()], ids=["SN II", "AGN", "CV"]
)
def test_visible_ones_are_the_bright_ones_of_all(sed):
    survey = replace(ZTF, depths=18.0, peak_limit=(18.0, 0.0))
    options = {"redshift_range": (0.01, 0.1), "n": 4000}
    everything = draw_candidates(sed, survey, rng=np.random.default_rng(0), **options)
    peak = everything["peak_abs_mag"] + everything["distance_modulus"]
    peak += 3.1 * everything["ebv"] + sed.r_v * everything["ebv_host"]
    options |= {"rng": np.random.default_rng(1), "min_points": 4}
    objects, n_drawn = draw_visible(sed, survey, at_most=4000, **options)
    assert set(objects) == set(everything)
    assert {len(values) for values in objects.values()} == {len(objects["redshift"])}
    assert n_drawn == 4000
    assert len(objects["redshift"]) == pytest.approx((peak < 18.0).sum(), rel=0.15)
    for name in ("redshift", "peak_abs_mag", "ebv"):
        bright = everything[name][peak < 18.0]
        tolerance = 0.25 * bright.std() + 1e-9
        assert np.median(objects[name]) == pytest.approx(np.median(bright), abs=tolerance)


def test_of_too_many_a_share_is_counted():
    rng = np.random.default_rng(0)
    objects, n_drawn = draw_visible(
        Photosphere("SN Ia"), ZTF, (0.01, 0.02), 500, rng, min_points=4, at_most=50
    )
    assert len(objects["redshift"]) == 50
    assert n_drawn == pytest.approx(50, rel=0.05)
