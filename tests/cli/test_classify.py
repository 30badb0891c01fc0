"""The command ``classify``."""

import json
import sys

import pandas as pd
import pytest
from astropy.table import Table

from sklearn_sn.catalog import classify
from sklearn_sn.datasets import read_tables, write_tables


def test_one_light_curve_is_printed(run, files, packaged):
    done = run("classify", files / "atlas" / "sim-000000.txt", "--neighbors", 0)
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith("sim-000000\n") and "redshift" in done.stdout
    assert "light curve" in done.stdout and done.stderr == ""


def test_all_formats_hold_the_same_table(run, files, packaged, tmp_path):
    outputs = [tmp_path / f"classes.{suffix}" for suffix in ("csv", "parquet", "ecsv", "json")]
    options = [word for path in outputs for word in ("-o", path)]
    # Two batches: what is written in parts equals the table of all.
    source = files / "objects.parquet"
    done = run("classify", source, "--batch-size", 4, "--neighbors", 0, *options)
    assert done.exit_code == 0, done.output
    assert done.stdout == ""
    expected = classify(read_tables(source), models=packaged, n_neighbors=0)
    read = [
        pd.read_csv(outputs[0], keep_default_na=False, na_values={"probability": [""]}),
        pd.read_parquet(outputs[1]),
        Table.read(outputs[2]).to_pandas(),
        pd.DataFrame(json.loads(outputs[3].read_text(encoding="utf-8"))),
    ]
    for table in read:
        table = table.set_index("object_id")
        assert list(table.columns) == list(expected.columns)
        assert list(table.index) == list(expected.index)
        assert table["class"].tolist() == expected["class"].tolist()
        assert table["quality_flags"].fillna("").tolist() == expected["quality_flags"].tolist()
        for name in ("probability", "redshift", "anomaly_score", "p_SN II"):
            assert table[name].to_numpy() == pytest.approx(expected[name].to_numpy(), abs=1e-5)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(p.name for p in outputs)


def test_a_spectrum_of_another_name_belongs_to_the_only_object(run, files, packaged, tmp_path):
    light = files / "ztf-forced" / "sim-000001.txt"
    done = run("classify", light, "--spectrum", files / "spectrum.ascii", "-o", tmp_path / "c.csv")
    assert done.exit_code == 0, done.output
    table = pd.read_csv(tmp_path / "c.csv")
    assert table["object_id"].tolist() == ["sim-000001"]
    assert table["modalities"].tolist() == ["light_curve|spectrum"]


def test_a_page_needs_matplotlib_and_says_so_first(run, files, packaged, tmp_path, monkeypatch):
    args = ["classify", files / "objects.parquet", "--neighbors", 0, "-o", tmp_path / "p.html"]
    done = run(*args)
    assert done.exit_code == 0, done.output
    assert (tmp_path / "p.html").read_text(encoding="utf-8").count("<section") == 6
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    done = run(*args)
    assert done.exit_code == 1 and "sklearn-sn[plot]" in done.stderr


def test_nothing_usable_is_code_1_and_leaves_no_file(run, simulated, packaged, tmp_path):
    column = simulated["light_curve"].copy()
    column.iloc[:] = None
    write_tables(pd.DataFrame({"light_curve": column}), tmp_path / "empty.parquet")
    done = run("classify", tmp_path / "empty.parquet", "-o", tmp_path / "c.csv")
    assert done.exit_code == 1
    assert "none of the 6 objects has a usable light curve or spectrum" in done.stderr
    assert not (tmp_path / "c.csv").exists()


def test_missing_models_are_one_warning(run, files, monkeypatch):
    monkeypatch.setattr("sklearn_sn.catalog._ready_models.list_pretrained", lambda: [])
    done = run("classify", files / "objects.parquet", "--batch-size", 2)
    assert done.exit_code == 1
    assert done.stderr.count("Warning:") == 1 and "'light-curve-types'" in done.stderr
    assert "none of the 6 objects can be classified" in done.stderr


def test_what_a_spectrum_needs_is_named(run, packaged, tmp_path):
    (tmp_path / "s.csv").write_text("wavelength,flux\n" + "4000,1\n4010,2\n4020,1\n")
    done = run("classify", tmp_path / "s.csv")
    assert done.exit_code == 1 and "EMPTY_SPECTRUM" in done.stdout
    assert "spectrum; a spectrum needs ten pixels within 3500-9000 Å." in done.stderr


def test_the_help_explains_the_flags(run):
    text = " ".join(run("classify", "--help").stdout.split())
    assert "SPECTRUM_DATE, a spectrum more than a year before or two years after" in text
