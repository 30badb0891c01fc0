"""Names of scored alerts, in memory and in a file."""

import pytest

from sklearn_sn.alerts._seen import SeenAlerts


def test_forgets_the_oldest():
    seen = SeenAlerts(2, None)
    for key in ("a", "b", "a", "c"):
        seen.add(key)
    assert len(seen) == 2 and "a" in seen and "c" in seen and "b" not in seen
    seen.write(["x"])  # without a file, nothing happens


def test_the_file_survives(tmp_path):
    path = tmp_path / "seen.txt"
    SeenAlerts(5, path).write(["ztf 1", "ztf é"])
    again = SeenAlerts(5, path)
    assert "ztf 1" in again and "ztf é" in again
    assert path.read_bytes().endswith(b"\n")


def test_an_incomplete_last_line_is_cut_off(tmp_path):
    path = tmp_path / "seen.txt"
    path.write_bytes(b"ztf 1\nztf 12")
    seen = SeenAlerts(5, path)
    assert len(seen) == 1 and "ztf 12" not in seen
    seen.write(["ztf 3"])
    assert path.read_text() == "ztf 1\nztf 3\n"


def test_the_file_stays_short(tmp_path):
    path = tmp_path / "seen.txt"
    seen = SeenAlerts(10, path)
    for start in range(0, 500, 5):
        keys = [f"ztf {n}" for n in range(start, start + 5)]
        for key in keys:
            seen.add(key)
        seen.write(keys)
        assert len(path.read_text().splitlines()) <= 20
    assert path.read_text().splitlines()[-1] == "ztf 499"
    assert [p.name for p in tmp_path.iterdir()] == ["seen.txt"]


def test_another_kind_of_file_is_rejected(tmp_path):
    path = tmp_path / "model"
    path.write_bytes(b"\xff\xfe\x00\x01\n")
    with pytest.raises(ValueError, match="'checkpoint' parameter of score_alerts"):
        SeenAlerts(5, path)
    assert path.read_bytes() == b"\xff\xfe\x00\x01\n"


def test_a_rewritten_file_leaves_out_what_was_not_used(tmp_path):
    path = tmp_path / "seen.txt"
    seen = SeenAlerts(4, path)
    for n in range(12):
        seen.add(f"ztf {n}")
        seen.write([f"ztf {n}"] if n < 11 else [])
    assert "ztf 11" in seen  # received, and not yet scored
    seen.write(["ztf 10"])
    seen._rewrite()
    assert path.read_text().split("\n")[-2:] == ["ztf 10", ""]
    assert "ztf 11" not in SeenAlerts(4, path)
