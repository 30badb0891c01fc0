"""Values of the benchmarks of speed, their page, and the check for regressions."""

import runpy
import sys
import time
from pathlib import Path

import pytest


@pytest.fixture
def speed(load):
    return load("_speed")


@pytest.fixture
def speed_page(load):
    return load("speed_page")


def value(ratio, n=16):
    return {
        "quantity": "training, over the reference",
        "conditions": {"n": n},
        "value": ratio,
        "unit": "ratio",
        "run": {"date": "", "commit": "", "command": "", "cores": 2, "load": 0.1},
    }


def test_ratio_in_turn_is_reference_over_ours(speed):
    def work(n):
        return lambda: sum(range(n))

    report = speed.Report("trial")
    speed.ratio_in_turn(report, "work", work(200_000), work(2_000_000), 4, 3, kind="sum")
    ratio, rate = report.values
    assert ratio["quantity"] == "work, over the reference" and 4 < ratio["value"] < 25
    assert rate["conditions"] == {"n": 4, "kind": "sum"} and rate["unit"] == "objects/s"


def test_timed_is_process_time(speed):
    assert speed.timed(lambda: time.sleep(0.2)) < 0.1


def test_write_replaces_equal_conditions_and_keeps_others(speed, tmp_path):
    for n, found in ((1, 5.0), (2, 6.0), (1, 7.0)):
        report = speed.Report("trial")
        report.add("rate", found, "objects/s", n=n)
        report.write(tmp_path)
    values = speed.read_values(tmp_path / "trial.json").values()
    assert {v["conditions"]["n"]: v["value"] for v in values} == {1: 7.0, 2: 6.0}
    assert all(v["run"]["commit"] for v in values)


def test_regressions_compare_ratios_of_equal_conditions(speed, speed_page):
    def keyed(*values):
        return {speed.key_of(v): v for v in values}

    old = keyed(value(8.0), value(8.0, n=32))
    assert not speed_page.regressions(old, keyed(value(6.1)))
    assert not speed_page.regressions(old, keyed(value(1.0, n=64)))
    (line,) = speed_page.regressions(old, keyed(value(5.9), value(8.0, n=32)))
    assert "training, over the reference (n 16): 5.9 after 8" in line
    rate = value(1.0) | {"unit": "objects/s"}
    assert not speed_page.regressions(old, keyed(rate))


def test_committed_page_is_that_of_the_values(speed_page):
    """If it fails: python benchmarks/speed_page.py."""
    assert speed_page.PAGE.read_text() == speed_page.page(speed_page.read_files())


@pytest.mark.parametrize("name", ["simulator", "contrastive", "mmvae"])
def test_help(name, monkeypatch, capsys):
    folder = Path(__file__).parents[2] / "benchmarks"
    monkeypatch.syspath_prepend(str(folder))
    monkeypatch.setattr(sys, "argv", [f"speed_{name}.py", "--help"])
    with pytest.raises(SystemExit, match="0"):
        runpy.run_path(str(folder / f"speed_{name}.py"), run_name="__main__")
    assert "usage: " in capsys.readouterr().out
