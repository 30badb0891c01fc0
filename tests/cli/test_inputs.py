"""Files of any format in batches."""

import shutil
import subprocess
import sys

import click
import pandas as pd
import pytest
from nested_pandas import NestedFrame

from sklearn_sn.cli._inputs import open_input, read_files, read_spectrum_files
from sklearn_sn.datasets import write_tables


def test_a_nested_file_comes_in_batches(files, simulated):
    opened = open_input((str(files / "objects.parquet"),), batch_size=4)
    batches = list(opened.batches)
    assert [len(batch) for batch in batches] == [4, 2] and opened.n_objects == 6
    assert [*batches[0].index, *batches[1].index] == list(simulated.index)


def test_folders_and_lists_are_one_table(files):
    opened = open_input((str(files / "atlas"), str(files / "ztf-forced")))
    (X,) = opened.batches
    assert len(X) == 6 and {"atlasc", "ztfg"} <= set(X["light_curve"].iloc[0]["band"])


def test_light_curves_and_spectra_can_be_mixed(files, tmp_path):
    spectrum = tmp_path / "sim-000000.ascii"
    spectrum.write_text((files / "spectrum.ascii").read_text())
    X = read_files([str(spectrum), str(files / "atlas" / "sim-000000.txt")])
    assert list(X.index) == ["sim-000000"] and X.notna().loc["sim-000000", "spectrum"]
    assert len(X["light_curve"].iloc[0]) > 10
    shutil.copy(files / "atlas" / "sim-000000.txt", tmp_path)
    for given in (str(tmp_path), str(tmp_path / "sim*")):
        same = read_files([given])
        assert list(same.index) == list(X.index)
        for kind in ("light_curve", "spectrum"):
            assert same[kind].iloc[0].equals(X[kind].iloc[0])
    shutil.copy(files / "broken.txt", tmp_path)
    with pytest.raises(ValueError, match="broken"):
        read_files([str(tmp_path)])


def test_spectra_are_joined_by_name(files, tmp_path):
    for name in ("sim-000002", "sim-000004"):
        (tmp_path / f"{name}.ascii").write_text((files / "spectrum.ascii").read_text())
    (joined,) = open_input((str(files / "objects.parquet"),)).batches
    assert joined["spectrum"].notna().all()
    (joined,) = open_input((str(files / "atlas"),), (str(tmp_path),)).batches
    assert list(joined.index[joined["spectrum"].notna()]) == ["sim-000002", "sim-000004"]
    with pytest.raises(ValueError, match="no spectra"):
        read_spectrum_files([str(files / "atlas")])


@pytest.mark.parametrize("spectra", [(), ("spectrum.ascii",)])
def test_a_survey_of_a_nested_file_is_wrong_use(files, spectra):
    spectra = [str(files / name) for name in spectra]
    with pytest.raises(click.UsageError, match="Parquet file of nested columns"):
        open_input((str(files / "objects.parquet"),), spectra, survey="ztf")


def test_nested_magnitudes_are_rejected_with_advice_for_the_command_line(simulated, tmp_path):
    points = simulated["light_curve"].nest.to_flat().rename(columns={"flux": "mag"})
    points = points.drop(columns="flux_err")
    table = NestedFrame(pd.DataFrame(index=simulated.index)).join_nested(points, "light_curve")
    table.reset_index().to_parquet(tmp_path / "mag.parquet")
    with pytest.raises(ValueError, match=r"mag\.parquet: .*'flux' is missing.* such as CSV"):
        list(open_input((str(tmp_path / "mag.parquet"),)).batches)


def test_a_file_without_objects_is_rejected(simulated, tmp_path):
    write_tables(simulated.iloc[:0], tmp_path / "empty.parquet")
    with pytest.raises(ValueError, match=r"empty\.parquet has no objects"):
        open_input((str(tmp_path / "empty.parquet"),))


def test_missing_files_are_named_before_others_are_read(files):
    with pytest.raises(ValueError, match=r"There is no file 'none\.txt'"):
        open_input((str(files / "broken.txt"), "none.txt"))


def test_a_model_that_is_given_as_a_file_is_named(run):
    done = run("info", "light-curve-types")
    assert done.exit_code == 1
    assert "no file 'light-curve-types'. 'sklearn-sn models light-curve-types' shows" in done.stderr


