"""Section A of the catalogue of faults: values of light curves."""

import numpy as np
import pytest

from sklearn_sn.data import check_table, quality_report
from sklearn_sn.nets import BatchLoader, TableDataset
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

NAN, INF = np.nan, np.inf
FLUX, ERROR = curve()["flux"], curve()["flux_err"]
SHUFFLED = np.random.default_rng(0).permutation(12)
EMPTY = {"nothing": True, "flag": "EMPTY,NOTHING"}
TIME_OR_FLUX = "points with non-finite time or flux dropped (1 in 1 objects"
NO_ERROR = "points without a usable flux_err dropped (1 in 1 objects"
UNSORTED = "unsorted points sorted by time"
TWICE = "points given twice dropped (1 in 1 objects"


NOTHING = "have no usable light curve"
UNLIKE = "are unlike the training data"
CASES = (
    Case("01-empty", curve([]), **EMPTY, says=NOTHING),
    Case("01-null", None, **EMPTY, says=NOTHING),
    Case("02-single-point", curve([4]), flag="LOWDATA"),
    Case("02-two-points", curve([4, 5]), flag="LOWDATA"),
    Case("03-repeated-point", curve([*range(12), 4]), same_as=curve(), says=TWICE),
    Case(
        "03-two-fluxes-at-one-time",
        curve(time=put(TIME, 1, TIME[0]), band=np.full(12, "ztfg")),
        same_as=curve([1, 0, *range(2, 12)], time=put(TIME, 1, TIME[0]), band=np.full(12, "ztfg")),
    ),
    Case("04-all-nan", curve(flux=np.full(12, NAN)), says="non-finite time or flux", **EMPTY),
    Case("05-nan-flux", curve(flux=put(FLUX, 3, NAN)), same_as=curve(but(3)), says=TIME_OR_FLUX),
    Case("06-inf-flux", curve(flux=put(FLUX, 4, INF)), same_as=curve(but(4)), says=TIME_OR_FLUX),
    Case("06-minus-inf", curve(flux=put(FLUX, 4, -INF)), same_as=curve(but(4)), says=TIME_OR_FLUX),
    Case("06-inf-error", curve(flux_err=put(ERROR, 4, INF)), same_as=curve(but(4)), says=NO_ERROR),
    Case("07-nan-error", curve(flux_err=put(ERROR, 2, NAN)), same_as=curve(but(2)), says=NO_ERROR),
    Case("08-zero-error", curve(flux_err=put(ERROR, 2, 0.0)), same_as=curve(but(2)), says=NO_ERROR),
    Case(
        "08-all-errors-zero",
        curve(flux_err=np.zeros(12)),
        same_as=curve(flux_err=None),
        flag="NOERROR",
    ),
    Case(
        "09-negative-error", curve(flux_err=put(ERROR, 2, -1)), same_as=curve(but(2)), says=NO_ERROR
    ),
    Case("10-no-errors", curve(flux_err=None), flag="NOERROR"),
    Case(
        "10-all-errors-nan",
        curve(flux_err=np.full(12, NAN)),
        same_as=curve(flux_err=None),
        flag="NOERROR",
    ),
    Case("11-unsorted", curve(SHUFFLED), same_as=curve(), says=UNSORTED),
    Case("12-reversed", curve(slice(None, None, -1)), same_as=curve(), says=UNSORTED),
    Case("13-nan-time", curve(time=put(TIME, 3, NAN)), same_as=curve(but(3)), says=TIME_OR_FLUX),
    Case("13-inf-time", curve(time=put(TIME, 3, INF)), same_as=curve(but(3)), says=TIME_OR_FLUX),
    Case("13-all-nan-time", curve(time=np.full(12, NAN)), says="non-finite time or flux", **EMPTY),
    *(
        Case(
            f"13-absurd-time-{value:g}",
            curve(time=put(TIME, 3, value)),
            same_as=curve(but(3)),
            says="points with |time| > 1e+06 days dropped",
        )
        for value in (1e300, -1e300, 1e39, -np.finfo(np.float32).max, np.finfo(float).max, 1.6e9)
    ),
    Case(
        "13-all-times-absurd",
        curve(time=np.full(12, np.finfo(np.float32).max)),
        says="points with |time| > 1e+06 days dropped",
        **EMPTY,
    ),
    Case("15-a-million-days", curve(time=np.linspace(0, 1e6, 12)), says=UNLIKE),
    Case("15-no-time-passes", curve(time=np.full(12, TIME[0]))),
    Case("16-constant", curve(flux=np.full(12, 50.0))),
    Case("17-all-zero", curve(flux=np.zeros(12))),
    Case("18-all-negative", curve(flux=-FLUX)),
    Case("19-huge", curve(flux=1e30 * FLUX, flux_err=1e30 * ERROR), flag="RANGE", says=UNLIKE),
    Case("19-tiny", curve(flux=1e-30 * FLUX, flux_err=1e-30 * ERROR), flag="RANGE", says=UNLIKE),
    Case(
        "19-beyond-float32",
        curve(flux=1e300 * FLUX, flux_err=1e300 * ERROR),
        flag="RANGE",
        says=UNLIKE,
    ),
    Case("19-huge-errors", curve(flux_err=np.full(12, 1.7e308))),
    Case("19-tiny-errors", curve(flux_err=np.full(12, 1e-310)), says=UNLIKE),
    Case("19-largest-double", curve(flux=np.full(12, 1.7e308)), flag="RANGE", says=UNLIKE),
    Case("20-subnormal", curve(flux=np.full(12, 1e-310)), flag="RANGE"),
    Case("20-one-subnormal", curve(flux=put(np.zeros(12), 3, 5e-324)), flag="RANGE"),
    Case(
        "21-limits-as-nan",
        curve(flux=put(FLUX, 0, NAN), limit=FLUX),
        same_as=curve(but(0)),
        says=TIME_OR_FLUX,
    ),
    Case("25-outlier", curve(flux=put(FLUX, 6, 1e6 * ERROR[6])), says=UNLIKE),
    Case("25-negative-outlier", curve(flux=put(FLUX, 6, -1e6 * ERROR[6]))),
)


