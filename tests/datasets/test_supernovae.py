import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sklearn_sn.data import as_ragged, band_wavelength
from sklearn_sn.datasets._supernovae import make_supernovae


@pytest.fixture(scope="module")
def simulated():
    return make_supernovae(300, random_state=0, return_truth=True)


def test_table_has_the_documented_form(simulated):
    X, y, truth = simulated
    assert X.columns.tolist() == [
        *("light_curve", "spectrum", "redshift", "survey", "ebv", "ra", "dec")
    ]
    assert X.index.is_unique and X.index[12] == "sim-000012"
    assert truth.index.equals(X.index)
    assert np.array_equal(truth["class"].to_numpy(dtype=str), y)
    assert np.array_equal(truth["redshift"], X["redshift"])
    assert X["redshift"].between(0.01, 0.15).all()
    light, spectrum = as_ragged(X["light_curve"]), as_ragged(X["spectrum"])
    assert list(light.fields) == ["time", "band", "flux", "flux_err"]
    assert list(spectrum.fields) == ["wavelength", "flux", "flux_err", "time"]
    for ragged in (light, spectrum):
        for name in ("time", "flux", "flux_err"):
            assert np.isfinite(ragged[name]).all()
        assert (ragged["flux_err"] > 0).all()
    assert np.all(spectrum.lengths == 256)
    assert 10 <= np.median(light.lengths) <= 120


def test_bands_belong_to_the_survey_of_the_object(simulated):
    X, _, _ = simulated
    light = as_ragged(X["light_curve"])
    names = np.asarray(light["band"]).astype(str)
    assert np.isfinite(band_wavelength(names)).all()
    surveys = X["survey"].to_numpy(dtype=str)[light.rows]
    assert np.array_equal(np.char.startswith(names, "ztf"), surveys == "ztf")


def test_every_object_has_the_required_points(simulated):
    light = as_ragged(simulated[0]["light_curve"])
    detected = (light["flux"] > 5 * light["flux_err"]).astype(int)
    assert light.reduce("sum", detected).min() >= 4


def test_photometry_peaks_near_t_peak(simulated):
    X, y, truth = simulated
    light = as_ragged(X["light_curve"])
    good = light.filter(light["flux"] > 10 * light["flux_err"])
    peak = good.reduce("max", "flux")
    at_peak = good.filter(good["flux"] == peak[good.rows]).reduce("first", "time")
    phase = ((at_peak - truth["t_peak"]) / (1 + truth["redshift"]))[y == "SN Ia"].dropna()
    assert len(phase) > 30
    assert abs(phase.median()) < 4


def test_counts_follow_the_proportions():
    _, y = make_supernovae(101, random_state=0)
    counts = pd.Series(y).value_counts()
    assert sorted(counts) == [20, 20, 20, 20, 21]
    _, y = make_supernovae(100, classes={"SN Ia": 3, "SN II": 1}, random_state=0)
    assert pd.Series(y).value_counts().to_dict() == {"SN Ia": 75, "SN II": 25}


def test_one_class_may_be_named_alone():
    X, y = make_supernovae(5, classes="SN II", modalities="light_curve", random_state=0)
    assert set(y) == {"SN II"}
    listed, _ = make_supernovae(5, classes=["SN II"], modalities="light_curve", random_state=0)
    assert X.equals(listed)


@pytest.mark.parametrize("seed", [7, np.random.RandomState(7), np.random.default_rng(7)])
def test_equal_seeds_give_equal_tables(seed):
    import copy

    first, y_first = make_supernovae(30, random_state=copy.deepcopy(seed))
    second, y_second = make_supernovae(30, random_state=copy.deepcopy(seed))
    assert first.equals(second)
    assert np.array_equal(y_first, y_second)
    other, _ = make_supernovae(30, random_state=8)
    assert not first["redshift"].equals(other["redshift"])


def test_global_generators_are_untouched():
    before = np.random.mtrand._rand.get_state()[1].copy()
    make_supernovae(5, random_state=None)
    make_supernovae(5, random_state=3)
    assert np.array_equal(before, np.random.mtrand._rand.get_state()[1])


def test_objects_do_not_depend_on_modalities_or_spectra():
    both, _ = make_supernovae(20, random_state=1)
    curves, _ = make_supernovae(20, random_state=1, modalities=["light_curve"])
    several, _ = make_supernovae(20, random_state=1, n_spectra=3)
    assert curves.equals(both.drop(columns="spectrum"))
    assert several["light_curve"].equals(both["light_curve"])


