"""One law: whatever holds the points, the same Ragged comes out."""

from decimal import Decimal

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from astropy import units as u
from astropy.table import MaskedColumn, QTable, Table
from astropy.time import Time
from astropy.utils.masked import Masked
from nested_pandas.series.ext_array import NestedExtensionArray

from sklearn_sn.data import Ragged, as_ragged

# Three objects; the second has no photometry.
FIRST = {
    "time": [59000.0, 59001.5, 59003.0],
    "band": ["ztfg", "ztfr", "ztfg"],
    "flux": [10.0, -20.0, 30.0],
    "flux_err": [1.0, 2.0, 3.0],
}
LAST = {"time": [59009.0], "band": ["desi"], "flux": [5.0], "flux_err": [0.5]}
CELLS = [FIRST, None, LAST]
KINDS = {"time": pa.float64(), "band": pa.string(), "flux": pa.float64(), "flux_err": pa.float64()}


def points(cell):
    return [dict(zip(cell, values, strict=True)) for values in zip(*cell.values(), strict=True)]


def arrow(array):
    chunked = array if isinstance(array, pa.ChunkedArray) else pa.chunked_array([array])
    return pd.Series(pd.arrays.ArrowExtensionArray(chunked))


def struct_of_lists(cells=CELLS, make=pa.list_, **kinds):
    kinds = {**KINDS, **kinds}
    return pa.array(cells, pa.struct([(name, make(kind)) for name, kind in kinds.items()]))


def list_of_structs(cells=CELLS, make=pa.list_, **kinds):
    kind = make(pa.struct(list({**KINDS, **kinds}.items())))
    return pa.array([None if cell is None else points(cell) for cell in cells], kind)


def dictionaries():
    """Bands as dictionaries that differ from chunk to chunk, one of them with a null."""
    chunks = []
    for names, codes in ((["ztfg", "ztfr"], [0, 1, 0]), ([None, "desi"], [1])):
        cell = FIRST if len(codes) == 3 else LAST
        offsets = pa.array([0, len(codes)], pa.int32())
        band = pa.DictionaryArray.from_arrays(pa.array(codes, pa.uint8()), pa.array(names))
        lists = [
            pa.ListArray.from_arrays(offsets, band if name == "band" else pa.array(values))
            for name, values in cell.items()
        ]
        chunks.append(pa.StructArray.from_arrays(lists, names=list(cell)))
    return arrow(pa.chunked_array([chunks[0], chunks[1]]))


def decimals():
    cells = [
        None if c is None else {**c, "flux": [Decimal(f"{f:.1f}") for f in c["flux"]]}
        for c in CELLS
    ]
    return arrow(struct_of_lists(cells, flux=pa.decimal128(9, 1)))


def nested():
    return pd.Series(NestedExtensionArray(struct_of_lists()))


def structured(cell):
    array = np.empty(
        len(cell["time"]), [("time", ">f8"), ("band", "S4"), ("flux", "f4"), ("flux_err", "f8")]
    )
    for name, values in cell.items():
        array[name] = values
    return array


def in_units(cell):
    table = QTable(cell)
    table["flux"] = (cell["flux"] * u.uJy).to(u.Jy)
    table["flux_err"] = (cell["flux_err"] * u.uJy).to(u.nJy)
    table["time"] = Time(cell["time"], format="mjd")
    return table


def cells_of(convert):
    return [None if cell is None else convert(cell) for cell in CELLS]


