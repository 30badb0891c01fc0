"""The command ``info``."""

import numpy as np
import pandas as pd

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


def test_points_that_are_left_out_are_counted_once_in_all_batches(run, files, tmp_path):
    whole = read_tables(files / "ztf-forced").attrs["read"]["counts"]["same_exposure"]
    done = run("info", files / "ztf-forced", "--batch-size", 2)
    assert f"left out       same_exposure ({whole})" in done.stdout
    # A file that is read in batches has a record in each.
    points = pd.DataFrame({"mjd": 6e4 + np.arange(8), "band": "ztfr", "flux": 1.0, "flux_err": 1.0})
    points = points.assign(object_id=np.repeat(["a", "b", "c", "d"], 2))
    points["upper_limit"] = points.index.isin([0, 5, 7])
    points.to_parquet(tmp_path / "points.parquet")
    done = run("info", tmp_path / "points.parquet", "--batch-size", 1)
    assert done.exit_code == 0 and "left out       upper_limits (3)" in done.stdout


def test_unusable_points_that_are_kept_are_not_called_left_out(run, tmp_path):
    text = "###MJD m dm uJy duJy F err\n59401.6 18.6 0.1 130 11 o 0\n59403.6 17.6 0.1 320 11 o 16\n"
    (tmp_path / "a.txt").write_text(text)
    done = run("info", tmp_path / "a.txt")
    assert "1 with 2 points" in done.stdout and "left out" not in done.stdout
    assert "kept           1 of the points, although the survey calls them unusable" in done.stdout


def test_an_empty_table_has_no_ranges(files):
    content = Content()
    content.add(read_tables(files / "objects.parquet").iloc[:0])
    assert dict(content.items())["objects"] == "0: "
