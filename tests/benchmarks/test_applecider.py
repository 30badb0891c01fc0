"""Sections of the page of AppleCiDEr results."""

import numpy as np
import pytest


@pytest.fixture(scope="module")
def reports(load):
    return load("_applecider")


def report(command):
    return {"run": {"date": "2026-01-01", "commit": "abc", "command": command}}


def test_a_section_replaces_the_one_of_its_title_only(reports, tmp_path):
    page = tmp_path / "page.md"
    reports.write_section("First", report("python a"), "old", page)
    reports.write_section("Second", report("python b"), "kept", page)
    again = report("python c") | {"earlier runs": [report("python a")["run"]]}
    reports.write_section("First", again, "new", page)
    text = page.read_text()
    assert text.startswith("# ")
    assert text.count("## First") == text.count("## Second") == 1
    assert "old" not in text
    order = [text.index(part) for part in ("python a", "python c", "new", "python b", "kept")]
    assert order == sorted(order)


def test_targets_and_spreads(reports):
    assert reports.spread([0.5, 0.7, np.nan]) == "0.600 ± 0.100"
    assert reports.verdict([0.8, 0.9], 0.85).endswith("reached")
    assert reports.verdict([0.8, 0.8], 0.85).endswith("**missed**")


def test_each_second_object_lacks_one_modality(load):
    fusion = load("applecider_fusion")
    X, _ = fusion.load(12, ["SN I", "CV"], 0)
    hidden = fusion.hide(X, 0)
    columns = [names[0] for names in fusion.COLUMNS.values()]
    missing = hidden[columns].isna() & X[columns].notna()
    assert missing.sum(axis=1).tolist().count(1) == 6
    assert not (missing.sum(axis=1) > 1).any()
    assert X["image"].notna().all()
