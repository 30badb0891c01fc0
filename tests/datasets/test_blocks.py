import time
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from joblib import parallel_config

from sklearn_sn.datasets import _blocks as blocks_module
from sklearn_sn.datasets import get_survey, iter_supernovae, make_supernovae
from sklearn_sn.datasets._blocks import rate_cells
from sklearn_sn.datasets._photosphere import Photosphere
from sklearn_sn.datasets._sky import events_per_year
from sklearn_sn.datasets._supernovae import make_plan


@pytest.fixture
def small_blocks(monkeypatch):
    monkeypatch.setattr(blocks_module, "BLOCK_SIZE", 32)


def _parameters(**changes):
    parameters = make_supernovae.__kwdefaults__ | changes
    del parameters["n_jobs"]
    return parameters


OPTIONS = {"classes": ("SN Ia", "SN II", "CV"), "random_state": 3, "return_truth": True}


@pytest.mark.parametrize("chunk_size", [1000, 32, 50, 7])
def test_chunks_make_up_the_whole_whatever_their_size(small_blocks, chunk_size):
    whole = make_supernovae(100, n_spectra=(1, 2), missing_fraction=0.2, **OPTIONS)
    chunks = list(
        iter_supernovae(
            100, chunk_size=chunk_size, n_spectra=(1, 2), missing_fraction=0.2, **OPTIONS
        )
    )
    sizes = [len(X) for X, _, _ in chunks]
    assert sizes[:-1] == [chunk_size] * (len(chunks) - 1) and sum(sizes) == 100
    X, y, truth = zip(*chunks, strict=True)
    assert pd.concat(X).equals(whole[0])
    assert np.concatenate(y).tolist() == whole[1].tolist()
    assert pd.concat(truth).equals(whole[2])


def test_processes_do_not_change_the_objects(small_blocks):
    one = make_supernovae(70, classes=["SN Ia"], random_state=0)
    two = make_supernovae(70, classes=["SN Ia"], random_state=0, n_jobs=1)
    assert one[0].equals(two[0])


def test_two_processes_make_the_same_blocks():
    options = {"classes": ["SN Ia"], "surveys": "ps1", "random_state": 0}
    options["modalities"] = ["light_curve"]
    one, _ = make_supernovae(2100, **options)
    two, _ = make_supernovae(2100, n_jobs=2, **options)
    assert one.equals(two)


def test_blocks_do_not_pile_up_while_the_consumer_waits(monkeypatch, small_blocks):
    begun = []

    def simulate_block(plan, columns, number, groups):
        begun.append(number)
        return number

    monkeypatch.setattr(blocks_module, "_simulate_block", simulate_block)
    plan, groups = make_plan(3200, **_parameters())
    with parallel_config(backend="threading"):
        blocks = blocks_module.simulate(plan, groups, n_jobs=2)
        taken = [next(blocks)]
        time.sleep(0.3)  # the consumer is busy; a hundred blocks could be begun
        assert len(begun) <= 8
        taken += list(blocks)
    assert taken == list(range(100))


def test_blocks_differ_from_each_other(small_blocks):
    X, _ = make_supernovae(96, classes=["SN Ia"], random_state=0)
    assert X["redshift"].nunique() == 96
    assert X.index.is_unique


def test_iterator_checks_before_it_simulates():
    with pytest.raises(ValueError, match="'chunk_size' parameter of iter_supernovae"):
        iter_supernovae(10, chunk_size=0)
    with pytest.raises(TypeError, match="unexpected parameter 'n_object'"):
        iter_supernovae(10, n_object=3)
    with pytest.raises(ValueError, match="'classes' parameter"):
        iter_supernovae(10, classes=["SN Ix"])


def test_rates_fill_a_volume_as_the_universe_does():
    # At these distances a deep survey is complete but for its gaps: local rates set the shares.
    _, y = make_supernovae(
        4000, classes="rates", surveys=["lsst"], redshift_range=(0.001, 0.02), random_state=0,
        modalities=["light_curve"], min_points=1,
    )  # fmt: skip
    counts = pd.Series(y).value_counts()
    # Perley et al. (2020): core collapse 101, SN Ia (with 91bg-likes) 24.3.
    core = counts[["SN II", "SN Ib/c", "SN IIn"]].sum()
    thermonuclear = counts[["SN Ia", "SN Ia-91bg"]].sum()
    assert core / thermonuclear == pytest.approx(101 / 24.3, rel=0.25)
    assert counts["SN II"] / core == pytest.approx(0.65, abs=0.08)
    assert "AGN" not in counts and "CV" not in counts


