"""Inputs: what reaches the encoders."""

import numpy as np
import pandas as pd
import pytest

from sklearn_sn.data import Ragged, check_table
from sklearn_sn.datasets import make_supernovae
from sklearn_sn.nets import ImageInput, LightCurveInput, MetadataInput, SpectrumInput
from sklearn_sn.nets._light_curve_input import _augmented


@pytest.fixture(scope="module")
def table():
    X, _ = make_supernovae(30, n_spectra=(1, 3), random_state=0)
    return check_table(X, metadata_columns=["redshift", "survey"])


def curve(time, flux, error=None, band="ztfg"):
    n = len(time)
    fields = {"time": time, "band": [band] * n, "flux": flux}
    if error is not None:
        fields["flux_err"] = error
    return check_table(pd.DataFrame({"light_curve": [pd.DataFrame(fields)]}), warn=False)


def test_light_curves_are_padded_and_masked(table):
    source = LightCurveInput().fit(table)
    prepared = source.prepare(table)
    rows = np.arange(30)
    arrays, owners = source.gather(prepared, rows)
    np.testing.assert_array_equal(owners, rows)
    np.testing.assert_array_equal((~arrays["pad_mask"]).sum(axis=1), prepared.lengths)
    assert arrays["values"].shape == (30, prepared.lengths.max(), 3)
    for name, values in arrays.items():
        assert np.isfinite(values).all(), name
        assert not values[arrays["pad_mask"]].astype(bool).any() or name == "pad_mask"


def test_brightness_enters_through_the_amplitude_alone(table):
    source = LightCurveInput().fit(table)
    one = curve([59000.0, 59010, 59020], [10.0, 100, 30], [1.0, 2, 1])
    ten = curve([59000.0, 59010, 59020], [100.0, 1000, 300], [10.0, 20, 10])
    (a, _), (b, _) = (source.gather(source.prepare(t), np.array([0])) for t in (one, ten))
    np.testing.assert_allclose(a["values"][..., :2], b["values"][..., :2], atol=1e-5)
    assert (b["values"][..., 2] > a["values"][..., 2] + 0.1).all()
    blind = LightCurveInput(amplitude=False).fit(table)
    assert blind.gather(blind.prepare(one), np.array([0]))[0]["values"].shape[-1] == 2


@pytest.mark.parametrize("origin, expected", [("peak", [-10, 0, 10]), ("first", [0, 10, 20])])
def test_time_origin(table, origin, expected):
    source = LightCurveInput(time_origin=origin).fit(table)
    one = curve([59000.0, 59010, 59020], [10.0, 100, 30], [1.0, 2, 1])
    arrays, _ = source.gather(source.prepare(one), np.array([0]))
    np.testing.assert_allclose(arrays["time"][0], expected, atol=1e-3)


@pytest.mark.parametrize(
    "flux",
    [[0.0, 0, 0], [-1.0, -5, -2], [3.0, 3, 3], [1e300, 1, 1], [1e-310, 0, 0], [5.0, 1e12, 7]],
    ids=["zero", "negative", "constant", "huge", "subnormal", "spike"],
)
def test_odd_fluxes_stay_finite(table, flux):
    source = LightCurveInput().fit(table)
    one = curve([1.0, 2, 3], flux)
    arrays, _ = source.gather(source.prepare(one), np.array([0]))
    assert np.isfinite(arrays["values"]).all()
    assert np.abs(arrays["values"]).max() < 20


def test_long_curves_are_thinned_evenly(table):
    source = LightCurveInput(max_points=50).fit(table)
    time = np.arange(200.0)
    prepared = source.prepare(curve(time, np.ones(200), np.ones(200)))
    assert prepared.lengths[0] == 50
    np.testing.assert_allclose(np.diff(prepared.points[:, 0]), 4.0)


def test_training_noise_follows_the_errors(table):
    source = LightCurveInput(augmentation=False).fit(table)
    n = 300
    prepared = source.prepare(curve(np.arange(n) * 0.5, np.full(n, 100.0), np.full(n, 10.0)))
    clean, _ = source.gather(prepared, np.array([0]))
    noisy, _ = source.gather(prepared, np.array([0]), np.random.default_rng(0))
    # Near the peak, 0.54 of the scaled magnitude is one part in the flux.
    shift = (noisy["values"][..., 0] - clean["values"][..., 0]).std()
    assert shift == pytest.approx(0.5 * 1.0857 * 0.1, rel=0.2)


def test_augmentation_keeps_three_points_and_is_repeatable(table):
    source = LightCurveInput().fit(table)
    prepared = source.prepare(table)
    rows = np.arange(30)
    for seed in range(20):
        one, owners = source.gather(prepared, rows, np.random.default_rng(seed))
        two, _ = source.gather(prepared, rows, np.random.default_rng(seed))
        np.testing.assert_array_equal(one["values"], two["values"])
        left = (~one["pad_mask"]).sum(axis=1)
        assert len(owners) == 30 and (left >= np.minimum(3, prepared.lengths)).all()
    assert left.sum() < prepared.lengths.sum()


