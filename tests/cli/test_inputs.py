"""Files of any format in batches."""

import pytest

from sklearn_sn.cli._inputs import join_spectra, open_input, read_files
from sklearn_sn.datasets import read_spectra


def test_a_nested_file_comes_in_batches(files, simulated):
    opened = open_input((str(files / "objects.parquet"),), batch_size=4)
    batches = list(opened.batches)
    assert [len(batch) for batch in batches] == [4, 2] and opened.n_objects == 6
    assert [*batches[0].index, *batches[1].index] == list(simulated.index)


def test_folders_and_lists_are_one_table(files):
    opened = open_input((str(files / "atlas"), str(files / "ztf-forced")))
    (X,) = opened.batches
    assert len(X) == 6 and {"atlasc", "ztfg"} <= set(X["light_curve"].iloc[0]["band"])


def test_light_curves_and_spectra_can_be_mixed(files):
    curve, spectrum = files / "atlas" / "sim-000000.txt", files / "spectrum.ascii"
    X = read_files([str(spectrum), str(curve)])
    assert list(X.index) == ["sim-000000"] and X.notna().loc["sim-000000", "spectrum"]
    assert len(X["light_curve"].iloc[0]) > 10


def test_spectra_are_joined_by_name(files, simulated, tmp_path):
    X = simulated[["light_curve"]]
    for name in ("sim-000002", "sim-000004"):
        (tmp_path / f"{name}.ascii").write_text((files / "spectrum.ascii").read_text())
    paths = sorted(map(str, tmp_path.iterdir()))
    joined = join_spectra(X, paths)
    present = joined["spectrum"].notna()
    assert list(joined.index[present]) == ["sim-000002", "sim-000004"]
    assert len(read_spectra(paths)) == 2
    with pytest.raises(ValueError, match="'sim-000002', the first object is 'sim-000000'"):
        join_spectra(X.iloc[:2], paths)


def test_missing_files_are_named_before_others_are_read(files):
    with pytest.raises(ValueError, match=r"There is no file 'none\.txt'"):
        open_input((str(files / "broken.txt"), "none.txt"))


def test_tables_without_data_are_named(tmp_path):
    (tmp_path / "t.csv").write_text("object_id,ra,dec\na,1.0,2.0\n")
    with pytest.raises(ValueError, match="neither light curves nor spectra"):
        open_input((str(tmp_path / "t.csv"),))