CONTAINERS = {
    "nested": nested,
    "nested by iloc": lambda: nested().iloc[[2, 1, 0]].iloc[::-1],
    "nested after concat": lambda: pd.concat([nested().iloc[:2], nested().iloc[2:]]),
    "nested of a larger one": lambda: pd.concat([nested(), nested()]).iloc[3:],
    "Arrow struct of lists": lambda: arrow(struct_of_lists()),
    "Arrow struct of large lists": lambda: arrow(struct_of_lists(make=pa.large_list)),
    "Arrow list of structs": lambda: arrow(list_of_structs()),
    "Arrow large list of structs": lambda: arrow(list_of_structs(make=pa.large_list)),
    "Arrow chunks": lambda: arrow(
        pa.chunked_array(
            [list_of_structs(CELLS[:1]), list_of_structs([]), list_of_structs(CELLS[1:])]
        )
    ),
    "Arrow slice": lambda: arrow(list_of_structs([LAST, *CELLS, FIRST]).slice(1, 3)),
    "Arrow struct slice": lambda: arrow(struct_of_lists([LAST, *CELLS, FIRST]).slice(1, 3)),
    "Arrow bytes": lambda: arrow(list_of_structs(band=pa.binary())),
    "Arrow large strings": lambda: arrow(struct_of_lists(band=pa.large_string())),
    "Arrow string views": lambda: arrow(struct_of_lists(band=pa.string_view())),
    "Arrow float32": lambda: arrow(list_of_structs(flux=pa.float32())),
    "Arrow decimals": decimals,
    "DataFrames": lambda: cells_of(pd.DataFrame),
    "dicts of lists": lambda: CELLS,
    "dicts of arrays": lambda: cells_of(lambda c: {k: np.array(v) for k, v in c.items()}),
    "dicts of tuples": lambda: cells_of(lambda c: {k: tuple(v) for k, v in c.items()}),
    "dicts of generators": lambda: cells_of(lambda c: {k: (x for x in v) for k, v in c.items()}),
    "dicts of objects": lambda: cells_of(
        lambda c: {k: np.array(v, dtype=object) for k, v in c.items()}
    ),
    "dicts of Series": lambda: cells_of(lambda c: {k: pd.Series(v) for k, v in c.items()}),
    "dicts of Decimals": lambda: cells_of(lambda c: {**c, "flux": [Decimal(f) for f in c["flux"]]}),
    "dicts of Fortran columns": lambda: cells_of(
        lambda c: {**c, "flux": np.asfortranarray(np.tile(c["flux"], (2, 1)))[0]}
    ),
    "dicts of reversed views": lambda: cells_of(
        lambda c: {**c, "flux": np.array(c["flux"][::-1])[::-1]}
    ),
    "lists of dicts": lambda: cells_of(points),
    "tuples of dicts": lambda: cells_of(lambda c: tuple(points(c))),
    "structured arrays": lambda: cells_of(structured),
    "record arrays": lambda: cells_of(lambda c: pd.DataFrame(c).to_records(index=False)),
    "Tables": lambda: cells_of(Table),
    "QTables": lambda: cells_of(in_units),
    "generator of cells": lambda: (cell for cell in CELLS),
    "tuple of cells": lambda: tuple(CELLS),
    "mixed cells": lambda: [pd.DataFrame(FIRST), [], in_units(LAST)],
    "an empty frame": lambda: [FIRST, pd.DataFrame({"time": []}), LAST],
    "an empty dict": lambda: [FIRST, {}, LAST],
    "NA": lambda: [FIRST, pd.NA, LAST],
    "nan": lambda: [FIRST, np.nan, LAST],
    "NaT": lambda: [FIRST, pd.NaT, LAST],
}


def check_equal(ragged):
    assert isinstance(ragged, Ragged)
    assert ragged.lengths.tolist() == [3, 0, 1]
    assert list(ragged.fields) == list(FIRST)
    assert list(ragged["band"]) == ["ztfg", "ztfr", "ztfg", "desi"]
    for name in ("time", "flux", "flux_err"):
        assert ragged[name].dtype == np.float64 and ragged[name].dtype.isnative
        np.testing.assert_allclose(ragged[name], FIRST[name] + LAST[name], rtol=1e-12)


@pytest.mark.parametrize("name", CONTAINERS)
def test_every_container_gives_the_same(name):
    check_equal(as_ragged(CONTAINERS[name](), kind="light_curve"))


