"""The catalogue of faults, section E: containers, dtypes, shapes, end to end."""

import pickle
import warnings

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from astropy import units as u
from astropy.table import MaskedColumn, QTable, Table
from nested_pandas import NestedFrame
from sklearn.model_selection import GroupKFold, StratifiedKFold, train_test_split

from sklearn_sn.data import DataQualityWarning, as_ragged, check_table

FIELDS = ("time", "band", "flux", "flux_err")
N = 8


@pytest.fixture(scope="module")
def X(supernovae):
    return supernovae[0].iloc[:N][["light_curve"]]


def cells(X):
    """The light curves as plain dicts of arrays."""
    curves = as_ragged(X["light_curve"])
    return [
        {name: np.asarray(curves.take([row])[name]) for name in FIELDS} for row in range(len(X))
    ]


def series(values, index):
    return pd.DataFrame({"light_curve": pd.Series(values, index=index, dtype=object)})


def as_dtype(cell, dtype):
    return {k: v if k == "band" else np.asarray(v).astype(dtype) for k, v in cell.items()}


def records(cell):
    """A light curve as a list of points."""
    return pd.DataFrame(cell).astype({"band": str}).to_dict("records")


def structured(cell):
    kinds = [("time", "f8"), ("band", "U8"), ("flux", "f8"), ("flux_err", "f8")]
    return np.array(list(zip(*cell.values(), strict=True)), dtype=kinds)


def arrow_frame(X, kind):
    column = pd.arrays.ArrowExtensionArray(arrow(X, kind))
    return pd.DataFrame({"light_curve": pd.Series(column, index=X.index)})


def arrow(X, kind):
    struct = X["light_curve"].array.struct_array.combine_chunks()
    if kind == "struct of lists":
        return pa.chunked_array([struct.slice(0, 3), struct.slice(3, 0), struct.slice(3)])
    flat = pa.array([records(cell) for cell in cells(X)])
    return pa.chunked_array([flat.slice(0, 5), flat.slice(5)])


CONTAINERS = {
    "dict of arrays": lambda X: series(cells(X), X.index),
    "DataFrame": lambda X: series([pd.DataFrame(c) for c in cells(X)], X.index),
    "list of dicts": lambda X: series([records(c) for c in cells(X)], X.index),
    "structured array": lambda X: series([structured(c) for c in cells(X)], X.index),
    "astropy Table": lambda X: series([Table(c) for c in cells(X)], X.index),
    "QTable with units": lambda X: series(
        [
            QTable({**c, "flux": (c["flux"] * u.uJy).to(u.mJy), "flux_err": c["flux_err"] * u.uJy})
            for c in cells(X)
        ],
        X.index,
    ),
    "sncosmo's names": lambda X: series(
        [
            {"mjd": c["time"], "filter": c["band"], "flux": c["flux"], "fluxerr": c["flux_err"]}
            for c in cells(X)
        ],
        X.index,
    ),
    "zero point": lambda X: series(
        [
            {
                **c,
                "flux": c["flux"] * 10**1.44,
                "flux_err": c["flux_err"] * 10**1.44,
                "zp": np.full(len(c["time"]), 27.5),
            }
            for c in cells(X)
        ],
        X.index,
    ),
    "Arrow struct of lists": lambda X: arrow_frame(X, "struct of lists"),
    "Arrow list of structs": lambda X: arrow_frame(X, "list of structs"),
    "Arrow table": lambda X: pa.table({"light_curve": arrow(X, "list of structs")}),
    "NestedFrame": NestedFrame,
    "dict": lambda X: {"light_curve": cells(X)},
    "float128": lambda X: series([as_dtype(c, np.longdouble) for c in cells(X)], X.index),
    "big-endian": lambda X: series([as_dtype(c, ">f8") for c in cells(X)], X.index),
    "read-only": lambda X: series([frozen(c) for c in cells(X)], X.index),
    "negative stride": lambda X: series(
        [{k: np.ascontiguousarray(v[::-1])[::-1] for k, v in c.items()} for c in cells(X)], X.index
    ),
}


def frozen(cell):
    for values in cell.values():
        values.flags.writeable = False
    return cell


@pytest.mark.parametrize("kind", CONTAINERS)
def test_e58_every_container_gives_the_same_answer(fitted, X, kind):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        answer = fitted.transform(CONTAINERS[kind](X))
    np.testing.assert_allclose(answer, fitted.transform(X), atol=1e-5)


@pytest.mark.parametrize("dtype", ["f4", "f2", "i8"])
def test_e55_small_dtypes(fitted, X, dtype):
    coarse = [{**c, "flux": np.clip(c["flux"], -6e4, 6e4).astype(dtype)} for c in cells(X)]
    assert np.isfinite(fitted.transform(series(coarse, X.index))).all()


def test_e55_complex_is_refused(fitted, X):
    bad = [{**c, "flux": c["flux"].astype(complex)} for c in cells(X)]
    with pytest.raises(ValueError, match=r"'flux'.*real numbers"):
        fitted.transform(series(bad, X.index))


