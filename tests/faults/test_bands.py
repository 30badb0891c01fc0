"""Section B of the catalogue of faults: names of bands, under the laws of the catalogue."""

import numpy as np
import pandas as pd
import pytest

from sklearn_sn.data import DataQualityWarning, canonical_band, check_table
from sklearn_sn.data._bands import register_band, temporary_bands
from tests.faults.catalogue import (
    TIME,
    Case,
    but,
    cases,
    check_case,
    curve,
    put,
    spectrum,
    table,
    transform,
)

NAMES = curve()["band"]
CODES = np.tile([1, 2], 6)
UNKNOWN = "points in unknown bands dropped ("
AMBIGUOUS = "points in ambiguous bands dropped ("


def bands(*names, **changes):
    """The good light curve with other names: two take turns, twelve stand as they are."""
    return curve(**changes) | {"band": list(names) * (12 // len(names))}


def one(name):
    """The names as objects, the fourth replaced."""
    names = NAMES.astype(object)
    names[3] = name
    return {"band": names}


@cases(
    Case(
        "26-unknown",
        curve(**one("zebra")),
        same_as=curve(but(3)),
        says=f"{UNKNOWN}'zebra'; register_band adds a band; known are ztfg, ",
    ),
    Case("26-unfiltered", curve(**one("clear")), same_as=curve(but(3)), says=f"{UNKNOWN}'clear'; "),
    Case(
        "26-the-only-error-is-in-an-unknown-band",
        curve(**one("zebra"), flux_err=put(np.full(12, np.nan), 3, 5.0)),
        same_as=curve(but(3), flux_err=None),
        says=UNKNOWN,
        flag="NOERROR",
    ),
    Case("27-fewer-than-at-fit", bands("ztfg")),
    Case(
        "28-all-unknown",
        bands("zebra", "lion"),
        nothing=True,
        flag="EMPTY,NOTHING",
        says=f"{UNKNOWN}'lion', 'zebra'; ",
    ),
    Case(
        "28-many-unknown",
        bands("e", "d", "a", "f", "a", "f"),
        nothing=True,
        flag="EMPTY,NOTHING",
        says=f"{UNKNOWN}'a', 'f', 'd' and 1 more; ",
    ),
    Case(
        "29-more-than-at-fit",
        bands("uvotuvw1", "ztfg", "desz", "lssty", "2massJ", "gaiaG"),
        says="are unlike the training data",
    ),
    Case(
        "30-one-ambiguous",
        curve(**one("v")),
        same_as=curve(but(3)),
        says=f"{AMBIGUOUS}'v' may be bessellV or uvotv; ",
    ),
    Case(
        "30-all-ambiguous",
        bands("b", "v"),
        nothing=True,
        flag="EMPTY,NOTHING",
        says=f"{AMBIGUOUS}'b' may be bessellB or uvotb, 'v' may be bessellV or uvotv; ",
    ),
    Case(
        "30-codes-of-another-survey",
        bands(0, 1, 2),
        nothing=True,
        flag="EMPTY,NOTHING",
        says=f"{AMBIGUOUS}the codes 0, 1, 2 stand in one object, and ZTF has 1, 2, 3 only; ",
    ),
    Case("30-survey-and-dash", bands("ZTF-g", "ztf_r"), same_as=curve()),
    Case("30-codes-of-ZTF", curve(band=CODES), same_as=curve()),
    Case("30-codes-as-text", curve(band=CODES.astype(str)), same_as=curve()),
    Case("31-bytes", curve(band=NAMES.astype(bytes)), same_as=curve()),
    Case("31-bytes-as-objects", curve(band=NAMES.astype(bytes).astype(object)), same_as=curve()),
    Case("31-bytes-among-text", curve(**one(b"ztfr")), same_as=curve()),
    Case("31-numpy-text", bands(np.str_("ztfg"), np.str_("ztfr")), same_as=curve()),
    Case("31-categorical", {**curve(), "band": pd.Categorical(NAMES)}, same_as=curve()),
    Case(
        "31-unused-category",
        {**curve(), "band": pd.Categorical(NAMES, categories=["zebra", "ztfr", "ztfg"])},
        same_as=curve(),
    ),
    Case("31-small-integers", curve(band=CODES.astype(np.int8)), same_as=curve()),
    Case("31-unsigned", curve(band=CODES.astype(np.uint64)), same_as=curve()),
    Case("31-float-codes", curve(band=CODES.astype(float)), same_as=curve()),
    Case("31-code-among-text", curve(**one(2)), same_as=curve()),
    Case("31-half-a-code", curve(band=put(CODES, 3, 1.5)), same_as=curve(but(3)), says=UNKNOWN),
    Case("31-nan-code", curve(band=put(CODES, 3, np.nan)), same_as=curve(but(3)), says=UNKNOWN),
    Case(
        "31-None",
        curve(**one(None)),
        same_as=curve(but(3)),
        says=f"{UNKNOWN}points without a name; ",
    ),
    Case("31-nan", curve(**one(np.nan)), same_as=curve(but(3)), says=UNKNOWN),
    Case("31-NA", curve(**one(pd.NA)), same_as=curve(but(3)), says=UNKNOWN),
    Case("31-empty-text", curve(**one("")), same_as=curve(but(3)), says=UNKNOWN),
    Case(
        "31-all-null",
        bands(None),
        nothing=True,
        flag="EMPTY,NOTHING",
        says="points in unknown bands dropped",
    ),
    Case("31-True", curve(**one(True)), same_as=curve(but(3)), says=f"{UNKNOWN}'True'; "),
    Case(
        "31-True-among-codes",
        curve(band=np.array([*CODES[:3], True, *CODES[4:]], dtype=object)),
        same_as=curve(but(3)),
        says=f"{UNKNOWN}'True'; ",
    ),
    Case("32-white-space", bands(" ztfg", "ztfr\t"), same_as=curve()),
)
def test_case(case, fitted):
    check_case(case, fitted, "light_curve", curve())


def test_30_a_single_ambiguous_name_raises():
    with pytest.raises(ValueError, match=r"'b' is ambiguous: .*bessellB or uvotb"):
        canonical_band("b")


@pytest.mark.parametrize("bad", [one("v"), one("zebra"), one(True), {"band": np.tile([0, 1], 6)}])
def test_30_one_band_does_not_stop_the_fit_of_a_table(bad, embedder):
    X = table(curve(), curve(**bad), curve())
    with pytest.warns(DataQualityWarning, match=r"bands dropped .* in 1 objects, first 'SN1'") as w:
        found = check_table(X.join(table(*[spectrum()] * 3, column="spectrum")), training=True)
    assert len(w) == 1
    np.testing.assert_array_equal(found.light_curve["time"][:12], TIME)
    assert found.light_curve.lengths[[0, 2]].tolist() == [12, 12]


def test_31_columns_of_bands_in_arrow_and_pandas_types_agree(fitted):
    import pyarrow as pa

    from sklearn_sn.data import as_ragged

    column = as_ragged([curve(), curve()]).to_nested(index=["SN0", "SN1"])
    expected, _ = transform(fitted, table(curve(), curve()))
    struct = column.array.struct_array.combine_chunks()
    kinds = (pa.dictionary(pa.int8(), pa.string()), pa.large_string(), pa.binary())
    for kind in kinds:
        fields = [pa.field(f.name, f.type) for f in struct.type]
        fields[1] = pa.field("band", pa.list_(kind))
        cells = struct.to_pylist()
        array = pa.array(cells, pa.struct(fields))
        X = pd.DataFrame({"light_curve": pd.arrays.ArrowExtensionArray(pa.chunked_array([array]))})
        np.testing.assert_array_equal(transform(fitted, X)[0], expected)


def test_31_frames_with_pandas_types_of_text(fitted):
    frame = pd.DataFrame(curve())
    expected, _ = transform(fitted, table(frame))
    for kind in ("object", "category", "string", "str"):
        Z, _ = transform(fitted, table(frame.astype({"band": kind})))
        np.testing.assert_array_equal(Z, expected)


def test_33_order_of_bands_at_fit(embedder, supernovae):
    """Which band comes first in the table has no influence on a fit."""
    X = supernovae[0]
    assert list(embedder.fit(X).preprocessors_["light_curve"].bands_) == sorted(
        embedder.preprocessors_["light_curve"].bands_
    )
    reverse = embedder.preprocessors_["light_curve"]
    again = type(reverse)().fit(check_table(X.iloc[::-1], warn=False))
    assert list(again.bands_) == list(reverse.bands_)


def test_26_a_registered_band_is_known(fitted):
    cell = curve(**one("zebra"))
    with temporary_bands():
        register_band("zebra", 6400.0)
        Z, said = transform(fitted, table(cell))
    assert said == []
    assert np.abs(Z - transform(fitted, table(curve(but(3))))[0]).max() > 1e-6


def test_32_case_matters(fitted):
    Z, _ = transform(fitted, table(bands("g"), bands("G")))
    assert np.abs(Z[0] - Z[1]).max() > 1e-5
