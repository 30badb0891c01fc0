"""Parameters of the built-in surveys are consistent."""

from dataclasses import fields

import numpy as np
import pytest

from sklearn_sn.data import band_wavelength
from sklearn_sn.datasets import Survey
from sklearn_sn.datasets._survey_table import SURVEY_TABLE

each = pytest.mark.parametrize("name", list(SURVEY_TABLE))


@each
def test_keys_are_parameters_and_lengths_match(name):
    table = SURVEY_TABLE[name]
    assert set(table) <= {field.name for field in fields(Survey)} - {"name"}
    for field in ("depths", "cadences", "widths", "saturation", "moon_gap", "moon_loss"):
        if isinstance(table.get(field), tuple):
            assert len(table[field]) == len(table["bands"]), field


@each
def test_bands_are_known_and_unique(name):
    bands = SURVEY_TABLE[name]["bands"]
    assert len(set(bands)) == len(bands)
    assert np.isfinite(band_wavelength(list(bands))).all()


@each
def test_passbands_lie_in_the_optical_and_points_fit_below_saturation(name):
    survey = Survey(name=name, **SURVEY_TABLE[name])
    assert survey.samples.min() > 2800.0 and survey.samples.max() < 11000.0
    assert np.all(np.array(survey.depths) > np.array(survey.saturation) + 4.0)


@each
def test_dates_and_seasons(name):
    survey = Survey(name=name, **SURVEY_TABLE[name])
    assert survey.dates[1] - survey.dates[0] > 2 * 365.25
    assert 150.0 <= survey.season <= 250.0


def test_order_of_depths():
    depth = {name: max(np.atleast_1d(table["depths"])) for name, table in SURVEY_TABLE.items()}
    assert depth["lsst"] > depth["ps1"] > depth["ztf"] > depth["atlas"]


def test_lsst_has_825_visits_in_ten_years():
    # Ivezic et al. (2019), table 1, after the losses to failures (15 %) and clouds (4 of 25 days).
    survey = Survey(name="lsst", **SURVEY_TABLE["lsst"])
    nights = 10 * survey.season * (1 - survey.lost) * (1 - survey.clouds[1] / survey.clouds[0])
    assert sum(nights / cadence for cadence in survey.cadences) == pytest.approx(825.0, rel=0.1)


def test_the_ztf_variants_differ_in_the_i_band_only():
    two, three = SURVEY_TABLE["ztf"], SURVEY_TABLE["ztf-gri"]
    assert three["bands"] == (*two["bands"], "ztfi")
    assert three["depths"][:2] == two["depths"] and three["widths"][:2] == two["widths"]


def test_band_sets_of_follow_up_are_frequencies_of_its_bands():
    table = SURVEY_TABLE["followup"]
    assert sum(share for _, share in table["band_sets"]) == pytest.approx(1.0)
    assert {band for names, _ in table["band_sets"] for band in names} == set(table["bands"])
