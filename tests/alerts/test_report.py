"""Counts of a stream."""

import logging

from sklearn_sn.alerts import AlertReport


def test_skipped_packets_are_counted_logged_and_listed(caplog):
    report = AlertReport()
    with caplog.at_level(logging.WARNING, "sklearn_sn.alerts"):
        for n in range(150):
            report.skip(f"packet {n}", "damaged", n_packets=2)
    assert report.n_skipped == 300
    assert len(report.skipped) == 100 and report.skipped[-1] == ("packet 149", "damaged")
    assert "packet 149: damaged" in caplog.text


def test_warnings_are_counted_by_text():
    report = AlertReport()
    report.warned(["a", "b", "a"])
    assert report.warnings == {"a": 2, "b": 1}
    report.warned(str(n) for n in range(500))
    report.warned(["a"])
    assert len(report.warnings) == 100 and report.warnings["a"] == 3
