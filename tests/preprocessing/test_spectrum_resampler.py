import numpy as np
import pytest
from sklearn.pipeline import make_pipeline

from sklearn_sn.data import DataQualityWarning, as_ragged
from sklearn_sn.preprocessing import SpectrumResampler

WAVELENGTH = np.arange(3400.0, 9500.0, 4.0)


def _line(at, level=1.0, wavelength=WAVELENGTH):
    flux = level * (1 + 5 * np.exp(-0.5 * ((wavelength - at) / 20) ** 2))
    return {"wavelength": wavelength, "flux": flux, "flux_err": np.full(len(wavelength), 0.1)}


def _peak(resampler, X):
    return resampler.wavelength_[np.nanargmax(resampler.transform(X), axis=1)]


@pytest.mark.parametrize("spacing", ["log", "linear"])
def test_lines_stay_where_they_are(spacing, spectrum_table):
    X = spectrum_table(_line(5000), _line(6563))
    resampler = SpectrumResampler(spacing=spacing).fit(X)
    out = resampler.transform(X)
    assert out.shape == (2, 512) and np.isfinite(out).all()
    np.testing.assert_allclose(_peak(resampler, X), [5000, 6563], atol=10)


def test_log_and_linear_grids_give_close_results(spectrum_table):
    X = spectrum_table(_line(5000), _line(6563))
    log, linear = (SpectrumResampler(spacing=s).fit(X) for s in ("log", "linear"))
    for a, b in zip(log.transform(X), linear.transform(X), strict=True):
        np.testing.assert_allclose(np.interp(log.wavelength_, linear.wavelength_, b), a, atol=0.2)


def test_rest_frame_puts_lines_in_one_place(spectrum_table):
    X = spectrum_table(
        *(_line(5000 * (1 + z)) for z in (-0.001, 0.0, 0.1, 0.3)), redshift=[-0.001, 0, 0.1, 0.3]
    )
    resampler = SpectrumResampler(frame="rest").fit(X)
    np.testing.assert_allclose(_peak(resampler, X), 5000, atol=10)


def test_unknown_redshift_stays_in_the_observer_frame(spectrum_table):
    X = spectrum_table(_line(5500), _line(5500), redshift=[0.1, np.nan])
    resampler = SpectrumResampler(frame="rest").fit(X)
    with pytest.warns(DataQualityWarning, match="1 objects without a redshift.*'SN1'"):
        np.testing.assert_allclose(_peak(resampler, X), [5000, 5500], atol=10)


@pytest.mark.parametrize("redshift", [-0.1, 999.0, np.inf])
def test_redshift_out_of_range_is_rejected(redshift, spectrum_table):
    X = spectrum_table(_line(5500), _line(5500), redshift=[0.1, redshift])
    with pytest.raises(ValueError, match="'SN1': redshift"):
        SpectrumResampler(frame="rest").fit_transform(X)
    assert SpectrumResampler().fit_transform(X).shape == (2, 512)


def test_text_in_redshift_is_rejected(spectrum_table):
    X = spectrum_table(_line(5500), redshift=["near"])
    with pytest.raises(ValueError, match="'redshift' must hold numbers"):
        SpectrumResampler(frame="rest").fit_transform(X)


def _two(first, second):
    cell = {name: np.concatenate([second[name], first[name]]) for name in first}
    times = [np.full(len(one["flux"]), day) for one, day in ((second, 59020.0), (first, 59000.0))]
    return {**cell, "time": np.concatenate(times)}


@pytest.fixture
def several(spectrum_table):
    with_late = _two(_line(5000, 2.0), _line(7000, 1e-15))
    return spectrum_table(with_late, None, _line(6000))


@pytest.mark.filterwarnings("ignore:Input was repaired")
def test_first_of_several_is_the_earliest(several):
    out = SpectrumResampler().fit_transform(several)
    alone = SpectrumResampler().fit_transform(several.iloc[[2]])
    assert np.isnan(out[1]).all()
    np.testing.assert_array_equal(out[2], alone[0])
    resampler = SpectrumResampler().fit(several)
    assert _peak(resampler, several.iloc[[0]])[0] == pytest.approx(5000, abs=10)


