"""Files with the fields of the public DESI-Legacy sample, written for tests."""

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

N, SIDE, PIXELS = 10, 12, 40


def fields(seed=0, n=N):
    """Return images, spectra, redshifts and targetids, as in one group of the HDF5 file."""
    rng = np.random.default_rng(seed)
    spectra = rng.normal(5.0, 1.0, (n, PIXELS, 1)).astype(np.float32)
    spectra[0, :5], spectra[1, 7] = 0.0, np.nan
    return {
        "images": rng.normal(0.0, 1.0, (n, SIDE, SIDE, 3)).astype(np.float32),
        "spectra": spectra,
        "redshifts": rng.uniform(0.0, 0.5, n).astype(np.float32),
        "targetids": 39627652591519181 + np.arange(n) + 1000 * seed,
    }


def write_hdf5(path, groups, flat=False):
    """Write groups named 0, 1, … or, if `flat`, the first one at the top level."""
    import h5py

    with h5py.File(path, "w") as file:
        for key, group in enumerate(groups):
            for name, values in group.items():
                file[name if flat else f"{key}/{name}"] = values


def write_parquet(path, group):
    """Write the rows of the Hugging Face data set: image, spectrum, redshift, targetid."""
    names = {"images": "image", "spectra": "spectrum"}
    names |= {"redshifts": "redshift", "targetids": "targetid"}
    columns = {names[key]: pa.array(values.tolist()) for key, values in group.items()}
    pq.write_table(pa.table(columns), path)


def properties(targetids):
    """Return the columns of PROVABGS for some galaxies, as arrays."""
    n = len(targetids)
    return {
        "TARGETID": np.asarray(targetids),
        "PROVABGS_LOGMSTAR_BF": np.linspace(9.0, 11.0, n),
        "AVG_SFR": np.full(n, 10.0),
        "TAGE_MW": np.full(n, 5.0),
        "Z_MW": np.full(n, 0.02),
        "MAG_G": np.full(n, 19.0), "MAG_R": np.full(n, 18.0), "MAG_Z": np.full(n, 17.5),
    }  # fmt: skip