def test_dictionaries_that_differ_from_chunk_to_chunk():
    ragged = as_ragged(dictionaries(), kind="light_curve")
    assert ragged.lengths.tolist() == [3, 1]
    assert list(ragged["band"]) == ["ztfg", "ztfr", "ztfg", "desi"]


def test_null_values_inside_arrow_are_nan():
    cells = [{**FIRST, "band": ["ztfg", None, "ztfr"], "flux": [1.0, None, 3.0]}]
    for column in (arrow(struct_of_lists(cells)), arrow(list_of_structs(cells))):
        ragged = as_ragged(column, kind="light_curve")
        assert ragged["band"].codes.tolist()[1] == -1
        np.testing.assert_array_equal(ragged["flux"], [1.0, np.nan, 3.0])


def test_null_points_inside_arrow_are_nan():
    column = arrow(pa.array([[points(LAST)[0], None]], pa.list_(pa.struct(list(KINDS.items())))))
    ragged = as_ragged(column, kind="light_curve")
    assert ragged.lengths.tolist() == [2]
    assert np.isnan(ragged["time"][1]) and ragged["band"].codes[1] == -1


@pytest.mark.parametrize(
    "column",
    [
        [None, None],
        pd.Series([np.nan, np.nan]),
        arrow(pa.nulls(2)),
        arrow(struct_of_lists([None, None])),
        arrow(list_of_structs([None, None])),
        nested().iloc[[1, 1]],
        [pd.DataFrame(), {}],
    ],
    ids=["None", "nan", "Arrow null", "structs", "lists", "nested", "empty cells"],
)
def test_columns_of_nothing(column):
    ragged = as_ragged(column, kind="light_curve")
    assert ragged.lengths.tolist() == [0, 0]
    assert {"time", "band", "flux"} <= set(ragged.fields)


@pytest.mark.parametrize("name", ["nested", "Arrow list of structs", "Arrow struct of lists"])
def test_no_rows(name):
    assert len(as_ragged(CONTAINERS[name]().iloc[:0], kind="light_curve")) == 0
    assert len(as_ragged([], kind="light_curve")) == 0


def test_aliases_may_differ_from_object_to_object():
    sncosmo = {"mjd": [1.0], "filter": ["g"], "fluxcal": [9.0], "Flux": [2.0], "fluxerr": [0.1]}
    ztf = {"jd": [3.0], "fid": [1], "f": [4.0], "ferr": [0.3], "candid": ["x"], "limits": None}
    ragged = as_ragged([sncosmo, ztf], kind="light_curve")
    assert list(ragged.fields) == ["time", "band", "flux", "flux_err"]
    assert ragged["time"].tolist() == [1.0, 3.0]
    assert ragged["flux"].tolist() == [2.0, 4.0]
    assert ragged["flux_err"].tolist() == [0.1, 0.3]
    assert list(ragged["band"]) == ["g", "1"]


def test_our_name_comes_before_an_alias():
    ragged = as_ragged([{**LAST, "mjd": [7.0], "f": [7.0]}], kind="light_curve")
    assert ragged["time"].tolist() == LAST["time"] and ragged["flux"].tolist() == LAST["flux"]


@pytest.mark.parametrize("convert", [lambda c: [c], lambda c: arrow(pa.array([points(c)]))])
def test_zero_points_are_converted(convert):
    cell = {**FIRST, "zp": [23.9, 26.4, 25.0], "zpsys": ["ab"] * 3}
    ragged = as_ragged(convert(cell), kind="light_curve")
    factor = 10.0 ** (-0.4 * np.array([0.0, 2.5, 1.1]))
    np.testing.assert_allclose(ragged["flux"], FIRST["flux"] * factor)
    np.testing.assert_allclose(ragged["flux_err"], FIRST["flux_err"] * factor)
    assert "zp" not in ragged


def test_only_objects_with_a_zero_point_are_converted():
    ragged = as_ragged([{**LAST, "ZP": [26.4]}, LAST], kind="light_curve")
    np.testing.assert_allclose(ragged["flux"], [0.5, 5.0])