def test_number_of_spectra_and_missing_ones():
    X, _ = make_supernovae(200, random_state=2, n_spectra=(1, 3), missing_fraction=0.3)
    spectrum = as_ragged(X["spectrum"])
    counts = spectrum.lengths // 256
    assert set(counts) == {0, 1, 2, 3}
    assert np.mean(counts == 0) == pytest.approx(0.3, abs=0.1)
    epochs = [len(set(spectrum.take([row])["time"])) for row in range(30)]
    assert epochs == counts[:30].tolist()
    X, _ = make_supernovae(5, random_state=2, missing_fraction=1.0)
    assert as_ragged(X["spectrum"]).n_points == 0


def test_a_range_for_each_class_and_one_survey():
    ranges = {"SN Ia": (0.02, 0.03), "SLSN-I": (0.2, 0.4)}
    X, y = make_supernovae(
        20, classes=list(ranges), redshift_range=ranges, surveys="lsst", random_state=0
    )
    assert X["redshift"][y == "SLSN-I"].between(0.2, 0.4).all()
    assert X["redshift"][y == "SN Ia"].between(0.02, 0.03).all()
    assert set(X["survey"]) == {"lsst"}


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"n_samples": 0}, "n_samples"),
        ({"redshift_range": (-0.1, 0.1)}, "redshift_range"),
        ({"redshift_range": (0.2, 0.1)}, "redshift_range"),
        ({"redshift_range": (0.01, np.nan)}, "redshift_range"),
        ({"redshift_range": {"SN Ia": (0.01, 0.1)}}, "redshift_range"),
        ({"classes": ("SN Ix",)}, "classes"),
        ({"classes": {"SN Ia": -1.0}}, "classes"),
        ({"classes": ()}, "classes"),
        ({"surveys": ("ztf", "ztf")}, "surveys"),
        ({"modalities": ("sound",)}, "modalities"),
        ({"missing_fraction": 1.5}, "missing_fraction"),
        ({"n_spectra": (1, 2.5)}, "n_spectra"),
        ({"n_spectra": 0}, "n_spectra"),
        ({"spectrum_snr": -3.0}, "spectrum_snr"),
        ({"spectrum_wavelength": (5000, 5100)}, "spectrum_wavelength"),
        ({"random_state": "seed"}, "random_state"),
    ],
)
def test_bad_parameters_are_named(changes, named):
    with pytest.raises(ValueError, match=f"'{named}' parameter of make_supernovae"):
        make_supernovae(**changes)


def test_undetectable_classes_are_rejected_with_a_remedy():
    with pytest.raises(ValueError, match="Lower 'redshift_range'"):
        make_supernovae(
            5, classes=["SN II"], surveys="ztf", redshift_range=(1.0, 1.1), random_state=0
        )


def test_classes_are_learnable_from_spectra_but_not_trivial():
    X, y = make_supernovae(400, random_state=4, modalities=["spectrum"], spectrum_phase=(-5, 30))
    flux = as_ragged(X["spectrum"])["flux"].reshape(400, 32, 8).mean(axis=2)
    flux /= np.median(flux, axis=1, keepdims=True)
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=300))
    accuracy = cross_val_score(model, flux, y, cv=4).mean()
    assert 0.6 < accuracy < 0.98


def test_instances_share_parameters_across_modalities(simulated):
    # Dust and temperature of an object redden its light curve and its spectrum alike: the colour
    # of one predicts that of the other within a class.
    X, _, truth = make_supernovae(
        *(150,), classes=["SN Ib/c"], surveys="ztf", spectrum_phase=(-3, 3), random_state=5,
        redshift_range=(0.01, 0.05), return_truth=True,
    )  # fmt: skip
    light, spectrum = as_ragged(X["light_curve"]), as_ragged(X["spectrum"])
    near = np.abs(light["time"] - truth["t_peak"].to_numpy()[light.rows]) < 6
    names = np.asarray(light["band"]).astype(str)
    g, r = (
        light.filter(near & (names == band)).reduce("mean", "flux") for band in ("ztfg", "ztfr")
    )
    blue = (spectrum["wavelength"] > 4100) & (spectrum["wavelength"] < 5400)
    red = (spectrum["wavelength"] > 5700) & (spectrum["wavelength"] < 7100)
    ratio = spectrum.filter(blue).reduce("mean", "flux") / spectrum.filter(red).reduce(
        "mean", "flux"
    )
    with np.errstate(invalid="ignore", divide="ignore"):
        photometric, spectral = np.log(g / r), np.log(ratio)
    usable = np.isfinite(photometric) & np.isfinite(spectral)
    assert usable.sum() > 60
    assert np.corrcoef(photometric[usable], spectral[usable])[0, 1] > 0.7
