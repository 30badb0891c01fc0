"""Subsets of the spectra of the tests: redshift, archive and phase."""

from itertools import pairwise

import numpy as np
import pandas as pd
from _real_data import data_folder

REDSHIFTS = (0.0, 0.03, 0.06, 0.1, 0.2, 2.0)
PHASES = (-20.0, -3.0, 5.0, 15.0, 30.0, 100.0)
ARCHIVES = ("WISeREP mirror", "OSC", "kaepora")


def spectrum_index(names, rows):
    """Return the index of the archive for each spectrum.

    Parameters
    ----------
    names : array of shape (n_objects,)
        Names of all objects.
    rows : array of int, shape (n_spectra,)
        Object of each spectrum, grouped by object and in order of time within it.

    Returns
    -------
    pandas.DataFrame of n_spectra rows
    """
    index = pd.read_parquet(data_folder() / "spectra_only_index.parquet")
    index = index.sort_values(["object_id", "time"], kind="stable")
    index["rank"] = index.groupby("object_id").cumcount()
    rank = pd.Series(rows).groupby(rows).cumcount()
    keys = pd.MultiIndex.from_arrays([np.asarray(names)[rows], rank])
    return index.set_index(["object_id", "rank"]).reindex(keys)


def subsets(names, rows, redshift):
    """Yield a name and the mask of its spectra."""
    index = spectrum_index(names, rows)
    for low, high in pairwise(REDSHIFTS):
        yield f"redshift {low} to {high}", (redshift >= low) & (redshift < high)
    source = index["spec_source"].fillna("").astype(str)
    for archive in ARCHIVES:
        yield archive, source.str.startswith(archive).to_numpy()
    phase = index["phase_rest"].to_numpy(float)
    for low, high in pairwise(PHASES):
        yield f"phase {low:.0f} to {high:.0f} days", (phase >= low) & (phase < high)