def test_a_field_that_some_objects_lack_is_nan():
    bare = {name: FIRST[name] for name in ("time", "band", "flux")}
    for column in ([bare, LAST], [{**bare, "flux_err": None}, LAST]):
        ragged = as_ragged(column, kind="light_curve")
        np.testing.assert_array_equal(ragged["flux_err"], [np.nan, np.nan, np.nan, 0.5])


def test_masks_are_honoured():
    mask = [False, True, False]
    masked = np.ma.array([1.0, 2.0, 3.0], mask=mask)
    cells = [
        {**FIRST, "flux": masked},
        {**FIRST, "flux": masked.astype(int)},
        Table({**FIRST, "flux": MaskedColumn(masked, unit="uJy")}),
        QTable({**FIRST, "flux": Masked([1.0, 2.0, 3.0] * u.uJy, mask=mask)}),
    ]
    for cell in cells:
        ragged = as_ragged([cell], kind="light_curve")
        np.testing.assert_array_equal(ragged["flux"], [1.0, np.nan, 3.0])
    masked = np.ma.array(FIRST["band"], mask=mask)
    assert as_ragged([{**FIRST, "band": masked}], kind="light_curve")["band"].codes[1] == -1


@pytest.mark.parametrize(
    "wavelength",
    [
        [400.0, 500.0, 625.0] * u.nm,
        [0.4, 0.5, 0.625] * u.um,
        [400.0 * u.nm, 500.0 * u.nm, 625.0 * u.nm],
        ([4000.0, 5000.0, 6250.0] * u.AA).to(u.Hz, u.spectral()),
        ([4000.0, 5000.0, 6250.0] * u.AA).to(u.eV, u.spectral()),
    ],
    ids=["nm", "µm", "list of quantities", "Hz", "eV"],
)
@pytest.mark.parametrize("container", [dict, QTable, Table], ids=lambda kind: kind.__name__)
def test_spectral_units_are_converted(wavelength, container):
    if container is not dict:
        wavelength = u.Quantity(wavelength)
    flux = [1e-15, 2e-15, 3e-15] * u.Unit("erg / (s cm2 AA)")
    ragged = as_ragged([container({"wave": wavelength, "flux": flux})], kind="spectrum")
    np.testing.assert_allclose(ragged["wavelength"], [4000, 5000, 6250])
    np.testing.assert_array_equal(ragged["flux"], flux.value)  # any scale: left alone


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"flux": [1.0]}, r"'SN1' has 3 values in 'time' but 1 in 'flux'; .* equally long"),
        ({"flux": None}, r"Object 'SN1': a light_curve needs .*'flux' is missing"),
        (
            {"flux": None, "mag": [18.0] * 3},
            r"'flux' is missing .*Convert magnitudes with .*mag_to_flux",
        ),
        (
            {"flux": [1j, 2, 3]},
            r"'SN1', field 'flux': it must hold real numbers; got .*1j.* complex",
        ),
        ({"flux": ["a", "b", "c"]}, r"'SN1', field 'flux': it must hold real numbers; got .*'a'"),
        ({"flux": [1.0, "b", None]}, r"'SN1', field 'flux': it must hold real numbers"),
        (
            {"flux": np.zeros((3, 2))},
            r"'SN1', field 'flux': it must be 1-D, but has shape \(3, 2\)",
        ),
        (
            {"time": np.array(["2020-01-01"] * 3, "M8[D]")},
            r"'SN1', field 'time': it must hold real",
        ),
        ({"flux": [1.0, 2.0, 3.0] * u.K}, r"'SN1', field 'flux': Cannot convert K to uJy"),
    ],
    ids=["lengths", "missing", "mag", "complex", "text", "mixed", "2-D", "dates", "kelvin"],
)
def test_refusals_name_object_and_field(changes, message):
    column = pd.Series([FIRST, {**FIRST, **changes}], index=["SN0", "SN1"])
    with pytest.raises(ValueError, match=message):
        as_ragged(column, kind="light_curve")