def test_e55_text_is_refused(fitted, X):
    bad = [{**c, "flux": c["flux"].astype(str)} for c in cells(X)]
    with pytest.raises(ValueError, match=r"'flux'.*must hold .*numbers"):
        fitted.transform(series(bad, X.index))


def test_e57_masks_are_honoured(fitted, X):
    hidden, dropped = [], []
    for c in cells(X):
        mask = np.arange(len(c["time"])) == 1
        hidden.append(Table({**c, "flux": MaskedColumn(c["flux"], mask=mask)}))
        dropped.append({name: values[~mask] for name, values in c.items()})
    with pytest.warns(UserWarning, match="non-finite"):
        answer = fitted.transform(series(hidden, X.index))
    np.testing.assert_array_equal(answer, fitted.transform(series(dropped, X.index)))


@pytest.mark.parametrize("X", [[1, 2], np.zeros((3, 4, 5)), None], ids=repr)
def test_e56_other_things_are_refused(fitted, X):
    with pytest.raises(ValueError, match="must be a pandas DataFrame"):
        fitted.transform(X)


def test_e56_text_names_a_file(fitted):
    with pytest.raises(FileNotFoundError, match="There is no file 'light_curve'"):
        fitted.transform("light_curve")


def test_e58_a_cell_of_another_kind(fitted, X):
    with pytest.raises(ValueError, match="Object 'b' has a cell of type int"):
        fitted.transform(series([None, 7], ["a", "b"]))


def test_e58_missing_fields_and_columns(fitted, X):
    mags = [{"mjd": c["time"], "band": c["band"], "mag": c["flux"]} for c in cells(X)]
    with pytest.raises(ValueError, match=r"'flux' is missing.*mag_to_flux"):
        fitted.transform(series(mags, X.index))
    with pytest.raises(ValueError, match="X lacks the column 'light_curve'"):
        fitted.transform(X.rename(columns={"light_curve": "photometry"}))


def test_e58_unequal_lengths(fitted, X):
    bad = cells(X)
    bad[3] = {**bad[3], "flux": bad[3]["flux"][1:]}
    n = len(bad[3]["time"])
    with pytest.raises(ValueError, match=rf"'sim-000003' has {n} .* but {n - 1}"):
        fitted.transform(series(bad, X.index))


def test_e59_labels_of_another_length(embedder, supernovae):
    X, y = supernovae
    with pytest.raises(ValueError, match="60 objects but y has 10"):
        embedder.fit(X, y[:10])


def test_e60_identifiers(fitted, X):
    expected = fitted.transform(X)
    pairs = pd.MultiIndex.from_product([[1], range(N)])
    for index in (range(N), ["a"] * N, [None, *range(1, N)], pairs):
        np.testing.assert_array_equal(fitted.transform(X.set_axis(index)), expected)


def test_e60_no_objects(fitted, embedder, X, supernovae):
    assert fitted.transform(X[:0]).shape == (0, 8)
    with pytest.raises(ValueError, match="no objects"):
        embedder.fit(supernovae[0][:0])


@pytest.mark.parametrize(
    "rows",
    [
        np.arange(N) % 2 == 0,
        [5, 1, 1],
        slice(2, 6),
        slice(None, None, -2),
        np.array([-1, 0]),
    ],
    ids=["mask", "list", "slice", "reversed", "negative"],
)
def test_e61_indexing(fitted, X, rows):
    taken = X[rows] if isinstance(rows, np.ndarray) and rows.dtype == bool else X.iloc[rows]
    np.testing.assert_allclose(fitted.transform(taken), fitted.transform(X)[rows], atol=1e-6)


def test_e61_splitters(fitted, supernovae):
    X, y = supernovae
    Z = fitted.transform(X)
    for split in (StratifiedKFold(2).split(X, y), GroupKFold(2).split(X, y, np.arange(60) // 2)):
        for _, test in split:
            np.testing.assert_allclose(fitted.transform(X.iloc[test]), Z[test], atol=1e-6)
    part, _ = train_test_split(X, random_state=0)
    assert fitted.transform(pickle.loads(pickle.dumps(part))).shape == (45, 8)


def test_e62_the_input_is_never_changed(fitted, X):
    given = series(cells(X)[::-1], X.index)
    before = pickle.dumps(given)
    fitted.transform(given)
    assert pickle.dumps(given) == before


def test_e63_nothing_at_all(fitted):
    with pytest.warns(DataQualityWarning, match="2 objects have no usable light curve"):
        Z = fitted.transform(pd.DataFrame({"light_curve": [None, None]}))
    np.testing.assert_array_equal(Z, np.tile(fitted.missing_embedding_["light_curve"], (2, 1)))


def test_e64_extra_columns_are_ignored(fitted, X):
    np.testing.assert_array_equal(fitted.transform(X.assign(image=None)), fitted.transform(X))


def test_nothing_loops_over_the_rows_of_a_nested_column(X, monkeypatch):
    array = type(X["light_curve"].array)
    monkeypatch.setattr(array, "__getitem__", lambda *a: pytest.fail("row by row"))
    assert len(check_table(X)) == N