@pytest.mark.filterwarnings("ignore:Input was repaired")
def test_mean_of_several_is_on_the_scale_of_the_first(several):
    resampler = SpectrumResampler(combine="mean").fit(several)
    out = resampler.transform(several)
    at = np.searchsorted(resampler.wavelength_, [5000, 7000])
    np.testing.assert_allclose(out[0, at], 2 * (6 + 1) / 2, rtol=0.1)
    np.testing.assert_allclose(np.median(out[0]), 2, rtol=0.01)
    np.testing.assert_array_equal(out[2], SpectrumResampler().fit_transform(several)[2])


@pytest.mark.filterwarnings("ignore:Input was repaired")
def test_nested_output(several):
    out = SpectrumResampler(n_bins=100, output="nested", combine=None).fit_transform(several)
    spectra = as_ragged(out["spectrum"], kind="spectrum")
    np.testing.assert_array_equal(spectra.lengths, [200, 0, 100])
    np.testing.assert_array_equal(np.unique(spectra.take([0])["time"]), [59000, 59020])
    one = SpectrumResampler(n_bins=100, output="nested").fit_transform(several)
    array = SpectrumResampler(n_bins=100).fit_transform(several)
    first = as_ragged(one["spectrum"], kind="spectrum").take([0])
    np.testing.assert_array_equal(first["flux"], array[0])
    assert (first["flux_err"] < 0.1).all()


def test_error_of_a_mean_is_calibrated(spectrum_table):
    rng = np.random.default_rng(0)
    n_pixels = len(WAVELENGTH)
    noise = rng.normal(100, 1, 4 * n_pixels)
    X = spectrum_table(
        {
            "wavelength": np.tile(WAVELENGTH, 4),
            "flux": noise,
            "flux_err": np.ones(len(noise)),
            "time": np.repeat(np.arange(4.0), n_pixels),
        }
    )
    out = SpectrumResampler(combine="mean", output="nested").fit_transform(X)
    spectrum = as_ragged(out["spectrum"])
    pull = (spectrum["flux"] - 100) / spectrum["flux_err"]
    assert np.std(pull) == pytest.approx(1, abs=0.15)


def test_outside_the_range_counts_as_missing(spectrum_table):
    X = spectrum_table(_line(12000, wavelength=np.arange(11000.0, 13000.0, 5)), _line(5000))
    out = SpectrumResampler().fit_transform(X)
    assert np.isnan(out[0]).all() and np.isfinite(out[1]).all()


@pytest.mark.parametrize("n_bins", [2, 512, 20_000])
def test_names_are_distinct(n_bins, spectrum_table):
    resampler = SpectrumResampler(n_bins=n_bins).fit(spectrum_table(_line(5000)))
    names = resampler.get_feature_names_out()
    assert len(set(names)) == n_bins
    assert all(name.startswith("flux_") for name in names)
    if n_bins == 512:
        assert names[0] == "flux_3503.2"


@pytest.mark.filterwarnings("ignore:Input was repaired")
def test_real_spectra(real_data):
    import pandas as pd

    from sklearn_sn.data import Ragged

    pixels = pd.read_parquet(real_data / "osc_pairs_spectra.parquet")
    codes, names = pd.factorize(pixels["spectrum_id"].astype(str))
    pixels, codes = pixels[codes < 200], codes[codes < 200]
    columns = ("wavelength", "flux", "flux_err")
    fields = {name: pixels[name].to_numpy(dtype=float) for name in columns}
    spectra = Ragged.from_groups(codes, 200, fields)
    X = pd.DataFrame({"spectrum": spectra.to_nested(index=names[:200])})
    out = SpectrumResampler().fit_transform(X)
    grid = SpectrumResampler().fit(X).wavelength_
    low, high = spectra.reduce("min", "wavelength"), spectra.reduce("max", "wavelength")
    inside = (grid > low[:, None] + 10) & (grid < high[:, None] - 10)
    outside = (grid < low[:, None] - 10) | (grid > high[:, None] + 10)
    assert np.isfinite(out[inside]).mean() > 0.999
    assert np.isnan(out[outside]).all()