@cases(*CASES)
def test_case(case, fitted):
    check_case(case, fitted, "light_curve", curve())


def training_table(*bad):
    """Good pairs, and bad light curves among them, with spectra."""
    cells = [curve(), *bad, curve()]
    return table(*cells).join(table(*[spectrum()] * len(cells), column="spectrum"))


@pytest.mark.parametrize(
    "cell", [None, curve([]), curve(flux=np.full(12, NAN))], ids=["null", "0", "nan"]
)
def test_01_04_nothing_usable_at_fit_is_refused(cell, embedder):
    X = training_table(cell)
    X.loc["SN1", "spectrum"] = None
    with pytest.raises(
        ValueError,
        match=r"'SN1': light_curve and spectrum hold nothing usable; drop the 1 such objects",
    ):
        embedder.fit(X)


def test_01_one_missing_modality_at_fit_is_fine():
    found = check_table(training_table(None), training=True)
    assert found.present("light_curve").tolist() == [True, False, True]
    assert found.report["flag"].tolist() == ["", "EMPTY", ""]


def test_09_negative_error_at_fit_is_refused(embedder):
    X = training_table(curve(flux_err=put(ERROR, 2, -1.5)))
    with pytest.raises(
        ValueError, match=r"'SN1': flux_err is -1\.5; errors must be positive: drop"
    ):
        embedder.fit(X)


def test_08_zero_error_at_fit_is_not_refused():
    X = training_table(curve(flux_err=put(ERROR, 2, 0.0)))
    with pytest.warns(match="without a usable flux_err"):
        found = check_table(X, training=True)
    assert found.light_curve.lengths.tolist() == [12, 11, 12]


