"""The DESI-Legacy sample has the form of simulated galaxies."""

import numpy as np
import pandas as pd
import pytest

from sklearn_sn.data import check_table
from sklearn_sn.datasets import iter_desi_legacy, load_desi_legacy, make_galaxies
from tests.datasets.galaxy_files import PIXELS, N, fields, properties, write_hdf5, write_parquet


@pytest.fixture(params=["hdf5", "parquet", "folder"])
def path(request, tmp_path):
    """A file, or a folder of files, with two groups."""
    groups = [fields(0), fields(1)]
    if request.param == "hdf5":
        pytest.importorskip("h5py")
        write_hdf5(tmp_path / "sample.h5", groups)
        return tmp_path / "sample.h5"
    if request.param == "folder":
        for number, group in enumerate(groups):
            write_parquet(tmp_path / f"train-{number}.parquet", group)
        return tmp_path
    whole = {key: np.concatenate([group[key] for group in groups]) for key in groups[0]}
    write_parquet(tmp_path / "sample.parquet", whole)
    return tmp_path / "sample.parquet"


def test_all_fields_are_read(path):
    X, y = load_desi_legacy(path)
    expected = [fields(0), fields(1)]
    assert X.columns.tolist() == ["image", "spectrum"] and len(X) == len(y) == 2 * N
    assert X.index.equals(y.index) and X.index.dtype == np.int64
    assert X.index.tolist() == [int(i) for group in expected for i in group["targetids"]]
    np.testing.assert_array_equal(
        X["image"].iloc[N + 2], expected[1]["images"][2].transpose(2, 0, 1)
    )
    np.testing.assert_array_equal(y["redshift"][:N], expected[0]["redshifts"])
    cell = X["spectrum"].iloc[3]
    np.testing.assert_array_equal(cell["flux"], expected[0]["spectra"][3, :, 0])
    assert cell["wavelength"].iloc[0] == 3600.0 and cell["wavelength"].iloc[-1] == 9824.0
    check_table(X)


def test_form_is_that_of_simulated_galaxies(path):
    ids = fields(0)["targetids"]
    X, y = load_desi_legacy(path, properties=pd.DataFrame(properties(ids)))
    simulated, truth = make_galaxies(2, image_size=12, n_bins=PIXELS, random_state=0)
    assert X.columns.tolist() == simulated.columns.tolist()
    assert X["image"].iloc[0].dtype == simulated["image"].iloc[0].dtype
    assert {"redshift", "log_stellar_mass", "log_sfr", "age"} <= set(y) & set(truth)


def test_missing_pixels_are_left_out(path):
    X, _ = load_desi_legacy(path)
    lengths = [len(X["spectrum"].iloc[row]) for row in range(3)]
    assert lengths == [PIXELS - 5, PIXELS - 1, PIXELS]
    assert np.isfinite(X["spectrum"].iloc[1]["flux"]).all()


def test_chunks_join_to_the_whole(path):
    whole, _ = load_desi_legacy(path)
    chunks = list(iter_desi_legacy(path, chunk_size=3))
    assert max(len(X) for X, _ in chunks) == 3
    assert pd.concat([X for X, _ in chunks]).index.equals(whole.index)
    few, _ = load_desi_legacy(path, n_samples=5)
    assert few.index.tolist() == whole.index[:5].tolist()


def test_splits_are_disjoint_and_complete(path):
    parts = {split: load_desi_legacy(path, split=split)[0].index for split in ("train", "test")}
    assert len(parts["train"]) == 16 and len(parts["test"]) == 4
    whole = load_desi_legacy(path)[0].index
    assert set(parts["train"]) | set(parts["test"]) == set(whole)


def test_properties_are_joined_by_targetid(path):
    ids = fields(0)["targetids"]
    table = pd.DataFrame(properties(ids)).sample(frac=1.0, random_state=0)
    table.loc[table["TARGETID"] == ids[4], "PROVABGS_LOGMSTAR_BF"] = -99.0
    X, y = load_desi_legacy(path, properties=table)
    assert y["log_stellar_mass"].iloc[0] == 9.0 and y["log_stellar_mass"].iloc[N - 1] == 11.0
    assert np.isnan(y["log_stellar_mass"].iloc[4]) and y["log_stellar_mass"][N:].isna().all()
    assert (y["log_sfr"][:N] == 1.0).all() and (X["r"][:N] == 18.0).all()


def test_modalities_choose_columns(path):
    X, _ = load_desi_legacy(path, modalities="spectrum")
    assert X.columns.tolist() == ["spectrum"]
    with pytest.raises(ValueError, match="must hold 'image' or 'spectrum'"):
        load_desi_legacy(path, modalities=["light_curve"])


def test_a_path_that_does_not_exist_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"absent\.h5"):
        load_desi_legacy(tmp_path / "absent.h5")


def test_shapes_that_are_not_images_or_spectra_are_named(tmp_path):
    group = fields()
    write_parquet(tmp_path / "a.parquet", group | {"images": group["images"][..., :2]})
    with pytest.raises(ValueError, match=r"must have shape \(n, H, W, 3\)"):
        load_desi_legacy(tmp_path / "a.parquet")
    write_parquet(tmp_path / "b.parquet", group | {"spectra": group["redshifts"]})
    with pytest.raises(ValueError, match=r"must have shape \(n, n_pixels\)"):
        load_desi_legacy(tmp_path / "b.parquet")


def test_targetids_that_lost_digits_are_rejected(tmp_path):
    group = fields()
    write_parquet(tmp_path / "a.parquet", group | {"targetids": group["targetids"].astype(float)})
    with pytest.raises(ValueError, match="lost digits"):
        load_desi_legacy(tmp_path / "a.parquet")
