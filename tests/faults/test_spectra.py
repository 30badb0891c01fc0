"""Section C of the catalogue of faults: spectra, under the laws of the catalogue."""

import numpy as np
import pandas as pd
import pytest
from astropy import units as u
from astropy.table import QTable, Table

from sklearn_sn.data import DataQualityWarning, check_table, quality_report
from tests.faults.catalogue import (
    WAVELENGTH,
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
FLUX, ERROR = spectrum()["flux"], spectrum()["flux_err"]
SHUFFLED = np.random.default_rng(0).permutation(300)
DROPPED = "pixels without a usable wavelength, flux or error dropped (1 in 1 objects"
HALF = np.arange(0, 300, 2)
HALF_DROPPED = DROPPED.replace("(1 in", "(150 in")
AVERAGED = "pixels at one wavelength averaged"
ZEROS = "zeros at the ends of spectra dropped"
MISSING = {"nothing": True, "flag": "EMPTY_SPECTRUM,NOTHING"}
LATER = np.repeat([59010.1, 59000.1], 300)


def without(*pixels):
    return spectrum(but(*pixels, n=300))


def halved(**changes):
    """Every second pixel of one field replaced."""
    (name, bad) = changes.popitem()
    values = spectrum()[name].copy()
    values[HALF] = bad
    return spectrum(**{name: values})


def padded():
    """A spectrum of which 40 pixels at the blue end and 30 at the red end are 0."""
    flux = FLUX.copy()
    flux[:40] = flux[270:] = 0.0
    return spectrum(flux=flux)


def twice(flux=FLUX, time=LATER):
    """Two spectra of one object, the later one first."""
    return {
        "wavelength": np.tile(WAVELENGTH, 2),
        "flux": np.concatenate([flux, FLUX]),
        "flux_err": np.tile(ERROR, 2),
        "time": time,
    }


def tripled():
    """A pixel given three times, with fluxes that average to the first; all at one time."""
    order = np.sort([*range(300), 99, 99])
    cell = spectrum(order, time=np.full(300, 59000.1))
    cell["flux"] = cell["flux"] + 0.25 * (np.arange(302) == 100) - 0.25 * (np.arange(302) == 101)
    return cell


CASES = (
    Case("34-reversed", spectrum(slice(None, None, -1)), same_as=spectrum()),
    Case("35-unsorted", spectrum(SHUFFLED), same_as=spectrum()),
    Case("36-all-twice", spectrum(np.repeat(np.arange(300), 2)), same_as=spectrum(), says=AVERAGED),
    Case("36-other-order", tripled(), says=AVERAGED),
    Case("37-nm", {**spectrum(), "wavelength": WAVELENGTH / 10 * u.nm}),
    Case("37-Hz", {**spectrum(), "wavelength": (WAVELENGTH * u.AA).to(u.Hz, u.spectral())}),
    Case("37-µm-in-a-table", QTable({**spectrum(), "wavelength": WAVELENGTH / 1e4 * u.um})),
    Case(
        "37-Å-in-a-table",
        Table({**spectrum(), "wavelength": WAVELENGTH * u.AA}),
        same_as=spectrum(),
    ),
    Case("38-null", None, **MISSING, says="have no usable spectrum"),
    Case("38-no-pixels", spectrum([]), **MISSING, says="have no usable spectrum"),
    Case("39-one-pixel", spectrum([150]), nothing=True),
    Case("39-two-pixels", spectrum([150, 151]), nothing=True),
    Case("40-infrared", spectrum(wavelength=WAVELENGTH + 1e4), nothing=True),
    Case("40-ultraviolet", spectrum(wavelength=np.linspace(1000, 3000, 300)), nothing=True),
    Case("41-nan-flux", halved(flux=NAN), same_as=spectrum(HALF + 1), says=HALF_DROPPED),
    Case("41-inf-error", halved(flux_err=INF), same_as=spectrum(HALF + 1), says=HALF_DROPPED),
    Case("41-negative-error", halved(flux_err=-1.0), same_as=spectrum(HALF + 1), says=HALF_DROPPED),
    Case(
        "41-masked",
        Table({**spectrum(), "flux": np.ma.array(FLUX, mask=np.arange(300) % 2 == 0)}),
        same_as=spectrum(HALF + 1),
        says=HALF_DROPPED,
    ),
    Case("41-zero-error", halved(flux_err=0.0)),
    Case("41-nan-error", halved(flux_err=NAN)),
    Case("41-no-errors", spectrum(flux_err=None)),
    Case("41-all-nan", spectrum(flux=np.full(300, NAN)), says="pixels without a usable", **MISSING),
    Case("42-constant", spectrum(flux=np.full(300, 3.0))),
    Case("42-zero", spectrum(flux=np.zeros(300)), says=ZEROS, **MISSING),
    Case("42-zero-ends", padded(), same_as=spectrum(slice(40, 270)), says=ZEROS),
    Case(
        "42-one-of-two-is-zero",
        twice(flux=np.zeros(300)),
        same_as=spectrum(time=np.full(300, 59000.1)),
        says=ZEROS,
    ),
    Case("42-two-zeros", spectrum(flux=np.append(FLUX[:298], [0.0, 0.0]))),
    Case("42-negative", spectrum(flux=-FLUX)),
    Case("42-cgs", spectrum(flux=1e-17 * FLUX, flux_err=1e-17 * ERROR)),
    Case("42-tiny", spectrum(flux=1e-300 * FLUX, flux_err=1e-300 * ERROR)),
    Case("42-subnormal", spectrum(flux=1e-310 * FLUX)),
    Case("42-huge", spectrum(flux=1e100 * FLUX, flux_err=1e100 * ERROR)),
    Case("42-largest", spectrum(flux=np.full(300, 1.7e308)), says="pixels without", **MISSING),
    Case("42-largest-errors", spectrum(flux_err=np.full(300, 1e301)), says="pixels", **MISSING),
    Case("43-cosmic-ray", spectrum(flux=put(FLUX, 100, 1e5 * FLUX[100]))),
    Case("43-negative-spike", spectrum(flux=put(FLUX, 100, -1e5))),
    Case("43-absurd-spike", spectrum(flux=put(FLUX, 7, 1e300)), same_as=without(7), says=DROPPED),
    Case("45-nan", spectrum(wavelength=put(WAVELENGTH, 7, NAN)), same_as=without(7), says=DROPPED),
    Case("45-inf", spectrum(wavelength=put(WAVELENGTH, 7, INF)), same_as=without(7), says=DROPPED),
    Case(
        "45-negative",
        spectrum(wavelength=put(WAVELENGTH, 7, -4e3)),
        same_as=without(7),
        says=DROPPED,
    ),
    Case("45-zero", spectrum(wavelength=put(WAVELENGTH, 7, 0.0)), same_as=without(7), says=DROPPED),
    Case("45-all-nan", spectrum(wavelength=np.full(300, NAN)), says="pixels without", **MISSING),
    Case("two-of-one-object", twice()),
    Case("two-of-like-flux", twice(flux=FLUX), same_as=twice(time=LATER[::-1])),
    Case("one-epoch-unknown", twice(flux=2 * FLUX, time=put(LATER, slice(300), NAN))),
)


@cases(*CASES)
def test_case(case, fitted):
    check_case(case, fitted, "spectrum", spectrum())


@pytest.mark.parametrize(
    ("factor", "hint"),
    [
        (0.1, r"is 625 \(median\); .* looks like nm: multiply by 10, or give an astropy Quantity"),
        (1e-4, r"is 0.625 \(median\); .* looks like µm: multiply by 1e4, or give"),
        (1e10, r"is 6.25e\+13 \(median\); .* looks like no unit of light"),
    ],
)
@pytest.mark.parametrize("answer", ["report", "predict", "fit"])
def test_37_bare_numbers_in_other_units_are_refused(factor, hint, answer, fitted, embedder):
    cells = [spectrum(), spectrum(wavelength=WAVELENGTH * factor)]
    X = table(*cells, column="spectrum").join(table(curve(), curve()))
    ask = {"report": quality_report, "predict": fitted.transform, "fit": embedder.fit}[answer]
    if answer == "predict":
        X = X[["spectrum"]]

        def ask(X):
            return transform(fitted, X, "spectrum")

    with pytest.raises(ValueError, match=f"Object 'SN1': spectrum wavelength {hint}"):
        ask(X)


def test_37_a_frame_that_lost_its_unit_is_refused():
    frame = pd.DataFrame({**spectrum(), "wavelength": WAVELENGTH / 10 * u.nm})
    with pytest.raises(ValueError, match="looks like nm"):
        check_table(table(frame, column="spectrum"))


def test_36_averages(fitted):
    found = check_table(table(tripled(), column="spectrum"), warn=False)
    assert found.spectrum_offsets.tolist() == [0, 1]
    np.testing.assert_allclose(found.spectrum["flux"], FLUX, rtol=1e-14)
    np.testing.assert_array_equal(found.spectrum["wavelength"], WAVELENGTH)
    np.testing.assert_array_equal(found.spectrum["time"], 59000.1)


def test_spectra_of_one_object_are_averaged_in_the_embedding(fitted):
    one, _ = transform(fitted, table(spectrum(), column="spectrum"), "spectrum")
    both, _ = transform(fitted, table(twice(), column="spectrum"), "spectrum")
    np.testing.assert_allclose(one, both, atol=1e-5)
    report = quality_report(table(twice(), None, spectrum(), column="spectrum"))
    assert report["spectra"].tolist() == [2, 0, 1]
    assert report["spectrum_given"].tolist() == report["spectrum_pixels"].tolist() == [600, 0, 300]


def test_nan_times_are_one_spectrum():
    cell = twice(time=put(LATER, slice(300), NAN))
    found = check_table(table(cell, column="spectrum"))
    assert found.spectrum_offsets.tolist() == [0, 2]
    all_nan = spectrum(time=np.full(300, NAN))
    assert len(check_table(table(all_nan, column="spectrum")).spectrum) == 1


def test_one_warning_for_many_faults(fitted):
    cell = spectrum(np.repeat(SHUFFLED, 2), flux=put(FLUX, 5, NAN))
    _, said = transform(fitted, table(*[cell] * 20, column="spectrum"), "spectrum")
    assert len(said) == 1
    assert AVERAGED in said[0] and "pixels without a usable" in said[0]


def alike(fitted, cell):
    """Cosine of the angle between the embeddings of a spectrum and of the good one."""
    Z, _ = transform(fitted, table(cell, spectrum(), column="spectrum"), "spectrum")
    return Z[0] @ Z[1]


def test_37_units_give_the_same_embedding(fitted):
    assert alike(fitted, {**spectrum(), "wavelength": WAVELENGTH / 10 * u.nm}) > 1 - 1e-4


def test_41_half_the_pixels_say_nearly_as_much(fitted):
    assert alike(fitted, spectrum(flux=put(FLUX, HALF, NAN))) > 0.95


def test_43_a_cosmic_ray_moves_little(fitted):
    assert alike(fitted, spectrum(flux=put(FLUX, 100, 1e5 * FLUX[100]))) > 0.9


def test_44_sampling_is_of_no_concern(fitted):
    grid = np.geomspace(3600.0, 8900.0, 900)
    assert alike(fitted, {"wavelength": grid, "flux": np.interp(grid, WAVELENGTH, FLUX)}) > 0.995


def test_46_unequal_lengths_are_refused(fitted):
    X = table(spectrum(), {**spectrum(), "flux": FLUX[1:]}, column="spectrum")
    with pytest.raises(ValueError, match=r"Object 'SN1' has 300 .* but 299"):
        transform(fitted, X, "spectrum")


@pytest.mark.parametrize("redshift", [-0.1, 11.0])
def test_47_impossible_redshifts_are_refused(redshift):
    X = table(spectrum(), column="spectrum", redshift=redshift)
    with pytest.raises(ValueError, match="Object 'SN0': redshift is"):
        check_table(X, metadata_columns=["redshift"])


def test_negative_errors_cost_their_pixels_only_in_training_too():
    cell = spectrum(flux_err=np.where(np.arange(300) < 3, -1.0, 0.1))
    with pytest.warns(DataQualityWarning, match="3 in 1 objects"):
        found = check_table(table(cell, column="spectrum"), training=True)
    assert found.spectrum.lengths.tolist() == [297]