@pytest.mark.parametrize(
    "cell", [3.5, "text", np.zeros(3), [1.0, 2.0], object()], ids=lambda cell: type(cell).__name__
)
def test_cells_of_other_kinds_are_refused(cell):
    column = pd.Series([None, None], index=["SN0", "SN1"], dtype=object)
    column.iat[1] = cell
    with pytest.raises(
        ValueError, match=r"'SN1' has a cell of type .*; use a nested-pandas column"
    ):
        as_ragged(column, kind="light_curve")


@pytest.mark.parametrize("kind", [dict, pd.DataFrame, Table], ids=lambda kind: kind.__name__)
def test_lists_of_tables_are_refused(kind):
    spectrum = {"wavelength": [4000.0, 5000.0], "flux": [1.0, 2.0]}
    column = pd.Series([None, None], index=["SN0", "SN1"], dtype=object)
    column.iat[1] = [kind(spectrum), kind(spectrum)]
    with pytest.raises(ValueError, match=r"'SN1' has a cell that is a list of 2 tables.*'time'"):
        as_ragged(column, kind="spectrum")


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (pa.array([1.0]), "must hold lists of structs or structs of lists; got double"),
        (pa.array([{"time": 1.0}]), "got struct<time: double>"),
        (pa.array([[1.0]]), "got list<item: double>"),
        (
            pa.array([{"time": [1.0], "band": ["g", "r"]}]),
            "0 has 1 values in 'time' but 2 in 'band'",
        ),
        (pa.array([[{"time": 1.0, "band": "g", "mag": 18.0}]]), "'flux' is missing .*mag_to_flux"),
        (
            pa.array([[{"time": "x", "band": "g", "flux": 1.0}]]),
            "'time' of a light_curve column: it",
        ),
    ],
    ids=["numbers", "struct of numbers", "lists", "lengths", "mag", "text"],
)
def test_arrow_columns_of_other_kinds_are_refused(array, message):
    with pytest.raises(ValueError, match=message):
        as_ragged(arrow(array), kind="light_curve")


def test_without_a_kind_fields_stay_as_they_are():
    ragged = as_ragged(
        [{"mjd": [1, 2], "name": ["a", "b"], "when": np.array([0, 1], "M8[D]")}, None]
    )
    assert list(ragged.fields) == ["mjd", "name", "when"]
    assert ragged.lengths.tolist() == [2, 0]


def test_nested_columns_are_read_without_a_loop_over_objects(monkeypatch):
    n = 20_000
    flat = {"time": np.arange(2.0 * n), "band": np.tile(["g", "r"], n), "flux": np.ones(2 * n)}
    column = Ragged(flat, 2 * np.arange(n + 1)).to_nested()
    calls = []

    def counted(owner, name):
        original = getattr(owner, name)

        def call(*args, **kwargs):
            calls.append(name)
            return original(*args, **kwargs)

        monkeypatch.setattr(owner, name, call)

    for owner in (pd.Series, type(column.array)):
        for name in ("__getitem__", "__iter__"):
            counted(owner, name)
    ragged = as_ragged(column, kind="light_curve")
    assert len(ragged) == n and ragged.n_points == 2 * n
    assert len(calls) < 10


def test_nested_fields_that_are_not_ours_do_no_harm():
    point = {"time": 1.0, "band": "ztfg", "flux": 5.0, "flux_err": 1.0, "stamp": [1.0, 2.0]}
    column = pd.Series([[point, point], [point]], dtype=_points_with_stamps())
    ragged = as_ragged(column, kind="light_curve")
    assert sorted(ragged.fields) == ["band", "flux", "flux_err", "time"]
    np.testing.assert_array_equal(ragged.lengths, [2, 1])


def _points_with_stamps():
    fields = {name: pa.float64() for name in ("time", "flux", "flux_err")}
    fields |= {"band": pa.string(), "stamp": pa.list_(pa.float64())}
    return pd.ArrowDtype(pa.list_(pa.struct(fields)))
