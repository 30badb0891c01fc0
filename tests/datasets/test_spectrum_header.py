"""Facts in the headers of spectra."""

import numpy as np
import pytest

from sklearn_sn.datasets._spectrum_header import facts_of, plain_key


def test_keys_are_compared_in_capitals_with_hyphens():
    assert plain_key(" date_obs ") == plain_key("Date - OBS") == "DATE-OBS"


def test_object_instrument_redshift_and_coordinates():
    header = {"OBJECT": "none", "TARGET": " SN 2099ab ", "TELESCOP": "NTT", "Z": "0.1 (host)"}
    facts = facts_of({**header, "RA": "10:30:00", "DEC": "-00:30:36"})
    assert facts.name == "SN 2099ab" and np.isnan(facts.time) and facts.notes == []
    assert facts.metadata == {
        "telescope": "NTT",
        "redshift": 0.1,
        "ra": 157.5,
        "dec": pytest.approx(-0.51),
    }


@pytest.mark.parametrize(
    "header, time, key",
    [
        ({"MJD-OBS": 59000.25, "DATE-OBS": "2020-05-31"}, 59000.25, "MJD-OBS"),
        ({"JD": 2459000.75}, 59000.25, "JD"),
        ({"MJD": 0, "DATE-OBS": "2020-05-31T06:00:00Z"}, 59000.25, "DATE-OBS"),
        ({"DATE-OBS": "2020/05/31", "UT": "06:00"}, 59000.25, "DATE-OBS"),
        ({"DATE-OBS": "2020-05-31.25", "UT": "12:00"}, 59000.25, "DATE-OBS"),
        ({"DATE-OBS": "31/12/99"}, 51543.0, "DATE-OBS"),
    ],
)
def test_times(header, time, key):
    facts = facts_of(header)
    assert facts.time == pytest.approx(time, abs=1e-8) and facts.sources == {"time": key}
    assert facts.notes == []


@pytest.mark.parametrize(
    "header, note",
    [
        ({"REDSHIFT": -1}, "redshift -1 of the header lies outside 0–10: not used"),
        ({"MJD": 5.0}, "MJD = 5 is no date between 1900 and 2100: not used"),
        ({"DATE-OBS": "2020-02-31"}, "DATE-OBS = 2020-02-31 was not understood"),
        (
            {"MJD": 59003.0, "DATE-OBS": "2020-05-31"},
            "MJD and DATE-OBS differ by 3.0 days; MJD was used",
        ),
    ],
)
def test_what_is_not_used_is_noted(header, note):
    facts = facts_of(header)
    assert facts.notes == [note] and "redshift" not in facts.metadata


@pytest.mark.parametrize(
    "header, medium",
    [
        ({"VACUUM": "T"}, "vacuum"),
        ({"VACUUM": 0}, "air"),
        ({"AIRORVAC": "vac"}, "vacuum"),
        ({"CTYPE1": "AWAV-LOG"}, "air"),
        ({"CTYPE1": "WAVELENGTH"}, None),
        ({}, None),
    ],
)
def test_media(header, medium):
    assert facts_of(header).medium == medium
