"""What a case of the catalogue is, and the laws that every one of them is held to."""

import copy
import pickle
import warnings
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

from sklearn_sn.data import DataQualityWarning, quality_report

TIME = 59000.0 + 3.0 * np.arange(12)
WAVELENGTH = np.linspace(3600.0, 8900.0, 300)


def curve(points=slice(None), **changes):
    """A good light curve of twelve points in two bands, after some changes; None drops a field."""
    cell = {
        "time": TIME,
        "band": np.tile(["ztfg", "ztfr"], 6),
        "flux": 300.0 * np.exp(-0.5 * ((TIME - 59014.0) / 9.0) ** 2) + np.arange(12),
        "flux_err": 5.0 + 0.25 * np.arange(12),
    }
    cell = {**cell, **changes}
    return {name: np.asarray(v)[points] for name, v in cell.items() if v is not None}


def spectrum(pixels=slice(None), **changes):
    """A good spectrum of 300 pixels, after some changes."""
    flux = (WAVELENGTH / 5000.0) ** -1.0 * (1.0 + 0.3 * np.sin(WAVELENGTH / 150.0))
    cell = {"wavelength": WAVELENGTH, "flux": flux, "flux_err": np.full(300, 0.02), **changes}
    return {name: np.asarray(v)[pixels] for name, v in cell.items() if v is not None}


def put(values, *places_and_values):
    """A copy as float with some entries replaced: put(x, 3, nan, 5, inf)."""
    values = np.array(values, dtype=float)
    for place, value in zip(places_and_values[::2], places_and_values[1::2], strict=True):
        values[place] = value
    return values


def but(*places, n=12):
    """All positions but some."""
    return np.delete(np.arange(n), places)


def table(*cells, column="light_curve", **columns):
    """A table with one column of cells; objects are SN0, SN1 …"""
    array = np.empty(len(cells), dtype=object)
    for row, cell in enumerate(cells):
        array[row] = cell
    names = [f"SN{row}" for row in range(len(cells))]
    return pd.DataFrame({column: array, **columns}, index=names)


@dataclass(frozen=True)
class Case:
    """One bad cell, and what is to become of it.

    Attributes
    ----------
    name : str
        The case's number in the catalogue, and a word.
    cell : object
    same_as : object
        A cell with the same answer, bit for bit.
    nothing : bool
        Whether the answer is that of a missing modality.
    flag : str
        What the report says.
    says : str
        Pattern of the one warning; none is given where it is empty.
    """

    name: str
    cell: object
    same_as: object = None
    nothing: bool = False
    flag: str = ""
    says: str = ""


def cases(*given):
    """The parameters of a test over cases."""
    return pytest.mark.parametrize("case", given, ids=[case.name for case in given])


def transform(embedder, X, column="light_curve"):
    """The embedding of a column, and the messages of the warnings, all of them ours."""
    embedder = copy.copy(embedder).set_params(output=column)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        Z = embedder.transform(X)
    assert {w.category for w in caught} <= {DataQualityWarning}, [str(w.message) for w in caught]
    assert Z.shape == (len(X), embedder.embedding_dim)
    assert np.isfinite(Z).all()
    return Z, [str(w.message) for w in caught]


def check_case(case, embedder, column, good):
    """Hold a case to the laws: finite, in its place, said once, flagged, input untouched."""
    X = table(good, case.cell, good, column=column)
    before = pickle.dumps(X)
    report = quality_report(X)
    Z, said = transform(embedder, X, column)
    assert pickle.dumps(X) == before

    np.testing.assert_allclose(np.linalg.norm(Z, axis=1), 1.0, rtol=1e-5)
    alone, _ = transform(embedder, table(good, column=column), column)
    np.testing.assert_allclose(Z[[0, 2]], alone[[0, 0]], atol=1e-5)
    assert np.array_equal(Z[1], embedder.missing_embedding_[column]) == case.nothing

    assert list(report.index) == list(X.index)
    assert report["flag"].tolist() == ["", case.flag, ""]

    assert len(said) == bool(case.says)
    if case.says:
        assert case.says in said[0]
        assert "'SN1'" in said[0] and "'SN0'" not in said[0]

    if case.same_as is not None:
        same, _ = transform(embedder, table(good, case.same_as, good, column=column), column)
        np.testing.assert_array_equal(Z[1], same[1])
