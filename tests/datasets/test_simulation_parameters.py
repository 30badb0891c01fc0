"""Validation of the parameters of make_supernovae."""

import numpy as np
import pytest

from sklearn_sn.datasets import Spectrograph, Survey, get_spectrograph, get_survey
from sklearn_sn.datasets._grid_seds import GridSed
from sklearn_sn.datasets._photosphere import Photosphere
from sklearn_sn.datasets._simulation_parameters import (
    CLASSES,
    class_shares,
    count_per_class,
    known_names,
    number_pair,
    redshift_ranges,
    resolve_seds,
    resolve_spectrographs,
    resolve_surveys,
    stream_entropy,
)
from sklearn_sn.datasets._variables import ActiveNucleus, DwarfNova


def test_counts_are_within_one_of_the_exact_shares_and_sum_up():
    rng = np.random.default_rng(0)
    for n in (1, 7, 100, 12345):
        shares = rng.random(6)
        counts = count_per_class(n, shares)
        assert counts.sum() == n
        assert np.all(np.abs(counts - n * shares / shares.sum()) < 1.0)


def test_largest_remainders_get_the_rest():
    # Exact counts 3.3, 3.3 and 3.4.
    np.testing.assert_array_equal(count_per_class(10, [0.33, 0.33, 0.34]), [3, 3, 4])
    # Ties go to the first classes.
    np.testing.assert_array_equal(count_per_class(4, [1.0, 1.0, 1.0]), [2, 1, 1])


def test_shares_of_a_name_a_list_and_a_dict():
    assert class_shares("SN Ia") == {"SN Ia": 1.0}
    assert class_shares(["SN Ia", "CV"]) == {"SN Ia": 1.0, "CV": 1.0}
    assert class_shares({"SN Ia": 3, "SN II": 0.5}) == {"SN Ia": 3, "SN II": 0.5}


@pytest.mark.parametrize("share", [0.0, -1.0, np.nan, np.inf, "half"])
def test_shares_must_be_positive_numbers(share):
    with pytest.raises(ValueError, match="positive proportion"):
        class_shares({"SN Ia": share})


@pytest.mark.parametrize("values", [[], ["SN Ia", "SN Ia"], ["SN Ia", "nova"], "nova"])
def test_names_are_distinct_and_known(values):
    with pytest.raises(ValueError, match=r"'classes' parameter .* distinct names from"):
        known_names("classes", values, CLASSES)


def test_one_redshift_range_serves_all_classes_and_galactic_ones_have_none():
    ranges = redshift_ranges((0.01, 0.1), ["SN Ia", "CV"])
    assert ranges == {"SN Ia": (0.01, 0.1), "CV": (0.0, 0.0)}
    assert redshift_ranges({"SN II": (0.1, 0.2)}, ["SN II", "CV"])["SN II"] == (0.1, 0.2)
    with pytest.raises(ValueError, match=r"none for \['SN Ia'\]"):
        redshift_ranges({"SN II": (0.1, 0.2)}, ["SN II", "SN Ia"])


def test_number_pairs():
    assert number_pair("n_spectra", 3, 1, np.inf) == (3, 3)
    assert number_pair("n_spectra", [1, 4], 1, np.inf) == (1, 4)
    for bad in ((4, 1), (0, 1), (1, 2, 3), ("a", 2), (1, np.nan)):
        with pytest.raises(ValueError, match=r"'n_spectra' parameter .* 1 <= low <= high <= 10"):
            number_pair("n_spectra", bad, 1, 10)


def test_surveys_and_spectrographs_by_name_or_object():
    mine = Survey("mine", ("sdssg",), depths=22.0, cadences=3.0)
    resolved = resolve_surveys(["ztf", mine])
    assert resolved[1] is mine and resolved[0] == get_survey("ztf")
    assert resolve_surveys("lsst") == [get_survey("lsst")]
    device = Spectrograph("mine", (4000.0, 8000.0), 500.0, 700)
    assert resolve_spectrographs(["sedm", device]) == [get_spectrograph("sedm"), device]


@pytest.mark.parametrize("surveys", [[], ["ztf", "ztf"], ["sdss"], [3]])
def test_wrong_surveys_are_rejected(surveys):
    with pytest.raises(ValueError, match=r"'surveys' parameter .* or Survey objects"):
        resolve_surveys(surveys)


def test_two_surveys_of_one_name_are_rejected():
    twin = Survey("ztf", ("sdssg",), depths=22.0, cadences=3.0)
    with pytest.raises(ValueError, match="distinct names"):
        resolve_surveys(["ztf", twin])


def grid():
    phase, wavelength = np.linspace(-10, 20, 16), np.linspace(2000, 9000, 200)
    flux = np.exp(-0.5 * (phase[:, None] / 10.0) ** 2) * np.ones(len(wavelength))
    return phase, wavelength, flux


def test_built_in_seds_by_class():
    seds = resolve_seds(None, ["SN Ia", "AGN", "CV"])
    kinds = {name: type(parts[0]) for name, parts in seds.items()}
    assert kinds == {"SN Ia": Photosphere, "AGN": ActiveNucleus, "CV": DwarfNova}
    assert all(len(parts) == 1 for parts in seds.values())


def test_seds_of_the_user_replace_or_join_the_built_in_one():
    replaced = resolve_seds({"SN Ia": grid()}, ["SN Ia", "SN II"])
    assert [type(sed) for sed in replaced["SN Ia"]] == [GridSed]
    assert [type(sed) for sed in replaced["SN II"]] == [Photosphere]
    joined = resolve_seds({"SN Ia": ["built-in", grid()]}, ["SN Ia"])["SN Ia"]
    assert [type(sed) for sed in joined] == [Photosphere, GridSed]
    assert [type(sed) for sed in resolve_seds({"SN Ia": []}, ["SN Ia"])["SN Ia"]] == [Photosphere]


@pytest.mark.parametrize("name, message", [("AGN", "must map classes"), ("SN II", "not among")])
def test_seds_of_other_classes_are_rejected(name, message):
    with pytest.raises(ValueError, match=message):
        resolve_seds({name: grid()}, ["SN Ia"])


def test_entropy_follows_from_the_random_state():
    assert stream_entropy(3) == (3,)
    assert stream_entropy(None) != stream_entropy(None)
    for make in (np.random.RandomState, np.random.default_rng):
        first = make(0)
        assert stream_entropy(first) == stream_entropy(make(0)) != stream_entropy(first)
        assert all(isinstance(number, int) for number in stream_entropy(first))
