from dataclasses import replace

import numpy as np
import pytest

from sklearn_sn.data import band_wavelength
from sklearn_sn.datasets._passbands import mean_flux_density
from sklearn_sn.datasets._survey_table import SURVEY_TABLE
from sklearn_sn.datasets._surveys import Survey, get_survey


@pytest.mark.parametrize("name", list(SURVEY_TABLE))
def test_built_in_surveys_are_whole(name):
    survey = get_survey(name)
    assert len(survey.depths) == len(survey.widths) == len(survey.bands)
    np.testing.assert_allclose(
        survey.samples.mean(axis=1), band_wavelength(list(survey.bands)), rtol=1e-3
    )
    assert all(shares > 0 for _, shares in survey.band_sets)


def test_curves_of_the_user_replace_top_hats():
    curve = (np.array([4000.0, 5000.0, 6000.0]), np.array([0.0, 1.0, 0.0]))
    survey = Survey("mine", ("strange", "ztfr"), 20.0, 3.0, curves={"strange": curve})
    assert 4000 < survey.samples[0, 0] < 4500 < 5500 < survey.samples[0, -1] < 6000
    assert survey.samples[1].mean() == pytest.approx(band_wavelength(["ztfr"])[0])


def test_speclite_and_top_hats_agree_on_colours():
    pytest.importorskip("speclite")
    for name in ("lsst", "ps1", "followup"):
        plain, real = get_survey(name), get_survey(name, curves="speclite")
        for temperature in (5000.0, 15000.0):
            fluxes = [
                mean_flux_density(w**-5.0 / np.expm1(1.438776877e8 / (w * temperature)), w)
                for w in (plain.samples, real.samples)
            ]
            # Colours depend on offsets between neighbouring bands only.
            apart = -2.5 * np.log10(fluxes[0] / fluxes[1])
            assert np.abs(apart).max() < 0.12, (name, apart)


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"bands": ("ztfg", "ztfg")}, "bands"),
        ({"bands": ("nobody",)}, "nobody"),
        ({"depths": (20.0, 21.0, 22.0)}, "depths"),
        ({"depths": np.nan}, "depths"),
        ({"cadences": 0.0}, "cadences"),
        ({"widths": -5.0}, "widths"),
        ({"season": 0.0}, "season"),
        ({"lost": 1.0}, "lost"),
        ({"rolling": 1.0}, "rolling"),
        ({"dates": (59000.0, 58000.0)}, "dates"),
        ({"declinations": (-100.0, 10.0)}, "declinations"),
        ({"min_bands": 3}, "min_bands"),
        ({"peak_limit": 17.0}, "peak_limit"),
        ({"peak_limit": (17.0, -1.0)}, "peak_limit"),
        ({"stop": (0.0, 0.5)}, "stop"),
        ({"calibration": -0.1}, "calibration"),
        ({"band_sets": ((("ztfi",), 1.0),)}, "band_sets"),
        ({"clouds": (0, 1)}, "clouds"),
        ({"clouds": (10.0, -1.0)}, "clouds"),
        ({"clouds": 5}, "clouds"),
        ({"depth_scatter": -1}, "depth_scatter"),
        ({"depth_scatter": np.nan}, "depth_scatter"),
        ({"systematic": -1}, "systematic"),
        ({"cadence_scatter": -0.1}, "cadence_scatter"),
        ({"baseline": -5.0}, "baseline"),
        ({"moon_gap": -1.0}, "moon_gap"),
        ({"moon_loss": np.inf}, "moon_loss"),
        ({"depths": None}, "depths"),
        ({"delay": 5}, "delay"),
        ({"delay": (3.0,)}, "delay"),
        ({"delay": (5.0, 3.0)}, "delay"),
        ({"dates": 5}, "dates"),
        ({"dates": ((1.0, 2.0), 3.0)}, "dates"),
        ({"declinations": 5}, "declinations"),
        ({"season": None}, "season"),
        ({"detection_snr": np.nan}, "detection_snr"),
        ({"min_detections": -1}, "min_detections"),
        ({"min_nights": "two"}, "min_nights"),
        ({"band_sets": ("ztfg",)}, "band_sets"),
        ({"band_sets": ((("ztfg",), -1.0),)}, "band_sets"),
        ({"curves": {"ztfg": ([5000.0, 4000.0], [1.0, 1.0])}}, "curves"),
        ({"curves": {"ztfg": ([4000.0, 5000.0], [0.0, 0.0])}}, "curves"),
        ({"curves": {"ztfg": 5}}, "curves"),
    ],
)
def test_bad_numbers_are_named(changes, named):
    good = {"name": "s", "bands": ("ztfg", "ztfr"), "depths": 20.0, "cadences": 3.0}
    with pytest.raises(ValueError, match=f"{named}.*of survey 's'"):
        Survey(**(good | changes))


def test_unknown_names_are_rejected():
    with pytest.raises(ValueError, match="'name' parameter of get_survey"):
        get_survey("ztff")
    with pytest.raises(ValueError, match="'curves' parameter of get_survey"):
        get_survey("ztf", curves="svo")


def test_replace_checks_again():
    with pytest.raises(ValueError, match="season"):
        replace(get_survey("ztf"), season=400.0)
