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
    assert 1500 < wavelength < 45000
    # Vega is brighter than AB 0 in blue bands only, and by little.
    assert -0.17 < offset < 3.3 and system in ("AB", "Vega")
    assert inside.split() and len(set(aliases.split())) == len(aliases.split())


def test_names_inside_a_survey_are_unique():
    for survey in {row[1] for row in BANDS}:
        inside = [name for row in BANDS if row[1] == survey for name in row[2].split()]
        assert len(set(inside)) == len(inside)


def test_only_b_and_v_have_two_meanings():
    aliases = [alias for row in BANDS for alias in row[6].split()]
    names, counts = np.unique(aliases, return_counts=True)
    assert names[counts > 1].tolist() == ["b", "v"]


@pytest.mark.parametrize(
    ("name", "wavelength"),
    [  # published pivot wavelengths: Krisciunas et al. (2017), STScI, Kawanomoto et al. (2018)
        ("cspg", 4774.0),
        ("cspH", 16256.0),
        ("wfc3F160W", 15369.0),
        ("wfc3F336W", 3355.0),
        ("acsF814W", 8045.0),
        ("nircamF444W", 44043.0),
        ("hscz", 8902.0),
    ],
)
def test_pivots_are_the_published_ones(name, wavelength):
    table = {row[0]: row[3] for row in BANDS}
    assert table[name] == pytest.approx(wavelength, rel=0.002)


def test_offset_follows_from_the_wavelength():
    # Bands of about one wavelength and width see about one AB magnitude of Vega.
    table = {row[0]: row[4] for row in BANDS}
    for name, other in [
        ("cspg", "lsstg"),
        ("hscz", "sdssz"),
        ("cspK", "2massKs"),
        ("wfc3F125W", "cspJ"),
        ("keplercamr", "lsstr"),
        ("gotoR", "ztfr"),
    ]:
        assert table[name] == pytest.approx(table[other], abs=0.04)
