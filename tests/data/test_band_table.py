"""The table of built-in bands is consistent."""

import numpy as np
import pytest

from sklearn_sn.data._band_table import BANDS, SURVEY_NAMES


def test_names_are_unique_and_start_with_their_survey():
    names = [row[0] for row in BANDS]
    assert len(set(names)) == len(names)
    assert all(name.startswith(survey) for name, survey, *_ in BANDS)


def test_surveys_are_known_by_their_own_names():
    surveys = {row[1] for row in BANDS}
    assert set(SURVEY_NAMES.values()) == surveys
    assert all(SURVEY_NAMES[survey] == survey for survey in surveys)
    assert all(name == name.lower() for name in SURVEY_NAMES)


@pytest.mark.parametrize("row", BANDS, ids=lambda row: row[0])
def test_numbers_are_plausible(row):
    _, _, inside, wavelength, offset, system, aliases = row
    assert 1500 < wavelength < 22000
    # Vega is brighter than AB 0 in blue bands only, and by little.
    assert -0.15 < offset < 2.2 and system in ("AB", "Vega")
    assert inside.split() and len(set(aliases.split())) == len(aliases.split())


def test_names_inside_a_survey_are_unique():
    for survey in {row[1] for row in BANDS}:
        inside = [name for row in BANDS if row[1] == survey for name in row[2].split()]
        assert len(set(inside)) == len(inside)


def test_only_b_and_v_have_two_meanings():
    aliases = [alias for row in BANDS for alias in row[6].split()]
    names, counts = np.unique(aliases, return_counts=True)
    assert names[counts > 1].tolist() == ["b", "v"]