def test_flux_limited_samples_hold_the_shares_of_a_real_one():
    bright = replace(get_survey("ztf"), name="bright", depths=19.3)
    _, y = make_supernovae(
        500, classes="rates", surveys=[bright], redshift_range=(0.003, 0.4), random_state=0,
        modalities=["light_curve"], min_points=6,
    )  # fmt: skip
    share = pd.Series(y).value_counts(normalize=True)
    # Perley et al. (2020): 72 % Ia (with 91bg and Iax), 15 % II, 6 % stripped, 4 % IIn, 1 to 2 %
    # SLSN-I, 1 % TDE. Rates and luminosities are uncertain by half.
    assert share[["SN Ia", "SN Ia-91bg", "SN Iax"]].sum() == pytest.approx(0.72, abs=0.12)
    assert share["SN II"] == pytest.approx(0.15, abs=0.07)
    assert share["SN Ib/c"] == pytest.approx(0.06, abs=0.05)
    assert share["SN IIn"] < 0.1


def test_each_of_several_surveys_finds_what_it_finds_alone():
    options = {"classes": "rates", "redshift_range": (0.02, 0.2), "random_state": 0}
    options["modalities"] = ["light_curve"]
    X, y = make_supernovae(200, surveys=("ztf", "lsst"), **options)
    for survey in ("ztf", "lsst"):
        _, alone = make_supernovae(100, surveys=survey, **options)
        counts = pd.Series(y[X["survey"] == survey]).value_counts()
        apart = counts.sub(pd.Series(alone).value_counts(), fill_value=0)
        assert apart.abs().max() <= 1  # by rounding
    # The deep survey detects more faint objects.
    share = pd.crosstab(X["survey"], y, normalize="index")
    assert share.loc["lsst", "SN II"] > share.loc["ztf", "SN II"] + 0.2


def test_rates_leave_out_what_a_survey_cannot_detect():
    X, y = make_supernovae(
        40, classes="rates", surveys=("ztf", "lsst"), redshift_range=(0.35, 0.4), random_state=0,
        modalities=["light_curve"],
    )  # fmt: skip
    assert (X["survey"] == "ztf").sum() == 20
    assert set(y[X["survey"] == "ztf"]) <= {"SLSN-I", "TDE", "SN Ia", "SN IIn"}
    assert "SN Ia" in y[X["survey"] == "lsst"]


class _Dark(Photosphere):
    """SN Ia that are too faint to detect."""

    label = "dark"

    def draw(self, n, rng):
        drawn = super().draw(n, rng)
        return drawn | {"peak_abs_mag": np.full(n, -5.0)}


def test_pilot_regards_all_seds_of_a_class():
    plan, _ = make_plan(10, **_parameters(classes="rates", surveys="ztf"))
    cells, shares = rate_cells(plan)
    ia = list(plan.seds).index("SN Ia")
    plan.seds["SN Ia"] = [_Dark("SN Ia"), *plan.seds["SN Ia"]]
    halved, less = rate_cells(plan)
    both = ((cells[:, 0], shares), (halved[:, 0], less))
    assert halved[halved[:, 0] == ia].tolist() == [[ia, 1, 0]]
    odds = [share[group == ia].sum() / share[group != ia].sum() for group, share in both]
    assert odds[1] / odds[0] == pytest.approx(0.5, rel=0.4)


def test_undetectable_classes_have_no_rate():
    with pytest.raises(ValueError, match="No class can be detected"):
        make_supernovae(
            10, classes="rates", surveys=["ztf"], redshift_range=(2.5, 2.6), random_state=0
        )


def test_events_per_year_of_sn_ia_in_the_known_universe():
    # 2.4e-5 / yr / Mpc³ in 12 Gpc³ (z < 0.1 holds 0.3): some thousands a year.
    assert 24.3e-6 * events_per_year("SN Ia", (1e-4, 0.1)) == pytest.approx(7700, rel=0.15)