def test_augmentation_leaves_two_bands_of_some_objects_and_never_all_of_the_sparse():
    rng = np.random.default_rng(0)
    n = 4000
    rows = np.repeat(np.arange(n), 60)
    bands = np.tile(np.arange(60) % 6, n)
    time = np.tile(np.arange(60.0), n)
    batch = Ragged({}, np.arange(0, 60 * n + 1, 60))
    keep = _augmented(batch, time, bands, rng)
    seen = np.zeros((n, 6), dtype=bool)
    seen[rows[keep], bands[keep]] = True
    n_bands = np.bincount(seen.sum(axis=1), minlength=7) / n
    left = np.bincount(rows[keep], minlength=n)
    # Of ten bands one is lost, of ten objects one keeps two bands: hardly any keeps one.
    assert 0.08 < n_bands[2] < 0.16 and n_bands[0] == 0 and n_bands[1] < 0.03
    assert left.min() == 3 and (left == 60).mean() < 0.06
    assert (left < 15).mean() > 0.1


def test_what_augmentation_leaves_is_scaled_as_if_it_were_all(table):
    source = LightCurveInput(noise=False).fit(table)
    prepared = source.prepare(table)
    rows = np.flatnonzero(prepared.lengths >= 3)
    whole, _ = source.gather(prepared, rows)
    for seed in range(5):
        arrays, owners = source.gather(prepared, rows, np.random.default_rng(seed))
        found = np.where(arrays["pad_mask"], -np.inf, arrays["values"][..., 0])
        top = found.argmax(axis=1)
        take = np.arange(len(owners)), top
        error = 10 ** (arrays["values"][..., 1][take] - 1.0)
        sure = error < 0.2  # a peak above three sigma, whatever else there is
        np.testing.assert_allclose(found.max(axis=1)[sure], 1.0, atol=1e-5)
        np.testing.assert_allclose(arrays["time"][take][sure], 0.0, atol=1e-4)
    # What lost its peak looks fainter: the amplitude follows.
    lost = arrays["values"][:, 0, 2] < whole["values"][:, 0, 2] - 0.01
    assert 0 < lost.sum() < len(rows)
    assert (arrays["values"][:, 0, 2] <= whole["values"][:, 0, 2] + 1e-5).all()


def test_band_embedding_leaves_out_unseen_bands(table):
    source = LightCurveInput(band_encoding="embedding").fit(table)
    other = curve([1.0, 2.0], [1.0, 2.0], [0.1, 0.1], band="uvotuvw1")
    assert source.prepare(other).lengths[0] == 0
    known = LightCurveInput(band_encoding="wavelength").fit(table)
    assert known.prepare(other).lengths[0] == 2


def test_one_spectrum_in_training_all_otherwise(table):
    source = SpectrumInput(wavelength_range=(3500, 9000), n_bins=64).fit(table)
    prepared = source.prepare(table)
    rows = np.array([3, 0, 11])
    arrays, owners = source.gather(prepared, rows)
    np.testing.assert_array_equal(np.bincount(owners), prepared.lengths[rows])
    assert arrays["flux"].shape == (len(owners), 2, 64)
    drawn = {owners.tobytes(): 0}
    row = np.flatnonzero(prepared.lengths == 3)[:1]
    for seed in range(30):
        quiet = SpectrumInput(
            wavelength_range=(3500, 9000), n_bins=64, noise=False, augmentation=False
        ).fit(table)
        one, owner = quiet.gather(prepared, row, np.random.default_rng(seed))
        assert len(owner) == 1
        drawn[one["flux"].tobytes()] = 1
    assert sum(drawn.values()) == 3


def test_spectrum_scale_and_spikes(table):
    source = SpectrumInput(wavelength_range=(4000, 7000), n_bins=50).fit(table)
    wavelength = np.linspace(3900, 7100, 400)
    flux = 2 + np.sin(wavelength / 200)
    spiked = flux.copy()
    spiked[200] *= 1e5

    def prepared(flux):
        cell = pd.DataFrame({"wavelength": wavelength, "flux": flux})
        return source.prepare(check_table(pd.DataFrame({"spectrum": [cell]}))).channels

    np.testing.assert_allclose(prepared(flux), prepared(7e-16 * flux), atol=1e-4)
    assert np.median(np.abs(prepared(spiked) - prepared(flux))) < 0.5
    assert np.abs(prepared(spiked)).max() <= 8
    assert not prepared(np.full(400, 3.0))[:, 0].any()
    assert np.isfinite(prepared(np.full(400, 3.0))).all()