@pytest.mark.parametrize("seed", range(5))
def test_11_order_of_points_is_of_no_concern(seed, fitted):
    rng = np.random.default_rng(seed)
    # Ties in time, and in time and band.
    cell = curve(time=np.round(TIME / 12) * 12, band=rng.choice(["ztfg", "ztfr"], 12))
    one, _ = transform(fitted, table(cell))
    order = rng.permutation(12)
    other, _ = transform(fitted, table({name: values[order] for name, values in cell.items()}))
    np.testing.assert_array_equal(one, other)


def test_14_julian_dates_answer_alike(fitted):
    jd = curve(time=TIME + 2400000.5)
    one, said = transform(fitted, table(curve(), curve()))
    other, said_of_jd = transform(fitted, table(jd, jd))
    np.testing.assert_allclose(one, other, atol=1e-5)
    assert said == said_of_jd == []
    _, said = transform(fitted, table(curve(), jd))
    assert len(said) == 1 and "some times look like JD and some like MJD, JD converted" in said[0]
    assert "(12 in 1 objects, first 'SN1')" in said[0]


def test_14_julian_dates_become_mjd():
    found = check_table(table(curve(time=TIME + 2400000.5)))
    assert found.light_curve["time"].tolist() == TIME.tolist()
    assert found.report["flag"].tolist() == ["JD"]
    spectra = table(spectrum(time=np.full(300, 2459000.5)), column="spectrum")
    found = check_table(spectra)
    assert (found.spectrum["time"] == 59000.0).all() and found.report["flag"].tolist() == ["JD"]


def test_14_julian_dates_among_others_in_one_object(fitted):
    mixed = curve(time=np.where(np.arange(12) < 6, TIME, TIME + 2400000.5))
    Z, said = transform(fitted, table(curve(), mixed))
    np.testing.assert_array_equal(Z[0], Z[1])
    assert len(said) == 1 and "(6 in 1 objects, first 'SN1')" in said[0]
    assert quality_report(table(curve(), mixed))["flag"].tolist() == ["", "JD"]


def test_18_sign_is_kept(fitted):
    Z, _ = transform(fitted, table(curve(), curve(flux=-FLUX)))
    assert np.abs(Z[0] - Z[1]).max() > 1e-3
    assert check_table(table(curve(flux=-FLUX))).light_curve["flux"].max() < 0


def test_22_magnitudes_are_suspected(fitted):
    cell = curve(flux=np.linspace(18.0, 20.0, 12), flux_err=np.full(12, 0.05))
    _, said = transform(fitted, table(cell, cell))
    assert len(said) == 1 and "fluxes look like magnitudes" in said[0]
    assert "mag_to_flux" in said[0] and "repaired" not in said[0]
    assert quality_report(table(cell, None, cell))["flag"].tolist() == [
        "MAGNITUDES",
        "EMPTY,NOTHING",
        "MAGNITUDES",
    ]
    _, said = transform(
        fitted, table(curve(SHUFFLED, **{k: cell[k] for k in ("flux", "flux_err")}))
    )
    assert said[0].startswith("Input was repaired: unsorted")
    assert ". Input looks wrong and was left unchanged: fluxes look like magnitudes" in said[0]
    bright = curve(flux=np.linspace(18.0, 200.0, 12), flux_err=np.full(12, 0.2))
    assert transform(fitted, table(cell, bright))[1] == []


@pytest.mark.parametrize("flux_err", [None, [0.1, 0.1, 0.1], [0.1, NAN, 0.2]])
def test_22_few_magnitudes_are_suspected(flux_err):
    few = curve(slice(3), flux=[19.0, 19.2, 18.8] * 4, flux_err=flux_err and flux_err * 4)
    assert "MAGNITUDES" in quality_report(table(few))["flag"].iloc[0]
    with pytest.warns(match=r"fluxes look like magnitudes \(all between 14 and 23\)"):
        check_table(table(few))


def test_22_many_magnitudes_without_errors_are_suspected():
    cell = curve(flux=np.linspace(9.0, 20.0, 12), flux_err=None)
    with pytest.warns(match=r"fluxes look like magnitudes \(all between 8 and 28\)"):
        check_table(table(cell))


