"""Fields that the library does not use stay with their points."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from astropy import units as u
from astropy.table import MaskedColumn, Table
from astropy.utils.masked import Masked
from sklearn.base import clone
from sklearn.pipeline import make_pipeline

from sklearn_sn.data import as_ragged
from sklearn_sn.preprocessing import (
    ContinuumNormalizer,
    ExtinctionCorrector,
    FluxNormalizer,
    LightCurveBinner,
    LightCurveTruncator,
    MedianFilter,
    SpectrumResampler,
)

LENGTH = 6
# Times out of order, and one point that no check lets pass.
CURVE = {
    "time": [5.0, 1.0, 2.0, 3.0, 4.0, 9.0],
    "band": ["ztfg", "ztfr"] * 3,
    "flux": [50.0, 10.0, np.nan, 30.0, 40.0, 90.0],
    "flux_err": [1.0] * LENGTH,
    "snr": [50.0, 10.0, 20.0, 30.0, 40.0, 90.0],
    "n_frames": [5, 1, 2, 3, 4, 9],
    "detected": [True, False, True, True, False, True],
    "instrument": ["five", "one", "two", "three", "four", "nine"],
}
SPECTRUM = {
    "wavelength": np.linspace(4000.0, 4600.0, LENGTH)[::-1],
    "flux": np.arange(1.0, LENGTH + 1)[::-1],
    "sky": np.arange(LENGTH)[::-1] * 10,
}
STEPS = [
    LightCurveTruncator(),
    FluxNormalizer("median"),
    FluxNormalizer(per="band"),
    ExtinctionCorrector(0.1, columns=["light_curve"]),
]
OF_SPECTRA = [
    MedianFilter(3),
    ContinuumNormalizer(),
    FluxNormalizer(column="spectrum"),
    ExtinctionCorrector(0.1, columns=["spectrum"]),
]
FORMS = ["dict", "frame", "nested", "arrow structs", "arrow lists", "chunks"]
pytestmark = pytest.mark.filterwarnings("ignore:Input was repaired")


def table(cell, column, form):
    """Three objects in one form: the cell, nothing, and the cell once more."""
    index = ["SN0", "SN1", "SN2"]
    if form in ("dict", "frame"):
        cell = dict(cell) if form == "dict" else pd.DataFrame(cell)
        cells = np.empty(3, dtype=object)
        cells[0], cells[2] = cell, cell
        return pd.DataFrame({column: cells}, index=index)
    names = list(cell)
    lists = [pa.array([list(cell[name]), [], list(cell[name])]) for name in names]
    structs = pa.StructArray.from_arrays(lists, names=names)
    if form == "nested":
        nested_pandas = pytest.importorskip("nested_pandas.series.ext_array")
        return pd.DataFrame({column: nested_pandas.NestedExtensionArray(structs)}, index=index)
    if form == "arrow lists":
        points = pa.StructArray.from_arrays([v.flatten() for v in lists], names=names)
        structs = pa.ListArray.from_arrays(lists[0].offsets, points)
    chunks = [structs.slice(0, 1), structs.slice(1)] if form == "chunks" else [structs]
    values = pd.arrays.ArrowExtensionArray(pa.chunked_array(chunks))
    return pd.DataFrame({column: values}, index=index)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("step", STEPS, ids=repr)
def test_fields_stay_with_their_points(step, form):
    out = clone(step).fit_transform(table(CURVE, "light_curve", form))["light_curve"]
    curves = as_ragged(out)
    assert list(curves.lengths) == [5, 0, 5]
    order = [1, 3, 4, 0, 5]  # by time, without the third
    np.testing.assert_array_equal(curves["time"][:5], [1, 3, 4, 5, 9])
    for name in ("snr", "n_frames", "detected", "instrument"):
        expected = np.tile(np.asarray(CURVE[name])[order], 2)
        np.testing.assert_array_equal(np.asarray(curves[name]), expected)
        assert np.asarray(curves[name]).dtype.kind in (expected.dtype.kind, "O")
    assert curves["n_frames"].dtype.kind == "i" and curves["detected"].dtype.kind == "b"


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("step", OF_SPECTRA, ids=repr)
def test_fields_stay_with_their_pixels(step, form):
    out = clone(step).fit_transform(table(SPECTRUM, "spectrum", form))["spectrum"]
    spectra = as_ragged(out)
    assert list(spectra.lengths) == [LENGTH, 0, LENGTH]
    np.testing.assert_array_equal(spectra["sky"], np.tile(np.arange(LENGTH) * 10, 2))


def test_points_cut_away_take_their_fields_along():
    X = table(CURVE, "light_curve", "nested")
    curves = as_ragged(LightCurveTruncator(n_points=3).fit_transform(X)["light_curve"])
    np.testing.assert_array_equal(curves["snr"], [10, 30, 40] * 2)


def test_fields_pass_a_whole_pipeline():
    X = table(CURVE, "light_curve", "dict")
    steps = make_pipeline(ExtinctionCorrector(0.1), LightCurveTruncator(3), FluxNormalizer("mean"))
    curves = as_ragged(steps.fit_transform(X)["light_curve"])
    np.testing.assert_array_equal(curves["n_frames"], [1, 3, 4] * 2)


def test_merged_points_have_none():
    out = LightCurveBinner().fit_transform(table(CURVE, "light_curve", "nested"))
    assert list(as_ragged(out["light_curve"]).fields) == ["time", "band", "flux", "flux_err"]
    X = table(SPECTRUM, "spectrum", "nested")
    out = SpectrumResampler((4000, 4500), n_bins=5, output="nested").fit_transform(X)
    assert list(as_ragged(out["spectrum"]).fields) == ["wavelength", "flux", "flux_err", "time"]


def test_scale_of_the_fluxes_goes_with_it():
    """A zero point must not be applied twice."""
    cell = {**CURVE, "zp": [25.0] * LENGTH, "zpsys": ["ab"] * LENGTH}
    out = LightCurveTruncator().fit_transform(table(cell, "light_curve", "nested"))
    once = as_ragged(out["light_curve"], kind="light_curve")
    again = as_ragged(LightCurveTruncator().fit_transform(out)["light_curve"])
    np.testing.assert_array_equal(once["flux"], again["flux"])
    assert not {"zp", "zpsys"} & set(as_ragged(out["light_curve"]).fields)


def test_cells_may_differ_in_their_fields():
    """Null where an object lacks a field; one value for all points is no field of points."""
    time = [1.0, 2.0, 3.0]
    plain = {"time": time, "band": ["ztfg"] * 3, "flux": [1.0, 2.0, 30.0]}
    cells = np.empty(3, dtype=object)
    cells[0] = {**plain, "snr": np.ma.array([7.0, 8.0, 9.0], mask=[0, 1, 0])}
    cells[1] = {
        **plain,
        "seen": np.ma.array([True, False, True], mask=[0, 0, 1]),
        "name": "SN1",
        "image": np.zeros((3, 2, 2)),
        "ragged": [[1], [1, 2], []],
    }
    cells[2] = {**plain, "snr": [4, 5, 6], "seen": [False] * 3, "what": [object()] * 3}
    X = pd.DataFrame({"light_curve": cells})
    curves = as_ragged(LightCurveTruncator().fit_transform(X)["light_curve"])
    nan = np.nan
    np.testing.assert_array_equal(curves["snr"], [7, nan, 9, nan, nan, nan, 4, 5, 6])
    assert list(np.asarray(curves["seen"])[3:5]) == [True, False]
    assert pd.isna(np.asarray(curves["seen"])[[0, 1, 2, 5]]).all()
    assert set(curves.fields) == {*plain, "flux_err", "snr", "seen"}


def test_types_stay_as_they_are():
    lists = {name: pa.array([list(v), [], list(v)]) for name, v in CURVE.items()}
    offsets = lists["time"].offsets
    words = pa.array(["a", None, "b", "c", "d", "e"] * 2).dictionary_encode()
    flags = pa.array([True, False, False, None, False, True] * 2)
    days = pa.array([5, 1, 2, 3, 4, 9] * 2, pa.timestamp("ms"))
    for name, values in {"word": words, "flag": flags, "day": days}.items():
        lists[name] = pa.ListArray.from_arrays(offsets, values)
    structs = pa.StructArray.from_arrays(list(lists.values()), names=list(lists))
    X = pd.DataFrame({"light_curve": pd.arrays.ArrowExtensionArray(pa.chunked_array([structs]))})
    out = LightCurveTruncator().fit_transform(X)["light_curve"].array.struct_array.combine_chunks()
    assert out.field("word").to_pylist()[0] == [None, "c", "d", "a", "e"]
    assert out.field("flag").to_pylist()[0] == [False, None, False, True, True]
    assert out.field("day").type.value_type == pa.timestamp("ms")


def carried(*values):
    """Field of objects with two points each, after a step; None if it is dropped."""
    cells = np.empty(len(values), dtype=object)
    for row, value in enumerate(values):
        cells[row] = {"time": [1.0, 2.0], "band": ["ztfg"] * 2, "flux": [1.0, 2.0], "extra": value}
    out = LightCurveTruncator().fit_transform(pd.DataFrame({"light_curve": cells}))["light_curve"]
    struct = out.array.struct_array
    struct = struct.combine_chunks() if isinstance(struct, pa.ChunkedArray) else struct
    names = [field.name for field in struct.type]
    return struct.field("extra").to_pylist() if "extra" in names else None


def test_units_go_and_values_stay():
    bare = [[30.0, 31.0], [5.0, 6.0]]
    assert carried([30.0, 31.0] * u.s, [5.0, 6.0]) == bare
    assert carried(Table({"t": [30.0, 31.0] * u.s})["t"], [5.0 * u.s, 6.0 * u.s]) == bare
    masked = np.ma.array([30.0, 31.0], mask=[0, 1])
    found = carried(Table({"t": MaskedColumn(masked, unit="s")})["t"])[0]
    assert found[0] == 30.0 and np.isnan(found[1])
    found = carried(Masked([30.0, 31.0] * u.s, mask=[False, True]))[0]
    assert found[0] == 30.0 and np.isnan(found[1])
    assert carried([1.0, 2.0] * u.s, [1.0, 2.0] * u.ms) is None


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (([1.0, pd.NA], [3.0, 4.0]), [[1.0, None], [3.0, 4.0]]),
        (([1, pd.NA], [3, 4]), [[1, None], [3, 4]]),
        (([True, pd.NA], [True, False]), [[True, None], [True, False]]),
        (([True, False], [0.5, 2.0]), [[1.0, 0.0], [0.5, 2.0]]),
        (([True, None], [3, 4]), [[1.0, None], [3.0, 4.0]]),
        (([None, pd.NA], [None, None]), [[None, None], [None, None]]),
        ((["x", np.nan], ["y", None]), [["x", None], ["y", None]]),
        ((np.array([1.0, 2.0], ">f8"), np.ones(2, np.longdouble)), [[1.0, 2.0], [1.0, 1.0]]),
    ],
)
def test_types_of_cells_are_joined(values, expected):
    found = [[None if v != v else v for v in row] for row in carried(*values)]
    assert found == expected
    assert [[type(v) for v in row] for row in found] == [[type(v) for v in row] for row in expected]


@pytest.mark.parametrize(
    "values", [["x", 1], [1j, 2j], [2**70, 1], [[1, 2], [3, 4]], [1 * u.s, 2 * u.m], [object()] * 2]
)
def test_what_has_no_type_is_left_out(values):
    assert carried(values) is None