@pytest.fixture
def early_ones_miss(spectrum_table):
    """The first spectra lie beyond the grid, or hold too little of it; later ones cover it."""
    infrared = _line(12000, 50.0, wavelength=np.arange(11000.0, 13000.0, 5))
    lone = _line(5000, wavelength=np.array([5000.0]))
    cells = [(infrared, _line(5000, 2.0)), (lone, infrared, _line(6000)), (infrared, lone)]
    cells.append((_line(7000), infrared, _line(5000)))
    tables = []
    for spectra in cells:
        days = [np.full(len(one["flux"]), 59000.0 + day) for day, one in enumerate(spectra)]
        cell = {name: np.concatenate([one[name] for one in spectra]) for name in spectra[0]}
        tables.append({**cell, "time": np.concatenate(days)})
    return spectrum_table(*tables, redshift=[0.0, 0.01, 0.02, 0.03])


@pytest.mark.parametrize("frame", ["observer", "rest"])
def test_first_is_the_first_that_covers_the_grid(frame, early_ones_miss, spectrum_table):
    resampler = SpectrumResampler(frame=frame)
    out = resampler.fit_transform(early_ones_miss)
    redshift = [0.0, 0.01, 0.02, 0.03]
    alone = spectrum_table(_line(5000, 2.0), _line(6000), None, _line(7000), redshift=redshift)
    np.testing.assert_array_equal(out, resampler.transform(alone))
    assert np.isnan(out[2]).all() and np.isfinite(out[[0, 1, 3]]).any(axis=1).all()
    nested = SpectrumResampler(frame=frame, output="nested").fit_transform(early_ones_miss)
    spectra = as_ragged(nested["spectrum"])
    assert list(spectra.reduce("first", "time", empty=0.0)) == [59001, 59002, 0, 59000]


def test_mean_is_on_the_scale_of_the_first_that_covers_the_grid(spectrum_table):
    infrared = _line(12000, 50.0, wavelength=np.arange(11000.0, 13000.0, 5))
    later = _two(_line(5000, 2.0), _line(5000, 6.0))
    days = np.concatenate([np.full(len(infrared["flux"]), 58990.0), later["time"]])
    cell = {name: np.concatenate([infrared[name], later[name]]) for name in infrared}
    resampler = SpectrumResampler(combine="mean")
    out = resampler.fit_transform(spectrum_table({**cell, "time": days}, later))
    np.testing.assert_array_equal(out[0], out[1])
    assert np.median(out[0]) == pytest.approx(2, rel=0.01)


def test_time_of_a_mean_is_that_of_the_spectra_in_it(spectrum_table):
    infrared = _line(12000, 50.0, wavelength=np.arange(11000.0, 13000.0, 5))
    spectra = {58990.0: infrared, 59000.0: _line(5000), 59020.0: _line(5000), 59100.0: infrared}
    cell = {k: np.concatenate([one[k] for one in spectra.values()]) for k in infrared}
    cell["time"] = np.concatenate([np.full(len(s["flux"]), day) for day, s in spectra.items()])
    infrared = {**infrared, "time": np.full(len(infrared["flux"]), 58990.0)}
    X = spectrum_table(cell, infrared, {**_line(5000), "time": np.full(len(WAVELENGTH), 59003.0)})
    resampler = SpectrumResampler(combine="mean", output="nested")
    out = as_ragged(resampler.fit_transform(X)["spectrum"])
    assert list(out.reduce("first", "time", empty=0.0)) == [59010.0, 0.0, 59003.0]


def test_warning_of_unknown_redshift_points_to_the_user_code(spectrum_table):
    X = spectrum_table(_line(5000), _line(6000), redshift=[0.1, np.nan])
    resampler = SpectrumResampler(frame="rest")
    for call in (resampler.fit_transform, make_pipeline(resampler).fit(X).transform):
        with pytest.warns(DataQualityWarning, match="1 objects without a redshift") as record:
            call(X)
        assert [warning.filename for warning in record] == [__file__]
