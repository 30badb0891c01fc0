"""The catalogue of faults, sections A and B: light-curve values and bands, end to end."""

import warnings

import numpy as np
import pandas as pd
import pytest

from sklearn_sn.data import DataQualityWarning, check_table, quality_report

TIME = np.array([59000.0, 59003, 59007, 59012, 59020, 59031])
FLUX = np.array([20.0, 55, 100, 70, 30, 12])
ERROR = np.array([2.0, 3, 4, 3, 2, 2])
BAND = np.array(["ztfg", "ztfr", "ztfg", "ztfr", "ztfg", "ztfr"])


def curve(**fields):
    fields = {"time": TIME, "band": BAND, "flux": FLUX, "flux_err": ERROR, **fields}
    return {name: values for name, values in fields.items() if values is not None}


def table(*cells):
    return pd.DataFrame(
        {"light_curve": pd.Series(list(cells), dtype=object)}, index=range(len(cells))
    )


def embed(fitted, *cells, warns=None):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        Z = fitted.transform(table(*cells))
    said = [str(w.message) for w in caught if issubclass(w.category, DataQualityWarning)]
    assert len(said) == len(caught) <= 1
    if warns is None:
        assert not said
    else:
        assert warns in said[0]
    assert Z.shape == (len(cells), 8)
    assert np.isfinite(Z).all()
    return Z


def put(values, place, value):
    out = np.array(values, dtype=float)
    out[place] = value
    return out


def flag_of(cell):
    return quality_report(table(cell))["flag"].iloc[0].split(",")


NOTHING = {
    "A1 empty": curve(time=[], band=[], flux=[], flux_err=[]),
    "A1 null": None,
    "A4 all NaN flux": curve(flux=np.full(6, np.nan)),
    "A13 all NaN time": curve(time=np.full(6, np.nan)),
    "B28 all bands unknown": curve(band=np.full(6, "zebra")),
}


@pytest.mark.parametrize("case", NOTHING)
def test_nothing_usable(fitted, case):
    said = None
    if NOTHING[case] is not None and len(NOTHING[case]["time"]):
        said = "register_band" if case.startswith("B28") else "non-finite"
    Z = embed(fitted, curve(), NOTHING[case], warns=said)
    np.testing.assert_array_equal(Z[1], fitted.nothing_["light_curve"])
    assert {"EMPTY", "NOTHING"} <= set(flag_of(NOTHING[case]))


@pytest.mark.parametrize("case", NOTHING)
def test_nothing_usable_is_refused_in_training(case):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataQualityWarning)
        with pytest.raises(ValueError, match=r"Object 1: light_curve hold nothing usable"):
            check_table(table(curve(), NOTHING[case]), training=True)


DROPPED = {
    "A5 one NaN flux": {"flux": put(FLUX, 2, np.nan)},
    "A6 inf flux": {"flux": put(FLUX, 2, np.inf)},
    "A6 inf error": {"flux_err": put(ERROR, 2, np.inf)},
    "A7 NaN error": {"flux_err": put(ERROR, 2, np.nan)},
    "A8 zero error": {"flux_err": put(ERROR, 2, 0.0)},
    "A9 negative error at predict": {"flux_err": put(ERROR, 2, -1.0)},
    "A13 NaN time": {"time": put(TIME, 2, np.nan)},
    "A13 inf time": {"time": put(TIME, 2, np.inf)},
    "B26 unknown band": {"band": np.where(np.arange(6) == 2, "zebra", BAND)},
    "B31 null band": {"band": np.where(np.arange(6) == 2, None, BAND.astype(object))},
}


@pytest.mark.parametrize("case", DROPPED)
def test_a_bad_point_is_as_if_it_were_not_there(fitted, case):
    keep = np.arange(6) != 2
    without = {name: values[keep] for name, values in curve().items()}
    said = "register_band" if case.startswith("B") else "dropped (1 in 1 objects, first 0)"
    answer = embed(fitted, curve(**DROPPED[case]), warns=said)
    np.testing.assert_array_equal(answer, embed(fitted, without))


def test_a9_negative_error_in_training():
    bad = table(curve(), curve(flux_err=put(ERROR, 3, -1.0)))
    with pytest.raises(ValueError, match=r"Object 1: flux_err is -1; errors must be positive"):
        check_table(bad, training=True)


def test_a2_single_point(fitted):
    one = {name: values[:1] for name, values in curve().items()}
    embed(fitted, one)
    assert flag_of(one) == ["LOWDATA"]


def test_a3_duplicates_do_not_depend_on_order(fitted):
    order = [0, 1, 2, 2, 3, 4, 5]
    double = {name: values[order] for name, values in curve().items()}
    double["flux"] = double["flux"] + np.array([0, 0, 0, 1.0, 0, 0, 0])
    swapped = {name: values[[0, 1, 3, 2, 4, 5, 6]] for name, values in double.items()}
    np.testing.assert_array_equal(embed(fitted, double), embed(fitted, swapped))
    exact = {name: values[order] for name, values in curve().items()}
    answer = embed(fitted, exact, warns="points given twice dropped")
    np.testing.assert_array_equal(answer, embed(fitted, curve()))