def test_the_unreadable_file_of_two_is_named(run, files):
    curve = files / "atlas" / "sim-000000.txt"
    done = run("info", curve, "--spectrum", files / "broken.txt")
    assert done.exit_code == 1 and "broken.txt: " in done.stderr and curve.name not in done.stderr


def test_an_unknown_survey_is_wrong_use_in_a_few_words(run, files):
    done = run("info", files / "atlas" / "sim-000000.txt", "--survey", "nonsense")
    assert done.exit_code == 2 and "'nonsense' is unknown; use a name such as" in done.stderr
    assert len(done.stderr) < 400


@pytest.mark.parametrize("separator", [" ", ","])
def test_the_missing_unit_of_wavelengths_is_named(run, tmp_path, separator):
    lines = [f"{300 + 2 * i}{separator}1.5" for i in range(200)]
    head = ["wavelength,flux"] if separator == "," else []
    (tmp_path / "s.txt").write_text("\n".join([*head, *lines]))
    done = run("info", tmp_path / "s.txt")
    assert done.exit_code == 1 and "s.txt: the wavelengths 300–698 have no unit" in done.stderr
    assert "write it into the first line, as in 'wavelength(nm) flux'" in done.stderr
    (tmp_path / "s.txt").write_text("\n".join([f"wavelength(nm){separator}flux", *lines]))
    assert "3000 to 6980 Å" in run("info", tmp_path / "s.txt").stdout


def test_tables_without_data_are_named(tmp_path):
    (tmp_path / "t.csv").write_text("object_id,ra,dec\na,1.0,2.0\n")
    with pytest.raises(ValueError, match="neither light curves nor spectra"):
        open_input((str(tmp_path / "t.csv"),))


@pytest.mark.parametrize("arguments", [["nope.txt"], ["setup.cfg", "--spectrum", "nope.txt"]])
def test_a_missing_file_is_found_before_long_imports(arguments, tmp_path):
    (tmp_path / "setup.cfg").write_text("")
    code = (
        "import sys; from sklearn_sn.cli import main\n"
        "try: main(sys.argv[1:])\n"
        "except SystemExit as end: print(end.code, 'numpy' in sys.modules)"
    )
    command = [sys.executable, "-c", code, "classify", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, cwd=tmp_path)
    assert done.stdout == "1 False\n" and "There is no file 'nope.txt'" in done.stderr


@pytest.fixture
def points(simulated, tmp_path):
    """Long Parquet file, of bands with names of one letter."""
    points = simulated["light_curve"].nest.to_flat().rename_axis("object_id").reset_index()
    points["band"] = points["band"].astype(str).str[-1].replace({"c": "g", "o": "r"})
    points.to_parquet(tmp_path / "points.parquet")
    return points


def test_a_file_of_points_comes_in_batches(points, simulated, tmp_path):
    opened = open_input((str(tmp_path / "points.parquet"),), survey="ztf", batch_size=4)
    batches = list(opened.batches)
    assert [len(batch) for batch in batches] == [4, 2] and opened.n_objects == 6
    assert [*batches[0].index, *batches[1].index] == list(simulated.index)
    whole = read_files([str(tmp_path / "points.parquet")], survey="ztf")
    pd.testing.assert_frame_equal(pd.concat(batches), whole)


def test_points_of_mixed_objects_are_read_at_once(points, simulated, tmp_path):
    points.sort_values("time", kind="stable").to_parquet(tmp_path / "mixed.parquet")
    opened = open_input((str(tmp_path / "mixed.parquet"),), survey="ztf", batch_size=4)
    assert opened.n_objects == 6 and [len(batch) for batch in opened.batches] == [4, 2]


def test_errors_in_points_are_one_sentence(points, tmp_path):
    points["flux"] = points["flux"].astype(str)
    points.loc[len(points) - 1, "flux"] = "bright"
    points.to_parquet(tmp_path / "points.parquet")
    opened = open_input((str(tmp_path / "points.parquet"),), survey="ztf", batch_size=2)
    with pytest.raises(ValueError, match=r"points\.parquet, column 'flux': 'bright' of object"):
        list(opened.batches)
