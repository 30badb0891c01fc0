"""The command ``info``."""

from sklearn_sn.cli._info import Content
from sklearn_sn.datasets import read_tables


def test_it_counts_what_is_inside(run, files, simulated):
    done = run("info", files / "objects.parquet", "--batch-size", 4)
    assert done.exit_code == 0, done.output
    lines = dict(line.split(maxsplit=1) for line in done.stdout.splitlines() if " " in line)
    assert lines["objects"].startswith("6: sim-000000, sim-000001, sim-000002, ...")
    n_points = sum(map(len, simulated["light_curve"]))
    assert f"6 with {n_points} points" in done.stdout
    counts = {}
    for curve in simulated["light_curve"]:
        for band in curve["band"]:
            counts[band] = counts.get(band, 0) + 1
    for band, number in counts.items():
        assert f"{band} ({number})" in lines["bands"]
    assert lines["spectra"].startswith("6 with ") and lines["quality"].endswith("none (6)")


def test_the_way_a_file_was_read_is_told(run, files):
    done = run("info", files / "ztf-forced" / "sim-000000.txt")
    assert "ztf-forced (1)" in done.stdout and "zpdiff" in done.stdout
    assert "same_exposure (1)" in done.stdout


def test_an_empty_table_has_no_ranges(files):
    content = Content()
    content.add(read_tables(files / "objects.parquet").iloc[:0])
    assert dict(content.items())["objects"] == "0: "
