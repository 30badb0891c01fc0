"""Templates of SNID."""

from pathlib import Path

import numpy as np
import pytest

from sklearn_sn.datasets._snid_templates import NO_FLUX, is_snid_template, read_snid_template

TEXT = (Path(__file__).parent / "files" / "snid_template.lnw").read_text()
LINES = TEXT.splitlines()


def changed(line, text):
    return "\n".join([*LINES[:line], text, *LINES[line + 1 :]])


def test_templates_are_told_by_their_first_line():
    assert is_snid_template(TEXT)
    assert not is_snid_template("") and not is_snid_template("4000.0 1.0\n" + TEXT)
    # Form feeds and the like also end a line.
    assert not is_snid_template(TEXT.replace(" ", "\x1c", 4)) and is_snid_template(LINES[0])


def test_each_phase_is_a_spectrum_without_the_padding():
    first, second = read_snid_template(TEXT)
    assert [record.name for record in (first, second)] == ["snmini99"] * 2
    assert [first.time, second.time] == [2.2, 7.0]
    assert first.wavelength.tolist() == [3854.42, 4584.16, 5452.07, 6484.29, 7711.94]
    assert second.flux.tolist() == [0.101, -0.198, 0.31, -0.099]
    assert first.metadata == {"redshift": 0.0, "type": "Ic-broad"}
    assert first.n_masked == 0 and first.notes == [NO_FLUX]


def test_ages_that_are_not_relative_to_maximum_are_unknown():
    records = read_snid_template(changed(5, "1 2.2 7.0"))
    assert all(np.isnan(record.time) for record in records)


@pytest.mark.parametrize(
    "text, message",
    [
        ("\n".join(LINES[:-1]), "the file has 13 lines, but 14 are announced"),
        (changed(8, "3854.42 x 0.101"), "not numbers of equal count"),
        (changed(5, "0 2.2"), "2 spectra are announced, but there are 1 phases"),
        (changed(0, LINES[0].replace(" 2 ", " 0 ", 1)), "cannot have 0 spectra of 8 pixels"),
    ],
)
def test_broken_templates_are_rejected(text, message):
    with pytest.raises(ValueError, match=message):
        read_snid_template(text)