@pytest.mark.parametrize("errors", [None, np.full(6, np.nan), np.zeros(6)], ids=str)
def test_a10_no_errors_at_all(fitted, errors):
    embed(fitted, curve(flux_err=errors))
    assert flag_of(curve(flux_err=errors)) == ["NOERROR"]


@pytest.mark.parametrize("order", [[5, 4, 3, 2, 1, 0], [3, 0, 5, 1, 2, 4]])
def test_a11_a12_order(fitted, order):
    mixed = {name: values[order] for name, values in curve().items()}
    answer = embed(fitted, mixed, warns="unsorted points sorted")
    np.testing.assert_array_equal(answer, embed(fitted, curve()))


def test_a14_julian_dates(fitted):
    julian = curve(time=TIME + 2400000.5)
    np.testing.assert_allclose(embed(fitted, julian), embed(fitted, curve()), atol=1e-5)
    embed(fitted, julian, curve(), warns="some times look like JD and some like MJD")


@pytest.mark.parametrize(
    "fields",
    [
        {"time": TIME * 1e2},
        {"time": np.full(6, 59000.0)},
        {"flux": np.full(6, 7.0)},
        {"flux": np.zeros(6)},
        {"flux": -FLUX},
        {"flux": FLUX * 1e-310},
        {"flux": put(FLUX, 1, 1e6 * 3)},
    ],
    ids=["A15 long", "A15 one instant", "A16", "A17", "A18", "A20", "A25"],
)
def test_odd_values_stay_finite(fitted, fields):
    embed(fitted, curve(**fields))


def test_a18_sign_is_kept(fitted):
    assert np.abs(embed(fitted, curve(flux=-FLUX)) - embed(fitted, curve())).max() > 1e-4


@pytest.mark.parametrize("factor", [1e30, 1e-30, 1e300])
def test_a19_range(fitted, factor):
    extreme = curve(flux=FLUX * factor, flux_err=ERROR * factor)
    embed(fitted, extreme)
    assert flag_of(extreme) == ["RANGE"]


def test_a22_magnitudes():
    mags = curve(flux=np.array([18.0, 17.5, 17, 17.3, 18, 19]), flux_err=np.full(6, 0.05))
    with pytest.warns(DataQualityWarning, match="look like magnitudes"):
        check_table(table(mags, mags))


def test_a23_a24_one_long_curve_among_short_ones(fitted):
    n = 200_000
    rng = np.random.default_rng(0)
    long = {
        "time": np.sort(rng.uniform(59000, 59300, n)),
        "band": np.full(n, "ztfg"),
        "flux": rng.normal(100, 3, n),
        "flux_err": np.full(n, 3.0),
    }
    Z = embed(fitted, curve(), long, curve())
    np.testing.assert_array_equal(Z[0], Z[2])
    np.testing.assert_array_equal(Z, embed(fitted, curve(), long, curve()))


# B: bands --------------------------------------------------------------------


@pytest.mark.parametrize(
    "given",
    [
        ["ztf_g", "ZTF-r"] * 3,
        ["ztf-g", "ztf-r"] * 3,
        [1, 2] * 3,
        np.array(["1", "2"] * 3),
        np.array([b"ztfg", b"ztfr"] * 3),
        pd.Categorical(["ztfg", "ztfr"] * 3),
        [" ztfg", "ztfr "] * 3,
        np.array([1.0, 2.0] * 3),
    ],
    ids=["survey", "dash", "fid", "text fid", "bytes", "categorical", "spaces", "float fid"],
)
def test_b30_b32_aliases(fitted, given):
    np.testing.assert_array_equal(embed(fitted, curve(band=given)), embed(fitted, curve()))


def test_b27_b29_bands_at_fit_and_predict_differ(fitted):
    embed(fitted, curve(band=np.full(6, "ztfg")))
    embed(fitted, curve(band=np.array(["uvotuvw1", "2massJ"] * 3)))


def test_b30_ambiguous_name():
    with pytest.raises(ValueError, match="b"):
        check_table(table(curve(band=np.full(6, "b"))))


def test_b32_case_matters(fitted):
    lower, upper = embed(fitted, curve(band=["g"] * 6), curve(band=["G"] * 6))
    assert np.abs(lower - upper).max() > 1e-5


def test_b33_order_of_bands(fitted):
    cells = curve(), curve(band=np.array(["ztfr", "ztfi"] * 3))
    forth, back = embed(fitted, *cells), embed(fitted, *cells[::-1])
    np.testing.assert_allclose(forth, back[::-1], atol=1e-6)