def test_spectrum_outside_the_grid_is_missing(table):
    source = SpectrumInput(wavelength_range=(3500, 5000), n_bins=32).fit(table)
    cell = pd.DataFrame({"wavelength": [8000.0, 8100, 8200], "flux": [1.0, 2, 3]})
    prepared = source.prepare(check_table(pd.DataFrame({"spectrum": [cell]})))
    assert prepared.lengths.tolist() == [0]


def test_images_of_any_size_and_gaps():
    rng = np.random.default_rng(0)
    broken = rng.normal(size=(3, 9, 9))
    broken[0, 2, 2] = np.nan
    whole, turned = rng.normal(size=(3, 15, 15)), rng.normal(size=(12, 15, 3))
    cells = [whole, broken, None, turned, np.ones((3, 4, 4))]
    column = pd.Series(cells, dtype=object)
    table = check_table(pd.DataFrame({"image": column}))
    source = ImageInput().fit(table)
    prepared = source.prepare(table)
    arrays, owners = source.gather(prepared, np.arange(5), np.random.default_rng(0))
    assert owners.tolist() == [0, 1, 3, 4]
    assert arrays["image"].shape == (4, 3, 15, 15)
    assert np.isfinite(arrays["image"]).all()


def test_whole_numbers_are_categories_of_one_name():
    def checked(**columns):
        X = pd.DataFrame({"host": columns["host"]})
        return check_table(X, modalities=["metadata"], metadata_columns=["host"])

    source = MetadataInput(columns=["host"]).fit(checked(host=pd.Categorical([0, 1, 2, None])))
    expected = [[1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 0, 0]]
    for host in ([0, 1, 2, None], pd.Categorical([0.0, 1.0, 2.0, None])):
        np.testing.assert_array_equal(source.prepare(checked(host=host)).values, expected)
    text = source.prepare(checked(host=pd.Categorical(["0", "1", "2", "7"])))
    np.testing.assert_array_equal(text.values, expected)


def test_noise_of_spectra_is_that_of_either_channel():
    """The spread of what training sees is what noisy spectra would have shown."""
    wavelength = np.linspace(3500.0, 9000.0, 600)
    flux, rng = 10.0 * (wavelength / 5000.0) ** -4, np.random.default_rng(0)

    def prepared(source, noise):
        cells = [
            {"wavelength": wavelength, "flux": flux + noise * z, "flux_err": np.full(600, 0.3)}
            for z in rng.normal(size=(200, 600))
        ]
        table = check_table(pd.DataFrame({"spectrum": cells}))
        return source.fit(table).prepare(table)

    source = SpectrumInput(wavelength_range=(3600, 8800), n_bins=64, augmentation=False)
    expected = prepared(source, 0.3).channels.std(axis=0)
    clean = prepared(source, 0.0)
    seen = source.gather(clean, np.arange(200), np.random.default_rng(1))[0]["flux"].std(axis=0)
    middle = slice(4, 60)  # splines flap at the ends
    np.testing.assert_allclose(seen[:, middle].mean(1), expected[:, middle].mean(1), rtol=0.2)
    assert np.min(seen[:, middle] / expected[:, middle]) > 0.5
    assert np.max(seen[:, middle] / expected[:, middle]) < 2.0


def test_metadata_is_standardised_and_encoded(table):
    source = MetadataInput(columns=["redshift", "survey"]).fit(table)
    prepared = source.prepare(table)
    assert prepared.values.shape == (30, 2 + 2)
    np.testing.assert_allclose(prepared.values[:, 0].mean(), 0, atol=1e-5)
    np.testing.assert_array_equal(prepared.values[:, 2:].sum(axis=1), 1)
    X = pd.DataFrame({"light_curve": [None], "redshift": [np.nan], "survey": ["elsewhere"]})
    other = check_table(X, metadata_columns=["redshift", "survey"], modalities=["metadata"])
    np.testing.assert_array_equal(source.prepare(other).values, [[0, 1, 0, 0]])


def test_gather_does_not_change_what_is_prepared(table):
    for source in (LightCurveInput(), SpectrumInput(wavelength_range=(3500, 9000), n_bins=32)):
        prepared = source.fit(table).prepare(table)
        before, _ = source.gather(prepared, np.arange(10))
        source.gather(prepared, np.arange(10), np.random.default_rng(0))
        after, _ = source.gather(prepared, np.arange(10))
        for name in before:
            np.testing.assert_array_equal(before[name], after[name])


def test_ragged_padding_is_exact():
    from sklearn_sn.nets._light_curve_input import pad

    ragged = Ragged({}, [0, 2, 2, 5])
    arrays = pad(ragged, {"x": np.arange(1.0, 6.0)})
    np.testing.assert_array_equal(arrays["x"], [[1, 2, 0], [0, 0, 0], [3, 4, 5]])
    np.testing.assert_array_equal(arrays["pad_mask"][0], [False, False, True])
