import numpy as np
import pandas as pd
import pytest

from sklearn_sn.data import Ragged

N_OBJECTS = 9


@pytest.fixture
def X():
    """Nine objects; the third has no photometry, the fourth no spectrum."""
    rng = np.random.default_rng(0)
    lengths = rng.integers(8, 30, N_OBJECTS)
    lengths[2] = 0
    rows = np.repeat(np.arange(N_OBJECTS), lengths)
    time = 59000 + np.round(rng.uniform(0, 60, len(rows)), 2)
    order = np.lexsort([time, rows])
    time = time[order]
    flux = 500 * np.exp(-0.5 * ((time - 59025) / 12) ** 2) + rng.normal(0, 10, len(rows))
    curves = Ragged(
        {
            "time": time,
            "band": rng.choice(["ztfg", "ztfr"], len(rows)),
            "flux": flux,
            "flux_err": rng.uniform(5, 20, len(rows)),
        },
        np.concatenate([[0], np.cumsum(lengths)]),
    )
    n_spectra = np.array([1, 2, 1, 0, 1, 3, 1, 1, 2])
    n_pixels = rng.integers(200, 500, n_spectra.sum())
    owners = np.repeat(np.arange(N_OBJECTS), n_spectra)
    wavelength = np.concatenate(
        [np.linspace(3600 + 40 * k, 8500 - 30 * k, size) for k, size in enumerate(n_pixels)]
    )
    spectrum_time = np.repeat(59010.0 + np.arange(len(n_pixels)), n_pixels)
    flux = (wavelength / 5000) ** -1.5 * (1 + 0.3 * np.sin(wavelength / 150))
    spectra = Ragged.from_groups(
        np.repeat(owners, n_pixels),
        N_OBJECTS,
        {
            "wavelength": wavelength,
            "flux": flux + rng.normal(0, 0.03, len(flux)),
            "flux_err": np.full(len(flux), 0.03),
            "time": spectrum_time,
        },
    )
    names = pd.Index([f"SN20{k:02d}a" for k in range(N_OBJECTS)], name="object")
    return pd.DataFrame(
        {
            "light_curve": curves.to_nested(index=names),
            "spectrum": spectra.to_nested(index=names),
            "redshift": np.linspace(0.0, 0.4, N_OBJECTS),
            "ebv": np.linspace(0.0, 0.2, N_OBJECTS),
        }
    )


@pytest.fixture
def curve_table():
    """Build a table from dicts of lists, one per object."""

    def build(*cells, **columns):
        names = [f"SN{k}" for k in range(len(cells))]
        column = pd.Series([None] * len(cells), index=names, dtype=object)
        for name, cell in zip(names, cells, strict=True):
            column[name] = cell
        return pd.DataFrame({"light_curve": column, **columns}, index=names)

    return build


@pytest.fixture
def spectrum_table(curve_table):
    """Build a table of spectra from dicts of lists, one per object."""

    def build(*cells, **columns):
        return curve_table(*cells, **columns).rename(columns={"light_curve": "spectrum"})

    return build