@pytest.mark.parametrize(
    ("flux", "flux_err"),
    [
        ([19.0, 19.2], None),  # two points say nothing
        ([19.0, 19.2, 18.8], [2.0, 2.1, 1.9]),  # 10 sigma, as of ZTF
        ([19.0, 25.0, 12.0], [0.1, 0.1, 0.1]),
        ([9.0, 9.5, 10.0], None),
        ([19.0, 19.2, NAN], None),
        ([*np.linspace(5.0, 27.0, 12)], None),
        ([*np.linspace(9.0, 27.0, 12)], [1.0] * 12),
    ],
)
def test_22_fluxes_are_not_suspected(flux, flux_err):
    n = len(flux)
    cell = {"time": TIME[:n], "band": ["ztfg"] * n, "flux": flux}
    cell |= {} if flux_err is None else {"flux_err": flux_err}
    assert "MAGNITUDES" not in quality_report(table(cell))["flag"].iloc[0]


def test_22_no_simulated_light_curve_is_suspected(supernovae):
    X = supernovae[0]
    alone = [quality_report(X.iloc[[row]])["flag"].iloc[0] for row in range(20)]
    assert not any("MAGNITUDES" in flag for flag in alone)


def test_23_a_million_points(fitted):
    n, rng = 1_000_000, np.random.default_rng(0)
    time = rng.uniform(59000.0, 59100.0, n)
    flux = 300.0 * np.exp(-0.5 * ((time - 59040.0) / 12.0) ** 2) + rng.normal(0.0, 5.0, n)
    cell = {"time": time, "band": rng.choice(["ztfg", "ztfr"], n), "flux": flux}
    X = table(cell, curve())
    Z, said = transform(fitted, X)
    np.testing.assert_array_equal(transform(fitted, X)[0], Z)
    assert len(said) == 1 and UNSORTED in said[0]
    prepared = fitted.preprocessors_["light_curve"].prepare(check_table(X, warn=False))
    assert prepared.lengths.tolist() == [fitted.preprocessors_["light_curve"].max_points, 12]


def test_24_one_long_curve_does_not_pad_the_others(fitted):
    long = curve(np.tile(np.arange(12), 800), time=TIME)
    long["time"] = np.linspace(59000.0, 59100.0, len(long["time"]))
    X = table(long, *[curve()] * 999)
    source = fitted.preprocessors_["light_curve"]
    prepared = source.prepare(check_table(X, warn=False))
    data = TableDataset({"light_curve": source}, {"light_curve": prepared})
    padded = sum(
        chunk["pad_mask"].numel()
        for batch, _ in BatchLoader(data, 128)
        for chunk in batch.tensors["light_curve"]
    )
    assert padded < 2 * prepared.lengths.sum()


def test_25_outlier_moves_little(fitted):
    cells = [curve(flux=put(FLUX, 0, height * ERROR[0])) for height in (1e3, 1e6, 1e12)]
    Z, _ = transform(fitted, table(*cells))
    # What is cut is cut: how far off a point lies beyond is of no concern.
    assert np.abs(Z[1] - Z[0]).max() < 0.05
    assert np.abs(Z[2] - Z[1]).max() < 0.05


def test_report_counts_points():
    X = table(curve(flux=put(FLUX, 3, NAN)), None, curve(flux_err=None))
    report = quality_report(X)
    assert report["light_curve_given"].tolist() == [12, 0, 12]
    assert report["light_curve_points"].tolist() == [11, 0, 12]
    assert report["flag"].tolist() == ["", "EMPTY,NOTHING", "NOERROR"]


def test_one_warning_for_many_faults(fitted):
    cell = curve(SHUFFLED, flux=put(FLUX, 3, NAN), flux_err=put(ERROR, 5, -1.0))
    _, said = transform(fitted, table(*[cell] * 50))
    assert len(said) == 1
    for what in ("(50 in 50 objects, first 'SN0')", UNSORTED, "non-finite", "usable flux_err"):
        assert what in said[0]
