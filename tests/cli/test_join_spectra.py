"""Light curves and spectra joined by name."""

import warnings

import pandas as pd
import pytest

from sklearn_sn.cli._inputs import open_input, read_files, read_spectrum_files
from sklearn_sn.cli._join_spectra import join_spectra, mix_tables
from sklearn_sn.data import check_table


@pytest.fixture
def lone(simulated, files, tmp_path):
    """Files of one light curve and one spectrum, named by their content or by the file."""

    def write(name, *, curve=None, spectrum=None):
        if curve is not None:
            table = pd.DataFrame(simulated["light_curve"].iloc[0])
            stated = {} if curve == "" else {"object_id": curve}
            path = tmp_path / f"{name}.csv"
            table.assign(**stated).to_csv(path, index=False)
        else:
            path = tmp_path / f"{name}.ascii"
            header = f"# OBJECT = {spectrum}\n" if spectrum else ""
            path.write_text(header + (files / "spectrum.ascii").read_text())
        return str(path)

    return write


def opened(curve, spectrum):
    (X,) = open_input((curve,), (spectrum,)).batches
    assert X["light_curve"].notna().all() and X["spectrum"].notna().all()
    return list(X.index)


@pytest.mark.parametrize(
    ("curve", "spectrum", "expected"),
    [
        ("", "", "my_curve"),
        ("", "SN2021z", "SN2021z"),
        ("SN2020x", "", "SN2020x"),
        ("SN2020x", "SN2020x", "SN2020x"),
    ],
)
def test_a_stated_name_replaces_the_name_of_a_file(lone, curve, spectrum, expected):
    paths = lone("my_curve", curve=curve), lone("my_spectrum", spectrum=spectrum)
    assert opened(*paths) == [expected]


@pytest.mark.parametrize("stem", ["my_curve", "SN2020x"])
def test_different_stated_names_are_rejected(lone, stem):
    # Also where a file is named like its object.
    paths = lone(stem, curve="SN2020x"), lone("SN2021z", spectrum="SN2021z")
    with pytest.raises(ValueError, match=r"of the object 'SN2021z', and .* of 'SN2020x'"):
        opened(*paths)


def test_files_of_different_names_are_different_objects(lone):
    curve, spectrum = lone("SN2020x", curve=""), lone("SN2021z", spectrum="")
    with pytest.warns(UserWarning, match="No spectrum has the name of a light curve"):
        X = read_files([spectrum, curve])
    assert list(X.index) == ["SN2020x", "SN2021z"]
    assert X["light_curve"].notna().tolist() == [True, False]
    assert X["spectrum"].notna().tolist() == [False, True]
    same = read_files([lone("SN2021z", curve=""), spectrum])
    assert list(same.index) == ["SN2021z"] and same.notna().all(axis=None)


def test_spectra_of_other_objects_are_left_out_with_a_warning(simulated):
    X, spectra = simulated[["light_curve"]].iloc[:3], simulated[["spectrum"]].iloc[2:]
    with pytest.warns(UserWarning, match="spectra of 3 objects are left out.*'sim-000003'"):
        joined = join_spectra(X, spectra, ["c"], ["s"])
    assert joined.index.equals(X.index)
    assert joined["spectrum"].notna().tolist() == [False, False, True]
    with pytest.raises(ValueError, match="'sim-000003', the first object is 'sim-000000'"):
        join_spectra(X, spectra.iloc[1:], ["c"], ["s"])


@pytest.mark.parametrize("join", [join_spectra, mix_tables])
def test_repeated_names_are_named(simulated, join):
    X, spectra = simulated[["light_curve"]], simulated[["spectrum"]]
    twice = [0, 1, 1]
    with pytest.raises(ValueError, match=r"^c has several objects of the name 'sim-000001'"):
        join(X.iloc[twice], spectra, ["c"], ["s"])
    with pytest.raises(ValueError, match=r"^s has several objects of the name 'sim-000001'"):
        join(X, spectra.iloc[twice], ["c"], ["s"])


def test_shared_columns_are_filled(simulated):
    X = simulated[["light_curve", "redshift"]].iloc[:2].copy()
    X.loc[X.index[1], "redshift"] = None
    spectra = simulated[["spectrum", "redshift"]].iloc[1:3].assign(telescope="NTT")
    mixed = mix_tables(X, spectra, ["c"], ["s"])
    assert mixed["redshift"].tolist() == simulated["redshift"].iloc[:3].tolist()
    assert mixed["telescope"].fillna("").tolist() == ["", "NTT", "NTT"]
    assert mixed["redshift"].dtype == float


def test_objects_with_spectra_receive_no_second_one(simulated, files):
    spectra = read_spectrum_files([str(files / "spectrum.ascii")])
    X = simulated[["light_curve", "spectrum"]].copy()
    with pytest.raises(ValueError, match="'sim-000001' has a spectrum in the other file"):
        join_spectra(X, spectra.set_axis(["sim-000001"]), ["c"], ["s"])
    column = X["spectrum"].copy()
    column.iloc[1] = None
    X["spectrum"] = column
    joined = join_spectra(X, spectra.set_axis(["sim-000001"]), ["c"], ["s"])
    assert joined["spectrum"].notna().all()
    pixels = joined["spectrum"].iloc[1]["flux"].tolist()
    assert pixels == spectra["spectrum"].iloc[0]["flux"].tolist()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert check_table(joined).present("spectrum").all()


def test_the_record_of_reading_is_that_of_both(lone):
    paths = lone("a", curve=""), lone("b", spectrum="")
    (X,) = open_input((paths[0],), (paths[1],)).batches
    assert [entry["file"] for entry in X.attrs["read"]["tables"]] == list(paths)
